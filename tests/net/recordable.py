"""Packets that the tests of recordings write, and a disk that is full."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from app.engine.datagram import Clock, Direction
from app.engine.packetlog import Packet
from app.engine.verdict import Meaning
from app.packet.capture.captured import CapturedPacket
from app.packet.capture.reader import read_capture

OUT = Packet(
    number=1,
    at=1_700_000_000_123_456_789,
    clock=Clock.KERNEL,
    direction=Direction.OUT,
    data=bytes.fromhex("4500001c000040004001b6dac0000201c00002020800f7ff00000000"),
    rebuilt=0,
    row="router.example",
    token=1,
    meaning=Meaning.NOTHING,
)
BACK = replace(OUT, number=2, at=OUT.at + 500, direction=Direction.IN, meaning=Meaning.ERROR, text="host unreachable")


def read(path: Path) -> list[CapturedPacket]:
    with path.open("rb") as file:
        return list(read_capture(file))


@contextmanager
def small_files() -> Iterator[None]:
    """No file of this process may grow beyond 1,000 bytes: not that of the test run's own output either."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
