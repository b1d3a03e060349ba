"""The ping engine in its modes: ledgers that balance, sizes in turn, ends at a deadline, intervals of one's own."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.command import AddTarget, RemoveTarget, Reset, SetInterval
from app.engine.datagram import Outgoing
from app.engine.pacing.making import Mode
from app.engine.pinging.ping import PingMachine
from app.engine.pinging.pingconfig import PingConfig
from app.engine.snapshot import PingSnapshot
from app.screens.pace import faster_here, slower_here
from tests.engine.model import (
    MS,
    SECOND,
    SECRET,
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


def moments(world: World, host: str = "") -> list[int]:
    """When probes were sent, in ms since the start."""
    return [(at - START) // MS for at, out in world.sent if str(out.row).startswith(host)]


def payload(out: Outgoing) -> int:
    return len(out.data) - (28 if out.destination.version == 4 else 48)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(list(Mode)),
    st.lists(st.sampled_from(["reply", "late", "lost", "error", "failed", "duplicate"]), min_size=1, max_size=12),
    st.integers(1, 4),
    st.sampled_from([1.0, 2.5]),
    st.sampled_from([(), (8, 64, 1_400)]),
    st.sampled_from([None, 3 * SECOND]),
)
def test_the_ledger_balances_in_every_mode_and_for_every_size(  # as many choices as there are
    mode: Mode, fates: list[str], preload: int, backoff: float, sizes: tuple[int, ...], deadline: int | None
) -> None:
    choices = {"mode": mode, "preload": preload, "backoff": backoff, "sizes": sizes, "deadline": deadline}
    engine = machine(HOST, HOST6, count=40, interval=50 * MS, gap=2 * MS, **choices)

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        reply, gone = reply_to(out.data), departs(out.token)
        refusals: dict[int, tuple[str, int, int]] = {4: ("10.0.3.1", 3, 1), 6: ("2001:db8:3::1", 1, 3)}
        answers = {
            "reply": [gone, arrives(7 * MS, reply)],
            "late": [gone, arrives(1_100 * MS, reply)],
            "lost": [gone],
            "error": [gone, arrives(3 * MS, error_about(out.data, *refusals[out.data[0] >> 4]))],
            "failed": [fails(out.token)],
            "duplicate": [gone, arrives(7 * MS, reply), arrives(8 * MS, reply)],
        }
        return answers[fates[(out.token & 0xFFFF) % len(fates)]]

    world = World(engine, respond)

    def law() -> None:
        for row in engine.snapshot(world.now).rows:
            for ledger in [row.ledger, *(size.ledger for size in row.sweep)]:
                assert ledger.sent == ledger.replied + ledger.lost + ledger.in_flight + ledger.failed
            if sizes:
                for column in ("sent", "replied", "lost", "in_flight", "failed", "late"):
                    assert sum(getattr(size.ledger, column) for size in row.sweep) == getattr(row.ledger, column)

    world.check = law
    snapshot: PingSnapshot = world.run()

    assert sum(row.ledger.sent for row in snapshot.rows) == len(world.sent)
    assert snapshot.is_finished
    if deadline is None:
        assert [row.ledger.sent for row in snapshot.rows] == [40, 40]
    else:
        assert world.now <= START + deadline


def test_an_adaptive_ping_has_one_probe_on_its_way() -> None:
    world = World(machine(HOST, mode=Mode.ADAPTIVE, count=5), prompt)

    world.run()

    assert moments(world) == [0, 10, 20, 30, 40]


def test_an_adaptive_ping_goes_on_after_it_was_reset() -> None:
    engine = machine(HOST, mode=Mode.ADAPTIVE)
    world = World(engine, silent)
    world.run(START + 300 * MS)

    engine.obey(Reset(), world.now)
    world.run(START + 500 * MS)

    assert moments(world) == [0, 300]


def test_every_probe_says_when_it_was_planned() -> None:
    engine = machine(HOST, HOST, interval=SECOND)
    engine.poll(START)

    [out] = engine.poll(START + SECOND // 2 + 7 * MS)

    assert out.due_at == START + SECOND // 2


def test_a_sweep_sends_one_size_after_another_and_again() -> None:
    world = World(machine(HOST, HOST6, sizes=(8, 16, 100), count=5), prompt)

    snapshot: PingSnapshot = world.run()

    for row in snapshot.rows:
        assert [payload(out) for _, out in world.sent if out.row == row.target.key] == [8, 16, 100, 8, 16]
        assert [(size.size, size.ledger.sent, size.ledger.replied) for size in row.sweep] == [
            (8, 2, 2),
            (16, 2, 2),
            (100, 1, 1),
        ]
        assert all(size.rtt is not None and size.rtt.mean == 10 * MS for size in row.sweep)


def test_a_size_that_never_arrives_is_lost_in_its_own_row_alone() -> None:
    world = World(
        machine(HOST, sizes=(64, 1_400), count=10),
        lambda out, now: (silent if payload(out) > 1_000 else prompt)(out, now),
    )

    [row] = world.run().rows

    assert [(size.size, size.ledger.loss) for size in row.sweep] == [(64, 0.0), (1_400, 1.0)]


def test_a_deadline_ends_all_whatever_is_in_flight() -> None:
    engine = machine(HOST, deadline=2_500 * MS)
    world = World(engine, silent)

    snapshot = world.run()

    assert (world.now, moments(world)) == (START + 2_500 * MS, [0, 1_000, 2_000])
    assert (snapshot.rows[0].ledger.lost, snapshot.rows[0].ledger.in_flight, snapshot.is_finished) == (2, 1, True)


def test_with_a_deadline_the_count_is_of_replies() -> None:
    def every_other(out: Outgoing, now: int) -> Sequence[Happening]:
        return (prompt if out.token % 2 else silent)(out, now)

    world = World(machine(HOST, deadline=60 * SECOND, count=3), every_other)

    [row] = world.run().rows

    assert (row.ledger.replied, row.ledger.sent) == (3, 6)
    assert world.now == START + 5 * SECOND + 10 * MS


def test_a_target_with_an_interval_of_its_own_keeps_it() -> None:
    quick = [target(HOST), target(HOST6)]
    own = [*quick[:1], quick[1].__class__(HOST6, HOST6, quick[1].address, 250 * MS)]
    engine = PingMachine(own, PingConfig(), source=source, identifier=0xBEEF, secret=SECRET)
    world = World(engine, prompt)

    snapshot = world.run(START + 2 * SECOND - 1)

    assert (len(moments(world, HOST)), len(moments(world, HOST6))) == (2, 8)
    assert [row.interval for row in snapshot.rows] == [None, 250 * MS]


def test_one_row_is_told_another_pace_and_the_others_keep_theirs() -> None:
    engine = machine(HOST, HOST6)
    world = World(engine, prompt)
    world.run(START + SECOND)

    engine.obey(SetInterval(100 * MS, f"{HOST}#0"), world.now)
    engine.obey(SetInterval(100 * MS, "nobody"), world.now)
    snapshot = world.run(START + 3 * SECOND - 1)

    assert len(moments(world, HOST6)) == 3
    assert len(moments(world, HOST)) >= 20
    assert [row.interval for row in snapshot.rows] == [100 * MS, None]


def test_a_pace_under_a_budget_is_stepped_in_what_was_asked_for() -> None:
    engine = machine(HOST, HOST6, interval=SECOND, rate=1)
    world = World(engine, prompt)
    snapshot = world.run(START + SECOND)
    assert (snapshot.interval, snapshot.stretch) == (2 * SECOND, 2.0)

    engine.obey(faster_here(snapshot.rows[0], snapshot), world.now)
    quick = world.run(START + 2 * SECOND)
    engine.obey(slower_here(quick.rows[0], quick), world.now)
    usual = world.run(START + 3 * SECOND)

    assert (quick.rows[0].interval, quick.interval) == (1_500 * MS, 3 * SECOND)
    assert (usual.rows[0].interval, usual.interval) == (2 * SECOND, 2 * SECOND)


def test_rows_tell_their_own_interval_as_the_budget_has_it_at_every_moment() -> None:
    own, common = target(HOST), target(HOST6)
    own = replace(own, interval=500 * MS)
    engine = PingMachine([own, common], PingConfig(rate=1), source=source, identifier=0xBEEF, secret=SECRET)
    world = World(engine, prompt)
    assert world.run(START + SECOND).rows[0].interval == 1_500 * MS

    engine.obey(SetInterval(2 * SECOND), world.now)
    assert world.run(START + 2 * SECOND).rows[0].interval == 1_250 * MS
    engine.obey(RemoveTarget(common.key), world.now)
    assert world.run(START + 3 * SECOND).rows[0].interval == SECOND


def test_a_target_that_comes_later_brings_its_interval() -> None:
    engine = machine(HOST)
    world = World(engine, prompt)
    world.run(START)
    late = target(HOST6)

    engine.obey(AddTarget(late.__class__(HOST6, HOST6, late.address, 500 * MS)), world.now)
    world.run(START + 2 * SECOND - 1)

    assert moments(world, HOST6) == [0, 500, 1_000, 1_500]


def test_a_silent_target_is_asked_less_often_and_comes_back_at_once() -> None:
    def wakes(out: Outgoing, now: int) -> Sequence[Happening]:
        return (prompt if now >= START + 30 * SECOND else silent)(out, now)

    engine = machine(HOST, backoff=2.0)
    world = World(engine, wakes)

    snapshot = world.run(START + 40 * SECOND)
    seconds = [moment // 1_000 for moment in moments(world)]

    assert seconds[:5] == [0, 1, 2, 4, 8]
    assert sum(at < 30 for at in seconds) < 12
    woke = next(at for at in seconds if at >= 30)
    assert [at for at in seconds if at > woke] == list(range(woke + 1, 41))
    assert any("down" in text for text in texts(snapshot))
