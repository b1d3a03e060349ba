"""The options of TCP (RFC 9293, section 3.2, and those that came later), as IANA registers them.

https://www.iana.org/assignments/tcp-parameters
"""

from app.packet.layout import Header, flag, header, octets, unsigned
from app.packet.registry import Registry
from app.packet.shape import OptionTable, Shape


class OptionKind(Registry):
    """https://www.iana.org/assignments/tcp-parameters (TCP Option Kind Numbers)"""

    END_OF_OPTION_LIST = 0
    NO_OPERATION = 1
    MAXIMUM_SEGMENT_SIZE = 2
    WINDOW_SCALE = 3
    SACK_PERMITTED = 4
    SACK = 5
    ECHO = 6
    ECHO_REPLY = 7
    TIMESTAMPS = 8
    PARTIAL_ORDER_CONNECTION_PERMITTED = 9
    PARTIAL_ORDER_SERVICE_PROFILE = 10
    CC = 11
    CC_NEW = 12
    CC_ECHO = 13
    ALTERNATE_CHECKSUM_REQUEST = 14
    ALTERNATE_CHECKSUM_DATA = 15
    SKEETER = 16
    BUBBA = 17
    TRAILER_CHECKSUM = 18
    MD5_SIGNATURE = 19
    SCPS_CAPABILITIES = 20
    SELECTIVE_NEGATIVE_ACKNOWLEDGEMENTS = 21
    RECORD_BOUNDARIES = 22
    CORRUPTION_EXPERIENCED = 23
    SNAP = 24
    TCP_COMPRESSION_FILTER = 26
    QUICK_START_RESPONSE = 27
    USER_TIMEOUT = 28
    TCP_AUTHENTICATION = 29
    MULTIPATH_TCP = 30
    TCP_FAST_OPEN_COOKIE = 34
    ENCRYPTION_NEGOTIATION = 69
    ACCURATE_ECN_ORDER_0 = 172
    ACCURATE_ECN_ORDER_1 = 174
    EXPERIMENT_1 = 253
    EXPERIMENT_2 = 254


class MultipathSubtype(Registry):
    """https://www.iana.org/assignments/tcp-parameters (MPTCP Option Subtypes)"""

    MP_CAPABLE = 0
    MP_JOIN = 1
    DSS = 2
    ADD_ADDR = 3
    REMOVE_ADDR = 4
    MP_PRIO = 5
    MP_FAIL = 6
    MP_FASTCLOSE = 7
    MP_TCPRST = 8


@header("tcp.options", "option", "RFC 9293, section 3.2")
class OneByteOption(Header):
    """End of options (0) and no operation (1)."""

    kind: int = unsigned(8, name="tcp.option_kind", registry=OptionKind)


@header("tcp.options", "option", "RFC 9293, section 3.2")
class Option(OneByteOption):
    """What every other option starts with; the length counts these two bytes."""

    length: int = unsigned(8, name="tcp.option_len", unit="bytes", default=2)


@header("tcp.options", "maximum segment size", "RFC 9293, section 3.7.1")
class SegmentSizeOption(Option):
    """The largest segment that the sender is willing to receive."""

    size: int = unsigned(16, "MSS", name="tcp.options.mss_val", unit="bytes")


@header("tcp.options", "window scale", "RFC 7323, section 2.2")
class WindowScaleOption(Option):
    """How many bits the window is to be shifted by."""

    shift: int = unsigned(8, name="tcp.options.wscale.shift")


@header("tcp.options", "SACK block", "RFC 2018, section 3")
class SackBlock(Header):
    """Bytes [left, right) that were received."""

    left: int = unsigned(32, "left edge", name="tcp.options.sack_le")
    right: int = unsigned(32, "right edge", name="tcp.options.sack_re")


@header("tcp.options", "timestamps", "RFC 7323, section 3.2")
class TimestampsOption(Option):
    """The sender's clock and the last clock it heard."""

    value: int = unsigned(32, name="tcp.options.timestamp.tsval")
    echo: int = unsigned(32, "echo reply", name="tcp.options.timestamp.tsecr")


@header("tcp.options", "echo", "RFC 1072, section 3")
class EchoOption(Option):
    """Echo (6) and its reply (7); obsolete (RFC 6247)."""

    value: int = unsigned(32, name="tcp.options.echo_value")


@header("tcp.options", "connection count", "RFC 1644, section 3.1")
class ConnectionCountOption(Option):
    """T/TCP; obsolete (RFC 6247)."""

    value: int = unsigned(32, name="tcp.options.cc_value")


