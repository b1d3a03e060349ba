"""The ping engine: every probe in one column of its ledger, and nobody's datagram taken for its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.datagram import Clock, Datagram, Departure, Failure, Outgoing
from app.engine.pinging.ping import PingMachine
from app.engine.pinging.pingconfig import PingConfig
from app.engine.pinging.targetrow import KINDS
from app.engine.snapshot import Outcome, TargetRow
from app.engine.verdict import Meaning
from tests.engine.model import (
    MS,
    SECOND,
    START,
    Happening,
    World,
    arrives,
    departs,
    error_about,
    fails,
    reply_to,
    source,
    target,
)
from tests.engine.pinging.engines import HOST, HOST6, machine, prompt, silent, texts


@dataclass(frozen=True)
class Fate:
    """What happens to one probe, and what must come of it."""

    name: str
    delay: int = 0

    def happenings(self, out: Outgoing) -> Sequence[Happening]:
        router, kind = ("10.0.3.1", 3) if out.destination.version == 4 else ("2001:db8:3::1", 1)
        good = reply_to(out.data)
        damaged = good[:-1] + bytes([good[-1] ^ 1])
        forged = reply_to(out.data[:-1] + bytes([out.data[-1] ^ 1]))
        happened = {
            "reply": [arrives(self.delay, good)],
            "late": [arrives(SECOND + 1 + self.delay, good)],
            "lost": [],
            "duplicate": [arrives(self.delay, good), arrives(self.delay * 3, good)],
            "late duplicate": [arrives(SECOND + 1, good), arrives(SECOND + 1 + self.delay, good)],
            "error": [arrives(self.delay, error_about(out.data, router, kind, 1))],
            "damaged": [arrives(self.delay, damaged)],
            "forged": [arrives(self.delay, forged)],
            "truncated": [arrives(self.delay, reply_to(out.data[:-8]))],
            "unstamped": [arrives(self.delay, good)],
            "stamped after": [arrives(self.delay, good), departs(out.token, self.delay)],
            "failed": [fails(out.token)],
        }[self.name]
        departure = [] if self.name in ("failed", "unstamped", "stamped after") else [departs(out.token)]
        return departure + happened


FATES = st.builds(
    Fate,
    st.sampled_from(
        ["reply", "late", "lost", "duplicate", "late duplicate", "error", "damaged", "forged", "truncated",
         "unstamped", "stamped after", "failed"]
    ),
    st.integers(1, SECOND - 1),
)  # fmt: skip


def assert_told_as_it_was(row: TargetRow, names: list[str]) -> None:
    """The row's ledger is what the fates of its probes add up to."""
    ledger = row.ledger
    late = names.count("late") + names.count("late duplicate")
    assert ledger.replied == sum(map(names.count, ("reply", "duplicate", "unstamped", "stamped after")))
    assert ledger.late == late
    assert ledger.lost == late + sum(map(names.count, ("lost", "error", "damaged", "forged", "truncated")))
    assert ledger.failed == names.count("failed")
    assert ledger.in_flight == 0
    assert ledger.duplicates == names.count("duplicate") + names.count("late duplicate")
    assert sum(kind.count for kind in row.errors) == names.count("error")


@settings(max_examples=60, deadline=None)
@given(st.lists(FATES, min_size=1, max_size=30), st.integers(20 * MS, 2 * SECOND))
def test_every_probe_ends_in_one_column_of_the_ledger_whatever_the_network_does(
    fates: list[Fate], interval: int
) -> None:
    engine = machine(HOST, HOST6, HOST, count=len(fates), interval=interval)
    launched = dict.fromkeys((row.target.key for row in engine.snapshot(START).rows), 0)
    happened: list[Fate] = []

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        assert out.row is not None
        fate = fates[launched[out.row]]
        launched[out.row] += 1
        happened.append(fate)
        return fate.happenings(out)

    world = World(engine, respond)

    def law() -> None:
        for row in engine.snapshot(world.now).rows:
            ledger = row.ledger
            assert ledger.sent == ledger.replied + ledger.lost + ledger.in_flight + ledger.failed
            assert ledger.sent == launched[row.target.key]
            outcomes = list(row.recent.outcome)
            assert ledger.in_flight == outcomes.count(Outcome.IN_FLIGHT)
            assert ledger.replied == outcomes.count(Outcome.REPLIED)
            assert all((rtt >= 0) == (outcome in (1, 3)) for rtt, outcome in zip(row.recent.rtt, outcomes, strict=True))

    world.check = law
    world.run()
    ending = max(at for at, _ in world.sent) + 10 * SECOND
    while world._events:  # what comes after the engine has nothing left to wait for still finds its probe
        world.now, _, event = world._events.pop(0)
        engine.receive(event)
    snapshot = engine.snapshot(ending)

    for row in snapshot.rows:
        assert_told_as_it_was(row, [fate.name for fate in fates])
    everything = [fate.name for fate in happened]
    assert snapshot.forged == everything.count("forged")
    assert snapshot.strangers == everything.count("damaged") + everything.count("truncated")


