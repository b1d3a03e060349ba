"""Reading Mobile IPv6's messages, and in outline HIP (RFC 7401) and Shim6 (RFC 5533): headers that carry no payload."""

from app.packet.checksum import pseudo_sum
from app.packet.dissection import Branch, Check, CheckStatus
from app.packet.ip import mobility
from app.packet.ip.mobility import MessageType, Mobility, Option
from app.packet.layout import Header, flag, header, octets, unsigned
from app.packet.reading import Reading, Space, Step
from app.packet.registry import Protocol, Registry
from app.packet.shape import OptionTable, Shape, bytes_span

_MESSAGES: dict[int, Shape] = {
    kind: Shape("mip6.message", head.LAYOUT.title, head)
    for kind, head in (
        (MessageType.BINDING_REFRESH_REQUEST, mobility.RefreshRequest),
        (MessageType.HOME_TEST_INIT, mobility.HomeTestInit),
        (MessageType.CARE_OF_TEST_INIT, mobility.CareOfTestInit),
        (MessageType.HOME_TEST, mobility.HomeTest),
        (MessageType.CARE_OF_TEST, mobility.CareOfTest),
        (MessageType.BINDING_UPDATE, mobility.BindingUpdate),
        (MessageType.BINDING_ACKNOWLEDGEMENT, mobility.BindingAcknowledgement),
        (MessageType.BINDING_ERROR, mobility.BindingError),
        (MessageType.FAST_BINDING_UPDATE, mobility.FastBindingUpdate),
        (MessageType.FAST_BINDING_ACKNOWLEDGMENT, mobility.FastBindingAcknowledgement),
        (MessageType.HOME_AGENT_SWITCH, mobility.HomeAgentSwitch),
        (MessageType.HEARTBEAT, mobility.Heartbeat),
        (MessageType.HANDOVER_INITIATE, mobility.HandoverInitiate),
        (MessageType.HANDOVER_ACKNOWLEDGE, mobility.HandoverAcknowledge),
        (MessageType.BINDING_REVOCATION, mobility.BindingRevocation),
    )
}
#: Messages behind whose fixed part stand bytes and no options.
_OPAQUE: dict[int, str] = {
    MessageType.FAST_NEIGHBOR_ADVERTISEMENT: "mip6.fast_neighbor_advertisement",
    MessageType.EXPERIMENTAL_MOBILITY_HEADER: "mip6.em.data",
}


def _option(name: str, title: str, head: type[Header] = Option, rest: str = "data") -> Shape:
    return Shape(f"mip6.options.{name}", title, head, rest=f"mip6.{rest}")


MOBILITY_OPTIONS = OptionTable(
    kinds={
        0: _option("pad1", "Pad1", mobility.OptionKind),
        1: _option("padn", "PadN", rest="padn"),
        2: _option("bra", "binding refresh advice", mobility.RefreshAdviceOption),
        3: _option("acoa", "alternate care-of address", mobility.AlternateAddressOption),
        4: _option("ni", "nonce indices", mobility.NonceOption),
        5: _option("bad_auth", "binding authorization data", rest="bad.auth"),
        6: _option("mnp", "mobile network prefix", mobility.PrefixOption),
        7: _option("mhlla", "link-layer address", mobility.LinkAddressOption, "lla"),
        8: _option("mnid", "mobile node identifier", mobility.IdentifierOption, "mnid.identifier"),
        9: _option("auth", "authentication", mobility.AuthenticationOption, "auth.auth_data"),
        10: _option("mseg_id", "replay protection", rest="mseg_id.timestamp"),
        11: _option("cgapr", "CGA parameters request"),
        12: _option("cgar", "CGA parameters", rest="cgar.cga_par"),
        13: _option("sign", "signature", rest="sign.sign"),
        14: _option("phkt", "permanent home keygen token", rest="phkt.phkt"),
        15: _option("ct_init", "care-of test init"),
        16: _option("cot", "care-of test"),
        17: _option("dnsu", "DNS update"),
        18: _option("em", "experimental mobility", rest="em.data"),
        19: _option("vsm", "vendor specific", rest="vsm.data"),
        20: _option("ssm", "service selection", rest="ss.identifier"),
        21: _option("badff", "binding authorization data for FMIPv6", rest="badff.auth"),
        22: _option("hnp", "home network prefix", mobility.PrefixOption),
        23: _option("hi", "handoff indicator", mobility.HandoffOption),
        24: _option("att", "access technology type", mobility.AccessOption),
        25: _option("mnlli", "mobile node link-layer identifier", mobility.LinkIdentifierOption, "mnlli.lli"),
        26: _option("lla", "link-local address", mobility.LinkLocalOption),
        27: _option("ts", "timestamp", rest="timestamp_tmp"),
        28: _option("rc", "restart counter", mobility.RestartOption),
        29: _option("ipv4ha", "IPv4 home address", mobility.HomeAddress4Option),
        30: _option("ipv4aa", "IPv4 address acknowledgement", mobility.Acknowledged4Option),
        31: _option("natd", "NAT detection"),
        32: _option("ipv4coa", "IPv4 care-of address"),
        33: _option("grek", "GRE key", rest="gre_key"),
        34: _option("mhipv6ap", "IPv6 address or prefix"),
        35: _option("bi", "binding identifier", mobility.BindingIdentifierOption),
    },
    unknown=_option("unknown", "option"),
    added=2,
    single=frozenset((0,)),
)


