"""Recordings: the packets of all engines of a run, in a capture file that other programs read as well.

In pcapng every packet carries what it was for as its comment; a name that ends in ".pcap" gets the older
format, without. When the disk is full the file ends behind the last whole packet; the journal says so
once, and measuring goes on.
"""

import os
import threading
from collections.abc import Iterable
from pathlib import Path

from app.engine.datagram import Direction
from app.engine.packetlog import Packet
from app.engine.verdict import Meaning
from app.net.wholefile import WholeFile
from app.packet.capture.captured import CapturedPacket, CaptureError, Way
from app.packet.capture.writer import CaptureWriter, writer_for
from app.packet.link.linktype import LinkType

_WAYS = {Direction.OUT: Way.OUT, Direction.IN: Way.IN, Direction.OTHER: None, None: None}
#: The interface of packets of which no other is known: they were seen at the socket.
SOCKET = "hopscope"


class Recording:
    """A PacketSink into a file; the engines' threads share it."""

    def __init__(self, path: Path, link: LinkType | None = LinkType.RAW) -> None:
        self._file = WholeFile(path, "w")
        self._lock = threading.Lock()
        self._writer = recording_writer(path, self._file, link)

    def write(self, packet: Packet) -> None:
        """Append a packet. Raises OSError where the file takes no more, or none of this link type."""
        with self._lock:
            try:
                self._writer.write(captured(packet))
            except CaptureError as error:
                raise OSError(str(error)) from None

    def close(self) -> None:
        """End the file. Raises OSError where its counters find no room; it is closed all the same."""
        with self._lock:
            if not self._file.closed:
                with self._file:
                    self._writer.finish()


def open_recording(path: Path, link: LinkType | None = LinkType.RAW) -> Recording:
    """Begin a recording, in place of what the file held before. Raises OSError.

    A file in the older format has packets of one link type: of `link`, or of that of the first packet.
    """
    return Recording(path, link)


def recording_writer(path: Path, file: WholeFile, link: LinkType | None = LinkType.RAW) -> CaptureWriter:
    """The writer for packets of our own, in the format that the path asks for."""
    system = os.uname()
    return writer_for(path.name, file, link=link, system=f"{system.sysname} {system.release}")


def export(packets: Iterable[CapturedPacket], path: Path) -> int:
    """Write packets of any capture into a file; how many. Raises OSError, and CaptureError by what pcap cannot.

    A file that was there stays as it was until all is written: it may be the one that the packets come from.
    """
    if path.exists() and not path.is_file():  # a device or a fifo is written to, and never replaced
        return _write_all(packets, path, path.name)
    path = path.resolve()
    part = path.with_name(f"{path.name}.part")
    try:
        count = _write_all(packets, part, path.name)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return count


def _write_all(packets: Iterable[CapturedPacket], path: Path, name: str) -> int:
    """Write packets in the format that a name asks for."""
    count = 0
    with WholeFile(path, "w") as file:
        writer = writer_for(name, file)
        for packet in packets:
            writer.write(packet)
            count += 1
        writer.finish()
    return count


def captured(packet: Packet) -> CapturedPacket:
    """A packet of a log as one of a capture file."""
    said = comment(packet)
    return CapturedPacket(
        None if packet.clock is None else packet.at,
        packet.data,
        packet.wire_length,
        packet.link,
        (said,) if said else (),
        _WAYS[packet.direction],
        packet.interface or SOCKET,
    )


def comment(packet: Packet) -> str:
    """What a packet was for, in a line; else what its file said of it."""
    what = packet.text or ("" if packet.meaning is Meaning.NOTHING else packet.meaning.value)
    return ": ".join(part for part in (packet.row, what) if part) or packet.comment
