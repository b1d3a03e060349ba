"""What the link tells the ping engine, and what it means to its rows: who answered, what was lost, and to whom.

A probe is IN FLIGHT from its sending on and then exactly one of: replied in time, lost, failed to send, or unknown. An
ICMP error about it decides it at once, as lost: nobody waits for a reply to what was refused. A reply that is in time
by its stamps is a reply, whatever was thought before it was read; one that is not is LATE: counted, shown, and lost
all the same (RFC 6673, section 4). An RTT enters the statistics when its stamps are final: at once where the kernel has
stamped its probe's departure, otherwise at the end of the turn, so that a stamp that comes with it is heeded. A probe
that the kernel was to stamp and did not has FAILED: it never left. One whose answer may be among packets that this host
had no room for is UNKNOWN, and neither is a loss of the network's.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import cast

from app.engine.datagram import Clock, Datagram, Departure, Drops, Event, Failure, Fault
from app.engine.owndrops import OwnDrops
from app.engine.pacing.pacing import Pacing
from app.engine.pinging.awaited import Awaited, Landing
from app.engine.pinging.cards import Cards
from app.engine.pinging.echo import carries, is_truncated, sequence_of
from app.engine.pinging.eventlog import EventLog
from app.engine.pinging.roster import Roster
from app.engine.pinging.targetrow import Row
from app.engine.refusal import is_fatal, words
from app.engine.snapshot import Outcome
from app.engine.verdict import DROPPED_HERE, NEVER_LEFT, NOTHING, STRANGER, Excuse, Meaning, Verdict, excuse_of
from app.engine.wording import duration
from app.packet.answer import Answer, read_answer
from app.packet.compose import Address

#: A Verdict of all its fields, without a function of Python's between: a third of the time.
_verdict: Callable[[tuple[object, ...]], Verdict] = partial(tuple.__new__, Verdict)


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
        return self.receive_many((event,))[0]

    def receive_many(self, events: Sequence[Event]) -> Sequence[Verdict]:
        """Take events of one kind in turn, one at least."""
        kind = type(events[0])
        if kind is Datagram:
            return self._arrived(cast("Sequence[Datagram]", events))
        if kind is Departure:
            self._departed(cast("Sequence[Departure]", events))
            return [NOTHING] * len(events)
        return [self._told(event) for event in events]

    def _told(self, event: Event) -> Verdict:
        if isinstance(event, Failure):
            return self._failed(event.token, event.at, event.text)
        if isinstance(event, Fault):
            self._log.note(event.at, event.text)
        elif isinstance(event, Drops):
            self._dropped(event)
        return NOTHING

    def _departed(self, departures: Sequence[Departure]) -> None:
        row_of, touch, unstamped = self._roster.row_of, self._roster.touch, self._unstamped
        user, kernel, hardware = Clock.USER, Clock.KERNEL, Clock.HARDWARE
        for token, sent_at, clock, handed_at, is_stamp_due in departures:
            if clock is hardware:
                self._cards.left(token, sent_at)
                continue
            row = row_of(token)
            if row is None:
                continue
            number = token - row.token
            if not row.series.left(number, sent_at) and not self._left_before(row, number, sent_at, clock):
                continue
            row.sent_clock = clock
            if is_stamp_due:
                unstamped.add(token)
            elif unstamped:
                unstamped.discard(token)
            if clock is not user:
                row.stamped = number
                if handed_at is not None and clock is kernel:
                    row.added.left(number, sent_at - handed_at)
            if not row.is_changed:
                touch(row)

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

    def _read(self, event: Datagram) -> Landing | Verdict:
        """Find the probe that a datagram answers, by identifier, sequence, address and what it carries.

        A verdict where it is no reply to a probe of ours, whole and true.
        """
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
                if answer.quote is None:
                    return row, number, answer.ttl
                self._roster.touch(row)
                return self._refuse(row, number, answer, event.received_at)
            if is_truncated(answer, sent):
                text = "a truncated reply"
            else:
                meaning = Meaning.FORGED
        self.forged += meaning is Meaning.FORGED
        self.strangers += meaning is Meaning.STRANGER
        return Verdict(meaning, text=text)

    def _arrived(self, datagrams: Sequence[Datagram]) -> Sequence[Verdict]:
        """Find the probes that datagrams answer, and take the replies in."""
        land, timeout, kernel, reply = self.awaited.land, self._timeout, Clock.KERNEL, Meaning.REPLY
        touch, answered, unstamped = self._roster.touch, self._pacing.answered, self._unstamped
        has_cards, replied = bool(self._cards), self._replied
        verdicts: list[Verdict] = []
        for datagram in datagrams:
            landed = land(datagram.data) or self._read(datagram)
            if isinstance(landed, Verdict):
                verdicts.append(landed)
                continue
            row, number, ttl = landed
            series, token = row.series, row.token + number
            if has_cards:
                datagram = self._cards.answered(token, series.sent_at(number), datagram)
            _, received_at, clock, _, _, _, _, _, read_at, _ = datagram
            if not row.is_changed:
                touch(row)
            if unstamped:
                self._prove(row, token)
            # Where the kernel has stamped its departure its RTT is final. That is the ordinary case, and made cheap.
            rtt = series.reply(number, received_at, timeout) if row.stamped == number else -1
            is_final = rtt >= 0
            if is_final:
                answered(row, number, received_at)
            else:
                verdict = self._weighed(row, number, datagram)
                if verdict.meaning is not reply:
                    verdicts.append(verdict)
                    continue
                rtt = verdict.rtt or 0
            row.received_clock = clock
            row.trouble = ""
            if read_at is not None and clock is kernel:
                row.added.was_read(number, read_at - received_at)
            if replied is not None:
                replied(row)
            if not is_final or not row.health.is_steady(number, ttl, rtt, series.rtt):
                self._examine(row, number, ttl, rtt, received_at, is_final=is_final)
            verdicts.append(_verdict((reply, row.key, token, "", rtt, True, False)))
        return verdicts

    def _examine(self, row: Row, number: int, ttl: int | None, rtt: int, at: int, *, is_final: bool) -> None:
        """Say what a reply changes in the health of its row."""
        self._log.say(row, at, row.health.answered(number, at - rtt, rtt))
        self._log.say(row, at, row.health.heard(ttl))
        if is_final:
            self._log.say(row, at, row.health.timed(rtt, row.series.rtt))

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
