"""ICMPv6 messages for nodes that move, or are poor: Mobile IPv6, FMIPv6, SEND, ILNP, MPL and 6LoWPAN."""

from ipaddress import IPv6Address

from app.packet.dissection import Part, Placed
from app.packet.icmp.lowpan import RegistrationStatus
from app.packet.icmp.neighbour import NEIGHBOUR_OPTIONS
from app.packet.icmp.v4messages import Message
from app.packet.icmp.v6 import Icmpv6
from app.packet.layout import Group, Header, flag, header, ipv6_address, octets, unsigned
from app.packet.registry import Registry
from app.packet.shape import MOST_ELEMENTS, bytes_span, heading

TITLE = Icmpv6.LAYOUT.title
PREFIX_FLAGS = Group("icmpv6.mip6.flag", "flags")
INITIATE_FLAGS = Group("icmpv6.fmip6.hi.flag", "flags")


class HandoverSubtype(Registry):
    """https://www.iana.org/assignments/icmpv6-parameters (FMIPv6 Messages)"""

    ROUTER_SOLICITATION_FOR_PROXY_ADVERTISEMENT = 2
    PROXY_ROUTER_ADVERTISEMENT = 3
    HANDOVER_INITIATE = 4
    HANDOVER_ACKNOWLEDGE = 5


@header("icmpv6", TITLE, "RFC 6275, section 6.5")
class HomeAgentDiscovery(Icmpv6):
    """Home agent address discovery (144, 145) and mobile prefix solicitation (146)."""

    identifier: int = unsigned(16, name="icmpv6.mip6.identifier")
    reserved: bytes = octets(2, default=b"\0\0")


@header("icmpv6", "home agent", "RFC 6275, section 6.6")
class HomeAgent(Header):
    """A home agent's address."""

    address: IPv6Address = ipv6_address("home agent address", name="icmpv6.mip6.home_agent_address")


@header("icmpv6", TITLE, "RFC 6275, section 6.8")
class PrefixAdvertisement(Icmpv6):
    """Mobile prefix advertisement (147)."""

    identifier: int = unsigned(16, name="icmpv6.mip6.identifier")
    managed: int = flag("managed addresses", name="icmpv6.mip6.flag.m", group=PREFIX_FLAGS, default=0)
    other: int = flag("other configuration", name="icmpv6.mip6.flag.o", group=PREFIX_FLAGS, default=0)
    reserved: int = unsigned(14, name="icmpv6.mip6.flag.rsv", group=PREFIX_FLAGS, default=0)


@header("icmpv6", TITLE, "RFC 3971, section 6.4.1")
class PathSolicitation(Icmpv6):
    """Certification path solicitation (148); all ones ask for every component."""

    identifier: int = unsigned(16, name="icmpv6.send.identifier")
    component: int = unsigned(16, name="icmpv6.send.component")


@header("icmpv6", TITLE, "RFC 3971, section 6.4.2")
class PathAdvertisement(Icmpv6):
    """Certification path advertisement (149)."""

    identifier: int = unsigned(16, name="icmpv6.send.identifier")
    components: int = unsigned(16, "all components", name="icmpv6.send.all_components")
    component: int = unsigned(16, name="icmpv6.send.component")
    reserved: bytes = octets(2, default=b"\0\0")


@header("icmpv6", TITLE, "RFC 5568, section 6.1")
class Handover(Icmpv6):
    """Fast handovers (154): proxy advertisements and what asks for them."""

    kind: int = unsigned(8, "subtype", name="icmpv6.fmip6.subtype", registry=HandoverSubtype)
    reserved: bytes = octets(1, default=b"\0")
    identifier: int = unsigned(16, name="icmpv6.fmip6.identifier")


@header("icmpv6", TITLE, "RFC 5268, section 6.2.1")
class HandoverInitiate(Icmpv6):
    """Fast handovers (154): a router tells the next."""

    kind: int = unsigned(8, "subtype", name="icmpv6.fmip6.subtype", registry=HandoverSubtype)
    assigned: int = flag("assigned address configuration", name="icmpv6.fmip6.hi.flag.s", group=INITIATE_FLAGS)
    buffer: int = flag("buffer", name="icmpv6.fmip6.hi.flag.a", group=INITIATE_FLAGS)
    reserved: int = unsigned(6, name="icmpv6.fmip6.hi.flag.reserved", group=INITIATE_FLAGS, default=0)
    identifier: int = unsigned(16, name="icmpv6.fmip6.identifier")


@header("icmpv6", TITLE, "RFC 6743, section 3")
class LocatorUpdate(Icmpv6):
    """ILNPv6 locator update (156)."""

    count: int = unsigned(8, "number of locators", name="icmpv6.ilnp.nb_locs")
    operation: bytes = octets(1, name="reserved", default=b"\0")
    reserved: bytes = octets(2, default=b"\0\0")


