"""What became of the probes of one trace: answered, late, failed, or not answered, and then by whose doing.

A probe that never left is no loss, nor is one whose answer may be among the packets that our own buffer had no room
for. An RTT is final when the stamps of both its ends are: at the next turn. It knows no path.
"""

from collections import deque

from app.engine.datagram import Departure, Drops
from app.engine.flights import Flights
from app.engine.hop import Hop, Speaker
from app.engine.snapshot import Outcome
from app.engine.table import Table
from app.engine.verdict import Meaning

DROPS = 16  #: moments of drops that are remembered


class Probes:
    """The probes between two restarts, owned by the engine's thread. `timeout` in nanoseconds."""

    def __init__(self, timeout: int) -> None:
        self.dropped = 0  #: packets that found our buffer full
        self._timeout = timeout
        self._flights: Flights[Hop] = Flights(timeout)
        self._unsettled: dict[int, tuple[Hop, Speaker, int]] = {}  # by token: answered, the RTT not final
        self._unstamped: dict[int, None] = {}  # tokens whose kernel stamp has not come, on a way that stamps
        self._drops: deque[Drops] = deque(maxlen=DROPS)

    def launched(self, hop: Hop, number: int) -> None:
        """A probe is handed over."""
        self._flights.add(hop, number)

    def depart(self, table: Table, departure: Departure) -> Hop | None:
        """A probe left, as far as is known by now; whose it was."""
        token = departure.token
        if departure.is_stamp_due:
            self._unstamped[token] = None
        else:
            self._unstamped.pop(token, None)
        if (probe := table.probe(token)) is None:
            return None
        hop, number = probe
        if hop.series.outcome(number) is not Outcome.REPLIED or token in self._unsettled:
            hop.series.restamp(number, departure.sent_at)
            hop.changed()
        return hop

    def credit(self, hop: Hop, number: int, speaker: Speaker, received_at: int) -> tuple[Meaning, int]:
        """A probe was answered for the first time: in time or late, and after how long."""
        token = hop.token + number
        self._unstamped.pop(token, None)  # whatever the stamps say, it left
        rtt = max(0, received_at - hop.series.sent_at(number))
        if rtt > self._timeout:
            hop.series.decide(number, Outcome.LATE, rtt)
            return Meaning.LATE, rtt
        hop.series.decide(number, Outcome.REPLIED, rtt)
        hop.time(rtt)
        speaker.replied += 1
        self._unsettled[token] = hop, speaker, received_at
        return Meaning.REPLY, rtt

    def settle(self, table: Table) -> None:
        """Take the RTTs that are final by now into the statistics."""
        for token, (hop, speaker, received_at) in self._unsettled.items():
            if table.probe(token) is not None:
                number = token - hop.token
                rtt = max(0, received_at - hop.series.sent_at(number))
                hop.series.settle(number, rtt)
                hop.time(rtt)
                speaker.time(rtt)
                hop.changed()
        self._unsettled.clear()

    def drop(self, drops: Drops) -> None:
        """Packets found our buffer full."""
        self.dropped += drops.packets
        self._drops.append(drops)

    def expire(self, now: int) -> None:
        """Give up on the probes whose deadline has passed."""
        for hop, number in self._flights.expired(now):
            fate = self._fate(hop.token + number, hop.series.sent_at(number), now)
            if fate is not Outcome.LOST:
                hop.series.decide(number, fate)
            hop.measured()
            hop.changed()

    def _fate(self, token: int, sent_at: int, now: int) -> Outcome:
        if token in self._unstamped:
            del self._unstamped[token]
            return Outcome.FAILED
        if any(sent_at <= drops.at and drops.since <= now for drops in self._drops):
            return Outcome.UNKNOWN
        return Outcome.LOST

    def abandon(self) -> None:
        """Give up on all that is in flight."""
        for hop, _ in self._flights.abandon():
            hop.changed()

    def deadline(self) -> int | None:
        """When the oldest is given up; None where none is in flight."""
        return self._flights.deadline()
