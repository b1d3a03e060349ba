"""The OPT pseudo-record of EDNS(0) and its options (RFC 6891, section 6.1).

https://www.iana.org/assignments/dns-parameters (DNS EDNS0 Option Codes)
"""

from app.packet.application.name import domain
from app.packet.application.pieces import (
    Message,
    Piece,
    branch,
    each,
    number,
    octets,
    prefix,
    read_pieces,
    text,
)
from app.packet.dissection import Part
from app.packet.layout import Group, Header, flag, header, unsigned
from app.packet.registry import Registry
from app.packet.shape import bytes_span

EXTENDED_FLAGS = Group("dns.resp.z", "flags")


class EdnsOption(Registry):
    """https://www.iana.org/assignments/dns-parameters (DNS EDNS0 Option Codes)"""

    LLQ = 1
    UPDATE_LEASE = 2
    NSID = 3
    OWNER = 4
    DAU = 5
    DHU = 6
    N3U = 7
    CLIENT_SUBNET = 8
    EXPIRE = 9
    COOKIE = 10
    TCP_KEEPALIVE = 11
    PADDING = 12
    CHAIN = 13
    KEY_TAG = 14
    EXTENDED_ERROR = 15
    CLIENT_TAG = 16
    SERVER_TAG = 17
    REPORT_CHANNEL = 18
    ZONEVERSION = 19
    MQTYPE_QUERY = 20
    MQTYPE_RESPONSE = 21
    UMBRELLA_IDENT = 20292
    DEVICEID = 26946


class ExtendedError(Registry):
    """https://www.iana.org/assignments/dns-parameters (Extended DNS Error Codes)"""

    OTHER_ERROR = 0
    UNSUPPORTED_DNSKEY_ALGORITHM = 1
    UNSUPPORTED_DS_DIGEST_TYPE = 2
    STALE_ANSWER = 3
    FORGED_ANSWER = 4
    DNSSEC_INDETERMINATE = 5
    DNSSEC_BOGUS = 6
    SIGNATURE_EXPIRED = 7
    SIGNATURE_NOT_YET_VALID = 8
    DNSKEY_MISSING = 9
    RRSIGS_MISSING = 10
    NO_ZONE_KEY_BIT_SET = 11
    NSEC_MISSING = 12
    CACHED_ERROR = 13
    NOT_READY = 14
    BLOCKED = 15
    CENSORED = 16
    FILTERED = 17
    PROHIBITED = 18
    STALE_NXDOMAIN_ANSWER = 19
    NOT_AUTHORITATIVE = 20
    NOT_SUPPORTED = 21
    NO_REACHABLE_AUTHORITY = 22
    NETWORK_ERROR = 23
    INVALID_DATA = 24
    SIGNATURE_EXPIRED_BEFORE_VALID = 25
    TOO_EARLY = 26
    UNSUPPORTED_NSEC3_ITERATIONS_VALUE = 27
    UNABLE_TO_CONFORM_TO_POLICY = 28
    SYNTHESIZED = 29
    INVALID_QUERY_TYPE = 30


@header("dns.resp", "OPT", "RFC 6891, section 6.1.2")
class OptRecord(Header):
    """What follows the empty name of an OPT record: class and TTL are put to other uses."""

    type: int = unsigned(16, default=41)
    reserved_size: int = unsigned(1, "reserved", name="dns.rr.udp_payload_size_reserved", default=0)
    payload_size: int = unsigned(15, "UDP payload size", name="dns.rr.udp_payload_size", unit="bytes", default=1232)
    extended_code: int = unsigned(8, "upper bits of the response code", name="ext_rcode", style="hex", default=0)
    version: int = unsigned(8, name="edns0_version", default=0)
    dnssec_ok: int = flag("DNSSEC OK", name="dns.resp.z.do", group=EXTENDED_FLAGS, default=0)
    reserved: int = unsigned(15, name="dns.resp.z.reserved", style="hex", group=EXTENDED_FLAGS, default=0)
    length: int = unsigned(16, "data length", name="len", unit="bytes", default=0)


@header("dns.resp", "OPT", "RFC 6762, section 18.13")
class MulticastOptRecord(OptRecord):
    """The same in multicast DNS, where the first bit of every class is the cache-flush bit."""

    reserved_size: int = flag("cache flush", name="cache_flush", default=0)


_FAMILY = number("dns.opt.client.family", "address family", 2)
_SUBNETS = {
    1: prefix("dns.opt.client.addr4", "client subnet", 4),
    2: prefix("dns.opt.client.addr6", "client subnet", 16),
}
_ANY_SUBNET = octets("dns.opt.client.addr", "client subnet")


def _subnet(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
    """The client's address, of the family that the option names four bytes before (RFC 7871, section 6)."""
    family = int.from_bytes(message.data[at - 4 : at - 2], "big")
    return _SUBNETS.get(family, _ANY_SUBNET)(message, at, stop)


_OPTIONS: dict[int, tuple[Piece, ...]] = {
    EdnsOption.NSID: (text("dns.opt.nsid", "server identifier"),),
    EdnsOption.DAU: (each(number("dns.opt.dau", "DNSSEC algorithm", 1)),),
    EdnsOption.DHU: (each(number("dns.opt.dhu", "DS hash", 1)),),
    EdnsOption.N3U: (each(number("dns.opt.n3u", "NSEC3 hash", 1)),),
    EdnsOption.CLIENT_SUBNET: (
        _FAMILY,
        number("dns.opt.client.netmask", "source prefix length", 1),
        number("dns.opt.client.scope", "scope prefix length", 1),
        _subnet,
    ),
    EdnsOption.EXPIRE: (number("dns.opt.expire", "expires in", 4, unit="s"),),
    EdnsOption.COOKIE: (
        octets("dns.opt.cookie.client", "client cookie", 8),
        octets("dns.opt.cookie.server", "server cookie"),
    ),
    EdnsOption.TCP_KEEPALIVE: (number("dns.opt.edns_tcp_keepalive.timeout", "timeout", 2, unit="times 100 ms"),),
    EdnsOption.PADDING: (octets("dns.opt.padding", "padding"),),
    EdnsOption.CHAIN: (domain("dns.opt.chain.fqdn", "closest trust point"),),
    EdnsOption.KEY_TAG: (each(number("dns.opt.key_tag", "key tag", 2)),),
    EdnsOption.EXTENDED_ERROR: (
        number("dns.opt.ext_error.info_code", "error", 2, registry=ExtendedError),
        text("dns.opt.ext_error.extra_text", "text"),
    ),
    EdnsOption.REPORT_CHANNEL: (domain("dns.opt.report_channel", "agent domain"),),
}
_HEAD = (number("dns.opt.code", "option", 2, registry=EdnsOption), number("dns.opt.len", "length", 2))


def read_edns_option(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
    """One option: code, length, and the value both as it stands and as what it means."""
    body = at + 4
    end = body + int.from_bytes(message.data[at + 2 : body], "big")
    if body > stop or end > stop:
        return None
    code = EdnsOption(int.from_bytes(message.data[at : at + 2], "big"))
    parts = read_pieces(message, _HEAD, at, body, "dns.opt.data")
    known = _OPTIONS.get(code)
    if body < end and known is not None:
        inner = read_pieces(message, known, body, end, "dns.opt.unknown")
        parts.append(branch("dns.opt.data", "value", body, end, inner))
    elif body < end:
        parts.append(bytes_span("dns.opt.data", "value", message.data, body, end))
    return [branch("dns.opt", code.words, at, end, parts, skip=2)], end


EDNS_OPTIONS: tuple[Piece, ...] = (each(read_edns_option),)