@header("icmpv6.ilnp", "locator", "RFC 6743, section 3")
class Locator(Header):
    """A locator of the sender."""

    locator: int = unsigned(64, name="nb_locator", style="hex")
    preference: int = unsigned(16, name="nb_preference")
    lifetime: int = unsigned(16, name="nb_lifetime", unit="s")


@header("icmpv6", TITLE, "RFC 6775, section 4.4; RFC 8505, section 4.2")
class DuplicateAddress(Icmpv6):
    """Duplicate address request (157) and confirmation (158)."""

    status: int = unsigned(8, name="icmpv6.6lowpannd.da.status", registry=RegistrationStatus)
    reserved: int = unsigned(8, name="icmpv6.6lowpannd.da.rsv", default=0)
    lifetime: int = unsigned(16, "registration lifetime", name="icmpv6.6lowpannd.da.lifetime", unit="min")


@header("icmpv6.6lowpannd.da", "registered address", "RFC 6775, section 4.4")
class RegisteredAddress(Header):
    """The address that is asked about."""

    address: IPv6Address = ipv6_address("registered address", name="reg_addr")


@header("icmpv6.mpl.seed_info", "seed info", "RFC 7731, section 6.2")
class SeedInformation(Header):
    """What the sender has of one seed's messages; the seed's identifier and a bitmap follow."""

    least: int = unsigned(8, "minimum sequence", name="min_sequence")
    bitmap_length: int = unsigned(6, "buffered messages length", name="bm_len", unit="bytes")
    seed_length: int = unsigned(2, "seed identifier length", name="s")


_SEED_SIZES = {0: 0, 1: 2, 2: 8, 3: 16}


def _seeds(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    parts: list[Part] = []
    while at + 2 <= stop and len(parts) < MOST_ELEMENTS:
        head = SeedInformation.decode(data, at)
        inner: list[Part] = [Placed(head, at, at + 2)]
        seed_end = min(stop, at + 2 + _SEED_SIZES[head.seed_length])
        if at + 2 < seed_end:
            inner.append(bytes_span("icmpv6.mpl.seed_info.seed_id", "seed identifier", data, at + 2, seed_end))
        end = min(stop, seed_end + head.bitmap_length)
        if seed_end < end:
            inner.append(bytes_span("icmpv6.mpl.seed_info.sequence", "buffered messages", data, seed_end, end))
        parts.append(heading("icmpv6.mpl.seed_info", "seed", at, end, inner, inner[:1]))
        at = end
    if at < stop:
        parts.append(bytes_span("icmpv6.unknown_data", "data", data, at, stop))
    return tuple(parts)


def _registered(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    """The owner's identifier, 64 bits or as many as the code's suffix says, and the address (RFC 8505, section 4.2)."""
    size = 8 * ((data[at - 7] & 15) or 1)
    end = min(stop, at + size)
    parts: list[Part] = [bytes_span("icmpv6.6lowpannd.da.eui64", "owner's identifier", data, at, end)]
    if end + 16 <= stop:
        parts.append(Placed(RegisteredAddress.decode(data, end), end, end + 16))
        end += 16
    if end < stop:
        parts.append(bytes_span("icmpv6.unknown_data", "data", data, end, stop))
    return tuple(parts)


def handover_message(data: bytes, at: int, stop: int) -> Message:
    """How the FMIPv6 message at `at` is read, by its subtype."""
    kind = data[at + 4] if at + 4 < stop else 0
    return Message(
        HandoverInitiate if kind == HandoverSubtype.HANDOVER_INITIATE else Handover, options=NEIGHBOUR_OPTIONS
    )


HOME_AGENT_REQUEST = Message(HomeAgentDiscovery)
HOME_AGENT_REPLY = Message(HomeAgentDiscovery, each=HomeAgent)
PREFIX_SOLICITATION = Message(HomeAgentDiscovery, options=NEIGHBOUR_OPTIONS)
PREFIX_ADVERTISEMENT = Message(PrefixAdvertisement, options=NEIGHBOUR_OPTIONS)
PATH_SOLICITATION = Message(PathSolicitation, options=NEIGHBOUR_OPTIONS)
PATH_ADVERTISEMENT = Message(PathAdvertisement, options=NEIGHBOUR_OPTIONS)
LOCATOR_UPDATE = Message(LocatorUpdate, each=Locator)
DUPLICATE_ADDRESS = Message(DuplicateAddress, tail=_registered)
MPL_CONTROL = Message(Icmpv6, tail=_seeds)
