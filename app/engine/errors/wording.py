"""What an error says, in one sentence: what is wrong, who says so, and whom it is about."""

from app.engine.errors.snapshot import Flow, Owner, Redirect
from app.packet.compose import Address
from app.packet.registry import Protocol

_NAMES = {Protocol.IPV6_ICMP: "icmpv6"}


def protocol_name(protocol: int) -> str:
    """A protocol as the command line and JSON call it: "udp"; one without a name by its number."""
    known = Protocol(protocol)
    if not known.is_assigned:
        return str(protocol)
    return _NAMES.get(known, known.name.lower().replace("_", "-"))


def endpoint(address: Address, port: int | None) -> str:
    """An address and a port, as in a URL (RFC 3986, section 3.2.2)."""
    if port is None:
        return str(address)
    return f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"


def who(owner: Owner) -> str:
    """Whose socket it is, as far as it is known."""
    if owner.process is not None:
        return f"{owner.process.name} (pid {owner.process.pid})"
    article = "an" if owner.state[:1] in "aeiou" else "a"
    whose = "" if owner.uid is None else f" of user {owner.uid}"
    return f"{article} {owner.state} socket{whose}"


def conversation(flow: Flow) -> str:
    """What was sent to whom: "UDP 192.0.2.9:53"."""
    words = f"{protocol_name(flow.protocol).upper()} {endpoint(flow.remote, flow.remote_port)}"
    return words if flow.identifier is None else f"{words} identifier {flow.identifier}"


def sentence(what: str, source: Address, flow: Flow | None, owner: Owner | None, doubt: str) -> str:
    """All of it: "port unreachable from 192.0.2.1: firefox (pid 4242), UDP 192.0.2.9:53"."""
    front = f"{what} from {source}: "
    if flow is None:
        return front + doubt
    if owner is not None and not doubt:
        return f"{front}{who(owner)}, {conversation(flow)}"
    sender = endpoint(flow.local, flow.local_port)
    return f"{front}{conversation(flow)} from {sender}: {doubt}"


def what_was_said(reason: str, mtu: int | None, redirect: Redirect | None) -> str:
    """The reason, with what came with it."""
    if mtu is not None:
        return f"{reason}, MTU {mtu}"
    if redirect is not None:
        did = "accepted" if redirect.is_accepted else f"ignored ({redirect.why})"
        return f"redirect of {redirect.destination} to {redirect.gateway}, {did},"
    return reason
