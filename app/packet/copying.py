"""A packet, or one field of it, as text that other programs take: hex, source code, a scapy expression, JSON.

Each form is a line of `FORMS`. Offsets of a field are bits from the first bit of the frame; a field that does not
fill its bytes is copied with all the bytes that it touches.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from app.packet.dissection import Dissection
from app.packet.layout import Span
from app.packet.render import hex_lines, packet_document, summary_line, tree_lines
from app.packet.scapy import scapy_expression
from app.packet.text import bytes_words, safe

_C_COLUMNS = 12
_PYTHON_COLUMNS = 16


@dataclass(frozen=True, slots=True)
class Copied:
    """What is copied: a packet as it was numbered and stamped, and the field that was selected, if one was."""

    dissection: Dissection
    span: Span | None = None
    number: int = 1
    time_ns: int | None = None
    length: int | None = None  #: bytes on the wire, where they are more than were captured
    link: str = "raw"

    @property
    def octets(self) -> bytes:
        """The bytes of the field, or of the whole packet."""
        if self.span is None:
            return self.dissection.data
        return self.dissection.data[self.span.start_bit // 8 : -(-self.span.stop_bit // 8)]

    @property
    def words(self) -> str:
        """What is copied, in a sentence: "icmp.checksum, 2 bytes", "packet #3, 84 bytes"."""
        name = f"packet #{self.number}" if self.span is None else safe(self.span.field.name)
        return f"{name}, {bytes_words(len(self.octets))}"


def hex_text(data: bytes) -> str:
    """The digits, two a byte, with blanks between."""
    return data.hex(" ")


def hex_dump(data: bytes) -> str:
    """A dump that text2pcap reads."""
    return "\n".join(hex_lines(data))


def c_array(data: bytes, name: str = "packet") -> str:
    """An array of C."""
    rows = (data[at : at + _C_COLUMNS] for at in range(0, len(data), _C_COLUMNS))
    lines = ("    " + ", ".join(f"0x{byte:02x}" for byte in row) + "," for row in rows)
    return "\n".join((f"static const unsigned char {name}[{len(data)}] = {{", *lines, "};"))


def python_bytes(data: bytes) -> str:
    """A literal of Python, every byte as its digits; over several lines where it is long."""
    rows = [data[at : at + _PYTHON_COLUMNS] for at in range(0, len(data), _PYTHON_COLUMNS)] or [b""]
    literals = ['b"' + "".join(f"\\x{byte:02x}" for byte in row) + '"' for row in rows]
    return literals[0] if len(literals) == 1 else "\n".join(("(", *(f"    {each}" for each in literals), ")"))


def field_value(span: Span) -> str:
    """The value alone: a number in digits, an address, bytes as hexadecimal digits; a heading's words."""
    if isinstance(span.value, bytes):
        return span.value.hex()
    return safe(span.shown if span.value is None else str(span.value))


def json_text(copied: Copied) -> str:
    """The object that `decode --json` prints, over several lines."""
    data = copied.dissection.data
    length = len(data) if copied.length is None else copied.length
    document = packet_document(copied.number, copied.time_ns, length, copied.link, copied.dissection)
    return json.dumps(document, indent=2, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a packet or a field down. `takes_field` is False for what only a whole packet has."""

    key: str
    title: str
    make: Callable[[Copied], str]
    takes_field: bool = True
    suffix: str = ".txt"  #: of a file that holds it


FORMS = (
    Form("x", "hex", lambda copied: hex_text(copied.octets)),
    Form("d", "hex dump", lambda copied: hex_dump(copied.octets)),
    Form("c", "C array", lambda copied: c_array(copied.octets), suffix=".c"),
    Form("p", "Python bytes", lambda copied: python_bytes(copied.octets), suffix=".py"),
    Form("s", "scapy expression", lambda copied: scapy_expression(copied.dissection), takes_field=False, suffix=".py"),
    Form("v", "field value", lambda copied: field_value(copied.span) if copied.span is not None else ""),
    Form("t", "field tree", lambda copied: "\n".join(tree_lines(copied.dissection)), takes_field=False),
    Form("u", "summary", lambda copied: summary_line(copied.dissection), takes_field=False),
    Form("J", "JSON", json_text, takes_field=False, suffix=".json"),
)
