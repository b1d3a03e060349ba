"""Fields and bytes of a packet that is being edited: Enter on a field asks for its value, digits overwrite bytes."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from widgets.fieldtree import FieldTree
from widgets.hexdump import HexDump
from widgets.treelines import TreeLine

_NIBBLE = 4
_HEX = "0123456789abcdef"


class EditTree(FieldTree):
    """A field tree whose fields can be asked for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "edit", "Edit", id="compose.edit", key_display="Enter", tooltip="Another value in this field"),
        Binding("o", "turn", "Open", id="compose.turn", tooltip="Open or close this branch", show=False),
    ]

    class Asked(Message):
        """The value of a field is to be changed."""

        def __init__(self, line: TreeLine) -> None:
            super().__init__()
            self.line = line

    def action_edit(self) -> None:
        """Ask for a field's value; what has none of its own opens or closes."""
        line = self.selected
        if line is None:
            return
        if line.span is None or (line.is_branch and line.span.value is None):
            self.action_turn()
        else:
            self.post_message(self.Asked(line))


class EditDump(HexDump):
    """Bytes that are overwritten by the digits that are typed: hex digits, or bits where digits are bits."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "view", "Width", id="compose.width", tooltip="Bytes a line: as fit, 8, 16, 32, or bits"),
    ]

    class Typed(Message):
        """Some bits are to be others."""

        def __init__(self, start_bit: int, count: int, value: int) -> None:
            super().__init__()
            self.start_bit = start_bit
            self.count = count
            self.value = value

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._half: int | None = None  #: the byte whose first digit was typed, and whose second is next

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The key that other bytes have for their width is a digit here."""
        return False if action == "width" else super().check_action(action, parameters)

    def action_view(self) -> None:
        """Another width."""
        self.action_width()

    def on_key(self, event: events.Key) -> None:
        """A digit goes in where the cursor is."""
        character = (event.character or "").lower()
        is_bits = self.layout_of_bytes.is_bits
        digits = "01" if is_bits else _HEX
        if not character or character not in digits or not self._data:
            return
        event.stop()
        event.prevent_default()
        value = digits.index(character)
        if is_bits:
            bit = self.bit
            self.post_message(self.Typed(bit, 1, value))
            self.put_bit(bit + 1)
            return
        byte, is_second = self.byte, self._half == self.byte
        self.post_message(self.Typed(byte * 8 + _NIBBLE * is_second, _NIBBLE, value))
        self._half = None if is_second else byte
        if is_second:
            self.put(byte + 1)

    def put_bit(self, bit: int) -> None:
        """The user's cursor goes to a bit; a byte that was half typed stays so."""
        if bit // 8 != self._half:
            self._half = None
        super().put_bit(bit)
