"""The plain text of `hopscope trace`: a table of hops as mtr's report has it, and how the path ends. Pure."""

from collections.abc import Iterator
from itertools import groupby

from app.engine.command import Method
from app.engine.snapshot import End, HopRow, Responder, RttSummary, TraceSnapshot
from app.engine.wording import NOTHING_YET, duration, milliseconds, percent
from app.packet.answer import MplsEntry
from app.packet.text import safe
from app.report.document import NamesOf

_NARROWEST = 24

_ENDS = {
    End.REACHED: "reached",
    End.UNREACHABLE: "ends: unreachable",
    End.PROHIBITED: "ends: prohibited",
    End.LOOP: "ends in a loop",
    End.MAX_HOPS: "ends: no answer from the host within so many hops",
    End.SILENT: "ends in silence",
}


def trace_text(snapshot: TraceSnapshot, names: NamesOf) -> Iterator[str]:
    """The whole report; round-trip times in milliseconds."""
    target = snapshot.target
    rounds = "1 round" if snapshot.round == 1 else f"{snapshot.round} rounds"
    rounds += f", {snapshot.flows} flows" if snapshot.flows > 1 else ""
    yield f"{target.host} ({target.address}): {snapshot.method.value}, {rounds}, times in ms"
    hops = [(hop, [_host(responder, names) for responder in hop.responders]) for hop in snapshot.hops]
    width = max((len(host) for _, hosts in hops for host in hosts), default=0)
    width = max(width, _NARROWEST)
    yield f"{'ttl':>3}  {'host':<{width}}  {'loss':>6}  {'sent':>5}" + _right("last", "mean", "best", "worst", "stddev")
    for hop, hosts in hops:
        yield from _hop(hop, hosts, width, is_answer_plain=snapshot.method is not Method.TCP)
    yield from _inferences(snapshot)
    yield _ending(snapshot)
    if snapshot.mtu_story:
        yield snapshot.mtu_story
    for finding in snapshot.findings:
        place = "" if finding.ttl is None else f"hop {finding.ttl}: "
        yield f"  {place}{safe(finding.text)}"


def _hop(hop: HopRow, hosts: list[str], width: int, *, is_answer_plain: bool) -> Iterator[str]:
    """The lines of one TTL; the words of a target's own answer only where they tell an open port from a closed one."""
    first = hosts[0] if hosts else "no answer"
    loss = percent(hop.ledger.loss) if hosts else "?"
    yield f"{hop.ttl:>3}  {first:<{width}}  {loss:>6}  {hop.ledger.sent:>5}" + _times(hop.rtt)
    for index, responder in enumerate(hop.responders):
        if index:
            yield f"     {hosts[index]:<{width}}  {'':>6}  {responder.replied:>5}" + _times(responder.rtt)
        if responder.text and not (responder.is_target and is_answer_plain):
            yield f"       {safe(responder.text)}"
        for entry in responder.mpls:
            yield f"       {_mpls(entry)}"


def _inferences(snapshot: TraceSnapshot) -> Iterator[str]:
    """Which hops were not asked, and from where they are known."""
    for host, hops in groupby(snapshot.hops, lambda hop: hop.inferred_from):
        ttls = [hop.ttl for hop in hops]
        if host is not None:
            which = f"hop {ttls[0]}" if len(ttls) == 1 else f"hops {ttls[0]} to {ttls[-1]}"
            yield f"{which} not asked: as measured on the path to {safe(host)}"


def _host(responder: Responder, names: NamesOf) -> str:
    found = names(responder.address)
    return f"{found[0]} ({responder.address})" if found else str(responder.address)


def _mpls(entry: MplsEntry) -> str:
    bottom = " bottom" if entry.is_bottom else ""
    return f"MPLS {entry.label} tc {entry.traffic_class}{bottom} ttl {entry.ttl}"


def _times(rtt: RttSummary | None) -> str:
    if rtt is None:
        return _right(*(NOTHING_YET for _ in range(5)))
    times = (rtt.last, rtt.mean, rtt.minimum, rtt.maximum, rtt.stddev)
    return _right(*(milliseconds(value) for value in times))


def _right(*cells: str) -> str:
    return "".join(f"  {cell:>6}" for cell in cells)


def _ending(snapshot: TraceSnapshot) -> str:
    if snapshot.end is None:
        return "ended before the first round was over"
    words = _ENDS[snapshot.end]
    if snapshot.end is not End.REACHED or not snapshot.hops:
        return words
    last = snapshot.hops[-1]
    hops = "1 hop" if last.ttl == 1 else f"{last.ttl} hops"
    return f"{words}: {hops}, {duration(last.rtt.mean if last.rtt else None)}"
