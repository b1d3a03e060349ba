"""Reading OSPF packets of versions 2 and 3 out of a frame (RFC 2328, RFC 5340)."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from app.packet.checksum import pseudo_sum
from app.packet.dissection import Branch, Check, CheckStatus, Part, Placed, Severity
from app.packet.layout import Header
from app.packet.ospf.lls import SIGNALS2, SIGNALS3, has_trailer, read_signals, read_trailer
from app.packet.ospf.lsa import LsaReader, Title, read_headers, read_lsas, titles_words
from app.packet.ospf.registry import AuthenticationType, FunctionCode, LsaType, PacketType
from app.packet.ospf.sheet import Sheet
from app.packet.ospf.tlv import TlvTable
from app.packet.ospf.v2lsas import LSAS2
from app.packet.ospf.v2packets import (
    HEADERS2,
    Description2,
    ExchangeFlags,
    Hello2,
    HelloNeighbour,
    Ospf2,
    Ospf2Cryptographic,
    OspfFront,
    Request2,
    Update,
)
from app.packet.ospf.v3lsas import LSAS3
from app.packet.ospf.v3packets import Description3, Hello3, Ospf3, Request3, address_version
from app.packet.reading import Reading
from app.packet.registry import Protocol

#: Where the checksum stands, and the eight bytes that the checksum of version 2 passes over.
_CHECKSUM, _AUTHENTICATION = 12, range(16, 24)
#: Kinds of authentication that do without the checksum.
_DIGESTED = (AuthenticationType.CRYPTOGRAPHIC, AuthenticationType.CRYPTOGRAPHIC_WITH_EXTENDED_SEQUENCE_NUMBERS)


class Version(NamedTuple):
    """What differs between the versions."""

    hello: type[Header]
    description: type[Header]
    request: type[Header]
    lsas: LsaReader
    signals: TlvTable
    asked: Callable[[Any], Title]  #: which LSA a request asks for


class Body(NamedTuple):
    """What a packet of one type holds."""

    parts: list[Part]
    words: str
    has_signals: bool = False
    has_trailer: bool = False


def _asked2(record: Request2) -> Title:
    return Title("ospf.msg.lsreq", LsaType(record.type).words, str(record.id))


def _asked3(record: Request3) -> Title:
    return Title("ospf.msg.lsreq", FunctionCode(record.function).words, str(record.advertising))


_VERSIONS = {
    2: Version(Hello2, Description2, Request2, LSAS2, SIGNALS2, _asked2),
    3: Version(Hello3, Description3, Request3, LSAS3, SIGNALS3, _asked3),
}


def read_ospf(reading: Reading, at: int, stop: int) -> None:
    """An OSPF packet with all that stands behind it."""
    number = reading.data[at] if at < stop else 0
    head = reading.take(_header(reading.data, at, stop), at, stop, _cut_words)
    version = _VERSIONS.get(number)
    body = at + head.LAYOUT.size
    if version is None:
        reading.note(Severity.WARNING, at, f"OSPF version {number} is not known")
        parts = Sheet(reading).bytes_left(body, stop)
        reading.layer(head.LAYOUT, at, stop, [_heading(head, at), *parts], f"OSPF version {number}")
        reading.checks.append(Check(at + _CHECKSUM, CheckStatus.UNVERIFIED))
        return
    end = reading.bounded(at, head.length, stop, least=head.LAYOUT.size, what="packet length")
    end = max(end, body)
    sheet = Sheet(reading)
    if isinstance(head, Ospf3):
        sheet.address_version = address_version(head.instance)
    read = _BODIES.get(PacketType(head.type), _unknown)
    inside = read(sheet, version, body, end)
    if isinstance(head, Ospf3) and has_trailer(sheet, end, stop):
        inside = inside._replace(has_trailer=True)
    _verify(reading, head, at, end, is_trailed=inside.has_trailer)
    behind = _behind(sheet, version, head, inside, at=end, stop=stop)
    words = partial(_words, head, inside.words)
    reading.layer(head.LAYOUT, at, stop, [_heading(head, at), *inside.parts, *behind], words)


def _header(data: bytes, at: int, stop: int) -> type[OspfFront]:
    """Which declaration the first bytes ask for."""
    number = data[at] if at < stop else 0
    if number == 2:
        return HEADERS2.get(int.from_bytes(data[at + 14 : min(at + 16, stop)], "big"), Ospf2)
    return Ospf3 if number == 3 else OspfFront


def _heading(head: OspfFront, at: int) -> Branch:
    stop = at + head.LAYOUT.size
    words = f"{PacketType(head.type).words}, router {head.router}, area {head.area}"
    return Branch("ospf.header", "header", at, stop, (Placed(head, at, stop),), words)


def _verify(reading: Reading, head: OspfFront, at: int, end: int, *, is_trailed: bool) -> None:
    """Judge the packet's checksum. A zero says that none was made.

    That of version 2 excludes "the 64-bit authentication field" (RFC 2328, section D.4.1); with cryptographic
    authentication it "is not calculated, but is instead set to 0" (section D.4.3). That of version 3 includes a
    pseudo-header (RFC 5340, section A.3.1); with an authentication trailer "verification MUST be omitted"
    (RFC 7166, section 4.2).
    """
    field = at + _CHECKSUM
    source, destination = reading.source, reading.destination
    if not head.checksum or is_trailed or not reading.is_whole or source is None or destination is None:
        reading.checks.append(Check(field, CheckStatus.UNVERIFIED))
    elif isinstance(head, Ospf3):
        reading.verify_sum(field, at, end, pseudo_sum(source, destination, Protocol.OSPF, end - at))
    elif getattr(head, "authentication", None) in _DIGESTED:
        reading.checks.append(Check(field, CheckStatus.BAD, 0))
        reading.note(Severity.ERROR, field, f"checksum 0x{head.checksum:04x} is wrong, it should be 0x0000")
    else:
        passed_over = reading.data[at + _AUTHENTICATION.start : at + _AUTHENTICATION.stop]
        reading.verify_sum(field, at, end, -int.from_bytes(passed_over, "big"))


def _hello(sheet: Sheet, version: Version, at: int, stop: int) -> Body:
    kind = version.hello
    behind = at + kind.LAYOUT.size
    parts = sheet.fixed(kind, at, stop)
    if behind > stop:
        return _body("ospf.hello", "hello", at, stop, parts, "")
    count = (stop - behind) // HelloNeighbour.LAYOUT.size
    parts += sheet.listed(HelloNeighbour, behind, stop, "neighbours")
    words = f"{count} neighbour{'' if count == 1 else 's'}"
    record: Hello2 | Hello3 = kind.unpacked(sheet.data, at)
    body = _body("ospf.hello", "hello", at, stop, parts, words)
    return body._replace(has_signals=bool(record.signaling), has_trailer=bool(getattr(record, "trailer", 0)))


def _description(sheet: Sheet, version: Version, at: int, stop: int) -> Body:
    kind = version.description
    behind = at + kind.LAYOUT.size
    parts = sheet.fixed(kind, at, stop)
    if behind > stop:
        return _body("ospf.msg.dbdesc", "database description", at, stop, parts, "")
    record: Description2 | Description3 = kind.unpacked(sheet.data, at)
    headers, titles = read_headers(sheet, version.lsas, behind, stop)
    words = f"{_exchange_words(record)}seq {record.sequence}, {_lsas_words(titles, (stop - behind) // 20)}"
    body = _body("ospf.msg.dbdesc", "database description", at, stop, parts + headers, words)
    return body._replace(has_signals=bool(record.signaling), has_trailer=bool(getattr(record, "trailer", 0)))


def _exchange_words(record: ExchangeFlags) -> str:
    told = (("initial", record.initial), ("more", record.more), ("master", record.master))
    return "".join(f"{words}, " for words, is_set in told if is_set)


def _request(sheet: Sheet, version: Version, at: int, stop: int) -> Body:
    size = version.request.LAYOUT.size
    count = (stop - at) // size
    parts: list[Part] = []
    titles = []
    for start in range(at, at + sheet.granted(count, at, "requests") * size, size):
        record: Request2 | Request3 = version.request.unpacked(sheet.data, start)
        title = version.asked(record)
        titles.append(title)
        words = f"{title.kind} {record.id} from {record.advertising}"
        parts.append(Branch(title.name, "request", start, start + size, (Placed(record, start, start + size),), words))
    behind = at + count * size
    if behind < stop:
        sheet.wrong(behind, f"{stop - behind} bytes are no whole request")
    return Body(parts + sheet.bytes_left(behind, stop), _lsas_words(titles, count))


def _update(sheet: Sheet, version: Version, at: int, stop: int) -> Body:
    parts = sheet.fixed(Update, at, stop)
    behind = at + Update.LAYOUT.size
    if behind > stop:
        return _body("ospf.msg.lsupdate", "link state update", at, stop, parts, "")
    count = Update.unpacked(sheet.data, at).count
    lsas, titles = read_lsas(sheet, version.lsas, behind, stop, count)
    words = _lsas_words(titles, count)
    return _body("ospf.msg.lsupdate", "link state update", at, stop, parts + lsas, words)


def _acknowledgment(sheet: Sheet, version: Version, at: int, stop: int) -> Body:
    parts, titles = read_headers(sheet, version.lsas, at, stop)
    words = _lsas_words(titles, (stop - at) // 20)
    return _body("ospf.msg.lsack", "link state acknowledgment", at, stop, parts, words)


def _unknown(sheet: Sheet, version: Version, at: int, stop: int) -> Body:
    return Body(sheet.bytes_left(at, stop), "")


_BODIES: dict[int, Callable[[Sheet, Version, int, int], Body]] = {
    PacketType.HELLO: _hello,
    PacketType.DATABASE_DESCRIPTION: _description,
    PacketType.LINK_STATE_REQUEST: _request,
    PacketType.LINK_STATE_UPDATE: _update,
    PacketType.LINK_STATE_ACKNOWLEDGMENT: _acknowledgment,
}
_SHORT = {
    PacketType.HELLO: "hello",
    PacketType.DATABASE_DESCRIPTION: "DBD",
    PacketType.LINK_STATE_REQUEST: "LSR",
    PacketType.LINK_STATE_UPDATE: "LSU",
    PacketType.LINK_STATE_ACKNOWLEDGMENT: "LSAck",
}


#: Packets whose line needs no router and area: they are about LSAs.
_OF_LSAS = (PacketType.LINK_STATE_UPDATE, PacketType.LINK_STATE_REQUEST, PacketType.LINK_STATE_ACKNOWLEDGMENT)


def _body(name: str, label: str, at: int, stop: int, parts: list[Part], words: str) -> Body:
    """A body under a heading, where there are bytes to stand over."""
    return Body([Branch(name, label, at, stop, tuple(parts), words)] if at < stop else [], words)


def _lsas_words(titles: list[Title], count: int) -> str:
    words = f"{count} LSA{'' if count == 1 else 's'}"
    return f"{words}: {titles_words(titles, count)}" if titles else words


def _behind(sheet: Sheet, version: Version, head: OspfFront, body: Body, *, at: int, stop: int) -> list[Part]:
    """Digest, LLS block and authentication trailer, in the order of the wire."""
    parts: list[Part] = []
    if isinstance(head, Ospf2Cryptographic):
        end = min(stop, at + head.digest_length)
        parts += sheet.bytes_left(at, end, "ospf.auth.crypt.data", "authentication data")
        at = end
    if body.has_signals and at < stop:
        is_authenticated = isinstance(head, Ospf2Cryptographic) or body.has_trailer
        signals, at = read_signals(sheet, version.signals, at, stop, is_authenticated=is_authenticated)
        parts += signals
    if isinstance(head, Ospf3) and at < stop and body.has_trailer:
        trailer, at = read_trailer(sheet, at, stop)
        parts += trailer
    if at < stop:
        sheet.reading.note(Severity.WARNING, at, f"{stop - at} bytes behind the packet")
    return parts + sheet.bytes_left(at, stop, "ospf.trailing", "trailing bytes")


def _cut_words(head: OspfFront) -> str:
    return f"OSPFv{head.version}, cut short"


def _words(head: OspfFront, inside: str) -> str:
    """One line of a list."""
    kind = PacketType(head.type)
    short = _SHORT.get(kind, f"packet type {head.type}")
    if inside and kind in _OF_LSAS:
        return f"OSPFv{head.version} {short}, {inside}"
    about = f"OSPFv{head.version} {short}, router {head.router}, area {head.area}"
    return f"{about}, {inside}" if inside else about
