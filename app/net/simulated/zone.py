"""What a resolver of the simulation knows: the names and addresses of the scenario, as DNS messages (RFC 1035)."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address

from app.packet.application.dns import Dns, Question, Record, RecordClass, RecordType, ResponseCode
from app.packet.application.name import read_name
from app.packet.application.pieces import Message
from app.packet.compose import Address

_TTL = 300
_LONGEST_LABEL = 63
#: A pointer to the name of the question, which stands behind the header (RFC 1035, section 4.1.4).
_THE_NAME_ASKED = b"\xc0\x0c"
_QUERY = 0
_ADDRESSES = {RecordType.A: IPv4Address, RecordType.AAAA: IPv6Address}


def domain_name(name: str) -> bytes:
    """A domain name in labels (RFC 1035, section 3.1)."""
    labels = [label.encode("utf-8")[:_LONGEST_LABEL] for label in name.split(".") if label]
    return b"".join(bytes((len(label),)) + label for label in labels) + b"\0"


class Zone:
    """Names to addresses and back."""

    def __init__(self, owners: Iterable[tuple[str, Iterable[Address]]]) -> None:
        self._addresses: dict[str, list[Address]] = {}
        self._names: dict[str, str] = {}
        for name, addresses in owners:
            for address in addresses:
                self._addresses.setdefault(name.casefold(), []).append(address)
                self._names.setdefault(address.reverse_pointer, name)

    def answer(self, query: bytes) -> bytes | None:
        """The response to a query; None to what is none."""
        if len(query) < Dns.LAYOUT.size:
            return None
        asked = Dns.decode(query)
        message = Message(query, 0, len(query))
        name = read_name(message, Dns.LAYOUT.size, len(query)) if asked.questions else None
        if asked.response or name is None or name.end + Question.LAYOUT.size > len(query):
            return None
        head = asked.replace(response=1, recursion_available=1, questions=1, additional=0, authorities=0, answers=0)
        question = query[Dns.LAYOUT.size : name.end + Question.LAYOUT.size]
        if asked.opcode != _QUERY or asked.questions != 1:
            return head.replace(response_code=ResponseCode.NOTIMP).build() + question
        wanted = Question.decode(query, name.end)
        code, answers = self._find(name.text, wanted.type)
        return head.replace(response_code=code, answers=len(answers)).build() + question + b"".join(answers)

    def _find(self, name: str, kind: int) -> tuple[ResponseCode, list[bytes]]:
        """The records of a name; none where it has none of that type, an error where nobody has it."""
        known = name.casefold().rstrip(".")
        addresses, host = self._addresses.get(known), self._names.get(known)
        if addresses is None and host is None:
            return ResponseCode.NXDOMAIN, []
        if kind == RecordType.PTR and host is not None:
            return ResponseCode.NOERROR, [record(_THE_NAME_ASKED, RecordType.PTR, domain_name(host))]
        wanted = _ADDRESSES.get(RecordType(kind))
        found = [address.packed for address in addresses or () if wanted is not None and isinstance(address, wanted)]
        return ResponseCode.NOERROR, [record(_THE_NAME_ASKED, kind, packed) for packed in found]


def record(name: bytes, kind: int, data: bytes, *, ttl: int = _TTL, flush: int = 0) -> bytes:
    """A resource record. `flush` is the top bit of the class that multicast DNS has (RFC 6762, section 10.2)."""
    record_class = RecordClass.IN | flush << 15
    return name + Record(type=kind, record_class=record_class, ttl=ttl, length=len(data)).build() + data
