"""HSRP version 1 (RFC 2281) and version 2, whose TLVs no RFC describes: Cisco's routers do."""

from ipaddress import IPv4Address, IPv6Address

from app.packet.layout import Header, header, ipv4_address, ipv6_address, mac_address, octets, text, unsigned
from app.packet.reading import CutError, Reading
from app.packet.registry import Registry
from app.packet.walk import Walk, read_element, read_message

TITLE = "Hot Standby Router Protocol"
PORT, PORT_V6 = 1985, 2029
IPV6 = 6


class HsrpOpcode(Registry):
    """RFC 2281, section 5.1."""

    HELLO = 0
    COUP = 1
    RESIGN = 2
    ADVERTISE = 3


class HsrpState(Registry):
    """RFC 2281, section 5.1."""

    INITIAL = 0
    LEARN = 1
    LISTEN = 2
    SPEAK = 4
    STANDBY = 8
    ACTIVE = 16


class HsrpStateV2(Registry):
    """The same states as version 2 numbers them."""

    DISABLED = 0
    INIT = 1
    LEARN = 2
    LISTEN = 3
    SPEAK = 4
    STANDBY = 5
    ACTIVE = 6


class AdvertiseState(Registry):
    """What an interface says of its groups in an advertisement."""

    DORMANT = 1
    PASSIVE = 2
    ACTIVE = 3


class HsrpTlv(Registry):
    """The TLVs of version 2."""

    GROUP_STATE = 1
    INTERFACE_STATE = 2
    TEXT_AUTHENTICATION = 3
    MD5_AUTHENTICATION = 4


@header("hsrp", TITLE, "RFC 2281, section 5.1")
class HsrpOperation(Header):
    """What every message of version 1 starts with, whose version field says 0."""

    version: int = unsigned(8, default=0)
    opcode: int = unsigned(8, registry=HsrpOpcode)


@header("hsrp", TITLE, "RFC 2281, section 5.1")
class Hsrp(HsrpOperation):
    """A hello, coup or resign of version 1; times are in seconds."""

    state: int = unsigned(8, registry=HsrpState)
    hello: int = unsigned(8, "hello time", name="hellotime", unit="s", default=3)
    hold: int = unsigned(8, "hold time", name="holdtime", unit="s", default=10)
    priority: int = unsigned(8, default=100)
    group: int = unsigned(8)
    reserved: int = unsigned(8, default=0)
    authentication: bytes = text(8, "password", name="auth_data", default=b"cisco\0\0\0")
    address: IPv4Address = ipv4_address("virtual address", name="virt_ip")


@header("hsrp", TITLE, "Cisco IOS, HSRP advertisements")
class HsrpAdvertise(HsrpOperation):
    """How many groups are active and passive on an interface."""

    type: int = unsigned(16, name="hsrp.adv.tlvtype")
    length: int = unsigned(16, name="hsrp.adv.tlvlength", unit="bytes")
    state: int = unsigned(8, name="hsrp.adv.state", registry=AdvertiseState)
    reserved: int = unsigned(8, name="hsrp.adv.reserved1", default=0)
    active: int = unsigned(16, "active groups", name="hsrp.adv.activegrp")
    passive: int = unsigned(16, "passive groups", name="hsrp.adv.passivegrp")
    reserved_end: int = unsigned(32, "reserved", name="hsrp.adv.reserved2", default=0)


@header("hsrp2", "TLV", "Cisco IOS, HSRP version 2")
class Tlv(Header):
    """What stands in front of every value; the length counts the value alone."""

    type: int = unsigned(8, name="hsrp2.tlv_type", registry=HsrpTlv)
    length: int = unsigned(8, name="hsrp2.tlv_length", unit="bytes")


@header("hsrp2", "group state", "Cisco IOS, HSRP version 2")
class GroupState(Tlv):
    """What version 1 says in a message; times are in milliseconds. The virtual address takes 16 bytes."""

    version: int = unsigned(8, default=2)
    opcode: int = unsigned(8, registry=HsrpOpcode)
    state: int = unsigned(8, registry=HsrpStateV2)
    ip_version: int = unsigned(8, "IP version", name="ipversion")
    group: int = unsigned(16)
    identifier: bytes = mac_address()
    priority: int = unsigned(32)
    hello: int = unsigned(32, "hello time", name="hellotime", unit="ms")
    hold: int = unsigned(32, "hold time", name="holdtime", unit="ms")


@header("hsrp2", "virtual address", "Cisco IOS, HSRP version 2")
class Virtual4(Header):
    """An IPv4 address in the space of an IPv6 address."""

    address: IPv4Address = ipv4_address("virtual address", name="virt_ip")
    unused: bytes = octets(12, default=bytes(12))


