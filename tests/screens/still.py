"""A network and engines that stand still: what the screens are shown in tests, known to the last digit."""

import random
from array import array
from collections.abc import Sequence
from ipaddress import ip_address
from itertools import pairwise
from typing import Generic, TypeVar

from app.engine.command import Command, Focus, Method, Target
from app.engine.condition import EngineCondition, ProcessCondition
from app.engine.datagram import Clock
from app.engine.errors.kernel import Kernel
from app.engine.errors.snapshot import ErrorsSnapshot
from app.engine.feed import Feed
from app.engine.hearing import Hearing
from app.engine.host import Surroundings
from app.engine.listen import ListenMachine, ListenSnapshot
from app.engine.neighbourhood.snapshot import NeighbourhoodSnapshot
from app.engine.packetlog import PacketLog
from app.engine.sending.composer import Composer
from app.engine.snapshot import (
    History,
    Ledger,
    LogLine,
    Outcome,
    PingSnapshot,
    RttSummary,
    Samples,
    State,
    TargetRow,
    TargetRows,
    TraceSnapshot,
)
from app.net.link import Link, LinkError, ListeningLink
from app.net.listening.deaf import DeafLink
from app.net.network import Names
from app.packet.compose import Address

S = TypeVar("S")

SECOND = 1_000_000_000
MILLISECOND = 1_000_000
START = 1_700_000_000 * SECOND
NOW = START + 252 * SECOND
LETTERS = {
    ".": Outcome.IN_FLIGHT,
    "x": Outcome.LOST,
    "l": Outcome.LATE,
    "!": Outcome.FAILED,
    "?": Outcome.UNKNOWN,
}


class StillFeed(Generic[S]):
    """A feed whose snapshot changes only when a test says so, and which remembers what it was told."""

    def __init__(self, latest: S, packets: PacketLog | None = None) -> None:
        self.latest = latest
        self.packets = packets or PacketLog()
        self.failure: str | None = None
        self.condition: EngineCondition | None = None
        self.told: list[Command] = []

    def tell(self, command: Command) -> None:
        self.told.append(command)


class StillNames:
    def __init__(self, names: dict[str, str] | None = None) -> None:
        self._names = names or {}

    def name(self, address: Address) -> str | None:
        return self._names.get(str(address))

    def close(self) -> None:
        pass


class StillNetwork:
    """Knows some hosts, and opens no link."""

    def __init__(self, hosts: dict[str, str] | None = None, names: dict[str, str] | None = None) -> None:
        self.badge = "SIMULATED seed 7"
        self.names: Names = StillNames(names)
        self._hosts = hosts or {}

    def link(self) -> Link:
        raise LinkError("no link can be had: nothing moves here")

    def listen(self, hearing: Hearing) -> ListeningLink:
        raise LinkError("nothing can be heard: nothing moves here")

    def surroundings(self) -> Surroundings:
        return Surroundings()

    def kernel(self) -> Kernel:
        raise LinkError("nothing is known of sockets here")

    def resolve(self, host: str) -> Sequence[Address]:
        if host not in self._hosts:
            raise LinkError(f"{host}: no such host")
        return [ip_address(self._hosts[host])]

    def defaults(self) -> Sequence[str]:
        return list(self._hosts)

    def close(self) -> None:
        pass


class StillEngines:
    """Engines that were asked for and never run. `trouble` is why none can be had, `hand` sends by hand."""

    def __init__(self, ping: Feed[PingSnapshot], trouble: str | None = None, hand: Composer | None = None) -> None:
        self._ping = ping
        self._trouble = trouble
        self.methods = (Method.ICMP, Method.UDP)
        self.asked: list[Target] = []
        self.is_closed = False
        self.deafness = ""
        self.process = ProcessCondition(0, 0, (), None, 0, 1_000_000)
        self._hand = hand

    def ping(self, targets: Sequence[Target]) -> Feed[PingSnapshot]:
        if self._trouble is not None:
            raise LinkError(self._trouble)
        return self._ping

    def trace(self, target: Target) -> Feed[TraceSnapshot]:
        if self._trouble is not None:
            raise LinkError(self._trouble)
        self.asked.append(target)
        return StillFeed(
            TraceSnapshot(
                at=NOW,
                started_at=START,
                interval=SECOND,
                target=target,
                method=Method.ICMP,
                round=1,
                asked=None,
                hops=(),
                end=None,
            )
        )

    def listen(self) -> Feed[ListenSnapshot]:
        if self._trouble is not None:
            raise LinkError(self._trouble)
        return StillFeed(ListenMachine(DeafLink("nothing moves here")).snapshot(NOW))

    def neighbourhood(self) -> Feed[NeighbourhoodSnapshot]:
        return StillFeed(NeighbourhoodSnapshot(at=NOW, started_at=START))

    def errors(self) -> Feed[ErrorsSnapshot]:
        return StillFeed(ErrorsSnapshot(at=NOW, started_at=START))

    def composer(self) -> Composer:
        if self._hand is None:
            raise LinkError("nothing can be sent: nothing moves here")
        return self._hand

    def traced(self) -> Sequence[TraceSnapshot]:
        return ()

    def condition(self) -> ProcessCondition:
        return self.process

    def close(self) -> None:
        self.is_closed = True