@settings(max_examples=40, deadline=None)
@given(st.lists(FATES, min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_what_is_told_together_means_what_it_does_one_by_one(fates: list[Fate], chance: Random) -> None:
    singly, together = (machine(HOST, HOST6, HOST, preload=len(fates), spread=False) for _ in range(2))
    batch = singly.poll(START)
    assert together.poll(START) == batch
    happenings = [happening for out, fate in zip(batch, fates * 3, strict=True) for happening in fate.happenings(out)]
    chance.shuffle(happenings)
    events = [make(START + delay) for delay, make in happenings]

    one_by_one = [singly.receive(event) for event in events]
    in_runs = [verdict for _, run in groupby(events, type) for verdict in together.receive_many(list(run))]

    assert in_runs == one_by_one
    frozen, same = (engine.snapshot(START + 3 * SECOND) for engine in (singly, together))
    assert list(map(repr, frozen.rows)) == list(map(repr, same.rows))
    assert texts(frozen) == texts(same)
    assert (frozen.strangers, frozen.forged) == (same.strangers, same.forged)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=120), st.integers(0, 200), st.integers(0, 255))
def test_no_bytes_whatever_raise_or_change_a_row(noise: bytes, at: int, value: int) -> None:
    engine = machine(HOST)
    out = engine.poll(START)[0]
    before = engine.snapshot(START).rows
    reply = bytearray(reply_to(out.data))
    changes = reply[at % len(reply)] != value and at % len(reply) >= 20
    reply[at % len(reply)] = value

    engine.receive(Datagram(noise, START + MS, Clock.USER))
    if changes:
        engine.receive(Datagram(bytes(reply), START + MS, Clock.USER))

    assert engine.snapshot(START + MS).rows[0] is before[0]


@pytest.mark.parametrize("host", [HOST, HOST6])
def test_sequence_numbers_come_round_at_65536_without_a_slip(host: str) -> None:
    engine = machine(host, interval=1_000, kept=100)
    now = START
    sequences = []
    for _ in range(65_536 + 50):
        [out] = engine.poll(now)
        sequences.append(int.from_bytes(out.data[-58:-56], "big"))
        assert engine.receive(Datagram(reply_to(out.data), now + 500, Clock.USER)).token == out.token
        now += 1_000
        engine.expire(now)

    assert sequences == [number & 0xFFFF for number in range(1, 65_536 + 51)]
    ledger = engine.snapshot(now).rows[0].ledger
    assert (ledger.sent, ledger.replied, ledger.duplicates) == (65_586, 65_586, 0)


@pytest.mark.parametrize("host", [HOST, HOST6])
@pytest.mark.parametrize("size", [0, 1, 8, 16, 56, 1_400])
def test_two_rows_of_one_address_keep_their_answers_apart(host: str, size: int) -> None:
    engine = machine(host, host, size=size, count=5)

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        return prompt(out, now) if str(out.row).endswith("#0") else silent(out, now)

    first, second = World(engine, respond).run().rows

    assert (first.ledger.replied, first.ledger.lost) == (5, 0)
    assert (second.ledger.replied, second.ledger.lost) == (0, 5)


def test_a_kernel_stamp_that_comes_after_the_reply_still_corrects_its_rtt() -> None:
    engine = machine(HOST)
    [out] = engine.poll(START)
    engine.receive(Departure(out.token, START + 1 * MS, Clock.USER))
    engine.receive(Datagram(reply_to(out.data), START + 10 * MS, Clock.KERNEL))
    engine.receive(Departure(out.token, START + 3 * MS, Clock.KERNEL))

    engine.expire(START + 10 * MS)

    [row] = engine.snapshot(START + 10 * MS).rows
    assert row.rtt is not None
    assert (row.rtt.last, list(row.recent.rtt), list(row.recent.sent_at)) == (7 * MS, [7 * MS], [START + 3 * MS])
    assert (row.sent_clock, row.received_clock) == (Clock.KERNEL, Clock.KERNEL)


