"""Waiting for sockets, for a moment, or for somebody who says `wake`: whichever is first."""

import math
import os
import select
import threading
from collections.abc import Iterable

from app.net import clock

#: Packets that are stamped by the kernel may lie a little, and read by the handful they cost half. Short while
#: little happens, so that a trace shows its hops at once; long where waking up is all that would be done: that
#: costs 0.7 ms of a cold processor's time, and a probe a fortieth of it (measured). The long one is a frame.
SHORT_TICK = 2_000_000
LONG_TICK = 100_000_000
_PRICE = 70_000_000  #: of a turn, in nanoseconds of quiet: ten steps a second with their answers cannot all be swift
_MOST_CREDIT = 25 * _PRICE  #: so many turns in a row may be swift after a while of quiet
_SELECTABLE = 1_024  #: FD_SETSIZE
_LONGEST = 3600.0  #: seconds; a wait that is cut short is only a turn for nothing


class Waiter:
    """Watches the given file descriptors. All but `wake` belongs to one thread. `is_swift`: no tick is ever long."""

    def __init__(self, descriptors: Iterable[int], *, is_swift: bool = False) -> None:
        self._epoll = select.epoll()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._epoll.register(self._wake, select.EPOLLIN)
        for descriptor in descriptors:
            self._epoll.register(descriptor, select.EPOLLIN)
        self._last = clock.now()
        self._credit = _MOST_CREDIT
        self._is_swift = is_swift
        self._is_closed = False
        self._closing = threading.Lock()  # a wake must not write into a descriptor that is somebody else's by now

    def wait(self, until: int, *, gather: bool) -> set[int]:
        """The descriptors that have something to read, at the latest when the clock shows `until`.

        With `gather` a call returns no sooner than a tick after the last one returned, unless it is woken or
        `until` has come.
        """
        is_ready = _is_ready(self._epoll.fileno(), until)
        enough = min(until, self._last + (SHORT_TICK if self._is_swift or self._credit >= _PRICE else LONG_TICK))
        if gather and is_ready and enough > clock.now():
            _is_ready(self._wake, enough)
        ready = {descriptor for descriptor, _ in self._epoll.poll(0)} if is_ready else set()
        if self._wake in ready:
            ready.discard(self._wake)
            os.eventfd_read(self._wake)
        self._account()
        return ready

    def _account(self) -> None:
        """A turn costs credit, quiet earns it."""
        now = clock.now()
        self._credit = max(0, min(self._credit + now - self._last, _MOST_CREDIT) - _PRICE)
        self._last = now

    def wake(self) -> None:
        """End a wait, or the next one, at once. From any thread; nothing happens once this is closed."""
        with self._closing:
            if not self._is_closed:
                os.eventfd_write(self._wake, 1)

    def close(self) -> None:
        """Watch no more."""
        with self._closing:
            if not self._is_closed:
                self._is_closed = True
                self._epoll.close()
                os.close(self._wake)


def _is_ready(descriptor: int, until: int) -> bool:
    """Whether there is something to read, before the clock shows `until`.

    `poll` and `epoll` round a wait up to whole milliseconds; `select` does not, but takes no large descriptor.
    """
    seconds = min(max(0, until - clock.now()) / 1e9, _LONGEST)
    if descriptor < _SELECTABLE:
        return bool(select.select([descriptor], (), (), seconds)[0])
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    return bool(waiting.poll(math.ceil(seconds * 1_000)))
