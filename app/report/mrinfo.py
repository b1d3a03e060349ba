"""What `hopscope mrinfo` prints: a multicast router's answer as JSON, or as mrinfo(8) has it. Pure."""

from collections.abc import Iterator

from app.engine.neighbourhood.facts import MulticastInterface, MulticastRouter
from app.packet.compose import Address
from app.report.document import Document

_NOBODY = "0.0.0.0"  # nothing is bound: what mrinfo(8) prints where there is no neighbour


def mrinfo_document(router: Address, answer: MulticastRouter | None) -> Document:
    """The answer; of a router that gave none, its address and nothing else."""
    return {
        "router": str(router),
        "version": None if answer is None else answer.version,
        "flags": [] if answer is None else list(answer.flags),
        "interfaces": [] if answer is None else [_interface(each) for each in answer.interfaces],
        "suspicious": [] if answer is None else list(answer.suspicious),
    }


def _interface(interface: MulticastInterface) -> Document:
    return {
        "address": str(interface.address),
        "metric": interface.metric,
        "threshold": interface.threshold,
        "flags": list(interface.flags),
        "neighbours": [str(neighbour) for neighbour in interface.neighbours],
    }


def mrinfo_text(router: Address, answer: MulticastRouter | None) -> Iterator[str]:
    """A line for the router, and one for each way from an interface to a neighbour."""
    if answer is None:
        yield f"{router} does not answer"
        return
    yield f"{router} [{','.join((f'version {answer.version}', *answer.flags))}]:"
    yield from (f"  ! not to be believed: {why}" for why in answer.suspicious)
    for interface in answer.interfaces:
        told = "/".join((f"{interface.metric}/{interface.threshold}", *interface.flags))
        for neighbour in interface.neighbours or (_NOBODY,):
            yield f"  {interface.address} -> {neighbour} [{told}]"
