"""The terminal as Textual drives it, and two things that Textual does not expect of one: nonsense, and its end.

Over a byte that is no UTF-8 Textual's reader of keys ends the program. Over a terminal that is gone (a closed window
behind `sudo`, a broken connection) it reads nothing, for ever and with a whole core, and keeps the program alive.
"""

import codecs
import select
import signal
from functools import partial
from threading import Event
from typing import Any

from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver


class Terminal(LinuxDriver):
    """A driver that skips stray bytes, and ends the program when there is no terminal any more."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        tolerate_stray_bytes()
        self.exit_event = _Ending(self.fileno)

    def write(self, data: str) -> None:
        """Write what somebody can see."""
        if self._writer_thread is not None and self._writer_thread.is_alive():
            super().write(data)

    def run_input_thread(self) -> None:
        """Read keys until the program or the terminal ends; the second brings about the first."""
        try:
            super().run_input_thread()
        except OSError:
            if not is_gone(self.fileno):
                raise
        if is_gone(self.fileno):
            self._app.call_later(self._app.exit, None, 128 + signal.SIGHUP)


class _Ending(Event):
    """Set when somebody sets it, or the terminal is gone."""

    def __init__(self, terminal: int) -> None:
        super().__init__()
        self._terminal = terminal

    def is_set(self) -> bool:
        """Whether to read no more; asked before every look for keys."""
        return super().is_set() or is_gone(self._terminal)


def is_gone(terminal: int) -> bool:
    """Whether a terminal, given by its descriptor, has hung up."""
    poll = select.poll()
    poll.register(terminal, 0)
    return any(what & (select.POLLHUP | select.POLLNVAL) for _, what in poll.poll(0))


def tolerate_stray_bytes() -> None:
    """Let the terminal send bytes that are no UTF-8."""
    tolerant = partial(codecs.getincrementaldecoder("utf-8"), errors="ignore")
    vars(linux_driver)["getincrementaldecoder"] = lambda encoding: tolerant
