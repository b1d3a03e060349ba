"""The ping engine: how a target stands, what its log says in words, and what commands change."""

from collections.abc import Sequence

import pytest

from app.engine.command import AddTarget, Finish, Focus, RemoveTarget, Reset, SetInterval
from app.engine.datagram import Clock, Datagram, Departure, Fault, Outgoing
from app.engine.pinging.ping import PingMachine
from app.engine.pinging.pingconfig import PingConfig
from app.engine.snapshot import State, TargetRows
from tests.engine.model import (
    HERE,
    MS,
    SECOND,
    SECRET,
    START,
    Happening,
    World,
    arrives,
    departs,
    reply_to,
    target,
)
from tests.engine.pinging.engines import HOST, HOST6, machine, prompt, silent, texts


def test_a_row_that_cannot_be_sent_to_is_unknown_and_recovers_by_itself() -> None:
    is_down = True

    def route(destination: object) -> object:
        if is_down:
            raise OSError("no route to host")
        return HERE[4]

    engine = PingMachine([target(HOST)], PingConfig(), source=route, identifier=1, secret=SECRET)  # type: ignore[arg-type]
    world = World(engine, prompt)
    unsent = world.run(START + 3_500 * MS)
    is_down = False
    recovered = world.run(START + 5_500 * MS)

    assert (unsent.rows[0].state, unsent.rows[0].ledger.failed) == (State.UNKNOWN, 4)
    assert texts(unsent) == ["not sent: no route to host", "cannot be known since 00:00:00: not sent: no route to host"]
    assert (recovered.rows[0].state, recovered.rows[0].ledger.replied) == (State.UP, 2)


def test_a_target_goes_down_and_comes_up_again_in_words() -> None:
    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        return silent(out, now) if START + 5 * SECOND <= now < START + 17 * SECOND else prompt(out, now)

    engine = machine(HOST)
    world = World(engine, respond)
    down = world.run(START + 9 * SECOND)
    up = world.run(START + 18 * SECOND)

    assert (down.rows[0].state, down.rows[0].down_since) == (State.DOWN, START + 5 * SECOND)
    assert up.rows[0].state is State.UP
    assert texts(up) == ["first answer after 10.0 ms", "down since 00:00:05: no answer", "up again after 12 s"]


def test_in_a_crowd_who_never_answered_is_told_in_its_own_log_alone() -> None:
    hosts = [f"10.9.{number // 200}.{number % 200 + 1}" for number in range(TargetRows.WATCHED + 1)]

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        is_here = str(out.destination) == hosts[0] and now < START + 3 * SECOND
        return prompt(out, now) if is_here else silent(out, now)

    engine = machine(*hosts)
    engine.obey(Focus(f"{hosts[1]}#1"), START)
    shown = World(engine, respond).run(START + 9 * SECOND)

    assert {line.row for line in shown.log} == {f"{hosts[0]}#0"}
    assert texts(shown) == ["first answer after 10.0 ms", "down since 00:00:03: no answer"]
    assert shown.focus is not None
    assert [line.text for line in shown.focus.log] == ["down since 00:00:00: no answer"]


def test_replies_in_flight_when_a_target_returns_do_not_take_it_down_again() -> None:
    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        return silent(out, now) if START + SECOND <= now < START + 3 * SECOND else prompt(out, now)

    engine = machine(HOST, interval=100 * MS, timeout=SECOND)
    snapshot = World(engine, respond).run(START + 5 * SECOND)

    assert sum("down since" in text for text in texts(snapshot)) == 1
    assert sum("up again" in text for text in texts(snapshot)) == 1


def test_a_target_that_loses_some_is_losing_and_says_since_when() -> None:
    count = 0

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        nonlocal count
        count += 1
        return silent(out, now) if count > 20 and count % 4 == 0 else prompt(out, now)

    snapshot = World(machine(HOST), respond).run(START + 60 * SECOND)

    assert snapshot.rows[0].state is State.LOSING
    assert "loss above 10 % since 00:00:23" in texts(snapshot)


def test_a_target_far_above_its_own_median_is_slow() -> None:
    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        return [departs(out.token), arrives(80 * MS if now > START + 20 * SECOND else 10 * MS, reply_to(out.data))]

    snapshot = World(machine(HOST), respond).run(START + 25 * SECOND)

    assert snapshot.rows[0].state is State.SLOW
    assert texts(snapshot)[-1] == "slow: 80.0 ms, its median is 10.0 ms"


