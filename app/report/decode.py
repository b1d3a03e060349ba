"""`hopscope decode`: the packets of a capture file, as lines for people or a document each for machines."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from app.arguments import Form, Request
from app.packet.capture.captured import CapturedPacket
from app.packet.capture.reader import read_capture
from app.packet.dissect import dissect
from app.packet.dissection import Dissection
from app.packet.filter.expression import Predicate
from app.packet.render import hex_lines, packet_document, summary_line, tree_lines
from app.report.document import Document, line

_SECOND = 1_000_000_000


def decoded(file: BinaryIO, request: Request, matches: Predicate) -> Iterator[Iterable[str]]:
    """The lines of each packet that matches. Raises CaptureError behind the last packet that can be read."""
    for frame, packet in enumerate(read_capture(file), 1):
        dissection = dissect(packet.data, packet.link)
        if not matches(dissection):
            continue
        if request.form is Form.JSON:
            yield (line(_document(frame, packet, dissection)),)
        else:
            yield _text(frame, packet, dissection, request)


def _document(frame: int, packet: CapturedPacket, dissection: Dissection) -> Document:
    return packet_document(frame, packet.time_ns, packet.length, packet.link.words, dissection)


def _text(frame: int, packet: CapturedPacket, dissection: Dissection, request: Request) -> Iterator[str]:
    yield f"{frame:>5}  {_moment(packet.time_ns)}  {packet.length:>5}  {summary_line(dissection)}"
    if request.verbose:
        yield from (f"       {text}" for text in tree_lines(dissection))
    if request.hex:
        yield from (f"       {text}" for text in hex_lines(packet.data))


def _moment(time_ns: int | None) -> str:
    """A time of day in UTC to the microsecond, as tcpdump prints it; dashes where the file has none."""
    if time_ns is None:
        return "--:--:--.------"
    seconds, rest = divmod(time_ns, _SECOND)
    return f"{datetime.fromtimestamp(seconds % 86_400, UTC):%H:%M:%S}.{rest // 1000:06d}"
