"""Mobile IP's extensions of router advertisements and solicitations (RFC 5944, section 2.1; RFC 4721, section 2)."""

from ipaddress import IPv4Address

from app.packet.dissection import Part
from app.packet.layout import Group, Header, flag, header, ipv4_address, unsigned
from app.packet.registry import Registry
from app.packet.shape import OptionTable, Shape, read_options

FLAGS = Group("icmp.mip.flags", "flags")


class ExtensionType(Registry):
    """https://www.iana.org/assignments/mobileip-numbers (Extensions in ICMP Router Discovery Messages)"""

    ONE_BYTE_PADDING = 0
    MOBILITY_AGENT_ADVERTISEMENT = 16
    PREFIX_LENGTHS = 19
    FOREIGN_AGENT_CHALLENGE = 24
    MOBILE_NETWORK_EXTENSION = 148


@header("icmp.mip", "extension", "RFC 5944, section 1.11")
class ExtensionKind(Header):
    """The type of an extension."""

    type: int = unsigned(8, registry=ExtensionType)


@header("icmp.mip", "extension", "RFC 5944, section 1.11")
class Extension(ExtensionKind):
    """Every extension but padding; the length does not count these two bytes."""

    length: int = unsigned(8, unit="bytes")


@header("icmp.mip", "mobility agent advertisement", "RFC 5944, section 2.1.1")
class AgentAdvertisement(Extension):
    """What the agent does; care-of addresses follow."""

    sequence: int = unsigned(16, "sequence number", name="seq")
    lifetime: int = unsigned(16, "registration lifetime", name="life", unit="s")
    registration: int = flag("registration required", name="r", group=FLAGS, default=0)
    busy: int = flag("busy", name="b", group=FLAGS, default=0)
    home: int = flag("home agent", name="h", group=FLAGS, default=0)
    foreign: int = flag("foreign agent", name="f", group=FLAGS, default=0)
    minimal: int = flag("minimal encapsulation", name="m", group=FLAGS, default=0)
    gre: int = flag("GRE encapsulation", name="g", group=FLAGS, default=0)
    compression: int = flag("Van Jacobson compression", name="v", group=FLAGS, default=0)
    reverse: int = flag("reverse tunnelling", name="rt", group=FLAGS, default=0)
    udp: int = flag("UDP tunnelling", name="u", group=FLAGS, default=0)
    revocation: int = flag("revocation", name="x", group=FLAGS, default=0)
    reserved: int = unsigned(6, group=FLAGS, default=0)


@header("icmp.mip", "care-of address", "RFC 5944, section 2.1.1")
class CareOfAddress(Header):
    """An address that the agent gives."""

    address: IPv4Address = ipv4_address("care-of address", name="coa")


@header("icmp.mip", "prefix length", "RFC 5944, section 2.1.2")
class PrefixLength(Header):
    """How long the prefix of one advertised router is."""

    length: int = unsigned(8, "prefix length", name="prefixlength", unit="bits")


AGENT_EXTENSIONS = OptionTable(
    kinds={
        ExtensionType.ONE_BYTE_PADDING: Shape("icmp.mip.extension", "padding", ExtensionKind),
        ExtensionType.MOBILITY_AGENT_ADVERTISEMENT: Shape(
            "icmp.mip.extension", "mobility agent advertisement", AgentAdvertisement, each=CareOfAddress
        ),
        ExtensionType.PREFIX_LENGTHS: Shape("icmp.mip.extension", "prefix lengths", Extension, each=PrefixLength),
        ExtensionType.FOREIGN_AGENT_CHALLENGE: Shape(
            "icmp.mip.extension", "challenge", Extension, rest="icmp.mip.challenge"
        ),
    },
    unknown=Shape("icmp.mip.extension", "extension", Extension, rest="icmp.mip.content"),
    added=2,
    single=frozenset((0,)),
)


def agent_extensions(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    """The extensions within [at, stop)."""
    parts, _ = read_options(AGENT_EXTENSIONS, data, at, stop)
    return tuple(parts)
