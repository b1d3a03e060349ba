"""What a trace says, line by line: a hop, each of its responders, what they told, and the words above and below.

Pure: a snapshot goes in, lines and sentences come out. A hop that gains a second responder grows
downwards; the hops behind the last answer stay out of sight while the first round still runs.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from textwrap import wrap
from typing import TypeAlias

from app.engine.snapshot import End, Finding, HopRow, Responder, TraceSnapshot
from app.engine.wording import duration, every
from app.packet.answer import MplsEntry
from app.packet.compose import Address

#: The name of an address, safe to show; None while it is unknown or not wanted.
NameOf: TypeAlias = Callable[[Address], str | None]

#: What a host on the way is besides, such as "OSPF neighbour 1.1.1.1, DR", safe to show; empty where nothing is known.
RoleOf: TypeAlias = Callable[[Address], str]

#: So many silent hops in a row at the end of a path are told in one line.
FOLD = 3

#: Findings that ask for attention; the others explain what was seen.
ALARMING = frozenset({"loop", "prohibited", "mtu-black-hole", "path-changed", "loss"})


class Kind(Enum):
    """What a line of the hop table is about."""

    HOP = "hop"
    RESPONDER = "responder"  #: one of several that answer at a hop
    NOTE = "note"  #: what a responder told beyond "time exceeded"
    SILENCE = "silence"  #: a run of hops at the end that never answered


@dataclass(frozen=True, slots=True, eq=False)
class HopLine:
    """One line of the hop table. `hop` is where Enter leads."""

    kind: Kind
    hop: HopRow
    responder: Responder | None = None
    text: str = ""
    is_last: bool = True  #: the last branch below its hop
    is_alarming: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        """What stays the same about a line when others appear above it."""
        return self.hop.key, str(self.responder.address) if self.responder else "", self.text


def _nothing(_address: Address) -> str:
    return ""


def hop_lines(snapshot: TraceSnapshot, role_of: RoleOf = _nothing) -> list[HopLine]:
    """The lines of the table, in the order of the path."""
    hops = _shown(snapshot)
    tail = _silent_tail(hops) if snapshot.end is not None else 0
    lines: list[HopLine] = []
    for hop in hops[: len(hops) - tail]:
        lines += _of_hop(hop, role_of)
    if tail:
        first, last = hops[-tail].ttl, hops[-1].ttl
        lines.append(HopLine(Kind.SILENCE, hops[-tail], text=f"no answer from {first} to {last}"))
    return [entry for line in lines for entry in (line, *_inference(line, hops))]


def _inference(line: HopLine, hops: Sequence[HopRow]) -> Iterator[HopLine]:
    """Behind the last of the hops that were not asked: from where they are known."""
    host = line.hop.inferred_from
    following = next((hop for hop in hops if hop.ttl == line.hop.ttl + 1), None)
    is_last = following is None or following.inferred_from != host
    if line.kind is Kind.HOP and host is not None and is_last:
        first = line.hop.ttl
        while any(hop.ttl == first - 1 and hop.inferred_from == host for hop in hops):
            first -= 1
        which = f"hops {first} to {line.hop.ttl}" if first < line.hop.ttl else f"hop {first}"
        yield HopLine(Kind.NOTE, line.hop, None, f"{which} not asked yet: as on the path to {host}")


def _shown(snapshot: TraceSnapshot) -> Sequence[HopRow]:
    """All hops, or those up to the farthest that answered while the path is still being found."""
    if snapshot.end is not None:
        return snapshot.hops
    answered = [index for index, hop in enumerate(snapshot.hops) if hop.responders]
    return snapshot.hops[: answered[-1] + 1] if answered else ()


def _silent_tail(hops: Sequence[HopRow]) -> int:
    count = 0
    while count < len(hops) and not hops[-1 - count].responders:
        count += 1
    return count if count >= FOLD else 0


def _of_hop(hop: HopRow, role_of: RoleOf) -> Iterator[HopLine]:
    if len(hop.responders) < 2:
        responder = hop.responders[0] if hop.responders else None
        yield HopLine(Kind.HOP, hop, responder)
        yield from _own_pace(hop)
        yield from _notes(hop, responder, role_of)
        return
    yield HopLine(Kind.HOP, hop, text=f"{len(hop.responders)} hosts answer here")
    yield from _own_pace(hop)
    for responder in hop.responders:
        yield HopLine(Kind.RESPONDER, hop, responder, is_last=responder is hop.responders[-1])
        yield from _notes(hop, responder, role_of)


def _own_pace(hop: HopRow) -> Iterator[HopLine]:
    if hop.interval is not None:
        yield HopLine(Kind.NOTE, hop, None, f"asked {every(hop.interval)}")


def _notes(hop: HopRow, responder: Responder | None, role_of: RoleOf) -> Iterator[HopLine]:
    if responder is None:
        return
    if role := role_of(responder.address):
        yield HopLine(Kind.NOTE, hop, responder, role)
    if responder.text and not responder.is_target:
        yield HopLine(Kind.NOTE, hop, responder, responder.text, is_alarming=True)
    if responder.mpls:
        yield HopLine(Kind.NOTE, hop, responder, f"MPLS {', '.join(map(_label_words, responder.mpls))}")
    if (interface := responder.interface) is not None:
        parts = [interface.name, str(interface.address) if interface.address else None]
        parts += [f"index {interface.index}" if interface.index is not None and not interface.name else None]
        words = " ".join(part for part in parts if part)
        yield HopLine(Kind.NOTE, hop, responder, f"came in by {words}" if interface.role == 0 else f"interface {words}")
    if responder.nat:
        yield HopLine(Kind.NOTE, hop, responder, "an address translator stands before this hop")


def _label_words(entry: MplsEntry) -> str:
    return f"{entry.label} tc {entry.traffic_class}{' bottom' if entry.is_bottom else ''} ttl {entry.ttl}"


def silence(hop: HopRow) -> str:
    """What stands in place of a host that has not answered."""
    ledger = hop.ledger
    if ledger.lost:
        return "no answer"
    return "not sent" if ledger.failed and not ledger.in_flight else "·"


def host(line: HopLine, name_of: NameOf, width: int) -> tuple[str, str]:
    """The name and the address of a line's host in `width` cells; the name alone where they do not hold both."""
    responder = line.responder
    if responder is None:
        return line.text or silence(line.hop), ""
    address = str(responder.address)
    name = name_of(responder.address)
    if name is None or name == address:
        return cut(address, width), ""
    if width >= len(name) + 2 + len(address):
        return name, address
    return cut(name, width), ""