def test_a_stamp_that_comes_after_the_statistics_changes_no_sample() -> None:
    engine = machine(HOST)
    [out] = engine.poll(START)
    engine.receive(Datagram(reply_to(out.data), START + 10 * MS, Clock.KERNEL))
    engine.expire(START + 10 * MS)

    engine.receive(Departure(out.token, START + 3 * MS, Clock.KERNEL))

    [row] = engine.snapshot(START + 10 * MS).rows
    assert list(row.recent.rtt) == [10 * MS]
    assert list(row.recent.sent_at) == [START]


def test_a_reply_that_is_in_time_but_read_late_is_a_reply() -> None:
    engine = machine(HOST)
    [out] = engine.poll(START)
    engine.expire(START + 3 * SECOND)
    assert engine.snapshot(START + 3 * SECOND).rows[0].ledger.lost == 1

    verdict = engine.receive(Datagram(reply_to(out.data), START + 400 * MS, Clock.KERNEL))

    ledger = engine.snapshot(START + 3 * SECOND).rows[0].ledger
    assert verdict.meaning is Meaning.REPLY
    assert (ledger.replied, ledger.lost, ledger.late) == (1, 0, 0)


def test_a_late_reply_stays_lost_and_shows_its_rtt_apart() -> None:
    engine = machine(HOST)
    [out] = engine.poll(START)
    engine.expire(START + SECOND)

    verdict = engine.receive(Datagram(reply_to(out.data), START + 1_500 * MS, Clock.KERNEL))

    [row] = engine.snapshot(START + 2 * SECOND).rows
    assert (verdict.meaning, verdict.rtt) == (Meaning.LATE, 1_500 * MS)
    assert (row.ledger.lost, row.ledger.late, row.rtt, row.late_rtt) == (1, 1, None, 1_500 * MS)
    assert list(row.recent.outcome) == [Outcome.LATE]


def test_an_error_decides_its_probe_at_once_and_is_logged_once_a_change() -> None:
    engine = machine(HOST, count=3)

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        return [departs(out.token), arrives(5 * MS, error_about(out.data, "10.0.3.1", 3, 1))]

    world = World(engine, respond)
    snapshot = world.run()

    [row] = snapshot.rows
    [kind] = row.errors
    assert (str(kind.source), kind.type, kind.code, kind.text, kind.count) == ("10.0.3.1", 3, 1, "host unreachable", 3)
    assert row.ledger.lost == 3
    assert world.now == START + 2 * SECOND + 5 * MS
    assert texts(snapshot) == [
        "host unreachable, said 10.0.3.1",
        "down since 00:00:00: host unreachable, said 10.0.3.1",
    ]


def test_a_redirect_is_counted_and_loses_nothing() -> None:
    engine = machine(HOST, count=1)

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        return [arrives(5 * MS, error_about(out.data, "10.0.3.1", 5, 1)), *prompt(out, now)]

    [row] = World(engine, respond).run().rows

    assert (row.ledger.replied, row.ledger.lost, row.errors[0].count) == (1, 0, 1)


def test_a_liar_with_many_addresses_fills_no_memory() -> None:
    engine = machine(HOST, count=1)

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        liars = [f"10.0.3.{number}" for number in range(1, 100)]
        return [*prompt(out, now), *(arrives(5 * MS, error_about(out.data, liar, 5, 1)) for liar in liars)]

    [row] = World(engine, respond).run().rows

    assert (row.ledger.replied, len(row.errors)) == (1, KINDS)


def test_what_our_own_kernel_gave_up_never_left() -> None:
    engine = machine(HOST, count=1)
    here = str(source(target(HOST).address))

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        waits: Happening = (0, lambda at: Departure(out.token, at, Clock.USER, is_stamp_due=True))
        return [waits, arrives(60 * MS, error_about(out.data, here, 3, 1))]

    [row] = World(engine, respond).run().rows

    assert (row.ledger.failed, row.ledger.lost, row.errors[0].count) == (1, 0, 1)


def test_an_error_about_the_datagram_of_somebody_else_is_a_stranger() -> None:
    other = PingMachine([target(HOST)], PingConfig(), source=source, identifier=0xBEEF, secret=b"another run")
    engine = machine(HOST)
    engine.poll(START)

    verdict = engine.receive(Datagram(error_about(other.poll(START)[0].data, "10.0.3.1", 3, 1), START, Clock.USER))

    assert verdict.meaning is Meaning.FORGED
    assert engine.snapshot(START).rows[0].ledger.in_flight == 1


def test_a_failure_of_the_link_is_counted_apart_from_loss() -> None:
    engine = machine(HOST)
    [out] = engine.poll(START)

    engine.receive(Failure(out.token, START, "ENOBUFS", "no buffer space"))

    [row] = engine.snapshot(START).rows
    assert (row.ledger.failed, row.ledger.in_flight, row.ledger.loss) == (1, 0, None)
