"""The questions before packets are sent: whether something dangerous is meant, how many, and how many a second."""

import re

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from app.engine.command import FASTEST
from app.packet.errors import PacketError
from app.screens.finding import Question
from widgets.fieldbar import FieldBar
from widgets.masthead import Words

_MOST_COUNT = 1_000_000


class ConfirmScreen(Question[bool]):
    """Whether something dangerous is meant; it has to be said in a word."""

    TITLE_WORDS = "really?"
    HINT = "yes"

    def __init__(self, why: str) -> None:
        super().__init__()
        self._why = why

    def compose(self) -> ComposeResult:
        """The reason above the line to type into."""
        with Vertical(id="panel") as panel:
            panel.border_title = self.TITLE_WORDS
            yield Static(f"{self._why}.", markup=False)
            yield Input(placeholder=self.HINT, compact=True)
            yield FieldBar()

    def read(self, text: str) -> bool:
        """Only one word counts."""
        if text.strip().lower() != "yes":
            raise PacketError("type yes to send it all the same, or press Escape")
        return True

    def words(self, answer: bool) -> Words:  # noqa: FBT001 - as Question has it
        """What comes of it."""
        return (("slow", "Enter sends it"),)


class TimesScreen(Question[tuple[int, int]]):
    """How many times, and how many a second."""

    TITLE_WORDS = "send many"
    HINT = "100 at 50"

    def read(self, text: str) -> tuple[int, int]:
        """The count and the rate."""
        found = re.fullmatch(r"(\d{1,7})(?:\s*(?:at|/|\s)\s*(\d{1,4}))?", text.strip())
        if found is None:
            raise PacketError("write how many, and how many a second: 100 at 50")
        count, rate = int(found[1]), int(found[2] or 1)
        if not 1 <= count <= _MOST_COUNT or not 1 <= rate <= FASTEST:
            raise PacketError(f"1 to {_MOST_COUNT:,} packets, at 1 to {FASTEST:,} a second")
        return count, rate

    def words(self, answer: tuple[int, int]) -> Words:
        """What that is."""
        count, rate = answer
        return (("plain", f"{count:,} packets, {rate:,} a second"),)
