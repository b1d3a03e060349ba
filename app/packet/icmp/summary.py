"""ICMP messages in a line, as a list shows them: what is said, of whom and by whom.

A message says its words by the kind of its header; what is not in the table has the words of its type and code.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from app.packet.dissection import Branch, Part, Placed
from app.packet.icmp import mobilemessages, rpl, v4messages, v6messages
from app.packet.icmp.codes import icmp_words
from app.packet.icmp.neighbour import DnsServerOption, LinkAddressOption, PrefixOption, lifetime_words
from app.packet.icmp.nodeinformation import NodeInformation, QueryType
from app.packet.icmp.v4 import Icmp, IcmpEcho
from app.packet.icmp.v6 import Icmpv6, Icmpv6Echo
from app.packet.icmp.v6messages import ListenerRecord, RecordType
from app.packet.layout import Header

#: What a kind of message says behind the words of its type and code.
_Says: TypeAlias = Callable[[Any, tuple[Part, ...]], str]
#: So many prefixes or groups are told one by one.
_MOST_TOLD = 3


def message_words(version: int, head: Icmp | Icmpv6, parts: tuple[Part, ...] = ()) -> str:
    """The line for a message; `parts` are what follows its header."""
    words = icmp_words(version, head.type, head.code)
    words = _BETTER.get(words, words)
    says = _SAYS.get(type(head))
    return words + says(head, parts) if says is not None else words


#: Words of the registry, and those that people use.
_BETTER = {
    "echo": "echo request",
    "neighbor solicitation": "neighbour solicitation",
    "neighbor advertisement": "neighbour advertisement",
    "inverse neighbor discovery solicitation": "inverse neighbour solicitation",
    "inverse neighbor discovery advertisement": "inverse neighbour advertisement",
    "redirect message": "redirect",
}


def _placed(parts: tuple[Part, ...], kind: type[Header]) -> list[Any]:
    """The headers of a kind among parts and what is in them."""
    found = []
    for part in parts:
        if isinstance(part, Placed) and isinstance(part.header, kind):
            found.append(part.header)
        elif isinstance(part, Branch):
            found += _placed(part.parts, kind)
    return found


def _numbered(head: Any, parts: tuple[Part, ...]) -> str:
    return f", id {head.identifier}, seq {head.sequence}"


def _probing(head: Any, parts: tuple[Part, ...]) -> str:
    """The interface that an extended echo request asks about, as its object names it."""
    objects = [found for part in parts if isinstance(part, Branch) for found in part.parts if isinstance(found, Branch)]
    return _numbered(head, parts) + "".join(f", interface {found.shown}" for found in objects[:1])


def _pointing(head: Any, parts: tuple[Part, ...]) -> str:
    return f", at byte {head.pointer}"


def _limited(head: Any, parts: tuple[Part, ...]) -> str:
    return f", mtu {head.mtu}"


def _masking(head: v4messages.AddressMask, parts: tuple[Part, ...]) -> str:
    return f", {head.mask}, id {head.identifier}, seq {head.sequence}"


def _redirecting(head: v4messages.Redirect, parts: tuple[Part, ...]) -> str:
    return f", by {head.gateway}"


def _discovered(head: v4messages.RouterAdvertisement, parts: tuple[Part, ...]) -> str:
    routers = [str(found.address) for found in _placed(parts, v4messages.AdvertisedRouter)]
    return _listed(f", lifetime {head.lifetime} s", "router", routers)


def _listed(front: str, noun: str, told: list[str]) -> str:
    """Words, and the first few of a list."""
    if not told:
        return front
    more = f" and {len(told) - _MOST_TOLD} more" if len(told) > _MOST_TOLD else ""
    plural = "" if len(told) == 1 else "es" if noun.endswith("x") else "s"
    return f"{front}, {noun}{plural} {', '.join(told[:_MOST_TOLD])}{more}"


def _advertised(head: v6messages.RouterAdvertisement, parts: tuple[Part, ...]) -> str:
    flags = [word for word in ("managed", "other") if getattr(head, word)]
    front = f", lifetime {lifetime_words(head.lifetime)}" + "".join(f", {word}" for word in flags)
    prefixes = [f"{found.prefix}/{found.prefix_length}" for found in _placed(parts, PrefixOption)]
    resolvers = _placed(parts, DnsServerOption)
    return _listed(front, "prefix", prefixes) + (", rdnss" if resolvers else "")


def _asking(head: v6messages.NeighbourSolicitation, parts: tuple[Part, ...]) -> str:
    return f", who has {head.target}"


def _telling(head: v6messages.NeighbourAdvertisement, parts: tuple[Part, ...]) -> str:
    stations = _placed(parts, LinkAddressOption)
    where = f"{head.target} is at {stations[0].address.hex(':')}" if stations else f"{head.target} is here"
    flags = [word for word in ("router", "solicited", "override") if getattr(head, word)]
    return f", {where}" + (f" ({', '.join(flags)})" if flags else "")


def _shortening(head: v6messages.Redirect, parts: tuple[Part, ...]) -> str:
    if head.target == head.destination:
        return f", {head.destination} is on this link"
    return f", {head.destination} by {head.target}"


def _listening(head: Any, parts: tuple[Part, ...]) -> str:
    return ", general" if head.group.is_unspecified else f", {head.group}"


def _reporting(head: v6messages.ListenerReport, parts: tuple[Part, ...]) -> str:
    told = []
    for record in _placed(parts, ListenerRecord):
        alone = _WITHOUT_SOURCES.get(record.type)
        sources = "1 source" if record.count == 1 else f"{record.count or 'no'} sources"
        words = f"{_RECORD_WORDS.get(record.type, RecordType(record.type).words)} {sources}"
        told.append(f"{record.group} {alone if alone and not record.count else words}")
    return _listed("", "group", told)


#: To exclude nobody is to listen to all; to include nobody is to listen to none (RFC 9777, section 4.2).
_WITHOUT_SOURCES: dict[int, str] = {
    RecordType.MODE_IS_EXCLUDE: "is listened to",
    RecordType.CHANGE_TO_EXCLUDE_MODE: "joined",
    RecordType.CHANGE_TO_INCLUDE_MODE: "left",
}
_RECORD_WORDS: dict[int, str] = {
    RecordType.MODE_IS_INCLUDE: "includes",
    RecordType.MODE_IS_EXCLUDE: "excludes",
    RecordType.CHANGE_TO_INCLUDE_MODE: "now includes",
    RecordType.CHANGE_TO_EXCLUDE_MODE: "now excludes",
    RecordType.ALLOW_NEW_SOURCES: "allows",
    RecordType.BLOCK_OLD_SOURCES: "blocks",
}


def _inquiring(head: NodeInformation, parts: tuple[Part, ...]) -> str:
    return f", {QueryType(head.query).words}"


def _registering(head: mobilemessages.DuplicateAddress, parts: tuple[Part, ...]) -> str:
    found = _placed(parts, mobilemessages.RegisteredAddress)
    return f", {found[0].address}" if found else ""


def _graph(kind: type[Header], words: str) -> Callable[[tuple[Part, ...]], str | None]:
    return lambda parts: words if _placed(parts, kind) else None


_RPL = (
    _graph(rpl.Solicitation, "DODAG information solicitation"),
    _graph(rpl.Information, "DODAG information object"),
    _graph(rpl.Advertisement, "destination advertisement"),
    _graph(rpl.Acknowledgement, "destination advertisement acknowledgement"),
    _graph(rpl.DiscoveryReply, "P2P discovery reply"),
    _graph(rpl.DiscoveryReplyAcknowledgement, "P2P discovery reply acknowledgement"),
    _graph(rpl.ConsistencyCheck, "consistency check"),
)


def rpl_words(head: Icmp | Icmpv6, parts: tuple[Part, ...]) -> str:
    """Which of RPL's messages this is, and that it is secured."""
    told = next((words for look in _RPL if (words := look(parts)) is not None), f"code {head.code}")
    ranks = [found.rank for found in _placed(parts, rpl.Information)]
    secured = "secured " if head.code & rpl.SECURED else ""
    return f"rpl {secured}{told}" + (f", rank {ranks[0]}" if ranks else "")


