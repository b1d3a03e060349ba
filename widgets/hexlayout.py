"""Where each byte of a hex dump stands: cells for bytes, bytes for cells, and which digits a field covers.

Offsets are bytes from the first byte of the dump, except where a name says bits.
"""

from dataclasses import dataclass

_PRINTABLE = bytes(byte if 32 <= byte < 127 else 0x2E for byte in range(256))
_MARGIN = 7  #: cells before the first digit: a blank, the offset in four digits, two blanks


@dataclass(frozen=True, slots=True)
class HexLayout:
    """How many bytes stand on a line, and whether their text stands beside them."""

    columns: int
    has_text: bool

    @classmethod
    def fitting(cls, width: int) -> "HexLayout":
        """The widest layout that `width` cells hold."""
        for layout in (cls(16, has_text=True), cls(16, has_text=False), cls(8, has_text=True)):
            if layout.width <= width:
                return layout
        return cls(8, has_text=False) if width >= cls(8, has_text=False).width else cls(4, has_text=False)

    @property
    def width(self) -> int:
        """Cells from the left edge to the end of a full line."""
        return self.text_cell(self.columns) if self.has_text else self.cell(self.columns - 1) + 2

    def lines(self, size: int) -> int:
        """How many lines `size` bytes need."""
        return -(-size // self.columns)

    def cell(self, column: int) -> int:
        """The cell of the first digit of a line's byte; a wider gap stands in the middle of sixteen."""
        return _MARGIN + column * 3 + (self.columns == 16 and column >= 8)

    def text_cell(self, column: int) -> int:
        """The cell of a byte's character."""
        return self.cell(self.columns - 1) + 4 + column

    def column_at(self, cell: int) -> int | None:
        """The column of the byte drawn at `cell`, digits, the gap behind them or its character; None beside them."""
        if self.has_text and 0 <= cell - self.text_cell(0) < self.columns:
            return cell - self.text_cell(0)
        for column in range(self.columns):
            if self.cell(column) <= cell <= self.cell(column) + 2:
                return column
        return None

    def text(self, data: bytes, line: int) -> str:
        """A line of the dump without colours, `width` cells wide."""
        start = line * self.columns
        row = data[start : start + self.columns]
        digits = row[:8].hex(" ") + ("  " + row[8:].hex(" ") if len(row) > 8 else "")
        dump = f" {start:04x}  {digits}"
        if self.has_text:
            dump = f"{dump:<{self.text_cell(0)}}{row.translate(_PRINTABLE).decode('ascii')}"
        return f"{dump:<{self.width}}"


def digit_cover(start_bit: int, stop_bit: int, byte: int) -> tuple[int, int]:
    """How many bits of a byte's two hex digits lie in [start_bit, stop_bit): 0 to 4 for each."""
    high = byte * 8
    return _overlap(start_bit, stop_bit, high), _overlap(start_bit, stop_bit, high + 4)


def _overlap(start: int, stop: int, first: int) -> int:
    return max(0, min(stop, first + 4) - max(start, first))


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
