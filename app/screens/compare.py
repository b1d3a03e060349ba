"""What was sent, what a router quoted of it and what came back, side by side; or any two packets.

A field under the cursor shows its bytes in every part. Equal fields are left out until they are asked for.
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.widget import Widget

from app.packet.compare.comparison import Comparison, Part, Row, compare
from app.packet.compare.remark import Weight
from app.packet.dissection import Dissection
from app.packet.text import safe
from app.screens.page import Page
from widgets.compareview import CompareView, PartBytes, shown
from widgets.fieldbar import FieldBar
from widgets.lines import LineView
from widgets.masthead import Words
from widgets.rule import Rule

MOST_SHOWN = 20  #: characters of a value in the line below
_INKS = {Weight.NONE: "plain", Weight.EXPECTED: "plain", Weight.NOTABLE: "slow", Weight.ALARMING: "down"}


class CompareScreen(Page):
    """A comparison of some parts; see `app.packet.compare.comparison` for the hop and the earlier quotations."""

    MODE = "Packets"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "all", "All fields", id="compare.all", tooltip="All fields, or only those that differ"),
        Binding("n", "next(1)", "Next", id="compare.next", tooltip="The next difference"),
        Binding("N", "next(-1)", "Before", id="compare.before", tooltip="The difference before", show=False),
        Binding("escape", "back", "Back", key_display="Esc", id="page.back", tooltip="Back to the packets"),
    ]

    is_all = reactive(default=False)  #: whether equal fields are shown too

    def __init__(
        self, parts: Sequence[Part], *, hop: int | None = None, earlier: Iterable[tuple[int, Dissection]] = ()
    ) -> None:
        super().__init__()
        self.comparison: Comparison = compare(parts, hop=hop, earlier=earlier)

    def compose_page(self) -> Iterable[Widget]:
        """The table, the bytes of the field under its cursor, and its meaning in full."""
        glyphs = self.navigator.glyphs
        yield CompareView(glyphs)
        yield Rule(glyphs, "bytes of the field")
        yield PartBytes(self.comparison.parts)
        yield Rule(glyphs)
        yield FieldBar()

    def on_mount(self) -> None:
        """Begin with what differs."""
        self.query_one(CompareView).show(self.comparison, is_all=self.is_all)
        self.query_one(CompareView).focus()
        self._show_field()

    def show_frame(self) -> None:
        """Packets do not change."""

    def words(self) -> tuple[Words, Words]:
        """Who stands beside whom, and how many fields differ."""
        titles = " · ".join(safe(part.title) for part in self.comparison.parts)
        rows = self.comparison.differences
        grave = [row for row in rows if row.weight > Weight.EXPECTED]
        worst = max((row.weight for row in rows), default=Weight.NONE)
        count = f"{len(rows)} of {len(self.comparison.rows)} fields differ"
        if not grave:
            return (("strong", titles),), (("muted", count if rows else "nothing differs"),)
        return (("strong", titles),), (("muted", f"{count}, "), (_INKS[worst], f"{len(grave)} unexpected"))

    @on(LineView.Moved)
    def _show_field(self) -> None:
        row = self.query_one(CompareView).selected
        self.query_one(PartBytes).show(row)
        self.query_one(FieldBar).show(() if row is None else self._about(row), ())

    def _about(self, row: Row) -> Words:
        """A row in words: `ip.dsfield.dscp · 46 → 0 · bleached before hop 5 · RFC 791`."""
        arrow = f" {self.navigator.glyphs.arrow} "
        cells = dict.fromkeys(shown(span) for span in row.cells if span is not None)
        values = arrow.join(text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…" for text in cells)
        words: list[tuple[str, str]] = [("lit", row.name), ("muted", f" · {values}")]
        if meaning := self.comparison.meaning(row):
            words.append((_INKS[row.weight], f" · {meaning}"))
        if row.layer.reference:
            words.append(("muted", f" · {row.layer.reference}"))
        return words

    def action_all(self) -> None:
        """All fields, or only those that differ."""
        self.is_all = not self.is_all
        self.query_one(CompareView).show(self.comparison, is_all=self.is_all)
        self._show_field()

    def action_next(self, by: int) -> None:
        """Go to the next difference, or to the one before."""
        self.query_one(CompareView).next_difference(by)
