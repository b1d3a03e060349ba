"""A small menu of what a packet, or the selected field, can be copied as: to the clipboard, or into a file.

The clipboard is the terminal's, reached by OSC 52; a terminal that does not take it says nothing, so a file is
always offered too.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from app.packet.copying import FORMS, Copied, Form
from app.packet.text import safe
from widgets.masthead import Words
from widgets.sheet import Sheet

#: Characters that every terminal with OSC 52 was seen to take; more are cut by some, and dropped by others.
SAFE_CLIPBOARD = 74_000
_KEY_WIDTH = 6


class CopyScreen(ModalScreen[str | None]):
    """The menu; its result is a sentence that says what was done, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(
                form.key,
                f"take('{form.key}')",
                form.title,
                id=f"copy.{form.title.lower().replace(' ', '-')}",
                tooltip=f"Copy as {form.title}",
            )
            for form in FORMS
        ),
        Binding("f", "field", "Field", id="copy.field", tooltip="The selected field, or the whole packet"),
        Binding("w", "file", "File", id="copy.file", tooltip="Into a file, or to the clipboard"),
        Binding("escape,q", "dismiss", "Close", id="copy.close", tooltip="Back to the screen below"),
    ]

    def __init__(self, copied: Copied) -> None:
        """`copied` has the field that the cursor is on; the packet around it can be chosen too."""
        super().__init__(classes="panel")
        self._field = copied if copied.span is not None else None
        self._packet = replace(copied, span=None)
        self._takes_field = copied.span is not None
        self._writes_file = False
        self._form: Form | None = None

    @property
    def copied(self) -> Copied:
        """What a form is made of."""
        return self._field if self._takes_field and self._field is not None else self._packet

    def compose(self) -> ComposeResult:
        """The forms, and a line for the name of a file."""
        with Vertical(id="panel") as panel:
            panel.border_title = "copy"
            panel.border_subtitle = "Escape closes"
            yield Sheet(self._menu())
            yield Input(compact=True, placeholder="the name of a new file")

    def on_mount(self) -> None:
        """Wait for a key."""
        self.query_one(Input).display = False
        self.query_one(Sheet).focus()

    def _menu(self) -> Sequence[Words]:
        lines: list[Words] = [(("strong", f" {self.copied.words}"),), ()]
        for form in FORMS:
            is_there = form.key != "v" or self._field is not None
            remark = "" if form.takes_field or not self._takes_field else "  of the packet"
            ink = "plain" if is_there else "faint"
            lines.append((("accent", f" {form.key:<{_KEY_WIDTH}}"), (ink, form.title), ("faint", remark)))
        where = "into a file" if self._writes_file else "to the clipboard"
        lines.append(())
        if self._field is not None:
            what = "the field" if self._takes_field else "the whole packet"
            lines.append((("accent", f" {'f':<{_KEY_WIDTH}}"), ("muted", what)))
        lines.append((("accent", f" {'w':<{_KEY_WIDTH}}"), ("muted", where)))
        return lines

    def _show_menu(self) -> None:
        self.query_one(Sheet).show(self._menu())

    # Keys

    def action_field(self) -> None:
        """The selected field, or the whole packet."""
        self._takes_field = not self._takes_field and self._field is not None
        self._show_menu()

    def action_file(self) -> None:
        """Into a file, or to the clipboard."""
        self._writes_file = not self._writes_file
        self._show_menu()

    def action_take(self, key: str) -> None:
        """Copy in the form of that key, or ask for the name of a file first."""
        form = next(each for each in FORMS if each.key == key)
        if key == "v" and self._field is None:
            self.notify("no field is selected", markup=False)
            return
        if not self._writes_file:
            self._end(self._to_clipboard(form))
            return
        self._form = form
        line = self.query_one(Input)
        line.value = f"packet-{self.copied.number}{form.suffix}"
        line.display = True
        line.focus()

    def _copied_as(self, form: Form) -> Copied:
        """What a form takes: the value of a field is the field's, whatever else is chosen."""
        return self._field if form.key == "v" and self._field is not None else self.copied

    def _to_clipboard(self, form: Form) -> str:
        copied = self._copied_as(form)
        text = form.make(copied)
        self.app.copy_to_clipboard(text)
        what = copied.words if form.takes_field else self._packet.words
        said = f"copied {what}, as {form.title}: {len(text)} characters"
        return said if len(text) <= SAFE_CLIPBOARD else f"{said}, more than some terminals take; w writes a file"

    @on(Input.Submitted)
    def write(self, event: Input.Submitted) -> None:
        """Write the file, unless there is one of that name."""
        event.stop()
        assert self._form is not None
        path = Path(event.value.strip()).expanduser()
        copied = self._copied_as(self._form)
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(self._form.make(copied) + "\n")
        except FileExistsError:
            self.notify(safe(f"{path} exists: choose another name"), severity="warning", markup=False)
        except OSError as error:
            self.notify(safe(f"cannot write {path}: {error.strerror}"), severity="error", markup=False)
        else:
            what = copied.words if self._form.takes_field else self._packet.words
            self._end(f"wrote {what}, as {self._form.title}, to {path}")

    def _end(self, sentence: str) -> None:
        self.app.notify(safe(sentence), markup=False)
        self.dismiss(safe(sentence))
