"""What happened and when, the newest first."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment

from app.engine.snapshot import LogLine
from app.engine.wording import clock
from widgets.canvas import Canvas, fit

#: Words that open a line about something that went wrong, and about something that is right again.
_BAD = ("down", "loss", "link", "could not", "not sent", "failed")
_GOOD = ("up", "first answer", "recovered")


class EventLog(Canvas):
    """As many of the newest lines as there is room for."""

    def __init__(self, *, names_rows: bool = True, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._names_rows = names_rows
        self._lines: Sequence[LogLine] = ()
        self._started_at = 0
        self._hosts: dict[str, str] = {}

    def show(self, lines: Sequence[LogLine], *, started_at: int, hosts: dict[str, str]) -> None:
        """Show a log; `hosts` says how each row is called."""
        if lines is not self._lines:
            self._lines, self._started_at, self._hosts = lines, started_at, hosts
            self.refresh()

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """The y-th newest line."""
        if y >= len(self._lines):
            return (Segment(" nothing has happened yet", self.ink("faint")),) if y == 0 else ()
        line = self._lines[-1 - y]
        moment = clock(line.at - self._started_at)
        segments = [Segment(f" {moment}  ", self.ink("faint"))]
        room = width - len(moment) - 3
        if self._names_rows:
            called = min(self._name_width(), room // 3)
            segments.append(Segment(f"{fit(self._whose(line), called)}  ", self.ink("plain")))
            room -= called + 2
        segments.append(Segment(fit(line.text, room), self.ink(self._ink(line.text))))
        return segments

    def _whose(self, line: LogLine) -> str:
        """Whom a line is about."""
        return self._hosts.get(line.row, line.row) if line.row is not None else "link"

    def _name_width(self) -> int:
        """The cells of the longest name in sight, so that what happened stands in one column."""
        return max((cell_len(self._whose(line)) for line in self._lines[-self.size.height :]), default=0)

    @staticmethod
    def _ink(text: str) -> str:
        if text.startswith(_BAD):
            return "losing"
        return "up" if text.startswith(_GOOD) else "muted"
