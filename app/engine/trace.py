"""The trace engine: a path found in about one round trip of its farthest hop, then measured round by round.

The first round asks all TTLs at once, paced, and stops at the target. A hole below a hop that answered is
asked again after one and a half times the RTT of the next hop that did (a nearer hop would say nothing of how
far a farther one is), the silent tail once more after half a second. Later rounds ask each TTL up to the target
once, spread over the interval. Of several flows the first finds the path; the others follow in the same round,
spread like a later one, and each as far as it goes. Every answer is credited to the TTL of its own probe, however
late. The ledger's rules and the moment at which an RTT is final are those of `app.engine.ping`.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.engine.asking import Question, Turn, due_turns, first_round, later_round, questions
from app.engine.command import Command, Finish, Method, Reset, SetInterval, SetMethod, Target
from app.engine.datagram import Datagram, Departure, Event, Failure, Fault, Outgoing
from app.engine.flights import Flights
from app.engine.flow import is_translated
from app.engine.hop import Hop, Speaker
from app.engine.mtuprobes import MtuProbes, named_mtu
from app.engine.path import findings
from app.engine.refusal import is_fatal
from app.engine.snapshot import End, LogLine, Outcome, TraceSnapshot
from app.engine.table import TAIL, Table
from app.engine.verdict import NOTHING, STRANGER, Meaning, Verdict
from app.engine.wire import Recognised, Shape, Wire
from app.engine.wording import duration
from app.packet.answer import Answer, read_answer
from app.packet.compose import Address

LINES = 200


@dataclass(frozen=True, slots=True)
class TraceConfig:
    """How to trace. Durations in nanoseconds, `size` in bytes of payload (TCP has none)."""

    method: Method = Method.ICMP
    rounds: int | None = None  #: None: without end
    interval: int = 1_000_000_000
    timeout: int = 1_000_000_000
    first: int = 1
    max_hops: int = 30
    size: int = 32
    port: int | None = None  #: destination port; None: 33434 for UDP, 80 for TCP
    dscp: int = 0
    flows: int = 1  #: 1..64: each TTL is asked by so many, each constant in itself
    mtu: bool = False  #: search for the path MTU as well


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
    ) -> None:
        self._target = target
        self._config = config
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
        self._interval = config.interval
        self._is_finishing = False
        self._started_at: int | None = None
        self._strangers = self._forged = 0
        self._log: deque[LogLine] = deque(maxlen=LINES)
        self._table = Table(config.first, config.max_hops)
        self._mtu = MtuProbes(target, self._wire, config.timeout) if config.mtu else None
        self._restart()

    def _restart(self) -> None:
        """Forget the path. What is still under way belongs to no row any more."""
        config = self._config
        self._table = Table(config.first, config.max_hops, self._table.following, flows=config.flows)
        if self._mtu is not None:
            self._mtu.restart(self._method)
        self._plan: deque[Turn] = deque()  # what this round has still to send
        self._flights: Flights[Hop] = Flights(config.timeout)
        self._unsettled: dict[int, tuple[Hop, Speaker, int]] = {}
        self._round = 0
        self._round_at = 0
        self._highest = 0
        self._farthest: dict[int, int] = {}  # by flow: the last TTL that it was asked
        self._is_charted = False  # the first round has ended
        self._trouble = ""

    def obey(self, command: Command, now: int) -> None:
        """Carry out a command."""
        match command:
            case SetMethod(method):
                self._method = method
                self._restart()
            case Reset():
                self._restart()
                self._started_at, self._strangers, self._forged = now, 0, 0
                self._log.clear()
            case SetInterval(interval) if interval > 0:
                self._interval = interval
            case Finish():
                self._is_finishing = True
                self._plan.clear()

    # How far, and whether there is more to ask.

    @property
    def _is_measured(self) -> bool:
        """Whether no hop will be asked any more."""
        rounds = self._config.rounds
        is_last = rounds is not None and self._round >= rounds and self._is_charted and not self._plan
        return self._is_finishing or is_last

    @property
    def _searching(self) -> MtuProbes | None:
        """The search for the path MTU, while it runs."""
        return self._mtu if self._mtu is not None and self._mtu.search.is_running and not self._is_finishing else None

    def _questions(self) -> list[tuple[Hop, Question]]:
        """Of the first round, the TTLs that nobody has answered for and what to do about each."""
        if self._is_charted or self._is_finishing:
            return []
        return questions(self._table.hops.values(), self._config.timeout)

    # Out.

    def poll(self, now: int) -> Sequence[Outgoing]:
        """The probes that are due."""
        if self._started_at is None:
            self._started_at = now
        return [*self._hop_probes(now), *(self._searching.poll(now) if self._searching else ())]

    def _hop_probes(self, now: int) -> Sequence[Outgoing]:
        if self._is_measured:
            return ()
        if not self._round or (self._is_charted and not self._plan and now >= self._round_at + self._interval):
            self._begin_round(now)
        due = [turn for turn in due_turns(self._plan, now) if turn.ttl <= self._table.limit]
        due += [Turn(now, hop.ttl) for hop, question in self._questions() if question.is_resend and question.at <= now]
        return [out for turn in due if (out := self._launch(turn, now)) is not None]

    def _begin_round(self, now: int) -> None:
        if self._round:
            self._table.note_paths()
        on_time = self._round_at + self._interval
        self._round_at = on_time if self._round and now - on_time < self._interval else now
        self._round += 1
        if self._is_charted:
            self._plan = self._turns(self._round_at, range(self._config.flows))
        else:
            self._plan = first_round(now, self._config.first, self._config.max_hops)

    def _turns(self, start: int, flows: Iterable[int]) -> deque[Turn]:
        """Each TTL of the paths of some flows once, spread over an interval."""
        lengths = {flow: self._table.length(flow) for flow in flows}
        return later_round(start, self._interval, self._config.first, lengths)

    def _launch(self, turn: Turn, now: int) -> Outgoing | None:
        hop = self._table.hop(turn.ttl)
        hop.changed()
        hop.tries += 1
        hop.last_sent_at = now
        hop.first_sent_at = hop.first_sent_at or now
        self._highest = max(self._highest, turn.ttl)
        self._farthest[turn.flow] = max(self._farthest.get(turn.flow, 0), turn.ttl)
        number = hop.series.launch(now)
        token = hop.token + number
        is_new_round = turn.ttl == self._config.first and not turn.flow
        try:
            data = self._wire.probe(self._method, turn.ttl, token, shape=Shape(turn.flow), is_new_round=is_new_round)
        except OSError as error:
            self._fail(hop, number, now, str(error))
            return None
        self._flights.add(hop, number)
        return Outgoing(token, self._target.address, data, hop.key)

    # In.

    def receive(self, event: Event) -> Verdict:
        """Take what the link tells. Never raises, whatever the bytes."""
        match event:
            case Datagram():
                return self._read(event)
            case Departure(token) | Failure(token) if MtuProbes.owns(token):
                return NOTHING if self._mtu is None else self._mtu.tell(event)
            case Departure(token, sent_at, _):
                return self._depart(token, sent_at)
            case Failure(token, at, _, text):
                return self._failed(token, at, text)
            case Fault(at, text):
                self._log.append(LogLine(at, None, text))
        return NOTHING

    def _depart(self, token: int, sent_at: int) -> Verdict:
        if (probe := self._table.probe(token)) is None:
            return NOTHING
        hop, number = probe
        if hop.series.outcome(number) is not Outcome.REPLIED or token in self._unsettled:
            hop.series.restamp(number, sent_at)
            hop.changed()
        return Verdict(Meaning.NOTHING, hop.key, token)

    def _failed(self, token: int, at: int, text: str) -> Verdict:
        if (probe := self._table.probe(token)) is None:
            return NOTHING
        hop, number = probe
        if hop.series.outcome(number) in (Outcome.IN_FLIGHT, Outcome.LOST):
            self._fail(hop, number, at, text)
        return Verdict(Meaning.NOTHING, hop.key, token, text)

    def _fail(self, hop: Hop, number: int, at: int, text: str) -> None:
        hop.series.decide(number, Outcome.FAILED)
        hop.is_given_up = hop.tries > 1
        hop.changed()
        if text != self._trouble:
            self._trouble = text
            self._log.append(LogLine(at, hop.key, f"not sent: {text}"))

    def _read(self, event: Datagram) -> Verdict:
        answer = read_answer(event.data)
        if answer is None or not answer.is_checksum_good:
            self._strangers += 1
            return STRANGER
        known = self._wire.recognise(answer)
        token = known.token
        if token is None:
            self._forged += known.is_named
            self._strangers += not known.is_named
            return Verdict(Meaning.FORGED if known.is_named else Meaning.STRANGER)
        if self._mtu is not None and MtuProbes.owns(token):
            return self._mtu.read(token, answer, event, self._table)
        probe = self._table.probe(token)
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
        rtt = max(0, event.received_at - hop.series.sent_at(number))
        speaker, news = hop.hear(answer, self._target.address, known.flow)
        has_header = event.rebuilt <= len(event.data) - len(answer.transport) + 8
        nat = is_translated(answer.quote, known.sent, self._wire.source) if answer.quote and has_header else None
        speaker.hear(answer, nat=nat, has_quoted_header=has_header)
        self._trouble = ""
        if news is not None:
            self._log.append(LogLine(event.received_at, hop.key, news))
        self._table.survey()
        self._withdraw(self._table.limit)
        self._follow(hop, known.flow, event.received_at)
        if rtt > self._config.timeout:
            hop.series.decide(number, Outcome.LATE, rtt)
            return Verdict(Meaning.LATE, hop.key, token, f"{duration(rtt)}, after its deadline", rtt)
        hop.series.decide(number, Outcome.REPLIED, rtt)
        speaker.replied += 1
        self._unsettled[token] = hop, speaker, event.received_at
        return Verdict(Meaning.REPLY, hop.key, token, f"proves hop {hop.ttl}, {duration(rtt)}", rtt)

    def _follow(self, hop: Hop, flow: int, now: int) -> None:
        """A flow that was not at its end where the path of the first one ends is asked on, TTL by TTL."""
        is_last = flow > 0 and hop.ttl == self._farthest.get(flow) and hop.ttl < self._table.limit
        is_going_on = is_last and not self._is_finishing and hop.tracks[flow].end is None
        if is_going_on and all(turn.flow != flow for turn in self._plan):
            self._plan.appendleft(Turn(now, hop.ttl + 1, flow))

    def _withdraw(self, last: int) -> None:
        self._table.withdraw(last)
        if self._plan and self._plan[-1].ttl > last:
            self._plan = deque(turn for turn in self._plan if turn.ttl <= last)

    # The passage of time.

    def expire(self, now: int) -> None:
        """Give up on the probes whose deadline has passed; end the first round once nothing is left to wait for."""
        self._settle()
        for hop, _ in self._flights.expired(now):
            hop.changed()
        if not self._is_charted and self._round:
            for hop, question in self._questions():
                hop.is_given_up = not question.is_resend and question.at <= now
            is_complete = all(hop.has_answered or hop.is_given_up for hop in self._table.hops.values())
            if self._is_finishing or (is_complete and not self._plan):
                self._end_first_round(now)
        if self._mtu is not None:
            self._search(self._mtu, now)

    def _search(self, mtu: MtuProbes, now: int) -> None:
        """Begin to search once the target was reached; later give up on what does not arrive."""
        if self._is_charted and not mtu.search.has_begun and self._table.end is End.REACHED:
            last = self._table.last
            mtu.begin(now, (last.longest_rtt if last else None) or self._config.timeout)
        mtu.search.expire(now)

    def _end_first_round(self, now: int) -> None:
        self._is_charted = True
        self._withdraw(self._table.reach)
        self._table.note_paths()
        if self._config.rounds == 1 or self._is_finishing:
            # The table is complete: what still waits was asked again in vain, and is given up with it.
            for hop, _ in self._flights.abandon():
                hop.changed()
        if self._config.flows > 1 and not self._is_finishing:
            self._round_at = now
            self._plan = self._turns(now, range(1, self._config.flows))
        last = self._table.last
        if self._table.end is End.REACHED and last is not None:
            text = f"target reached at hop {last.ttl} after {duration(last.longest_rtt)}"
            self._log.append(LogLine(now, last.key, text))

    def _settle(self) -> None:
        for token, (hop, speaker, received_at) in self._unsettled.items():
            if self._table.probe(token) is not None:
                number = token - hop.token
                rtt = max(0, received_at - hop.series.sent_at(number))
                hop.series.settle(number, rtt)
                speaker.time(rtt)
                hop.changed()
        self._unsettled.clear()

    def deadline(self) -> int | None:
        """When something is due next; 0 before the first `poll`, None when all is decided."""
        if not self._round:
            return None if self._is_measured else 0
        moments = [question.at for _, question in self._questions()]
        if (expiry := self._flights.deadline()) is not None:
            moments.append(expiry)
        if self._searching is not None:
            moments.append(self._searching.search.due_at)
        if not self._is_measured:
            if self._plan:
                moments.append(self._plan[0].at)
            elif self._is_charted:
                moments.append(self._round_at + self._interval)
            elif not moments:
                moments.append(0)  # all answered or given up: the first round ends with the next `expire`
        return min(moments, default=None)

    # What is known.

    def snapshot(self, now: int) -> TraceSnapshot:
        """All that is known, frozen. Rows that did not change are the same objects as before."""
        self._settle()
        last = (
            self._table.reach
            if self._is_charted
            else self._table.reach - TAIL * (self._table.reach < self._table.limit)
        )
        rows = tuple(self._table.hops[ttl].view() for ttl in sorted(self._table.hops) if ttl <= last)
        end = self._table.end if self._is_charted else None
        table = self._table
        switches = {ttl: hop.switches for ttl, hop in table.hops.items()}
        found = findings(rows, end, table.loop, switches, table.abreast())
        is_asking = bool(self._round) and not self._is_charted
        return TraceSnapshot(
            at=now,
            started_at=now if self._started_at is None else self._started_at,
            interval=self._interval,
            target=self._target,
            method=self._method,
            round=self._round,
            flows=self._config.flows,
            asked=(self._config.first, max(self._highest, self._config.first)) if is_asking else None,
            hops=rows,
            end=end,
            paths=tuple(table.paths()),
            findings=(*found, *(self._mtu.findings() if self._mtu else ())),
            log=tuple(self._log),
            path_mtu=named_mtu(rows) if self._mtu is None else self._mtu.search.path_mtu,
            mtu_story="" if self._mtu is None else self._mtu.story(self._table),
            port=self._wire.port(self._method),
            strangers=self._strangers,
            forged=self._forged,
            is_finished=self._started_at is not None
            and self._is_measured
            and self._searching is None
            and self._flights.deadline() is None,
        )
