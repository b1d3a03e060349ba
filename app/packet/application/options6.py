"""The shape of a DHCPv6 option: code and length of two bytes each, then the value (RFC 8415, section 21.1).

The table of options holds options that hold options, so it is handed to the reading by the message's reader.
"""

from collections.abc import Mapping

from app.packet.application.dhcpv6 import OptionCode
from app.packet.application.pieces import Message, Piece, branch, number, octets, read_pieces
from app.packet.dissection import Part, Severity
from app.packet.shape import MOST_ELEMENTS, bytes_span

#: Options within options within options: deeper than any RFC has them.
MOST_DEPTH = 8
_HEAD = (
    number("dhcpv6.option.type", "option", 2, registry=OptionCode),
    number("dhcpv6.option.length", "length", 2),
)
_VALUE: tuple[Piece, ...] = (octets("dhcpv6.option.value", "value"),)


class OptionsMessage(Message):
    """A message whose options are read by a table."""

    __slots__ = ("depth", "kinds")

    def __init__(
        self, data: bytes, start: int, stop: int, kinds: Mapping[int, tuple[Piece, ...]], *, is_cut: bool
    ) -> None:
        super().__init__(data, start, stop, is_cut=is_cut)
        self.kinds = kinds
        self.depth = 0


def options(message: Message, at: int, stop: int) -> tuple[list[Part], int]:
    """The options within [at, stop)."""
    assert isinstance(message, OptionsMessage)
    parts: list[Part] = []
    if message.depth >= MOST_DEPTH:
        message.note(at, f"options {MOST_DEPTH} deep: what is in them is not shown")
        return parts, at
    message.depth += 1
    for _ in range(MOST_ELEMENTS):
        if at >= stop or message.left <= 0:
            break
        end = at + 4 + int.from_bytes(message.data[at + 2 : at + 4], "big")
        if at + 4 > stop or end > stop:
            parts.append(bytes_span("dhcpv6.option.value", "malformed option", message.data, at, stop))
            if not message.is_cut:
                message.note(at, "an option reaches beyond the end", Severity.ERROR)
            at = stop
            break
        parts += _option(message, at, end)
        message.left -= 1
        at = end
    message.depth -= 1
    if at < stop:
        message.note(at, "too many options: the rest is not shown")
    return parts, at


def _option(message: OptionsMessage, at: int, stop: int) -> list[Part]:
    code = OptionCode(int.from_bytes(message.data[at : at + 2], "big"))
    parts = read_pieces(message, _HEAD, at, at + 4, "dhcpv6.option.value")
    parts += read_pieces(message, message.kinds.get(code, _VALUE), at + 4, stop, "dhcpv6.option.value")
    return [branch("dhcpv6.option.type_str", code.words, at, stop, parts, skip=2)]
