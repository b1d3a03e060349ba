"""Signals that end a run early: the first one ends it in good order, the second one at once."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupted(BaseException):
    """The program is told to end while there is nothing to report, or for the second time."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.status = 128 + number


class Interruption:
    """Watches for SIGINT, SIGTERM and SIGHUP. Belongs to the main thread."""

    def __init__(self) -> None:
        self.status: int | None = None  #: the exit status that the first signal asks for
        self._stop: Callable[[], None] | None = None

    def watch(self) -> None:
        """Take the signals from here on, for as long as the program runs."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # nohup(1) has SIGHUP ignored; background jobs of a shell have SIGINT ignored, and ping takes it even so.
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._take)

    def release(self) -> None:
        """Leave the signals to somebody else: the screens end by them in their own manner."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) == self._take:
                signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)

    @contextmanager
    def ends(self, stop: Callable[[], None]) -> Iterator[None]:
        """While this lasts, the first signal calls `stop`, in a thread of its own."""
        self._stop = stop
        try:
            yield
        finally:
            self._stop = None

    def _take(self, number: int, frame: FrameType | None) -> None:
        is_first, self.status = self.status is None, 128 + number
        if self._stop is None or not is_first:
            raise Interrupted(number)
        # A handler runs between two instructions of the main thread, which may hold the lock that `stop` needs.
        threading.Thread(target=self._stop, name="interruption", daemon=True).start()
