"""The questions of the inspector: what to look for, and which byte to go to. Each is a line to type into.

An answer that cannot be read is told at once, and Enter waits for one that can.
"""

from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from app.packet.errors import PacketError
from app.packet.finding import Kind, Needle, byte_at, parse_needle
from widgets.fieldbar import FieldBar
from widgets.masthead import Words

T = TypeVar("T")

#: What is asked for, in the order of the key; None is by its looks.
_KINDS = (None, Kind.TEXT, Kind.BYTES, Kind.FIELD)
_KIND_WORDS = {None: "any", Kind.TEXT: "text", Kind.BYTES: "bytes", Kind.FIELD: "field"}


class Question(ModalScreen[T | None], Generic[T]):
    """A line to type into; its result is the answer, or None where it was taken back. A subclass gives `read`."""

    TITLE_WORDS: ClassVar[str] = ""
    HINT: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close", id="question.close", tooltip="Back to the screen below"),
    ]

    def __init__(self, text: str = "") -> None:
        super().__init__(classes="panel")
        self._text = text

    def read(self, text: str) -> T:
        """The answer that a text is. Raises PacketError with a sentence."""
        raise NotImplementedError

    def words(self, answer: T) -> Words:
        """The answer, as it was understood."""
        raise NotImplementedError

    def about(self) -> str:
        """What can be chosen beside the text."""
        return ""

    def compose(self) -> ComposeResult:
        """The line, and what was understood."""
        with Vertical(id="panel") as panel:
            panel.border_title = self.TITLE_WORDS
            yield Input(self._text, placeholder=self.HINT, compact=True, select_on_focus=True)
            yield FieldBar()

    def on_mount(self) -> None:
        """Wait for the text."""
        self.query_one(Input).focus()
        self.say()

    @on(Input.Changed)
    def say(self) -> None:
        """Say what is understood so far."""
        text = self.query_one(Input).value
        left: Words = ()
        if text.strip():
            try:
                left = self.words(self.read(text))
            except PacketError as error:
                left = (("slow", str(error)),)
        self.query_one(FieldBar).show(left, ())
        self.query_one("#panel").border_subtitle = f"{self.about()} · Enter answers · Escape closes"

    @on(Input.Submitted)
    def answer(self, event: Input.Submitted) -> None:
        """Answer, or say why that is none."""
        event.stop()
        try:
            self.dismiss(self.read(event.value))
        except PacketError as error:
            self.query_one(FieldBar).show((("down", str(error)),), ())


class FindScreen(Question[Needle]):
    """What to look for: text, bytes or the value of a field; `text` is what was looked for last."""

    TITLE_WORDS = "find"
    HINT = "time exceeded · 45 00 · ttl=64"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "kind(1)", "Kind", id="find.kind", tooltip="Text, bytes, a field, or by its looks"),
        Binding("shift+tab", "kind(-1)", "Kind", id="find.kind-before", tooltip="The kind before", show=False),
        Binding("ctrl+t", "case", "Case", id="find.case", tooltip="Tell capitals from small letters, or not"),
    ]

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self._kind: Kind | None = None
        self._matches_case = False

    def read(self, text: str) -> Needle:
        """The needle."""
        return parse_needle(text, self._kind, matches_case=self._matches_case)

    def words(self, answer: Needle) -> Words:
        """What will be looked for."""
        return (("plain", f"{answer.kind.value}: "), ("lit", answer.words.removeprefix("bytes ")))

    def about(self) -> str:
        """The kind and the case, with their keys."""
        return f"Tab {_KIND_WORDS[self._kind]} · ^T case {'on' if self._matches_case else 'off'}"

    def action_kind(self, by: int) -> None:
        """Look for another kind of thing."""
        self._kind = _KINDS[(_KINDS.index(self._kind) + by) % len(_KINDS)]
        self.say()

    def action_case(self) -> None:
        """Tell capitals from small letters, or not."""
        self._matches_case = not self._matches_case
        self.say()


class ByteScreen(Question[int]):
    """Which byte to go to, of `size`, with the cursor on byte `here`."""

    TITLE_WORDS = "go to byte"
    HINT = "31 · 0x1f · +8 · -4"

    def __init__(self, here: int, size: int) -> None:
        super().__init__()
        self._here, self._count = here, size

    def read(self, text: str) -> int:
        """The byte."""
        return byte_at(text, self._here, self._count)

    def words(self, answer: int) -> Words:
        """The byte both ways."""
        return (("plain", "byte "), ("lit", f"{answer} = 0x{answer:x}"))

    def about(self) -> str:
        """Where the cursor is, and how many bytes there are."""
        return f"byte {self._here} of {self._count}"
