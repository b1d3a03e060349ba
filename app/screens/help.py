"""What the keys of a screen do and what its signs mean, made from the bindings themselves."""

from collections.abc import Hashable, Iterable, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Vertical
from textual.geometry import Size
from textual.screen import ModalScreen, Screen

from widgets.canvas import fit
from widgets.glyphs import INK_OF_STATE, Glyphs
from widgets.lines import LineView
from widgets.masthead import Words

#: Said of each state, in the order of the legend.
STATES = {
    "up": "answering",
    "slow": "answering, far above its own median",
    "losing": "losing probes",
    "down": "not answering any more",
    "waiting": "waiting for the first answer",
    "unknown": "cannot be known: nothing could be sent",
}
KEY_WIDTH = 15
NAME_WIDTH = 12


class HelpLines(LineView):
    """Lines of words."""

    def __init__(self, content: Sequence[Words]) -> None:
        super().__init__()
        self._content = content

    def lines(self) -> int:
        """As many as there are."""
        return len(self._content)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As high as its content, where there is room."""
        return len(self._content)

    def row_key(self, index: int) -> Hashable:
        """They never change."""
        return index

    def render_row(self, index: int, width: int, *, selected: bool) -> Sequence[Segment]:
        """The words of one line."""
        return [Segment(text, self.ink(name)) for name, text in self._content[index]]

    # There is nothing to choose: what moves is the text, not a cursor.

    def action_move(self, by: int) -> None:
        """Scroll by some lines."""
        self.top += by

    def action_page(self, by: int) -> None:
        """Scroll by some pages."""
        self.top += by * self.page

    def action_first(self) -> None:
        """Scroll to the top."""
        self.top = 0

    def action_last(self) -> None:
        """Scroll to the bottom."""
        self.top = self.lines()


class HelpScreen(ModalScreen[None]):
    """The keys of the screen below it, and the signs."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "dismiss", "Close", id="help.close", tooltip="Back to the screen below"),
    ]

    def __init__(self, below: Screen[None], glyphs: Glyphs) -> None:
        super().__init__()
        self._content = (*_key_lines(below.active_bindings.values()), *_sign_lines(glyphs))

    def compose(self) -> ComposeResult:
        """A panel over the screen."""
        with Vertical(id="help") as panel:
            panel.border_title = "keys and signs"
            panel.border_subtitle = "↑ ↓ scroll · Escape closes"
            yield HelpLines(self._content)


def _key_lines(bindings: Iterable[ActiveBinding]) -> Iterable[Words]:
    """A line a binding: its keys, what it is called and what it does."""
    keys: dict[tuple[str, str, str], list[str]] = {}
    for active in bindings:
        binding = active.binding
        if binding.description and binding.id:
            known = keys.setdefault((binding.id.partition(".")[0], binding.description, active.tooltip), [])
            known.append(binding.key_display or _spelled(binding.key))
    part = None
    for (owner, description, tooltip), names in keys.items():
        if part is not None and owner != part:
            yield ()
        part = owner
        yield (
            ("accent", fit(" " + " ".join(dict.fromkeys(names)), KEY_WIDTH)),
            ("strong", fit(description, NAME_WIDTH)),
            ("muted", tooltip),
        )


def _spelled(key: str) -> str:
    """A key as it is printed on a keyboard."""
    spelled = {"left_square_bracket": "[", "right_square_bracket": "]", "question_mark": "?", "equals_sign": "="}
    spelled |= {"slash": "/", "plus": "+", "minus": "-", "escape": "Esc", "pageup": "PgUp", "pagedown": "PgDn"}
    spelled |= {"asterisk": "*", "less_than_sign": "<", "greater_than_sign": ">"}
    if key.startswith("ctrl+"):
        rest = key.removeprefix("ctrl+")
        return "^" + (rest.upper() if len(rest) == 1 else _spelled(rest))
    if key.startswith("shift+"):
        return "Shift+" + _spelled(key.removeprefix("shift+"))
    return spelled.get(key, key if len(key) == 1 else key.capitalize())


def _sign_lines(glyphs: Glyphs) -> Iterable[Words]:
    """What the signs of states and samples mean."""
    yield ()
    for state, sign in glyphs.states.items():
        yield ((INK_OF_STATE[state], fit(f" {sign}", KEY_WIDTH)), ("muted", STATES[state.value]))
    yield ()
    yield (("rtt", fit(f" {glyphs.bars}", KEY_WIDTH)), ("muted", "round-trip times; each step is the same ratio"))
    yield (("raised", fit(f" {glyphs.bars[5:]}", KEY_WIDTH)), ("muted", "more than twice the target's median"))
    yield (
        ("late", fit(f" {glyphs.bars[5:]}", KEY_WIDTH)),
        ("muted", "answered after the deadline: late, and counted as lost"),
    )
    yield (("loss", fit(f" {glyphs.lost}", KEY_WIDTH)), ("muted", "not answered"))
    yield (("loss", fit(f" {glyphs.bars}", KEY_WIDTH)), ("muted", "loss of a period, from 0.3 % and less to over 70 %"))
    yield (("flight", fit(f" {glyphs.flight}", KEY_WIDTH)), ("muted", "in flight"))
    yield (("failed", fit(f" {glyphs.failed}", KEY_WIDTH)), ("muted", "could not be sent"))
    yield (
        ("unknown", fit(f" {glyphs.unknown}", KEY_WIDTH)),
        ("muted", "unknown: its answer may be among packets that this host dropped itself"),
    )