class HipPacket(Registry):
    """https://www.iana.org/assignments/hip-parameters (Packet Types)"""

    I1 = 1
    R1 = 2
    I2 = 3
    R2 = 4
    UPDATE = 16
    NOTIFY = 17
    CLOSE = 18
    CLOSE_ACK = 19
    HIP_DATA = 32


class Shim6Message(Registry):
    """https://www.iana.org/assignments/shim6-parameters (Message Types)"""

    I1 = 1
    R1 = 2
    I2 = 3
    R2 = 4
    R1BIS = 5
    I2BIS = 6
    UPDATE_REQUEST = 64
    UPDATE_ACKNOWLEDGEMENT = 65
    KEEPALIVE = 66
    PROBE = 67


@header("hip", "Host identity protocol", "RFC 7401, section 5.1")
class Hip(Header):
    """What every HIP packet starts with; parameters follow."""

    next_header: int = unsigned(8, name="proto", registry=Protocol, default=Protocol.IPV6_NONXT)
    length: int = unsigned(8, name="hdr_len", unit="times 8 bytes, the first 8 not counted", default=4)
    fixed: int = flag("fixed", name="shim6_fixed_p", default=0)
    type: int = unsigned(7, "packet type", name="packet_type", registry=HipPacket)
    version: int = unsigned(4, default=2)
    reserved: int = unsigned(3, default=0)
    fixed_end: int = flag("fixed", name="shim6_fixed_s", default=1)
    checksum: int = unsigned(16, style="hex", default=0)
    controls: int = unsigned(15, style="hex", default=0)
    anonymous: int = flag("anonymous", name="hip.controls.a", default=0)
    sender: bytes = octets(16, "sender's host identity tag", name="hit_sndr")
    receiver: bytes = octets(16, "receiver's host identity tag", name="hit_rcvr")


@header("shim6", "Shim6 payload extension header", "RFC 5533, section 5.2")
class Shim6Payload(Header):
    """A packet whose addresses were changed by the layer that knows the context."""

    next_header: int = unsigned(8, name="nxt", registry=Protocol)
    length: int = unsigned(8, name="len", unit="times 8 bytes, the first 8 not counted", default=0)
    payload: int = flag("payload", name="p", default=1)
    context: int = unsigned(47, "context tag", name="ct", style="hex")


@header("shim6", "Shim6 control message", "RFC 5533, section 5.3")
class Shim6Control(Header):
    """What every control message of Shim6 starts with."""

    next_header: int = unsigned(8, name="nxt", registry=Protocol, default=Protocol.IPV6_NONXT)
    length: int = unsigned(8, name="len", unit="times 8 bytes, the first 8 not counted", default=0)
    payload: int = flag("payload", name="p", default=0)
    type: int = unsigned(7, "message type", registry=Shim6Message)
    reserved: int = unsigned(7, name="type_specific", default=0)
    protocol: int = flag("protocol", name="proto", default=0)
    checksum: int = unsigned(16, style="hex", default=0)


