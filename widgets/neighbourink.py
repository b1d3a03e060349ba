"""How a line of the neighbourhood is drawn: its columns, and what stands in them at one moment.

Columns give way in the order of what they are worth: clauses of a role go from the last one on, whole clauses only.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment

from app.engine.host import CachedNeighbour, Interface, Route
from app.engine.neighbourhood.facts import HeardRoute, RoleKind
from app.engine.neighbourhood.snapshot import Group, HeardLsa, Neighbour, NeighbourFinding, Role
from app.engine.neighbourhood.wording import TITLES, ago, clauses, label, lsa_age, reporters_words
from app.engine.snapshot import State
from app.engine.wording import NOTHING_YET
from widgets.canvas import Palette, fit
from widgets.glyphs import Glyphs
from widgets.masthead import both_ends
from widgets.neighbourlines import Kind, Line

ROLE_INKS = ("advertising", "routing", "multicast", "standby", "link")
#: What of a neighbour's roles has which ink.
INK_OF_ROLE: Mapping[RoleKind, str] = {
    RoleKind.ROUTER_ADVERTISEMENT: "advertising",
    RoleKind.ROUTER_DISCOVERY: "advertising",
    RoleKind.OSPF: "routing",
    RoleKind.OSPF6: "routing",
    RoleKind.RIP: "routing",
    RoleKind.RIPNG: "routing",
    RoleKind.IGMP_QUERIER: "multicast",
    RoleKind.MLD_QUERIER: "multicast",
    RoleKind.PIM: "multicast",
    RoleKind.PIM_BOOTSTRAP: "multicast",
    RoleKind.VRRP: "standby",
    RoleKind.BFD: "link",
    RoleKind.LLDP: "link",
}

#: Findings about what passes by itself; the others ask for somebody's hand.
NOTABLE = frozenset(("router-leaving", "neighbour-gone"))

LABEL_WIDTH = 9  #: "gateway", and its gap
TITLE_WIDTH = 8  #: "OSPFv3", and its gap
INDENT = 3
MAC_WIDTH = 19  #: a MAC address and its gap


@dataclass(frozen=True, slots=True)
class Ink:
    """What a line is drawn with: at what moment, into how many cells."""

    palette: Palette
    glyphs: Glyphs
    now: int
    width: int  #: of the line without the cursor's mark
    address_room: int
    is_selected: bool = False
    is_open: bool = True  #: of a heading

    def piece(self, text: str, name: str) -> Segment:
        """A piece of text in an ink."""
        return Segment(text, self.palette.ink(name))


def draw(line: Line, ink: Ink) -> Sequence[Segment]:
    """One line, without the cursor's mark."""
    return _DRAWN[line.kind](line, ink)


def changes_with_time(line: Line) -> bool:
    """Whether the line says other words as time goes by."""
    return line.kind in (Kind.GROUP, Kind.LSA) or (line.kind is Kind.ROLE and line.part is not None)


def fold_sign(ink: Ink) -> str:
    """Whether a heading shows what is below it."""
    return ink.glyphs.opened if ink.is_open else ink.glyphs.closed


def joined(words: Sequence[str], room: int) -> str:
    """As many clauses as fit, an ellipsis for the others; the first is cut where not even it does."""
    text = ""
    for index, word in enumerate(words):
        longer = f"{text}, {word}" if text else word
        # The last one needs no room for an ellipsis behind it.
        if cell_len(longer) > room - (0 if index == len(words) - 1 else 3):
            return f"{text}, …" if text else fit(word, room).rstrip()
        text = longer
    return text


def _interface(line: Line, ink: Ink) -> Sequence[Segment]:
    subject = line.subject
    assert isinstance(subject, Interface)
    state = "up" if subject.is_up else "down"
    mtu = f", MTU {subject.mtu}" if subject.mtu is not None else ""
    taken = len(f"  {subject.name}  {state}{mtu}  {line.text} ") + 2
    left = [("muted", f"{fold_sign(ink)} "), ("lit" if ink.is_selected else "strong", f"{subject.name}  ")]
    left.append(("plain", _some([str(address) for address in subject.addresses], ink.width - taken)))
    left += [(state, state), ("muted", mtu), ("plain", "  ")]
    segments = both_ends(ink.palette, left, [("muted", line.text), ("plain", " ")], ink.width, yields="right")
    return [_ruled(each, ink) for each in segments]


def _some(addresses: Sequence[str], room: int) -> str:
    """As many addresses as there is room for, and how many more there are, with the gap behind them."""
    for count in range(len(addresses), 0, -1):
        more = [f"+{len(addresses) - count}"] if count < len(addresses) else []
        text = "  ".join((*addresses[:count], *more, ""))
        if len(text) <= room or count == 1:
            return text
    return ""


