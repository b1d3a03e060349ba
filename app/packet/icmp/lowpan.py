"""Neighbour Discovery's options for low-power networks: 6LoWPAN (RFC 6775, 8505, 8928)."""

from ipaddress import IPv6Address

from app.packet.dissection import Part, stretch
from app.packet.icmp.neighbouroption import Option, OptionType, shaped
from app.packet.layout import Group, flag, header, ipv6_address, octets, unsigned
from app.packet.registry import Registry
from app.packet.shape import Choice, Shape

CONTEXT_FLAGS = Group("icmpv6.opt.6co.flag", "flags")


class RegistrationStatus(Registry):
    """https://www.iana.org/assignments/icmpv6-parameters (Address Registration Option Status Values)"""

    SUCCESS = 0
    DUPLICATE_ADDRESS = 1
    NEIGHBOR_CACHE_FULL = 2
    MOVED = 3
    REMOVED = 4
    VALIDATION_REQUESTED = 5
    DUPLICATE_SOURCE_ADDRESS = 6
    INVALID_SOURCE_ADDRESS = 7
    REGISTERED_ADDRESS_TOPOLOGICALLY_INCORRECT = 8
    SIXLOWPAN_BORDER_ROUTER_REGISTRY_SATURATED = 9
    VALIDATION_FAILED = 10


@header("icmpv6.opt", "address registration", "RFC 6775, section 4.1")
class RegistrationOption(Option):
    """Registers an address with a 6LoWPAN router."""

    status: int = unsigned(8, name="icmpv6.opt.aro.status", registry=RegistrationStatus)
    reserved: bytes = octets(3, default=bytes(3))
    lifetime: int = unsigned(16, "registration lifetime", name="icmpv6.opt.aro.registration_lifetime", unit="min")
    eui: bytes = octets(8, "EUI-64", name="icmpv6.opt.aro.eui64")


@header("icmpv6.opt", "6LoWPAN context", "RFC 6775, section 4.2")
class ContextOption(Option):
    """A prefix that headers may be compressed with; as much of it as was worth sending follows."""

    context_length: int = unsigned(8, name="icmpv6.opt.6co.context_length", unit="bits")
    reserved: int = unsigned(3, name="icmpv6.opt.6co.flag.reserved", group=CONTEXT_FLAGS, default=0)
    compression: int = flag("compression", name="icmpv6.opt.6co.flag.c", group=CONTEXT_FLAGS, default=0)
    context: int = unsigned(4, "context identifier", name="icmpv6.opt.6co.flag.cid", group=CONTEXT_FLAGS, default=0)
    reserved_end: bytes = octets(2, "reserved", name="reserved", default=b"\0\0")
    lifetime: int = unsigned(16, "valid lifetime", name="icmpv6.opt.6co.valid_lifetime", unit="min")


@header("icmpv6.opt", "authoritative border router", "RFC 6775, section 4.3")
class BorderRouterOption(Option):
    """Which router the prefixes and contexts come from, and how new they are."""

    version_low: int = unsigned(16, name="icmpv6.opt.abro.version_low")
    version_high: int = unsigned(16, name="icmpv6.opt.abro.version_high")
    lifetime: int = unsigned(16, "valid lifetime", name="icmpv6.opt.abro.valid_lifetime", unit="min")
    address: IPv6Address = ipv6_address("border router", name="icmpv6.opt.abro.6lbr_address")


@header("icmpv6.opt", "6LoWPAN capability indication", "RFC 7400, section 3.4")
class CapabilityOption(Option):
    """Whether generic header compression is understood."""

    unassigned: int = unsigned(15, name="icmpv6.opt.6cio.unassigned1", style="hex", default=0)
    compression: int = flag("generic header compression", name="icmpv6.opt.6cio.flag_g", default=0)
    unassigned_end: int = unsigned(32, "unassigned", name="icmpv6.opt.6cio.unassigned2", style="hex", default=0)


def _context(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    prefix = IPv6Address(data[at : min(stop, at + 16)].ljust(16, b"\0"))
    return (stretch("icmpv6.opt.6co.context_prefix", "context prefix", at, stop, str(prefix), value=prefix),)


LOWPAN_OPTIONS: dict[int, Choice] = {
    OptionType.ADDRESS_REGISTRATION: shaped("address registration", RegistrationOption, "icmpv6.unknown_data"),
    OptionType.SIXLOWPAN_CONTEXT: Shape("icmpv6.opt", "6LoWPAN context", ContextOption, tail=_context),
    OptionType.AUTHORITATIVE_BORDER_ROUTER: shaped("authoritative border router", BorderRouterOption),
    OptionType.SIXLOWPAN_CAPABILITY_INDICATION: shaped("6LoWPAN capability indication", CapabilityOption),
}
