"""The loop between a machine and a link, on a link whose clock moves only when somebody waits."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from app.engine.command import Command, Method, Reset
from app.engine.condition import LinkCondition
from app.engine.datagram import Clock, Datagram, Departure, Direction, Event, Failure, Fault, Outgoing
from app.engine.packetlog import Packet
from app.engine.verdict import NOTHING, Meaning, Verdict
from app.net.runner import Runner
from app.packet.compose import Address

HERE = IPv4Address("192.0.2.1")
SECOND = 1_000_000_000


class EchoLink:
    """Answers each datagram with itself 10 ms later; token 13 cannot be sent."""

    name = "simulated"
    identifier = 1
    port = 33_000

    def __init__(self) -> None:
        self.clock = 0
        self.events: list[tuple[int, Event]] = []
        self.closed = 0
        self.woken = threading.Event()
        self.waits_really = False

    def now(self) -> int:
        return self.clock

    def source(self, destination: Address) -> Address:
        return HERE

    def can(self, method: Method, version: int) -> bool:
        return True

    def send(self, batch: Sequence[Outgoing]) -> None:
        for outgoing in batch:
            if outgoing.token == 13:
                self.events.append((self.clock, Failure(13, self.clock, "EPERM", "not permitted")))
                continue
            self.events.append((self.clock, Departure(outgoing.token, self.clock, Clock.USER)))
            self.events.append((self.clock, Departure(outgoing.token, self.clock + 7, Clock.KERNEL)))
            arrival = self.clock + 10_000_000
            self.events.append((arrival, Datagram(outgoing.data, arrival, Clock.KERNEL)))

    def receive(self, until: int) -> Sequence[Event]:
        due = [event for at, event in self.events if at <= until]
        if not due and self.waits_really:
            self.woken.wait()
            self.woken.clear()
        elif self.woken.is_set():
            self.woken.clear()  # it ends one wait, at once
        else:
            self.clock = max([self.clock, *(at for at, _ in self.events if at <= until)] if due else [until])
        self.events = [(at, event) for at, event in self.events if at > until]
        return due

    def condition(self) -> LinkCondition:
        return LinkCondition(self.name)

    def wake(self) -> None:
        self.woken.set()

    def close(self) -> None:
        self.closed += 1


@dataclass
class CountingMachine:
    """Sends `count` datagrams a second apart; its snapshot is what it has seen."""

    count: int
    seen: list[str] = field(default_factory=list)
    sent: int = 0
    first_token: int = 1
    is_broken: bool = False

    def poll(self, now: int) -> Sequence[Outgoing]:
        if self.sent >= self.count or now < self.sent * SECOND:
            return ()
        self.sent += 1
        return (Outgoing(self.first_token + self.sent - 1, HERE, b"probe", row="here"),)

    def receive(self, event: Event) -> Verdict:
        if self.is_broken:
            raise ZeroDivisionError("a bug")
        self.seen.append(type(event).__name__)
        if isinstance(event, Datagram):
            return Verdict(Meaning.REPLY, "here", self.first_token + self.sent - 1, "answers")
        return NOTHING

    def expire(self, now: int) -> None:
        pass

    def deadline(self) -> int | None:
        if self.sent == self.count:
            decided = self.seen.count("Datagram") + self.seen.count("Failure")
            return None if decided == self.count else 3600 * SECOND
        return self.sent * SECOND

    def obey(self, command: Command, now: int) -> None:
        self.seen.append(type(command).__name__)

    def snapshot(self, now: int) -> tuple[str, ...]:
        return tuple(self.seen)


class FullDisk:
    def __init__(self) -> None:
        self.kept: list[Packet] = []

    def write(self, packet: Packet) -> None:
        if len(self.kept) == 1:
            raise OSError(28, "No space left on device")
        self.kept.append(packet)


def test_a_direct_run_ends_when_the_machine_has_nothing_left_to_do() -> None:
    link = EchoLink()
    runner = Runner(CountingMachine(3), link, name="ping")
    runner.run()
    assert runner.failure is None
    assert runner.latest.count("Datagram") == 3
    assert link.clock == 2 * SECOND + 10_000_000
    assert link.closed == 1


def test_a_packet_out_carries_its_row_and_the_kernels_stamp() -> None:
    runner = Runner(CountingMachine(1), EchoLink(), name="ping")
    runner.run()
    out, back = runner.packets.since(1)
    assert (out.direction, out.at, out.clock, out.row, out.token) == (Direction.OUT, 7, Clock.KERNEL, "here", 1)
    assert (back.direction, back.meaning, back.row, back.token) == (Direction.IN, Meaning.REPLY, "here", 1)
    assert back.text == "answers"


def test_a_packet_that_was_not_sent_says_why() -> None:
    runner = Runner(CountingMachine(1, first_token=13), EchoLink(), name="ping")
    runner.run()
    (packet,) = runner.packets.since(1)
    assert packet.text == "not sent: EPERM"


def test_an_observer_sees_each_datagram_and_each_event_with_its_verdict() -> None:
    seen: list[tuple[str, str | None]] = []

    def observe(what: Event | Outgoing, verdict: Verdict | None) -> None:
        seen.append((type(what).__name__, None if verdict is None else verdict.meaning.value))

    Runner(CountingMachine(1), EchoLink(), name="ping", observe=observe).run()
    assert seen == [
        ("Outgoing", None),
        ("Departure", "nothing"),
        ("Departure", "nothing"),
        ("Datagram", "reply"),
    ]


def test_a_full_disk_ends_the_recording_with_one_fault_and_measuring_goes_on() -> None:
    disk = FullDisk()
    faults: list[str] = []

    def observe(what: Event | Outgoing, verdict: Verdict | None) -> None:
        if isinstance(what, Fault):
            faults.append(what.text)

    runner = Runner(CountingMachine(3), EchoLink(), name="ping", record=disk, observe=observe)
    runner.run()
    assert len(disk.kept) == 1
    assert faults == ["the recording ends here: No space left on device"]
    assert runner.latest.count("Datagram") == 3


def test_each_packet_is_recorded_once() -> None:
    kept: list[Packet] = []

    class Sink:
        def write(self, packet: Packet) -> None:
            kept.append(packet)

    Runner(CountingMachine(2), EchoLink(), name="ping", record=Sink()).run()
    assert [packet.number for packet in kept] == [1, 2, 3, 4]


def test_commands_do_not_wait_until_thousands_of_events_are_judged() -> None:
    link = EchoLink()
    link.events = [(0, Fault(0, "busy"))] * 1_000

    @dataclass
    class SlowMachine(CountingMachine):
        def receive(self, event: Event) -> Verdict:
            link.clock += 2_000_000  # what it takes
            if len(self.seen) == 10:
                runner.tell(Reset())
            return super().receive(event)

        def deadline(self) -> int | None:
            return None if self.seen.count("Fault") == 1_000 else 0

    runner = Runner(SlowMachine(0), link, name="links")
    runner.run()
    assert runner.latest.index("Reset") == 32
    assert runner.latest.count("Fault") == 1_000
    assert runner.unjudged == 0


def test_an_error_in_the_machine_becomes_a_sentence_and_the_link_is_closed() -> None:
    link = EchoLink()
    runner = Runner(CountingMachine(1, is_broken=True), link, name="ping")
    runner.run()
    assert runner.failure is not None
    assert runner.failure.startswith("ping stopped by an error of its own, ZeroDivisionError at test_runner.py:")
    assert link.closed == 1


def test_a_thread_with_nothing_to_do_waits_for_commands_until_it_is_told_to_finish() -> None:
    link = EchoLink()
    link.waits_really = True
    runner = Runner(CountingMachine(0), link, name="ping")
    runner.start()
    runner.tell(Reset())
    runner.finish()
    runner.join(10)
    assert not runner.is_alive()
    assert runner.latest == ("Reset", "Finish")
    assert link.closed == 1


def test_stop_ends_a_thread_that_waits_and_twice_is_once() -> None:
    link = EchoLink()
    link.waits_really = True
    runner = Runner(CountingMachine(0), link, name="ping")
    runner.start()
    runner.stop()
    runner.stop()
    assert not runner.is_alive()
    assert link.closed == 1


def test_snapshots_are_published_at_most_once_a_frame() -> None:
    published = 0

    class Watched(CountingMachine):
        def snapshot(self, now: int) -> tuple[str, ...]:
            nonlocal published
            published += 1
            return super().snapshot(now)

    Runner(Watched(5), EchoLink(), name="ping", frame=10 * SECOND).run()
    assert published == 3  # before the first turn, in the first frame, at the end
