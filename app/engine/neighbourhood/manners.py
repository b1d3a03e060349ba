"""How routers send what they say on a link, and in which ways a packet was sent otherwise: why not to believe it.

Whoever forges from afar cannot choose all of it: a hop limit of 255 proves that no router passed the packet on
(RFC 5082), a link-local source that it was sent here. A TTL of 1 proves nothing, but another one is not as it
should be. Checksums are judged elsewhere, for all protocols alike.
"""

from dataclasses import dataclass
from ipaddress import IPv6Address

from app.engine.neighbourhood.headers import headers, layers_before
from app.engine.neighbourhood.saying import Heard
from app.packet.compose import Address
from app.packet.ip.v4options import RouterAlertOption as RouterAlert4
from app.packet.ip.v6optiontable import RouterAlertOption as RouterAlert6


@dataclass(frozen=True, slots=True)
class Manners:
    """How packets of one kind are sent. An IPv6 source has to be link-local."""

    ttl: int | None  #: TTL or hop limit; None where any is right
    groups: frozenset[Address] = frozenset()  #: the groups that they are sent to
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
        "no router alert option" if manners.needs_alert and not _has_alert(heard) else None,
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
    wanted = " or ".join(str(group) for group in sorted(manners.groups, key=lambda group: (group.version, int(group))))
    return f"sent to {destination} instead of {wanted}" if wanted else f"sent to the group {destination}"


def _has_alert(heard: Heard) -> bool:
    return any(
        isinstance(header, RouterAlert4 | RouterAlert6)
        for layer in layers_before(heard)
        for header in headers(layer.parts)
    )
