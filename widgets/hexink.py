"""How each digit of a dump is inked: a code a digit, runs of equal codes, and the gaps between them.

A code is one byte, so that a line is inked by slices and split by a regular expression: a page of random bytes has
two thousand runs, and asking for each digit alone was measured to take three times as long.
"""

import re
from collections.abc import Iterator, Sequence

from widgets.hexlayout import HexLayout

#: Classes of bytes, by number: their inks in styles/theme.tcss.
CLASSES = ("byte-zero", "byte-text", "byte-control", "byte-high", "byte-full", "faint")
_FAINT = 5
SHADES = ("", "shade-1", "shade-2", "shade-3")  #: behind the bytes of the layer, and of the groups in it
LAYER_SHADE = 3  #: behind a whole layer that is selected
STATES = ("", "match", "part", "found")  #: the selected field, a digit that is its in part, what was looked for
_SHADE, _STATE, CURSOR = 8, 32, 128
_LOOK = 0xFF ^ 7  #: all of a code but the class, which a blank does not show
_CLASS_OF = bytes(
    0 if byte == 0 else 4 if byte == 0xFF else 3 if byte >= 0x80 else 1 if 32 < byte < 127 else 2 for byte in range(256)
)
_RUNS = re.compile(rb"(.)\1*", re.DOTALL).finditer

Stretch = tuple[int, int]  #: bits [start, stop)


def split(code: int) -> tuple[str, str, str, bool]:
    """A code's class, shade, state and whether the cursor is there."""
    return CLASSES[code & 7], SHADES[code >> 3 & 3], STATES[code >> 5 & 3], bool(code & CURSOR)


class LineInks:
    """The codes of one line's digits and characters, laid on one over another."""

    __slots__ = ("_first", "_layout", "_size", "digits", "letters")

    def __init__(self, layout: HexLayout, row: bytes, first_byte: int, rebuilt: int) -> None:
        self._layout, self._first, self._size = layout, first_byte * 8, len(row) * 8
        letters = bytearray(row.translate(_CLASS_OF))
        faint = max(0, min(len(row), rebuilt - first_byte))
        letters[:faint] = bytes((_FAINT,)) * faint
        self.letters = letters
        self.digits = bytearray(len(letters) * layout.digits)
        for digit in range(layout.digits):
            self.digits[digit :: layout.digits] = letters

    def shade(self, stretch: Stretch, level: int) -> None:
        """Lay a shade behind the digits that lie in a stretch, whole or in part, in place of a shade before."""
        self._lay(stretch, 0xFF ^ 3 * _SHADE, level * _SHADE)

    def state(self, stretch: Stretch, state: str) -> None:
        """Say what the digits of a stretch are; those that lie in it only in part are so marked, if it is the field."""
        number = STATES.index(state) * _STATE
        self._lay(stretch, 0xFF ^ 3 * _STATE, number)
        if state != "match":
            return
        bits = self._layout.digit_bits
        for bit in stretch:
            inside = bit - self._first
            if bit % bits and 0 <= inside < self._size:
                digit = inside // bits
                self.digits[digit] = self.digits[digit] & (0xFF ^ 3 * _STATE) | STATES.index("part") * _STATE

    def cursor(self, bit: int) -> None:
        """Put the cursor on a bit, or on the byte around it."""
        inside = bit - self._first
        if 0 <= inside < self._size:
            byte, digits = inside // 8, self._layout.digits
            first, last = (inside, inside + 1) if self._layout.is_bits else (byte * digits, byte * digits + digits)
            for digit in range(first, last):
                self.digits[digit] |= CURSOR
            self.letters[byte] |= CURSOR

    def _lay(self, stretch: Stretch, kept: int, laid: int) -> None:
        start = max(0, stretch[0] - self._first)
        stop = min(self._size, stretch[1] - self._first)
        if start >= stop:
            return
        bits = self._layout.digit_bits
        for codes, width in ((self.digits, bits), (self.letters, 8)):
            for place in range(start // width, -(-stop // width)):
                codes[place] = codes[place] & kept | laid

    def pieces(self, text: str) -> Iterator[tuple[str, int | None]]:
        """The line in pieces of one look; None is the look of the margin and of what stands between."""
        layout = self._layout
        cells = [layout.cell(column, digit) for column in range(layout.columns) for digit in range(layout.digits)]
        yield text[: cells[0]], None
        start = end = cells[0]
        before = 0
        for run in _RUNS(self.digits):
            code, first = run[0][0], cells[run.start()]
            gap = _between(before, code) if start < end else 0
            if start < end and gap == before & _LOOK:
                yield text[start:first], before
            elif start < end:
                yield text[start:end], before
                yield text[end:first], gap or None
            start, end, before = first, cells[run.end() - 1] + 1, code
        if start < end:
            yield text[start:end], before
        if layout.has_text:
            start = layout.text_cell(0)
            yield text[end:start], None
            for run in _RUNS(self.letters):
                yield text[start + run.start() : start + run.end()], run[0][0]


def _between(before: int, after: int) -> int:
    """The look of a gap: a field is one stretch, and so is the shade that both neighbours stand in."""
    states = before >> 5 & 3, after >> 5 & 3
    found = STATES.index("found")
    state = 0 if found in states and states[0] != states[1] else min(states)
    return min(before >> 3 & 3, after >> 3 & 3) * _SHADE + state * _STATE


def shades_of(near: Stretch, groups: Sequence[Stretch]) -> list[tuple[Stretch, int]]:
    """The shade of each stretch around a field, the widest first: the layer's bytes, and the groups within it."""
    stretches = [(near[0] * 8, near[1] * 8), *groups[-(len(SHADES) - 2) :]]
    return [(stretch, level) for level, stretch in enumerate(stretches, start=1)]
