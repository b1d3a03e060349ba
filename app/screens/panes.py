"""Where the list, the fields and the bytes stand: in layouts by the terminal's size, and shared as the user likes.

Narrow, the list is on top, and the fields and the bytes take turns below it; from 100 columns on these stand
side by side; from 160 on the list is left, the fields and the bytes right. The stylesheet says all that by
the classes that are set here.
"""

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from widgets.divider import Divider
from widgets.fieldtree import FieldTree
from widgets.glyphs import Glyphs
from widgets.hexdump import BitLine, HexDump
from widgets.packetlist import PacketList

NARROW = 116  #: columns below which the tree and the bytes take turns
WIDE = 160
PANES = ("list", "tree", "bytes")
LEAST = (24, 3)  #: columns and lines that every pane keeps
STEP = (4, 1)  #: columns and lines that a key moves a divider by


class Panes(Container):
    """The three panes of a packet screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "pane(1)", "Next pane", id="panes.next", key_display="Tab", tooltip="List, fields, bytes"),
        Binding("shift+tab", "pane(-1)", "Pane before", id="panes.before", tooltip="Bytes, fields, list", show=False),
        Binding("z", "zoom", "Zoom", id="panes.zoom", tooltip="This pane alone, or all of them", show=False),
        Binding(
            "right_square_bracket",
            "level(1)",
            "Lower",
            key_display="]",
            id="panes.down",
            tooltip="Move the line between two panes down",
            show=False,
        ),
        Binding(
            "left_square_bracket",
            "level(-1)",
            "Higher",
            key_display="[",
            id="panes.up",
            tooltip="Move the line between two panes up",
            show=False,
        ),
        Binding(
            "less_than_sign",
            "upright(-1)",
            "To left",
            key_display="<",
            id="panes.left",
            tooltip="Move the edge between two panes to the left",
            show=False,
        ),
        Binding(
            "greater_than_sign",
            "upright(1)",
            "To right",
            key_display=">",
            id="panes.right",
            tooltip="Move the edge between two panes to the right",
            show=False,
        ),
    ]

    pane = reactive("list")  #: the one that has the keys
    is_zoomed = reactive(default=False)

    class Entered(Message):
        """A pane was given the keys."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__(id="packets")
        self._glyphs = glyphs
        self._layout = ""
        self._shares: dict[tuple[str, str], int | str] = {}  # of a pane, its width or height, as the user has it

    def compose(self) -> ComposeResult:
        """The list; the fields and the bytes of the packet under its cursor."""
        yield PacketList(self._glyphs, id="list")
        yield Divider(self._glyphs, id="list-rule")
        yield Divider(self._glyphs, id="list-edge", is_upright=True)
        with Container(id="packet"):
            yield FieldTree(self._glyphs, id="tree")
            yield Divider(self._glyphs, id="tree-rule")
            yield Divider(self._glyphs, id="tree-edge", is_upright=True)
            with Vertical(id="bytes-pane"):
                yield HexDump(id="bytes")
                yield BitLine()

    # Layouts

    def on_resize(self, event: events.Resize) -> None:
        """Another layout begins with its own shares."""
        width = event.size.width
        layout = "-narrow" if width < NARROW else "-wide" if width >= WIDE else "-middle"
        if layout == self._layout:
            return
        self.remove_class(self._layout or layout)
        self.add_class(layout)
        self._layout = layout
        self._share({})

    def watch_pane(self, _before: str, after: str) -> None:
        """The stylesheet shows one pane alone by these classes."""
        for pane in PANES:
            self.set_class(pane == after, f"-{pane}")
        self.set_class(after == "bytes", "-bytes-turn")

    def watch_is_zoomed(self) -> None:
        """One pane alone, or all."""
        self.set_class(self.is_zoomed, "-zoomed")
        self._share(self._shares)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A click moves the focus too."""
        if event.widget.id in PANES:
            self.pane = event.widget.id
            self.post_message(self.Entered())

    def enter(self, pane: str) -> None:
        """Give the keys to a pane."""
        self.pane = pane
        self.call_after_refresh(self.query_one(f"#{pane}").focus)

    def action_pane(self, by: int) -> None:
        """Give the keys to the next pane."""
        self.enter(PANES[(PANES.index(self.pane) + by) % len(PANES)])

    def action_zoom(self) -> None:
        """This pane alone, or all of them."""
        self.is_zoomed = not self.is_zoomed

    # Shares

    def action_level(self, by: int) -> None:
        """Move the horizontal line."""
        self._move(self.query_one("#tree-rule" if self._layout == "-wide" else "#list-rule", Divider), by * STEP[1])

    def action_upright(self, by: int) -> None:
        """Move the upright line; a narrow terminal has none."""
        if self._layout != "-narrow":
            self._move(self.query_one("#list-edge" if self._layout == "-wide" else "#tree-edge", Divider), by * STEP[0])

    @on(Divider.Dragged)
    def drag(self, event: Divider.Dragged) -> None:
        """The mouse pulls a line."""
        event.stop()
        self._move(event.divider, event.by)

    def _move(self, divider: Divider, by: int) -> None:
        """Take room from the pane on one side of a line and give it to the other."""
        if self.is_zoomed:
            return
        before, behind = self._sides(divider)
        axis = 0 if divider.is_upright else 1
        sizes = before.outer_size[axis], behind.outer_size[axis]
        size = max(LEAST[axis], min(sizes[0] + by, sum(sizes) - LEAST[axis]))
        rule = "width" if divider.is_upright else "height"
        self._share({**self._shares, (f"#{before.id}", rule): size, (f"#{behind.id}", rule): "1fr"})

    def _share(self, shares: dict[tuple[str, str], int | str]) -> None:
        """Give the panes what the user wants, and what the stylesheet says where they have no say or are zoomed."""
        for pane, rule in self._shares:
            self.query_one(pane).styles.clear_rule(rule)
        self._shares = shares
        if not self.is_zoomed:
            for (pane, rule), size in shares.items():
                setattr(self.query_one(pane).styles, rule, size)

    def _sides(self, divider: Divider) -> tuple[Widget, Widget]:
        names = ("#list", "#packet") if divider.id in ("list-rule", "list-edge") else ("#tree", "#bytes-pane")
        before, behind = (self.query_one(name) for name in names)
        return before, behind
