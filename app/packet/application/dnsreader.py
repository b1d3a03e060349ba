"""Reading DNS, multicast DNS and LLMNR messages out of a frame (RFC 1035, section 4; RFC 6762; RFC 4795)."""

from collections.abc import Callable
from functools import partial

from app.packet.application.dns import (
    Dns,
    DnsUpdate,
    Llmnr,
    Mdns,
    MulticastQuestion,
    MulticastRecord,
    Opcode,
    Question,
    Record,
    RecordClass,
    RecordType,
    ResponseCode,
    StreamLength,
)
from app.packet.application.edns import MulticastOptRecord, OptRecord
from app.packet.application.name import Name, read_name
from app.packet.application.pieces import (
    Message,
    Piece,
    branch,
    each,
    named_field,
    number,
    octets,
    read_pieces,
    under,
    words_of,
)
from app.packet.application.records import RECORDS
from app.packet.dissection import Branch, Part, Placed, Severity
from app.packet.layout import Span
from app.packet.reading import Reading, read_data
from app.packet.registry import Registry
from app.packet.shape import bytes_span
from app.packet.text import bytes_words

#: So many questions and records of a message are shown.
MOST_RECORDS = 400
#: So many answers make the line of a list.
_TOLD = 3
_SECTIONS = ("answers", "authority records", "additional records")
_UPDATE_SECTIONS = ("prerequisites", "updates", "additional records")


class StatefulType(Registry):
    """https://www.iana.org/assignments/dns-parameters (DSO Type Codes)"""

    KEEPALIVE = 1
    RETRY_DELAY = 2
    ENCRYPTION_PADDING = 3
    SUBSCRIBE = 0x40
    PUSH = 0x41
    UNSUBSCRIBE = 0x42
    RECONFIRM = 0x43


def read_dns(reading: Reading, at: int, stop: int) -> None:
    """A DNS message in a datagram."""
    _read(reading, at, stop, Dns)


def read_mdns(reading: Reading, at: int, stop: int) -> None:
    """A multicast DNS message."""
    _read(reading, at, stop, Mdns)


def read_llmnr(reading: Reading, at: int, stop: int) -> None:
    """A link-local multicast name resolution message."""
    _read(reading, at, stop, Llmnr)


def read_dns_stream(reading: Reading, at: int, stop: int) -> None:
    """DNS messages in a segment, each behind its length. A segment may start amid a message: such bytes are data."""
    before: Message | None = None
    for _ in range(MOST_RECORDS):
        if at >= stop:
            return
        length = int.from_bytes(reading.data[at : at + 2], "big")
        end = at + 2 + length
        if length < Dns.LAYOUT.size or at + 2 + Dns.LAYOUT.size > stop or (before is not None and before.left <= 0):
            break
        message = Message(reading.data, at + 2, min(end, stop), is_cut=True)
        if before is not None:
            message.follow(before)
        if end > stop and not reading.is_quoted:
            reading.note(
                Severity.NOTE, at, f"the message has {bytes_words(length)}, {stop - at - 2} are in this segment"
            )
        _read_message(reading, message, Dns, Placed(StreamLength.decode(reading.data, at), at, at + 2))
        before, at = message, end
    read_data(reading, at, stop, "part of a DNS stream")


def _read(reading: Reading, at: int, stop: int, kind: type[Dns]) -> None:
    """The one message of a datagram."""
    _read_message(reading, Message(reading.data, at, stop, is_cut=reading.is_quoted), kind)


def _read_message(reading: Reading, message: Message, kind: type[Dns], front: Placed | None = None) -> None:
    """One message; `front` is the length that stands before it in a stream."""
    at, stop = message.start, message.stop
    header = reading.take(kind, at, stop)
    if kind is Dns and header.opcode == Opcode.UPDATE:
        header = DnsUpdate.decode(reading.data, at)
    message.is_unicode = kind is not Dns
    body = _Body(message, is_multicast=kind is Mdns)
    parts: list[Part] = [Placed(header, at, at + kind.LAYOUT.size)]
    end = at + kind.LAYOUT.size
    if header.opcode == Opcode.STATEFUL_OPERATIONS:
        parts += read_pieces(message, _STATEFUL, end, stop, "dns.dso.tlv.data")
        end = stop
    else:
        end = body.read(parts, end, header)
    if end < stop:
        parts.append(bytes_span("dns.extraneous.data", "bytes behind the message", reading.data, end, stop))
        if not message.is_cut and not body.is_broken:
            message.note(end, f"{bytes_words(stop - end)} behind the message")
    reading.notes.extend(message.notes)
    layout = Dns.LAYOUT if kind is Dns else kind.LAYOUT
    start = at if front is None else front.at
    reading.layer(
        layout, start, stop, parts if front is None else [front, *parts], lambda: body.summary(header, layout.title)
    )


