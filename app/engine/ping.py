"""The ping engine: many targets, one probe each an interval, every probe accounted for.

A probe is IN FLIGHT from `poll` on and then exactly one of: replied in time, lost, or failed to send. An
ICMP error about it decides it at once, as lost: nobody waits for a reply to what was refused. A reply
that is in time by its stamps is a reply, whatever was thought before it was read; one that is not is
LATE: counted, shown, and lost all the same (RFC 6673, section 4). The RTT of a reply enters the
statistics at the end of the turn in which it was read (`expire` or `snapshot`), so that a kernel stamp
of its departure that comes with it is heeded, in whichever order the two are told.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence

from app.engine.awaited import Awaited
from app.engine.command import AddTarget, Command, Finish, Focus, RemoveTarget, Reset, SetInterval, Target, Watch
from app.engine.datagram import Clock, Datagram, Departure, Drops, Event, Failure, Fault, Outgoing
from app.engine.echo import CYCLE, EchoTemplate, carries, is_truncated, sequence_of
from app.engine.owndrops import OwnDrops
from app.engine.pacing.making import make_pacing
from app.engine.pacing.pacing import Pacing
from app.engine.pingconfig import PingConfig
from app.engine.refusal import is_fatal, words
from app.engine.roster import Roster
from app.engine.snapshot import History, LogLine, Outcome, PingSnapshot
from app.engine.sweep import SweepTemplate, Template
from app.engine.targetrow import Row
from app.engine.verdict import NOTHING, STRANGER, Meaning, Verdict
from app.engine.wording import duration
from app.packet.answer import Answer, read_answer
from app.packet.compose import Address, Envelope
from app.packet.link.linktype import LinkType

LINES = 200  #: log lines in a snapshot
NEVER_LEFT = "never left this host"
DROPPED_HERE = "its answer may be among packets that this host dropped"


class PingMachine:
    """Machine[PingSnapshot]. `source` says where packets to an address leave from, or raises an OSError.

    `identifier` is the link's; `secret` is at most 64 random bytes that nobody else knows.
    """

    def __init__(
        self,
        targets: Iterable[Target],
        config: PingConfig,
        *,
        source: Callable[[Address], Address],
        identifier: int,
        secret: bytes,
    ) -> None:
        self._config = config
        self._source = source
        self._identifier = identifier
        self._secret = secret
        self._roster = Roster(tuple(targets), config)
        self._pacing: Pacing[Row] = make_pacing(
            config.mode,
            config.interval,
            is_spread=config.spread,
            preload=config.preload,
            rate=config.rate,
            gap=config.gap,
            backoff=config.backoff,
        )
        self._awaited = Awaited(config.timeout)
        self._drops = OwnDrops(config.timeout)
        self._templates: dict[Address, EchoTemplate] = {}  # one for each source address, by which others are made
        self._unstamped: set[int] = set()  # tokens of probes that left only if a kernel stamp says so
        self._unsettled: dict[int, tuple[Row, int]] = {}  # token: row and when the reply came
        self._done = 0  # rows that have sent their count
        self._is_finishing = False
        self._is_cut = False  # and what is in flight is not waited for
        self._started_at: int | None = None
        self._log: deque[LogLine] = deque(maxlen=LINES)
        self._frozen: tuple[LogLine, ...] = ()  # the log as it was last handed out
        self._strangers = self._forged = 0
        self._focus: str | None = None
        self._history: History | None = None
        self._watched: tuple[str, ...] = ()

    # Rows come and go.

    def _remove(self, key: str, now: int) -> None:
        row = self._roster.remove(key)
        if row is not None:
            self._pacing.remove(row, now)
            self._count_done()

    def _reset(self, key: str | None, now: int) -> None:
        known = self._roster.rows
        rows = list(known.values()) if key is None else [row for row in [known.get(key)] if row]
        if key is None:
            self._started_at = now
            self._strangers = self._forged = 0
            self._drops.forget()
            self._log.clear()
        for row in rows:
            row.reset(origin=now if self._started_at is None else self._started_at)
            self._pacing.reset(row, now)
            self._roster.touch(row)
        self._log = deque((line for line in self._log if line.row != key), maxlen=LINES)
        self._count_done()

    def _count_done(self) -> None:
        self._done = sum(self._has_all(row) for row in self._roster.rows.values())

    def _has_all(self, row: Row) -> bool:
        """Whether a row has had its count: of probes, or of replies where there is a deadline, as with ping."""
        config, series = self._config, row.series
        if config.count is None:
            return False
        return (series.sent if config.deadline is None else series.replied) >= config.count

    def _rest_if_done(self, row: Row) -> None:
        if self._has_all(row):
            self._done += 1
            self._pacing.rest(row)
            self._is_cut |= self._config.deadline is not None and self._is_over

    def obey(self, command: Command, now: int) -> None:
        """Carry out a command. A row that is added has its first probe at once."""
        match command:
            case AddTarget(target):
                row = self._roster.enter(target, origin=self._started_at or 0)
                if row is not None and self._started_at is not None:
                    self._pacing.add(row, now, target.interval)
            case RemoveTarget(key):
                self._remove(key, now)
            case SetInterval(interval, key) if interval > 0:
                self._set_interval(interval, key, now)
            case Reset(key):
                self._reset(key, now)
            case Focus(key):
                self._focus, self._history = key, None
                self._watch()
            case Watch(keys):
                self._watched = keys
                self._watch()
            case Finish():
                self._is_finishing = True

    def _set_interval(self, interval: int, key: str | None, now: int) -> None:
        if key is None:
            self._pacing.change(interval, now)
        elif (row := self._roster.rows.get(key)) is not None:
            self._pacing.change(interval, now, row)
            row.interval = self._pacing.own(row)
            self._roster.touch(row)

    def _watch(self) -> None:
        self._roster.watch(self._watched if self._focus is None else (*self._watched, self._focus))

    # Out: what is due.

    def poll(self, now: int) -> Sequence[Outgoing]:
        """The probes that are due; where no source address is to be had, one fails here and now."""
        if self._started_at is None:
            self._begin(now)
        if (ends_at := self._ends_at) is not None and now >= ends_at:
            self._is_finishing = self._is_cut = True
        if self._is_over:
            return ()
        turns = ((row, due_at) for due_at, rows in self._pacing.due(now) for row in rows)
        return [out for row, due_at in turns if (out := self._launch(row, now, due_at)) is not None]

    def _begin(self, now: int) -> None:
        self._started_at = now
        for row in self._roster.rows.values():
            row.health.origin = now
        by_interval: dict[int | None, list[Row]] = {}
        for row in self._roster.rows.values():
            by_interval.setdefault(row.target.interval, []).append(row)
        for interval, rows in by_interval.items():
            self._pacing.extend(rows, now, interval)
            for row in rows:
                row.interval = self._pacing.own(row)

    def _launch(self, row: Row, now: int, due_at: int) -> Outgoing | None:
        if self._has_all(row):
            return None
        number = row.series.launch(now)
        if self._config.count is not None and self._config.deadline is None:
            self._rest_if_done(row)
        if not row.is_changed:
            self._roster.touch(row)
        template = row.template
        if template is None or row.is_source_doubtful:
            try:
                template = row.resource(self._template)
            except OSError as error:
                self._fail(row, number, now, str(error))
                return None
        token = row.token + number
        request = template.request(token, (row.offset + number) % CYCLE)
        self._awaited.add(row, number, request)
        target = row.target
        made = (token, target.address, request.datagram, target.key, False, None, LinkType.RAW, due_at)
        return tuple.__new__(Outgoing, made)  # a third of the price of calling the class

    def _template(self, target: Target) -> Template:
        config = self._config
        source = self._source(target.address)
        like = self._templates.get(source)
        if like is not None:
            return like.aimed_at(target.address)
        envelope = Envelope(source, target.address, ttl=config.ttl, dscp=config.dscp)
        if config.sizes:
            return SweepTemplate(envelope, self._identifier, self._secret, config.sizes)
        template = self._templates[source] = EchoTemplate(envelope, self._identifier, self._secret, config.size)
        return template

    # In: what the link tells.

    def receive(self, event: Event) -> Verdict:
        """Take what the link tells. Never raises, whatever the bytes."""
        if isinstance(event, Departure):
            self._depart(event)
        elif isinstance(event, Datagram):
            answered = self._awaited.answered(event.data)
            if answered is None:
                return self._read(event)
            flight, ttl = answered
            self._awaited.land(flight)
            return self._answered(flight.row, flight.number, ttl, event)
        elif isinstance(event, Failure):
            return self._failed(event.token, event.at, event.text)
        elif isinstance(event, Fault):
            self._log.append(LogLine(event.at, None, event.text))
        else:
            self._dropped(event)
        return NOTHING

    def _depart(self, departure: Departure) -> None:
        token, sent_at, clock, handed_at, is_stamp_due = departure
        row = self._roster.row_of(token)
        if row is None:
            return
        series, number = row.series, token - row.token
        outcome = series.outcome(number)
        if outcome is None:
            return
        # A sample in the statistics is final: what left and what came must go on adding up to its RTT.
        if outcome is not Outcome.REPLIED or token in self._unsettled:
            series.restamp(number, sent_at)
        row.sent_clock = clock
        if is_stamp_due:
            self._unstamped.add(token)
        elif self._unstamped:
            self._unstamped.discard(token)
        if clock is not Clock.USER:
            row.stamped = number
            if handed_at is not None and clock is Clock.KERNEL:
                row.left(number, sent_at - handed_at)
            if outcome is Outcome.FAILED:  # it was given up as one that never left
                series.decide(number, Outcome.LOST)
        if not row.is_changed:
            self._roster.touch(row)

    def _failed(self, token: int, at: int, text: str) -> Verdict:
        if (probe := self._roster.probe(token)) is None:
            return NOTHING
        row, number = probe
        if row.series.outcome(number) is Outcome.LOST:  # given up already, and known better now
            row.series.decide(number, Outcome.FAILED)
            self._roster.touch(row)
        elif row.series.outcome(number) is Outcome.IN_FLIGHT:
            self._fail(row, number, at, text)
        return Verdict(Meaning.NOTHING, row.key, token, text)

    def _fail(self, row: Row, number: int, at: int, text: str) -> None:
        row.series.decide(number, Outcome.FAILED)
        reason = f"not sent: {text}"
        self._complain(row, at, reason)
        self._miss(row, number, at, reason, is_sent=False)

    def _read(self, event: Datagram) -> Verdict:
        """Find the probe that a datagram answers: by identifier, sequence, address and what it carries."""
        answer = read_answer(event.data)
        sequence = None if answer is None else sequence_of(answer, self._identifier)
        if answer is None or sequence is None or not answer.is_checksum_good:
            self._strangers += 1
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
        self._forged += meaning is Meaning.FORGED
        self._strangers += meaning is Meaning.STRANGER
        return Verdict(meaning, text=text)

    def _credit(self, row: Row, number: int, answer: Answer, event: Datagram) -> Verdict:
        if answer.quote is not None:
            self._roster.touch(row)
            return self._refuse(row, number, answer, event.received_at)
        return self._answered(row, number, answer.ttl, event)

    def _answered(self, row: Row, number: int, ttl: int | None, event: Datagram) -> Verdict:
        """A reply to a probe of ours, whole and true."""
        received_at, clock, read_at = event.received_at, event.clock, event.read_at
        if not row.is_changed:
            self._roster.touch(row)
        token = row.token + number
        # Where the kernel has stamped its departure its RTT is final. That is the ordinary case, and made cheap.
        rtt = row.series.reply(number, received_at, self._config.timeout) if row.stamped == number else -1
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
            row.was_read(number, read_at - received_at)
        if self._unstamped:
            self._unstamped.discard(token)
        if self._config.deadline is not None and row.series.replied == self._config.count:
            self._rest_if_done(row)
        if (said := row.health.answered(number, received_at - rtt, rtt)) is not None:
            self._say(row, received_at, said)
        if (said := row.health.heard(ttl)) is not None:
            self._say(row, received_at, said)
        if is_final and (said := row.health.timed(rtt, row.series.rtt)) is not None:
            self._say(row, received_at, said)
        return tuple.__new__(Verdict, (Meaning.REPLY, row.key, token, "", rtt, True, False))

    def _weighed(self, row: Row, number: int, event: Datagram) -> Verdict:
        """A reply that may be late, a second one, or one whose probe's departure may yet be stamped."""
        token, series, received_at = row.token + number, row.series, event.received_at
        outcome = series.outcome(number)
        rtt = max(0, received_at - series.sent_at(number))
        if outcome in (Outcome.REPLIED, Outcome.LATE):
            series.duplicates += 1
            return Verdict(Meaning.DUPLICATE, row.key, token, "already answered")
        if rtt > self._config.timeout:
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
        self._complain(row, at, text)
        if is_fatal(answer) and row.series.outcome(number) is Outcome.IN_FLIGHT:
            row.series.decide(number, Outcome.LOST)
            self._miss(row, number, at, text, is_sent=True)
        return Verdict(Meaning.ERROR, row.key, row.token + number, text)

    def _miss(self, row: Row, number: int, at: int, reason: str, *, is_sent: bool) -> None:
        row.is_source_doubtful = True  # a route may have changed, and the source address with it
        self._pacing.missed(row, number, at)
        sent_at = row.series.sent_at(number)
        self._say(row, at, row.health.missed(number, sent_at, reason, is_sent=is_sent))
        self._roster.touch(row)

    # The passage of time.

    def expire(self, now: int) -> None:
        """Give up on the probes whose deadline has passed, and take the finished RTTs in."""
        self._settle()
        for row, number in self._awaited.overdue(now):
            self._give_up(row, number, now)

    def _give_up(self, row: Row, number: int, now: int) -> None:
        """A probe's deadline has passed: it is lost, unless it never left or its answer may have been dropped here."""
        token, series = row.token + number, row.series
        if token in self._unstamped:
            self._unstamped.discard(token)
            self._fail(row, number, now, NEVER_LEFT)
        elif self._drops.may_have_hit(series.sent_at(number)):
            series.decide(number, Outcome.UNKNOWN)
            self._miss(row, number, now, DROPPED_HERE, is_sent=False)
        else:
            series.decide(number, Outcome.LOST)
            self._drops.lost(row, number, series.sent_at(number))
            self._miss(row, number, now, "", is_sent=True)

    def _dropped(self, drops: Drops) -> None:
        self._log.append(LogLine(drops.at, None, f"{drops.packets} dropped here, not on the network"))
        for row, number in self._drops.tell(drops):
            row.series.decide(number, Outcome.UNKNOWN)
            self._roster.touch(row)

    def _settle(self) -> None:
        for token, (row, received_at) in self._unsettled.items():
            if self._roster.probe(token) is None:
                continue  # removed, reset or forgotten meanwhile
            number = token - row.token
            rtt = max(0, received_at - row.series.sent_at(number))
            row.series.settle(number, rtt)
            self._say(row, received_at, row.health.timed(rtt, row.series.rtt))
            self._roster.touch(row)
        self._unsettled.clear()

    @property
    def _is_over(self) -> bool:
        """Whether no probe will be sent any more, as things stand."""
        return self._is_finishing or (self._config.count is not None and self._done == len(self._roster))

    def deadline(self) -> int | None:
        """When a slot or a probe's deadline is due; 0 before the first `poll`, None when all is decided."""
        if self._started_at is None:
            return None if self._is_over else 0
        if self._is_cut:
            return None
        end = self._awaited.deadline()
        turn = None if self._is_over else self._pacing.deadline()
        moments = [turn, self._ends_at, end if end is None or turn is None else self._pacing.tick(end)]
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def _ends_at(self) -> int | None:
        """When all ends, whatever was sent; None where that is not to be, or nothing is to be sent any more."""
        if self._config.deadline is None or self._started_at is None or self._is_over:
            return None
        return self._started_at + self._config.deadline

    # What is known.

    def _say(self, row: Row, at: int, text: str | None) -> None:
        if text is not None:
            line = LogLine(at, row.key, text)
            row.note(line)
            self._log.append(line)

    def _complain(self, row: Row, at: int, trouble: str) -> None:
        """Log what is wrong with a row, unless that is what was said last."""
        if trouble != row.trouble:
            row.trouble = trouble
            self._say(row, at, trouble)

    def _lines(self) -> tuple[LogLine, ...]:
        """The log, frozen; the same object while nothing was said."""
        newest = self._log[-1] if self._log else None
        if newest is not (self._frozen[-1] if self._frozen else None) or len(self._log) != len(self._frozen):
            self._frozen = tuple(self._log)
        return self._frozen

    def snapshot(self, now: int) -> PingSnapshot:
        """All that is known, frozen. Rows that did not change are the same objects as before."""
        self._settle()
        focus = self._roster.rows.get(self._focus) if self._focus is not None else None
        if focus is None:
            self._history = None
        elif self._history is None or focus.is_changed:
            self._history = focus.history()
        return PingSnapshot(
            at=now,
            started_at=now if self._started_at is None else self._started_at,
            interval=self._pacing.interval,
            mode=self._config.mode,
            rows=self._roster.freeze(),
            log=self._lines(),
            focus=self._history,
            strangers=self._strangers,
            forged=self._forged,
            dropped=self._drops.packets,
            is_finished=self._is_cut or (self._started_at is not None and self.deadline() is None),
        )
