"""The header of PIM version 2 and its encoded addresses (RFC 7761, section 4.9; RFC 9436; RFC 5384)."""

from ipaddress import IPv4Address, IPv6Address

from app.packet.dissection import Severity
from app.packet.layout import Group, Header, flag, header, ipv4_address, ipv6_address, unsigned
from app.packet.reading import CutError
from app.packet.registry import Registry
from app.packet.walk import Walk

TITLE = "PIM"
FLAG_BITS = Group("pim.res_bytes", "flag bits")
GROUP_FLAGS = Group("pim.group_addr.flags", "flags")
SOURCE_FLAGS = Group("pim.source_addr.flags", "flags")
ATTRIBUTE_FLAGS = Group("pim.source_ja.flags", "flags")
_ENCODED = "RFC 7761, section 4.9.1"


class PimType(Registry):
    """https://www.iana.org/assignments/pim-parameters (PIM Message Types)"""

    HELLO = 0
    REGISTER = 1
    REGISTER_STOP = 2
    JOIN_PRUNE = 3
    BOOTSTRAP = 4
    ASSERT = 5
    GRAFT = 6
    GRAFT_ACK = 7
    CANDIDATE_RP_ADVERTISEMENT = 8
    STATE_REFRESH = 9
    DF_ELECTION = 10
    ECMP_REDIRECT = 11
    PIM_FLOODING_MECHANISM = 12
    EXTENDED_13 = 13
    EXTENDED_14 = 14
    EXTENDED_15 = 15


class AddressFamily(Registry):
    """https://www.iana.org/assignments/address-family-numbers"""

    IPV4 = 1
    IPV6 = 2


class EncodingType(Registry):
    """https://www.iana.org/assignments/pim-parameters (PIM Encoded-Source Address Encoding Type Field)"""

    NATIVE = 0
    WITH_JOIN_ATTRIBUTES = 1


class ElectionSubtype(Registry):
    """RFC 5015, section 3.7.2."""

    OFFER = 1
    WINNER = 2
    BACKOFF = 3
    PASS = 4


class JoinAttribute(Registry):
    """https://www.iana.org/assignments/pim-parameters (PIM Join Attribute Types)"""

    RPF_VECTOR = 0
    MVPN = 1
    MT_ID = 2
    POP_COUNT = 3
    EXPLICIT_RPF_VECTOR = 4
    TRANSPORT = 5
    RECEIVER_RLOC = 6


@header("pim", TITLE, "RFC 7761, section 4.9; RFC 9436, section 4")
class PimStart(Header):
    """What every PIM message of version 2 starts with."""

    version: int = unsigned(4, default=2)
    type: int = unsigned(4, registry=PimType)


@header("pim", TITLE, "RFC 7761, section 4.9; RFC 9436, section 4")
class Pim(PimStart):
    """The header of messages that use none of the flag bits."""

    flags: int = unsigned(8, "flag bits", name="pim.res_bytes", style="hex", default=0)
    checksum: int = unsigned(16, name="pim.cksum", style="hex", default=0)


@header("pim", TITLE, "RFC 5059, section 4.1; RFC 8364, section 3.1")
class ForwardedPim(PimStart):
    """The header of what routers forward: bootstrap (4) and flooding (12)."""

    no_forward: int = flag("no forward", name="pim.pfmnoforwardbit", group=FLAG_BITS, default=0)
    flags: int = unsigned(7, "flag bits", name="pim.flags", style="hex", group=FLAG_BITS, default=0)
    checksum: int = unsigned(16, name="pim.cksum", style="hex", default=0)


@header("pim", TITLE, "RFC 9465, section 3")
class RegisterStopPim(PimStart):
    """The header of a register-stop (2)."""

    flags: int = unsigned(7, "flag bits", name="pim.flags", style="hex", group=FLAG_BITS, default=0)
    can_pack: int = flag("packing capability", name="pim.flags.p", group=FLAG_BITS, default=0)
    checksum: int = unsigned(16, name="pim.cksum", style="hex", default=0)