class _Body:
    """The four sections of a message while they are read."""

    __slots__ = ("answers", "asked", "extended", "is_broken", "is_multicast", "message", "shown")

    def __init__(self, message: Message, *, is_multicast: bool) -> None:
        self.message = message
        self.is_multicast = is_multicast
        self.is_broken = False
        self.asked: list[str] = []
        self.answers: list[Callable[[], str]] = []
        self.extended = 0  #: the upper bits of the response code
        self.shown = 0

    def read(self, parts: list[Part], at: int, header: Dns) -> int:
        """Put all sections into `parts`; the byte behind the last."""
        title = "zones" if header.opcode == Opcode.UPDATE else "queries"
        titles = _UPDATE_SECTIONS if header.opcode == Opcode.UPDATE else _SECTIONS
        at = self._section(parts, at, header.questions, title)
        for count, title in zip((header.answers, header.authorities, header.additional), titles, strict=True):
            at = self._section(parts, at, count, title)
        return at

    def _section(self, parts: list[Part], at: int, count: int, title: str) -> int:
        """One section under a heading, as far as its records can be read."""
        start = at
        records: list[Part] = []
        is_question = title in ("zones", "queries")
        for _ in range(count):
            if self.is_broken:
                break
            if self.shown == MOST_RECORDS or self.message.left <= 0:
                self.message.note(at, f"more than {self.shown} records: the rest is not shown")
                self.is_broken = True
                break
            found = self._question(at) if is_question else self._record(at, is_answer=title == "answers")
            if found is None:
                self.is_broken = True
                if not self.message.is_cut:
                    self.message.note(at, f"{title}: {len(records)} of {count} are there", Severity.ERROR)
                break
            records.append(found)
            at = found.stop
            self.shown += 1
        if records:
            told = f"{len(records)}" if len(records) == count else f"{len(records)} of {count}"
            parts.append(Branch("dns.section", title, start, at, tuple(records), told))
        return at

    def _question(self, at: int) -> Branch | None:
        message = self.message
        kind = MulticastQuestion if self.is_multicast else Question
        name = read_name(message, at, message.stop)
        if name is None or name.end + kind.LAYOUT.size > message.stop:
            return None
        fixed = kind.decode(message.data, name.end)
        end = name.end + kind.LAYOUT.size
        words = f"{RecordType(fixed.type).words}? {name.text}"
        self.asked.append(words + _class_words(fixed.record_class))
        message.left -= 6
        parts = (_name_span("dns.qry.name", at, name), Placed(fixed, name.end, end))
        return Branch("dns.question", "question", at, end, parts, self.asked[-1])

    def _record(self, at: int, *, is_answer: bool) -> Branch | None:
        message = self.message
        name = read_name(message, at, message.stop)
        if name is None or name.end + Record.LAYOUT.size > message.stop:
            return None
        fixed, told_class = self._fixed(name.end)
        body = name.end + Record.LAYOUT.size
        end = body + fixed.length
        if end > message.stop:
            return None
        kind = RecordType(fixed.type)
        pieces = RECORDS.get(kind) if told_class in _DECODED else None
        data = read_pieces(message, pieces or (octets("dns.data", "data"),), body, end, "dns.data")
        message.left -= 8
        words: Callable[[], str]
        if isinstance(fixed, OptRecord):
            self.extended = fixed.extended_code
            words = partial(_opt_words, fixed)
        else:
            words = partial(_record_words, name.text, fixed, told_class, tuple(data))
            if is_answer:
                self.answers.append(words)
        parts = (_name_span("dns.resp.name", at, name), Placed(fixed, name.end, body), *data)
        return Branch("dns.record", "record", at, end, parts, words)

    def _fixed(self, at: int) -> tuple[Record | MulticastRecord | OptRecord, int]:
        """What stands behind a record's name, and the class that its data is to be read by."""
        data = self.message.data
        if data[at : at + 2] == b"\0\x29":
            return (MulticastOptRecord if self.is_multicast else OptRecord).decode(data, at), RecordClass.IN
        record = (MulticastRecord if self.is_multicast else Record).decode(data, at)
        return record, record.record_class

    def summary(self, header: Dns, title: str) -> str:
        """What the message says, in a line."""
        number = "" if title == Mdns.LAYOUT.title and not header.identifier else f" 0x{header.identifier:04x}"
        opcode = Opcode(header.opcode)
        what = "answer" if header.response else "query"
        if opcode != Opcode.QUERY:
            what = f"{opcode.words} answer" if header.response else opcode.words
        told = "; ".join(words() for words in self.answers[:_TOLD]) or ", ".join(self.asked[:_TOLD])
        more = header.answers - _TOLD if self.answers else header.questions - _TOLD
        told += f" and {more} more" if more > 0 else ""
        code = self.extended << 4 | header.response_code
        remarks = [ResponseCode(code).words] if header.response and code else []
        if header.response and not header.answers and not code and opcode == Opcode.QUERY:
            remarks.append("no data")
        if header.truncated:
            remarks.append("truncated")
        return f"{title} {what}{number} {told}".rstrip() + (f" ({', '.join(remarks)})" if remarks else "")


