"""A run of `hopscope errors` in a namespace, whose lines are read as they come, and sockets inside a namespace."""

import ctypes
import json
import os
import queue
import signal
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.lab.hostile import checksum
from tests.lab.program import ENVIRONMENT, PROGRAM, ROOT
from tests.lab.topology import Node

_CLONE_NEWNET = 0x40000000
PATIENCE = 10.0  #: seconds, for what takes milliseconds

Row = dict[str, Any]


@contextmanager
def inside(node: Node) -> Iterator[None]:
    """This thread is in a namespace: sockets that are made here stay there."""
    libc = ctypes.CDLL(None, use_errno=True)
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    there = os.open(f"/run/netns/{node.namespace}", os.O_RDONLY | os.O_CLOEXEC)
    try:
        assert libc.setns(there, _CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
        yield
    finally:
        assert libc.setns(home, _CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
        os.close(home)
        os.close(there)


class Erring:
    """`hopscope errors --jsonl`, from when it hears until the end of the block."""

    def __init__(self, node: Node, *arguments: str, program: Sequence[str] = PROGRAM) -> None:
        self._node = node
        self._program = program
        self._arguments = arguments
        self.rows: queue.SimpleQueue[Row] = queue.SimpleQueue()
        self.seen: list[Row] = []

    def __enter__(self) -> Self:
        words = (*self._program, "errors", "--jsonl", *self._arguments)
        self.process = self._node.start(*words, env=ENVIRONMENT | {"PYTHONPATH": str(ROOT)})
        threading.Thread(target=self._read, daemon=True).start()
        with inside(self._node), socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as sock:
            # Errors to itself, until it hears: it tells of one, and is ready.
            self.until(lambda row: row["remote"]["port"] == 7, lambda: send_error(sock, "127.0.0.1", _sentinel()))
        return self

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.rows.put(json.loads(line))

    def until(self, fits: Callable[[Row], bool], provoke: Callable[[], object], *, again: float = 0.3) -> Row:
        """The next row that fits; what provokes it is done until it has come."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            provoke()
            waits = time.monotonic() + again
            while (left := waits - time.monotonic()) > 0:
                try:
                    self.seen.append(self.rows.get(timeout=left))
                except queue.Empty:
                    break
                if fits(self.seen[-1]):
                    return self.seen[-1]
        raise AssertionError(f"no such error came; the last were {self.seen[-3:]}")

    def end(self, number: signal.Signals) -> tuple[int, str]:
        """Send it a signal; its exit status and what it said beside the results."""
        self.process.send_signal(number)
        assert self.process.stderr is not None
        return self.process.wait(timeout=PATIENCE), self.process.stderr.read()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(timeout=PATIENCE)


def _sentinel() -> bytes:
    return udp_quote("127.0.0.1", 7, "127.0.0.1", 7)


def udp_quote(source: str, source_port: int, destination: str, destination_port: int) -> bytes:
    """The first 28 bytes of a UDP datagram, as an error quotes it (RFC 792)."""
    ends = socket.inet_aton(source) + socket.inet_aton(destination)
    front = struct.pack("!BBHHHBBH", 0x45, 0, 28, 0, 0, 64, 17, 0) + ends
    front = front[:10] + struct.pack("!H", checksum(front)) + front[12:]
    return front + struct.pack("!HHHH", source_port, destination_port, 8, 0)


def send_error(sock: socket.socket, to: str, quote: bytes) -> None:
    """Send a port unreachable that nobody has had reason for, by a raw socket that writes the header itself."""
    message = struct.pack("!BBHI", 3, 3, 0, 0) + quote
    message = message[:2] + struct.pack("!H", checksum(message)) + message[4:]
    source = socket.inet_aton(to) if to.startswith("127.") else bytes(4)
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(message), 0, 0, 64, 1, 0) + source + socket.inet_aton(to)
    sock.sendto(header + message, (to, 0))


def code_blocks(language: str) -> str:
    """The code of a language in docs/errors.md."""
    text = (ROOT / "docs" / "errors.md").read_text()
    return text.partition(f"```{language}\n")[2].partition("```")[0]


def as_user(node: Node, uid: int, *words: str) -> subprocess.Popen[str]:
    """A program in a namespace, of a user without privileges."""
    return node.start("setpriv", "--reuid", str(uid), "--regid", str(uid), "--clear-groups", "--inh-caps=-all", *words)


def effective_capabilities(pid: int) -> int:
    """Those that a process has."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("CapEff:")[2].split()[0], 16)
