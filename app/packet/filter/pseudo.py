"""Names that stand for no bytes of one header: the frame, what hopscope knows of a packet, what is wrong with it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from app.packet.capture.captured import Way
from app.packet.dissection import CheckStatus, Dissection, Severity
from app.packet.filter.facts import Facts
from app.packet.filter.names import Kind, Known
from app.packet.layout import Value
from app.packet.registry import Registry

Values: TypeAlias = Callable[[Dissection, Facts | None], Iterable[Value]]


class Direction(Registry):
    """Wireshark's numbers for the way of a frame on a link between two."""

    SENT = 0
    RECEIVED = 1


class FlagsDirection(Registry):
    """https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html, section 4.3.1"""

    INBOUND = 1
    OUTBOUND = 2


@dataclass(frozen=True, slots=True)
class Pseudo:
    """A name and what it stands for."""

    known: Known
    values: Values


def _asked(attribute: str) -> Values:
    """One of the facts; nothing where it is not known."""

    def values(dissection: Dissection, facts: Facts | None) -> Iterable[Value]:
        value = None if facts is None else getattr(facts, attribute)
        return () if value is None else (value,)

    return values


def _direction(way_in: Value, way_out: Value) -> Values:
    def values(dissection: Dissection, facts: Facts | None) -> Iterable[Value]:
        if facts is None or facts.direction is None:
            return ()
        return (way_in if facts.direction is Way.IN else way_out,)

    return values


def _captured(dissection: Dissection, facts: Facts | None) -> Iterable[Value]:
    told = None if facts is None else facts.captured_length
    return (len(dissection.data) if told is None else told,)


def _frame(dissection: Dissection, facts: Facts | None) -> Iterable[Value]:
    return (dissection.data,)


def _protocols(dissection: Dissection, facts: Facts | None) -> Iterable[Value]:
    return (":".join(layer.name for layer in dissection.layers),)


def _notes(dissection: Dissection, facts: Facts | None) -> Iterable[Value]:
    return [note.text for note in dissection.notes]


def _malformed(dissection: Dissection, facts: Facts | None) -> Iterable[Value]:
    """What contradicts itself. A wrong checksum does not: it is right or wrong, and well formed."""
    wrong = {check.start for check in dissection.checks if check.status is CheckStatus.BAD}
    return [note.text for note in dissection.notes if note.severity is Severity.ERROR and note.position not in wrong]


def _of(name: str, kind: Kind, label: str, values: Values, registry: type[Registry] | None = None) -> Pseudo:
    return Pseudo(Known(name, kind, label, registries=() if registry is None else (registry,)), values)


PSEUDO = {
    pseudo.known.name: pseudo
    for pseudo in (
        _of("frame", Kind.LAYER, "the whole frame", _frame),
        _of("frame.number", Kind.NUMBER, "its number in the list", _asked("number")),
        _of("frame.len", Kind.NUMBER, "bytes on the wire", _asked("length")),
        _of("frame.cap_len", Kind.NUMBER, "bytes that are here", _captured),
        _of("frame.time_epoch", Kind.SECONDS, "seconds since the epoch", _asked("time_ns")),
        _of("frame.time_relative", Kind.SECONDS, "seconds since the first packet", _asked("relative_ns")),
        _of("frame.time_delta", Kind.SECONDS, "seconds since the packet before", _asked("delta_ns")),
        _of("frame.comment", Kind.TEXT, "the comment of the capture", _asked("comment")),
        _of("frame.interface_name", Kind.TEXT, "the interface it was captured on", _asked("interface")),
        _of("frame.direction", Kind.TEXT, "in or out", _direction("in", "out")),
        _of("frame.p2p_dir", Kind.NUMBER, "0 sent, 1 received", _direction(1, 0), Direction),
        _of("frame.packet_flags_direction", Kind.NUMBER, "1 in, 2 out", _direction(1, 2), FlagsDirection),
        _of("frame.protocols", Kind.TEXT, "its layers, colons between them", _protocols),
        _of("hopscope.row", Kind.TEXT, "the row of a table that it fed", _asked("row")),
        _of("hopscope.meaning", Kind.TEXT, "what hopscope made of it", _asked("meaning")),
        _of("hopscope.rtt", Kind.SECONDS, "seconds from probe to reply", _asked("rtt_ns")),
        _of("hopscope.note", Kind.TEXT, "what is to be said about it", _notes),
        _of("_ws.malformed", Kind.TEXT, "the bytes contradict themselves", _malformed),
    )
}