@header("pim", TITLE, "RFC 9466, section 3")
class AssertPim(PimStart):
    """The header of an assert (5)."""

    flags: int = unsigned(6, "flag bits", name="pim.flags", style="hex", group=FLAG_BITS, default=0)
    is_aggregated: int = flag("aggregated", name="pim.flags.a", group=FLAG_BITS, default=0)
    is_packed: int = flag("packed", name="pim.flags.p", group=FLAG_BITS, default=0)
    checksum: int = unsigned(16, name="pim.cksum", style="hex", default=0)


@header("pim", TITLE, "RFC 5015, section 3.7.1")
class ElectionPim(PimStart):
    """The header of a designated forwarder election (10)."""

    subtype: int = unsigned(4, name="pim.df_elect.subtype", registry=ElectionSubtype)
    reserved: int = unsigned(4, name="pim.df_elect.rsvd", default=0)
    checksum: int = unsigned(16, name="pim.cksum", style="hex", default=0)


@header("pim", TITLE, "RFC 9436, section 5")
class ExtendedPim(PimStart):
    """The header of types 13 to 15, which have subtypes."""

    subtype: int = unsigned(4, name="pim.subtype", group=FLAG_BITS, default=0)
    flags: int = unsigned(4, "flag bits", name="pim.flags", style="hex", group=FLAG_BITS, default=0)
    checksum: int = unsigned(16, name="pim.cksum", style="hex", default=0)


@header("pim", "encoded address", _ENCODED)
class Encoded(Header):
    """What every encoded address starts with."""

    family: int = unsigned(8, "address family", name="pim.addr_address_family", registry=AddressFamily, default=1)
    encoding: int = unsigned(8, "encoding type", name="pim.addr_encoding_type", registry=EncodingType, default=0)


@header("pim", "encoded unicast address", _ENCODED)
class Unicast4(Encoded):
    """An encoded unicast address of IPv4."""

    address: IPv4Address = ipv4_address(name="pim.unicast")


@header("pim", "encoded unicast address", _ENCODED)
class Unicast6(Encoded):
    """An encoded unicast address of IPv6."""

    address: IPv6Address = ipv6_address(name="pim.unicast_ipv6")


@header("pim", "encoded group address", _ENCODED)
class EncodedGroup(Encoded):
    """What an encoded group address says in front of the address."""

    is_bidirectional: int = flag("bidirectional PIM", name="pim.group_addr.flags.b", group=GROUP_FLAGS, default=0)
    reserved: int = unsigned(6, name="pim.group_addr.flags.reserved", group=GROUP_FLAGS, default=0)
    is_zone: int = flag("admin scope zone", name="pim.group_addr.flags.z", group=GROUP_FLAGS, default=0)
    mask: int = unsigned(8, "mask length", name="pim.mask_len", default=32)


@header("pim", "encoded group address", _ENCODED)
class Group4(EncodedGroup):
    """An encoded group address of IPv4."""

    address: IPv4Address = ipv4_address("group address", name="pim.group")


@header("pim", "encoded group address", _ENCODED)
class Group6(EncodedGroup):
    """An encoded group address of IPv6."""

    address: IPv6Address = ipv6_address("group address", name="pim.group_ip6")


@header("pim", "encoded source address", _ENCODED)
class EncodedSource(Encoded):
    """What an encoded source address says in front of the address."""

    reserved: int = unsigned(5, name="pim.source_addr.flags.reserved", group=SOURCE_FLAGS, default=0)
    is_sparse: int = flag("sparse", name="pim.source_addr.flags.s", group=SOURCE_FLAGS, default=1)
    is_wildcard: int = flag("wildcard", name="pim.source_addr.flags.w", group=SOURCE_FLAGS, default=0)
    is_rp_tree: int = flag("RP tree", name="pim.source_addr.flags.r", group=SOURCE_FLAGS, default=0)
    mask: int = unsigned(8, "mask length", name="pim.mask_len", default=32)


