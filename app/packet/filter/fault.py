"""What is said of a filter that cannot be understood: a sentence, and the characters that it is about."""

from app.packet.errors import PacketError
from app.packet.text import safe


class FilterError(PacketError):
    """A filter that cannot be understood; `column` counts from 1, `width` characters from there are at fault."""

    def __init__(self, text: str, column: int, width: int = 1) -> None:
        self.sentence = safe(text)  # it repeats what was typed, or pasted
        super().__init__(f"{self.sentence} at column {column}")
        self.column = column
        self.width = width
