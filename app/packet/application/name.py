"""Domain names on the wire: labels, pointers to labels said before, and their text (RFC 1035, sections 3.1 and 4.1.4).

A pointer may only point back, and each further back than the one before: so every name ends.
"""

import re
from typing import NamedTuple

from app.packet.application.pieces import Message, Piece, each, named_field
from app.packet.dissection import Branch, Part, Severity
from app.packet.layout import Span

#: Bytes of a whole name, lengths included (RFC 1035, section 2.3.4).
MOST_OCTETS = 255
_POINTER = 0xC0
_LABEL = 0x3F

#: What a label of text needs an escape for: dots, backslashes and all that is not printable ASCII.
_ESCAPED = re.compile(rb"[^!-\-/-\[\]-~]")


class Name(NamedTuple):
    """A name that was read: its text, the byte behind it, and how many labels it has."""

    text: str
    end: int
    labels: int


def read_name(message: Message, at: int, stop: int) -> Name | None:
    """The name at `at`; None where the bytes before `stop` hold none."""
    data, size = message.data, 1
    labels: list[str] = []
    here, limit, lowest, end = at, stop, at, 0
    while here < limit:
        count = data[here]
        if count == 0:
            return Name(".".join(labels) or ".", end or here + 1, len(labels))
        if count >= _POINTER:
            message.labels_left -= 1
            if here + 2 > limit or message.labels_left < 0:
                break
            target = message.start + ((count & _LABEL) << 8 | data[here + 1])
            end = end or here + 2
            if target >= lowest:
                message.note(here, "a name points to a place that is not before it", Severity.ERROR)
                return Name(".".join((*labels, "…")), end, len(labels))
            here = lowest = target
            limit = message.stop
            continue
        size += count + 1
        message.labels_left -= 1
        if count > _LABEL or size > MOST_OCTETS or message.labels_left < 0 or here + count >= limit:
            break
        labels.append(_label(message, data[here + 1 : here + 1 + count]))
        here += 1 + count
    if message.labels_left < 0:
        message.note(at, "more names than anyone reads: the rest is not shown")
    elif size > MOST_OCTETS:
        message.note(at, f"a name of more than {MOST_OCTETS} bytes", Severity.ERROR)
    return Name(".".join((*labels, "…")), end, len(labels)) if end else None


def _label(message: Message, label: bytes) -> str:
    """A label as zone files write it: bytes that are not printable as \\DDD (RFC 1035, section 5.1)."""
    if _ESCAPED.search(label) is None:
        return label.decode("ascii")
    if message.is_unicode:
        words = label.decode("utf-8", "replace")
        if words.isprintable() and "\ufffd" not in words:
            return words.replace("\\", "\\\\").replace(".", "\\.")
    return _ESCAPED.sub(_escaped, label).decode("ascii")


def _escaped(found: re.Match[bytes]) -> bytes:
    byte = found[0]
    return b"\\" + byte if byte in b".\\" else b"\\%03d" % byte[0]


def domain(name: str, label: str) -> Piece:
    """A domain name."""

    def read(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
        found = read_name(message, at, stop)
        if found is None:
            return None
        field = named_field(name, label, found.end - at, kind="octets")
        return [Span(field, at * 8, found.end * 8, found.text)], found.end

    return read


def partial_domain(name: str, label: str) -> Piece:
    """A name that may lack its end, as DHCP clients send their own (RFC 4702, section 2.3.1)."""
    whole = domain(name, label)

    def read(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
        if at == stop or (found := whole(message, at, stop)) is not None:
            return ([], stop) if at == stop else found
        ended = message.data[at:stop] + b"\0"
        value = read_name(Message(ended, 0, len(ended)), 0, len(ended))
        if value is None or value.end != len(ended):
            return None
        field = named_field(name, label, stop - at, kind="octets")
        return [Span(field, at * 8, stop * 8, value.text)], stop

    return read


def domains(name: str, label: str, heading: str = "", title: str = "") -> Piece:
    """Domain names to the end, under a heading where one is given; pointers count from the first of them."""
    names = each(domain(name, label))

    def read(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
        outer = message.start, message.stop
        message.start, message.stop = at, stop
        found = names(message, at, stop)
        message.start, message.stop = outer
        if found is None or not heading or not found[0]:
            return found
        spans = tuple(found[0])
        told = ", ".join(span.shown for span in spans[:4] if isinstance(span, Span))
        return [Branch(heading, title, at, found[1], spans, told)], found[1]

    return read
