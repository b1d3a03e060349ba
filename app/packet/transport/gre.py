"""GRE (RFC 2784 and 2890), its source routes (RFC 1701), and the version that PPTP uses (RFC 2637)."""

from app.packet.dissection import Check, CheckStatus, Severity
from app.packet.layout import Field, Group, Header, flag, header, unsigned
from app.packet.link.linktype import LinkType
from app.packet.link.numbers import EtherType
from app.packet.reading import CutError, Reading, Space, Step
from app.packet.registry import Registry
from app.packet.transport.erspan import read_erspan2, read_erspan3
from app.packet.walk import Walk

TITLE = "Generic Routing Encapsulation"
FLAGS = Group("gre.flags_and_version", "flags and version")
#: Of the first 16 bits.
_CHECKSUM, _ROUTING, _KEY, _SEQUENCE, _ACKNOWLEDGMENT = 0x8000, 0x4000, 0x2000, 0x1000, 0x0080
_PPTP = 1
#: WCCP version 1 has no redirect header: an IPv4 header shows itself by its version.
_IPV4 = 4


class GreProtocol(Registry):
    """https://www.iana.org/assignments/ieee-802-numbers, as far as they travel in GRE and are no link's business."""

    KEEPALIVE = 0
    NHRP = 0x2001
    ERSPAN_III = 0x22EB
    TRANSPARENT_ETHERNET = 0x6558
    PPP = 0x880B
    WCCP = 0x883E
    ERSPAN = 0x88BE
    CONTROL = 0x8848

    @property
    def words(self) -> str:
        """The name, or that of the EtherType."""
        return self._name_.lower().replace("_", " ") if self.is_assigned else EtherType(self._value_).words


@header("gre", TITLE, "RFC 2784, section 2.1")
class Gre(Header):
    """The first four bytes; the bits say what follows. RFC 2784 took all but C, K and S away."""

    has_checksum: int = flag("checksum present", name="gre.flags.checksum", group=FLAGS, default=0)
    has_routing: int = flag("routing present", name="gre.flags.routing", group=FLAGS, default=0)
    has_key: int = flag("key present", name="gre.flags.key", group=FLAGS, default=0)
    has_sequence: int = flag("sequence number present", name="gre.flags.sequence_number", group=FLAGS, default=0)
    strict: int = flag("strict source route", name="gre.flags.strict_source_route", group=FLAGS, default=0)
    recursion: int = unsigned(3, "recursion control", name="gre.flags.recursion_control", group=FLAGS, default=0)
    reserved: int = unsigned(5, name="gre.flags.reserved", group=FLAGS, default=0)
    version: int = unsigned(3, name="gre.flags.version", group=FLAGS, default=0)
    protocol: int = unsigned(16, name="proto", style="hex", registry=GreProtocol)


_ACKNOWLEDGED = Field("", "gre.flags.ack", "acknowledgment present", 0, 1, "unsigned", style="flag")


@header("gre", TITLE, "RFC 2637, section 4.1")
class Pptp(Gre):
    """Version 1, which PPTP uses: the first of the reserved bits says that an acknowledgment follows."""

    reserved: int = unsigned(5, name="gre.flags.reserved", group=FLAGS, default=0, inner=(_ACKNOWLEDGED,))


@header("gre", "checksum", "RFC 2784, section 2.5")
class Checksum(Header):
    """The checksum, and how far into the source route the packet is."""

    checksum: int = unsigned(16, style="hex", default=0)
    offset: int = unsigned(16, default=0)


@header("gre", "key", "RFC 2890, section 2.1")
class Key(Header):
    """What tells flows within a tunnel apart."""

    key: int = unsigned(32, style="hex")


@header("gre", "key", "RFC 2637, section 4.1")
class CallKey(Header):
    """The key as PPTP splits it."""

    length: int = unsigned(16, "payload length", name="gre.key.payload_length", unit="bytes")
    call: int = unsigned(16, "call identifier", name="gre.key.call_id")


@header("gre", "sequence number", "RFC 2890, section 2.2")
class Sequence(Header):
    """The number of this packet."""

    sequence: int = unsigned(32, "sequence number", name="sequence_number")


@header("gre", "acknowledgment number", "RFC 2637, section 4.1")
class Acknowledgment(Header):
    """The highest sequence number that the sender has received."""

    acknowledgment: int = unsigned(32, "acknowledgment number", name="ack_number")