#: Classes whose records have the data that the table says; ANY and NONE are those of updates.
_DECODED = frozenset((RecordClass.IN, RecordClass.CH, RecordClass.HS, RecordClass.ANY, RecordClass.NONE))


def _class_words(number: int) -> str:
    return "" if number == RecordClass.IN else f" {RecordClass(number).words}"


def _opt_words(fixed: OptRecord) -> str:
    return f"EDNS version {fixed.version}, {fixed.payload_size} bytes{', DO' if fixed.dnssec_ok else ''}"


def _record_words(name: str, fixed: Record | MulticastRecord, number: int, data: tuple[Part, ...]) -> str:
    told = words_of(data, " ") or "nothing"
    return f"{RecordType(fixed.type).words} {name}{_class_words(number)} → {told}, ttl {fixed.ttl} s"


def _name_span(field_name: str, at: int, name: Name) -> Span:
    field = named_field(field_name, "name", name.end - at, kind="octets")
    return Span(field, at * 8, name.end * 8, name.text)


_STATEFUL_VALUES: dict[int, Piece] = {
    StatefulType.KEEPALIVE: each(
        number("dns.dso.tlv.keepalive.inactivity", "inactivity timeout", 4, unit="ms"),
        number("dns.dso.tlv.keepalive.interval", "keepalive interval", 4, unit="ms"),
    ),
    StatefulType.RETRY_DELAY: number("dns.dso.tlv.retrydelay.retrydelay", "retry delay", 4, unit="ms"),
    StatefulType.ENCRYPTION_PADDING: octets("dns.dso.tlv.encpad.padding", "padding"),
}
_STATEFUL_HEAD = (
    number("dns.dso.tlv.type", "type", 2, registry=StatefulType),
    number("dns.dso.tlv.length", "length", 2),
)


def _stateful(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
    """One TLV of a stateful operation (RFC 8490, section 5.4.4)."""
    end = at + 4 + int.from_bytes(message.data[at + 2 : at + 4], "big")
    if at + 4 > stop or end > stop:
        return None
    kind = StatefulType(int.from_bytes(message.data[at : at + 2], "big"))
    value = _STATEFUL_VALUES.get(kind, octets("dns.dso.tlv.data", "data"))
    parts = read_pieces(message, _STATEFUL_HEAD, at, at + 4, "dns.dso.tlv.data")
    parts += read_pieces(message, (value,), at + 4, end, "dns.dso.tlv.data")
    return [branch("dns.dso.tlv", kind.words, at, end, parts, skip=2)], end


_STATEFUL: tuple[Piece, ...] = (under("dns.dso", "stateful operation", each(_stateful), rest="dns.dso.tlv.data"),)
