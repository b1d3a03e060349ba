"""The way out by one socket: batches go to the kernel in few calls, and each datagram's fate is told.

Where the queue of an interface is full, what is left of a batch waits for a moment and is tried again, a bounded
number of times; then it has failed, and says so.
"""

import errno
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import NamedTuple

from app.engine.datagram import Datagram, Event, Outgoing
from app.net import clock
from app.net.batch import ERROR_QUEUE, Calls
from app.net.buffer import Buffer
from app.net.message import AT_ONCE, MOST, Message
from app.net.refusal import failure
from app.net.stamps import Departures

#: What the kernel says where there is no room just now.
_FULL = {errno.ENOBUFS, errno.EAGAIN, errno.ENOMEM}
#: How long to wait for room, and how often, before what waits has failed.
PAUSE = 2_000_000
PAUSES = 10
#: Bytes that a stamp takes in the buffer, at the most: they are read when they may fill half of it.
_STAMP = 1_024


class Dressed(NamedTuple):
    """A batch as the kernel takes it: names are of one size, and so are control messages, where there are any."""

    names: Sequence[bytes]
    data: Sequence[bytes]
    controls: Sequence[bytes]


#: Makes the first of some datagrams ready to be sent, as many as may go in one call, with keys of their stamps beside
#: if there are any. Raises OSError where the first cannot be sent.
Dress = Callable[[Sequence[Outgoing], Sequence[bytes]], Dressed]


class Outlet:
    """Sends by one socket. Belongs to one thread.

    `hear` is what reads those messages of the error queue that are no stamps. `tries` is how often a datagram is sent
    that seems to fail: the error of an earlier one may be told in its place.
    """

    def __init__(
        self,
        calls: Calls,
        departures: Departures,
        buffer: Buffer,
        dress: Dress,
        *,
        hear: Callable[[Message], Datagram | None] | None = None,
        tries: int = 1,
    ) -> None:
        self._calls = calls
        self._departures = departures
        self.buffer = buffer  #: of the socket, which its error queue shares
        self._dress = dress
        self._hear = hear
        self._tries = tries
        self._waiting: deque[Outgoing] = deque()
        self._pauses = 0  # in a row, for want of room
        self._resume_at = 0
        self._failures = 0  # of the first that waits
        self._unread = 0  # datagrams sent since the error queue was read
        self._told: list[Event] = []
        self._heard: list[Datagram] = []

    def send(self, batch: Sequence[Outgoing]) -> None:
        """Send datagrams, behind those that wait for room."""
        self._waiting.extend(batch)
        if not self._pauses:
            self._flush()

    @property
    def resume_at(self) -> int | None:
        """When to come again, by the links' clock: at once for what is to be told, later for what waits for room."""
        if self._told:
            return 0
        return self._resume_at if self._waiting else None

    def collect(self) -> tuple[list[Event], list[Datagram]]:
        """What became of what was sent, and what was heard about it."""
        if self._waiting and clock.now() >= self._resume_at:
            self._flush()
        self._read()
        told, self._told = self._told, []
        heard, self._heard = self._heard, []
        return told, heard

    def doubt(self) -> None:
        """Stamps of what was sent so far may have found no room."""
        self._departures.doubt()

    def _read(self) -> None:
        """Read the error queue to its end."""
        self._unread = 0
        if self._hear is None and not self._departures.awaits_stamps:
            return
        self.buffer.look(clock.now())
        if self.buffer.may_lack_stamps:
            self.doubt()
        while True:
            messages = self._calls.read(self.buffer.sock, ERROR_QUEUE)
            self._told += self._departures.tell(messages)
            if self._hear is not None:
                heard = map(self._hear, self._departures.others)
                self._heard += [datagram for datagram in heard if datagram is not None]
            if len(messages) < MOST:
                return

    def _flush(self) -> None:
        """Send what waits, as far as there is room."""
        waiting, departures = self._waiting, self._departures
        while waiting:
            if not departures.is_in_step:
                self._read()
                departures.get_in_step()
            first = list(islice(waiting, AT_ONCE))
            try:
                dressed = self._dress(first, departures.keys(len(first)))
                at = clock.now()
                taken = self._calls.send(self.buffer.sock, *dressed)
            except OSError as error:
                if not self._excuse(error):
                    return
                continue
            self._took(first, taken, at, len(dressed.names))

    def _took(self, first: Sequence[Outgoing], taken: int, at: int, offered: int) -> None:
        self._departures.sent(first[:taken], at)
        if taken < offered:
            self._departures.refused(0)
        self._pauses = self._failures = 0
        if taken == len(self._waiting):
            self._waiting.clear()
        else:
            for _ in range(taken):
                self._waiting.popleft()
        self._unread += taken
        if self._unread * _STAMP > self.buffer.room // 2:
            self._read()

    def _excuse(self, error: OSError) -> bool:
        """The first that waits was refused: whether to go on at once."""
        number, now = error.errno or 0, clock.now()
        self._departures.refused(number)
        if number in _FULL:
            self._pauses += 1
            self._resume_at = now + PAUSE
            if self._pauses <= PAUSES:
                return False
            self._told += [failure(outgoing.token, now, error) for outgoing in self._waiting]
            self._waiting.clear()
            self._pauses = 0
            return True
        self._failures += 1
        if self._failures >= self._tries:
            self._told.append(failure(self._waiting.popleft().token, now, error))
            self._failures = 0
        return True
