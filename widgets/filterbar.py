"""The line to write a filter into: it says at once where a filter is wrong, and what may stand at the cursor.

With nothing written, what was asked before is offered. Tab takes the offer, the arrows choose another one,
Enter applies the filter, Escape leaves everything as it was.
"""

from collections.abc import Sequence
from typing import ClassVar

from rich.highlighter import Highlighter
from rich.segment import Segment
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from app.packet.filter.completion import Completion, Kind, complete
from app.packet.filter.expression import compile_filter
from app.packet.filter.fault import FilterError
from app.packet.text import safe
from widgets.canvas import Canvas, fit
from widgets.glyphs import UNICODE, Glyphs

MOST_OFFERS = 8  #: offers that are seen at once
HISTORY = 50
_INSERT_WIDTH = 32
_MARGIN = 2  #: cells before the text


def fault_of(expression: str) -> FilterError | None:
    """Why a filter cannot be understood; None where it can."""
    try:
        compile_filter(expression)
    except FilterError as error:
        return error
    return None


class FilterHistory:
    """What was asked in this session, newest first."""

    def __init__(self) -> None:
        self.expressions: list[str] = []

    def add(self, expression: str) -> None:
        """Put an expression in front."""
        if expression:
            self.expressions = [expression, *(each for each in self.expressions if each != expression)][:HISTORY]

    def offers(self) -> tuple[Completion, ...]:
        """All of them, to be taken whole."""
        return tuple(Completion(each, Kind.WORD, "asked before") for each in self.expressions)


class _Faults(Highlighter):
    """Shows a filter that can be applied in one colour, and what is wrong with another in its place."""

    def __init__(self, bar: "FilterBar") -> None:
        self._bar = bar

    def highlight(self, text: Text) -> None:
        """Colour the text as it is."""
        fault = fault_of(text.plain)
        if fault is None:
            text.stylize(self._bar.styles_of_text[0])
        elif fault.column <= len(text):
            text.stylize(self._bar.styles_of_text[1], fault.column - 1, fault.column - 1 + max(1, fault.width))


