"""A capture file that is there whole, or in pieces, without a file."""

import io
from collections.abc import Sequence

from app.engine.capturelog import CaptureLog
from app.packet.capture.captured import CapturedPacket, Way
from app.packet.capture.catalogue import Catalogue
from app.packet.capture.writer import PcapngWriter
from app.packet.link.linktype import LinkType
from tests.screens.still import MILLISECOND, START
from tests.screens.still_packets import echo, exceeded, probe


class StillProgress:
    """How far the capture is: as far as a test says."""

    def __init__(self, *, total: int | None = 1_000, is_complete: bool = True) -> None:
        self.name = "still.pcapng"
        self.failure: str | None = None
        self.is_complete = is_complete
        self.taken = 250
        self.total = total


class StillCapture(CaptureLog):
    """A capture in memory; a test lets it grow."""

    def __init__(self, data: bytes, progress: StillProgress | None = None) -> None:
        self._bytes = bytearray(data)
        self.state = progress or StillProgress()
        super().__init__(Catalogue(self._read), self.state)
        self.grow(b"")

    def _read(self, offset: int, count: int) -> bytes:
        return bytes(self._bytes[offset : offset + count])

    def grow(self, data: bytes) -> None:
        self._bytes += data
        while self.catalogue.grow():
            pass
        self.catalogue.finish()


def captured(data: bytes, at: int | None, way: Way | None = None, comment: str = "") -> CapturedPacket:
    comments = (comment,) if comment else ()
    return CapturedPacket(at, data, len(data), LinkType.RAW, comments, way, "eth0")


PACKETS = (
    captured(probe(5), START),
    captured(exceeded(probe(5)), START + 20 * MILLISECOND, Way.IN, "from the edge"),
    captured(echo(1), START + 25 * MILLISECOND, Way.OUT),
    captured(echo(2), START + 125 * MILLISECOND, Way.OUT),
    captured(echo(1, is_reply=True), START + 131 * MILLISECOND, Way.IN),
    captured(b"\x45\x00", START + 140 * MILLISECOND),
)


def file_of(packets: Sequence[CapturedPacket] = PACKETS) -> bytes:
    file = io.BytesIO()
    writer = PcapngWriter(file)
    for packet in packets:
        writer.write(packet)
    return file.getvalue()


def records(packets: Sequence[CapturedPacket]) -> bytes:
    """What a file grows by."""
    return file_of((*PACKETS[:1], *packets))[len(file_of(PACKETS[:1])) :]


def many(count: int) -> tuple[CapturedPacket, ...]:
    """Echo requests, a millisecond apart; every tenth is a reply to the one before."""
    return tuple(
        captured(
            echo(number // 10 if number % 10 == 9 else number, is_reply=number % 10 == 9), START + number * 1_000_000
        )
        for number in range(count)
    )
