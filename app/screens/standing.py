"""How many targets there are, how often each is asked and how they stand, in words."""

from app.engine.pacing.making import Mode
from app.engine.snapshot import PingSnapshot, State, TargetRows
from app.screens.pace import how_often
from widgets.masthead import Words

_WORDS = {
    State.UP: "up",
    State.SLOW: "slow",
    State.LOSING: "losing",
    State.DOWN: "down",
    State.WAITING: "waiting",
    State.UNKNOWN: "unknown",
}
_INKS = {State.UP: "up", State.SLOW: "slow", State.LOSING: "losing", State.DOWN: "down"}
_SECOND = 1_000_000_000


def standing(rows: TargetRows) -> Words:
    """How many are in each state: "10 up · 1 losing"."""
    counts = rows.standing()
    words: list[tuple[str, str]] = []
    for state, word in _WORDS.items():
        if count := counts.get(state, 0):
            words += [("faint", " · " if words else ""), (_INKS.get(state, "muted"), f"{count} {word}")]
    return words


def number_of(rows: TargetRows) -> str:
    """How many there are: "12 targets"."""
    return f"{len(rows):,} target{'' if len(rows) == 1 else 's'}"


def pace(snapshot: PingSnapshot) -> str:
    """How often each target is asked; of very many, how many probes a second that is in all."""
    said = f" · {how_often(snapshot)}"
    if (count := len(snapshot.rows)) <= TargetRows.WATCHED or snapshot.mode is not Mode.TIMED:
        return said
    return f"{said} ({count * _SECOND / snapshot.interval:,.0f}/s)"
