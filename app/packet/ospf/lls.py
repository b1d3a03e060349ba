"""What stands behind an OSPF packet and is not counted in its length: digest, LLS block, authentication trailer.

RFC 2328, appendix D.4.3; RFC 5613 (link-local signaling); RFC 7166 (authentication of OSPFv3).
"""

from ipaddress import IPv4Address

from app.packet.dissection import Branch, Check, CheckStatus, Part, Placed
from app.packet.layout import Group, Header, flag, header, ipv4_address, unsigned
from app.packet.ospf.sheet import Sheet, told
from app.packet.ospf.tlv import TlvTable, Value, read_tlvs
from app.packet.registry import Registry

EXTENDED_OPTIONS = Group("ospf.lls.ext.options", "extended options")
EXTENDED_OPTIONS3 = Group("ospf.v3.lls.ext.options", "extended options")
STATE_OPTIONS = Group("ospf.v3.lls.state.options", "options")
RELAY_OPTIONS = Group("ospf.v3.lls.relay.options", "options")


class SignalTlv(Registry):
    """https://www.iana.org/assignments/ospf-lls-tlvs"""

    EXTENDED_OPTIONS_AND_FLAGS = 1
    CRYPTOGRAPHIC_AUTHENTICATION = 2
    STATE_CHECK_SEQUENCE = 3
    NEIGHBOR_DROP = 4
    REQUEST_FROM = 5
    FULL_STATE_FOR = 6
    ACTIVE_OVERLAPPING_RELAYS = 7
    WILLINGNESS = 8
    LOCAL_INTERFACE_ID = 18
    REVERSE_METRIC = 19
    REVERSE_TE_METRIC = 20


class TrailerType(Registry):
    """https://www.iana.org/assignments/ospfv3-parameters (authentication types)"""

    HMAC_CRYPTOGRAPHIC_AUTHENTICATION = 1


@header("ospf.lls", "LLS block", "RFC 5613, section 2.2")
class SignalBlock(Header):
    """Link-local signals; the length counts words of 32 bits, these two fields included."""

    checksum: int = unsigned(16, style="hex")
    length: int = unsigned(16, "LLS data length", name="data_length", unit="times 4 bytes")


@header("ospf", "LLS TLV", "RFC 5613, section 2.3")
class SignalHead(Header):
    """Type and length."""

    type: int = unsigned(16, name="tlv_type", registry=SignalTlv)
    length: int = unsigned(16, name="tlv_length", unit="bytes")


@header("ospf.lls", "extended options", "RFC 5613, section 2.4; RFC 4811, RFC 4812")
class ExtendedOptions(Header):
    """What fits no more into the options of the hello."""

    reserved: int = unsigned(30, name="ospf.lls.ext.options.reserved", group=EXTENDED_OPTIONS, default=0)
    restart: int = flag(
        "RS", name="ospf.lls.ext.options.rs", doc="the router restarts", group=EXTENDED_OPTIONS, default=0
    )
    resynchronize: int = flag(
        "LR", name="ospf.lls.ext.options.lr", doc="can resynchronize", group=EXTENDED_OPTIONS, default=0
    )


@header("ospf.v3.lls", "extended options", "RFC 5613, section 2.4")
class ExtendedOptions3(Header):
    """The same in version 3."""

    reserved: int = unsigned(30, name="ospf.v3.lls.ext.options.reserved", group=EXTENDED_OPTIONS3, default=0)
    restart: int = flag(
        "RS", name="ospf.v3.lls.ext.options.rs", doc="the router restarts", group=EXTENDED_OPTIONS3, default=0
    )
    resynchronize: int = flag(
        "LR", name="ospf.v3.lls.ext.options.lr", doc="can resynchronize", group=EXTENDED_OPTIONS3, default=0
    )


@header("ospf.v2.lls", "authentication", "RFC 5613, section 2.5")
class SignalAuthentication(Header):
    """The block is authenticated on its own; the digest follows."""

    sequence: int = unsigned(32, "sequence number", name="sequence_number", style="hex")


