"""VRRP versions 2 (RFC 3768, with the authentication of RFC 2338) and 3 (RFC 9568)."""

from ipaddress import IPv4Address, IPv6Address

from app.packet.checksum import ones_sum, pseudo_sum
from app.packet.dissection import Check, CheckStatus, Severity
from app.packet.layout import Group, Header, header, ipv4_address, ipv6_address, text, unsigned
from app.packet.reading import Reading
from app.packet.registry import Protocol, Registry
from app.packet.walk import Walk, few, read_message

TITLE = "Virtual Router Redundancy Protocol"
VERSION_AND_TYPE = Group("vrrp.typever", "version and type")
_CHECKSUM = 6
#: Cisco's own authentication, in no RFC: an MD5 digest behind 20 bytes that tell of the key.
_DIGEST_AT, _DIGEST = 20, 16


class VrrpType(Registry):
    """RFC 9568, section 5.2.2."""

    ADVERTISEMENT = 1


class VrrpAuthentication(Registry):
    """RFC 2338, section 5.3.6; RFC 3768 has taken all but the first away again."""

    NO_AUTHENTICATION = 0
    SIMPLE_TEXT_PASSWORD = 1
    IP_AUTHENTICATION_HEADER = 2
    CISCO_MD5 = 254


def _priority(value: int) -> str:
    if value == 0:
        return "0  stops being the active router"
    return "255  owns the addresses" if value == 255 else str(value)


def _hundredths(value: int) -> str:
    return f"{value}  {value / 100:g} s"


@header("vrrp", TITLE, "RFC 9568, section 5.1")
class Vrrp(Header):
    """What both versions start with."""

    version: int = unsigned(4, group=VERSION_AND_TYPE)
    type: int = unsigned(4, registry=VrrpType, group=VERSION_AND_TYPE, default=1)
    group: int = unsigned(8, "virtual router identifier", name="virt_rtr_id")
    priority: int = unsigned(8, name="prio", words=_priority)
    count: int = unsigned(8, "number of addresses", name="addr_count")


@header("vrrp", TITLE, "RFC 3768, section 5.1")
class VrrpV2(Vrrp):
    """Version 2: the interval is in seconds."""

    authentication: int = unsigned(8, "authentication type", name="auth_type", registry=VrrpAuthentication, default=0)
    interval: int = unsigned(8, "advertisement interval", name="adver_int", unit="s")
    checksum: int = unsigned(16, style="hex", default=0)


@header("vrrp", TITLE, "RFC 9568, section 5.1")
class VrrpV3(Vrrp):
    """Version 3: the interval is in hundredths of a second."""

    reserved: int = unsigned(4, name="reserved_mbz", default=0)
    interval: int = unsigned(12, "advertisement interval", name="short_adver_int", words=_hundredths)
    checksum: int = unsigned(16, style="hex", default=0)


@header("vrrp", "virtual address", "RFC 9568, section 5.2.9")
class Address4(Header):
    """An IPv4 address of the virtual router."""

    address: IPv4Address = ipv4_address("virtual address", name="ip_addr")


@header("vrrp", "virtual address", "RFC 9568, section 5.2.9")
class Address6(Header):
    """An IPv6 address of the virtual router; the first is link-local."""

    address: IPv6Address = ipv6_address("virtual address", name="ipv6_addr")


@header("vrrp", "password", "RFC 2338, section 5.3.10")
class Password(Header):
    """A password that everybody on the link can read."""

    password: bytes = text(8, name="auth_string")


def read_vrrp(reading: Reading, at: int, stop: int) -> None:
    """A VRRP advertisement."""
    read_message(reading, at, stop, Vrrp.LAYOUT, _message)
    if at + _CHECKSUM + 2 <= stop:
        _verify(reading, at, stop, is_v3=reading.data[at] >> 4 == 3)


def _message(walk: Walk) -> str:
    version = walk.bytes_here(1)[0] >> 4
    walk.says = f"VRRPv{version}"
    head: VrrpV2 | VrrpV3 = walk.take(VrrpV3) if version == 3 else walk.take(VrrpV2)
    kind = VrrpType(head.type)
    named = kind.words if kind.is_assigned else f"type {head.type}"
    walk.says = f"VRRPv{version} {named}, group {head.group}, priority {head.priority}"
    is_v6 = walk.reading.source is not None and walk.reading.source.version == 6
    addresses = [_address(walk, is_v6=is_v6) for _ in range(head.count)]
    if isinstance(head, VrrpV2):
        _authentication(walk, head.authentication)
    return f"{walk.says}, {few(addresses)}" if addresses else walk.says


def _address(walk: Walk, *, is_v6: bool) -> str:
    return str(walk.take(Address6).address if is_v6 else walk.take(Address4).address)


def _authentication(walk: Walk, kind: int) -> None:
    """The eight bytes that RFC 2338 has behind the addresses, whatever they are for."""
    if kind == VrrpAuthentication.SIMPLE_TEXT_PASSWORD and walk.lasts():
        walk.take(Password)
    elif kind == VrrpAuthentication.CISCO_MD5 and walk.lasts():
        walk.rest("vrrp.auth_data", "authentication data", walk.at + _DIGEST_AT)
        walk.rest("vrrp.md5_auth_data", "MD5 digest", walk.at + _DIGEST)
    else:
        walk.rest("vrrp.auth_data", "authentication data", walk.at + 8)


def _verify(reading: Reading, at: int, stop: int, *, is_v3: bool) -> None:
    """Check the checksum: version 2 sums the message alone, version 3 the pseudo-header too.

    Some routers leave the pseudo-header out over IPv4: RFC 5798 could be read so, RFC 9568 cannot.
    """
    field, source, destination = at + _CHECKSUM, reading.source, reading.destination
    if not reading.is_whole or source is None or destination is None:
        reading.checks.append(Check(field, CheckStatus.UNVERIFIED))
        return
    if not is_v3:
        reading.verify_sum(field, at, stop)
        return
    reading.verify_sum(field, at, stop, pseudo_sum(source, destination, Protocol.VRRP, stop - at))
    if reading.checks[-1].status is CheckStatus.BAD and ones_sum(reading.data[at:stop]) == 0xFFFF:
        reading.note(Severity.NOTE, field, "it would be right without the pseudo-header (RFC 9568, section 5.2.8)")
