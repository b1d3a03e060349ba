"""What the link tells the ping engine, and what it means to its rows: who answered, what was lost, and to whom.

A probe is IN FLIGHT from its sending on and then exactly one of: replied in time, lost, failed to send, or unknown. An
ICMP error about it decides it at once, as lost: nobody waits for a reply to what was refused. A reply that is in time
by its stamps is a reply, whatever was thought before it was read; one that is not is LATE: counted, shown, and lost
all the same (RFC 6673, section 4). An RTT enters the statistics when its stamps are final: at once where the kernel has
stamped its probe's departure, otherwise at the end of the turn, so that a stamp that comes with it is heeded. A probe
that the kernel was to stamp and did not has FAILED: it never left. One whose answer may be among packets that this host
had no room for is UNKNOWN, and neither is a loss of the network's.
"""

from collections.abc import Callable

from app.engine.awaited import Awaited
from app.engine.cards import Cards
from app.engine.datagram import Clock, Datagram, Departure, Drops, Event, Failure, Fault
from app.engine.echo import carries, is_truncated, sequence_of
from app.engine.eventlog import EventLog
from app.engine.owndrops import OwnDrops
from app.engine.pacing.pacing import Pacing
from app.engine.refusal import is_fatal, words
from app.engine.roster import Roster
from app.engine.snapshot import Outcome
from app.engine.targetrow import Row
from app.engine.verdict import DROPPED_HERE, NEVER_LEFT, NOTHING, STRANGER, Excuse, Meaning, Verdict, excuse_of
from app.engine.wording import duration
from app.packet.answer import Answer, read_answer
from app.packet.compose import Address


