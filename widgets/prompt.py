"""A line to type into, which appears above the keys when there is a question, and goes away with its answer."""

from textual import events
from textual.message import Message
from textual.widgets import Input


class Prompt(Input):
    """One question at a time; Enter answers it and Escape takes it back."""

    class Answered(Message):
        """The text that was typed; `is_final` once Enter was pressed, and not while it is being typed."""

        def __init__(self, question: str, text: str, *, is_final: bool) -> None:
            super().__init__()
            self.question = question
            self.text = text
            self.is_final = is_final

    class Abandoned(Message):
        """Escape was pressed."""

        def __init__(self, question: str) -> None:
            super().__init__()
            self.question = question

    def __init__(self) -> None:
        super().__init__(compact=True, select_on_focus=False)
        self.question = ""
        self.display = False

    def ask(self, question: str, hint: str, text: str = "") -> None:
        """Ask; `hint` stands where the answer will."""
        self.question = question
        self.placeholder = hint
        self.display = True
        with self.prevent(Input.Changed):
            self.value = text
        self.cursor_position = len(text)
        self.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell every character as it is typed."""
        event.stop()
        if self.display:
            self.post_message(self.Answered(self.question, self.value, is_final=False))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer."""
        event.stop()
        self.display = False
        self.post_message(self.Answered(self.question, self.value.strip(), is_final=True))

    def on_key(self, event: events.Key) -> None:
        """Take the question back."""
        if event.key == "escape":
            event.stop()
            self.display = False
            self.post_message(self.Abandoned(self.question))
