"""What IGMP messages look like: versions 0 (RFC 988) to 3 (RFC 3376), router discovery, and extensions (RFC 9279)."""

from ipaddress import IPv4Address

from app.packet.layout import Group, Header, flag, header, ipv4_address, octets, unsigned
from app.packet.registry import Registry

TITLE = "IGMP"
REPORT_FLAGS = Group("igmp.reserved", "flags")
RESPONSE_CODE = Group("igmp.max_resp", "maximum response code", "decimal")


class IgmpType(Registry):
    """https://www.iana.org/assignments/igmp-type-numbers"""

    CREATE_GROUP_REQUEST = 0x01
    CREATE_GROUP_REPLY = 0x02
    JOIN_GROUP_REQUEST = 0x03
    JOIN_GROUP_REPLY = 0x04
    LEAVE_GROUP_REQUEST = 0x05
    LEAVE_GROUP_REPLY = 0x06
    CONFIRM_GROUP_REQUEST = 0x07
    CONFIRM_GROUP_REPLY = 0x08
    MEMBERSHIP_QUERY = 0x11
    V1_MEMBERSHIP_REPORT = 0x12
    DVMRP = 0x13
    PIM_VERSION_1 = 0x14
    CISCO_TRACE_MESSAGES = 0x15
    V2_MEMBERSHIP_REPORT = 0x16
    V2_LEAVE_GROUP = 0x17
    MULTICAST_TRACEROUTE_RESPONSE = 0x1E
    MULTICAST_TRACEROUTE = 0x1F
    V3_MEMBERSHIP_REPORT = 0x22
    MULTICAST_ROUTER_ADVERTISEMENT = 0x30
    MULTICAST_ROUTER_SOLICITATION = 0x31
    MULTICAST_ROUTER_TERMINATION = 0x32


class RecordType(Registry):
    """RFC 3376, section 4.2.12."""

    MODE_IS_INCLUDE = 1
    MODE_IS_EXCLUDE = 2
    CHANGE_TO_INCLUDE_MODE = 3
    CHANGE_TO_EXCLUDE_MODE = 4
    ALLOW_NEW_SOURCES = 5
    BLOCK_OLD_SOURCES = 6


class GroupType(Registry):
    """RFC 988, appendix I: the code of a create group request."""

    PUBLIC = 0
    PRIVATE = 1


class ReplyCode(Registry):
    """RFC 988, appendix I: the code of a reply; higher values are seconds until a retry."""

    REQUEST_GRANTED = 0
    NO_RESOURCES = 1
    INVALID_CODE = 2
    INVALID_GROUP_ADDRESS = 3
    INVALID_ACCESS_KEY = 4


class ExtensionType(Registry):
    """https://www.iana.org/assignments/igmp-type-numbers (IGMP/MLD Extension Types)"""

    NO_OPERATION = 0


def floating(code: int) -> int:
    """What a code of 8 bits stands for: itself below 128, else a floating point (RFC 3376, section 4.1.1)."""
    return code if code < 128 else (code & 0x0F | 0x10) << ((code >> 4 & 0x07) + 3)


def tenths(units: int) -> str:
    """Tenths of a second in seconds."""
    return f"{units // 10} s" if units % 10 == 0 else f"{units / 10:.1f} s"


def _response(code: int) -> str:
    return f"{code}  {tenths(code)}"


def _interval(code: int) -> str:
    return f"{code}  {floating(code)} s"


@header("igmp", TITLE, "RFC 3376, section 4")
class Igmp(Header):
    """What every IGMP message starts with."""

    type: int = unsigned(8, style="hex", registry=IgmpType)


@header("igmp", TITLE, "RFC 1112, appendix I")
class MembershipV1(Igmp):
    """Query (0x11) and report (0x12) of version 1."""

    reserved: bytes = octets(1, default=b"\0")
    checksum: int = unsigned(16, style="hex", default=0)
    group: IPv4Address = ipv4_address("group address", name="igmp.maddr", default=IPv4Address(0))


@header("igmp", TITLE, "RFC 2236, section 2")
class MembershipV2(Igmp):
    """Query (0x11), report (0x16) and leave (0x17) of version 2."""

    response: int = unsigned(8, "maximum response time", name="igmp.max_resp", words=_response, default=0)
    checksum: int = unsigned(16, style="hex", default=0)
    group: IPv4Address = ipv4_address("group address", name="igmp.maddr", default=IPv4Address(0))


@header("igmp", TITLE, "RFC 3376, section 4.1; RFC 9279, section 3.1")
class QueryV3(MembershipV2):
    """Query (0x11) of version 3, with a response code below 128; sources follow."""

    has_extensions: int = flag("extensions", name="igmp.e", default=0)
    reserved: int = unsigned(3, name="igmp.resv", default=0)
    suppress: int = flag("suppress router processing", name="igmp.s", default=0)
    robustness: int = unsigned(3, "querier's robustness", name="igmp.qrv", default=0)
    interval: int = unsigned(8, "querier's query interval code", name="igmp.qqic", words=_interval, default=0)
    count: int = unsigned(16, "number of sources", name="igmp.num_src", default=0)


def _long_response(query: "LongQueryV3") -> str:
    return tenths(floating(0x80 | query.exponent << 4 | query.mantissa))


