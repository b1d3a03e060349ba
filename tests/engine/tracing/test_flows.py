"""Several flows at once: what routers hash, what each finds, and what they say together."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

import pytest

from app.engine.command import Method, Reset
from app.engine.datagram import Outgoing
from app.engine.snapshot import End, TraceSnapshot
from app.engine.tracing.trace import TraceMachine
from app.engine.tracing.traceconfig import TraceConfig
from app.packet.compose import Address
from tests.engine.model import MS, SECOND, SECRET, START, Chain, Happening, World, arrives, error_about, parse, source
from tests.engine.model import target as to

HOST, HOST6 = "10.9.9.9", "2001:db8:9::9"
UP, DOWN = ["10.0.1.1", "10.0.2.1", "10.0.3.1"], ["10.0.1.1", "10.0.2.2", "10.0.3.1"]
LONG = ["10.0.1.1", "10.0.2.2", "10.0.2.3", "10.0.2.4", "10.0.3.1"]


def machine(host: str = HOST, flows: int = 8, **choices: object) -> TraceMachine:
    config = TraceConfig(flows=flows, **{"rounds": 1, **choices})  # type: ignore[arg-type]  # only what is meant
    return TraceMachine(to(host), config, source=source, identifier=0xBEEF, port=40_000, secret=SECRET)


def hashed(data: bytes) -> bytes:
    """What routers look at: addresses, protocol, flow label and the first word of the transport header, of ICMP with
    its checksum.
    """
    sent = parse(data)
    label = data[1:4] if sent.source.version == 6 else b""
    return label + sent.source.packed + sent.destination.packed + bytes((sent.protocol,)) + sent.payload[:4]


@dataclass(frozen=True)
class Balanced:
    """A network that takes each flow one of two ways."""

    ways: tuple[Sequence[str], Sequence[str]]

    def __call__(self, out: Outgoing, now: int) -> Sequence[Happening]:
        return Chain(self.ways[crc32(hashed(out.data)) & 1])(out, now)


def table(snapshot: TraceSnapshot) -> list[set[str]]:
    return [{str(responder.address) for responder in row.responders} for row in snapshot.hops]


def written(paths: Sequence[Sequence[Address | None]]) -> set[str]:
    return {" ".join(map(str, path)) for path in paths}


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("host", [HOST, HOST6])
def test_each_flow_is_constant_and_differs_from_the_others(method: Method, host: str) -> None:
    world = World(machine(host, 64, method=method, rounds=3), Chain(["10.0.1.1" if host == HOST else "2001:db8:1::1"]))

    world.run()

    asked = [hashed(out.data) for _, out in world.sent if parse(out.data).ttl == 2]
    assert len(asked) == 3 * 64
    assert [asked.count(flow) for flow in dict.fromkeys(asked)] == [3] * 64


def test_one_flow_sends_what_it_always_sent() -> None:
    several, one = World(machine(), Chain(UP)), World(machine(flows=1), Chain(UP))

    several.run()
    one.run()

    assert several.sent[: len(one.sent)] == one.sent


@pytest.mark.parametrize("method", Method)
def test_all_routers_of_a_diamond_are_found_and_told(method: Method) -> None:
    snapshot = World(machine(method=method), Balanced((UP, DOWN))).run()

    assert table(snapshot) == [{"10.0.1.1"}, {"10.0.2.1", "10.0.2.2"}, {"10.0.3.1"}, {HOST}]
    assert written(snapshot.paths) == {" ".join([*UP, HOST]), " ".join([*DOWN, HOST])}
    assert [(found.kind, found.ttl, found.text) for found in snapshot.findings if found.kind == "ecmp"] == [
        ("ecmp", 2, "2 addresses side by side, chosen by flow")
    ]
    assert not [found for found in snapshot.findings if found.kind == "path-changed"]
    assert [(row.ledger.sent, row.ledger.replied) for row in snapshot.hops] == [(8, 8)] * 4
    assert (snapshot.end, snapshot.is_finished, snapshot.flows) == (End.REACHED, True, 8)


def test_the_table_is_there_before_the_other_flows_are_asked() -> None:
    world = World(machine(flows=64), Balanced((UP, DOWN)))

    snapshot = world.run(START + 100 * MS)

    assert (snapshot.end, len(snapshot.hops)) == (End.REACHED, 4)


def test_a_router_is_asked_at_even_intervals() -> None:
    world = World(machine(rounds=3), Chain(UP))

    world.run()

    asked = [at for at, out in world.sent if parse(out.data).ttl == 2 and at >= START + SECOND + 100 * MS]
    assert {later - before for before, later in pairwise(asked)} == {SECOND // 8}


def test_flows_of_other_length_are_followed_to_their_own_end() -> None:
    snapshot = World(machine(), Balanced((UP, LONG))).run()

    assert written(snapshot.paths) == {" ".join([*UP, HOST]), " ".join([*LONG, HOST])}
    assert (snapshot.end, snapshot.hops[-1].ttl, table(snapshot)[-1]) == (End.REACHED, 6, {HOST})
    assert not [found for found in snapshot.findings if found.kind in ("loop", "path-changed")]


def test_later_rounds_ask_each_flow_as_far_as_it_goes() -> None:
    world = World(machine(rounds=4), Balanced((UP, LONG)))

    snapshot = world.run()

    long = sum(said.replied for said in snapshot.hops[3].responders if not said.is_target) // 4
    last = [parse(out.data).ttl for _, out in world.sent[-(8 * 4 + long * 2) :]]
    assert [last.count(ttl) for ttl in range(1, 7)] == [8] * 4 + [long] * 2
    assert [row.ledger.replied for row in snapshot.hops] == [row.ledger.sent for row in snapshot.hops]
    assert snapshot.end is End.REACHED


def test_a_lost_answer_makes_no_path_of_its_own() -> None:
    network, count = Balanced((UP, DOWN)), 0

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        nonlocal count
        count += 1
        return [] if count % 9 == 0 else network(out, now)

    snapshot = World(machine(rounds=3), respond).run()

    assert written(snapshot.paths) == {" ".join([*UP, HOST]), " ".join([*DOWN, HOST])}


def test_the_ledger_balances_at_every_moment() -> None:
    engine = machine(rounds=3)
    network, count = Balanced((UP, LONG)), 0

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        nonlocal count
        count += 1
        return [] if count % 5 == 0 else network(out, now)

    world = World(engine, respond)

    def check() -> None:
        for row in engine.snapshot(world.now).hops:
            ledger = row.ledger
            assert ledger.sent == ledger.replied + ledger.lost + ledger.in_flight + ledger.failed

    world.check = check
    assert world.run().is_finished


def test_a_refusal_of_one_flow_does_not_hide_the_target() -> None:
    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        if crc32(hashed(out.data)) & 1 and parse(out.data).ttl >= 2:
            return [arrives(20 * MS, error_about(out.data, "10.0.2.2", 3, 13))]
        return Chain(UP)(out, now)

    snapshot = World(machine(rounds=2), respond).run()

    assert snapshot.end is End.REACHED
    assert HOST in table(snapshot)[3]


def test_a_reset_begins_with_the_first_flow_again() -> None:
    engine = machine(rounds=1)
    world = World(engine, Balanced((UP, DOWN)))
    world.run(START + 300 * MS)

    engine.obey(Reset(), world.now)
    snapshot = world.run()

    assert len(snapshot.paths) == 2
    assert [row.ledger.sent for row in snapshot.hops] == [8] * 4


def test_the_mtu_is_searched_for_beside_the_flows() -> None:
    snapshot = World(machine(mtu=True), Balanced((UP, LONG))).run()

    assert (snapshot.path_mtu, snapshot.is_finished) == (1_500, True)
