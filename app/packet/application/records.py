"""What the data of each type of DNS record is made of: a table of pieces.

RFC 1035, section 3.3, and the RFC of each later type; types not listed, or of another class, are shown as bytes.
"""

from app.packet.address import IPV6
from app.packet.application.bitmap import read_plain_bitmap, read_windows
from app.packet.application.dns import RecordType
from app.packet.application.dnssec import (
    ALGORITHM,
    DNSKEY,
    DS,
    NSEC3,
    NSEC3PARAM,
    RRSIG,
    TKEY,
    TSIG,
    ZONEMD,
)
from app.packet.application.edns import EDNS_OPTIONS
from app.packet.application.name import domain
from app.packet.application.pieces import (
    Message,
    Piece,
    address4,
    address6,
    branch,
    counted,
    each,
    head,
    named_field,
    number,
    octets,
    prefix,
    read_pieces,
    text,
    under,
)
from app.packet.application.service import read_parameter
from app.packet.dissection import Part
from app.packet.layout import Group, Header, Span, flag, header, unsigned

ISSUER_FLAGS = Group("dns.caa.flags", "flags")
SYNC_FLAGS = Group("dns.csync.flags", "flags")


@header("dns.caa", "CAA flags", "RFC 8659, section 4.1")
class IssuerFlags(Header):
    """Whether an issuer that does not know the property has to refuse."""

    critical: int = flag("issuer critical", name="dns.caa.flags.issuer_critical", group=ISSUER_FLAGS, default=0)
    reserved: int = unsigned(7, name="dns.caa.flags.reserved", group=ISSUER_FLAGS, default=0)


@header("dns.csync", "CSYNC", "RFC 7477, section 2.1.1")
class ChildSync(Header):
    """What a parent may copy from its child."""

    serial: int = unsigned(32, "SOA serial", name="dns.csync.soa")
    reserved: int = unsigned(14, name="dns.csync.flags.reserved", group=SYNC_FLAGS, default=0)
    minimum: int = flag("SOA minimum", name="dns.csync.flags.soaminimum", group=SYNC_FLAGS, default=0)
    immediate: int = flag(name="dns.csync.flags.immediate", group=SYNC_FLAGS, default=0)


@header("dns.apl", "address prefix", "RFC 3123, section 4")
class AddressPrefix(Header):
    """One item of a list of address prefixes."""

    family: int = unsigned(16, "address family", name="address_family", default=1)
    prefix_length: int = unsigned(8, name="coded_prefix", unit="bits")
    negation: int = flag(default=0)
    length: int = unsigned(7, name="afdlength", unit="bytes")


def _names(*names: tuple[str, str]) -> tuple[Piece, ...]:
    return tuple(domain(name, label) for name, label in names)


def _preferred(kind: str, *rest: Piece, what: str = "preference") -> tuple[Piece, ...]:
    return (number(f"dns.{kind}.{what}", what, 2), *rest)


def _string(name: str, label: str, length: str = "") -> Piece:
    """A character string: a byte of length, then text (RFC 1035, section 3.3)."""
    return counted(length or f"{name}_length", text(name, label))


