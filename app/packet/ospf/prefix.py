"""Address prefixes in the LSAs of OSPF version 3 (RFC 5340, section A.4.1)."""

from ipaddress import IPv4Address, IPv6Address

from app.packet.dissection import Branch, Part, Placed
from app.packet.layout import Field, Group, Header, Span, flag, header, ipv4_address, unsigned
from app.packet.ospf.sheet import Sheet

PREFIX_OPTIONS = Group("ospf.v3.prefix.options", "prefix options")
_MOST_BITS = {4: 32, 6: 128}
_FIELDS = {
    4: Field("", "ospf.v3.address_prefix.ipv4", "address prefix", 0, 0, "ipv4"),
    6: Field("", "ospf.v3.address_prefix.ipv6", "address prefix", 0, 0, "ipv6"),
}


@header("ospf.v3", "prefix", "RFC 5340, section A.4.1; RFC 8362, section 3.1")
class PrefixHead(Header):
    """How long a prefix is and how it is meant; as many words of 32 bits follow as it needs."""

    bits: int = unsigned(8, "prefix length", name="ospf.prefix_length", unit="bits")
    reserved_options: int = unsigned(
        2, "reserved", name="ospf.v3.prefix.options.reserved", group=PREFIX_OPTIONS, default=0
    )
    node: int = flag("N", name="ospf.v3.prefix.options.n", doc="names a node", group=PREFIX_OPTIONS, default=0)
    down: int = flag("DN", name="ospf.v3.prefix.options.dn", doc="came from a VPN", group=PREFIX_OPTIONS, default=0)
    propagate: int = flag("P", name="ospf.v3.prefix.options.p", doc="to be translated", group=PREFIX_OPTIONS, default=0)
    multicast: int = flag("MC", name="ospf.v3.prefix.options.mc", doc="multicast", group=PREFIX_OPTIONS, default=0)
    local: int = flag("LA", name="ospf.v3.prefix.options.la", doc="a router's own", group=PREFIX_OPTIONS, default=0)
    no_unicast: int = flag(
        "NU", name="ospf.v3.prefix.options.nu", doc="not for unicast", group=PREFIX_OPTIONS, default=0
    )


@header("ospf.v3", "prefix", "RFC 5340, section A.4.1")
class Prefix(PrefixHead):
    """A prefix that says nothing more."""

    reserved: int = unsigned(16, name="ospf.reserved", default=0)


@header("ospf.v3", "prefix", "RFC 5340, section A.4.10")
class MetricPrefix(PrefixHead):
    """A prefix with a metric."""

    metric: int = unsigned(16, name="ospf.metric")


@header("ospf.v3", "prefix", "RFC 5340, section A.4.7")
class ReferencePrefix(PrefixHead):
    """A prefix that another LSA may say more about."""

    reference: int = unsigned(16, "referenced LS type", name="ospf.v3.lsa.referenced_ls_type", style="hex", default=0)


@header("ospf.v3.lsa", "attached router", "RFC 5340, section A.4.4")
class Attached(Header):
    """A router on the network, fully adjacent to the designated one."""

    router: IPv4Address = ipv4_address("attached router", name="attached_router")


def address_span(sheet: Sheet, at: int, stop: int, bits: int) -> list[Part]:
    """The address of a prefix, as much of it as was worth sending."""
    if at >= stop:
        return []
    size = _MOST_BITS[sheet.address_version] // 8
    packed = sheet.data[at : min(stop, at + size)].ljust(size, b"\0")
    address = IPv4Address(packed) if size == 4 else IPv6Address(packed)
    span = Span(_FIELDS[sheet.address_version], at * 8, stop * 8, address, f"{address}/{bits}")
    return [span]


def address_end(sheet: Sheet, at: int, stop: int, bits: int) -> int:
    """Where the address of a prefix ends: "an even multiple of 32-bit words"."""
    most = _MOST_BITS[sheet.address_version]
    if bits > most:
        sheet.wrong(at, f"a prefix of {bits} bits is longer than an IPv{sheet.address_version} address")
    end = at + (min(bits, most) + 31) // 32 * 4
    if end > stop:
        sheet.wrong(at, f"a prefix of {bits} bits needs {end - at} bytes, {max(0, stop - at)} are there")
    return min(end, stop)


def read_prefix(sheet: Sheet, kind: type[PrefixHead], at: int, stop: int) -> tuple[Part, int]:
    """The prefix at `at`, whose fixed part is all here, and the byte behind it."""
    head = kind.unpacked(sheet.data, at)
    start = at + kind.LAYOUT.size
    end = address_end(sheet, start, stop, head.bits)
    address = address_span(sheet, start, end, head.bits)
    words = address[0].shown if address and isinstance(address[0], Span) else f"default, {head.bits} bits"
    return Branch("ospf.v3.prefix", "prefix", at, end, (Placed(head, at, start), *address), words), end


def read_prefixes(sheet: Sheet, kind: type[PrefixHead], at: int, stop: int, count: int) -> list[Part]:
    """As many prefixes as are announced and there; what is left are bytes."""
    parts: list[Part] = []
    read = 0
    while read < count and at + kind.LAYOUT.size <= stop:
        if not sheet.granted(1, at, "prefix and what follows it"):
            return parts
        part, at = read_prefix(sheet, kind, at, stop)
        parts.append(part)
        read += 1
    if read < count:
        sheet.wrong(min(at, stop), f"{count} prefixes are announced, {read} are there")
    return parts + sheet.bytes_left(at, stop)
