"""All that is known of the line under the cursor: who it is, what it says to the last clause, and when it said so."""

from collections.abc import Sequence
from textwrap import wrap

from rich.segment import Segment

from app.engine.host import CachedNeighbour, Interface, Route
from app.engine.neighbourhood.snapshot import Group, HeardLsa, Neighbour, NeighbourFinding, Role
from app.engine.neighbourhood.wording import ago, label, lsa_age, remaining, role_words
from app.engine.wording import clock
from widgets.canvas import Canvas, fit
from widgets.glyphs import UNICODE, Glyphs
from widgets.masthead import both_ends
from widgets.neighbourlines import Kind, Line

LINES = 4  #: the rule with who it is, two lines of words, and the moments


class Detail(Canvas):
    """The line under the cursor, told whole."""

    def __init__(self, glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._told: tuple[str, str, str, str] = ("", "", "", "")

    def show(self, line: Line | None, now: int, started_at: int) -> None:
        """Tell of a line at a moment; drawn again only where the words changed."""
        told = (
            ("", "", "", "")
            if line is None
            else (who(line), words(line, now), moments(line, now, started_at), proof(line))
        )
        if told != self._told:
            self._told = told
            self.refresh()

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """The rule, the words, the moments."""
        title, said, when, number = self._told
        if y == 0:
            shown = fit(f" {title} ", min(len(title) + 2, width - 2)) if title else ""
            rule = self._glyphs.rule * max(0, width - 1 - len(shown))
            return (
                Segment(self._glyphs.rule, self.ink("rule")),
                Segment(shown, self.ink("heading")),
                Segment(rule, self.ink("rule")),
            )
        if y == LINES - 1:
            return both_ends(self, (("muted", f" {when}"),), (("faint", f"{number} "),), width)
        pieces = wrap(said, max(10, width - 2))
        if len(pieces) > LINES - 2:
            pieces[LINES - 3] = fit(f"{pieces[LINES - 3]} {pieces[LINES - 2]}", width - 2)
        return (Segment(f" {pieces[y - 1]}" if y <= len(pieces) else "", self.ink("plain")),)


def who(line: Line) -> str:
    """Whom or what a line is about."""
    match line.subject:
        case Interface() as interface:
            return f"{interface.name}  {interface.mac or 'no MAC address'}"
        case Neighbour() as neighbour:
            names = [label(neighbour), *map(str, neighbour.addresses), neighbour.mac or "MAC address not seen"]
            return "  ".join(names)
        case Group() as group:
            return f"group {group.group}"
        case HeardLsa() as lsa:
            return f"{lsa.type_words} link state {lsa.id} from {lsa.advertising_router}"
        case NeighbourFinding() as finding:
            return f"{finding.kind} on {finding.interface}"
        case CachedNeighbour() as entry:
            names = [line.place or "host", str(entry.address), line.text, entry.mac or "MAC address not known"]
            return "  ".join(filter(None, names))
        case Route() as route:
            return f"kernel's route to {route.prefix}"
    return ""


def words(line: Line, now: int) -> str:
    """What it says, whole."""
    match line.subject:
        case Interface() as interface:
            return ", ".join(filter(None, (*map(str, interface.addresses), line.text)))
        case Neighbour() as neighbour if isinstance(line.part, Role):
            said = role_words(neighbour, line.part, now)
            return line.text if line.kind is Kind.REASON else ", ".join(filter(None, (said, line.text)))
        case Neighbour() as neighbour:
            return ", ".join(f"{each.address} {each.state} in the kernel's cache" for each in neighbour.cached)
        case Group() as group:
            return "; ".join((*group.suspicious, f"members {', '.join(map(str, group.reporters)) or 'not any more'}"))
        case HeardLsa() as lsa:
            age, sequence = lsa_age(lsa, now), lsa.sequence & 0xFFFFFFFF
            return f"{lsa.summary or lsa.type_words}, sequence 0x{sequence:08x}, age {age} s of 3600"
        case NeighbourFinding() as finding:
            return finding.text
        case CachedNeighbour() as entry:
            told = ", which says that it is a router" if entry.is_router else ""
            return f"{entry.state} in the kernel's neighbour cache{told}; it said nothing of itself that was heard"
        case Route() as route:
            way = f"via {route.via}" if route.via is not None else "on the link"
            metric = f", metric {route.metric}" if route.metric is not None else ""
            return f"{way}{metric}, made by {route.protocol or 'nobody known'}"
    return line.text


def moments(line: Line, now: int, started_at: int) -> str:
    """When it was said first and last, and when it ends."""
    if isinstance(line.part, Role):
        role = line.part
        first = f"first heard at {clock(role.first_heard - started_at)}, last {ago(now, role.last_heard)}"
        ends = f"gone {ago(now, role.gone_at)}" if role.gone_at is not None else remaining(role, now)
        return f"{first}, {ends}" if ends else first
    match line.subject:
        case Group(last_heard=at) | HeardLsa(heard_at=at):
            return f"heard {ago(now, at)}"
        case NeighbourFinding(since=at):
            return f"since {clock(at - started_at)}"
    return ""


def proof(line: Line) -> str:
    """The packet that says so."""
    return f"packet #{line.packet:,}" if line.packet is not None else ""