def _property(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
    """The tag and value of a CAA record, under a heading that the tag names."""
    size = message.data[at] if at < stop else stop
    tag = message.data[at + 1 : at + 1 + size]
    if at + 1 + size > stop:
        return None
    known = tag.lower() if tag.lower() in (b"issue", b"issuewild", b"iodef") else b"unknown"
    pieces = (_string("dns.caa.tag", "tag"), text("dns.caa.value", "value"))
    parts = read_pieces(message, pieces, at, stop, "dns.caa.unknown")
    return [branch(f"dns.caa.{known.decode()}", "property", at, stop, parts)], stop


_PREFIXES = {
    1: prefix("dns.apl.afdpart.ipv4", "address", 4),
    2: prefix("dns.apl.afdpart.ipv6", "address", 16),
}


def _address_prefix(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
    """One item: its head and as many bytes of the address as it counts."""
    found = head(AddressPrefix)(message, at, stop)
    if found is None:
        return None
    item = AddressPrefix.decode(message.data, at)
    end = found[1] + item.length
    address = _PREFIXES.get(item.family, octets("dns.apl.afdpart.data", "address"))
    told = address(message, found[1], end) if end <= stop else None
    return None if told is None else ([*found[0], *told[0]], end)


_GATEWAYS: dict[int, Piece] = {
    1: address4("dns.ipseckey.gateway_ipv4", "gateway"),
    2: address6("dns.ipseckey.gateway_ipv6", "gateway"),
    3: domain("dns.ipseckey.gateway_dns", "gateway"),
}


def _gateway(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
    """The gateway of an IPSECKEY record, whose type is two bytes before (RFC 4025, section 2.5)."""
    piece = _GATEWAYS.get(message.data[at - 2])
    return ([], at) if piece is None else piece(message, at, stop)


def _identity(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
    """Host identity tag and public key of a HIP record: both lengths stand before either (RFC 8005, section 5)."""
    first = at + 4 + message.data[at] if at < stop else stop + 1
    second = first + int.from_bytes(message.data[at + 2 : at + 4], "big")
    if second > stop:
        return None
    pieces = (
        number("dns.hip.hit.length", "length", 1),
        number("dns.hip.hit.pk.algo", "public key algorithm", 1),
        number("dns.hip.pk.length", "length", 2),
        octets("dns.hip.hit", "host identity tag", first - at - 4),
        octets("dns.hip.pk", "public key", second - first),
    )
    return read_pieces(message, pieces, at, second, "dns.data"), second


def _suffix(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
    """The low bits of an IPv6 address, behind the number of those that are missing (RFC 2874, section 3.1)."""
    missing = message.data[at] if at < stop else 129
    end = at + 1 + (128 - missing + 7) // 8
    if missing > 128 or end > stop:
        return None
    value = IPV6[message.data[at + 1 : end].rjust(16, b"\0")]
    length = number("dns.a6.prefix_len", "prefix length", 1)(message, at, end)
    field = named_field("dns.a6.address_suffix", "address suffix", end - at - 1)
    suffix: list[Part] = [Span(field, at * 8 + 8, end * 8, value)] if at + 1 < end else []
    return None if length is None else (length[0] + suffix, end)


_SOA = (
    *_names(("dns.soa.mname", "primary name server"), ("dns.soa.rname", "mailbox of the responsible")),
    number("dns.soa.serial_number", "serial", 4),
    number("dns.soa.refresh_interval", "refresh", 4, unit="s"),
    number("dns.soa.retry_interval", "retry", 4, unit="s"),
    number("dns.soa.expire_limit", "expire", 4, unit="s"),
    number("dns.soa.minimum_ttl", "minimum TTL", 4, unit="s"),
)
_SRV = (
    number("dns.srv.priority", "priority", 2),
    number("dns.srv.weight", "weight", 2),
    number("dns.srv.port", "port", 2),
    domain("dns.srv.target", "target"),
)
_NAPTR = (
    number("dns.naptr.order", "order", 2),
    number("dns.naptr.preference", "preference", 2),
    _string("dns.naptr.flags", "flags"),
    _string("dns.naptr.service", "service"),
    _string("dns.naptr.regex", "regular expression"),
    domain("dns.naptr.replacement", "replacement"),
)
_LOC = (
    number("dns.loc.version", "version", 1),
    number("dns.loc.size", "size", 1, style="hex"),
    number("dns.loc.horizontal_precision", "horizontal precision", 1, style="hex"),
    number("dns.loc.vertical_precision", "vertical precision", 1, style="hex"),
    number("dns.loc.latitude", "latitude", 4),
    number("dns.loc.longitude", "longitude", 4),
    number("dns.loc.altitude", "altitude", 4),
)
_TLSA = (
    number("dns.tlsa.certificate_usage", "certificate usage", 1),
    number("dns.tlsa.selector", "selector", 1),
    number("dns.tlsa.matching_type", "matching type", 1),
    octets("dns.tlsa.certificate_association_data", "association data"),
)
_SSHFP = (
    number("dns.sshfp.algorithm", "algorithm", 1),
    number("dns.sshfp.fingerprint.type", "fingerprint type", 1),
    octets("dns.sshfp.fingerprint", "fingerprint"),
)
_IPSECKEY = (
    number("dns.ipseckey.gateway_precedence", "precedence", 1),
    number("dns.ipseckey.gateway_type", "gateway type", 1),
    number("dns.ipseckey.gateway_algorithm", "algorithm", 1),
    _gateway,
    octets("dns.ipseckey.public_key", "public key"),
)
_CERT = (
    number("dns.cert.type", "type", 2),
    number("dns.cert.key_tag", "key tag", 2),
    ALGORITHM("dns.cert.algorithm"),
    octets("dns.cert.certificate", "certificate"),
)
_SVCB = (
    number("dns.svcb.svcpriority", "priority", 2),
    domain("dns.svcb.targetname", "target"),
    each(read_parameter),
)
_WKS = (
    address4("dns.wks.address", "address"),
    number("dns.wks.protocol", "protocol", 1),
    octets("dns.wks.bits", "ports"),
)
_GPOS = tuple(_string(f"dns.gpos.{name}", name) for name in ("longitude", "latitude", "altitude"))

RECORDS: dict[int, tuple[Piece, ...]] = {
    RecordType.A: (address4("dns.a", "address"),),
    RecordType.NS: _names(("dns.ns", "name server")),
    RecordType.MD: _names(("dns.md", "mail destination")),
    RecordType.MF: _names(("dns.mf", "mail forwarder")),
    RecordType.CNAME: _names(("dns.cname", "canonical name")),
    RecordType.SOA: _SOA,
    RecordType.MB: _names(("dns.mb", "mailbox")),
    RecordType.MG: _names(("dns.mg", "mail group member")),
    RecordType.MR: _names(("dns.mr", "mail rename")),
    RecordType.NULL: (octets("dns.null", "data"),),
    RecordType.WKS: _WKS,
    RecordType.PTR: _names(("dns.ptr.domain_name", "domain name")),
    RecordType.HINFO: (_string("dns.hinfo.cpu", "CPU"), _string("dns.hinfo.os", "OS")),
    RecordType.MINFO: _names(("dns.minfo.r", "responsible mailbox"), ("dns.minfo.e", "error mailbox")),
    RecordType.MX: _preferred("mx", domain("dns.mx.mail_exchange", "mail exchange")),
    RecordType.TXT: (each(_string("dns.txt", "text", "dns.txt.length")),),
    RecordType.RP: _names(("dns.rp.mailbox", "mailbox"), ("dns.rp.txt_rr", "text at")),
    RecordType.AFSDB: _preferred("afsdb", domain("dns.afsdb.hostname", "host"), what="subtype"),
    RecordType.X25: (_string("dns.x25.psdn_address", "PSDN address", "dns.x25.length"),),
    RecordType.ISDN: (
        _string("dns.idsn.address", "ISDN address", "dns.idsn.length"),
        each(_string("dns.idsn.sa.address", "subaddress", "dns.idsn.sa.length")),
    ),
    RecordType.RT: _preferred("rt", domain("dns.rt.intermediate_host", "intermediate host"), what="subtype"),
    RecordType.NSAP: (octets("dns.nsap.rdata", "NSAP"),),
    RecordType.NSAP_PTR: _names(("dns.nsap_ptr.owner", "owner")),
    RecordType.SIG: RRSIG,
    RecordType.KEY: DNSKEY["key"],
    RecordType.PX: _preferred("px", *_names(("dns.px.map822", "RFC 822 part"), ("dns.px.map400", "X.400 part"))),
    RecordType.GPOS: _GPOS,
    RecordType.AAAA: (address6("dns.aaaa", "address"),),
    RecordType.LOC: _LOC,
    RecordType.NXT: (domain("dns.nxt.next_domain_name", "next name"), read_plain_bitmap),
    RecordType.SRV: _SRV,
    RecordType.NAPTR: _NAPTR,
    RecordType.KX: _preferred("kx", domain("dns.kx.key_exchange", "key exchange")),
    RecordType.CERT: _CERT,
    RecordType.A6: (_suffix, each(domain("dns.a6.prefix_name", "prefix name"))),
    RecordType.DNAME: _names(("dns.dname", "target")),
    RecordType.OPT: EDNS_OPTIONS,
    RecordType.APL: (each(_address_prefix),),
    RecordType.DS: DS,
    RecordType.SSHFP: _SSHFP,
    RecordType.IPSECKEY: _IPSECKEY,
    RecordType.RRSIG: RRSIG,
    RecordType.NSEC: (domain("dns.nsec.next_domain_name", "next name"), read_windows),
    RecordType.DNSKEY: DNSKEY["dnskey"],
    RecordType.DHCID: (octets("dns.dhcid.rdata", "identifier"),),
    RecordType.NSEC3: (*NSEC3, read_windows),
    RecordType.NSEC3PARAM: NSEC3PARAM,
    RecordType.TLSA: _TLSA,
    RecordType.SMIMEA: _TLSA,
    RecordType.HIP: (_identity, each(domain("dns.hip.rendezvous_server", "rendezvous server"))),
    RecordType.CDS: DS,
    RecordType.CDNSKEY: DNSKEY["dnskey"],
    RecordType.OPENPGPKEY: (octets("dns.openpgpkey", "key"),),
    RecordType.CSYNC: (head(ChildSync), under("dns.csync.type_bitmap", "types", read_windows)),
    RecordType.ZONEMD: ZONEMD,
    RecordType.SVCB: _SVCB,
    RecordType.HTTPS: _SVCB,
    RecordType.SPF: (each(_string("dns.spf", "text", "dns.spf.length")),),
    RecordType.NID: _preferred("ilnp.nid", octets("dns.ilnp.nid", "node identifier")),
    RecordType.L32: _preferred("ilnp.l32", address4("dns.ilnp.l32", "locator")),
    RecordType.L64: _preferred("ilnp.l64", octets("dns.ilnp.l64", "locator")),
    RecordType.LP: _preferred("ilnp.lp", domain("dns.ilnp.lp", "locator name")),
    RecordType.EUI48: (octets("dns.eui48", "address"),),
    RecordType.EUI64: (octets("dns.eui64", "address"),),
    RecordType.TKEY: TKEY,
    RecordType.TSIG: TSIG,
    RecordType.URI: (
        number("dns.uri.priority", "priority", 2),
        number("dns.uri.weight", "weight", 2),
        text("dns.uri.target", "target"),
    ),
    RecordType.CAA: (head(IssuerFlags), _property),
    RecordType.DLV: DS,
}
