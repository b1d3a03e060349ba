"""The trace engine: a path found in about one round trip of its farthest hop, then measured round by round.

The first round asks all TTLs at once, paced, and stops at the target. A hole below a hop that answered is
asked again a little after the RTT of the next hop that did (a nearer hop would say nothing of how far a farther
one is), the silent tail once more after half a second. Later rounds ask each TTL up to the target
once, spread over the interval. Of several flows the first finds the path; the others follow in the same round,
spread like a later one, and each as far as it goes. Every answer is credited to the TTL of its own probe, however
late. The ledger's rules and the moment at which an RTT is final are those of `app.engine.pinging.ping`.

A trace beside others in one engine (`app.engine.tracing.traces`) may begin amid its path: `app.engine.tracing.tree`.
"""

from collections.abc import Callable, Sequence

from app.engine.command import Command, Finish, Reset, SetInterval, SetMethod, Target
from app.engine.datagram import Clock, Datagram, Departure, Drops, Event, Failure, Fault, Outgoing
from app.engine.refusal import is_fatal
from app.engine.snapshot import End, Outcome, TraceSnapshot
from app.engine.tracing.asking import Questions, Turn
from app.engine.tracing.company import Company
from app.engine.tracing.flow import is_translated
from app.engine.tracing.hop import Hop, Speaker
from app.engine.tracing.mtuprobes import MtuProbes, named_mtu
from app.engine.tracing.path import findings
from app.engine.tracing.probes import Probes
from app.engine.tracing.rounds import Pace, Rounds
from app.engine.tracing.table import TAIL, Table
from app.engine.tracing.traceconfig import TraceConfig
from app.engine.tracing.tracelog import TraceLog
from app.engine.tracing.tree import Family
from app.engine.tracing.wire import Recognised, Shape, Wire
from app.engine.verdict import NOTHING, STRANGER, Excuse, Meaning, Verdict
from app.engine.wording import duration
from app.packet.answer import Answer, read_answer
from app.packet.compose import Address


