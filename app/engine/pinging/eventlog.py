"""The event log of the ping engine: what is worth a line, said once a change."""

from collections import deque
from collections.abc import Callable

from app.engine.pinging.targetrow import Row
from app.engine.snapshot import LogLine

LINES = 200  #: log lines in a snapshot


class EventLog:
    """The newest lines of all rows. Owned by the engine's thread.

    In a crowd of rows that one never answered is told in its own log alone: a block of addresses that are empty for the
    most part would hide what happens to the others.
    """

    def __init__(self, is_crowd: Callable[[], bool]) -> None:
        self._is_crowd = is_crowd
        self._lines: deque[LogLine] = deque(maxlen=LINES)
        self._frozen: tuple[LogLine, ...] = ()  # as it was last handed out

    def note(self, at: int, text: str) -> None:
        """A line about no row."""
        self._lines.append(LogLine(at, None, text))

    def say(self, row: Row, at: int, text: str | None) -> None:
        """A line about a row, where there is something to say."""
        if text is not None:
            line = LogLine(at, row.key, text)
            row.note(line)
            if row.series.rtt.count or not self._is_crowd():
                self._lines.append(line)

    def complain(self, row: Row, at: int, trouble: str) -> None:
        """Say what is wrong with a row, unless that is what was said last."""
        if trouble != row.trouble:
            row.trouble = trouble
            self.say(row, at, trouble)

    def forget(self, key: str | None) -> None:
        """Leave out what was said of one row, or all."""
        self._lines = deque((line for line in self._lines if key not in (None, line.row)), maxlen=LINES)

    def freeze(self) -> tuple[LogLine, ...]:
        """All of it, frozen; the same object while nothing was said."""
        newest = self._lines[-1] if self._lines else None
        if newest is not (self._frozen[-1] if self._frozen else None) or len(self._lines) != len(self._frozen):
            self._frozen = tuple(self._lines)
        return self._frozen