@header("ospf.v3.lls", "state check sequence", "RFC 5820, section 3.2")
class StateCheck(Header):
    """Which of the sender's states the hello is of."""

    number: int = unsigned(16, "SCS number", name="ospf.v3.lls.state.scs")
    request: int = flag("R", name="ospf.v3.lls.state.options.r", doc="request", group=STATE_OPTIONS, default=0)
    answer: int = flag("A", name="ospf.v3.lls.state.options.a", doc="answer", group=STATE_OPTIONS, default=0)
    incomplete: int = flag("N", name="ospf.v3.lls.state.options.n", doc="incomplete", group=STATE_OPTIONS, default=0)
    reserved: int = unsigned(5, name="ospf.v3.lls.state.options.reserved", group=STATE_OPTIONS, default=0)
    reserved_end: int = unsigned(8, "reserved", name="ospf.v3.lls.state.reserved", default=0)


@header("ospf.v3.lls", "neighbour", "RFC 5820, section 3.2")
class DroppedNeighbour(Header):
    """A router that is no neighbour any more."""

    router: IPv4Address = ipv4_address("dropped neighbour", name="dropped_neighbor")


@header("ospf.v3.lls", "router", "RFC 5820, section 3.2")
class RequestFrom(Header):
    """A router whose full state is asked for."""

    router: IPv4Address = ipv4_address("request from", name="request_from")


@header("ospf.v3.lls", "router", "RFC 5820, section 3.2")
class FullStateFor(Header):
    """A router that the full state is for."""

    router: IPv4Address = ipv4_address("full state for", name="full_state_for")


@header("ospf.v3.lls", "relays", "RFC 5820, section 3.3")
class Relays(Header):
    """How many relays are new; all follow."""

    added: int = unsigned(8, "relays added", name="ospf.v3.lls.relay.added")
    always: int = flag("A", name="ospf.v3.lls.relay.options.a", doc="always", group=RELAY_OPTIONS, default=0)
    never: int = flag("N", name="ospf.v3.lls.relay.options.n", doc="never", group=RELAY_OPTIONS, default=0)
    reserved: int = unsigned(6, name="ospf.v3.lls.relay.options.reserved", group=RELAY_OPTIONS, default=0)
    reserved_end: int = unsigned(16, "reserved", name="ospf.v3.lls.relay.reserved", default=0)


@header("ospf.v3.lls", "relay", "RFC 5820, section 3.3")
class Relay(Header):
    """A router that passes on what it hears."""

    router: IPv4Address = ipv4_address("relay", name="neighbor")


@header("ospf.v3.lls", "willingness", "RFC 5820, section 3.3")
class Willingness(Header):
    """How gladly the router is a relay."""

    willingness: int = unsigned(8)


@header("ospf.lls", "interface ID", "RFC 8510, section 2")
class LocalInterface(Header):
    """The sender's number for the interface."""

    id: int = unsigned(32, "local interface ID", name="ospf.v3.lls.ll_id")


@header("ospf.lls", "reverse metric", "RFC 9339")
class ReverseMetric(Header):
    """What the neighbour shall say the link costs towards the sender."""

    topology: int = unsigned(8, "topology ID", name="reverse_mt_id", default=0)
    flags: int = unsigned(8, name="reverse_flags", style="hex", default=0)
    metric: int = unsigned(16, "reverse metric", name="reverse_metric")


@header("ospf.at", "authentication trailer", "RFC 7166, section 4.1")
class Trailer(Header):
    """Who sent the packet, proved by a digest, which follows."""

    type: int = unsigned(16, "authentication type", name="auth_type", registry=TrailerType, default=1)
    length: int = unsigned(16, "authentication data length", name="auth_data_len", unit="bytes")
    reserved: int = unsigned(16, style="hex", default=0)
    association: int = unsigned(16, "security association ID", name="sa_id", style="hex")
    sequence: int = unsigned(64, "cryptographic sequence number", name="crypto_seq_nbr")


_AUTHENTICATION = Value("authentication", SignalAuthentication, rest="ospf.v2.lls.auth_data")
_INTERFACE = Value("local interface ID", LocalInterface)
_REVERSE = Value("reverse metric", ReverseMetric)

