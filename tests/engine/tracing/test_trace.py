"""The trace engine over small networks: the table, its pace, its ends, its ledger."""

from collections.abc import Callable, Sequence
from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.command import Finish, Method, Reset, SetInterval, SetMethod
from app.engine.datagram import Clock, Datagram, Departure, Event, Outgoing
from app.engine.snapshot import End, Outcome, TraceSnapshot
from app.engine.tracing.trace import TraceMachine
from app.engine.tracing.traceconfig import TraceConfig
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
    fails,
    parse,
    reply_to,
    source,
    target,
)

HOST, HOST6 = "10.9.9.9", "2001:db8:9::9"
ROUTERS = [f"10.0.{ttl}.1" for ttl in range(1, 6)]
ROUTERS6 = [f"2001:db8:{ttl}::1" for ttl in range(1, 6)]


def machine(host: str = HOST, **choices: object) -> TraceMachine:
    config = TraceConfig(**choices)  # type: ignore[arg-type]  # a test names only what it means
    return TraceMachine(target(host), config, source=source, identifier=0xBEEF, port=40_000, secret=SECRET)


@pytest.mark.parametrize(
    ("method", "choice", "port"),
    [(Method.ICMP, 53, None), (Method.UDP, None, 33_434), (Method.TCP, None, 80), (Method.TCP, 443, 443)],
)
def test_a_trace_tells_the_port_that_it_asks(method: Method, choice: int | None, port: int | None) -> None:
    assert machine(method=method, port=choice).snapshot(START).port == port


def table(snapshot: TraceSnapshot) -> list[list[str]]:
    return [[str(responder.address) for responder in row.responders] for row in snapshot.hops]


def kinds(snapshot: TraceSnapshot) -> set[str]:
    return {found.kind for found in snapshot.findings}


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize(("host", "routers"), [(HOST, ROUTERS), (HOST6, ROUTERS6)])
def test_a_clean_path_is_known_in_one_round_trip_of_its_end(method: Method, host: str, routers: list[str]) -> None:
    world = World(machine(host, method=method, rounds=1), Chain(routers))

    snapshot = world.run()

    assert snapshot.end is End.REACHED
    assert table(snapshot) == [[router] for router in routers] + [[host]]
    assert [row.ledger.replied for row in snapshot.hops] == [1] * 6
    assert [row.rtt.last for row in snapshot.hops if row.rtt] == [10 * MS * ttl for ttl in range(1, 7)]
    assert snapshot.hops[-1].responders[0].is_target
    assert world.now - START <= 60 * MS + 3 * MS * 6
    assert snapshot.is_finished
    assert (snapshot.strangers, snapshot.forged) == (0, 0)


@pytest.mark.parametrize("method", Method)
def test_a_silent_hop_is_asked_again_and_shown_as_silent(method: Method) -> None:
    world = World(machine(method=method, rounds=1), Chain(["10.0.1.1", "", "10.0.3.1"]))

    snapshot = world.run()

    assert table(snapshot) == [["10.0.1.1"], [], ["10.0.3.1"], [HOST]]
    assert (snapshot.hops[1].ledger.sent, snapshot.hops[1].ledger.lost) == (3, 3)
    assert "silent-hop" in kinds(snapshot)
    assert world.now - START < 250 * MS
    assert snapshot.paths == ((ip_address("10.0.1.1"), None, ip_address("10.0.3.1"), ip_address(HOST)),)


def test_a_lost_probe_is_asked_again_long_before_the_timeout() -> None:
    chain = Chain(ROUTERS)
    count = 0

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        nonlocal count
        count += 1
        return [departs(out.token)] if count == 3 else chain(out, now)

    world = World(machine(rounds=1), respond)
    snapshot = world.run()

    assert table(snapshot)[2] == [ROUTERS[2]]
    assert world.now - START < 200 * MS


def test_a_far_target_is_not_given_up_for_near_hops() -> None:
    chain = Chain(["10.0.1.1"])

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        return [
            (delay + 700 * MS if parse(out.data).ttl > 1 and delay else delay, make) for delay, make in chain(out, now)
        ]

    snapshot = World(machine(rounds=1), respond).run()

    assert (snapshot.end, table(snapshot)) == (End.REACHED, [["10.0.1.1"], [HOST]])


def test_a_silent_target_leaves_a_few_silent_rows_and_not_thirty() -> None:
    world = World(machine(rounds=1), Chain(ROUTERS, is_target_silent=True))

    snapshot = world.run()

    assert (snapshot.end, len(snapshot.hops)) == (End.SILENT, 5 + 3)
    assert max(parse(out.data).ttl for _, out in world.sent) == 30