def samples(text: str, rtts: Sequence[float] = (), *, interval: int = SECOND, until: int = NOW) -> Samples:
    """Samples from letters, oldest first: "-" answered, "x" lost, "l" late, "!" failed, "?" unknown, "." in flight.

    The answered and the late take their RTTs, in milliseconds, from `rtts` in turn.
    """
    times = iter(rtts)
    outcomes = bytes(LETTERS.get(letter, Outcome.REPLIED) for letter in text)
    answered = {Outcome.REPLIED, Outcome.LATE}
    return Samples(
        sent_at=array("q", [until - (len(text) - index) * interval for index in range(len(text))]),
        rtt=array("q", [round(next(times) * MILLISECOND) if each in answered else -1 for each in outcomes]),
        outcome=outcomes,
        token=array("q", range(1, len(text) + 1)),
    )


def target_row(host: str, address: str, state: State, measured: Samples) -> TargetRow:
    """A row whose ledger and times are those of its samples."""
    outcomes = measured.outcome
    lost = outcomes.count(Outcome.LOST) + outcomes.count(Outcome.LATE)
    pairs = zip(outcomes, measured.rtt, strict=True)
    rtts = [rtt for outcome, rtt in pairs if outcome == Outcome.REPLIED]
    return TargetRow(
        target=Target(key=host, host=host, address=ip_address(address)),
        state=state,
        ledger=Ledger(
            sent=len(outcomes),
            replied=len(rtts),
            lost=lost,
            in_flight=outcomes.count(Outcome.IN_FLIGHT),
            failed=outcomes.count(Outcome.FAILED) + outcomes.count(Outcome.UNKNOWN),
            unknown=outcomes.count(Outcome.UNKNOWN),
            late=outcomes.count(Outcome.LATE),
        ),
        rtt=summary(rtts) if rtts else None,
        recent=measured,
        sent_clock=Clock.KERNEL,
        received_clock=Clock.KERNEL,
    )


def summary(rtts: Sequence[int]) -> RttSummary:
    ordered = sorted(rtts)
    mean = sum(rtts) / len(rtts)
    steps = [abs(b - a) for a, b in pairwise(rtts)] or [0]
    return RttSummary(
        last=rtts[-1],
        minimum=ordered[0],
        maximum=ordered[-1],
        mean=mean,
        stddev=(sum((rtt - mean) ** 2 for rtt in rtts) / len(rtts)) ** 0.5,
        median=ordered[len(ordered) // 2],
        p95=ordered[int(len(ordered) * 0.95)],
        p99=ordered[int(len(ordered) * 0.99)],
        jitter=sum(steps) / len(steps),
    )


def noisy(seed: int, text: str, middle: float, noise: float, spike: float = 1.0) -> Samples:
    """Samples around `middle` milliseconds, some of them `spike` times as long."""
    chance = random.Random(seed)
    rtts = [middle + abs(chance.gauss(0, noise)) * (spike if chance.random() < 0.03 else 1) for _ in text]
    return samples(text, rtts)


def losses(seed: int, count: int, ratio: float) -> str:
    chance = random.Random(seed)
    return "".join("x" if chance.random() < ratio else "-" for _ in range(count - 1)) + "."


STEADY = "-" * 239 + "."
LOSSY = losses(4, 231, 0.18)[:-1] + "-l--x----."
ROWS = (
    target_row("gateway", "10.0.0.1", State.UP, noisy(1, STEADY, 0.41, 0.03, 12)),
    target_row("resolver", "198.18.0.53", State.UP, noisy(2, STEADY, 1.87, 0.1, 8)),
    target_row("far.example", "198.18.9.1", State.UP, noisy(3, STEADY, 287, 1.2, 6)),
    target_row("lossy.example", "198.18.4.2", State.LOSING, noisy(4, LOSSY, 30, 0.6, 20)),
    target_row("jittery.example", "198.18.5.7", State.UP, noisy(5, STEADY, 22, 9)),
    target_row("flapping.example", "198.18.6.2", State.DOWN, noisy(6, "-" * 220 + "x" * 19 + ".", 9.8, 0.3)),
    target_row("v6.example", "2001:db8:4::2", State.UP, noisy(7, STEADY, 18.4, 0.4, 5)),
    target_row("slow.example", "198.18.7.1", State.SLOW, samples("-" * 60, [12.0] * 50 + [50.0] * 10)),
    target_row("unsent.example", "203.0.113.9", State.UNKNOWN, samples("!" * 30)),
    target_row("new.example", "198.18.8.8", State.WAITING, samples("..")),
)  # fmt: skip
LOG = (
    LogLine(START + SECOND, "gateway", "first answer after 412 µs"),
    LogLine(START + 160 * SECOND, "lossy.example", "loss above 10 % since 00:02:31"),
    LogLine(START + 201 * SECOND, "v6.example", "path changed: reply TTL 57 -> 55"),
    LogLine(START + 234 * SECOND, "flapping.example", "down: host unreachable, said 10.0.3.1"),
    LogLine(START + 249 * SECOND, None, "link down: eth0"),
)


def snapshot(rows: Sequence[TargetRow] = ROWS, *, at: int = NOW, focus: str | None = None) -> PingSnapshot:
    """What the ping engine would hand out."""
    row = next((row for row in rows if row.target.key == focus), None)
    log = tuple(line for line in LOG if line.row == focus)
    history = None if row is None else History(row.target.key, row.recent, log)
    return PingSnapshot(
        at=at, started_at=START, interval=SECOND, rows=TargetRows(rows), log=LOG, focus=history, strangers=3
    )


class FocusingFeed(StillFeed[PingSnapshot]):
    """A still feed that answers Focus as the engine does."""

    def tell(self, command: Command) -> None:
        super().tell(command)
        if isinstance(command, Focus):
            self.latest = snapshot(self.latest.rows, at=self.latest.at, focus=command.key)
