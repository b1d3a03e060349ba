"""The field tree of one packet. The cursor, and what is open, stay on the same fields from packet to packet."""

from collections.abc import Hashable, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType

from app.packet.dissection import Check, CheckStatus, Dissection, Severity
from widgets.canvas import fit
from widgets.glyphs import UNICODE, Glyphs
from widgets.lines import LineView
from widgets.treelines import Path, TreeLine, path_to, tree_lines

LABEL_WIDTH = 19
LAYER_WIDTH = 11  #: "quoted IPv4"
_CHECK_INKS = {CheckStatus.GOOD: "up", CheckStatus.BAD: "down"}
_NOTE_INKS = {Severity.NOTE: "muted", Severity.WARNING: "slow", Severity.ERROR: "down"}


def check_words(check: Check) -> str:
    """A verdict on a checksum: "good", "bad, should be 0x8b2c"."""
    if check.status is CheckStatus.BAD and check.expected is not None:
        return f"bad, should be 0x{check.expected:04x}"
    return check.status.value


class FieldTree(LineView):
    """What a packet says, field by field."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "turn", "Open", id="fields.toggle", key_display="Enter", tooltip="Open or close this branch"),
        Binding("right,l", "open(True)", "Open", id="fields.open", tooltip="Open this branch", show=False),
        Binding("left,h", "open(False)", "Close", id="fields.close", tooltip="Close this branch", show=False),
    ]

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._glyphs = glyphs
        self._dissection: Dissection | None = None
        self._lines: list[TreeLine] = []
        self._choices: dict[Path, bool] = {}

    def show(self, dissection: Dissection | None) -> None:
        """Show a packet; the cursor goes to the field that it was on, if this packet has it."""
        path = self.selected.path if self.selected else None
        self._dissection = dissection
        self._flatten(path)

    def _flatten(self, path: Path | None) -> None:
        self._lines = tree_lines(self._dissection, self._choices) if self._dissection is not None else []
        place = self._find(path)
        self.cursor = self._first_open() if place is None else place
        self.redraw()
        self.update_rows()

    def _find(self, path: Path | None) -> int | None:
        """The line of a path, or of the nearest branch above it."""
        while path:
            for index, line in enumerate(self._lines):
                if line.path == path:
                    return index
            path = path[:-1]
        return None

    def _first_open(self) -> int:
        """Where the cursor begins: at the first layer that is open, which is what the packet is about."""
        return next((index for index, line in enumerate(self._lines) if line.is_open), 0)

    def select_bit(self, bit: int) -> None:
        """Put the cursor on the innermost field that covers a bit, opening what hides it."""
        path = None if self._dissection is None else path_to(self._dissection, bit)
        if path is None:
            return
        for length in range(1, len(path)):
            self._choices[path[:length]] = True
        self._flatten(path)

    @property
    def selected(self) -> TreeLine | None:
        """The line under the cursor."""
        return self._lines[self.cursor] if self.cursor < len(self._lines) else None

    # Lines

    def lines(self) -> int:
        """Layers, open fields and notes."""
        return len(self._lines)

    def row_key(self, index: int) -> Hashable:
        """A line is made anew for each packet."""
        return self._lines[index]

    def render_row(self, index: int, width: int, *, selected: bool) -> Sequence[Segment]:
        """One line: a sign where it opens, its label, its value, and the verdict on a checksum."""
        line = self._lines[index]
        indent = " " + "  " * line.depth
        sign = (self._glyphs.opened if line.is_open else self._glyphs.closed) if line.is_branch else " "
        head = [Segment(indent), Segment(f"{sign} ", self.ink("lit" if selected else "faint"))]
        room = width - len(indent) - 2
        if line.note is not None:
            return [*head, Segment(fit(line.shown, room), self.ink(_NOTE_INKS[line.note.severity]))]
        is_layer = line.span is None
        wanted = LAYER_WIDTH if is_layer else LABEL_WIDTH - 2 * (line.depth - 1)
        label = line.label.ljust(wanted) + " "
        verdict = f"  {check_words(line.check)}" if line.check is not None else ""
        value = fit(line.shown, max(0, room - len(label) - len(verdict))).rstrip()
        is_quoted = line.layer is not None and line.layer.is_quoted
        inks = ("strong", "plain") if is_layer else ("muted", "plain")
        if is_quoted:
            inks = ("muted", "muted") if is_layer else ("faint", "muted")
        segments = [*head, Segment(label, self.ink(inks[0])), Segment(value, self.ink(inks[1]))]
        if line.check is not None:
            segments.append(Segment(verdict, self.ink(_CHECK_INKS.get(line.check.status, "muted"))))
        return segments

    # Keys

    def action_turn(self) -> None:
        """Open a closed branch, close an open one."""
        if (line := self.selected) is not None and line.is_branch:
            self._choose(line, is_open=not line.is_open)

    def action_open(self, is_open: bool) -> None:  # noqa: FBT001 - Textual's action strings have no keywords
        """Open or close a branch; on what cannot be closed, go to the branch above."""
        line = self.selected
        if line is None:
            return
        if line.is_branch and line.is_open != is_open:
            self._choose(line, is_open=is_open)
        elif not is_open and (above := self._find(line.path[:-1])) is not None:
            self.cursor = above

    def _choose(self, line: TreeLine, *, is_open: bool) -> None:
        self._choices[line.path] = is_open
        self._flatten(line.path)

    def on_click(self, event: events.Click) -> None:
        """A click on the sign of a branch, or a second one on its line, opens or closes it."""
        line = self.selected
        if line is not None and line.is_branch and (event.x <= line.depth * 2 + 2 or event.chain > 1):
            self.action_turn()
