"""The line that says what is under the cursor: the field, its place, its value, its RFC; and what the packet proves."""

from collections.abc import Sequence

from rich.segment import Segment

from app.packet.dissection import CheckStatus, Severity
from app.packet.layout import Span
from app.packet.render import check_words
from app.packet.text import safe
from widgets.canvas import Canvas
from widgets.masthead import Words, both_ends
from widgets.treelines import TreeLine, place

_CHECK_INKS = {CheckStatus.GOOD: "up", CheckStatus.BAD: "down"}
_NOTE_INKS = {Severity.NOTE: "plain", Severity.WARNING: "slow", Severity.ERROR: "down"}


def field_words(line: TreeLine) -> Words:
    """A line of the tree in one: `icmp.checksum · bytes 22-23 · 0xf7ff good · RFC 792`."""
    reference = line.layer.reference if line.layer is not None else ""
    rest: list[tuple[str, str]] = [("muted", f" · {safe(reference)}")] if reference else []
    if line.note is not None:
        where = f" · byte {line.note.position} · {line.note.severity.value}"
        return [(_NOTE_INKS[line.note.severity], line.shown), ("muted", where), *rest]
    name = line.span.field.name if line.span is not None else line.layer.name if line.layer is not None else ""
    words = [("lit", safe(name)), ("muted", f" · {place(line)}")]
    value = line.shown if line.span is None else _value(line.span)
    words.append(("plain", f" · {value}" if value else ""))
    if line.check is not None:
        words.append((_CHECK_INKS.get(line.check.status, "muted"), f" {check_words(line.check)}"))
    return [*words, *rest]


def _value(span: Span) -> str:
    """A value in one stretch: the number of a flag before its words, registry words behind theirs."""
    shown = " ".join(safe(span.shown).split())
    if span.field.style == "flag" and isinstance(span.value, int):
        return f"{span.value:d} {shown}"
    return shown


class FieldBar(Canvas):
    """One line below the panes."""

    def __init__(self) -> None:
        super().__init__()
        self._left: Words = ()
        self._right: Words = ()

    def show(self, left: Words, right: Words) -> None:
        """Say it."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """The only line."""
        return both_ends(self, (("plain", " "), *self._left), (*self._right, ("plain", " ")), width)


class Edge(Canvas):
    """A vertical line between two panes."""

    def __init__(self, sign: str = "│", *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._sign = sign

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """The same sign on every line."""
        return (Segment(self._sign, self.ink("rule")),)
