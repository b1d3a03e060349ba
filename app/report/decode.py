"""`hopscope decode`: the packets of a capture file, as lines for people or a document each for machines."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO

from app.arguments import Form, Request
from app.packet.capture.captured import CapturedPacket
from app.packet.capture.reader import read_capture
from app.packet.dissect import dissect
from app.packet.dissection import Dissection
from app.packet.render import hex_lines, packet_json, summary_line, tree_lines

if TYPE_CHECKING:
    from app.packet.filter.expression import Predicate

_SECOND = 1_000_000_000


def decoded(file: BinaryIO, request: Request, matches: "Predicate | None") -> Iterator[Iterable[str]]:
    """The lines of each packet that matches. Raises CaptureError behind the last packet that can be read."""
    sieve = None if matches is None else Sieve(matches, request.filter or "")
    for frame, packet in enumerate(read_capture(file), 1):
        dissection = dissect(packet.data, packet.link)
        if sieve is not None and not sieve.passes(frame, packet, dissection):
            continue
        if request.form is Form.JSON:
            yield (packet_json(frame, packet.time_ns, packet.length, packet.link.words, dissection),)
        else:
            yield _text(frame, packet, dissection, request)


class Sieve:
    """A filter, and what it may ask of a packet beside its bytes: when the first one came, and the one before."""

    def __init__(self, matches: "Predicate", expression: str) -> None:
        # Most runs have no filter and need not wait for the language to be loaded.
        from app.engine.pairing import Pairing
        from app.packet.filter.facts import Facts

        self._pairing = Pairing() if "hopscope.rtt" in expression else None
        self._times = array("q")  #: of all packets so far, where answers are to be joined with what they answer
        self._matches = matches
        self._facts = Facts
        self._first: int | None = None
        self._before: int | None = None

    def passes(self, frame: int, packet: CapturedPacket, dissection: Dissection) -> bool:
        """Whether the filter lets the packet through."""
        now, before = packet.time_ns, self._before
        self._first = now if self._first is None else self._first
        self._before = now if now is not None else before
        facts = self._facts(
            number=frame,
            length=packet.length,
            captured_length=len(packet.data),
            time_ns=now,
            relative_ns=None if now is None or self._first is None else now - self._first,
            delta_ns=None if now is None or before is None else now - before,
            comment="; ".join(packet.comments) or None,
            interface=packet.interface or None,
            direction=packet.direction,
            rtt_ns=None if self._pairing is None else self._round_trip(frame, packet),
        )
        return self._matches(dissection, facts)

    def _round_trip(self, frame: int, packet: CapturedPacket) -> int | None:
        """The time from the question to this answer; of a question, what answers it has not been read yet."""
        assert self._pairing is not None
        self._pairing.take(packet.data, packet.link)
        self._times.append(packet.time_ns or 0)
        question = self._pairing.partner(frame)
        return None if question is None else self._times[frame - 1] - self._times[question - 1]


def _text(frame: int, packet: CapturedPacket, dissection: Dissection, request: Request) -> Sequence[str]:
    lines = [f"{frame:>5}  {moment(packet.time_ns)}  {packet.length:>5}  {summary_line(dissection)}"]
    return [*lines, *details(packet, dissection, request)]


def details(packet: CapturedPacket, dissection: Dissection, request: Request) -> Iterator[str]:
    """What -V and -x add to the line of a packet."""
    if request.verbose:
        yield from (f"       comment: {comment}" for comment in packet.comments)
        yield from (f"       {text}" for text in tree_lines(dissection))
    if request.hex:
        yield from (f"       {text}" for text in hex_lines(packet.data))


@lru_cache(64)
def _clock(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds % 86_400, UTC):%H:%M:%S}"


def moment(time_ns: int | None) -> str:
    """A time of day in UTC to the microsecond, as tcpdump prints it; dashes where the file has none."""
    if time_ns is None:
        return "--:--:--.------"
    seconds, rest = divmod(time_ns, _SECOND)
    return f"{_clock(seconds)}.{rest // 1000:06d}"