class Judge:
    """Decides the probes of one ping machine; belongs to its thread.

    `replied` is told of each row that was answered, where somebody counts the replies.
    """

    def __init__(
        self,
        roster: Roster,
        pacing: Pacing[Row],
        log: EventLog,
        *,
        identifier: int,
        timeout: int,
        replied: Callable[[Row], None] | None,
    ) -> None:
        self._roster = roster
        self._pacing = pacing
        self._log = log
        self._identifier = identifier
        self._timeout = timeout
        self._replied = replied
        self.awaited = Awaited(timeout)  #: what is in flight
        self.drops: OwnDrops[Row] = OwnDrops(timeout)
        self.strangers = self.forged = 0
        self._unstamped: set[int] = set()  # tokens of probes that left only if a kernel stamp says so
        self._unsure: set[Address] = set()  # from which something left without the stamp that was due
        self._cards = Cards()
        self._unsettled: dict[int, tuple[Row, int]] = {}  # token: row and when the reply came

    def reset(self) -> None:
        """Count anew."""
        self.strangers = self.forged = 0
        self.drops.forget()

    def excuse(self, token: int) -> Excuse | None:
        """Why a probe that was given up is no loss; None where it is one, or is not given up."""
        probe = self._roster.probe(token)
        return None if probe is None else excuse_of(probe[0].series.outcome(probe[1]))

    def receive(self, event: Event) -> Verdict:
        """Take what the link tells. Never raises, whatever the bytes."""
        if isinstance(event, Departure):
            self._depart(event)
        elif isinstance(event, Datagram):
            landed = self.awaited.land(event.data)
            return self._read(event) if landed is None else self._answered(*landed, event)
        elif isinstance(event, Failure):
            return self._failed(event.token, event.at, event.text)
        elif isinstance(event, Fault):
            self._log.note(event.at, event.text)
        else:
            self._dropped(event)
        return NOTHING

    def _depart(self, departure: Departure) -> None:
        token, sent_at, clock, handed_at, is_stamp_due = departure
        if clock is Clock.HARDWARE:
            self._cards.left(token, sent_at)
            return
        row = self._roster.row_of(token)
        if row is None:
            return
        number = token - row.token
        if not row.series.left(number, sent_at) and not self._left_before(row, number, sent_at, clock):
            return
        row.sent_clock = clock
        if is_stamp_due:
            self._unstamped.add(token)
        elif self._unstamped:
            self._unstamped.discard(token)
        if clock is not Clock.USER:
            row.stamped = number
            if handed_at is not None and clock is Clock.KERNEL:
                row.added.left(number, sent_at - handed_at)
        if not row.is_changed:
            self._roster.touch(row)

    def _left_before(self, row: Row, number: int, sent_at: int, clock: Clock) -> bool:
        """The departure of a probe that is decided already; whether it is remembered still."""
        outcome = row.series.outcome(number)
        # A sample in the statistics is final: what left and what came must go on adding up to its RTT.
        if outcome is not Outcome.REPLIED or row.token + number in self._unsettled:
            row.series.restamp(number, sent_at)
        if outcome is Outcome.FAILED and clock is not Clock.USER:  # it was given up as one that never left
            row.series.decide(number, Outcome.LOST)
        return outcome is not None

    def _failed(self, token: int, at: int, text: str) -> Verdict:
        if (probe := self._roster.probe(token)) is None:
            return NOTHING
        row, number = probe
        if row.series.outcome(number) is Outcome.LOST:  # given up already, and known better now
            row.series.decide(number, Outcome.FAILED)
            self._roster.touch(row)
        elif row.series.outcome(number) is Outcome.IN_FLIGHT:
            self.fail(row, number, at, text)
        return Verdict(Meaning.NOTHING, row.key, token, text)

    def fail(self, row: Row, number: int, at: int, text: str) -> None:
        """A probe was not sent."""
        row.series.decide(number, Outcome.FAILED)
        reason = f"not sent: {text}"
        self._log.complain(row, at, reason)
        self._miss(row, number, at, reason, is_sent=False)

    def _read(self, event: Datagram) -> Verdict:
        """Find the probe that a datagram answers: by identifier, sequence, address and what it carries."""
        answer = read_answer(event.data)
        sequence = None if answer is None else sequence_of(answer, self._identifier)
        if answer is None or sequence is None or not answer.is_checksum_good:
            self.strangers += 1
            return STRANGER
        about = answer.source if answer.quote is None else answer.quote.destination
        meaning, text = Meaning.STRANGER, ""
        for row in self._roster.at(about.packed):
            number = row.number(sequence)
            if number is None:
                continue
            sent = row.message(number)
            if carries(answer, sent):
                return self._credit(row, number, answer, event)
            if is_truncated(answer, sent):
                text = "a truncated reply"
            else:
                meaning = Meaning.FORGED
        self.forged += meaning is Meaning.FORGED
        self.strangers += meaning is Meaning.STRANGER
        return Verdict(meaning, text=text)

    def _credit(self, row: Row, number: int, answer: Answer, event: Datagram) -> Verdict:
        if answer.quote is not None:
            self._roster.touch(row)
            return self._refuse(row, number, answer, event.received_at)
        return self._answered(row, number, answer.ttl, event)

    def _answered(self, row: Row, number: int, ttl: int | None, event: Datagram) -> Verdict:
        """A reply to a probe of ours, whole and true."""
        if self._cards:
            event = self._cards.answered(row.token + number, row.series.sent_at(number), event)
        received_at, clock, read_at = event.received_at, event.clock, event.read_at
        if not row.is_changed:
            self._roster.touch(row)
        token = row.token + number
        if self._unstamped:
            self._prove(row, token)
        # Where the kernel has stamped its departure its RTT is final. That is the ordinary case, and made cheap.
        rtt = row.series.reply(number, received_at, self._timeout) if row.stamped == number else -1
        is_final = rtt >= 0
        if not is_final:
            verdict = self._weighed(row, number, event)
            if verdict.meaning is not Meaning.REPLY:
                return verdict
            rtt = verdict.rtt or 0
        else:
            self._pacing.answered(row, number, received_at)
        row.received_clock = clock
        row.trouble = ""
        if read_at is not None and clock is Clock.KERNEL:
            row.added.was_read(number, read_at - received_at)
        if self._replied is not None:
            self._replied(row)
        if not (is_final and row.health.is_steady(number, ttl, rtt, row.series.rtt)):
            self._log.say(row, received_at, row.health.answered(number, received_at - rtt, rtt))
            self._log.say(row, received_at, row.health.heard(ttl))
            if is_final:
                self._log.say(row, received_at, row.health.timed(rtt, row.series.rtt))
        return tuple.__new__(Verdict, (Meaning.REPLY, row.key, token, "", rtt, True, False))

    def _prove(self, row: Row, token: int) -> None:
        """A probe was answered, so it left. If its stamp is still due, not all that leaves from there is stamped.

        Such as where two devices send from one address, and one of them stamps nothing.
        """
        if token in self._unstamped and row.template is not None:
            self._unstamped.remove(token)
            self._unsure.add(row.template.source)

    def _has_never_left(self, row: Row, token: int) -> bool:
        """Whether the missing stamp of a probe that was given up says so."""
        if token not in self._unstamped:
            return False
        self._unstamped.remove(token)
        return row.template is None or row.template.source not in self._unsure

    def _weighed(self, row: Row, number: int, event: Datagram) -> Verdict:
        """A reply that may be late, a second one, or one whose probe's departure may yet be stamped."""
        token, series, received_at = row.token + number, row.series, event.received_at
        outcome = series.outcome(number)
        if outcome in (Outcome.REPLIED, Outcome.LATE):
            series.duplicates += 1
            return Verdict(Meaning.DUPLICATE, row.key, token, "already answered")
        rtt = max(0, received_at - series.sent_at(number))
        if rtt > self._timeout:
            row.received_clock = event.clock
            series.decide(number, Outcome.LATE, rtt)
            row.late_rtt = rtt
            if outcome is Outcome.IN_FLIGHT:
                self._miss(row, number, received_at, "", is_sent=True)
            self._pacing.revived(row)
            return Verdict(Meaning.LATE, row.key, token, f"{duration(rtt)}, after its deadline", rtt)
        series.decide(number, Outcome.REPLIED, rtt)
        if outcome is Outcome.IN_FLIGHT:
            self._pacing.answered(row, number, received_at)
        else:
            self._pacing.revived(row)
        self._unsettled[token] = row, received_at
        return Verdict(Meaning.REPLY, row.key, token, "", rtt)

    def _refuse(self, row: Row, number: int, answer: Answer, at: int) -> Verdict:
        """An ICMP error about a probe: counted by kind and by who said it, and logged once a change."""
        row.count_error(answer.source, answer.type or 0, answer.code or 0, words(answer))
        text = f"{words(answer)}, said {answer.source}"
        token, is_open = row.token + number, row.series.outcome(number) is Outcome.IN_FLIGHT
        if is_open and token in self._unstamped and answer.quote is not None and answer.quote.source == answer.source:
            self._unstamped.discard(token)  # our own kernel gave it up: nobody answers for the next hop's address
            self.fail(row, number, at, words(answer))
            return Verdict(Meaning.ERROR, row.key, token, text)
        self._log.complain(row, at, text)
        if is_fatal(answer) and is_open:
            row.series.decide(number, Outcome.LOST)
            self._miss(row, number, at, text, is_sent=True)
        return Verdict(Meaning.ERROR, row.key, token, text)

    def _miss(self, row: Row, number: int, at: int, reason: str, *, is_sent: bool) -> None:
        row.is_source_doubtful = True  # a route may have changed, and the source address with it
        self._pacing.missed(row, number, at)
        sent_at = row.series.sent_at(number)
        self._log.say(row, at, row.health.missed(number, sent_at, reason, is_sent=is_sent))
        self._roster.touch(row)

    # The passage of time.

    def expire(self, now: int) -> None:
        """Give up on the probes whose deadline has passed, and take the finished RTTs in."""
        self.settle()
        for row, number in self.awaited.overdue(now):
            self._give_up(row, number, now)

    def _give_up(self, row: Row, number: int, now: int) -> None:
        """A probe's deadline has passed: it is lost, unless it never left or its answer may have been dropped here."""
        token, series = row.token + number, row.series
        if self._has_never_left(row, token):
            self.fail(row, number, now, NEVER_LEFT)
        elif self.drops.may_have_hit(series.sent_at(number)):
            series.decide(number, Outcome.UNKNOWN)
            self._miss(row, number, now, DROPPED_HERE, is_sent=False)
        else:
            series.decide(number, Outcome.LOST)
            self.drops.lost(row, number, series.sent_at(number))
            self._miss(row, number, now, "", is_sent=True)

    def _dropped(self, drops: Drops) -> None:
        if drops.packets:  # none: nobody listened, such as a machine that slept
            self._log.note(drops.at, f"{drops.packets} dropped here, not on the network")
        for row, number in self.drops.tell(drops):
            row.series.decide(number, Outcome.UNKNOWN)
            self._roster.touch(row)

    def settle(self) -> None:
        """Take in the RTTs of this turn, whose stamps are all told by now."""
        for token, (row, received_at) in self._unsettled.items():
            if self._roster.probe(token) is None:
                continue  # removed, reset or forgotten meanwhile
            number = token - row.token
            rtt = max(0, received_at - row.series.sent_at(number))
            row.series.settle(number, rtt)
            self._log.say(row, received_at, row.health.timed(rtt, row.series.rtt))
            self._roster.touch(row)
        self._unsettled.clear()