class Offers(Canvas):
    """What may stand at the cursor, a line each; one of them is chosen, or none yet."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__(id="offers")
        self._glyphs = glyphs
        self.items: tuple[Completion, ...] = ()
        self.chosen: int | None = None

    def show(self, items: tuple[Completion, ...]) -> None:
        """Offer these."""
        self.items, self.chosen = items, None
        self.styles.height = min(len(items), MOST_OFFERS)
        self.refresh()

    def choose(self, by: int) -> None:
        """Choose the next one; before the first and behind the last, none."""
        if self.items:
            place = -1 if self.chosen is None else self.chosen
            place = (place + by + 1) % (len(self.items) + 1) - 1
            self.chosen = None if place < 0 else place
            self.refresh()

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """One offer."""
        chosen = self.chosen or 0
        place = y + max(0, min(chosen - MOST_OFFERS + 1, len(self.items) - MOST_OFFERS))
        if place >= len(self.items):
            return ()
        item, is_chosen = self.items[place], place == self.chosen
        room = max(0, width - _MARGIN)
        insert = fit(safe(item.insert), min(room, max(_INSERT_WIDTH, len(item.insert) if not item.help else 0)))
        return (
            Segment(self._glyphs.cursor if is_chosen else " ", self.ink("lit")),
            Segment(" "),
            Segment(insert, self.ink("strong" if is_chosen else "plain")),
            Segment(fit("  " + safe(item.help), max(0, room - len(insert))), self.ink("muted")),
        )


class Verdict(Canvas):
    """A sentence on the filter as it stands, with a sign under the place that it is about."""

    def __init__(self) -> None:
        super().__init__(id="verdict")
        self._fault: FilterError | None = None

    def show(self, fault: FilterError | None) -> None:
        """Say what is wrong; nothing where nothing is."""
        self._fault = fault
        self.refresh()

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """The only line."""
        if self._fault is None:
            return (Segment("  Enter applies · Tab completes · Escape leaves", self.ink("faint")),)
        sentence, column = safe(self._fault.sentence), self._fault.column
        caret = "^" * max(1, min(self._fault.width, width - column))
        blanks = " " * (_MARGIN + column - 1)
        if len(blanks) + len(caret) + 1 + len(sentence) <= width:
            return (Segment(blanks), Segment(f"{caret} ", self.ink("down")), Segment(sentence, self.ink("slow")))
        said = fit(f"column {column}: {sentence}", max(0, width - _MARGIN))
        return (Segment(" " * _MARGIN), Segment(said, self.ink("slow")))


class FilterLine(Input):
    """The text of a filter. An Input keeps the arrows to itself: so they are named here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "choose(1)", "Next offer", id="filterbar.next", tooltip="Choose the next offer", show=False),
        Binding("up", "choose(-1)", "Offer before", id="filterbar.before", tooltip="Choose the one above", show=False),
    ]

    class Chosen(Message):
        """Another offer is wanted."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def action_choose(self, by: int) -> None:
        """Say so."""
        self.post_message(self.Chosen(by))


class FilterBar(Vertical):
    """A filter, while it is written."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "take", "Complete", id="filterbar.take", key_display="Tab", tooltip="Take what is offered"),
        Binding("escape", "leave", "Leave", id="filterbar.leave", key_display="Esc", tooltip="Leave all as it was"),
    ]

    class Applied(Message):
        """A filter that can be understood was confirmed; an empty one clears."""

        def __init__(self, expression: str) -> None:
            super().__init__()
            self.expression = expression

    class Left(Message):
        """Escape was pressed."""

    def __init__(self, history: FilterHistory, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(id="filterbar")
        self._history = history
        self._glyphs = glyphs
        self._start = 0  #: where what an offer replaces begins
        self.styles_of_text = ("green", "bold white on red")
        self.display = False

    def compose(self) -> ComposeResult:
        """Offers, the verdict, the line."""
        yield Offers(self._glyphs)
        yield FilterLine(compact=True, select_on_focus=False, highlighter=_Faults(self), placeholder="icmp.type == 11")
        yield Verdict()

    def ask(self, expression: str) -> None:
        """Let a filter be written, beginning with this one."""
        offers = self.query_one(Offers)
        # The inks are the theme's: nothing here names a colour.
        self.styles_of_text = (str(offers.ink("up").without_color + offers.ink("up")), str(offers.ink("match")))
        self.display = True
        line = self.query_one(Input)
        line.value = expression
        line.cursor_position = len(expression)
        line.focus()
        self._look()

    def _look(self) -> None:
        """Judge what is written, and offer what may stand at the cursor."""
        line = self.query_one(Input)
        self.query_one(Verdict).show(fault_of(line.value))
        if not line.value.strip():
            self._start = 0
            self.query_one(Offers).show(self._history.offers())
            return
        found = complete(line.value, line.cursor_position)
        self._start = found.start
        written = line.value[found.start : line.cursor_position]
        is_there = len(found.items) == 1 and found.items[0].insert == written
        self.query_one(Offers).show(() if is_there else found.items)

    @on(Input.Changed)
    def look(self, event: Input.Changed) -> None:
        """Every character counts."""
        event.stop()
        if self.display:
            self._look()

    @on(Input.Submitted)
    def apply(self, event: Input.Submitted) -> None:
        """Take what is chosen; a filter asked before, and one that is written, is applied."""
        event.stop()
        line = self.query_one(Input)
        if self.query_one(Offers).chosen is not None:
            was_empty = not line.value.strip()
            self.action_take()
            if not was_empty:
                return
        expression = line.value.strip()
        if fault_of(expression) is not None:
            self.app.bell()
            return
        self._history.add(expression)
        self.display = False
        self.post_message(self.Applied(expression))

    def on_key(self, event: events.Key) -> None:
        """Nothing that is typed here is a key of the screen below."""
        if event.is_printable:
            event.stop()

    def action_take(self) -> None:
        """Put the chosen offer, or the first one, in place of what was written of it."""
        offers, line = self.query_one(Offers), self.query_one(Input)
        if not offers.items:
            return
        insert = offers.items[offers.chosen or 0].insert
        rest = line.value[line.cursor_position :]
        with line.prevent(Input.Changed):
            line.value = line.value[: self._start] + insert + rest
            line.cursor_position = self._start + len(insert)
        self._look()

    @on(FilterLine.Chosen)
    def choose(self, event: FilterLine.Chosen) -> None:
        """Choose another offer."""
        event.stop()
        self.query_one(Offers).choose(event.by)

    def action_leave(self) -> None:
        """Take it all back."""
        self.display = False
        self.post_message(self.Left())