def _ruled(segment: Segment, ink: Ink) -> Segment:
    """The empty space of a heading as a rule."""
    room = len(segment.text)
    if room < 5 or segment.text.strip():
        return segment
    return ink.piece(f"{ink.glyphs.rule * (room - 1)} ", "rule")


def _start(line: Line, ink: Ink) -> list[Segment]:
    """Who it is, and the addresses that stand on this line."""
    neighbour = line.subject
    assert isinstance(neighbour, Neighbour)
    is_gone = all(role.gone_at is not None for role in neighbour.roles)
    name = label(neighbour) if line.is_first else ""
    strong = "faint" if is_gone else "strong" if ink.is_selected else "plain"
    place = "faint" if is_gone else "rtt" if line.place.startswith("hop ") else strong
    return [
        Segment(" " * (INDENT - 1)),
        ink.piece(fit(name, LABEL_WIDTH), "faint" if is_gone else "muted"),
        ink.piece(fit(line.place, ink.address_room) + "  ", place),
    ]


def _room(ink: Ink) -> int:
    return max(8, ink.width - INDENT + 1 - LABEL_WIDTH - ink.address_room - 2 - 2 - TITLE_WIDTH - 1)


def _sign(role: Role, ink: Ink) -> Segment:
    if role.gone_at is not None:
        return ink.piece(f"{ink.glyphs.states[State.DOWN]} ", "faint")
    if role.suspicious or role.is_goodbye:
        return ink.piece(f"{ink.glyphs.states[State.LOSING]} ", "losing")
    return Segment("  ")


def _role(line: Line, ink: Ink) -> Sequence[Segment]:
    neighbour, role = line.subject, line.part
    assert isinstance(neighbour, Neighbour)
    if not isinstance(role, Role):
        margin = " " * (INDENT - 1 + LABEL_WIDTH)
        is_gone = all(each.gone_at is not None for each in neighbour.roles)
        return [Segment(margin), ink.piece(fit(line.place, ink.width - len(margin)), "faint" if is_gone else "muted")]
    is_gone = role.gone_at is not None
    said = clauses(neighbour, role, ink.now)
    text = joined((said[0], line.text, *said[1:]) if line.text else said, _room(ink))
    head = min(len(said[0]), len(text))
    is_odd = role.is_goodbye and not is_gone
    return [
        *_start(line, ink),
        _sign(role, ink),
        ink.piece(fit(TITLES[role.kind], TITLE_WIDTH), "faint" if is_gone else f"role-{INK_OF_ROLE[role.kind]}"),
        ink.piece(text[:head], "faint" if is_gone else "slow" if is_odd else "plain"),
        ink.piece(text[head:], "faint" if is_gone else "muted"),
    ]


def _reason(line: Line, ink: Ink) -> Sequence[Segment]:
    role = line.part
    assert isinstance(role, Role)
    text = fit(line.text, _room(ink) + TITLE_WIDTH).rstrip()
    name = "faint" if role.gone_at is not None else "slow"
    return [*_start(line, ink), ink.piece(f"{ink.glyphs.last_branch} ", "rule"), ink.piece(text, name)]


def _section(line: Line, ink: Ink) -> Sequence[Segment]:
    title, _, rest = line.text.partition("  ")
    return [
        Segment(" " * (INDENT - 1)),
        ink.piece(f"{fold_sign(ink)} ", "muted"),
        ink.piece(f"{title}  ", "lit" if ink.is_selected else "heading"),
        ink.piece(fit(rest, max(0, ink.width - INDENT - 4 - len(title))).rstrip(), "muted"),
    ]


def _columns(line: Line, ink: Ink, *cells: tuple[str, int, str]) -> Sequence[Segment]:
    """Cells of a table: each its text, its width (0: what is left) and its ink."""
    room = ink.width - INDENT - 1
    segments = [Segment(" " * (INDENT + 1))]
    for text, width, name in cells:
        if room <= 0:
            break
        wide = min(width or room, room)
        cell = fit(text, wide - 2) + "  " if width and wide > 2 else fit(text, wide)
        segments.append(ink.piece(cell, name))
        room -= wide
    return segments


def _group(line: Line, ink: Ink) -> Sequence[Segment]:
    group = line.subject
    assert isinstance(group, Group)
    heard = ago(ink.now, group.last_heard)
    odd = "; ".join(group.suspicious)
    reporters = f"{ink.glyphs.states[State.LOSING]} {odd}" if odd else reporters_words(group)
    return _columns(
        line,
        ink,
        (str(group.group), 17 if ink.width < 100 else 24, "role-multicast"),
        (heard, 15, "muted"),
        (reporters, 0, "slow" if odd else "plain"),
    )


