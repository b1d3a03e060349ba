"""The records that sign DNS: keys, signatures, digests, proofs that a name is not there (RFC 4034, RFC 5155, RFC 8945).

https://www.iana.org/assignments/dns-sec-alg-numbers
"""

from functools import partial

from app.packet.application.dns import RecordType, ResponseCode
from app.packet.application.name import domain
from app.packet.application.pieces import Piece, counted, head, moment, number, octets
from app.packet.layout import Group, Header, flag, header, unsigned
from app.packet.registry import Registry

KEY_FLAGS = Group("dns.dnskey.flags", "flags")
OLD_KEY_FLAGS = Group("dns.key.flags", "flags")
PROOF_FLAGS = Group("dns.nsec3.flags", "flags")


class Algorithm(Registry):
    """https://www.iana.org/assignments/dns-sec-alg-numbers"""

    DELETE = 0
    RSAMD5 = 1
    DH = 2
    DSA = 3
    RSASHA1 = 5
    DSA_NSEC3_SHA1 = 6
    RSASHA1_NSEC3_SHA1 = 7
    RSASHA256 = 8
    RSASHA512 = 10
    ECC_GOST = 12
    ECDSAP256SHA256 = 13
    ECDSAP384SHA384 = 14
    ED25519 = 15
    ED448 = 16
    SM2SM3 = 17
    ECC_GOST12 = 23
    INDIRECT = 252
    PRIVATEDNS = 253
    PRIVATEOID = 254

    @property
    def words(self) -> str:
        """The mnemonic as it stands in zone files."""
        return self._name_.replace("_", "-")


class DigestType(Registry):
    """https://www.iana.org/assignments/ds-rr-types"""

    SHA_1 = 1
    SHA_256 = 2
    GOST_R_34_11_94 = 3
    SHA_384 = 4
    GOST_R_34_11_2012 = 5
    SM3 = 6


@header("dns.dnskey", "DNSKEY", "RFC 4034, section 2.1")
class ZoneKey(Header):
    """What kind of key it is; revoked by RFC 5011, section 7."""

    reserved: int = unsigned(7, name="dns.dnskey.flags.reserved", group=KEY_FLAGS, default=0)
    zone_key: int = flag(name="dns.dnskey.flags.zone_key", group=KEY_FLAGS, default=1)
    revoked: int = flag("key revoked", name="dns.dnskey.flags.key_revoked", group=KEY_FLAGS, default=0)
    reserved_end: int = unsigned(6, "reserved", name="dns.dnskey.flags.reserved", group=KEY_FLAGS, default=0)
    entry_point: int = flag(
        "secure entry point", name="dns.dnskey.flags.secure_entry_point", group=KEY_FLAGS, default=0
    )
    protocol: int = unsigned(8, default=3)
    algorithm: int = unsigned(8, registry=Algorithm)


@header("dns.key", "KEY", "RFC 2535, section 3.1.2")
class OldKey(Header):
    """The key record before DNSKEY, which SIG(0) still has."""

    no_authentication: int = flag("not for authentication", name="dns.key.flags.authentication", group=OLD_KEY_FLAGS)
    no_confidentiality: int = flag("not for confidentiality", name="dns.key.flags.confidentiality", group=OLD_KEY_FLAGS)
    required: int = flag(name="dns.key.flags.required", group=OLD_KEY_FLAGS)
    reserved: int = unsigned(2, name="dns.key.flags.reserved", group=OLD_KEY_FLAGS)
    user: int = flag("of a user", name="dns.key.flags.associated_user", group=OLD_KEY_FLAGS)
    entity: int = flag("of the named entity", name="dns.key.flags.associated_named_entity", group=OLD_KEY_FLAGS)
    reserved_more: int = unsigned(1, "reserved", name="dns.key.flags.reserved", group=OLD_KEY_FLAGS)
    ipsec: int = flag("for IPsec", name="dns.key.flags.ipsec", group=OLD_KEY_FLAGS)
    mime: int = flag("for MIME", name="dns.key.flags.mime", group=OLD_KEY_FLAGS)
    reserved_end: int = unsigned(2, "reserved", name="dns.key.flags.reserved", group=OLD_KEY_FLAGS)
    signatory: int = unsigned(4, name="dns.key.flags.signatory", group=OLD_KEY_FLAGS)
    protocol: int = unsigned(8, default=3)
    algorithm: int = unsigned(8, registry=Algorithm)