def test_another_reply_ttl_is_a_changed_path_once_it_stays() -> None:
    count = 0

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        nonlocal count
        count += 1
        return [arrives(10 * MS, reply_to(out.data, ttl=57 if count < 8 and count != 4 else 55))]

    snapshot = World(machine(HOST, count=12), respond).run()

    assert [text for text in texts(snapshot) if "path" in text] == ["path changed: reply TTL 57 → 55"]
    assert snapshot.rows[0].reply_ttl == 55


def test_rows_that_did_not_change_are_the_same_objects() -> None:
    engine = machine(HOST, HOST6)
    World(engine, prompt).run(START + 600 * MS)
    before = engine.snapshot(START + 600 * MS)
    engine.poll(START + SECOND)

    after = engine.snapshot(START + SECOND)

    assert after.rows[0] is not before.rows[0]
    assert after.rows[1] is before.rows[1]
    assert after.log is before.log


def test_targets_come_and_go_while_it_runs() -> None:
    engine = machine(HOST)
    world = World(engine, prompt)
    world.run(START + 2_500 * MS)
    engine.obey(AddTarget(target(HOST6, "new")), world.now)
    both = world.run(START + 4_900 * MS)
    engine.obey(RemoveTarget(f"{HOST}#0"), world.now)
    one = world.run(START + 8_500 * MS)

    assert [row.target.key for row in both.rows] == [f"{HOST}#0", "new"]
    assert both.rows[1].recent.sent_at[0] == START + 2_500 * MS
    assert [row.target.key for row in one.rows] == ["new"]
    assert one.strangers == one.forged == 0


def test_an_answer_to_a_probe_from_before_a_reset_changes_nothing() -> None:
    engine = machine(HOST)
    [out] = engine.poll(START)
    engine.obey(Reset(), START + MS)

    engine.receive(Departure(out.token, START, Clock.KERNEL))
    engine.receive(Datagram(reply_to(out.data), START + 10 * MS, Clock.KERNEL))
    [later] = engine.poll(START + SECOND)
    engine.receive(Datagram(reply_to(later.data), START + SECOND + 10 * MS, Clock.KERNEL))

    snapshot = engine.snapshot(START + SECOND + 10 * MS)
    assert (snapshot.rows[0].ledger.sent, snapshot.rows[0].ledger.replied, snapshot.forged) == (1, 1, 0)


def test_another_interval_holds_from_the_next_probe_on() -> None:
    engine = machine(HOST, interval=10 * SECOND)
    world = World(engine, prompt)
    world.run(START + SECOND)
    engine.obey(SetInterval(100 * MS), world.now)
    world.run(START + 2 * SECOND)

    assert [at - START for at, _ in world.sent][:3] == [0, 1_100 * MS, 1_200 * MS]


def test_the_row_in_focus_has_its_whole_history() -> None:
    engine = machine(HOST, HOST6, interval=10 * MS)
    engine.obey(Focus(f"{HOST}#0"), START)
    snapshot = World(engine, prompt).run(START + 5 * SECOND)

    assert snapshot.focus is not None
    assert (snapshot.focus.key, len(snapshot.focus.samples), len(snapshot.rows[0].recent)) == (f"{HOST}#0", 501, 240)
    assert [line.row for line in snapshot.focus.log] == [f"{HOST}#0"]


@pytest.mark.parametrize("choices", [{"count": 3}, {"count": 3, "spread": False}])
def test_it_has_no_deadline_left_when_all_probes_of_a_count_are_decided(choices: dict[str, int]) -> None:
    engine = machine(HOST, HOST6, **choices)

    snapshot = World(engine, prompt).run()

    assert snapshot.is_finished
    assert [row.ledger.sent for row in snapshot.rows] == [3, 3]


def test_finish_waits_for_what_is_in_flight() -> None:
    engine = machine(HOST)
    engine.poll(START)
    engine.obey(Finish(), START)

    assert not engine.snapshot(START).is_finished
    assert engine.deadline() == START + SECOND
    engine.expire(START + SECOND)
    assert engine.deadline() is None
    assert engine.snapshot(START + SECOND).is_finished


def test_a_fault_of_the_link_is_a_line_of_the_log() -> None:
    engine = machine(HOST)

    engine.receive(Fault(START, "eth0 is down"))

    assert [(line.row, line.text) for line in engine.snapshot(START).log] == [(None, "eth0 is down")]
