"""The trace engine: a path found in about one round trip of its farthest hop, then measured round by round.

The first round asks all TTLs at once, paced, and stops at the target. A hole below a hop that answered is
asked again after one and a half times the RTT of the next hop that did (a nearer hop would say nothing of how
far a farther one is), the silent tail once more after half a second. Later rounds ask each TTL up to the target
once, spread over the interval. Every answer is credited to the TTL of its own probe, however late. The
ledger's rules and the moment at which an RTT is final are those of `app.engine.ping`.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.engine.asking import Question, first_round, later_round, questions
from app.engine.command import Command, Finish, Method, Reset, SetInterval, SetMethod, Target
from app.engine.datagram import Datagram, Departure, Event, Failure, Outgoing
from app.engine.flights import Flights
from app.engine.flow import is_translated
from app.engine.hop import Hop, Speaker
from app.engine.mtuprobes import MtuProbes
from app.engine.path import findings
from app.engine.refusal import is_fatal
from app.engine.snapshot import End, HopRow, LogLine, Outcome, TraceSnapshot
from app.engine.table import TAIL, Table
from app.engine.verdict import NOTHING, STRANGER, Meaning, Verdict
from app.engine.wire import Wire
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
        self._table = Table(self._config.first, self._config.max_hops, self._table.following)
        if self._mtu is not None:
            self._mtu.restart(self._method)
        self._plan: deque[tuple[int, int]] = deque()  # (when, TTL) of what this round has still to send
        self._flights: Flights[Hop] = Flights(self._config.timeout)
        self._unsettled: dict[int, tuple[Hop, Speaker, int]] = {}
        self._round = 0
        self._round_at = 0
        self._highest = 0
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
        due = [ttl for ttl in self._planned(now) if ttl <= self._table.limit]
        due += [hop.ttl for hop, question in self._questions() if question.is_resend and question.at <= now]
        return [out for ttl in due if (out := self._launch(ttl, now)) is not None]

    def _begin_round(self, now: int) -> None:
        if self._round:
            self._table.note_path()
        on_time = self._round_at + self._interval
        self._round_at = on_time if self._round and now - on_time < self._interval else now
        self._round += 1
        if self._is_charted:
            self._plan = later_round(self._round_at, self._interval, self._config.first, self._table.reach)
        else:
            self._plan = first_round(now, self._config.first, self._config.max_hops)

    def _planned(self, now: int) -> list[int]:
        due = []
        while self._plan and self._plan[0][0] <= now:
            due.append(self._plan.popleft()[1])
        return due

    def _launch(self, ttl: int, now: int) -> Outgoing | None:
        hop = self._table.hop(ttl)
        hop.changed()
        hop.tries += 1
        hop.last_sent_at = now
        hop.first_sent_at = hop.first_sent_at or now
        self._highest = max(self._highest, ttl)
        number = hop.series.launch(now)
        token = hop.token + number
        try:
            data = self._wire.probe(self._method, ttl, token, is_new_round=ttl == self._config.first)
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
            case _:
                self._log.append(LogLine(event.at, None, event.text))
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
        is_named, token, sent = self._wire.recognise(answer)
        if token is None:
            self._forged += is_named
            self._strangers += not is_named
            return Verdict(Meaning.FORGED if is_named else Meaning.STRANGER)
        if self._mtu is not None and MtuProbes.owns(token):
            return self._mtu.read(token, answer, event, self._table)
        probe = self._table.probe(token)
        if probe is None:
            return Verdict(Meaning.NOTHING, None, token, "beyond the end of the path")
        return self._credit(*probe, answer, event, sent)

    def _credit(self, hop: Hop, number: int, answer: Answer, event: Datagram, sent: bytes) -> Verdict:
        token = hop.token + number
        if answer.quote is not None and not is_fatal(answer):
            return Verdict(Meaning.ERROR, hop.key, token, "says nothing of how far the probe came")
        hop.changed()
        outcome = hop.series.outcome(number)
        if outcome in (Outcome.REPLIED, Outcome.LATE):
            hop.series.duplicates += 1
            return Verdict(Meaning.DUPLICATE, hop.key, token, "already answered")
        rtt = max(0, event.received_at - hop.series.sent_at(number))
        speaker, news = hop.hear(answer, self._target.address)
        has_header = event.rebuilt <= len(event.data) - len(answer.transport) + 8
        nat = is_translated(answer.quote, sent, self._wire.source) if answer.quote and has_header else None
        speaker.hear(answer, nat=nat, has_quoted_header=has_header)
        self._trouble = ""
        if news is not None:
            self._log.append(LogLine(event.received_at, hop.key, news))
        self._survey()
        if rtt > self._config.timeout:
            hop.series.decide(number, Outcome.LATE, rtt)
            return Verdict(Meaning.LATE, hop.key, token, f"{duration(rtt)}, after its deadline", rtt)
        hop.series.decide(number, Outcome.REPLIED, rtt)
        speaker.replied += 1
        self._unsettled[token] = hop, speaker, event.received_at
        return Verdict(Meaning.REPLY, hop.key, token, f"proves hop {hop.ttl}, {duration(rtt)}", rtt)

    def _survey(self) -> None:
        self._table.survey()
        self._withdraw(self._table.limit)

    def _withdraw(self, last: int) -> None:
        self._table.withdraw(last)
        if self._plan and self._plan[-1][1] > last:
            self._plan = deque(entry for entry in self._plan if entry[1] <= last)

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
            mtu.begin(now, self._table.hops[self._table.limit].longest_rtt or self._config.timeout)
        mtu.search.expire(now)

    def _end_first_round(self, now: int) -> None:
        self._is_charted = True
        self._withdraw(self._table.reach)
        self._table.note_path()
        if self._config.rounds == 1 or self._is_finishing:
            # The table is complete: what still waits was asked again in vain, and is given up with it.
            for hop, _ in self._flights.abandon():
                hop.changed()
        last = self._table.hops.get(self._table.limit)
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
                moments.append(self._plan[0][0])
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
        switches = {ttl: hop.switches for ttl, hop in self._table.hops.items()}
        is_asking = bool(self._round) and not self._is_charted
        return TraceSnapshot(
            at=now,
            started_at=now if self._started_at is None else self._started_at,
            interval=self._interval,
            target=self._target,
            method=self._method,
            round=self._round,
            asked=(self._config.first, max(self._highest, self._config.first)) if is_asking else None,
            hops=rows,
            end=end,
            paths=tuple(self._table.paths),
            findings=(*findings(rows, end, self._table.loop, switches), *(self._mtu.findings() if self._mtu else ())),
            log=tuple(self._log),
            path_mtu=self._path_mtu(rows),
            mtu_story="" if self._mtu is None else self._mtu.story(self._table),
            port=self._wire.port(self._method),
            strangers=self._strangers,
            forged=self._forged,
            is_finished=self._started_at is not None
            and self._is_measured
            and self._searching is None
            and self._flights.deadline() is None,
        )

    def _path_mtu(self, rows: Sequence[HopRow]) -> int | None:
        """As searched for; without a search the least that a router named, by chance."""
        if self._mtu is not None:
            return self._mtu.search.path_mtu
        return min((said.mtu for row in rows for said in row.responders if said.mtu is not None), default=None)
