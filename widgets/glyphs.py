"""The signs on the glass: one set of Unicode, one of ASCII for terminals and fonts that have no more.

A state is told by its sign and its ink, never by the ink alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.engine.snapshot import State

INK_OF_STATE: Mapping[State, str] = {
    State.WAITING: "waiting",
    State.UP: "up",
    State.SLOW: "slow",
    State.LOSING: "losing",
    State.DOWN: "down",
    State.UNKNOWN: "unknown",
}


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set of signs, each a single cell wide."""

    states: Mapping[State, str]
    frozen: str
    bars: str  #: from the lowest to the highest
    lost: str
    flight: str
    failed: str
    cursor: str
    rule: str
    junction: str  #: where a rule meets the edge of a pane below it
    edge: str  #: between two panes side by side
    corner: str
    tick: str  #: a label's mark on the horizontal axis
    level: str  #: a label's mark on the vertical axis
    has_braille: bool
    ascending: str = "↑"
    descending: str = "↓"
    arrow: str = "→"
    back_arrow: str = "←"
    branch: str = "├"
    last_branch: str = "└"
    opened: str = "▾"  #: a branch of a tree whose leaves are shown
    closed: str = "▸"
    mark: str = "◈"  #: a packet that somebody marked
    unknown: str = "?"  #: a probe whose answer this host may have dropped itself
    full: str = "█"  #: of a gauge
    empty: str = "░"
    silent: str = "·"  #: an address that never answered
    heat: str = "▁▂▃▄▅▆▇█"  #: classes of a number, from good to bad


UNICODE = Glyphs(
    states={
        State.WAITING: "◌",
        State.UP: "●",
        State.SLOW: "◆",
        State.LOSING: "▲",
        State.DOWN: "✖",
        State.UNKNOWN: "?",
    },
    frozen="‖",
    bars="▁▂▃▄▅▆▇█",
    lost="×",
    flight="·",
    failed="!",
    cursor="▌",
    rule="─",
    junction="┬",
    edge="│",
    corner="└",
    tick="┬",
    level="┤",
    has_braille=True,
)
ASCII = Glyphs(
    states={
        State.WAITING: ".",
        State.UP: "o",
        State.SLOW: "#",
        State.LOSING: "!",
        State.DOWN: "x",
        State.UNKNOWN: "?",
    },
    frozen="=",
    bars="__.-:=+#",
    lost="x",
    flight=".",
    failed="!",
    cursor=">",
    rule="-",
    junction="+",
    edge="|",
    corner="+",
    tick="+",
    level="+",
    has_braille=False,
    ascending="^",
    descending="v",
    arrow=">",
    back_arrow="<",
    branch="|",
    last_branch="`",
    opened="-",
    closed="+",
    mark="*",
    full="#",
    empty=".",
    silent="-",
    heat="12345678",
)