@header("dns.nsec3", "NSEC3", "RFC 5155, section 3.2")
class HashedProof(Header):
    """How names are hashed."""

    algorithm: int = unsigned(8, "hash algorithm", name="algo", default=1)
    reserved: int = unsigned(7, name="dns.nsec3.flags.reserved", group=PROOF_FLAGS, default=0)
    opt_out: int = flag("opt-out", name="dns.nsec3.flags.opt_out", group=PROOF_FLAGS, default=0)
    iterations: int = unsigned(16, default=0)


def _algorithm(name: str) -> Piece:
    return number(name, "algorithm", 1, registry=Algorithm)


ALGORITHM = _algorithm
_moment = partial(number, size=4, words=moment)

RRSIG: tuple[Piece, ...] = (
    number("dns.rrsig.type_covered", "type covered", 2, registry=RecordType),
    _algorithm("dns.rrsig.algorithm"),
    number("dns.rrsig.labels", "labels", 1),
    number("dns.rrsig.original_ttl", "original TTL", 4, unit="s"),
    _moment("dns.rrsig.signature_expiration", "expires"),
    _moment("dns.rrsig.signature_inception", "signed"),
    number("dns.rrsig.key_tag", "key tag", 2),
    domain("dns.rrsig.signers_name", "signer"),
    octets("dns.rrsig.signature", "signature"),
)
DS: tuple[Piece, ...] = (
    number("dns.ds.key_id", "key tag", 2),
    _algorithm("dns.ds.algorithm"),
    number("dns.ds.digest_type", "digest type", 1, registry=DigestType),
    octets("dns.ds.digest", "digest"),
)
DNSKEY: dict[str, tuple[Piece, ...]] = {
    "dnskey": (head(ZoneKey), octets("dns.dnskey.public_key", "public key")),
    "key": (head(OldKey), octets("dns.key.public_key", "public key")),
}
NSEC3PARAM: tuple[Piece, ...] = (
    head(HashedProof),
    counted("dns.nsec3.salt_length", octets("dns.nsec3.salt_value", "salt")),
)
NSEC3: tuple[Piece, ...] = (
    *NSEC3PARAM,
    counted("dns.nsec3.hash_length", octets("dns.nsec3.hash_value", "next hashed owner")),
)
ZONEMD: tuple[Piece, ...] = (
    number("dns.zonemd.serial", "serial", 4),
    number("dns.zonemd.scheme", "scheme", 1),
    number("dns.zonemd.hash_algo", "hash algorithm", 1),
    octets("dns.zonemd.digest", "digest"),
)
TSIG: tuple[Piece, ...] = (
    domain("dns.tsig.algorithm_name", "algorithm"),
    number("dns.tsig.time_signed", "signed", 6, words=moment),
    number("dns.tsig.fudge", "fudge", 2, unit="s"),
    counted("dns.tsig.mac_size", octets("dns.tsig.mac", "MAC"), 2),
    number("dns.tsig.original_id", "original identifier", 2, style="hex"),
    number("dns.tsig.error", "error", 2, registry=ResponseCode),
    counted("dns.tsig.other_len", octets("dns.tsig.other_data", "other data"), 2),
)
TKEY: tuple[Piece, ...] = (
    domain("dns.tkey.algo_name", "algorithm"),
    _moment("dns.tkey.signature_inception", "valid from"),
    _moment("dns.tkey.signature_expiration", "valid until"),
    number("dns.tkey.mode", "mode", 2),
    number("dns.tkey.error", "error", 2, registry=ResponseCode),
    counted("dns.tkey.key_size", octets("dns.tkey.key_data", "key"), 2),
    counted("dns.tkey.other_size", octets("dns.tkey.other_data", "other data"), 2),
)
