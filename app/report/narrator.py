"""A machine that tells what happens to its probes, one by one, as it happens.

It stands between a runner and any machine, hands every call on and judges nothing itself: what a
datagram meant is the machine's own verdict. Only that a probe was lost is told by nobody, so it keeps
the probes in flight and tells of those whose time is over. It belongs to the runner's thread.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import takewhile
from typing import Generic, TypeVar

from app.engine.command import Command
from app.engine.datagram import Clock, Datagram, Departure, Event, Failure, Outgoing
from app.engine.machine import Machine
from app.engine.verdict import Excuse, Meaning, Verdict
from app.packet.answer import read_answer
from app.packet.compose import Address

S = TypeVar("S")

#: How long a probe that is overdue is waited for still: what came in time may be read a little later.
_GRACE = 20_000_000

#: Probes that are remembered after their fate is known, for late and second replies.
_REMEMBERED = 65_536


class Happening(Enum):
    """What can happen to a probe, as `--jsonl` calls it."""

    SENT = "sent"
    REPLY = "reply"
    LOST = "lost"
    LATE = "late"
    DUPLICATE = "duplicate"
    FAILED = "failed"
    UNKNOWN = "unknown"
    ERROR = "error"


@dataclass(slots=True)
class Probe:
    """A probe that was handed to the link."""

    row: str
    ttl: int
    sequence: int  #: counts the probes of a row from 1
    sent_at: int
    clock: Clock = Clock.USER
    is_refused: bool = False  #: an ICMP error told of it


@dataclass(frozen=True, slots=True)
class Story:
    """One thing that happened to a probe. What does not belong to it is None or ""."""

    happening: Happening
    at: int
    probe: Probe
    source: Address | None = None  #: who answered
    rtt: int | None = None
    received_clock: Clock | None = None
    reply_ttl: int | None = None
    length: int | None = None  #: bytes of the answer behind its IP header
    text: str = ""


_ANSWERS = {
    Meaning.REPLY: Happening.REPLY,
    Meaning.LATE: Happening.LATE,
    Meaning.DUPLICATE: Happening.DUPLICATE,
    Meaning.ERROR: Happening.ERROR,
}


class Narrator(Generic[S]):
    """The machine `inner`, and a listener for what happens. `timeout` is the machine's own.

    `excuse` says of a probe that was given up why that is no loss, and whether it never left; None where it is one.
    """

    def __init__(
        self,
        inner: Machine[S],
        timeout: int,
        listen: Callable[[Story], None],
        look: Callable[[S], None] | None = None,
        excuse: Callable[[int], Excuse | None] = lambda token: None,
    ) -> None:
        self._inner = inner
        self._timeout = timeout
        self._listen = listen
        self._look = look
        self._excuse = excuse
        self._probes: dict[int, Probe] = {}  # by token, oldest first
        self._undecided: dict[int, Probe] = {}  # the same, in flight
        self._counts: dict[str, int] = {}
        self._failures: dict[str, int] = {}

    def poll(self, now: int) -> Sequence[Outgoing]:
        """The machine's own probes, told of."""
        batch = self._inner.poll(now)
        for outgoing in batch:
            self._sent(outgoing, now)
        return batch

    def receive(self, event: Event) -> Verdict:
        """The machine's own verdict, told of."""
        verdict = self._inner.receive(event)
        match event:
            case Datagram():
                self._answered(event, verdict)
            case Departure():
                if (probe := self._probes.get(event.token)) is not None:
                    probe.sent_at, probe.clock = event.sent_at, event.clock
            case Failure():
                if (probe := self._decide(event.token)) is not None:
                    self._failed(probe, event.at, event.text)
                elif (probe := self._probes.get(event.token)) is not None:  # told as lost, and known better now
                    self._failures[probe.row] = self._failures.get(probe.row, 0) + 1
        return verdict

    def expire(self, now: int) -> None:
        """Let the machine give up on the lost, and tell of them."""
        self._inner.expire(now)
        self._tell_excused(now)
        self._give_up(now - _GRACE)

    def finish(self, now: int) -> None:
        """Nothing more will come: tell of the probes whose time is over by now."""
        self._tell_excused(now)
        self._give_up(now)
        for token, probe in list(self._undecided.items()):
            if probe.is_refused:
                self._lost(token, now)

    def deadline(self) -> int | None:
        """The machine's own."""
        return self._inner.deadline()

    def obey(self, command: Command, now: int) -> None:
        """The machine's own."""
        self._inner.obey(command, now)

    def snapshot(self, now: int) -> S:
        """The machine's own, looked at."""
        snapshot = self._inner.snapshot(now)
        if self._look is not None:
            self._look(snapshot)
        return snapshot

    def unsent(self, row: str, ttl: int, failed: int, story: tuple[int, str]) -> None:
        """Tell of probes that never came to the link, for want of a way out: the row's ledger has `failed` by now."""
        at, text = story
        for _ in range(failed - self._failures.get(row, 0)):
            probe = Probe(row, ttl, self._next(row), at)
            self._listen(Story(Happening.SENT, at, probe))
            self._failed(probe, at, text)

    def _next(self, row: str) -> int:
        sequence = self._counts[row] = self._counts.get(row, 0) + 1
        return sequence

    def _failed(self, probe: Probe, at: int, text: str) -> None:
        self._failures[probe.row] = self._failures.get(probe.row, 0) + 1
        self._listen(Story(Happening.FAILED, at, probe, text=text))

    def _sent(self, outgoing: Outgoing, now: int) -> None:
        row = outgoing.row or ""
        # TTL and hop limit stand at these bytes of the IP header (RFC 791, RFC 8200).
        ttl = outgoing.data[8 if outgoing.data[0] >> 4 == 4 else 7]
        probe = Probe(row, ttl, self._next(row), now)
        self._probes[outgoing.token] = self._undecided[outgoing.token] = probe
        if len(self._probes) > _REMEMBERED + len(self._undecided):
            del self._probes[next(iter(self._probes))]
        self._listen(Story(Happening.SENT, now, probe))

    def _answered(self, datagram: Datagram, verdict: Verdict) -> None:
        happening = _ANSWERS.get(verdict.meaning)
        probe = None if verdict.token is None else self._probes.get(verdict.token)
        answer = read_answer(datagram.data)
        if happening is None or verdict.token is None or probe is None or answer is None:
            return
        if happening is Happening.REPLY:
            self._decide(verdict.token)
        elif happening is Happening.ERROR:
            probe.is_refused = True
        elif happening is Happening.LATE:
            self._lost(verdict.token, probe.sent_at + self._timeout)
        self._listen(
            Story(
                happening,
                datagram.received_at,
                probe,
                source=answer.source,
                rtt=verdict.rtt if verdict.rtt is not None else datagram.received_at - probe.sent_at,
                received_clock=datagram.clock,
                reply_ttl=answer.ttl,
                length=len(answer.transport),
                text=verdict.text.removesuffix(f", said {answer.source}"),
            )
        )

    def _decide(self, token: int) -> Probe | None:
        """The probe, if its fate was open until now."""
        return self._undecided.pop(token, None)

    def _give_up(self, now: int) -> None:
        """Tell of the probes whose time was over at `now`, oldest first."""
        while self._undecided:
            token, probe = next(iter(self._undecided.items()))
            if probe.sent_at + self._timeout > now:
                break
            self._lost(token, probe.sent_at + self._timeout)

    def _tell_excused(self, now: int) -> None:
        """Tell of the probes whose time was over at `now` and which are known not to be lost."""
        overdue = takewhile(lambda entry: entry[1].sent_at + self._timeout <= now, self._undecided.items())
        for token, probe in list(overdue):
            if (excuse := self._excuse(token)) is not None:
                del self._undecided[token]
                at = probe.sent_at + self._timeout
                if excuse.is_unsent:
                    self._failed(probe, at, excuse.text)
                else:
                    self._listen(Story(Happening.UNKNOWN, at, probe))

    def _lost(self, token: int, at: int) -> None:
        if (probe := self._decide(token)) is not None:
            self._listen(Story(Happening.LOST, at, probe))