@header("igmp", TITLE, "RFC 3376, section 4.1.1; RFC 9279, section 3.1")
class LongQueryV3(Igmp):
    """The same with a response code of 128 or more, which is a floating point: (mantissa | 0x10) << (exponent + 3)."""

    is_floating: int = unsigned(1, "floating point", name="igmp.max_resp.float", group=RESPONSE_CODE, default=1)
    exponent: int = unsigned(3, name="igmp.max_resp.exp", group=RESPONSE_CODE, default=0)
    mantissa: int = unsigned(4, name="igmp.max_resp.mant", group=RESPONSE_CODE, remark=_long_response, default=0)
    checksum: int = unsigned(16, style="hex", default=0)
    group: IPv4Address = ipv4_address("group address", name="igmp.maddr", default=IPv4Address(0))
    has_extensions: int = flag("extensions", name="igmp.e", default=0)
    reserved: int = unsigned(3, name="igmp.resv", default=0)
    suppress: int = flag("suppress router processing", name="igmp.s", default=0)
    robustness: int = unsigned(3, "querier's robustness", name="igmp.qrv", default=0)
    interval: int = unsigned(8, "querier's query interval code", name="igmp.qqic", words=_interval, default=0)
    count: int = unsigned(16, "number of sources", name="igmp.num_src", default=0)

    @property
    def response(self) -> int:
        """The response code as the other query has it."""
        return self.is_floating << 7 | self.exponent << 4 | self.mantissa


@header("igmp", TITLE, "RFC 3376, section 4.2; RFC 9279, section 3.2")
class ReportV3(Igmp):
    """Report (0x22) of version 3; group records follow."""

    reserved: bytes = octets(1, default=b"\0")
    checksum: int = unsigned(16, style="hex", default=0)
    has_extensions: int = flag("extensions", name="igmp.e", group=REPORT_FLAGS, default=0)
    reserved_flags: int = unsigned(15, "reserved", name="igmp.resv", style="hex", group=REPORT_FLAGS, default=0)
    count: int = unsigned(16, "number of group records", name="igmp.num_grp_recs", default=0)


@header("igmp", "group record", "RFC 3376, section 4.2.4")
class GroupRecord(Header):
    """What a host wants of one group; sources and auxiliary words follow."""

    type: int = unsigned(8, "record type", name="igmp.record_type", registry=RecordType)
    auxiliary: int = unsigned(8, "auxiliary data length", name="igmp.aux_data_len", unit="words", default=0)
    count: int = unsigned(16, "number of sources", name="igmp.num_src", default=0)
    group: IPv4Address = ipv4_address("group address", name="igmp.maddr")


@header("igmp", "source", "RFC 3376, section 4.1.9")
class Source(Header):
    """A source of a query or a record."""

    address: IPv4Address = ipv4_address("source address", name="igmp.saddr")


@header("igmp.extension", "extension", "RFC 9279, section 3")
class Extension(Header):
    """What stands in front of an extension's value."""

    type: int = unsigned(16, registry=ExtensionType)
    length: int = unsigned(16, unit="bytes", default=0)


@header("igmp", TITLE, "RFC 988, appendix I")
class CreateGroup(Igmp):
    """Create group request (1) of version 0."""

    group_type: int = unsigned(8, "type of group", registry=GroupType, default=0)
    checksum: int = unsigned(16, style="hex", default=0)
    identifier: int = unsigned(32, default=0)
    group: IPv4Address = ipv4_address("group address", name="igmp.maddr", default=IPv4Address(0))
    key: bytes = octets(8, "access key", name="igmp.access_key", default=bytes(8))


@header("igmp", TITLE, "RFC 988, appendix I")
class GroupReply(Igmp):
    """The replies of version 0 (2, 4, 6 and 8)."""

    reply: int = unsigned(8, registry=ReplyCode, default=0)
    checksum: int = unsigned(16, style="hex", default=0)
    identifier: int = unsigned(32, default=0)
    group: IPv4Address = ipv4_address("group address", name="igmp.maddr", default=IPv4Address(0))
    key: bytes = octets(8, "access key", name="igmp.access_key", default=bytes(8))


@header("igmp", TITLE, "RFC 988, appendix I")
class GroupRequest(Igmp):
    """The other requests of version 0 (3, 5 and 7)."""

    reserved: bytes = octets(1, default=b"\0")
    checksum: int = unsigned(16, style="hex", default=0)
    identifier: int = unsigned(32, default=0)
    group: IPv4Address = ipv4_address("group address", name="igmp.maddr", default=IPv4Address(0))
    key: bytes = octets(8, "access key", name="igmp.access_key", default=bytes(8))


@header("mrdisc", "router discovery", "RFC 4286, section 3")
class RouterAdvertisement(Header):
    """What follows the type of a multicast router advertisement (0x30)."""

    interval: int = unsigned(8, "advertisement interval", name="mrdisc.adv_int", unit="s", default=0)
    checksum: int = unsigned(16, style="hex", default=0)
    query_interval: int = unsigned(16, "query interval", name="mrdisc.query_int", unit="s", default=0)
    robustness: int = unsigned(16, "robustness variable", name="mrdisc.rob_var", default=0)


@header("mrdisc", "router discovery", "RFC 4286, sections 4 and 5")
class RouterSolicitation(Header):
    """What follows the type of a multicast router solicitation (0x31) or termination (0x32)."""

    reserved: bytes = octets(1, default=b"\0")
    checksum: int = unsigned(16, style="hex", default=0)


@header("igmp", "message", "RFC 2236, section 2")
class Unread(Header):
    """What follows the type of messages that are not read here: their code and checksum."""

    code: int = unsigned(8, default=0)
    checksum: int = unsigned(16, style="hex", default=0)
