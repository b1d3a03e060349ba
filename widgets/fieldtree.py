"""The field tree of one packet. The cursor, and what is open, stay on the same fields from packet to packet."""

from collections.abc import Hashable, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType

from app.engine.snapshot import State
from app.packet.dissection import Check, CheckStatus, Dissection, Severity
from widgets.canvas import fit
from widgets.glyphs import UNICODE, Glyphs
from widgets.lines import LineView
from widgets.treelines import Forest, Path, TreeLine, TreeLines, branches_below, issues, path_to, tree_lines

#: How wide a label is, by the least width of the tree.
LABEL_WIDTHS = ((58, 24), (46, 19), (0, 15))
LAYER_WIDTH = 11  #: "quoted IPv4"
#: Choices for more branches than this are forgotten: they are of lists that nobody sees again.
MOST_CHOICES = 20_000
_CHECK_INKS = {CheckStatus.GOOD: "up", CheckStatus.BAD: "down"}
_NOTE_INKS = {Severity.NOTE: "muted", Severity.WARNING: "slow", Severity.ERROR: "down"}
_NOTE_STATES = {Severity.WARNING: State.SLOW, Severity.ERROR: State.DOWN}


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
        Binding(
            "plus,shift+right",
            "open_below",
            "Open below",
            id="fields.open-below",
            tooltip="Open this branch and all branches in it",
            show=False,
        ),
        Binding(
            "asterisk,ctrl+right",
            "open_all(True)",
            "Open all",
            id="fields.open-all",
            tooltip="Open all branches, of the next packets too",
            show=False,
        ),
        Binding(
            "minus,ctrl+left",
            "open_all(False)",
            "Close all",
            id="fields.close-all",
            tooltip="Close all branches, of the next packets too",
            show=False,
        ),
        Binding(
            "exclamation_mark",
            "issue",
            "Next note",
            id="fields.issue",
            key_display="!",
            tooltip="Go to the next note, warning or bad checksum",
        ),
    ]

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._glyphs = glyphs
        self._forest: Forest | None = None
        self._lines: TreeLines | Sequence[TreeLine] = ()
        self._choices: dict[Path, bool] = {}
        self._standard: bool | None = None

    def show(self, dissection: Dissection | None) -> None:
        """Show a packet; the cursor goes to the field that it was on, if this packet has it."""
        path = self.selected.path if self.selected else None
        self._forest = None if dissection is None else Forest(dissection)
        self._flatten(path)

    def _flatten(self, path: Path | None) -> None:
        if len(self._choices) > MOST_CHOICES:
            self._choices.clear()
        self._lines = ()
        if self._forest is not None:
            self._lines = tree_lines(self._forest, self._choices, standard=self._standard)
        place = self._find(path)
        self.cursor = self._first_open() if place is None else place
        self.redraw()
        self.update_rows()

    def _find(self, path: Path | None) -> int | None:
        """The line of a path, or of the nearest branch above it."""
        while path and isinstance(self._lines, TreeLines):
            place = self._lines.place_of(path)
            if place is not None:
                return place
            path = path[:-1]
        return None

    def _first_open(self) -> int:
        """Where the cursor begins: at the first layer that is open, which is what the packet is about."""
        return next((index for index, line in enumerate(self._lines) if line.is_open), 0)

    def select_bit(self, bit: int) -> None:
        """Put the cursor on the innermost field that covers a bit, opening what hides it."""
        path = None if self._forest is None else path_to(self._forest, bit)
        if path is not None:
            self.select_path(path)

    def select_path(self, path: Path) -> None:
        """Put the cursor on the line of a path, opening what hides it."""
        if isinstance(self._lines, TreeLines) and (place := self._lines.place_of(path)) is not None:
            self.cursor = place
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
        """One line: a bar where it is quoted, a sign where it opens, its label, its value, a verdict on a checksum."""
        line = self._lines[index]
        is_quoted = line.layer is not None and line.layer.is_quoted
        indent = "  " * line.depth
        head = [Segment(self._glyphs.edge if is_quoted else " ", self.ink("area")), Segment(indent)]
        room = width - len(indent) - 3
        if line.note is not None:
            return [*head, *self._note(line, room)]
        sign = (self._glyphs.opened if line.is_open else self._glyphs.closed) if line.is_branch else " "
        head.append(Segment(f"{sign} ", self.ink("lit" if selected else "faint")))
        is_layer = line.span is None
        widest = next(cells for least, cells in LABEL_WIDTHS if width >= least)
        wanted = LAYER_WIDTH if is_layer else widest - 2 * (line.depth - 1)
        label = line.label.ljust(wanted) + " "
        verdict = check_words(line.check) if line.check is not None else "cut" if line.is_cut else ""
        value = fit(line.shown, max(0, room - len(label) - len(verdict) - 2)).rstrip() + "  " * bool(verdict)
        inks = ("strong", "plain") if is_layer else ("muted", "plain")
        if is_quoted:
            inks = ("rtt", "muted") if is_layer else ("faint", "muted")
        segments = [*head, Segment(label, self.ink(inks[0])), Segment(value, self.ink(inks[1]))]
        if line.check is not None:
            segments.append(Segment(verdict, self.ink(_CHECK_INKS.get(line.check.status, "muted"))))
        elif line.is_cut:
            segments.append(Segment(verdict, self.ink("slow")))
        return segments

    def _note(self, line: TreeLine, room: int) -> Sequence[Segment]:
        """A note behind the sign of its severity."""
        assert line.note is not None
        state = _NOTE_STATES.get(line.note.severity)
        ink = self.ink(_NOTE_INKS[line.note.severity])
        sign = self._glyphs.flight if state is None else self._glyphs.states[state]
        return Segment(f"{sign} ", ink), Segment(fit(line.shown, room), ink)

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

    def action_open_below(self) -> None:
        """Open a branch and all branches in it; on a field, those of the branch around it."""
        line = self.selected
        if line is None or self._forest is None:
            return
        path = line.path if line.is_branch else line.path[:-1]
        self._choices.update((each, True) for each in branches_below(self._forest, path))
        self._flatten(line.path)

    def action_open_all(self, is_open: bool) -> None:  # noqa: FBT001 - Textual's action strings have no keywords
        """Open or close everything, and let the next packets be so too, until a branch is chosen otherwise."""
        path = self.selected.path if self.selected else None
        self._choices.clear()
        self._standard = is_open
        self._flatten(path)

    def action_issue(self) -> None:
        """Go to the next note, warning or bad checksum below the cursor, or to the first; open what hides it."""
        if self._forest is None or self.selected is None:
            return
        found = issues(self._forest)
        if not found:
            self.notify("nothing to note in this packet", markup=False)
            return
        here, paths = self.selected, [path for _, path in found]
        if here.path in paths:
            self.select_path(paths[(paths.index(here.path) + 1) % len(paths)])
        else:
            self.select_path(next((path for byte, path in found if byte * 8 >= here.start_bit), paths[0]))

    def _choose(self, line: TreeLine, *, is_open: bool) -> None:
        self._choices[line.path] = is_open
        self._flatten(line.path)

    def on_click(self, event: events.Click) -> None:
        """A click on the sign of a branch, or a second one on its line, opens or closes it."""
        line = self.selected
        if line is not None and line.is_branch and (event.x <= line.depth * 2 + 2 or event.chain > 1):
            self.action_turn()