def host_width(line: HopLine, name_of: NameOf) -> int:
    """The cells that a line's host fills when its name and its address are shown whole."""
    if line.responder is None:
        return len(line.text) if line.kind is Kind.HOP else 0
    branch = 0 if line.kind is Kind.HOP else 2
    address, name = str(line.responder.address), name_of(line.responder.address)
    return branch + len(address) + (0 if name is None or name == address else len(name) + 2)


def cut(text: str, width: int) -> str:
    """`text` in at most `width` characters, an ellipsis where it lost some."""
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"


def end_words(snapshot: TraceSnapshot) -> str:
    """How far the path was followed, and why no further."""
    if snapshot.end is None:
        answered = sum(1 for hop in snapshot.hops if hop.responders)
        first, last = snapshot.asked or (1, len(snapshot.hops))
        return f"asking {first}-{last}, {answered} answered" if snapshot.hops else "starting"
    words = _END[snapshot.end](snapshot)
    return f"{words}, path MTU {snapshot.path_mtu}" if snapshot.path_mtu else words


def _reached(snapshot: TraceSnapshot) -> str:
    # A NAT answers for hops before the target too, with the target's address.
    last = next((hop for hop in reversed(snapshot.hops) if any(one.is_target for one in hop.responders)), None)
    if last is None:
        return "reached"
    rtt = f", {duration(last.rtt.last)}" if last.rtt else ""
    return f"reached: {last.ttl} hop{'s' if last.ttl != 1 else ''}{rtt}"


def _refused(snapshot: TraceSnapshot) -> str:
    assert snapshot.end is not None
    for hop in reversed(snapshot.hops):
        for responder in hop.responders:
            if responder.text and not responder.is_target:
                return f"{snapshot.end.value}: {responder.text}, said {responder.address} at hop {hop.ttl}"
    return snapshot.end.value


def _loop(snapshot: TraceSnapshot) -> str:
    finding = next((finding for finding in snapshot.findings if finding.kind == "loop"), None)
    return f"loop: {finding.text}" if finding else "loop: the same routers come again"


def _gave_up(snapshot: TraceSnapshot) -> str:
    return f"not reached within {len(snapshot.hops)} hops"


def _fell_silent(snapshot: TraceSnapshot) -> str:
    answered = [hop.ttl for hop in snapshot.hops if hop.responders]
    return f"no answer beyond hop {answered[-1]}" if answered else "no answer from any hop"


_END: dict[End, Callable[[TraceSnapshot], str]] = {
    End.REACHED: _reached,
    End.UNREACHABLE: _refused,
    End.PROHIBITED: _refused,
    End.LOOP: _loop,
    End.MAX_HOPS: _gave_up,
    End.SILENT: _fell_silent,
}


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One line of the findings; `place` stands on the first line of each alone, and is empty on the others."""

    place: str
    text: str
    is_alarming: bool


def finding_lines(findings: Sequence[Finding], width: int) -> list[FindingLine]:
    """The findings, alarming ones first, wrapped to `width` cells."""
    lines = []
    for finding in sorted(findings, key=lambda one: (one.kind not in ALARMING, one.ttl or 0)):
        is_alarming = finding.kind in ALARMING
        place = f"hop {finding.ttl}" if finding.ttl is not None else "path"
        for index, text in enumerate(wrap(finding.text, max(20, width - 12)) or [""]):
            lines.append(FindingLine("" if index else place, text, is_alarming))
    return lines