@header("tcp.options", "quick-start response", "RFC 4782, section 4.1")
class QuickStartOption(Option):
    """The rate that routers granted."""

    reserved: int = unsigned(4, default=0)
    rate: int = unsigned(4, name="tcp.options.qs.rate")
    ttl_difference: int = unsigned(8, name="tcp.options.qs.ttl_diff")
    nonce: int = unsigned(30, style="hex")
    reserved_end: int = unsigned(2, "reserved", default=0)


@header("tcp.options", "user timeout", "RFC 5482, section 3")
class UserTimeoutOption(Option):
    """How long data may stay unacknowledged; in minutes where the granularity is set."""

    granularity: int = flag("granularity in minutes", name="tcp.options.user_to_granularity")
    timeout: int = unsigned(15, name="tcp.options.user_to_val")


@header("tcp.options", "TCP authentication", "RFC 5925, section 2.2")
class AuthenticationOption(Option):
    """Which keys are used; the message authentication code follows."""

    key: int = unsigned(8, "key identifier", name="tcp.options.ao.keyid")
    next_key: int = unsigned(8, "next key wanted", name="tcp.options.ao.rnextkeyid")


@header("tcp.options", "multipath TCP", "RFC 8684, section 3")
class MultipathOption(Option):
    """The subtype and the four bits behind it, whose meaning it decides."""

    subtype: int = unsigned(4, name="tcp.options.mptcp.subtype", registry=MultipathSubtype)
    flags: int = unsigned(4, name="tcp.options.mptcp.version", style="hex")


@header("tcp.options", "experiment", "RFC 6994, section 2")
class ExperimentOption(Option):
    """An experiment and its identifier."""

    identifier: int = unsigned(16, "experiment identifier", name="tcp.options.experimental.exid", style="hex")


@header("tcp.options", "counter", "RFC 9768, section 3.2.3")
class ByteCounter(Header):
    """One of up to three counters of bytes, 24 bits each."""

    count: bytes = octets(3, "bytes", name="tcp.options.acc_ecn.counter")


def _plain(name: str, title: str, rest: str = "tcp.options.unknown.payload") -> Shape:
    return Shape(name, title, Option, rest=rest)


_EXPERIMENT = Shape("tcp.options.experimental", "experiment", ExperimentOption, rest="tcp.options.experimental.data")
_ACCURATE_ECN = Shape("tcp.options.acc_ecn", "accurate ECN", Option, each=ByteCounter)
_CONNECTION_COUNT = Shape("tcp.options.cc", "connection count", ConnectionCountOption)

TCP_OPTIONS = OptionTable(
    kinds={
        0: Shape("tcp.options.eol", "end of options", OneByteOption),
        1: Shape("tcp.options.nop", "no operation", OneByteOption),
        2: Shape("tcp.options.mss", "maximum segment size", SegmentSizeOption),
        3: Shape("tcp.options.wscale", "window scale", WindowScaleOption),
        4: _plain("tcp.options.sack_perm", "SACK permitted"),
        5: Shape("tcp.options.sack", "SACK", Option, each=SackBlock),
        6: Shape("tcp.options.echo", "echo", EchoOption),
        7: Shape("tcp.options.echoreply", "echo reply", EchoOption),
        8: Shape("tcp.options.timestamp", "timestamps", TimestampsOption),
        9: _plain("tcp.options.poc_permitted", "partial order connection permitted"),
        10: _plain("tcp.options.poc_profile", "partial order service profile"),
        11: _CONNECTION_COUNT,
        12: _CONNECTION_COUNT,
        13: _CONNECTION_COUNT,
        14: _plain("tcp.options.alternate_checksum", "alternate checksum request"),
        15: _plain("tcp.options.alternate_checksum", "alternate checksum data"),
        19: _plain("tcp.options.md5", "MD5 signature", "tcp.options.md5.digest"),
        20: _plain("tcp.options.scps", "SCPS capabilities", "tcp.options.scps.vector"),
        21: _plain("tcp.options.snack", "selective negative acknowledgements"),
        22: _plain("tcp.options.scpsrec", "record boundaries"),
        23: _plain("tcp.options.scpscor", "corruption experienced"),
        27: Shape("tcp.options.qs", "quick-start response", QuickStartOption),
        28: Shape("tcp.options.user_to", "user timeout", UserTimeoutOption),
        29: Shape("tcp.options.ao", "TCP authentication", AuthenticationOption, rest="tcp.options.ao.mac"),
        30: Shape("tcp.options.mptcp", "multipath TCP", MultipathOption, rest="tcp.options.mptcp.data"),
        34: _plain("tcp.options.tfo", "fast open cookie", "tcp.options.tfo.cookie"),
        172: _ACCURATE_ECN,
        174: _ACCURATE_ECN,
        253: _EXPERIMENT,
        254: _EXPERIMENT,
    },
    unknown=_plain("tcp.options.unknown", "unknown option"),
    single=frozenset((0, 1)),
    end=0,
    padding="tcp.options.padding",
)
