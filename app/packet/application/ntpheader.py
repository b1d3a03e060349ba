"""The header of NTP and how its numbers are said (RFC 5905, section 7.3)."""

from ipaddress import IPv4Address

from app.packet.application.pieces import moment
from app.packet.layout import Group, Header, header, octets, unsigned
from app.packet.registry import Registry
from app.packet.text import safe_bytes

FLAGS = Group("ntp.flags", "flags")
#: Seconds from 1900, where NTP counts from, to 1970, and those of an era (RFC 5905, section 6).
TO_1970 = 2_208_988_800
ERA = 1 << 32


class LeapIndicator(Registry):
    """RFC 5905, section 7.3, figure 9."""

    NO_WARNING = 0
    LAST_MINUTE_HAS_61_SECONDS = 1
    LAST_MINUTE_HAS_59_SECONDS = 2
    NOT_SYNCHRONIZED = 3


class Mode(Registry):
    """RFC 5905, section 7.3, figure 10."""

    RESERVED = 0
    SYMMETRIC_ACTIVE = 1
    SYMMETRIC_PASSIVE = 2
    CLIENT = 3
    SERVER = 4
    BROADCAST = 5
    CONTROL = 6
    PRIVATE = 7


class ExtensionType(Registry):
    """https://www.iana.org/assignments/ntp-parameters (NTP Extension Field Types)"""

    UNIQUE_IDENTIFIER = 0x0104
    NTS_COOKIE = 0x0204
    NTS_COOKIE_PLACEHOLDER = 0x0304
    NTS_AUTHENTICATOR = 0x0404
    NO_OPERATION_REQUEST = 0x0002
    ASSOCIATION_MESSAGE_REQUEST = 0x0102
    CERTIFICATE_MESSAGE_REQUEST = 0x0202
    COOKIE_MESSAGE_REQUEST = 0x0302
    AUTOKEY_MESSAGE_REQUEST = 0x0402
    LEAPSECONDS_MESSAGE_REQUEST = 0x0502
    SIGN_MESSAGE_REQUEST = 0x0602
    UDP_CHECKSUM_COMPLEMENT = 0x2005


def power(exponent: int) -> str:
    """A power of two in seconds; the exponent is a signed byte."""
    signed = exponent - 256 if exponent > 127 else exponent
    if 0 <= signed < 32:
        return f"{signed}  {1 << signed} s"
    return f"{signed}  {2.0**signed:.3g} s"


def short_time(value: int) -> str:
    """The short format: seconds and their 65536th parts."""
    return f"{value / 65536:.6f} s"


def timestamp(value: int) -> str:
    """The timestamp format: seconds since 1900 and their 2^32nd parts; zero says nothing.

    Seconds below 2^31 are those after 2036 (RFC 4330, section 3).
    """
    if value == 0:
        return "none"
    seconds, fraction = value >> 32, value & 0xFFFFFFFF
    since_1970 = seconds - TO_1970 + (0 if seconds >> 31 else ERA)
    date = moment(since_1970).removesuffix(" UTC")
    return f"{date}.{fraction * 10**9 >> 32:09d} UTC"


def _source(head: "Ntp") -> str:
    """What the reference identifier means at this stratum (RFC 5905, section 7.3 and figure 13)."""
    if head.stratum < 2:
        return safe_bytes(head.reference.rstrip(b"\0"))
    return str(IPv4Address(head.reference))


@header("ntp", "NTP", "RFC 5905, section 7.3")
class Ntp(Header):
    """The header of time messages."""

    leap: int = unsigned(2, "leap indicator", name="ntp.flags.li", registry=LeapIndicator, group=FLAGS, default=0)
    version: int = unsigned(3, name="ntp.flags.vn", group=FLAGS, default=4)
    mode: int = unsigned(3, name="ntp.flags.mode", registry=Mode, group=FLAGS, default=Mode.CLIENT)
    stratum: int = unsigned(8, default=0)
    poll: int = unsigned(8, "poll interval", name="ppoll", words=power, default=0)
    precision: int = unsigned(8, words=power, default=0)
    root_delay: int = unsigned(32, name="rootdelay", words=short_time, default=0)
    root_dispersion: int = unsigned(32, name="rootdispersion", words=short_time, default=0)
    reference: bytes = octets(4, "reference identifier", name="refid", remark=_source, default=bytes(4))
    reference_time: int = unsigned(64, "reference timestamp", name="reftime", words=timestamp, default=0)
    origin: int = unsigned(64, "origin timestamp", name="org", words=timestamp, default=0)
    received: int = unsigned(64, "receive timestamp", name="rec", words=timestamp, default=0)
    transmitted: int = unsigned(64, "transmit timestamp", name="xmt", words=timestamp, default=0)
