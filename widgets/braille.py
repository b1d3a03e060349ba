"""Dots in braille cells: a picture of twice the width and four times the height of the text it takes."""

#: The bit of a dot by its column (0, 1) and its row from the top (0..3).
_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
#: For ASCII: any dot in the upper half, in the lower half, in both.
_UPPER = 0x01 | 0x02 | 0x08 | 0x10
_ASCII = {(False, False): " ", (True, False): "'", (False, True): ".", (True, True): "|"}


class Dots:
    """A grid of dots, `width` by `height` cells; the origin is the dot at the left bottom."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self._cells = bytearray(width * height)

    @property
    def columns(self) -> int:
        """Dots from left to right."""
        return self.width * 2

    @property
    def rows(self) -> int:
        """Dots from bottom to top."""
        return self.height * 4

    def rise(self, x: int, low: int, high: int) -> None:
        """Set the dots of column `x` from `low` to `high`, both included; what lies outside is left out."""
        if not 0 <= x < self.columns:
            return
        for y in range(max(0, low), min(self.rows - 1, high) + 1):
            cell, row = divmod(self.rows - 1 - y, 4)
            self._cells[cell * self.width + x // 2] |= _BITS[x % 2][row]

    def line(self, y: int, *, braille: bool) -> str:
        """Cells of line `y`, counted from the top."""
        cells = self._cells[y * self.width : (y + 1) * self.width]
        if braille:
            return "".join(chr(0x2800 + cell) if cell else " " for cell in cells)
        return "".join(_ASCII[bool(cell & _UPPER), bool(cell & ~_UPPER & 0xFF)] for cell in cells)
