"""What was on the wire: tcpdump's own stamps of echo requests and replies, in nanoseconds."""

import os
import signal
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

from app.packet.capture.captured import CapturedPacket
from app.packet.capture.reader import read_capture
from app.packet.link.linktype import LinkType
from tests.lab.topology import Node

_ETHERNET = 14  #: bytes of its header
_REQUEST, _REPLY = 8, 0
_BLOCK = 1.2  #: seconds until tcpdump has read what the kernel gathers for it; immediate mode would cost the path more


class Echo(NamedTuple):
    """Which echo: the far end, identifier and sequence."""

    peer: bytes
    identifier: int
    sequence: int


@dataclass(slots=True)
class Seen:
    """When the requests and their first replies passed, in nanoseconds since the epoch; oldest first."""

    sent: dict[Echo, int] = field(default_factory=dict)
    received: dict[Echo, int] = field(default_factory=dict)

    def rtts(self) -> dict[Echo, int]:
        """The round-trip times of what was answered."""
        return {echo: self.received[echo] - at for echo, at in self.sent.items() if echo in self.received}


def read(path: Path) -> Seen:
    """The IPv4 echoes of a capture or of a recording."""
    with path.open("rb") as file:
        return _read(file)


def _read(file: BinaryIO) -> Seen:
    seen = Seen()
    for packet in read_capture(file):
        data = _datagram(packet)
        front = (data[0] & 15) * 4 if data and data[0] >> 4 == 4 else 0
        if not front or len(data) < front + 8 or data[9] != 1 or data[front] not in (_REQUEST, _REPLY):
            continue
        is_request = data[front] == _REQUEST
        echo = Echo(data[16:20] if is_request else data[12:16], *struct.unpack_from("!HH", data, front + 4))
        (seen.sent if is_request else seen.received).setdefault(echo, packet.time_ns or 0)
    return seen


def _datagram(packet: CapturedPacket) -> bytes:
    return packet.data[_ETHERNET:] if packet.link == LinkType.ETHERNET else packet.data


@contextmanager
def tap(node: Node, interface: str) -> Iterator[Seen]:
    """Capture ICMP on an interface while the block runs; what was seen is there behind the block."""
    seen = Seen()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tap.pcap"
        options = ("-n", "-p", "-s", "64", "-B", "16384", "--time-stamp-precision=nano", "-Z", "root", "-w", str(path))
        words = node.command("tcpdump", "-i", interface, *options, "icmp")
        with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
            try:
                assert process.stderr is not None
                process.stderr.readline()  # "listening on"
                yield seen
                time.sleep(_BLOCK)
            finally:
                os.kill(process.pid, signal.SIGINT)
                process.wait(10)
        whole = read(path)
        seen.sent, seen.received = whole.sent, whole.received
