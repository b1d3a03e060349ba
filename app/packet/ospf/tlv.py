"""Type, length, value: how the opaque LSAs of OSPF and its LLS block are written, TLVs within TLVs.

"The Length field defines the length of the value portion in octets ... The TLV is padded to 4-octet alignment;
padding is not included in the Length field" (RFC 3630, section 2.3.2). Each place of use has a table of its own:
a head that names type and length as Wireshark does there, and what the values hold.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from app.packet.dissection import Branch, Part, Placed
from app.packet.layout import Header
from app.packet.ospf.sheet import Sheet, told
from app.packet.shape import bytes_span
from app.packet.text import safe_bytes

#: Reads what no declaration can: the bytes [at, stop) of a value.
ValueTail: TypeAlias = Callable[[Sheet, int, int], list[Part]]

#: Bytes of type and length.
HEAD = 4
PADDING = "ospf.pad_bytes"


@dataclass(frozen=True, slots=True)
class Value:
    """What a TLV holds: a fixed head, then a tail, TLVs or elements that repeat; what is left are bytes."""

    title: str
    head: type[Header] | None = None
    each: type[Header] | None = None
    below: "TlvTable | None" = None
    tail: ValueTail | None = None
    rest: str = ""  #: the name of bytes that nothing above reads, if not the table's
    whole: str = ""  #: the name of a heading over the value: Wireshark shows such values as bytes under it
    name: str = ""  #: the name of the TLV, if not the table's

    def parts(self, sheet: Sheet, at: int, stop: int, rest: str) -> list[Part]:
        """The parts of a value within [at, stop)."""
        parts: list[Part] = []
        if self.head is not None and at < stop:
            parts += sheet.fixed(self.head, at, stop)
            at = min(stop, at + self.head.LAYOUT.size)
        if self.tail is not None:
            return parts + self.tail(sheet, at, stop)
        if self.below is not None:
            return parts + read_tlvs(sheet, self.below, at, stop)
        if self.each is not None:
            return parts + sheet.listed(self.each, at, stop, f"elements of {self.title}")
        return parts + sheet.bytes_left(at, stop, self.rest or rest, "value" if self.head is None else "reserved")


@dataclass(frozen=True, slots=True)
class TlvTable:
    """The TLVs of one place."""

    head: type[Header]  #: type and length
    kinds: Mapping[int, Value]
    name: str  #: the filter's name of a whole TLV
    rest: str = "ospf.tlv_value"  #: the name of a value that is not read
    unknown: str = "TLV"
    is_padding_inside: bool = False  #: whether a TLV's heading covers its padding


def read_tlvs(sheet: Sheet, table: TlvTable, at: int, stop: int) -> list[Part]:
    """The TLVs within [at, stop), each under a heading, padding between them."""
    parts: list[Part] = []
    while at < stop:
        end = tlv_end(sheet, at, stop)
        if end is None:
            parts.append(_cut(sheet, table, at, stop))
            break
        if not sheet.granted(1, at, "TLV and what follows it"):
            break
        behind = min(stop, end + (at - end) % 4)
        parts.append(_tlv(sheet, table, at, end, behind))
        if not table.is_padding_inside:
            parts += sheet.bytes_left(end, behind, PADDING, "padding")
        at = behind
    return parts


def tlv_end(sheet: Sheet, at: int, stop: int) -> int | None:
    """The byte behind the value of the TLV at `at`, padding excluded; None, and a note, where it does not fit."""
    if at + HEAD > stop:
        sheet.wrong(at, f"{stop - at} bytes are no TLV")
        return None
    length = int.from_bytes(sheet.data[at + 2 : at + HEAD], "big")
    if at + HEAD + length > stop:
        sheet.wrong(at + 2, f"TLV length says {length} bytes, {stop - at - HEAD} are there")
        return None
    return at + HEAD + length


def _cut(sheet: Sheet, table: TlvTable, at: int, stop: int) -> Part:
    """A TLV that does not fit into [at, stop): its head if that is there, the rest as bytes."""
    inside = at + HEAD
    if inside > stop:
        return bytes_span("ospf.tlv_malformed", "malformed TLV", sheet.data, at, stop)
    head = Placed(table.head.unpacked(sheet.data, at), at, inside)
    rest = sheet.bytes_left(inside, stop, "ospf.tlv_malformed", "cut value")
    return told(table.name, f"{table.unknown}, cut short", at, stop, [head, *rest], at)


def _tlv(sheet: Sheet, table: TlvTable, at: int, end: int, behind: int) -> Branch:
    head = Placed(table.head.unpacked(sheet.data, at), at, at + HEAD)
    kind = int.from_bytes(sheet.data[at : at + 2], "big")
    value = table.kinds.get(kind)
    inside = at + HEAD
    if value is None:
        value = Value(f"{table.unknown} {kind}")
    parts = value.parts(sheet, inside, end, table.rest)
    if value.whole and parts:
        parts = [told(value.whole, "value", inside, end, parts, inside)]
    stop = end
    if table.is_padding_inside:
        parts += sheet.bytes_left(end, behind, PADDING, "padding")
        stop = behind
    return told(value.name or table.name, value.title, at, stop, [head, *parts], inside)


def text_value(name: str, label: str) -> ValueTail:
    """A value that is text."""

    def read(sheet: Sheet, at: int, stop: int) -> list[Part]:
        span = bytes_span(name, label, sheet.data, at, stop)
        shown = safe_bytes(sheet.data[at:stop].rstrip(b"\0"))
        return [span._replace(value=shown, told=shown)] if at < stop else []

    return read


def sized_value(kinds: Mapping[int, type[Header]], name: str) -> ValueTail:
    """A value whose declaration its size chooses; other sizes are bytes."""

    def read(sheet: Sheet, at: int, stop: int) -> list[Part]:
        kind = kinds.get(stop - at)
        return sheet.bytes_left(at, stop, name) if kind is None else sheet.fixed(kind, at, stop)

    return read