def read_mobility(reading: Reading, at: int, stop: int) -> Step | None:
    """A message of Mobile IPv6."""
    head = reading.take(Mobility, at, stop)
    end = reading.bounded(at, (head.length + 1) * 8, stop, least=8, what="header length")
    body = at + Mobility.LAYOUT.size
    parts = reading.placed(head, at)
    _verify(reading, at + 4, at, end, Protocol.MOBILITY_HEADER)
    kind = MessageType(head.type)
    shape = _MESSAGES.get(kind)
    if shape is not None:
        fixed = min(end, body + shape.head.LAYOUT.size)
        parts += shape.parts(reading.data, body, fixed)
        if fixed < end:
            options = tuple(reading.options(MOBILITY_OPTIONS, fixed, end))
            parts.append(Branch("mip6.options", "options", fixed, end, options, ""))
    elif body < end:
        name = _OPAQUE.get(kind, "mip6.unknown_type_data")
        parts.append(bytes_span(name, "message data", reading.data, body, end))
    reading.layer(Mobility.LAYOUT, at, end, parts, f"mobility, {kind.words}")
    return _behind(reading, head.next_header, end, stop)


def read_hip(reading: Reading, at: int, stop: int) -> Step | None:
    """A HIP packet."""
    head = reading.take(Hip, at, stop)
    end = reading.bounded(at, (head.length + 1) * 8, stop, least=40, what="header length")
    parts = reading.placed(head, at)
    _verify(reading, at + 4, at, end, Protocol.HIP)
    if at + 40 < end:
        parts.append(bytes_span("hip.parameters", "parameters", reading.data, at + 40, end))
    reading.layer(Hip.LAYOUT, at, end, parts, f"hip {HipPacket(head.type).words}")
    return _behind(reading, head.next_header, end, stop)


def read_shim6(reading: Reading, at: int, stop: int) -> Step | None:
    """A Shim6 header in front of a payload, or a control message."""
    if at + 2 < stop and reading.data[at + 2] >> 7:
        payload = reading.take(Shim6Payload, at, stop)
        end = reading.bounded(at, (payload.length + 1) * 8, stop, least=8, what="header length")
        reading.layer(Shim6Payload.LAYOUT, at, end, reading.placed(payload, at), "shim6 payload")
        return _behind(reading, payload.next_header, end, stop)
    head = reading.take(Shim6Control, at, stop)
    end = reading.bounded(at, (head.length + 1) * 8, stop, least=8, what="header length")
    parts = reading.placed(head, at)
    if reading.is_whole:
        reading.verify_sum(at + 3, at, end)
    else:
        reading.checks.append(Check(at + 3, CheckStatus.UNVERIFIED))
    if at + Shim6Control.LAYOUT.size < end:
        parts.append(bytes_span("shim6.data", "message data", reading.data, at + Shim6Control.LAYOUT.size, end))
    reading.layer(Shim6Control.LAYOUT, at, end, parts, f"shim6 {Shim6Message(head.type).words}")
    return _behind(reading, head.next_header, end, stop)


def _verify(reading: Reading, field: int, at: int, stop: int, protocol: Protocol) -> None:
    """Check the checksum of a header that is an upper layer of its own, pseudo-header included."""
    if not reading.is_whole or reading.source is None or reading.destination is None:
        reading.checks.append(Check(field, CheckStatus.UNVERIFIED))
        return
    front = pseudo_sum(reading.source, reading.destination, protocol, stop - at)
    reading.verify_sum(field, at, stop, front)


def _behind(reading: Reading, next_header: int, at: int, stop: int) -> Step | None:
    if next_header == Protocol.IPV6_NONXT and at >= stop:
        return None
    return Step(Space.PROTOCOL, (next_header,), at, stop)