@header("pim", "encoded source address", _ENCODED)
class Source4(EncodedSource):
    """An encoded source address of IPv4; join attributes may follow (RFC 5384)."""

    address: IPv4Address = ipv4_address("source address", name="pim.source")


@header("pim", "encoded source address", _ENCODED)
class Source6(EncodedSource):
    """An encoded source address of IPv6; join attributes may follow (RFC 5384)."""

    address: IPv6Address = ipv6_address("source address", name="pim.source_ip6")


@header("pim", "join attribute", "RFC 5384, section 3.3.1")
class Attribute(Header):
    """What stands in front of a join attribute's value."""

    is_forwarded: int = flag("forward if unknown", name="pim.source_ja.flags.f", group=ATTRIBUTE_FLAGS, default=0)
    is_last: int = flag("last attribute", name="pim.source_ja.flags.e", group=ATTRIBUTE_FLAGS, default=0)
    type: int = unsigned(
        6, name="pim.source_ja.flags.attr_type", registry=JoinAttribute, group=ATTRIBUTE_FLAGS, default=0
    )
    length: int = unsigned(8, name="pim.source_ja.length", unit="bytes", default=0)


def take_unicast(walk: Walk, name: str, label: str, name6: str = "") -> str:
    """An encoded unicast address under a heading of that name, and its words."""
    is_v6 = _is_v6(walk)
    with walk.under(name6 or f"{name}_ip6" if is_v6 else name, label) as words:
        unicast: Unicast4 | Unicast6 = walk.take(Unicast6) if is_v6 else walk.take(Unicast4)
        words.append(str(unicast.address))
        walk.value = unicast.address
    return words[0]


def take_group(walk: Walk) -> str:
    """An encoded group address under a heading, and its words: the mask where it covers more than one group."""
    is_v6 = _is_v6(walk)
    with walk.under("pim.group_ip6" if is_v6 else "pim.group", "group") as words:
        group: Group4 | Group6 = walk.take(Group6) if is_v6 else walk.take(Group4)
        words.append(_prefix(group.address, group.mask))
        walk.value = group.address
    return words[0]


def take_source(walk: Walk, name: str, label: str) -> str:
    """An encoded source address with its join attributes; its words end with the flags: W and R."""
    if walk.bytes_here(2)[1] != EncodingType.WITH_JOIN_ATTRIBUTES:
        return _take_source(walk, name, label)
    with walk.under("pim.source_set", f"{label} with attributes") as words:
        words.append(_take_source(walk, name, label))
        _take_attributes(walk)
    return words[0]


def _take_source(walk: Walk, name: str, label: str) -> str:
    is_v6 = _is_v6(walk)
    with walk.under(f"{name}6" if is_v6 else name, label) as words:
        source: Source4 | Source6 = walk.take(Source6) if is_v6 else walk.take(Source4)
        flags = "W" * source.is_wildcard + "R" * source.is_rp_tree
        words.append(_prefix(source.address, source.mask) + (f" ({flags})" if flags else ""))
        walk.value = source.address
    return words[0]


def _take_attributes(walk: Walk) -> None:
    is_last = False
    while not is_last:
        with walk.under("pim.source_ja", "join attribute") as words:
            attribute = walk.take(Attribute)
            words.append(JoinAttribute(attribute.type).words)
            is_last = bool(attribute.is_last)
            with walk.within(attribute.length):
                walk.rest("pim.source_ja.value", "value")


def _is_v6(walk: Walk) -> bool:
    """Which family the encoded address here is of; one of another family has a length that nobody knows."""
    family = walk.reading.data[walk.at] if walk.lasts() else AddressFamily.IPV4
    if family not in (AddressFamily.IPV4, AddressFamily.IPV6):
        walk.reading.note(Severity.ERROR, walk.at, f"an address of family {family}, whose length is not known")
        walk.rest("pim.address", "address of an unknown family")
        raise CutError
    return family == AddressFamily.IPV6


def _prefix(address: IPv4Address | IPv6Address, mask: int) -> str:
    return str(address) if mask == address.max_prefixlen else f"{address}/{mask}"
