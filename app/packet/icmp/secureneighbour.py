"""Neighbour Discovery's options that prove who speaks: SEND (RFC 3971, 3972), proxies of it (RFC 6496).

Keys, signatures and certificates are shown as bytes.
"""

from app.packet.dissection import Part, Placed, stretch
from app.packet.icmp.domainname import domain_name
from app.packet.icmp.neighbouroption import Option, OptionType, plain, shaped
from app.packet.layout import Group, Header, header, octets, unsigned
from app.packet.registry import Registry
from app.packet.shape import Choice, Shape, bytes_span, heading

TIMESTAMP = Group("icmpv6.opt.timestamp", "timestamp")


class NameType(Registry):
    """https://www.iana.org/assignments/icmpv6-parameters (Trust Anchor Option Name Types)"""

    DER_ENCODED_X501_NAME = 1
    FQDN = 2
    SHA_1_SUBJECT_KEY_IDENTIFIER = 3
    SHA_224_SUBJECT_KEY_IDENTIFIER = 4
    SHA_256_SUBJECT_KEY_IDENTIFIER = 5


@header("icmpv6.opt", "cryptographically generated address", "RFC 3971, section 5.1")
class GeneratedOption(Option):
    """The parameters that the sender's address was made from; padding follows them."""

    padding: int = unsigned(8, "pad length", name="icmpv6.opt.cga.pad_length", unit="bytes")
    reserved: bytes = octets(1, default=b"\0")


@header("icmpv6.opt.cga", "CGA parameters", "RFC 3972, section 3")
class GeneratedParameters(Header):
    """What is hashed; the public key follows."""

    modifier: bytes = octets(16)
    prefix: bytes = octets(8, "subnet prefix", name="subnet_prefix")
    collisions: bytes = octets(1, "collision count", name="count")


@header("icmpv6.opt", "RSA signature", "RFC 3971, section 5.2")
class SignatureOption(Option):
    """A signature of the message, and which key made it."""

    reserved: bytes = octets(2, default=b"\0\0")
    key_hash: bytes = octets(16, "key hash", name="icmpv6.opt.rsa.key_hash")


@header("icmpv6.opt", "proxy signature", "RFC 6496, section 5.2")
class ProxySignatureOption(Option):
    """The signature of a proxy."""

    reserved: bytes = octets(2, default=b"\0\0")
    key_hash: bytes = octets(16, "key hash", name="icmpv6.opt.ps.key_hash")


@header("icmpv6.opt", "timestamp", "RFC 3971, section 5.3.1")
class TimestampOption(Option):
    """Seconds since 1970 and their fraction, against replays."""

    reserved: bytes = octets(6, default=bytes(6))
    seconds: int = unsigned(48, name="icmpv6.opt.timestamp.seconds", unit="s", group=TIMESTAMP)
    fraction: int = unsigned(16, name="icmpv6.opt.timestamp.fraction", unit="/ 65536 s", group=TIMESTAMP)


@header("icmpv6.opt", "trust anchor", "RFC 3971, section 6.4.3")
class AnchorOption(Option):
    """The name of whom the sender trusts."""

    name_type: int = unsigned(8, name="name_type", registry=NameType)
    padding: int = unsigned(8, "pad length", name="icmpv6.opt.cga.pad_length", unit="bytes")


@header("icmpv6.opt", "certificate", "RFC 3971, section 6.4.4")
class CertificateOption(Option):
    """A certificate of the path."""

    kind: int = unsigned(8, "certificate type", name="name_type")
    reserved: bytes = octets(1, default=b"\0")


def _parameters(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    """The CGA parameters without the padding that the option's head tells of."""
    end = max(at, stop - data[at - 2])
    size = GeneratedParameters.LAYOUT.size
    parts: list[Part] = []
    if at + size <= end:
        inner: list[Part] = [Placed(GeneratedParameters.decode(data, at), at, at + size)]
        key_end = _der_end(data, at + size, end)
        if at + size < key_end:
            name = "icmpv6.opt.cga.subject_public_key_info"
            inner.append(bytes_span(name, "public key", data, at + size, key_end))
        inner += _extensions(data, key_end, end)
        parts.append(heading("icmpv6.opt.cga", "parameters", at, end, inner, inner[:1]))
    elif at < end:
        parts.append(bytes_span("icmpv6.opt.cga", "parameters", data, at, end))
    if end < stop:
        parts.append(bytes_span("icmpv6.opt.padding", "padding", data, end, stop))
    return tuple(parts)


def _der_end(data: bytes, at: int, stop: int) -> int:
    """Where the DER value at `at` ends, as its length says."""
    if at + 2 > stop:
        return stop
    length, count = data[at + 1], 0
    if length & 0x80:
        count = length & 0x7F
        length = int.from_bytes(data[at + 2 : min(stop, at + 2 + count)])
    return min(stop, at + 2 + count + length)


def _extensions(data: bytes, at: int, stop: int) -> list[Part]:
    """The extension fields behind the key (RFC 4581, section 2)."""
    parts: list[Part] = []
    while at + 4 <= stop:
        kind, length = data[at] << 8 | data[at + 1], data[at + 2] << 8 | data[at + 3]
        parts.append(stretch("icmpv6.opt.cga.ext_type", "extension type", at, at + 2, str(kind), value=kind))
        told = f"{length} bytes"
        parts.append(stretch("icmpv6.opt.cga.ext_length", "extension length", at + 2, at + 4, told, value=length))
        end = min(stop, at + 4 + length)
        if at + 4 < end:
            parts.append(bytes_span("icmpv6.opt.cga.ext_data", "extension data", data, at + 4, end))
        at = end
    return parts


def _anchor_name(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    end = max(at, stop - data[at - 1])
    parts: list[Part] = []
    if data[at - 2] == NameType.FQDN and at < end:
        name, end = domain_name(data, at, end)
        parts.append(stretch("icmpv6.opt.name_type.fqdn", "name", at, end, name, value=name))
    elif data[at - 2] == NameType.DER_ENCODED_X501_NAME and at < end:
        parts.append(bytes_span("icmpv6.opt.name_x501", "name", data, at, end))
    elif at < end:
        parts.append(bytes_span("icmpv6.opt.data", "key identifier", data, at, end))
    if end < stop:
        parts.append(bytes_span("icmpv6.opt.padding", "padding", data, end, stop))
    return tuple(parts)


_SIGNATURE = "icmpv6.opt.digital_signature_padding"

SECURE_OPTIONS: dict[int, Choice] = {
    OptionType.CGA: Shape("icmpv6.opt", "cryptographically generated address", GeneratedOption, tail=_parameters),
    OptionType.RSA_SIGNATURE: shaped("RSA signature", SignatureOption, _SIGNATURE),
    OptionType.TIMESTAMP: shaped("timestamp", TimestampOption),
    OptionType.NONCE: plain("nonce", "icmpv6.opt.nonce"),
    OptionType.TRUST_ANCHOR: Shape("icmpv6.opt", "trust anchor", AnchorOption, tail=_anchor_name),
    OptionType.CERTIFICATE: shaped("certificate", CertificateOption, "icmpv6.opt.certificate_padding"),
    OptionType.PROXY_SIGNATURE: shaped("proxy signature", ProxySignatureOption, _SIGNATURE),
}
