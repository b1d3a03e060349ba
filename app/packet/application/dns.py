"""The message header of DNS, and the registries of its numbers (RFC 1035, section 4.1.1).

mDNS and LLMNR have the same header under other names; two flags mean something else in LLMNR, the four counts
in UPDATE. https://www.iana.org/assignments/dns-parameters
"""

from app.packet.layout import Group, Header, flag, header, unsigned
from app.packet.registry import Registry

FLAGS = Group("dns.flags", "flags")


class Opcode(Registry):
    """https://www.iana.org/assignments/dns-parameters (DNS OpCodes)"""

    QUERY = 0
    IQUERY = 1
    STATUS = 2
    NOTIFY = 4
    UPDATE = 5
    STATEFUL_OPERATIONS = 6


class ResponseCode(Registry):
    """https://www.iana.org/assignments/dns-parameters (DNS RCODEs)"""

    NOERROR = 0
    FORMERR = 1
    SERVFAIL = 2
    NXDOMAIN = 3
    NOTIMP = 4
    REFUSED = 5
    YXDOMAIN = 6
    YXRRSET = 7
    NXRRSET = 8
    NOTAUTH = 9
    NOTZONE = 10
    DSOTYPENI = 11
    BADVERS = 16
    BADKEY = 17
    BADTIME = 18
    BADMODE = 19
    BADNAME = 20
    BADALG = 21
    BADTRUNC = 22
    BADCOOKIE = 23

    @property
    def words(self) -> str:
        """The name as IANA and every tool writes it."""
        return self._name_ if self.is_assigned else f"rcode {self._value_}"


class RecordClass(Registry):
    """https://www.iana.org/assignments/dns-parameters (DNS CLASSes)"""

    IN = 1
    CH = 3
    HS = 4
    NONE = 254
    ANY = 255

    @property
    def words(self) -> str:
        """The name, or CLASS and the number (RFC 3597, section 5)."""
        return self._name_ if self.is_assigned else f"CLASS{self._value_}"


class RecordType(Registry):
    """https://www.iana.org/assignments/dns-parameters (Resource Record (RR) TYPEs)"""

    A = 1
    NS = 2
    MD = 3
    MF = 4
    CNAME = 5
    SOA = 6
    MB = 7
    MG = 8
    MR = 9
    NULL = 10
    WKS = 11
    PTR = 12
    HINFO = 13
    MINFO = 14
    MX = 15
    TXT = 16
    RP = 17
    AFSDB = 18
    X25 = 19
    ISDN = 20
    RT = 21
    NSAP = 22
    NSAP_PTR = 23
    SIG = 24
    KEY = 25
    PX = 26
    GPOS = 27
    AAAA = 28
    LOC = 29
    NXT = 30
    EID = 31
    NIMLOC = 32
    SRV = 33
    ATMA = 34
    NAPTR = 35
    KX = 36
    CERT = 37
    A6 = 38
    DNAME = 39
    SINK = 40
    OPT = 41
    APL = 42
    DS = 43
    SSHFP = 44
    IPSECKEY = 45
    RRSIG = 46
    NSEC = 47
    DNSKEY = 48
    DHCID = 49
    NSEC3 = 50
    NSEC3PARAM = 51
    TLSA = 52
    SMIMEA = 53
    HIP = 55
    NINFO = 56
    RKEY = 57
    TALINK = 58
    CDS = 59
    CDNSKEY = 60
    OPENPGPKEY = 61
    CSYNC = 62
    ZONEMD = 63
    SVCB = 64
    HTTPS = 65
    DSYNC = 66
    HHIT = 67
    BRID = 68
    SPF = 99
    UINFO = 100
    UID = 101
    GID = 102
    UNSPEC = 103
    NID = 104
    L32 = 105
    L64 = 106
    LP = 107
    EUI48 = 108
    EUI64 = 109
    NXNAME = 128
    TKEY = 249
    TSIG = 250
    IXFR = 251
    AXFR = 252
    MAILB = 253
    MAILA = 254
    ANY = 255
    URI = 256
    CAA = 257
    AVC = 258
    DOA = 259
    AMTRELAY = 260
    RESINFO = 261
    WALLET = 262
    CLA = 263
    IPN = 264
    TA = 32768
    DLV = 32769

    @property
    def words(self) -> str:
        """The name as zone files write it, or TYPE and the number (RFC 3597, section 5)."""
        return self._name_.replace("_", "-") if self.is_assigned else f"TYPE{self._value_}"