def _lsa(line: Line, ink: Ink) -> Sequence[Segment]:
    lsa = line.subject
    assert isinstance(lsa, HeardLsa)
    age = lsa_age(lsa, ink.now)
    return _columns(
        line,
        ink,
        (lsa.type_words, 14, "role-routing"),
        (lsa.id, 17, "plain"),
        (f"from {lsa.advertising_router}", 22, "muted"),
        (f"{age:>4} s", 8, "slow" if age >= 3600 else "muted"),
        *(((f"0x{lsa.sequence & 0xFFFFFFFF:08x}", 12, "faint"),) if ink.width >= 100 else ()),
        (lsa.summary, 0, "muted"),
    )


def _told(line: Line, ink: Ink) -> Sequence[Segment]:
    neighbour, route = line.subject, line.part
    assert isinstance(neighbour, Neighbour)
    assert isinstance(route, HeardRoute)
    teller = str(neighbour.addresses[0]) if neighbour.addresses else neighbour.key
    via = f" via {route.next_hop}" if route.next_hop is not None else ""
    is_lost = route.metric >= 16
    return _columns(
        line,
        ink,
        (str(route.prefix), 24, "faint" if is_lost else "plain"),
        ("unreachable" if is_lost else f"metric {route.metric}", 13, "faint" if is_lost else "muted"),
        (f"said {teller}{via}", 0, "muted"),
    )


def _route(line: Line, ink: Ink) -> Sequence[Segment]:
    route = line.subject
    assert isinstance(route, Route)
    words = [f"via {route.via}" if route.via is not None else "on the link"]
    words += [f"metric {route.metric}"] if route.metric is not None else []
    words += [f"from {route.protocol}"] if route.protocol else []
    prefix = "default" if route.prefix.prefixlen == 0 else str(route.prefix)
    return _columns(line, ink, (prefix, 24, "plain"), (", ".join(words), 0, "muted"))


def _cached(line: Line, ink: Ink) -> Sequence[Segment]:
    entry = line.subject
    assert isinstance(entry, CachedNeighbour)
    what = line.place or ("a router" if entry.is_router else "")
    state = ", ".join(filter(None, (f"kernel: {entry.state}", what)))
    return _columns(
        line,
        ink,
        ("  ".join(filter(None, (str(entry.address), line.text))), max(26, ink.address_room + LABEL_WIDTH), "muted"),
        (entry.mac or NOTHING_YET, MAC_WIDTH, "faint"),
        (state, 0, "faint"),
    )


def _plain(line: Line, ink: Ink) -> Sequence[Segment]:
    return [Segment(" " * (INDENT - 1)), ink.piece(fit(line.text, ink.width - INDENT).rstrip(), "faint")]


def _finding(line: Line, ink: Ink) -> Sequence[Segment]:
    finding = line.subject
    assert isinstance(finding, NeighbourFinding)
    sign = f"{ink.glyphs.states[State.LOSING]} " if line.is_first else "  "
    name = "slow" if finding.kind in NOTABLE else "losing"
    return [
        ink.piece(sign, name),
        ink.piece(line.text, "strong" if ink.is_selected else "plain"),
        ink.piece(line.place, "faint"),
    ]


def _trouble(line: Line, ink: Ink) -> Sequence[Segment]:
    sign = f"{ink.glyphs.states[State.UNKNOWN]} " if line.is_first else "  "
    return [ink.piece(sign, "unknown"), ink.piece(line.text, "slow")]


def _multicast_interface(line: Line, ink: Ink) -> Sequence[Segment]:
    place, _, rest = line.text.partition("  ")
    return _columns(line, ink, (place, 24, "plain"), (rest, 0, "muted"))


_DRAWN: Mapping[Kind, Callable[[Line, Ink], Sequence[Segment]]] = {
    Kind.INTERFACE: _interface,
    Kind.ROLE: _role,
    Kind.REASON: _reason,
    Kind.SECTION: _section,
    Kind.GROUP: _group,
    Kind.LSA: _lsa,
    Kind.TOLD: _told,
    Kind.ROUTE: _route,
    Kind.CACHED: _cached,
    Kind.ASKED: _multicast_interface,
    Kind.MORE: _plain,
    Kind.SILENCE: _plain,
    Kind.FINDING: _finding,
    Kind.TROUBLE: _trouble,
}
