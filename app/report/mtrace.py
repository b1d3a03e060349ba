"""What `hopscope mtrace` prints: the way of a source's packets, from this host's router back. Pure."""

from collections.abc import Iterator
from ipaddress import IPv4Address

from app.engine.command import AskMulticastPath
from app.engine.neighbourhood.facts import MulticastHop, MulticastPath
from app.engine.wording import NOTHING_YET
from app.report.document import Document


def mtrace_document(asked: AskMulticastPath, answer: MulticastPath | None) -> Document:
    """The answer; where there is none, what was asked and no hop."""
    return {
        "router": str(asked.router),
        "source": str(asked.source),
        "group": str(asked.group),
        "receiver": None if answer is None else str(answer.receiver),
        "routers": [] if answer is None else [_hop(hop) for hop in answer.hops],
    }


def _hop(hop: MulticastHop) -> Document:
    return {
        "incoming": _address(hop.incoming),
        "outgoing": _address(hop.outgoing),
        "previous": _address(hop.previous),
        "protocol": hop.protocol,
        "threshold": hop.threshold,
        "code": hop.code,
        "packets_in": hop.packets_in,
        "packets_out": hop.packets_out,
        "packets": hop.packets,
    }


def _address(address: IPv4Address | None) -> str | None:
    return None if address is None else str(address)


def mtrace_text(asked: AskMulticastPath, answer: MulticastPath | None) -> Iterator[str]:
    """A line for the question, and one for each router."""
    if answer is None:
        yield f"{asked.router} does not answer"
        return
    group = str(answer.group) if int(answer.group) else "any group"
    yield f"{answer.source} to {answer.receiver}, {group}: the way back"
    for number, hop in enumerate(answer.hops, 1):
        told = f"{_known(hop.outgoing)} <- {_known(hop.incoming)}, {hop.protocol}, TTL {hop.threshold}, {hop.code}"
        counts = "" if hop.packets is None else f", {hop.packets} packets"
        before = "" if hop.previous is None else f", before it {hop.previous}"
        yield f"{-number:>4}  {told}{counts}{before}"


def _known(address: IPv4Address | None) -> str:
    return NOTHING_YET if address is None else str(address)
