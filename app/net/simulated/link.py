"""A link into a simulated internet: what is sent leaves at once, what comes back waits for its time."""

from collections.abc import Sequence

from app.engine.command import Method
from app.engine.condition import LinkCondition, Stamping
from app.engine.datagram import Clock, Datagram, Departure, Event, Failure, Outgoing
from app.net.link import LinkError
from app.net.simulated.clock import SimulationClock
from app.net.simulated.internet import Internet
from app.net.simulated.pending import Pending
from app.packet.compose import Address

INTERFACE = "sim0"


class SimulatedLink:
    """An engine's way into an internet of its own. All calls but `wake` come from one thread."""

    name = "simulated"

    def __init__(
        self, internet: Internet, clock: SimulationClock, *, began: int, identifier: int = 1, port: int = 33_434
    ) -> None:
        self.identifier = identifier
        self.port = port
        self._internet = internet
        self._clock = clock
        self._began = began
        self._events = Pending()

    def now(self) -> int:
        """The simulation's clock."""
        return self._clock.now()

    def source(self, destination: Address) -> Address:
        """The address of this machine in the simulation."""
        source = self._internet.source(destination.version)
        if source is None:
            raise LinkError(f"this simulation has no IPv{destination.version}")
        return source

    def can(self, method: Method, version: int) -> bool:
        """Every method; both IP versions where the scenario has them."""
        return self._internet.source(version) is not None

    def send(self, batch: Sequence[Outgoing]) -> None:
        """Send whole IP datagrams."""
        for outgoing in batch:
            now = self._clock.now()
            failure = self._refusal(outgoing, now)
            if failure is not None:
                self._events.put(now, failure)
                continue
            self._events.put(now, Departure(outgoing.token, now, Clock.KERNEL))
            for arrival in self._internet.send(outgoing.data, now - self._began):
                at = self._began + arrival.at
                self._events.put(at, Datagram(arrival.data, at, Clock.KERNEL, interface=INTERFACE))

    def receive(self, until: int) -> Sequence[Event]:
        """Wait until something has happened, `wake` was called or the clock shows `until`."""
        first = self._events.first(until)
        if first > self._clock.now():
            self._clock.wait(first)
        return self._events.due(self._clock.now())

    def condition(self) -> LinkCondition:
        """How it is doing."""
        return LinkCondition(self.name, stampings=(Stamping(INTERFACE, Clock.KERNEL, Clock.KERNEL),))

    def wake(self) -> None:
        """Make a `receive` that waits return at once. May be called from any thread."""
        self._clock.wake()

    def close(self) -> None:
        """Forget what is under way."""
        self._events.clear()

    def _refusal(self, outgoing: Outgoing, now: int) -> Failure | None:
        """What a kernel would not send, with its errno."""
        destination = outgoing.destination
        if not is_for(outgoing.data, destination):
            return Failure(outgoing.token, now, "EINVAL", "not sent: this is no IP datagram to that address")
        mtu = self._internet.mtu(destination, now - self._began)
        if mtu is None:
            return Failure(outgoing.token, now, "ENETUNREACH", "not sent: no route")
        if len(outgoing.data) > mtu:
            return Failure(outgoing.token, now, "EMSGSIZE", f"not sent: longer than the link's MTU of {mtu}")
        return None


def is_for(data: bytes, destination: Address) -> bool:
    """Whether the bytes start with an IP header that names this destination."""
    if not data or data[0] >> 4 != destination.version:
        return False
    there = data[16:20] if destination.version == 4 else data[24:40]
    return there == destination.packed
