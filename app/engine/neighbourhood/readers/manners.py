"""How routers send what they say on a link, and in which ways a packet was sent otherwise: why not to believe it.

Whoever forges from afar cannot choose all of it: a hop limit of 255 proves that no router passed the packet on
(RFC 5082), a link-local source that it was sent here. A TTL of 1 proves nothing, but another one is not as it
should be. What has a wrong checksum is dropped by whoever receives it.
"""

from dataclasses import dataclass
from ipaddress import IPv6Address

from app.engine.neighbourhood.readers.headers import headers, is_bad_sum, layers_before, placed
from app.engine.neighbourhood.saying import Heard
from app.packet.checksum import ones_sum, pseudo_sum
from app.packet.compose import CHECKSUM_AT, Address
from app.packet.dissection import Placed
from app.packet.ip.v4options import RouterAlertOption as RouterAlert4
from app.packet.ip.v6optiontable import RouterAlertOption as RouterAlert6
from app.packet.layout import Header
from app.packet.registry import Protocol
from app.packet.transport.udp import Udp


@dataclass(frozen=True, slots=True)
class Manners:
    """How packets of one kind are sent. An IPv6 source has to be link-local."""

    ttl: int | None  #: TTL or hop limit; None where any is right
    groups: frozenset[Address] = frozenset()  #: the groups that they are sent to
    checksum: int | None = None  #: where in the message it stands, in bytes; None: UDP's is all there is
    only_groups: bool = False  #: they are never sent to one station alone
    needs_alert: bool = False  #: with the router alert option (RFC 2113, RFC 2711)
    any_source: bool = False  #: an IPv6 source may be of any scope
    may_be_unspecified: bool = False  #: a host without an address may send it from "::"


def breaches(manners: Manners, heard: Heard) -> tuple[str, ...]:
    """In which ways the packet was sent otherwise, a clause each."""
    told = (
        _ttl(manners, heard),
        _source(manners, heard),
        _destination(manners, heard),
        "no router alert option" if manners.needs_alert and not _may_have_alert(heard) else None,
        _checksum(manners, heard),
    )
    return tuple(clause for clause in told if clause is not None)


def _ttl(manners: Manners, heard: Heard) -> str | None:
    if heard.ttl is None or manners.ttl is None or heard.ttl == manners.ttl:
        return None
    word = "hop limit" if isinstance(heard.source, IPv6Address) else "TTL"
    return f"{word} {heard.ttl} instead of {manners.ttl}"


def _source(manners: Manners, heard: Heard) -> str | None:
    source = heard.source
    if not isinstance(source, IPv6Address) or source.is_link_local or manners.any_source:
        return None
    if manners.may_be_unspecified and source.is_unspecified:
        return None
    return f"source {source} is not link-local"


def _destination(manners: Manners, heard: Heard) -> str | None:
    destination = heard.destination
    if destination is None or destination in manners.groups:
        return None
    if not destination.is_multicast and not manners.only_groups:
        return None
    wanted = sorted(int(group) for group in manners.groups if group.version == destination.version)
    if not wanted:
        return f"sent to the group {destination}"
    return f"sent to {destination} instead of {' or '.join(str(type(destination)(group)) for group in wanted)}"


def _may_have_alert(heard: Heard) -> bool:
    return heard.is_rebuilt or any(
        isinstance(header, RouterAlert4 | RouterAlert6)
        for layer in layers_before(heard)
        for header in headers(layer.parts)
    )


def _checksum(manners: Manners, heard: Heard) -> str | None:
    if manners.checksum is not None:
        return "wrong checksum" if is_bad_sum(heard, heard.layer.start + manners.checksum) else None
    udp = next((part for layer in layers_before(heard) for part in placed(layer.parts) if _is_udp(part)), None)
    if udp is None or not is_bad_sum(heard, udp.at + CHECKSUM_AT[Protocol.UDP]):
        return None
    return None if heard.is_ours or _is_left_out(heard, udp.header) else "wrong UDP checksum"


def _is_udp(part: Placed) -> bool:
    return isinstance(part.header, Udp)


def _is_left_out(heard: Heard, udp: Header) -> bool:
    """Whether the sum is that of the pseudo-header alone.

    The sender's kernel left the rest to the network card, and between virtual interfaces there is none.
    """
    if not isinstance(udp, Udp) or heard.source is None or heard.destination is None:
        return False
    front = pseudo_sum(heard.source, heard.destination, Protocol.UDP, udp.length)
    return udp.checksum == ones_sum(front.to_bytes(20))