def test_a_path_longer_than_asked_ends_by_max_hops() -> None:
    snapshot = World(machine(rounds=1, max_hops=3), Chain(ROUTERS)).run()

    assert (snapshot.end, len(snapshot.hops)) == (End.MAX_HOPS, 3)


@pytest.mark.parametrize(
    ("code", "end", "text"),
    [
        (0, End.UNREACHABLE, "network unreachable"),
        (1, End.UNREACHABLE, "host unreachable"),
        (3, End.UNREACHABLE, "port unreachable"),
        (9, End.PROHIBITED, None),
        (10, End.PROHIBITED, None),
        (13, End.PROHIBITED, "communication administratively prohibited"),
    ],
)
def test_a_refusal_ends_the_path_in_its_own_words(code: int, end: End, text: str | None) -> None:
    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        if parse(out.data).ttl == 1:
            return [arrives(10 * MS, error_about(out.data, "10.0.1.1", 11, 0))]
        return [arrives(20 * MS, error_about(out.data, "10.0.2.1", 3, code))]

    snapshot = World(machine(rounds=1), respond).run()

    assert (snapshot.end, len(snapshot.hops)) == (end, 2)
    [refuser] = snapshot.hops[1].responders
    assert (refuser.type, refuser.code, refuser.is_target) == (3, code, False)
    assert text is None or refuser.text == text
    assert ("prohibited" in kinds(snapshot)) == (end is End.PROHIBITED)


def test_a_loop_is_told_as_a_loop_and_not_followed() -> None:
    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        ttl = parse(out.data).ttl
        router = "10.0.1.1" if ttl == 1 else f"10.0.{2 + ttl % 2}.1"
        return [arrives(ttl * MS, error_about(out.data, router, 11, 0))]

    world = World(machine(rounds=1), respond)
    snapshot = world.run()

    assert (snapshot.end, len(snapshot.hops)) == (End.LOOP, 5)
    assert "loop" in kinds(snapshot)
    assert len(world.sent) < 15


def test_an_mtu_step_is_told_with_its_size() -> None:
    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        return [arrives(MS, error_about(out.data, "10.0.1.1", 3, 4, rest=1_400))]

    snapshot = World(machine(rounds=1), respond).run()

    assert (snapshot.path_mtu, snapshot.hops[0].responders[0].mtu) == (1_400, 1_400)