_SAYS: dict[type[Header], _Says] = {
    IcmpEcho: _numbered,
    v4messages.Timestamp: _numbered,
    v4messages.AddressMask: _masking,
    v4messages.Redirect: _redirecting,
    v4messages.FragmentationNeeded: _limited,
    v4messages.UnextendedNeeded: _limited,
    v4messages.ParameterProblem: _pointing,
    v4messages.UnextendedProblem: _pointing,
    v4messages.RouterAdvertisement: _discovered,
    v4messages.ExtendedEchoRequest: _probing,
    v4messages.ExtendedEchoReply: _numbered,
    Icmpv6Echo: _numbered,
    v6messages.PacketTooBig: _limited,
    v6messages.ParameterProblem: _pointing,
    v6messages.RouterAdvertisement: _advertised,
    v6messages.NeighbourSolicitation: _asking,
    v6messages.NeighbourAdvertisement: _telling,
    v6messages.Redirect: _shortening,
    v6messages.ListenerMessage: _listening,
    v6messages.ListenerQuery: _listening,
    v6messages.ListenerReport: _reporting,
    v6messages.ExtendedEchoRequest: _probing,
    v6messages.ExtendedEchoReply: _numbered,
    NodeInformation: _inquiring,
    mobilemessages.DuplicateAddress: _registering,
}
