"""The ping engine: many targets, one probe each an interval, every probe accounted for.

It sends what is due (`app.engine.pacing` says when), hands what the link tells to its judge
(`app.engine.pinging.judge`), and freezes what is known.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from app.engine.command import AddTarget, Command, Finish, Focus, RemoveTarget, Reset, SetInterval, Target, Watch
from app.engine.datagram import Event, Outgoing
from app.engine.machine import Receive
from app.engine.pacing.making import make_pacing
from app.engine.pacing.pacing import Pacing
from app.engine.pinging.echo import CYCLE, EchoTemplate
from app.engine.pinging.eventlog import EventLog
from app.engine.pinging.judge import Judge
from app.engine.pinging.pingconfig import PingConfig
from app.engine.pinging.roster import Roster
from app.engine.pinging.targetrow import Row
from app.engine.pinging.template import SweepTemplate, Template
from app.engine.snapshot import History, PingSnapshot, TargetRows
from app.engine.verdict import Excuse, Verdict
from app.packet.compose import Address, Envelope
from app.packet.link.linktype import LinkType

#: The kernel is asked again so long apart at least whether it still sends from the same addresses: where thousands of
#: targets fall silent at once each would ask before each probe, and a question costs what three probes do (measured).
_ASKING_APART = 2_000_000

#: An Outgoing of all its fields, without a function of Python's between: a third of the time.
_outgoing: Callable[[tuple[object, ...]], Outgoing] = partial(tuple.__new__, Outgoing)


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
        self._pacing = _pacing_of(config)
        self._ask_again_at = 0
        self._templates: dict[Address, EchoTemplate] = {}  # one for each source address, by which others are made
        self._own: set[Row] = set()  # rows that have an interval of their own
        self._done = 0  # rows that have sent their count
        self._is_finishing = False
        self._is_cut = False  # and what is in flight is not waited for
        self._started_at: int | None = None
        self._log = EventLog(lambda: len(self._roster) > TargetRows.WATCHED)
        self._judge = Judge(
            self._roster,
            self._pacing,
            self._log,
            identifier=identifier,
            timeout=config.timeout,
            replied=None if config.deadline is None else self._rest_if_answered,
        )
        self._focus: str | None = None
        self._history: History | None = None
        self._watched: tuple[str, ...] = ()

    # Rows come and go.

    def _remove(self, key: str, now: int) -> None:
        row = self._roster.remove(key)
        if row is not None:
            self._pacing.remove(row, now)
            self._own.discard(row)
            self._tell_intervals()
            self._count_done()

    def _reset(self, key: str | None, now: int) -> None:
        known = self._roster.rows
        rows = list(known.values()) if key is None else [row for row in [known.get(key)] if row]
        if key is None:
            self._started_at = now
            self._judge.reset()
        for row in rows:
            row.reset(origin=now if self._started_at is None else self._started_at)
            self._pacing.reset(row, now)
            self._roster.touch(row)
        self._log.forget(key)
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

    def _rest_if_answered(self, row: Row) -> None:
        if row.series.replied == self._config.count:
            self._rest_if_done(row)

    def obey(self, command: Command, now: int) -> None:
        """Carry out a command. A row that is added has its first probe at once."""
        match command:
            case AddTarget(target):
                row = self._roster.enter(target, origin=self._started_at or 0)
                if row is not None and self._started_at is not None:
                    self._pacing.add(row, now, target.interval)
                    self._own |= {row} if target.interval is not None else set()
                    self._tell_intervals()
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
            self._own.add(row)
        self._tell_intervals()

    def _tell_intervals(self) -> None:
        """Let the rows that have one tell their own interval, which the budget stretches as it does all."""
        for row in self._own:
            if row.interval != (interval := self._pacing.own(row)):
                row.interval = interval
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
        batch: list[Outgoing] = []
        for due_at, rows in self._pacing.due(now):
            batch += self._launch(rows, now, due_at)
        return batch

    def _begin(self, now: int) -> None:
        self._started_at = now
        for row in self._roster.rows.values():
            row.health.origin = now
        by_interval: dict[int | None, list[Row]] = {}
        for row in self._roster.rows.values():
            by_interval.setdefault(row.target.interval, []).append(row)
        for interval, rows in by_interval.items():
            self._pacing.extend(rows, now, interval)
            self._own |= set(rows) if interval is not None else set()
        self._tell_intervals()

    def _launch(self, rows: Sequence[Row], now: int, due_at: int) -> Iterator[Outgoing]:
        count, touch, add = self._config.count, self._roster.touch, self._judge.awaited.add
        is_counted, is_last = self._config.deadline is None, False  # by a deadline, replies are counted
        raw, outgoing = LinkType.RAW, _outgoing
        for row in rows:
            series = row.series
            if count is not None:
                had = series.sent if is_counted else series.replied
                if had >= count:
                    continue
                is_last = is_counted and had + 1 == count
            number = series.launch(now)
            if is_last:
                self._rest_if_done(row)
            if not row.is_changed:
                touch(row)
            template = row.template
            if template is None or row.is_source_doubtful:
                template = self._renewed(row, number, now)
                if template is None:
                    continue
            token = row.token + number
            datagram, echoed, front = template.request(token, (row.offset + number) % CYCLE)
            add(row, number, echoed, front)
            yield outgoing((token, row.target.address, datagram, row.key, False, None, raw, due_at))

    def _renewed(self, row: Row, number: int, now: int) -> Template | None:
        """The template of a probe whose source address is to be asked for, if it is time; None where there is none."""
        if row.template is not None and now < self._ask_again_at:
            return row.template
        self._ask_again_at = now + _ASKING_APART
        try:
            return row.resource(self._source, self._template)
        except OSError as error:
            self._judge.fail(row, number, now, str(error))
            return None

    def _template(self, source: Address, destination: Address) -> Template:
        config = self._config
        like = self._templates.get(source)
        if like is not None:
            return like.aimed_at(destination)
        envelope = Envelope(source, destination, ttl=config.ttl, dscp=config.dscp)
        if config.sizes:
            return SweepTemplate(envelope, self._identifier, self._secret, config.sizes)
        template = self._templates[source] = EchoTemplate(envelope, self._identifier, self._secret, config.size)
        return template

    # In: what the link tells, and the passage of time.

    @property
    def receive(self) -> Callable[[Event], Verdict]:
        """Takes what the link tells. Never raises, whatever the bytes."""
        return self._judge.receive

    @property
    def receive_many(self) -> Receive:
        """The same for many events of one kind."""
        return self._judge.receive_many

    def expire(self, now: int) -> None:
        """Give up on the probes whose deadline has passed, and take the finished RTTs in."""
        self._judge.expire(now)

    def excuse(self, token: int) -> Excuse | None:
        """Why a probe that was given up is no loss; None where it is one, or is not given up."""
        return self._judge.excuse(token)

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
        end = self._judge.awaited.deadline()
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

    def snapshot(self, now: int) -> PingSnapshot:
        """All that is known, frozen. Rows that did not change are the same objects as before."""
        self._judge.settle()
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
            stretch=self._pacing.stretch,
            rows=self._roster.freeze(),
            log=self._log.freeze(),
            focus=self._history,
            strangers=self._judge.strangers,
            forged=self._judge.forged,
            dropped=self._judge.drops.packets,
            is_finished=self._is_cut or (self._started_at is not None and self.deadline() is None),
        )


def _pacing_of(config: PingConfig) -> Pacing[Row]:
    return make_pacing(
        config.mode,
        config.interval,
        is_spread=config.spread,
        preload=config.preload,
        rate=config.rate,
        gap=config.gap,
        backoff=config.backoff,
    )
