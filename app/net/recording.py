"""Recordings: the packets of all engines of a run, in a pcapng file that other programs read as well.

Every packet carries what it was for as its comment. When the disk is full the file ends behind the last
whole packet; the journal says so once, and measuring goes on.
"""

import io
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from app.engine.packetlog import Direction, Packet
from app.engine.verdict import Meaning
from app.packet.capture.captured import Way
from app.packet.capture.pcapng import PcapngWriter

_WAYS = {Direction.OUT: Way.OUT, Direction.IN: Way.IN}


class WholeFile(io.FileIO):
    """A file that each write reaches whole or not at all."""

    def write(self, data: Any, /) -> int:
        """Write all of a bytes-like object. Raises OSError, and leaves the file as it was, where that cannot be."""
        start = self.tell() if self.seekable() else None
        left = memoryview(data)
        try:
            while left:
                left = left[super().write(left) or 0 :]
        except OSError:
            if start is not None:
                with suppress(OSError):  # a device can be positioned and not cut: the first reason is what matters
                    self.truncate(start)
                    self.seek(start)
            raise
        return len(memoryview(data))


class Recording:
    """A PacketSink into a file; the engines' threads share it."""

    def __init__(self, file: WholeFile) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._writer = PcapngWriter(file)

    def write(self, packet: Packet) -> None:
        """Append a packet. Raises OSError where the file takes no more."""
        with self._lock:
            self._writer.write(packet.at, packet.data, _WAYS[packet.direction], comment(packet))

    def close(self) -> None:
        """End the file."""
        with self._lock:
            self._file.close()


def comment(packet: Packet) -> str:
    """What a packet was for, in a line."""
    what = packet.text or ("" if packet.meaning is Meaning.NOTHING else packet.meaning.value)
    return ": ".join(part for part in (packet.row, what) if part)


def open_recording(path: Path) -> Recording:
    """Begin a recording, in place of what the file held before. Raises OSError."""
    return Recording(WholeFile(path, "w"))
