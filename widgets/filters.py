"""The last look at every line before it goes to the terminal, whichever widget drew it."""

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_SPELLED = str.maketrans("·—−–…“”‘’×→←↑↓µ▌", "----.\"\"''x><^vu|")


class ControlGuard(LineFilter):
    """Lets no control character through, whatever a widget was given to show."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments, those that hold what cannot be printed without it; no other character moves by that."""
        if all(segment.control or segment.text.isprintable() for segment in segments):
            return segments
        return [
            segment if segment.control else Segment(_printable(segment.text), segment.style) for segment in segments
        ]


class AsciiOnly(LineFilter):
    """For terminals and fonts that have no more: what is not ASCII is spelled as near as can be, in as many cells."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments in ASCII."""
        if all(segment.text.isascii() for segment in segments):
            return segments
        return [
            segment if segment.control else Segment(_ascii(segment.text.translate(_SPELLED)), segment.style)
            for segment in segments
        ]


def _printable(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())


def _ascii(text: str) -> str:
    return "".join(sign if sign.isascii() else "?" * cell_len(sign) for sign in text)