def test_later_rounds_ask_each_hop_once_an_interval_spread_over_it() -> None:
    world = World(machine(rounds=4), Chain(ROUTERS))

    snapshot = world.run()

    later = [(at - START, parse(out.data).ttl) for at, out in world.sent if at >= START + SECOND]
    assert later == [(number * SECOND + index * SECOND // 6, index + 1) for number in (1, 2, 3) for index in range(6)]
    assert [row.ledger.replied for row in snapshot.hops] == [4] * 6
    assert snapshot.is_finished


def test_a_late_answer_is_credited_to_its_own_hop() -> None:
    engine = machine(rounds=3, timeout=300 * MS)
    chain = Chain(ROUTERS)

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        is_late = parse(out.data).ttl == 2 and now >= START + SECOND
        return [(delay + 400 * MS if is_late and delay else delay, make) for delay, make in chain(out, now)]

    snapshot = World(engine, respond).run(START + 5 * SECOND)

    assert [row.ledger.late for row in snapshot.hops] == [0, 1 + 1, 0, 0, 0, 0]
    assert (snapshot.hops[1].ledger.replied, snapshot.hops[1].ledger.lost) == (1, 2)


def test_a_path_that_becomes_longer_is_followed_to_its_new_end() -> None:
    short, long = Chain(ROUTERS[:2]), Chain(ROUTERS)

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        return (short if now < START + 2 * SECOND else long)(out, now)

    snapshot = World(machine(), respond).run(START + 20 * SECOND)

    assert snapshot.end is End.REACHED
    assert [row.responders[-1].address for row in snapshot.hops] == [*map(ip_address, ROUTERS), ip_address(HOST)]
    assert len(snapshot.paths) >= 2
    assert "path-changed" in kinds(snapshot)


def test_a_path_that_becomes_shorter_loses_its_last_rows() -> None:
    long, short = Chain(ROUTERS), Chain(ROUTERS[:2])

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        return (long if now < START + 2 * SECOND else short)(out, now)

    snapshot = World(machine(), respond).run(START + 10 * SECOND)

    assert (snapshot.end, len(snapshot.hops)) == (End.REACHED, 3)


def test_another_router_at_a_hop_is_told_once_it_stays() -> None:
    one, other = Chain(ROUTERS), Chain(["10.0.1.1", "10.0.77.1", *ROUTERS[2:]])

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        return (one if now < START + 2 * SECOND else other)(out, now)

    snapshot = World(machine(), respond).run(START + 10 * SECOND)

    assert [line.text for line in snapshot.log if "path" in line.text] == [
        "path changed at hop 2: 10.0.2.1 → 10.0.77.1"
    ]
    assert table(snapshot)[1] == ["10.0.2.1", "10.0.77.1"]


def test_another_method_starts_with_an_empty_table_and_the_old_answers_disturb_nobody() -> None:
    engine = machine()
    world = World(engine, Chain(ROUTERS))
    world.run(START + 5 * MS)
    engine.obey(SetMethod(Method.UDP), world.now)
    assert engine.snapshot(world.now).hops == ()

    snapshot = world.run(START + SECOND)

    assert (snapshot.method, snapshot.end) == (Method.UDP, End.REACHED)
    assert [row.ledger.sent for row in snapshot.hops] == [1] * 6
    assert (snapshot.strangers, snapshot.forged) == (0, 0)


def test_reset_keeps_the_method_and_forgets_the_path() -> None:
    engine = machine(method=Method.UDP)
    world = World(engine, Chain(ROUTERS))
    world.run(START + 3 * SECOND)
    engine.obey(Reset(), world.now)

    snapshot = world.run(START + 3_500 * MS)

    assert (snapshot.method, snapshot.round, snapshot.started_at) == (Method.UDP, 1, START + 3 * SECOND)
    assert [row.ledger.sent for row in snapshot.hops] == [1] * 6


def test_another_interval_holds_from_the_next_round_on() -> None:
    engine = machine()
    world = World(engine, Chain(ROUTERS))
    world.run(START + 1_900 * MS)
    engine.obey(SetInterval(100 * MS), world.now)

    assert world.run(START + 2_950 * MS).round >= 11


def test_finish_ends_a_trace_that_would_go_on() -> None:
    engine = machine()
    world = World(engine, Chain(ROUTERS))
    world.run(START + 15 * MS)
    engine.obey(Finish(), world.now)

    snapshot = world.run()

    assert snapshot.is_finished
    assert all(row.ledger.in_flight == 0 for row in snapshot.hops)


def test_a_kernel_stamp_that_comes_after_the_answer_still_corrects_its_rtt() -> None:
    engine = machine()
    [out] = engine.poll(START)
    engine.receive(Datagram(error_about(out.data, "10.0.1.1", 11, 0), START + 10 * MS, Clock.KERNEL))
    engine.receive(Departure(out.token, START + 3 * MS, Clock.KERNEL))

    [row] = engine.snapshot(START + 10 * MS).hops

    assert row.rtt is not None
    assert (row.rtt.last, row.responders[0].rtt.last if row.responders[0].rtt else None) == (7 * MS, 7 * MS)


def test_what_could_not_be_sent_is_counted_as_failed_and_ends_the_round() -> None:
    world = World(machine(rounds=1), lambda out, now: [fails(out.token)])

    snapshot = world.run()

    assert all(row.ledger.failed == row.ledger.sent for row in snapshot.hops)
    assert [line.text for line in snapshot.log] == ["not sent: no route"]
    assert world.now - START < 2 * SECOND


def test_a_quoted_probe_of_another_run_is_forged_and_noise_is_a_stranger() -> None:
    engine = machine()
    other = TraceMachine(
        target(HOST), TraceConfig(), source=source, identifier=0xBEEF, port=40_000, secret=b"another run"
    )
    ours, theirs = engine.poll(START)[0], other.poll(START)[0]
    claimed = bytearray(theirs.data)
    claimed[26:28] = ours.data[26:28]  # the sequence number of our probe

    forged = engine.receive(Datagram(error_about(bytes(claimed), "10.0.1.1", 11, 0), START + MS, Clock.USER))
    stranger = engine.receive(
        Datagram(reply_to(b"".join([theirs.data[:24], b"\0\1", theirs.data[26:]])), START, Clock.USER)
    )

    assert (forged.meaning, stranger.meaning) == (Meaning.FORGED, Meaning.STRANGER)
    snapshot = engine.snapshot(START + MS)
    assert (snapshot.hops, snapshot.forged, snapshot.strangers) == ((), 1, 1)


FATES = st.lists(
    st.sampled_from(["answer", "answer", "answer", "lost", "late", "duplicate", "damaged", "unstamped", "failed"]),
    min_size=1,
    max_size=40,
)


@settings(max_examples=40, deadline=None)
@given(FATES, st.sampled_from(Method), st.sampled_from([(HOST, ROUTERS), (HOST6, ROUTERS6)]))
def test_every_row_keeps_the_ledger_whatever_the_network_does(
    fates: list[str], method: Method, ends: tuple[str, list[str]]
) -> None:
    engine = machine(ends[0], method=method, rounds=4, interval=300 * MS, timeout=200 * MS)
    chain = Chain(ends[1])
    sent: dict[int, str] = {}

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        fate = sent[out.token] = fates[len(sent) % len(fates)]
        departure, *answer = chain(out, now)
        if fate == "failed":
            return [fails(out.token)]
        if fate == "lost":
            return [departure]
        if fate == "late":
            return [departure, *((delay + 200 * MS, make) for delay, make in answer)]
        if fate == "duplicate":
            return [departure, *answer, *((delay + 50 * MS, make) for delay, make in answer)]
        if fate == "damaged" and method is not Method.TCP:
            return [departure, *((delay, _damaged(make)) for delay, make in answer)]
        return answer if fate == "unstamped" else [departure, *answer]

    world = World(engine, respond)

    def law() -> None:
        for row in engine.snapshot(world.now).hops:
            ledger, outcomes = row.ledger, list(row.recent.outcome)
            assert ledger.sent == ledger.replied + ledger.lost + ledger.in_flight + ledger.failed == len(outcomes)
            assert set(row.recent.token) <= set(sent)
            assert ledger.replied == outcomes.count(Outcome.REPLIED) == sum(said.replied for said in row.responders)
            assert (ledger.in_flight, ledger.late) == (outcomes.count(Outcome.IN_FLIGHT), outcomes.count(Outcome.LATE))

    world.check = law
    snapshot = world.run()

    assert snapshot.is_finished
    for row in snapshot.hops:
        assert {str(said.address) for said in row.responders} <= {[*ends[1], ends[0]][min(row.ttl, 6) - 1]}
        for token, outcome in zip(row.recent.token, row.recent.outcome, strict=True):
            if outcome == Outcome.REPLIED:
                assert sent[token] not in ("lost", "late", "failed")
            assert (outcome == Outcome.FAILED) == (sent[token] == "failed")


def _damaged(make: Callable[[int], Event]) -> Callable[[int], Event]:
    def damage(at: int) -> Event:
        event = make(at)
        assert isinstance(event, Datagram)
        return event._replace(data=event.data[:-1] + bytes([event.data[-1] ^ 1]))

    return damage


def test_a_hop_with_an_interval_of_its_own_is_asked_at_it_and_the_others_as_before() -> None:
    machine_ = machine(interval=SECOND)
    world = World(machine_, Chain(ROUTERS[:3]))
    world.run(START + SECOND // 2)
    row = machine_.snapshot(world.now).hops[1]

    machine_.obey(SetInterval(SECOND // 10, row.key), world.now)
    snapshot = world.run(START + 10 * SECOND)

    sent = [hop.ledger.sent for hop in snapshot.hops]
    assert {sent[0], sent[2], sent[3]} <= {10, 11}
    assert 94 <= sent[1] <= 98
    assert [hop.interval for hop in snapshot.hops] == [None, SECOND // 10, None, None]


def test_what_never_left_is_failed_until_its_stamp_comes_all_the_same() -> None:
    machine_ = machine(rounds=1, max_hops=1)
    (probe,) = machine_.poll(START)
    machine_.receive(Departure(probe.token, START, Clock.USER, START, is_stamp_due=True))
    machine_.expire(START + 2 * SECOND)
    unsent = machine_.snapshot(START + 2 * SECOND).hops

    machine_.receive(Departure(probe.token, START + MS, Clock.KERNEL, START))

    assert [(hop.ledger.failed, hop.ledger.lost) for hop in unsent] == [(1, 0)]
    assert [(hop.ledger.failed, hop.ledger.lost) for hop in machine_.snapshot(START + 2 * SECOND).hops] == [(0, 1)]


def test_a_hop_tells_what_our_own_machine_added() -> None:
    machine_ = machine(rounds=1, max_hops=1)
    (probe,) = machine_.poll(START)
    machine_.receive(Departure(probe.token, START + 30_000, Clock.KERNEL, START))
    answer = error_about(probe.data, ROUTERS[0], 11, 0)

    machine_.receive(Datagram(answer, START + 5 * MS, Clock.KERNEL, read_at=START + 5 * MS + 70_000))

    assert machine_.snapshot(START + 6 * MS).hops[0].host == 100_000
