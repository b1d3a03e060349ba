"""Many traces in one engine: one link, one thread, one rate, and what they know together of the hops near home.

Each trace is a `TraceMachine` that keeps its own table; here is decided whose turn it is, and whose an answer is. A
probe goes out only as the rate allows, in turn, so that no trace waits for another's thirty hops. An answer is looked
up by the address that it comes from or quotes, and credited by the trace whose secret it knows.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import count

from app.engine.command import AddTarget, Command, OfTrace, RemoveTarget, Target, Watch
from app.engine.datagram import Datagram, Departure, Drops, Event, Failure, Fault, Outgoing
from app.engine.snapshot import TraceSnapshot, TracesSnapshot
from app.engine.tracing.company import Company
from app.engine.tracing.mtuprobes import FIRST_TOKEN
from app.engine.tracing.table import HOP_BITS
from app.engine.tracing.trace import TraceMachine
from app.engine.tracing.traceconfig import TraceConfig
from app.engine.tracing.tree import Tree
from app.engine.verdict import NOTHING, STRANGER, Excuse, Meaning, Verdict
from app.packet.answer import Answer, read_answer
from app.packet.compose import Address

RATE = 10_000  #: probes a second of all traces together, where nobody says otherwise
TICK = 2_000_000  #: where many traces run, they wake no more often than this
BURST = 20_000_000  #: so long probes may have been saved up for: as many as pings of that rate send in a step
CROWD = 8  #: so many traces are many
UNWATCHED = 1_000_000_000  #: how old the snapshot of a trace may be that nobody looks at
OWNERS = 4_096  #: rows that are known to be somebody's before those of nobody are sorted out


class Allowance:
    """Probes that may be sent now: a token bucket that fills evenly."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._most = max(1.0, rate * BURST / 1e9)
        self._left = self._most
        self._at: int | None = None

    def at(self, now: int) -> int:
        """How many may be sent at a moment."""
        if self._at is not None:
            self._left = min(self._most, self._left + (now - self._at) * self._rate / 1e9)
        self._at = now
        return int(self._left)

    def spend(self, probes: int) -> None:
        """So many were sent."""
        self._left -= probes

    def next_at(self, now: int) -> int:
        """When some may be sent again."""
        wanted = max(1.0, min(self._most, self._rate * TICK / 1e9))
        return now + max(0, int((wanted - self._left) * 1e9 / self._rate) + 1)


