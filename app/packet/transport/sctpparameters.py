"""SCTP's parameters and error causes: both are a type, a length and a value, and each may hold the other."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address
from typing import TypeAlias

from app.packet.layout import Header, header, ipv4_address, ipv6_address, unsigned
from app.packet.reading import CutError
from app.packet.text import safe_bytes
from app.packet.transport.sctpchunks import Chunk, bit
from app.packet.transport.sctptypes import CauseCode, ChunkType, HmacIdentifier, ParameterType, ReconfigurationResult
from app.packet.walk import Walk, counted, few, read_element, told

#: Parameters within causes within parameters: deeper than this they are bytes.
MOST_NESTED = 4

#: The heading, the bytes of a value that means nothing to us, and the padding.
_PARAMETER_NAMES = ("sctp.parameter", "sctp.parameter_value", "sctp.parameter_padding")
_CAUSE_NAMES = ("sctp.cause", "sctp.cause_information", "sctp.cause_padding")

#: Reads a value at a depth of nesting, says it in a few words.
Body: TypeAlias = Callable[[Walk, int], str]

_UNKNOWN = (bit("sctp.parameter_bit_1", "skip if unknown", 0), bit("sctp.parameter_bit_2", "report if unknown", 1))


@header("sctp", "parameter", "RFC 9260, section 3.2.1")
class Parameter(Header):
    """What every parameter starts with; the length counts these four bytes but no padding."""

    type: int = unsigned(16, name="parameter_type", style="hex", registry=ParameterType, inner=_UNKNOWN)
    length: int = unsigned(16, name="parameter_length", unit="bytes", default=4)


@header("sctp", "cause", "RFC 9260, section 3.3.10")
class Cause(Header):
    """What every error cause starts with; the length counts these four bytes but no padding."""

    code: int = unsigned(16, name="cause_code", style="hex", registry=CauseCode)
    length: int = unsigned(16, name="cause_length", unit="bytes", default=4)


@header("sctp", "IPv4 address", "RFC 9260, section 3.3.2.1.1")
class Address4(Header):
    """An address of the sender."""

    address: IPv4Address = ipv4_address(name="parameter_ipv4_address")


@header("sctp", "IPv6 address", "RFC 9260, section 3.3.2.1.2")
class Address6(Header):
    """An address of the sender."""

    address: IPv6Address = ipv6_address(name="parameter_ipv6_address")


@header("sctp", "cookie preservative", "RFC 9260, section 3.3.2.1.3")
class CookiePreservative(Header):
    """How much longer a cookie should live."""

    increment: int = unsigned(32, "life-span increment", name="parameter_cookie_preservative_incr", unit="ms")


@header("sctp", "address type", "RFC 9260, section 3.3.2.1.5")
class AddressType(Header):
    """A type of address that the sender supports."""

    type: int = unsigned(16, "address type", name="parameter_supported_address_type", registry=ParameterType)


@header("sctp", "chunk type", "RFC 4895, section 3.2")
class AuthenticatedChunk(Header):
    """A chunk that is to be authenticated."""

    type: int = unsigned(8, "chunk type", name="chunk_type_to_auth", registry=ChunkType)


@header("sctp", "chunk type", "RFC 5061, section 4.2.7")
class SupportedChunk(Header):
    """A chunk that the sender supports."""

    type: int = unsigned(8, "chunk type", name="supported_chunk_type", registry=ChunkType)


@header("sctp", "HMAC identifier", "RFC 4895, section 3.3")
class Hmac(Header):
    """A function for the authentication of chunks."""

    identifier: int = unsigned(16, "HMAC identifier", name="hmac_id", registry=HmacIdentifier)


@header("sctp", "outgoing SSN reset request", "RFC 6525, section 4.1")
class OutgoingReset(Header):
    """The streams follow; none means all."""

    request: int = unsigned(32, "request sequence number", name="parameter_reconfig_request_sequence_number")
    response: int = unsigned(32, "response sequence number", name="parameter_reconfig_response_sequence_number")
    tsn: int = unsigned(32, "last assigned TSN", name="parameter_senders_last_assigned_tsn")


@header("sctp", "request", "RFC 6525, sections 4.2 and 4.3")
class ResetRequest(Header):
    """The number of a request."""

    request: int = unsigned(32, "request sequence number", name="parameter_reconfig_request_sequence_number")


@header("sctp", "stream", "RFC 6525, section 4.1")
class Stream(Header):
    """A stream to reset."""

    stream: int = unsigned(16, "stream identifier", name="parameter_reconfig_sid")


@header("sctp", "re-configuration response", "RFC 6525, section 4.4")
class Response(Header):
    """What became of a request."""

    response: int = unsigned(32, "response sequence number", name="parameter_reconfig_response_sequence_number")
    result: int = unsigned(32, name="parameter_reconfig_response_result", registry=ReconfigurationResult)


@header("sctp", "next TSNs", "RFC 6525, section 4.4")
class NextTsns(Header):
    """Where both sides go on after a reset."""

    sender: int = unsigned(32, "sender's next TSN", name="parameter_senders_next_tsn")
    receiver: int = unsigned(32, "receiver's next TSN", name="parameter_receivers_next_tsn")


@header("sctp", "add outgoing streams request", "RFC 6525, section 4.5")
class AddOutgoing(ResetRequest):
    """How many streams to add."""

    count: int = unsigned(16, "number of streams", name="parameter_add_outgoing_streams_number")
    reserved: int = unsigned(16, name="parameter_add_outgoing_streams_reserved", default=0)


@header("sctp", "add incoming streams request", "RFC 6525, section 4.6")
class AddIncoming(ResetRequest):
    """How many streams to add."""

    count: int = unsigned(16, "number of streams", name="parameter_add_incoming_streams_number")
    reserved: int = unsigned(16, name="parameter_add_incoming_streams_reserved", default=0)


@header("sctp", "correlation", "RFC 5061, section 4.2")
class Correlation(Header):
    """What joins a wish with its answer."""

    identifier: int = unsigned(32, "correlation identifier", name="correlation_id", style="hex")


@header("sctp", "adaptation layer indication", "RFC 5061, section 4.2.6")
class Adaptation(Header):
    """Which adaptation layer the sender uses."""

    indication: int = unsigned(32, name="adaptation_layer_indication", style="hex")


@header("sctp", "invalid stream identifier", "RFC 9260, section 3.3.10.1")
class InvalidStream(Header):
    """The stream that there is not."""

    stream: int = unsigned(16, "stream identifier", name="cause_stream_identifier")
    reserved: int = unsigned(16, name="cause_reserved", default=0)


@header("sctp", "missing parameters", "RFC 9260, section 3.3.10.2")
class Missing(Header):
    """How many parameters were missed; their types follow."""

    count: int = unsigned(32, "number of missing parameters", name="cause_nr_of_missing_parameters")


@header("sctp", "missing parameter", "RFC 9260, section 3.3.10.2")
class MissingType(Header):
    """A parameter that was missed."""

    type: int = unsigned(
        16, "missing parameter", name="cause_missing_parameter_type", style="hex", registry=ParameterType
    )


@header("sctp", "stale cookie", "RFC 9260, section 3.3.10.3")
class Stale(Header):
    """By how much the cookie was too old."""

    staleness: int = unsigned(32, name="cause_measure_of_staleness", unit="µs")


@header("sctp", "no user data", "RFC 9260, section 3.3.10.9")
class NoData(Header):
    """The chunk that had none."""

    tsn: int = unsigned(32, "TSN", name="cause_tsn")


def read_parameters(walk: Walk, depth: int = 0) -> str:
    """All parameters that are left; what they say."""
    names = []
    while walk.lasts():
        kind = ParameterType(int.from_bytes(walk.bytes_here(2)))
        value = _read_one(walk, depth, kind, _PARAMETERS.get(kind, _nothing), Parameter)
        names.append(told(kind.words, value))
    return few(names)


def read_causes(walk: Walk, depth: int = 0) -> str:
    """All causes that are left; what they say."""
    names = []
    while walk.lasts():
        code = CauseCode(int.from_bytes(walk.bytes_here(2)))
        value = _read_one(walk, depth, code, _CAUSES.get(code, _nothing), Cause)
        names.append(told(code.words if code.is_assigned else f"cause {int(code)}", value))
    return few(names)


def _read_one(
    walk: Walk, depth: int, kind: ParameterType | CauseCode, body: Body, head: type[Parameter | Cause]
) -> str:
    """A parameter or a cause under its heading, and its padding."""
    name, rest, padding = _PARAMETER_NAMES if head is Parameter else _CAUSE_NAMES
    length = int.from_bytes(walk.bytes_here(4)[2:])
    if length < Parameter.SIZE or walk.stop - walk.at < Parameter.SIZE:
        walk.rest(rest, "bytes that are no whole one")
        raise CutError

    def value(inner: Walk) -> str:
        inner.take(head)
        if depth >= MOST_NESTED:
            return ""
        return body(inner, depth + 1)

    with walk.under(name, kind.words) as words:
        words.append(read_element(walk, length, value, rest))
        walk.rest(padding, "padding", walk.at + -length % 4)
    return words[0]


def _nothing(walk: Walk, depth: int) -> str:
    """A value that is nothing, or bytes."""
    return ""


def _bytes(name: str) -> Body:
    def read(walk: Walk, depth: int) -> str:
        size = walk.stop - walk.at
        walk.rest(name, "value")
        return counted(size, "byte")

    return read


def _address4(walk: Walk, depth: int) -> str:
    return str(walk.take(Address4).address)


def _address6(walk: Walk, depth: int) -> str:
    return str(walk.take(Address6).address)


def _preservative(walk: Walk, depth: int) -> str:
    return f"{walk.take(CookiePreservative).increment} ms"


def _host_name(walk: Walk, depth: int) -> str:
    name = safe_bytes(walk.reading.data[walk.at : walk.stop].rstrip(b"\0"))
    if walk.lasts():
        walk.put("sctp.parameter_hostname", "host name", walk.stop - walk.at, name)
    return name


def _list(kind: type[AddressType | AuthenticatedChunk | SupportedChunk | Hmac | Stream | MissingType]) -> Body:
    """As many of one kind as there are."""

    def read(walk: Walk, depth: int) -> str:
        words = []
        while walk.at + kind.SIZE <= walk.stop:
            words.append(walk.take(kind).spans()[0].shown)
        return few(words)

    return read


def _outgoing_reset(walk: Walk, depth: int) -> str:
    walk.take(OutgoingReset)
    return told("streams", _list(Stream)(walk, depth))


def _incoming_reset(walk: Walk, depth: int) -> str:
    walk.take(ResetRequest)
    return told("streams", _list(Stream)(walk, depth))


def _tsn_reset(walk: Walk, depth: int) -> str:
    return str(walk.take(ResetRequest).request)


def _response(walk: Walk, depth: int) -> str:
    result = walk.take(Response).result
    if walk.lasts():
        walk.take(NextTsns)
    return ReconfigurationResult(result).words


def _add(kind: type[AddOutgoing | AddIncoming]) -> Body:
    return lambda walk, depth: counted(walk.take(kind).count, "stream")


def _correlated(walk: Walk, depth: int) -> str:
    """What is wished of addresses, and which."""
    walk.take(Correlation)
    return read_parameters(walk, depth)


def _failed(walk: Walk, depth: int) -> str:
    walk.take(Correlation)
    return read_causes(walk, depth)


def _adaptation(walk: Walk, depth: int) -> str:
    return f"0x{walk.take(Adaptation).indication:08x}"


def _invalid_stream(walk: Walk, depth: int) -> str:
    return str(walk.take(InvalidStream).stream)


def _missing(walk: Walk, depth: int) -> str:
    walk.take(Missing)
    return _list(MissingType)(walk, depth)


def _stale(walk: Walk, depth: int) -> str:
    return f"{walk.take(Stale).staleness} µs"


def _unknown_chunk(walk: Walk, depth: int) -> str:
    """The chunk that was not understood, as bytes: whoever sent this did not understand it either."""
    with walk.under("sctp.chunk", "chunk") as words:
        chunk = walk.take(Chunk)
        words.append(ChunkType(chunk.type).words)
        walk.rest("sctp.chunk_value", "value", walk.at + max(0, chunk.length - Chunk.SIZE))
        walk.rest("sctp.chunk_padding", "padding")
    return words[0]


def _no_data(walk: Walk, depth: int) -> str:
    return f"TSN {walk.take(NoData).tsn}"


_PARAMETERS: dict[int, Body] = {
    ParameterType.HEARTBEAT_INFORMATION: _bytes("sctp.parameter_heartbeat_information"),
    ParameterType.IPV4_ADDRESS: _address4,
    ParameterType.IPV6_ADDRESS: _address6,
    ParameterType.STATE_COOKIE: _bytes("sctp.parameter_state_cookie"),
    ParameterType.UNRECOGNIZED_PARAMETER: read_parameters,
    ParameterType.COOKIE_PRESERVATIVE: _preservative,
    ParameterType.HOST_NAME_ADDRESS: _host_name,
    ParameterType.SUPPORTED_ADDRESS_TYPES: _list(AddressType),
    ParameterType.OUTGOING_SSN_RESET_REQUEST: _outgoing_reset,
    ParameterType.INCOMING_SSN_RESET_REQUEST: _incoming_reset,
    ParameterType.SSN_TSN_RESET_REQUEST: _tsn_reset,
    ParameterType.RE_CONFIGURATION_RESPONSE: _response,
    ParameterType.ADD_OUTGOING_STREAMS_REQUEST: _add(AddOutgoing),
    ParameterType.ADD_INCOMING_STREAMS_REQUEST: _add(AddIncoming),
    ParameterType.RANDOM: _bytes("sctp.random_number"),
    ParameterType.CHUNK_LIST: _list(AuthenticatedChunk),
    ParameterType.REQUESTED_HMAC_ALGORITHM: _list(Hmac),
    ParameterType.SUPPORTED_EXTENSIONS: _list(SupportedChunk),
    ParameterType.ADD_IP_ADDRESS: _correlated,
    ParameterType.DELETE_IP_ADDRESS: _correlated,
    ParameterType.ERROR_CAUSE_INDICATION: _failed,
    ParameterType.SET_PRIMARY_ADDRESS: _correlated,
    ParameterType.SUCCESS_INDICATION: lambda walk, depth: f"0x{walk.take(Correlation).identifier:08x}",
    ParameterType.ADAPTATION_LAYER_INDICATION: _adaptation,
}

_CAUSES: dict[int, Body] = {
    CauseCode.INVALID_STREAM_IDENTIFIER: _invalid_stream,
    CauseCode.MISSING_MANDATORY_PARAMETER: _missing,
    CauseCode.STALE_COOKIE: _stale,
    CauseCode.UNRESOLVABLE_ADDRESS: read_parameters,
    CauseCode.UNRECOGNIZED_CHUNK_TYPE: _unknown_chunk,
    CauseCode.UNRECOGNIZED_PARAMETERS: read_parameters,
    CauseCode.NO_USER_DATA: _no_data,
    CauseCode.RESTART_WITH_NEW_ADDRESSES: read_parameters,
    CauseCode.REQUEST_TO_DELETE_LAST_ADDRESS: read_parameters,
    CauseCode.REFUSED_DUE_TO_RESOURCE_SHORTAGE: read_parameters,
    CauseCode.REQUEST_TO_DELETE_SOURCE_ADDRESS: read_parameters,
    CauseCode.NO_AUTHORIZATION: read_parameters,
    CauseCode.UNSUPPORTED_HMAC_IDENTIFIER: _list(Hmac),
}
