"""Many traces in one engine: each table as if it were alone, the trunk asked once, and told as inferred."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.command import AddTarget, Method, OfTrace, RemoveTarget, Reset, SetMethod
from app.engine.datagram import Clock, Datagram, Drops, Outgoing
from app.engine.snapshot import End, TraceSnapshot, TracesSnapshot
from app.engine.tracing.hop import RESPONDERS
from app.engine.tracing.trace import TraceMachine
from app.engine.tracing.traceconfig import TraceConfig
from app.engine.tracing.traces import TracesMachine
from app.engine.verdict import Meaning
from tests.engine.model import (
    MS,
    SECOND,
    SECRET,
    START,
    Chain,
    Happening,
    World,
    arrives,
    departs,
    error_about,
    parse,
    source,
    target,
)


@dataclass
class Forest:
    """Networks behind a few routers that all paths begin with; a path for each address."""

    chains: dict[str, Chain] = field(default_factory=dict)

    def grow(self, place: int, routers: Sequence[str]) -> str:
        address = f"10.9.{place // 200}.{place % 200 + 1}"
        self.chains[address] = Chain(routers)
        return address

    def __call__(self, out: Outgoing, now: int) -> Sequence[Happening]:
        return self.chains[str(out.destination)](out, now)


def trunk(length: int) -> list[str]:
    return [f"10.0.{ttl}.1" for ttl in range(1, length + 1)]


def many(hosts: Sequence[str], *, rate: float = 8_000, **choices: object) -> TracesMachine:
    config = TraceConfig(**choices)  # type: ignore[arg-type]  # a test names only what it means
    targets = [target(host) for host in hosts]
    return TracesMachine(targets, config, source=source, identifier=0xBEEF, port=40_000, secret=SECRET[:16], rate=rate)


def single(host: str, **choices: object) -> TraceMachine:
    config = TraceConfig(**choices)  # type: ignore[arg-type]  # a test names only what it means
    return TraceMachine(target(host), config, source=source, identifier=0xBEEF, port=40_000, secret=SECRET[:16])


def table(snapshot: TraceSnapshot) -> list[list[str]]:
    return [[str(responder.address) for responder in row.responders] for row in snapshot.hops]


def balances(snapshot: TracesSnapshot) -> bool:
    ledgers = [row.ledger for trace in snapshot.traces.values() for row in trace.hops]
    return all(one.sent == one.replied + one.lost + one.in_flight + one.failed for one in ledgers)


@st.composite
def forests(draw: st.DrawFn) -> tuple[Forest, list[str]]:
    """Trees of up to twelve paths: routers by where they stand, silent ones among them."""
    forest = Forest()
    length = draw(st.integers(0, 6))
    silent = draw(st.sets(st.integers(1, 6), max_size=2))
    hosts = []
    for place in range(draw(st.integers(1, 12))):
        branch = draw(st.integers(0, 2))
        own = draw(st.integers(0, 4))
        shared = ["" if ttl in silent else f"10.0.{ttl}.1" for ttl in range(1, length + 1)]
        routers = [*shared, *(f"10.1.{branch}.{ttl + 1}" for ttl in range(branch)),
                   *(f"10.2.{place}.{ttl + 1}" for ttl in range(own))]  # fmt: skip
        hosts.append(forest.grow(place, routers))
    return forest, hosts


@settings(max_examples=60, deadline=None)
@given(drawn=forests(), method=st.sampled_from(Method))
def test_each_of_many_traces_has_the_table_that_it_would_have_alone(
    drawn: tuple[Forest, list[str]], method: Method
) -> None:
    forest, hosts = drawn

    together = World(many(hosts, rounds=1, method=method), forest).run()

    for host in hosts:
        alone = World(single(host, rounds=1, method=method), forest).run()
        trace = together.traces[host]
        assert (table(trace), trace.end, trace.paths) == (table(alone), alone.end, alone.paths)
    assert together.is_finished
    assert balances(together)


def test_a_hundred_traces_take_three_times_as_long_as_one_and_a_fraction_of_the_packets() -> None:
    forest = Forest()
    hosts = [forest.grow(place, [*trunk(4), f"10.1.{place % 5}.1", f"10.2.{place}.1"]) for place in range(100)]
    alone = World(single(hosts[0], rounds=1), forest)
    alone.run()

    together = World(many(hosts, rounds=1), forest)
    snapshot = together.run()

    assert all(trace.end is End.REACHED for trace in snapshot.traces.values())
    assert together.now - START <= 3 * (alone.now - START)
    assert len(together.sent) <= 0.6 * 100 * len(alone.sent)
    near = Counter(parse(out.data).ttl for _, out in together.sent)
    assert near[1] == near[2] == 1


def test_what_was_taken_over_names_its_source_and_counts_no_probe() -> None:
    forest = Forest()
    hosts = [forest.grow(place, [*trunk(5), f"10.2.{place}.1"]) for place in range(2)]

    first, second = World(many(hosts, rounds=1), forest).run().traces.values()

    assert [row.inferred_from for row in first.hops] == [None] * 7
    assert [row.inferred_from for row in second.hops] == [hosts[0]] * 3 + [None] * 4
    assert [row.ledger.sent for row in second.hops] == [0] * 3 + [1] * 4
    assert second.hops[0].rtt is first.hops[0].rtt
    assert second.hops[0].inferred_row == first.hops[0].key


def test_later_rounds_ask_what_was_inferred_and_say_where_it_was_wrong() -> None:
    forest = Forest()
    hosts = [forest.grow(0, trunk(5)), forest.grow(1, ["10.0.1.1", "10.0.2.99", *trunk(5)[2:]])]

    snapshot = World(many(hosts, rounds=2, interval=200 * MS), forest).run()

    second = snapshot.traces[hosts[1]]
    assert table(second)[1] == ["10.0.2.99"]
    assert [row.inferred_from for row in second.hops] == [None] * 6
    assert any("10.0.2.99" in line.text and "10.0.2.1" in line.text for line in second.log)


def test_where_ways_to_a_router_differ_nothing_is_inferred() -> None:
    forest = Forest()
    ways = [["10.0.1.1", f"10.0.2.{way}", *trunk(6)[2:]] for way in (7, 8)]
    hosts = [forest.grow(place, [*ways[place % 2], f"10.2.{place}.1"]) for place in range(2)]
    machine = many(hosts, rounds=2, interval=100 * MS)
    world = World(machine, forest)
    world.run()
    late = forest.grow(9, [*ways[1], "10.2.9.1"])

    machine.obey(AddTarget(target(late)), world.now)
    snapshot = world.run()

    assert table(snapshot.traces[late])[1] == ["10.0.2.8"]
    assert snapshot.traces[late].hops[1].ledger.sent > 0


def test_the_rate_holds_over_all_traces() -> None:
    forest = Forest()
    hosts = [forest.grow(place, trunk(3)) for place in range(50)]
    world = World(many(hosts, rounds=3, interval=100 * MS, rate=500), forest)

    world.run()

    times = [at for at, _ in world.sent]
    assert all(later - sooner >= 90 * MS for sooner, later in zip(times, times[55:], strict=False))


def test_no_trace_waits_for_the_end_of_another() -> None:
    forest = Forest()
    hosts = [forest.grow(place, trunk(3)) for place in range(30)]
    machine = many(hosts, rounds=3, interval=100 * MS, rate=500)
    world = World(machine, forest)

    snapshot = world.run(START + 1 * SECOND)

    asked = [sum(row.ledger.sent for row in trace.hops) for trace in snapshot.traces.values()]
    assert min(asked) > 0


def test_another_method_of_one_trace_disturbs_no_other() -> None:
    forest = Forest()
    hosts = [forest.grow(place, trunk(3)) for place in range(3)]
    machine = many(hosts, interval=100 * MS)
    world = World(machine, forest)
    world.run(START + SECOND)

    machine.obey(OfTrace(hosts[0], SetMethod(Method.UDP)), world.now)
    snapshot = world.run(START + 2 * SECOND)

    methods = [snapshot.traces[host].method for host in hosts]
    assert methods == [Method.UDP, Method.ICMP, Method.ICMP]
    assert [table(trace) for trace in snapshot.traces.values()] == [[[r] for r in trunk(3)] + [[h]] for h in hosts]
    assert snapshot.traces[hosts[1]].round > snapshot.traces[hosts[0]].round


def test_a_trace_that_was_taken_away_leaves_nothing_behind() -> None:
    forest = Forest()
    hosts = [forest.grow(place, trunk(3)) for place in range(3)]
    machine = many(hosts, interval=100 * MS)
    world = World(machine, forest)
    world.run(START + SECOND)

    machine.obey(RemoveTarget(hosts[0]), world.now)
    machine.obey(OfTrace(hosts[1], Reset()), world.now)
    snapshot = world.run(START + 2 * SECOND)

    assert list(snapshot.traces) == hosts[1:]
    assert all(row.inferred_from != hosts[0] for trace in snapshot.traces.values() for row in trace.hops)
    assert balances(snapshot)


def test_a_router_with_ever_other_addresses_is_not_remembered_without_bound() -> None:
    addresses = (f"10.7.{number // 200}.{number % 200 + 1}" for number in count())

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        return [departs(out.token), arrives(MS, error_about(out.data, next(addresses), 11, 0))]

    engine = many(["10.9.0.1"], rounds=3 * RESPONDERS, max_hops=1, interval=10 * MS)
    World(engine, respond).run()

    [branches] = engine._tree._families.values()
    assert len(branches.seen) <= RESPONDERS


def test_targets_of_one_address_are_told_apart_by_their_secrets() -> None:
    forest = Forest()
    host = forest.grow(0, trunk(3))
    machine = TracesMachine(
        [target(host, "one"), target(host, "two")],
        TraceConfig(rounds=2, interval=50 * MS),
        source=source,
        identifier=0xBEEF,
        port=40_000,
        secret=SECRET[:16],
    )

    snapshot = World(machine, forest).run()

    assert [table(trace) for trace in snapshot.traces.values()] == [[[r] for r in trunk(3)] + [[host]]] * 2
    assert balances(snapshot)


@pytest.mark.parametrize("changed", [30, 40, 45])
def test_a_forged_answer_moves_no_number_of_any_trace(changed: int) -> None:
    forest = Forest()
    hosts = [forest.grow(place, trunk(5)) for place in range(4)]
    machine = many(hosts, rounds=1)
    world = World(machine, forest)
    world.run()
    probe = next(out for _, out in world.sent if parse(out.data).ttl == 4)
    other = bytearray(probe.data)
    other[changed] ^= 0x55
    before = [row.ledger.sent for trace in machine.snapshot(world.now).traces.values() for row in trace.hops]

    verdict = machine.receive(Datagram(error_about(bytes(other), "10.66.6.6", 11, 0), world.now, Clock.KERNEL))

    snapshot = machine.snapshot(world.now)
    assert verdict.meaning in (Meaning.FORGED, Meaning.STRANGER)
    assert all("10.66.6.6" not in names for trace in snapshot.traces.values() for names in table(trace))
    assert [row.ledger.sent for trace in snapshot.traces.values() for row in trace.hops] == before
    assert balances(snapshot)


def test_what_our_own_buffer_dropped_is_unknown_and_no_loss() -> None:
    chain = Chain(trunk(3), is_target_silent=True)
    machine = single("10.9.9.9", rounds=2, interval=100 * MS)
    world = World(machine, chain)
    world.tell(START + 50 * MS, Drops(START + 50 * MS, START, 7))

    snapshot = world.run()

    last = snapshot.hops[-1].ledger
    assert snapshot.dropped == 7
    assert last.unknown > 0
    assert last.sent == last.replied + last.lost + last.in_flight + last.failed