class TracesMachine:
    """Machine[TracesSnapshot]. `identifier` and `port` are the link's; `secret` is at most 48 random bytes.

    Where it is lazy, the snapshot of a trace that nobody watches may be a second old.
    """

    def __init__(
        self,
        targets: Iterable[Target],
        config: TraceConfig,
        *,
        source: Callable[[Address], Address],
        identifier: int,
        port: int,
        secret: bytes,
        rate: float = RATE,
        is_lazy: bool = False,
    ) -> None:
        self._make = partial(TraceMachine, source=source, identifier=identifier, port=port)
        self._config = config
        self._secret = secret
        self._serials = count()
        self._rows = count()
        self._tree = Tree()
        self._allowance = Allowance(rate)
        self._traces: dict[str, TraceMachine] = {}
        self._by_address: dict[bytes, list[TraceMachine]] = {}
        self._keys: dict[TraceMachine, str] = {}
        self._owners: dict[int, str] = {}  # whose a row is, by its number
        self._due: dict[str, int] = {}
        self._touched: dict[str, None] = {}  # whose deadline is to be asked for again
        self._waiting: dict[str, None] = {}  # who goes on by what others find out
        self._snapshots: dict[str, TraceSnapshot] = {}
        self._stale: dict[str, None] = {}  # whose snapshot no longer says the truth
        self._watched: tuple[str, ...] = ()
        self._started_at: int | None = None
        self._is_lazy = is_lazy
        self._news = 0  # of the tree, as the waiting traces know it
        self._next_at = 0  # before then nothing may be sent
        self._strangers = self._dropped = 0
        for target in targets:
            self._add(target)

    def _add(self, target: Target) -> None:
        key = target.key
        if key in self._traces:
            return
        serial = next(self._serials).to_bytes(4, "big")
        company = Company(partial(self._number, key), f" to {key}", self._tree)
        trace = self._make(target, self._config, secret=self._secret + serial, company=company)
        self._traces[key] = trace
        self._keys[trace] = key
        self._by_address.setdefault(target.address.packed, []).append(trace)
        self._touch(key)

    def _number(self, key: str) -> int:
        number = next(self._rows)
        if len(self._owners) > OWNERS + 256 * len(self._traces):
            known = self._owners.items()
            self._owners = {
                row: owner for row, owner in known if owner in self._traces and self._traces[owner].owns(row)
            }
        self._owners[number] = key
        return number

    def _remove(self, key: str) -> None:
        trace = self._traces.pop(key, None)
        if trace is None:
            return
        trace.leave()
        del self._keys[trace]
        for packed in [packed for packed, traces in self._by_address.items() if trace in traces]:
            self._by_address[packed].remove(trace)
            if not self._by_address[packed]:
                del self._by_address[packed]
        for table in (self._due, self._touched, self._waiting, self._snapshots, self._stale):
            table.pop(key, None)

    def obey(self, command: Command, now: int) -> None:
        """Carry out a command, of one trace or of all."""
        match command:
            case AddTarget(target):
                self._add(target)
            case RemoveTarget(key):
                self._remove(key)
            case Watch(keys):
                self._watched = keys
            case OfTrace(key, inner):
                self._tell(key, inner, now)
            case _:
                for key in list(self._traces):
                    self._tell(key, command, now)

    def _tell(self, key: str, command: Command, now: int) -> None:
        if (trace := self._traces.get(key)) is not None:
            trace.obey(command, now)
            self._touch(key)

    def _touch(self, key: str) -> None:
        self._touched[key] = self._stale[key] = None

    # Out.

    def _at_work(self, now: int) -> list[str]:
        """The traces that have something to do; those that wait for others come last, where others have."""
        busy = dict.fromkeys((*self._touched, *(key for key, at in self._due.items() if at <= now)))
        if self._tree.news != self._news:
            busy.update((key, None) for key in self._traces if key in self._waiting and self._traces[key].has_news)
        return list(busy)

    def expire(self, now: int) -> None:
        """Give up on the probes whose deadline has passed."""
        news = self._tree.news
        for key in self._at_work(now):
            self._traces[key].expire(now)
            self._touch(key)
        self._news = news  # who waited and came before whoever had it is asked again in the next turn

    def poll(self, now: int) -> Sequence[Outgoing]:
        """The probes that are due and that the rate allows."""
        if self._started_at is None:
            self._started_at = now
        room = self._allowance.at(now)
        batch: list[Outgoing] = []
        keys = self._at_work(now)
        for place, key in enumerate(keys):
            if len(batch) >= room:
                break
            share = -(-(room - len(batch)) // (len(keys) - place))
            batch += self._traces[key].poll(now, share)
            self._touch(key)
        self._allowance.spend(len(batch))
        self._next_at = self._allowance.next_at(now) if len(batch) >= room else 0
        if len(self._traces) > CROWD:
            self._next_at = max(self._next_at, now + TICK)
        return batch

    def deadline(self) -> int | None:
        """When something is due next; None when all is decided."""
        for key in self._touched:
            trace = self._traces[key]
            self._due.pop(key, None)
            if (due := trace.deadline()) is not None:
                self._due[key] = due
            self._waiting.pop(key, None)
            if trace.is_waiting:
                self._waiting[key] = None
        self._touched.clear()
        if self._tree.news != self._news and any(self._traces[key].has_news for key in self._waiting):
            return self._next_at
        return max(min(self._due.values()), self._next_at) if self._due else None

    # In.

    def receive(self, event: Event) -> Verdict:
        """Take what the link tells. Never raises, whatever the bytes."""
        match event:
            case Datagram():
                return self._read(event)
            case Departure(token) | Failure(token):
                key = self._owner(token)
                if key is None:
                    return NOTHING
                if isinstance(event, Failure):
                    self._touch(key)
                else:
                    self._stale[key] = None  # whatever was due is due a moment later, if anything
                return self._traces[key].receive(event)
            case Fault() | Drops():
                self._dropped += event.packets if isinstance(event, Drops) else 0
                for key, trace in self._traces.items():
                    trace.receive(event)
                    self._touch(key)
        return NOTHING

    def _owner(self, token: int) -> str | None:
        """The trace that a probe is of, if that goes on."""
        key = self._owners.get((token & ~FIRST_TOKEN) >> HOP_BITS)
        return key if key in self._traces else None

    def excuse(self, token: int) -> Excuse | None:
        """Why a probe that was given up is no loss; None where it is one, or is not given up."""
        key = self._owner(token)
        return None if key is None else self._traces[key].excuse(token)

    def _read(self, event: Datagram) -> Verdict:
        answer = read_answer(event.data)
        if answer is None or not answer.is_checksum_good:
            self._strangers += 1
            return STRANGER
        forged: TraceMachine | None = None
        for trace in self._by_address.get(_destination(answer).packed, ()):
            verdict = trace.answered(answer, event)
            if verdict.meaning not in (Meaning.STRANGER, Meaning.FORGED):
                self._touch(self._keys[trace])
                return verdict
            forged = trace if verdict.meaning is Meaning.FORGED else forged
        if forged is None:
            self._strangers += 1
            return STRANGER
        forged.forge()
        self._touch(self._keys[forged])
        return Verdict(Meaning.FORGED)

    # What is known.

    def snapshot(self, now: int) -> TracesSnapshot:
        """All that is known, frozen; of traces that nobody watches not every time anew."""
        for key in list(self._stale):
            known = self._snapshots.get(key)
            is_old = known is None or now - known.at >= UNWATCHED
            if not self._is_lazy or is_old or key in self._watched or not self._due:
                self._snapshots[key] = self._traces[key].snapshot(now, self._strangers)
                del self._stale[key]
        return TracesSnapshot(
            at=now,
            started_at=now if self._started_at is None else self._started_at,
            traces={key: self._snapshots[key] for key in self._traces},
            is_finished=self._started_at is not None and not self._due and not self._touched,
            dropped=self._dropped,
        )


def _destination(answer: Answer) -> Address:
    """Whose probe an answer may be about, by where that went."""
    return answer.source if answer.quote is None else answer.quote.destination
