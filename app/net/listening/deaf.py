"""The link of an engine that is allowed no socket: it hears nothing, sends nothing, and lets time pass."""

import errno
from collections.abc import Sequence

from app.engine.command import Method
from app.engine.condition import LinkCondition
from app.engine.datagram import Event, Failure, Outgoing
from app.net import clock
from app.net.link import LinkError
from app.net.waiter import Waiter
from app.packet.compose import Address


class DeafLink:
    """A ListeningLink without ears. All but `wake` belongs to one thread."""

    name = "none"
    identifier = port = 1
    dropped = unread = 0

    def __init__(self, reason: str) -> None:
        self._reason = reason
        self._waiter = Waiter(())
        self._pending: list[Event] = []

    def now(self) -> int:
        """The links' clock."""
        return clock.now()

    def source(self, destination: Address) -> Address:
        """Nothing is sent from anywhere."""
        raise LinkError(self._reason)

    def can(self, method: Method, version: int) -> bool:
        """Nothing can be sent."""
        return False

    def send(self, batch: Sequence[Outgoing]) -> None:
        """Refuse each."""
        name = errno.errorcode[errno.EPERM]
        self._pending += [Failure(each.token, clock.now(), name, f"not sent: {self._reason}") for each in batch]

    def receive(self, until: int) -> Sequence[Event]:
        """Wait."""
        pending, self._pending = self._pending, []
        if not pending:
            self._waiter.wait(until, gather=False)
        return pending

    def condition(self) -> LinkCondition:
        """How it is doing."""
        return LinkCondition(self.name)

    def wake(self) -> None:
        """End a wait."""
        self._waiter.wake()

    def close(self) -> None:
        """Give everything back."""
        self._waiter.close()