SIGNALS2 = TlvTable(
    SignalHead,
    {
        SignalTlv.EXTENDED_OPTIONS_AND_FLAGS: Value("extended options", ExtendedOptions),
        SignalTlv.CRYPTOGRAPHIC_AUTHENTICATION: _AUTHENTICATION,
        SignalTlv.LOCAL_INTERFACE_ID: _INTERFACE,
        SignalTlv.REVERSE_METRIC: _REVERSE,
    },
    "ospf.v2.lls.tlv",
)
SIGNALS3 = TlvTable(
    SignalHead,
    {
        SignalTlv.EXTENDED_OPTIONS_AND_FLAGS: Value(
            "extended options", ExtendedOptions3, name="ospf.v3.lls.ext.options.tlv"
        ),
        SignalTlv.CRYPTOGRAPHIC_AUTHENTICATION: _AUTHENTICATION,
        SignalTlv.STATE_CHECK_SEQUENCE: Value("state check sequence", StateCheck, name="ospf.v3.lls.state.tlv"),
        SignalTlv.NEIGHBOR_DROP: Value("dropped neighbours", each=DroppedNeighbour, name="ospf.v3.lls.drop.tlv"),
        SignalTlv.REQUEST_FROM: Value("request from", each=RequestFrom, name="ospf.v3.lls.rf.tlv"),
        SignalTlv.FULL_STATE_FOR: Value("full state for", each=FullStateFor, name="ospf.v3.lls.fsf.tlv"),
        SignalTlv.ACTIVE_OVERLAPPING_RELAYS: Value("relays", Relays, Relay, name="ospf.v3.lls.relay.tlv"),
        SignalTlv.WILLINGNESS: Value("willingness", Willingness, name="ospf.v3.lls.willingness.tlv"),
        SignalTlv.LOCAL_INTERFACE_ID: _INTERFACE,
        SignalTlv.REVERSE_METRIC: _REVERSE,
    },
    "ospf.v3.lls.tlv",
)


def read_signals(
    sheet: Sheet, table: TlvTable, at: int, stop: int, *, is_authenticated: bool
) -> tuple[list[Part], int]:
    """The LLS block at `at`, and the byte behind it. An authenticated one has no checksum (RFC 5613, section 2.2)."""
    size = SignalBlock.LAYOUT.size
    if at + size > stop:
        sheet.wrong(at, f"an LLS block needs {size} bytes, {stop - at} are there")
        return sheet.bytes_left(at, stop), stop
    block = SignalBlock.unpacked(sheet.data, at)
    end = at + block.length * 4
    if block.length == 0 or end > stop:
        sheet.wrong(at + 2, f"the LLS block says {block.length * 4} bytes, {stop - at} are there")
        end = stop
    elif is_authenticated:
        sheet.reading.checks.append(Check(at, CheckStatus.NONE if block.checksum == 0 else CheckStatus.UNVERIFIED))
    else:
        sheet.reading.verify_sum(at, at, end)
    inside = [Placed(block, at, at + size), *read_tlvs(sheet, table, at + size, end)]
    return [told("ospf.lls", "link-local signaling", at, end, inside, at + size)], end


def has_trailer(sheet: Sheet, at: int, stop: int) -> bool:
    """Whether the bytes at `at` are an authentication trailer by type and length.

    Only hellos and descriptions carry the option that announces one (RFC 7166, section 2.1).
    """
    size = Trailer.LAYOUT.size
    if at + size > stop:
        return False
    trailer: Trailer = Trailer.unpacked(sheet.data, at)
    fits = size <= trailer.length <= stop - at
    return fits and trailer.type == TrailerType.HMAC_CRYPTOGRAPHIC_AUTHENTICATION


def read_trailer(sheet: Sheet, at: int, stop: int) -> tuple[list[Part], int]:
    """The authentication trailer at `at`, and the byte behind it."""
    size = Trailer.LAYOUT.size
    if at + size > stop:
        sheet.wrong(at, f"an authentication trailer needs {size} bytes, {stop - at} are there")
        return sheet.bytes_left(at, stop), stop
    trailer = Trailer.unpacked(sheet.data, at)
    end = at + trailer.length
    if trailer.length < size or end > stop:
        sheet.wrong(at + 2, f"the authentication trailer says {trailer.length} bytes, {stop - at} are there")
        end = stop
    digest = sheet.bytes_left(at + size, end, "ospf.at.auth_data", "authentication data")
    words = f"{TrailerType(trailer.type).words}, sequence {trailer.sequence}"
    parts = (Placed(trailer, at, at + size), *digest)
    return [Branch("ospf.at", "authentication trailer", at, end, parts, words)], end
