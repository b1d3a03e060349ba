"""RIP versions 1 (RFC 1058) and 2 (RFC 2453), its password and its keyed digest (RFC 4822)."""

from ipaddress import IPv4Address

from app.packet.layout import Header, header, ipv4_address, octets, text, unsigned
from app.packet.reading import CutError, Reading
from app.packet.registry import Registry
from app.packet.walk import Walk, counted, read_message, told

TITLE = "Routing Information Protocol"
#: RFC 2453, section 4.1: "If the Address Family Identifier of the first ... entry in the message is 0xFFFF".
_AUTHENTICATION = 0xFFFF
_ENTRY = 20
INFINITY = 16


class RipCommand(Registry):
    """RFC 1058, section 3.1, and RFC 2091, section 3."""

    REQUEST = 1
    RESPONSE = 2
    TRACE_ON = 3
    TRACE_OFF = 4
    VENDOR_SPECIFIC = 5
    POLL = 6
    POLL_ENTRY = 7
    UPDATE_REQUEST = 9
    UPDATE_RESPONSE = 10
    UPDATE_ACKNOWLEDGE = 11


class AddressFamily(Registry):
    """https://www.iana.org/assignments/address-family-numbers, as far as RIP was used with them."""

    UNSPECIFIED = 0
    IPV4 = 2
    AUTHENTICATION = 0xFFFF


class RipAuthentication(Registry):
    """RFC 2453, section 4.1, and RFC 4822, section 2."""

    TRAILER = 1
    SIMPLE_PASSWORD = 2
    CRYPTOGRAPHIC = 3


@header("rip", TITLE, "RFC 2453, section 4")
class Rip(Header):
    """What every message starts with; RFC 1388 had a routing domain where zero has to be."""

    command: int = unsigned(8, registry=RipCommand)
    version: int = unsigned(8)
    domain: int = unsigned(16, "unused", name="rip.routing_domain", default=0)


@header("rip", "route", "RFC 1058, section 3.1")
class RouteV1(Header):
    """A route of version 1: its netmask has to be guessed."""

    family: int = unsigned(16, "address family", name="rip.family", registry=AddressFamily, default=2)
    reserved: bytes = octets(2, "zero", default=bytes(2))
    address: IPv4Address = ipv4_address(name="rip.ip")
    reserved_end: bytes = octets(8, "zero", name="rip.reserved", default=bytes(8))
    metric: int = unsigned(32)


@header("rip", "route", "RFC 2453, section 4")
class RouteV2(Header):
    """A route of version 2; a next hop of 0.0.0.0 is the sender itself."""

    family: int = unsigned(16, "address family", name="rip.family", registry=AddressFamily, default=2)
    tag: int = unsigned(16, "route tag", name="rip.route_tag", default=0)
    address: IPv4Address = ipv4_address(name="rip.ip")
    netmask: IPv4Address = ipv4_address()
    next_hop: IPv4Address = ipv4_address()
    metric: int = unsigned(32)


@header("rip", "authentication", "RFC 2453, section 4.1")
class Authentication(Header):
    """What stands in front of a password or a digest."""

    family: int = unsigned(16, "address family", name="rip.family", style="hex", default=0xFFFF)
    type: int = unsigned(16, name="rip.auth.type", registry=RipAuthentication)


@header("rip", "password", "RFC 2453, section 4.1")
class Password(Authentication):
    """A password that everybody on the link can read."""

    password: bytes = text(16, name="rip.auth.passwd")


@header("rip", "cryptographic authentication", "RFC 4822, section 2.2")
class Digest(Authentication):
    """Where in the message the digest stands, and which key made it."""

    offset: int = unsigned(16, "digest offset", name="rip.digest_offset", unit="bytes")
    key: int = unsigned(8, "key identifier", name="rip.key_id")
    length: int = unsigned(8, "digest length", name="rip.auth_data_len", unit="bytes")
    sequence: int = unsigned(32, "sequence number", name="rip.seq_num")
    padding: bytes = octets(8, "zero", name="rip.zero_padding", default=bytes(8))


def read_rip(reading: Reading, at: int, stop: int) -> None:
    """A RIP message."""
    read_message(reading, at, stop, Rip.LAYOUT, _message)


def _message(walk: Walk) -> str:
    start = walk.at
    head = walk.take(Rip)
    walk.says = f"RIPv{head.version} {RipCommand(head.command).words}"
    trailer = _authentication(walk, start) if _family(walk) == _AUTHENTICATION else None
    end = walk.stop if trailer is None else min(trailer, walk.stop)
    routes, is_whole_table = 0, False
    while walk.at < end:
        is_whole_table = _route(walk, head.version)
        routes += 1
    if trailer is not None and walk.lasts():
        with walk.under("rip.auth", "digest"):
            walk.take(Authentication)
            walk.rest("rip.authentication_data", "digest")
    if head.command == RipCommand.REQUEST and routes == 1 and is_whole_table:
        return f"{walk.says}, whole table"
    return f"{walk.says}, {counted(routes, 'route')}"


def _family(walk: Walk) -> int:
    return int.from_bytes(walk.bytes_here(2))


def _authentication(walk: Walk, start: int) -> int | None:
    """The entry that authenticates, and where the digest stands that it tells of."""
    kind = RipAuthentication(int.from_bytes(walk.bytes_here(4)[2:]))
    with walk.under("rip.auth", "authentication") as words:
        words.append(kind.words)
        if kind is RipAuthentication.CRYPTOGRAPHIC:
            digest = walk.take(Digest)
            return max(walk.at, start + digest.offset)
        if kind is RipAuthentication.SIMPLE_PASSWORD:
            walk.take(Password)
        else:
            end = walk.at + _ENTRY
            walk.take(Authentication)
            walk.rest("rip.authentication_data", "data", end)
    return None


def _route(walk: Walk, version: int) -> bool:
    """One entry; whether it is the one that asks for everything (RFC 2453, section 3.9.1)."""
    family = AddressFamily(_family(walk))
    if family not in (AddressFamily.UNSPECIFIED, AddressFamily.IPV4):
        if walk.at + _ENTRY > walk.stop:
            walk.rest("rip.data")
            raise CutError
        with walk.under("rip.unknown_address_family", "entry of another family") as words:
            words.append(told("family", str(int(family))))
            walk.take(RouteV2 if version >= 2 else RouteV1)
        return False
    with walk.under("rip.entry", "route") as words:
        route: RouteV1 | RouteV2 = walk.take(RouteV2) if version >= 2 else walk.take(RouteV1)
        metric = "unreachable" if route.metric >= INFINITY else f"metric {route.metric}"
        words.append(f"{route.address}{_prefix(route)} {metric}")
    return family == AddressFamily.UNSPECIFIED and route.metric == INFINITY


def _prefix(route: RouteV1 | RouteV2) -> str:
    """The prefix length that a netmask writes, or the netmask where it is none."""
    if isinstance(route, RouteV1):
        return ""
    mask = int(route.netmask)
    length = mask.bit_count()
    return f"/{length}" if mask == 0xFFFFFFFF << 32 - length & 0xFFFFFFFF else f" mask {route.netmask}"