class TraceMachine:
    """Machine[TraceSnapshot]. `identifier` and `port` are the link's; `secret` is at most 64 random bytes."""

    def __init__(
        self,
        target: Target,
        config: TraceConfig,
        *,
        source: Callable[[Address], Address],
        identifier: int,
        port: int,
        secret: bytes,
        company: Company | None = None,
    ) -> None:
        self.host = target.host
        self.is_charted = False
        self.heard_at = 0
        self._target = target
        self._config = config
        self._company = company = company or Company()
        self._wire = Wire(
            target.address,
            source,
            identifier=identifier,
            ports=(port, config.port),
            size=config.size,
            dscp=config.dscp,
            secret=secret,
        )
        self._method = config.method
        self._pace = Pace(target.interval or config.interval)
        self._is_finishing = False
        self._started_at: int | None = None
        self._ended_at: int | None = None
        self._log = TraceLog()
        self._mtu: MtuProbes | None = None
        if config.mtu:
            self._mtu = MtuProbes(target, self._wire, config.timeout, number=company.number(), whose=company.whose)
        self._restart()

    def _restart(self) -> None:
        """Forget the path. What is still under way belongs to no row any more."""
        config, company = self._config, self._company
        self.table = Table(config.first, config.max_hops, company.number, flows=config.flows, whose=company.whose)
        if self._mtu is not None:
            self._mtu.restart(self._method)
        self._rounds = Rounds(self._pace, config.first, config.max_hops, config.flows)
        self._probes = Probes(config.timeout)
        self.is_charted = False
        company.leave(self)
        self._family: Family | None = None
        self._questions = Questions(self.table.hops, config.timeout)
        self._log.heard()

    def owns(self, number: int) -> bool:
        """Whether a row of this number is one of this trace."""
        return self.table.owns(number) or (self._mtu is not None and self._mtu.number == number)

    def leave(self) -> None:
        """Others are to infer nothing from this trace any more."""
        self._company.leave(self)

    def obey(self, command: Command, now: int) -> None:
        """Carry out a command."""
        match command:
            case SetMethod(method):
                self._method = method
                self._restart()
            case Reset():
                self._restart()
                self._started_at, self._log = now, TraceLog()
            case SetInterval(interval, None) if interval > 0:
                self._pace.interval = interval
            case SetInterval(interval, key) if interval > 0:
                for hop in [hop for hop in self.table.hops.values() if hop.key == key]:
                    self._pace.own[hop.ttl] = interval
                    self._rounds.repaced(hop.ttl, now)
                    hop.changed()
            case Finish():
                self._is_finishing = True
                self._rounds.cancel()
                self._questions.end()

    # How far, and whether there is more to ask.

    @property
    def _is_measured(self) -> bool:
        """Whether no hop will be asked any more."""
        rounds = self._config.rounds
        is_last = rounds is not None and self._rounds.number >= rounds and self.is_charted and self._rounds.is_over
        return self._is_finishing or is_last

    @property
    def _searching(self) -> MtuProbes | None:
        """The search for the path MTU, while it runs."""
        return self._mtu if self._mtu is not None and self._mtu.search.is_running and not self._is_finishing else None

    @property
    def _is_over(self) -> bool:
        is_asking = self._started_at is None or not self._is_measured or self._searching is not None
        return not is_asking and self._probes.deadline() is None

    @property
    def is_waiting(self) -> bool:
        """Whether it goes on by what another trace finds out."""
        return self._company.is_waiting(is_held=self._rounds.is_held)

    @property
    def has_news(self) -> bool:
        """Whether another trace may have found that out."""
        return self._company.has_news(is_held=self._rounds.is_held)

    # Out.

    def poll(self, now: int, most: int | None = None) -> Sequence[Outgoing]:
        """The probes that are due, at most so many."""
        if self._started_at is None:
            self._started_at = self.heard_at = now
        out = self._hop_probes(now, most)
        if self._searching is not None and (most is None or len(out) < most):
            out += self._searching.poll(now)
        return out

    def _hop_probes(self, now: int, most: int | None) -> list[Outgoing]:
        if self._is_measured or not self._is_open(now):
            return []
        if self._rounds.is_due(now):
            self.table.note_paths()
            self._rounds.go_on(now, self.table)
        due = self._questions.again(now)
        again = len(due)
        lead = self._company.lead(self, now) if self._rounds.is_sweep_due(now) else None
        due += self._rounds.due(now, self.table, lead)
        if most is not None and len(due) > most:
            # Who is to be asked again is found again the next time.
            self._rounds.put_back(due[max(most, again) :])
            due = due[:most]
        return [out for turn in due if (out := self._launch(turn, now)) is not None]

    def _is_open(self, now: int) -> bool:
        """Begin the first round, unless another trace goes ahead."""
        if self._rounds.number:
            return True
        if self._company.opens_at is None:
            self._family = self._find_family()
        start = self._company.open(self, self._family, self._config.first, now)
        if start is None:
            return False
        self.heard_at = now
        self._rounds.open(now, min(start, self._config.max_hops))
        return True

    def _find_family(self) -> Family | None:
        """The traces whose paths are one tree with this one's; several flows have ways of their own, and none."""
        if self._config.flows > 1:
            return None
        try:
            return self._method, self._wire.settle_source().packed
        except OSError:
            return None

    def _launch(self, turn: Turn, now: int) -> Outgoing | None:
        hop = self.table.hop(turn.ttl)
        hop.changed()
        hop.tries += 1
        hop.last_sent_at = now
        hop.first_sent_at = hop.first_sent_at or now
        self._questions.change()
        self._rounds.took(turn)
        number = hop.series.launch(now)
        token = hop.token + number
        is_new_round = turn.ttl == self._config.first and not turn.flow
        try:
            data = self._wire.probe(self._method, turn.ttl, token, shape=Shape(turn.flow), is_new_round=is_new_round)
        except OSError as error:
            self._fail(hop, number, now, str(error))
            return None
        self._probes.launched(hop, number)
        return Outgoing(token, self._target.address, data, hop.key, due_at=turn.at)

    # In.

    def receive(self, event: Event) -> Verdict:
        """Take what the link tells. Never raises, whatever the bytes."""
        match event:
            case Datagram():
                return self._read(event)
            case Departure(token) | Failure(token) if MtuProbes.owns(token):
                return NOTHING if self._mtu is None else self._mtu.tell(event)
            case Departure(clock=Clock.HARDWARE):
                return NOTHING  # hops answer by software of their own: a card's stamp would tell no more
            case Departure(token):
                hop = self._probes.depart(self.table, event)
                return NOTHING if hop is None else Verdict(Meaning.NOTHING, hop.key, token)
            case Failure(token, at, _, text):
                return self._failed(token, at, text)
            case Fault(at, text):
                self._log.note(at, text)
            case Drops(at, _, packets):
                self._probes.drop(event)
                self._log.note(at, f"{packets} dropped here, not on the network")
        return NOTHING

    def _failed(self, token: int, at: int, text: str) -> Verdict:
        if (probe := self.table.probe(token)) is None:
            return NOTHING
        hop, number = probe
        if hop.series.outcome(number) in (Outcome.IN_FLIGHT, Outcome.LOST):
            self._fail(hop, number, at, text)
        return Verdict(Meaning.NOTHING, hop.key, token, text)

    def _fail(self, hop: Hop, number: int, at: int, text: str) -> None:
        hop.series.decide(number, Outcome.FAILED)
        hop.is_given_up = hop.tries > 1
        hop.changed()
        self._questions.change()
        self._log.unsent(at, hop, text)

    def _read(self, event: Datagram) -> Verdict:
        answer = read_answer(event.data)
        if answer is None or not answer.is_checksum_good:
            return self._log.count(STRANGER)
        return self._log.count(self.answered(answer, event))

    def excuse(self, token: int) -> Excuse | None:
        """Why a probe that was given up is no loss; None where it is one, or is not given up."""
        return self._probes.excuse(self.table, token)

    def forge(self) -> None:
        """An answer named a probe of this trace and did not know its secret."""
        self._log.forged += 1

    def answered(self, answer: Answer, event: Datagram) -> Verdict:
        """Take an answer, whosever it is."""
        known = self._wire.recognise(answer)
        token = known.token
        if token is None:
            return Verdict(Meaning.FORGED if known.is_named else Meaning.STRANGER)
        if self._mtu is not None and MtuProbes.owns(token):
            return self._mtu.read(token, answer, event, self.table)
        probe = self.table.probe(token)
        if probe is None:
            return Verdict(Meaning.NOTHING, None, token, "beyond the end of the path")
        return self._credit(probe, answer, event, known)

    def _credit(self, probe: tuple[Hop, int], answer: Answer, event: Datagram, known: Recognised) -> Verdict:
        hop, number = probe
        token = hop.token + number
        if answer.quote is not None and not is_fatal(answer):
            return Verdict(Meaning.ERROR, hop.key, token, "says nothing of how far the probe came")
        hop.changed()
        outcome = hop.series.outcome(number)
        if outcome in (Outcome.REPLIED, Outcome.LATE):
            hop.series.duplicates += 1
            return Verdict(Meaning.DUPLICATE, hop.key, token, "already answered")
        speaker = self._hear(hop, answer, event, known)
        meaning, rtt = self._probes.credit(hop, number, speaker, event)
        if meaning is Meaning.REPLY:
            self.table.timed(rtt)
        said = f"proves hop {hop.ttl}, {duration(rtt)}"
        if meaning is Meaning.LATE:
            said = f"{duration(rtt)}, after its deadline"
        return Verdict(meaning, hop.key, token, said, rtt)

    def _hear(self, hop: Hop, answer: Answer, event: Datagram, known: Recognised) -> Speaker:
        """What an answer says of the path."""
        before = hop.standing
        speaker, news = hop.hear(answer, self._target.address, known.flow)
        self.table.heard(hop)
        has_header = event.rebuilt <= len(event.data) - len(answer.transport) + 8
        nat = is_translated(answer.quote, known.sent, self._wire.source) if answer.quote and has_header else None
        speaker.hear(answer, nat=nat, has_quoted_header=has_header)
        self._log.heard()
        self.heard_at = event.received_at
        self._found_out()
        if news is not None:
            self._log.note(event.received_at, news, hop)
        if hop.standing != before:
            self.table.survey()
            self._withdraw(self.table.limit)
            if hop.end is None:
                self._company.met(self, hop.ttl, speaker.address)
        if known.flow and not self._is_finishing:
            self._rounds.follow(hop, known.flow, event.received_at, self.table.limit)
        return speaker

    def _found_out(self) -> None:
        """A TTL has been answered or given up: other questions are open now, and other traces may go on."""
        self._questions.change()
        self._company.found_out()

    def _withdraw(self, last: int) -> None:
        self.table.withdraw(last)
        self._rounds.withdraw(last)
        self._questions.change()

    # The passage of time.

    def expire(self, now: int) -> None:
        """Give up on the probes whose deadline has passed; end the first round once nothing is left to wait for."""
        self._probes.settle(self.table)
        self._probes.expire(now)
        if not self.is_charted and self._rounds.number:
            self._chart(now)
        if self._mtu is not None:
            self._search(self._mtu, now)
        self._ended_at = (self._ended_at or now) if self._is_over else None

    def _chart(self, now: int) -> None:
        """Go on with the first round, or end it."""
        self._rounds.ask(now, self._company.look_back(self, now))
        for hop in self._questions.vain(now):
            hop.is_given_up = True
            self._found_out()
        if self._is_finishing or (self._rounds.is_over and self._company.is_whole and self.table.is_known):
            self._end_first_round(now)

    def _search(self, mtu: MtuProbes, now: int) -> None:
        """Begin to search once the target was reached; later give up on what does not arrive."""
        if self.is_charted and not mtu.search.has_begun and self.table.end is End.REACHED:
            last = self.table.last
            mtu.begin(now, (last.longest_rtt if last else None) or self._config.timeout)
        mtu.search.expire(now)

    def _end_first_round(self, now: int) -> None:
        self.is_charted = True
        self._questions.end()
        self._found_out()
        self._withdraw(self.table.reach)
        self.table.note_paths()
        self._company.charted(self)
        if self._config.rounds == 1 or self._is_finishing:
            # The table is complete: what still waits was asked again in vain, and is given up with it.
            self._probes.abandon()
        self._rounds.chart(now, self.table, is_last=self._is_finishing)
        last = self.table.last
        if self.table.end is End.REACHED and last is not None:
            text = f"target reached at hop {last.ttl} after {duration(last.longest_rtt)}"
            self._log.note(now, text, last)

    def deadline(self) -> int | None:
        """When something is due next; 0 before the first `poll`, None when all is decided."""
        if not self._rounds.number:
            return None if self._is_measured else self._company.opens_at or 0
        moments = self._questions.moments()
        if (expiry := self._probes.deadline()) is not None:
            moments.append(expiry)
        if self._searching is not None:
            moments.append(self._searching.search.due_at)
        if not self._is_measured:
            if (turn := self._rounds.deadline(self.table)) is not None:
                moments.append(turn)
            elif (look := self._company.deadline(self)) is not None:
                moments.append(look)
            elif not moments and not self.is_waiting:
                moments.append(0)  # all answered or given up: the first round ends with the next `expire`
        return min(moments, default=None)

    # What is known.

    def snapshot(self, now: int, strangers: int = 0) -> TraceSnapshot:
        """All that is known, frozen. Rows that did not change are the same objects as before.

        `strangers` are those that its engine has met beside its own.
        """
        self._probes.settle(self.table)
        table = self.table
        last = table.reach if self.is_charted else table.reach - TAIL * (table.reach < table.limit)
        rows = tuple(table.hops[ttl].view(self._pace.own.get(ttl)) for ttl in sorted(table.hops) if ttl <= last)
        end = table.end if self.is_charted else None
        found = findings(rows, end, table.loop, table.switches(), table.abreast())
        is_asking = bool(self._rounds.number) and not self.is_charted
        return TraceSnapshot(
            at=now,
            started_at=now if self._started_at is None else self._started_at,
            interval=self._pace.interval,
            target=self._target,
            method=self._method,
            round=self._rounds.number,
            flows=self._config.flows,
            asked=(min(table.hops, default=1), max(self._rounds.highest, self._config.first)) if is_asking else None,
            hops=rows,
            end=end,
            paths=tuple(table.paths()),
            findings=(*found, *(self._mtu.findings() if self._mtu else ())),
            log=self._log.freeze(),
            path_mtu=named_mtu(rows) if self._mtu is None else self._mtu.search.path_mtu,
            mtu_story="" if self._mtu is None else self._mtu.story(table),
            port=self._wire.port(self._method),
            strangers=self._log.strangers + strangers,
            forged=self._log.forged,
            is_finished=self._is_over,
            ended_at=self._ended_at,
            dropped=self._probes.drops.packets,
            row=self._company.whose.removeprefix(" to ") or None,
        )
