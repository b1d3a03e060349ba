"""How errors read in columns: what was said by whom, and about whose packet, in as many cells as there are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.engine.errors.snapshot import ErrorRow, ErrorsSnapshot, PathMtu, RedirectRow, Tally
from app.engine.errors.wording import conversation, endpoint, who
from app.engine.snapshot import State
from app.engine.wording import clock

_SIGN, _TIME = 3, 10
#: Columns by the cells that a line must have for them, and their share of what the time leaves.
_SHARES: tuple[tuple[int, str, float], ...] = (
    (120, "from", 0.15),
    (0, "what", 0.31),
    (0, "whose", 0.27),
    (0, "to", 0.27),
    (150, "sent from", 0.22),
)


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its title, its cells, its gap included."""

    title: str
    width: int


def fields(width: int) -> tuple[Field, ...]:
    """The columns of a line that is so wide."""
    chosen = [(title, share) for least, title, share in _SHARES if width >= least]
    whole = sum(share for _, share in chosen)
    room = max(0, width - _SIGN - _TIME)
    widths = [int(room * share / whole) for _, share in chosen]
    widths[-1] += room - sum(widths)
    return tuple(Field(title, each) for (title, _), each in zip(chosen, widths, strict=True))


def sign(row: ErrorRow) -> tuple[State, str]:
    """The state whose sign stands before a line, and its ink."""
    if not row.known:
        return State.UNKNOWN, "unknown"
    if row.mtu is not None or row.redirect is not None:
        return State.SLOW, "slow"
    return State.LOSING, "losing"


def what(row: ErrorRow) -> str:
    """What was said, the news first."""
    if row.mtu is not None:
        return f"MTU {row.mtu}: {row.reason}"
    if row.redirect is not None:
        return f"redirect to {row.redirect.gateway}, {'accepted' if row.redirect.is_accepted else 'ignored'}"
    return row.reason


def _whose(row: ErrorRow) -> str:
    return row.doubt if row.owner is None else who(row.owner)


def _to(row: ErrorRow) -> str:
    return "" if row.flow is None else conversation(row.flow)


def _sent_from(row: ErrorRow) -> str:
    return "" if row.flow is None else endpoint(row.flow.local, row.flow.local_port)


CELLS: dict[str, Callable[[ErrorRow], str]] = {
    "from": lambda row: str(row.source),
    "what": what,
    "whose": _whose,
    "to": _to,
    "sent from": _sent_from,
}


def detail(row: ErrorRow) -> tuple[str, str]:
    """One error told whole: the sentence, and what else is known of it."""
    known = []
    if row.mtu is not None:
        cached = "has no MTU of its own" if row.cached_mtu is None else f"has MTU {row.cached_mtu}"
        known.append(f"the kernel's route {cached}")
    if row.redirect is not None:
        known.append(row.redirect.why)
    if row.owner is not None:
        known.append(f"{row.owner.state} socket")
        user = row.owner.process.uid if row.owner.process is not None else row.owner.uid
        known += [] if user is None else [f"user {user}"]
    if row.flow is not None and row.flow.local_port is not None:
        known.append(f"sent from {endpoint(row.flow.local, row.flow.local_port)}")
    known += [] if row.interface is None else [f"came by {row.interface}"]
    known.append(f"packet {row.packet}")
    return row.text, " · ".join(known)


@dataclass(frozen=True, slots=True)
class SumLine:
    """One line of the counts: of a title, or of what `packet` proves last."""

    text: str
    count: str = ""
    packet: int | None = None
    ink: str = "plain"
    key: object = None  #: the record behind it: while it is the same, so is the line


def sums(snapshot: ErrorsSnapshot) -> list[SumLine]:
    """All counts, what asks for attention first."""
    omitted = snapshot.omitted
    return [
        *_section("destination and reason", [_tally(each) for each in snapshot.tallies], omitted.tallies),
        *_section("path MTU learnt", [_mtu(each) for each in snapshot.mtus], omitted.mtus),
        *_section("redirects", [_redirect(each) for each in snapshot.redirects], omitted.redirects),
    ]


def _section(title: str, lines: Sequence[SumLine], more: int) -> list[SumLine]:
    if not lines:
        return []
    rest = [SumLine(f"and {more} more", ink="faint", key=more)] if more else []
    return [SumLine(title, ink="heading", key=title), *lines, *rest]


def _tally(tally: Tally) -> SumLine:
    whose = "?" if tally.destination is None else str(tally.destination)
    strangers = tally.count - tally.known
    forged = f", {strangers} without a socket" if strangers else ""
    ink = "plain" if tally.known else "muted"
    return SumLine(f"{whose}  {tally.reason}{forged}", f"{tally.count}", tally.packet, ink, tally)


def _mtu(mtu: PathMtu) -> SumLine:
    cached = "the route has none" if mtu.cached_mtu is None else f"the route has {mtu.cached_mtu}"
    ink = "plain" if mtu.known else "muted"
    return SumLine(f"{mtu.destination}  {mtu.mtu} said {mtu.source}, {cached}", f"{mtu.count}", mtu.packet, ink, mtu)


def _redirect(row: RedirectRow) -> SumLine:
    redirect = row.redirect
    did = "accepted" if redirect.is_accepted else f"ignored: {redirect.why}"
    ink = "plain" if redirect.is_accepted else "muted"
    text = f"{redirect.destination}  to {redirect.gateway} said {row.source}, {did}"
    return SumLine(text, f"{row.count}", row.packet, ink, row)


def moment(row: ErrorRow, started_at: int) -> str:
    """When it came, since the beginning."""
    return clock(row.at - started_at)