@header("gre", "source route entry", "RFC 1701, section 4")
class RouteEntry(Header):
    """One source route entry; one that is all zero ends them."""

    family: int = unsigned(16, "address family", name="gre.routing.address_family", style="hex")
    offset: int = unsigned(8, "offset", name="gre.routing.sre_offset", unit="bytes")
    length: int = unsigned(8, "length", name="gre.routing.src_length", unit="bytes")


@header("gre", "WCCP redirect header", "draft-wilson-wrec-wccp-v2-01, section 4.10.3")
class Redirect(Header):
    """What WCCP version 2 puts in front of the packet that it redirects."""

    reserved: int = unsigned(5, name="gre.wccp.reserved", default=0)
    is_valid: int = flag("header is valid", name="gre.wccp.redirect_header_valid")
    is_alternative: int = flag("alternative bucket used", name="gre.wccp.alternative_bucket_used")
    is_dynamic: int = flag("dynamic service", name="gre.wccp.dynamic_service")
    service: int = unsigned(8, "service identifier", name="gre.wccp.service_id")
    alternative: int = unsigned(8, "alternative bucket", name="gre.wccp.alternative_bucket")
    primary: int = unsigned(8, "primary bucket", name="gre.wccp.primary_bucket")


def read_gre(reading: Reading, at: int, stop: int) -> Step | None:
    """A GRE header; what it carries stands behind it."""
    flags = int.from_bytes(reading.data[at : min(at + 2, stop)].ljust(2, b"\0"))
    kind = Pptp if flags & 7 == _PPTP else Gre
    head = reading.take(kind, at, stop, lambda _: "GRE, cut short")
    walk = Walk(reading, at, stop)
    walk.says = f"{'PPTP ' if kind is Pptp else ''}GRE"
    try:
        _read(walk, kind, flags)
    except CutError:
        reading.layer(Gre.LAYOUT, at, stop, walk.parts, f"{walk.says}, cut short")
        raise
    named = GreProtocol(head.protocol).words
    reading.layer(Gre.LAYOUT, at, walk.at, walk.parts, f"{walk.says}, {named}")
    if head.has_checksum:
        _verify(reading, at, stop)
    if flags & 7 > _PPTP:
        reading.note(Severity.WARNING, at, f"GRE version {flags & 7} is of no RFC")
    return _behind(reading, head, walk.at, stop)


def _read(walk: Walk, kind: type[Gre], flags: int) -> None:
    """The header and the fields that its bits announce."""
    head = walk.take(kind)
    if flags & (_CHECKSUM | _ROUTING):
        walk.take(Checksum)
    if flags & _KEY and kind is Pptp:
        walk.says += f", call {walk.take(CallKey).call}"
    elif flags & _KEY:
        walk.says += f", key {walk.take(Key).key}"
    if flags & _SEQUENCE:
        walk.says += f", seq {walk.take(Sequence).sequence}"
    if kind is Pptp and flags & _ACKNOWLEDGMENT:
        walk.says += f", ack {walk.take(Acknowledgment).acknowledgment}"
    while flags & _ROUTING:
        with walk.under("gre.routing", "source route entry"):
            entry = walk.take(RouteEntry)
            if walk.at + entry.length > walk.stop:
                walk.rest("gre.routing.information", "addresses")
                raise CutError
            walk.rest("gre.routing.information", "addresses", walk.at + entry.length)
        if not entry.family and not entry.length:
            break
    if head.protocol == GreProtocol.WCCP and walk.lasts() and walk.bytes_here(1)[0] >> 4 != _IPV4:
        with walk.under("gre.wccp.redirect_header", "WCCP redirect header"):
            walk.take(Redirect)


def _verify(reading: Reading, at: int, stop: int) -> None:
    if reading.is_whole:
        reading.verify_sum(at + 4, at, stop)
    else:
        reading.checks.append(Check(at + 4, CheckStatus.UNVERIFIED))


def _behind(reading: Reading, head: Gre, at: int, stop: int) -> Step | None:
    """What stands behind the header; nothing in a keepalive or an acknowledgment."""
    if at >= stop:
        return None
    match head.protocol:
        case GreProtocol.TRANSPARENT_ETHERNET:
            return Step(Space.LINK, (LinkType.ETHERNET,), at, stop)
        case GreProtocol.PPP:
            return Step(Space.LINK, (LinkType.PPP,), at, stop)
        case GreProtocol.WCCP:
            return Step(Space.ETHERTYPE, (EtherType.IPV4,), at, stop)
        case GreProtocol.ERSPAN:
            return read_erspan2(reading, at, stop, has_header=bool(head.has_sequence))
        case GreProtocol.ERSPAN_III:
            return read_erspan3(reading, at, stop)
    return Step(Space.ETHERTYPE, (head.protocol,), at, stop)