@header("hsrp2", "virtual address", "Cisco IOS, HSRP version 2")
class Virtual6(Header):
    """An IPv6 address."""

    address: IPv6Address = ipv6_address("virtual address", name="virt_ip_v6")


@header("hsrp2", "interface state", "Cisco IOS, HSRP version 2")
class InterfaceState(Header):
    """How many groups are active and passive on an interface."""

    type: int = unsigned(8, name="interface_state_tlv", registry=HsrpTlv)
    length: int = unsigned(8, name="hsrp2.tlv_length", unit="bytes")
    active: int = unsigned(16, "active groups", name="active_groups")
    passive: int = unsigned(16, "passive groups", name="passive_groups")


@header("hsrp2", "text authentication", "Cisco IOS, HSRP version 2")
class TextAuthentication(Tlv):
    """A password that everybody on the link can read."""

    password: bytes = text(8, name="auth_data")


@header("hsrp2", "MD5 authentication", "Cisco IOS, HSRP version 2")
class DigestAuthentication(Header):
    """Which key made the digest; version 1 has this TLV behind its message too."""

    type: int = unsigned(8, name="md5_auth_tlv", registry=HsrpTlv)
    length: int = unsigned(8, name="hsrp2.tlv_length", unit="bytes")
    algorithm: int = unsigned(8, name="md5_algorithm")
    padding: int = unsigned(8, name="md5_padding", style="hex", default=0)
    flags: int = unsigned(16, name="md5_flags", style="hex", default=0)
    sender: IPv4Address = ipv4_address("sender's address", name="hsrp.md5_ip_address")
    key: int = unsigned(32, "key identifier", name="md5_key_id")
    digest: bytes = octets(16, name="md5_auth_data")


def read_hsrp(reading: Reading, at: int, stop: int) -> None:
    """An HSRP message: version 1 starts with its version, 0, version 2 with a TLV, whose types start with 1."""
    is_v1 = at < stop and reading.data[at] == 0
    read_message(reading, at, stop, Hsrp.LAYOUT, _message if is_v1 else _tlvs)


def _message(walk: Walk) -> str:
    opcode = HsrpOpcode(walk.bytes_here(2)[1])
    walk.says = f"HSRP {opcode.words}"
    if opcode is HsrpOpcode.ADVERTISE:
        advertised = walk.take(HsrpAdvertise)
        return f"{walk.says}, {advertised.active} active and {advertised.passive} passive groups"
    if not opcode.is_assigned:
        walk.take(HsrpOperation)
        walk.rest("data.data")
        return walk.says
    head = walk.take(Hsrp)
    walk.says += f", group {head.group}, {HsrpState(head.state).words}, priority {head.priority}, {head.address}"
    return _tlvs(walk) or walk.says


def _tlvs(walk: Walk) -> str:
    """The TLVs of version 2; a type that nobody knows ends them, for the lengths behind it cannot be trusted."""
    walk.says = walk.says or "HSRPv2"
    while walk.lasts():
        kind = HsrpTlv(walk.bytes_here(1)[0])
        if kind not in _TLVS:
            walk.rest("data.data")
            break
        name, body = _TLVS[kind]
        with walk.under(name, kind.words) as words:
            words.append(read_element(walk, walk.bytes_here(2)[1] + Tlv.SIZE, body, "hsrp2.data"))
    return walk.says


def _group_state(walk: Walk) -> str:
    state = walk.take(GroupState)
    words = f"group {state.group}, {HsrpStateV2(state.state).words}, priority {state.priority}"
    walk.says = f"HSRPv2 {HsrpOpcode(state.opcode).words}, {words}"
    try:
        is_v6 = state.ip_version == IPV6
        address = str(walk.take(Virtual6).address if is_v6 else walk.take(Virtual4).address)
    except CutError:
        return words
    walk.says += f", {address}"
    return f"{words}, {address}"


def _interface_state(walk: Walk) -> str:
    state = walk.take(InterfaceState)
    words = f"{state.active} active and {state.passive} passive groups"
    if walk.says == "HSRPv2":
        walk.says = f"HSRPv2 {words}"
    return words


def _text(walk: Walk) -> str:
    walk.take(TextAuthentication)
    return ""


def _digest(walk: Walk) -> str:
    return f"key {walk.take(DigestAuthentication).key}"


_TLVS = {
    HsrpTlv.GROUP_STATE: ("hsrp2.group_state_tlv", _group_state),
    HsrpTlv.INTERFACE_STATE: ("hsrp2.interface_state_tlv", _interface_state),
    HsrpTlv.TEXT_AUTHENTICATION: ("hsrp2.text_auth_tlv", _text),
    HsrpTlv.MD5_AUTHENTICATION: ("hsrp2.md5_auth_tlv", _digest),
}
