"""What became of the probes of one trace: answered, late, failed, or not answered, and then by whose doing.

A probe that never left is no loss, nor is one whose answer may be among the packets that our own buffer had no room
for. An RTT is final when the stamps of both its ends are: at the next turn. It knows no path.
"""

from app.engine.datagram import Clock, Datagram, Departure, Drops
from app.engine.flights import Flights
from app.engine.owndrops import OwnDrops
from app.engine.snapshot import Outcome
from app.engine.tracing.hop import Hop, Speaker
from app.engine.tracing.table import Table
from app.engine.verdict import Excuse, Meaning, excuse_of


class Probes:
    """The probes between two restarts, owned by the engine's thread. `timeout` in nanoseconds."""

    def __init__(self, timeout: int) -> None:
        self.drops: OwnDrops[Hop] = OwnDrops(timeout)
        self._timeout = timeout
        self._flights: Flights[Hop] = Flights(timeout)
        self._unsettled: dict[int, tuple[Hop, Speaker, int]] = {}  # by token: answered, the RTT not final
        self._unstamped: dict[int, None] = {}  # tokens whose kernel stamp has not come, on a way that stamps
        self._is_sure = True  # nothing has left without the stamp that was due

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
        outcome = hop.series.outcome(number)
        if outcome is not Outcome.REPLIED or token in self._unsettled:
            hop.series.restamp(number, departure.sent_at)
            hop.changed()
        if departure.clock is Clock.KERNEL and departure.handed_at is not None:
            hop.added.left(number, departure.sent_at - departure.handed_at)
        if departure.clock is not Clock.USER and outcome is Outcome.FAILED:  # given up as one that never left
            hop.series.decide(number, Outcome.LOST)
        return hop

    def credit(self, hop: Hop, number: int, speaker: Speaker, event: Datagram) -> tuple[Meaning, int]:
        """A probe was answered for the first time: in time or late, and after how long."""
        token, received_at = hop.token + number, event.received_at
        if token in self._unstamped:  # it left all the same: not all that leaves from here is stamped
            del self._unstamped[token]
            self._is_sure = False
        rtt = max(0, received_at - hop.series.sent_at(number))
        if rtt > self._timeout:
            hop.series.decide(number, Outcome.LATE, rtt)
            return Meaning.LATE, rtt
        hop.series.decide(number, Outcome.REPLIED, rtt)
        hop.time(rtt)
        if event.read_at is not None and event.clock is Clock.KERNEL:
            hop.added.was_read(number, event.read_at - received_at)
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
        for hop, number in self.drops.tell(drops):
            hop.series.decide(number, Outcome.UNKNOWN)
            hop.changed()

    def expire(self, now: int) -> None:
        """Give up on the probes whose deadline has passed."""
        for hop, number in self._flights.expired(now):
            self._give_up(hop, number)

    def abandon(self) -> None:
        """Give up on all that is in flight."""
        for hop, number in self._flights.abandon():
            self._give_up(hop, number)

    def _give_up(self, hop: Hop, number: int) -> None:
        """It is lost, unless it never left or its answer may have been dropped here."""
        token, sent_at = hop.token + number, hop.series.sent_at(number)
        is_unstamped = token in self._unstamped
        self._unstamped.pop(token, None)
        if is_unstamped and self._is_sure:
            hop.series.decide(number, Outcome.FAILED)
        elif self.drops.may_have_hit(sent_at):
            hop.series.decide(number, Outcome.UNKNOWN)
        else:
            self.drops.lost(hop, number, sent_at)
        hop.measured()
        hop.changed()

    def excuse(self, table: Table, token: int) -> Excuse | None:
        """Why a probe that was given up is no loss; None where it is one, or is not given up."""
        probe = table.probe(token)
        return None if probe is None else excuse_of(probe[0].series.outcome(probe[1]))

    def deadline(self) -> int | None:
        """When the oldest is given up; None where none is in flight."""
        return self._flights.deadline()
