"""Where each byte of a dump stands: cells for digits, bits for cells, and which digits a field covers.

A digit is a hexadecimal one, two a byte, or a bit, eight a byte. Offsets are bytes from the first byte of the
dump, except where a name says bits.
"""

from dataclasses import dataclass

_PRINTABLE = bytes(byte if 32 <= byte < 127 else 0x2E for byte in range(256))
_BITS = tuple(f"{byte >> 4:04b} {byte & 15:04b}" for byte in range(256))
_HEX, _BINARY = 2, 8  #: digits of a byte

#: What is tried in turn for the width there is: bytes a line, and whether their text stands beside them.
_HEX_FORMS = ((32, True), (16, True), (16, False), (8, True), (8, False), (4, False))
_BIT_FORMS = ((8, True), (8, False), (4, True), (4, False), (2, False))


@dataclass(frozen=True, slots=True)
class HexLayout:
    """How many bytes stand on a line, in how many digits each, and whether their text stands beside them."""

    columns: int
    has_text: bool
    digits: int = _HEX
    offset_digits: int = 4

    @classmethod
    def fitting(cls, width: int, *, columns: int | None = None, is_bits: bool = False, size: int = 0) -> "HexLayout":
        """The widest layout that `width` cells hold, of `columns` bytes a line or fewer; `size` bytes are shown."""
        digits, forms = (_BINARY, _BIT_FORMS) if is_bits else (_HEX, _HEX_FORMS)
        offset_digits = max(4, len(f"{max(0, size - 1):x}"))
        wanted = [form for form in forms if columns is None or form[0] <= columns] or list(forms[-1:])
        if columns is not None:
            wanted.insert(1, (wanted[0][0], False))
        layouts = [cls(count, has_text, digits, offset_digits) for count, has_text in wanted]
        return next((layout for layout in layouts if layout.width <= width), layouts[-1])

    @property
    def width(self) -> int:
        """Cells from the left edge to the end of a full line."""
        return self.text_cell(self.columns) if self.has_text else self.cell(self.columns - 1, self.digits - 1) + 1

    @property
    def is_bits(self) -> bool:
        """Whether a digit is a bit."""
        return self.digits == _BINARY

    @property
    def digit_bits(self) -> int:
        """How many bits a digit stands for."""
        return 8 // self.digits

    def lines(self, size: int) -> int:
        """How many lines `size` bytes need."""
        return -(-size // self.columns)

    def cell(self, column: int, digit: int = 0) -> int:
        """The cell of a digit of a line's byte; a wider gap stands after every eight bytes, and between half bytes."""
        margin = self.offset_digits + 3
        if self.is_bits:
            return margin + column * 11 + digit + (digit >= 4)
        return margin + column * 3 + column // 8 + digit

    def text_cell(self, column: int) -> int:
        """The cell of a byte's character."""
        return self.cell(self.columns - 1, self.digits - 1) + 3 + column

    def bit_at(self, cell: int) -> int | None:
        """The first bit, within its line, of the digit or character at `cell` or before that gap; None beside them."""
        if self.has_text and 0 <= cell - self.text_cell(0) < self.columns:
            return (cell - self.text_cell(0)) * 8
        if not self.cell(0) <= cell <= self.cell(self.columns - 1, self.digits - 1) + 1:
            return None
        places = [(column, digit) for column in range(self.columns) for digit in range(self.digits)]
        column, digit = max(place for place in places if self.cell(*place) <= cell)
        return column * 8 + digit * self.digit_bits

    def column_at(self, cell: int) -> int | None:
        """The column of the byte drawn at `cell`, digits, the gap behind them or its character; None beside them."""
        bit = self.bit_at(cell)
        return None if bit is None else bit // 8

    def text(self, data: bytes, line: int) -> str:
        """A line of the dump without colours, `width` cells wide."""
        start = line * self.columns
        row = data[start : start + self.columns]
        if self.is_bits:
            digits = "  ".join([_BITS[byte] for byte in row])
        else:
            digits = "  ".join([row[at : at + 8].hex(" ") for at in range(0, len(row), 8)])
        dump = f" {start:0{self.offset_digits}x}  {digits}"
        if self.has_text:
            dump = f"{dump:<{self.text_cell(0)}}{row.translate(_PRINTABLE).decode('ascii')}"
        return f"{dump:<{self.width}}"


def bit_pieces(data: bytes, start_bit: int, stop_bit: int, limit: int = 4) -> list[tuple[str, bool]]:
    """The bits of the bytes that a field touches, in fours, as (text, is in the field); at most `limit` bytes."""
    first, last = start_bit // 8, min(-(-stop_bit // 8), start_bit // 8 + limit, len(data))
    pieces: list[tuple[str, bool]] = []
    for index in range(first * 8, last * 8):
        bit = str(data[index // 8] >> (7 - index % 8) & 1)
        gap = "" if index == first * 8 else "  " if index % 8 == 0 else " " if index % 4 == 0 else ""
        inside = start_bit <= index < stop_bit
        if pieces and pieces[-1][1] == inside:
            pieces[-1] = (pieces[-1][0] + gap + bit, inside)
        elif inside:
            pieces += [(gap, False)] if gap else []
            pieces.append((bit, True))
        else:
            pieces.append((gap + bit, False))
    if stop_bit > last * 8:
        pieces.append((" …", False))
    return [piece for piece in pieces if piece[0]]
