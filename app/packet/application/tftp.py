"""Reading TFTP out of a frame (RFC 1350; options by RFC 2347).

Only requests go to the port of TFTP: the transfer goes on at ports that nothing in its packets names.
"""

from app.packet.application.pieces import Message, Piece, branch, named_field, number, octets, read_pieces
from app.packet.dissection import Part
from app.packet.layout import Header, Span, header, unsigned
from app.packet.reading import Reading
from app.packet.registry import Registry
from app.packet.text import bytes_words, safe_bytes


class Opcode(Registry):
    """RFC 1350, section 5; RFC 2347."""

    READ_REQUEST = 1
    WRITE_REQUEST = 2
    DATA = 3
    ACKNOWLEDGMENT = 4
    ERROR = 5
    OPTION_ACKNOWLEDGMENT = 6


class ErrorCode(Registry):
    """RFC 1350, section 5; RFC 2347."""

    NOT_DEFINED = 0
    FILE_NOT_FOUND = 1
    ACCESS_VIOLATION = 2
    DISK_FULL = 3
    ILLEGAL_OPERATION = 4
    UNKNOWN_TRANSFER_ID = 5
    FILE_ALREADY_EXISTS = 6
    NO_SUCH_USER = 7
    OPTION_REFUSED = 8


@header("tftp", "TFTP", "RFC 1350, section 5")
class Tftp(Header):
    """What every packet starts with."""

    opcode: int = unsigned(16, registry=Opcode, default=Opcode.READ_REQUEST)


def _string(name: str, label: str) -> Piece:
    """Text up to a zero, which is part of it."""

    def read(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
        end = message.data.find(b"\0", at, stop) + 1
        if not end:
            return None
        value = safe_bytes(message.data[at : end - 1])
        return [Span(named_field(name, label, end - at, kind="octets"), at * 8, end * 8, value)], end

    return read


_OPTION = (_string("tftp.option.name", "name"), _string("tftp.option.value", "value"))


def _options(message: Message, at: int, stop: int) -> tuple[list[Part], int]:
    """Names and values in turn."""
    parts: list[Part] = []
    while at < stop and message.left > 0:
        name = message.data.find(b"\0", at, stop) + 1
        end = message.data.find(b"\0", name, stop) + 1 if name else 0
        if not end:
            break
        inner = read_pieces(message, _OPTION, at, end, "tftp.data")
        parts.append(branch("tftp.option", "option", at, end, inner))
        at = end
    return parts, at


_BLOCK = number("tftp.block", "block", 2)
_BODIES: dict[int, tuple[Piece, ...]] = {
    Opcode.READ_REQUEST: (_string("tftp.source_file", "file"), _string("tftp.type", "mode"), _options),
    Opcode.WRITE_REQUEST: (_string("tftp.destination_file", "file"), _string("tftp.type", "mode"), _options),
    Opcode.DATA: (_BLOCK, octets("data.data", "data")),
    Opcode.ACKNOWLEDGMENT: (_BLOCK,),
    Opcode.ERROR: (
        number("tftp.error.code", "error", 2, registry=ErrorCode),
        _string("tftp.error.message", "message"),
    ),
    Opcode.OPTION_ACKNOWLEDGMENT: (_options,),
}


def read_tftp(reading: Reading, at: int, stop: int) -> None:
    """A packet."""
    first = reading.take(Tftp, at, stop)
    message = Message(reading.data, at, stop, is_cut=reading.is_quoted)
    pieces = _BODIES.get(first.opcode, (octets("tftp.data", "data"),))
    parts: list[Part] = [*reading.placed(first, at), *read_pieces(message, pieces, at + 2, stop, "tftp.data")]
    reading.notes.extend(message.notes)
    reading.layer(Tftp.LAYOUT, at, stop, parts, _summary(Opcode(first.opcode), reading.data[at + 2 : stop]))


def _summary(opcode: Opcode, body: bytes) -> str:
    """What the packet says, in a line."""
    words = f"TFTP {opcode.words}"
    number_said = int.from_bytes(body[:2], "big")
    if opcode in (Opcode.READ_REQUEST, Opcode.WRITE_REQUEST):
        return f'{words} "{safe_bytes(body.partition(bytes(1))[0], 64)}"'
    if opcode == Opcode.DATA:
        return f"{words}, block {number_said}, {bytes_words(max(0, len(body) - 2))}"
    if opcode == Opcode.ACKNOWLEDGMENT:
        return f"{words}, block {number_said}"
    if opcode == Opcode.ERROR:
        return f"{words}, {ErrorCode(number_said).words}"
    return words