@header("dns", "DNS", "RFC 1035, section 4.1.1")
class Dns(Header):
    """The header of a DNS message; AD and CD by RFC 4035, section 3."""

    identifier: int = unsigned(16, name="dns.id", style="hex", default=0)
    response: int = flag(name="dns.flags.response", group=FLAGS, default=0)
    opcode: int = unsigned(4, name="dns.flags.opcode", registry=Opcode, group=FLAGS, default=0)
    authoritative: int = flag("authoritative answer", name="dns.flags.authoritative", group=FLAGS, default=0)
    truncated: int = flag(name="dns.flags.truncated", group=FLAGS, default=0)
    recursion_desired: int = flag(name="dns.flags.recdesired", group=FLAGS, default=0)
    recursion_available: int = flag(name="dns.flags.recavail", group=FLAGS, default=0)
    reserved: int = flag(name="dns.flags.z", group=FLAGS, default=0)
    authentic: int = flag("authentic data", name="dns.flags.authenticated", group=FLAGS, default=0)
    checking_disabled: int = flag(name="dns.flags.checkdisable", group=FLAGS, default=0)
    response_code: int = unsigned(4, name="dns.flags.rcode", registry=ResponseCode, group=FLAGS, default=0)
    questions: int = unsigned(16, name="dns.count.queries", default=0)
    answers: int = unsigned(16, name="dns.count.answers", default=0)
    authorities: int = unsigned(16, "authority records", name="dns.count.auth_rr", default=0)
    additional: int = unsigned(16, "additional records", name="dns.count.add_rr", default=0)


@header("dns", "DNS update", "RFC 2136, section 2.2")
class DnsUpdate(Dns):
    """The header of a dynamic update."""

    questions: int = unsigned(16, "zones", name="dns.count.zones", default=1)
    answers: int = unsigned(16, "prerequisites", name="dns.count.prerequisites", default=0)
    authorities: int = unsigned(16, "updates", name="dns.count.updates", default=0)


@header("mdns", "mDNS", "RFC 6762, section 18")
class Mdns(Dns):
    """The header of a multicast DNS message."""


@header("llmnr", "LLMNR", "RFC 4795, section 2.1.1")
class Llmnr(Dns):
    """The header of a link-local multicast name resolution message."""

    authoritative: int = flag("conflict", name="dns.flags.conflict", group=FLAGS, default=0)
    recursion_desired: int = flag("tentative", name="dns.flags.tentative", group=FLAGS, default=0)


@header("dns", "length", "RFC 1035, section 4.2.2")
class StreamLength(Header):
    """What stands before each message over TCP."""

    length: int = unsigned(16, unit="bytes")


@header("dns.qry", "question", "RFC 1035, section 4.1.2")
class Question(Header):
    """What follows the name of a question."""

    type: int = unsigned(16, registry=RecordType, default=RecordType.A)
    record_class: int = unsigned(16, "class", name="class", registry=RecordClass, default=RecordClass.IN)


@header("dns.qry", "question", "RFC 6762, section 18.12")
class MulticastQuestion(Header):
    """The same in multicast DNS, where a question may ask for a unicast response."""

    type: int = unsigned(16, registry=RecordType, default=RecordType.A)
    unicast: int = flag("unicast response wanted", name="qu", default=0)
    record_class: int = unsigned(15, "class", name="class", registry=RecordClass, default=RecordClass.IN)


@header("dns.resp", "record", "RFC 1035, section 4.1.3")
class Record(Header):
    """What follows the name of a resource record."""

    type: int = unsigned(16, registry=RecordType)
    record_class: int = unsigned(16, "class", name="class", registry=RecordClass, default=RecordClass.IN)
    ttl: int = unsigned(32, "TTL", unit="s")
    length: int = unsigned(16, "data length", name="len", unit="bytes")


@header("dns.resp", "record", "RFC 6762, section 18.13")
class MulticastRecord(Header):
    """The same in multicast DNS, where a record may replace all others of its name and type."""

    type: int = unsigned(16, registry=RecordType)
    cache_flush: int = flag(default=0)
    record_class: int = unsigned(15, "class", name="class", registry=RecordClass, default=RecordClass.IN)
    ttl: int = unsigned(32, "TTL", unit="s")
    length: int = unsigned(16, "data length", name="len", unit="bytes")
