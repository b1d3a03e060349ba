"""What OSPF packets of versions 2 (RFC 2328) and 3 (RFC 5340) say of who sent them, and of its interface.

A hello is all that a router says of itself. What it tells of the network is read in `linkstates`.
"""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address
from itertools import islice

from app.engine.neighbourhood.facts import Ospf, RoleKind
from app.engine.neighbourhood.readers.headers import headers, is_whole, layers_before
from app.engine.neighbourhood.readers.lsas import link_states
from app.engine.neighbourhood.readers.manners import Manners, breaches
from app.engine.neighbourhood.saying import Heard, MtuTold, Reader, Said, Saying
from app.packet.compose import Address
from app.packet.layout import Header
from app.packet.ospf.registry import AuthenticationType
from app.packet.ospf.v2packets import Description2, Hello2, HelloNeighbour, OspfFront
from app.packet.ospf.v3packets import Description3, Hello3, Ospf3

#: So many neighbours of one hello are kept.
MOST_NEIGHBOURS = 256
_SECOND = 1_000_000_000
_NOBODY = IPv4Address(0)
#: RFC 2328, section A.1, and RFC 5340, section A.1: all routers, and all designated ones.
_ALL: frozenset[Address] = frozenset((IPv4Address("224.0.0.5"), IPv6Address("ff02::5")))
_DESIGNATED: frozenset[Address] = frozenset((IPv4Address("224.0.0.6"), IPv6Address("ff02::6")))
_CHECKSUM = 12
_HELLO = Manners(ttl=1, groups=_ALL, checksum=_CHECKSUM)
#: RFC 2328, appendix D; RFC 7474. What the trailer of RFC 7166 or IPsec proves is cryptographic too.
_AUTHENTICATION: Mapping[int, str] = {
    AuthenticationType.NULL_AUTHENTICATION: "none",
    AuthenticationType.SIMPLE_PASSWORD: "simple",
    AuthenticationType.CRYPTOGRAPHIC: "cryptographic",
    AuthenticationType.CRYPTOGRAPHIC_WITH_EXTENDED_SEQUENCE_NUMBERS: "cryptographic",
}
#: What a router sends that is set to TTL security (RFC 5082): it proves that no router passed the packet on.
_SECURE_TTL = 255
#: What ends a doubt that is none with such a router.
SECURED = "unless it uses TTL security"


def read_ospf(heard: Heard) -> Iterator[Said]:
    """Hello, interface MTU and link states of an OSPF packet that is wholly there.

    MTU and link states have no place for doubts: what is not sent as it has to be does not tell them.
    """
    found = headers(heard.layer.parts)
    head = next(found, None)
    if not isinstance(head, OspfFront) or not is_whole(heard) or head.length > heard.layer.stop - heard.layer.start:
        return
    body = next(found, None)
    if isinstance(body, Hello2 | Hello3):
        yield _hello(heard, head, body, _doubts(heard, head))
    elif not breaches(_others(heard), heard):
        if isinstance(body, Description2 | Description3):
            yield MtuTold(_kind(head), str(head.router), body.mtu)
        yield from link_states(heard, head)


def _others(heard: Heard) -> Manners:
    """How packets are sent that are no hellos; with TTL security every one of them has the highest TTL."""
    return Manners(heard.ttl if heard.ttl == _SECURE_TTL else 1, _ALL | _DESIGNATED, checksum=_CHECKSUM)


def _doubts(heard: Heard, head: OspfFront) -> tuple[str, ...]:
    told = breaches(_HELLO, heard)
    if heard.ttl == _SECURE_TTL:
        told = (f"{told[0]}, {SECURED}", *told[1:])
    return (*told, "router ID 0.0.0.0") if head.router == _NOBODY else told


def _hello(heard: Heard, head: OspfFront, hello: Hello2 | Hello3, doubts: tuple[str, ...]) -> Saying:
    listed = (header for header in headers(heard.layer.parts) if isinstance(header, HelloNeighbour))
    facts = Ospf(
        router_id=str(head.router),
        area=str(head.area),
        priority=hello.priority,
        dr=str(hello.designated),
        bdr=str(hello.backup),
        hello_s=hello.interval,
        dead_s=hello.dead_interval,
        mask=str(hello.mask) if isinstance(hello, Hello2) else None,
        auth=_authentication(heard, head, hello),
        neighbours=tuple(str(neighbour.router) for neighbour in islice(listed, MOST_NEIGHBOURS)),
    )
    if hello.dead_interval <= hello.interval:
        doubts = (*doubts, f"dead interval {hello.dead_interval} s is no longer than hello interval {hello.interval} s")
    instance = str(head.instance) if isinstance(head, Ospf3) and head.instance else ""
    return Saying(_kind(head), facts, hello.dead_interval * _SECOND, doubts, instance=instance)


def _kind(head: OspfFront) -> RoleKind:
    return RoleKind.OSPF6 if head.version == 3 else RoleKind.OSPF


def _authentication(heard: Heard, head: Header, hello: Hello2 | Hello3) -> str:
    if isinstance(hello, Hello3):
        has_ipsec = any(layer.name == "ah" for layer in layers_before(heard))
        return "cryptographic" if hello.trailer or has_ipsec else "none"
    number = getattr(head, "authentication", 0)
    return _AUTHENTICATION.get(number, f"type {number}")


READERS: Mapping[str, Reader] = {"ospf": read_ospf}
