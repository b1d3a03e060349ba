"""The program's own doing: what its engines cost, how late they send, what they dropped, who stamps and how.

It looks once a second while it is shown, and at nothing else: closed, it costs nothing.
"""

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.timer import Timer
from textual.widget import Widget

from app.engine.ailments import ailments
from app.engine.condition import ProcessCondition
from app.engine.snapshot import State
from app.engine.wording import percent, significant
from app.packet.text import safe
from app.screens.page import Page
from widgets.enginedetail import engine_lines, process_lines
from widgets.enginetable import EngineTable
from widgets.lines import LineView
from widgets.masthead import Words
from widgets.pulse import Pulses
from widgets.rule import Rule
from widgets.sentences import Sentences
from widgets.sheet import Sheet

#: Seconds between two looks.
PACE = 1.0
#: Lines about the process, threads included, and those of the screen from which on there is room for twice as many.
PROCESS_LINES, ROOMY = 4, 30


class EngineScreen(Page):
    """The engines; the one under the cursor with its link; the process around them; what is wrong, in words."""

    MODE = "Engine"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,E", "back", "Back", key_display="Esc", id="engine.back", tooltip="Back to where you came from"),
    ]

    looks: Timer

    def __init__(self, look: Callable[[], ProcessCondition]) -> None:
        super().__init__()
        self._look_at = look
        self._pulses = Pulses()
        self._shown = -1

    def compose_page(self) -> Iterable[Widget]:
        """The table; below it, or wide beside one another, the engine under the cursor and the process."""
        glyphs = self.navigator.glyphs
        yield EngineTable(glyphs, id="engines")
        with Container(id="engine-panes"):
            with Vertical(id="engine-one"):
                yield Rule(glyphs, id="engine-rule")
                yield Sheet((), id="engine")
            with Vertical(id="engine-all"):
                yield Rule(glyphs, "this program", id="process-rule")
                yield Sheet((), id="process")
        yield Rule(glyphs, "what is wrong", id="wrong-rule")
        yield Sentences(id="wrong")

    def on_mount(self) -> None:
        """Begin to look."""
        self.looks = self.set_interval(PACE, self.look)
        self._pulses.take(self._look_at())
        super().on_mount()
        self.query_one(EngineTable).focus()

    def on_screen_suspend(self) -> None:
        """Nobody looks."""
        super().on_screen_suspend()
        self.looks.pause()

    def on_screen_resume(self) -> None:
        """Somebody looks again."""
        super().on_screen_resume()
        self.looks.resume()

    def look(self) -> None:
        """Ask the engines how they are doing; they answer before the next look."""
        self._pulses.take(self._look_at())

    def show_frame(self) -> None:
        """Show the newest look, if it is new."""
        if self._pulses.looks != self._shown:
            self._shown = self._pulses.looks
            self._show()

    def _show(self) -> None:
        glyphs = self.navigator.glyphs
        self.query_one(EngineTable).show(tuple(self._pulses.engines.values()), look=self._shown)
        wrong = self._wrong()
        sign = glyphs.states[State.LOSING if wrong else State.UP]
        self.query_one("#wrong-rule", Rule).show("what is wrong" if wrong else "all is well")
        all_is_well = ("nothing was dropped here, probes leave in time, and who stamps them is the kernel or better",)
        self.query_one(Sentences).show(wrong or all_is_well, sign=sign, ink="losing" if wrong else "up")
        self._show_selected()

    @on(LineView.Moved)
    def _show_selected(self) -> None:
        glyphs = self.navigator.glyphs
        sheet, process = self.query_one("#engine", Sheet), self.query_one("#process", Sheet)
        most = PROCESS_LINES * (2 if self.size.height >= ROOMY else 1)
        process.show(process_lines(glyphs, self._pulses, process.size.width, most))
        if (pulse := self.query_one(EngineTable).selected) is None:
            sheet.show(((("muted", " no engine has said anything yet"),),))
            return
        self.query_one("#engine-rule", Rule).show(pulse.now.name)
        sheet.show(engine_lines(glyphs, pulse, sheet.size.width, sheet.size.height))

    def on_resize(self, event: events.Resize) -> None:
        """Lines are as long as there is room."""
        super().on_resize(event)
        self._shown = -1

    def _wrong(self) -> tuple[str, ...]:
        process = self._pulses.process
        return () if process is None else tuple(safe(each) for each in ailments(process))

    def words(self) -> tuple[Words, Words]:
        """How many engines there are, how fast and how dear."""
        pulses = self._pulses
        count = len(pulses.engines)
        left = [("strong", f"{count} engine{'' if count == 1 else 's'}")]
        left.append(("muted", f" · {significant(pulses.rate)} probes/s"))
        if pulses.cpu:
            left.append(("muted", f" · {percent(pulses.cpu[-1])} of a core"))
        if not (wrong := len(self._wrong())):
            return left, (("up", "all is well"),)
        return left, (("losing", "something is wrong" if wrong == 1 else f"{wrong} things are wrong"),)
