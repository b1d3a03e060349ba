"""What is no loss of the network's: probes that never left, and answers that this host had no room for."""

from app.engine.command import Watch
from app.engine.datagram import Clock, Datagram, Departure, Drops, Outgoing
from app.engine.pinging.ping import PingMachine
from app.engine.snapshot import Ledger, Outcome, State, TargetRow
from app.engine.verdict import DROPPED_HERE, NEVER_LEFT, Excuse
from tests.engine.model import MS, SECOND, START, reply_to
from tests.engine.pinging.engines import HOST, machine, texts


def row_of(engine: PingMachine, now: int) -> TargetRow:
    return engine.snapshot(now).rows[0]


def fates(ledger: Ledger) -> tuple[int, int, int, int]:
    return ledger.replied, ledger.lost, ledger.failed, ledger.unknown


def handed(engine: PingMachine, *, is_stamp_due: bool = True) -> Outgoing:
    [out] = engine.poll(START)
    engine.receive(Departure(out.token, START, Clock.USER, START, is_stamp_due))
    return out


def test_a_probe_whose_stamp_is_due_and_never_comes_was_never_sent() -> None:
    engine = machine(HOST)
    out = handed(engine)

    engine.expire(START + SECOND)

    snapshot = engine.snapshot(START + SECOND)
    assert fates(snapshot.rows[0].ledger) == (0, 0, 1, 0)
    assert snapshot.rows[0].state is State.UNKNOWN
    assert texts(snapshot) == [f"not sent: {NEVER_LEFT}"]
    assert engine.excuse(out.token) == Excuse(NEVER_LEFT, is_unsent=True)


def test_a_stamp_that_comes_in_time_makes_silence_a_loss() -> None:
    engine = machine(HOST)
    out = handed(engine)
    engine.receive(Departure(out.token, START + MS, Clock.KERNEL, START))

    engine.expire(START + 2 * SECOND)

    assert fates(row_of(engine, START + 2 * SECOND).ledger) == (0, 1, 0, 0)
    assert engine.excuse(out.token) is None


def test_a_stamp_that_comes_after_all_says_that_it_left() -> None:
    engine = machine(HOST)
    out = handed(engine)
    engine.expire(START + SECOND)

    engine.receive(Departure(out.token, START + MS, Clock.KERNEL, START))
    assert fates(row_of(engine, START + SECOND).ledger) == (0, 1, 0, 0)

    engine.receive(Datagram(reply_to(out.data), START + 400 * MS, Clock.KERNEL))
    assert fates(row_of(engine, START + SECOND).ledger) == (1, 0, 0, 0)


def test_a_user_stamp_without_a_promise_takes_it_back() -> None:
    engine = machine(HOST)
    out = handed(engine)
    engine.receive(Departure(out.token, START, Clock.USER, START))

    engine.expire(START + SECOND)

    assert fates(row_of(engine, START + SECOND).ledger) == (0, 1, 0, 0)


def test_where_an_answered_probe_had_no_stamp_the_next_silence_is_a_loss() -> None:
    engine = machine(HOST)
    out = handed(engine)
    engine.receive(Datagram(reply_to(out.data), START + MS, Clock.KERNEL))
    [other] = engine.poll(START + SECOND)
    engine.receive(Departure(other.token, START + SECOND, Clock.USER, START + SECOND, is_stamp_due=True))

    engine.expire(START + 2 * SECOND)

    assert fates(row_of(engine, START + 2 * SECOND).ledger) == (1, 1, 0, 0)


def test_silence_while_our_buffer_was_full_is_unknown_and_no_loss() -> None:
    engine = machine(HOST)
    out = handed(engine, is_stamp_due=False)
    engine.receive(Drops(START + 500 * MS, START + 400 * MS, 12))

    engine.expire(START + SECOND)

    snapshot = engine.snapshot(START + SECOND)
    assert (fates(snapshot.rows[0].ledger), snapshot.dropped) == ((0, 0, 1, 1), 12)
    assert list(snapshot.rows[0].recent.outcome) == [Outcome.UNKNOWN]
    assert texts(snapshot) == ["12 dropped here, not on the network"]
    assert engine.excuse(out.token) == Excuse(DROPPED_HERE, is_unsent=False)


def test_drops_that_are_told_late_take_a_loss_back() -> None:
    engine = machine(HOST)
    handed(engine, is_stamp_due=False)
    engine.expire(START + SECOND)
    assert fates(row_of(engine, START + SECOND).ledger) == (0, 1, 0, 0)

    engine.receive(Drops(START + 1_200 * MS, START + 200 * MS, 1))

    assert fates(row_of(engine, START + 1_200 * MS).ledger) == (0, 0, 1, 1)


def test_drops_before_a_probe_was_sent_or_after_its_deadline_are_not_its_own() -> None:
    engine = machine(HOST)
    engine.receive(Drops(START - MS, START - SECOND, 5))
    handed(engine, is_stamp_due=False)
    engine.expire(START + SECOND)

    engine.receive(Drops(START + 3 * SECOND, START + 2 * SECOND, 5))

    assert fates(row_of(engine, START + 3 * SECOND).ledger) == (0, 1, 0, 0)


def test_a_reply_that_was_not_dropped_after_all_is_a_reply() -> None:
    engine = machine(HOST)
    out = handed(engine, is_stamp_due=False)
    engine.receive(Drops(START + 500 * MS, START + 400 * MS, 12))
    engine.expire(START + SECOND)

    engine.receive(Datagram(reply_to(out.data), START + 450 * MS, Clock.KERNEL))

    assert fates(row_of(engine, START + SECOND).ledger) == (1, 0, 0, 0)


def test_of_many_rows_only_the_watched_have_their_newest_samples() -> None:
    engine = machine(*[f"10.9.{index >> 8}.{index & 255}" for index in range(300)], spread=False)
    engine.poll(START)
    keys = [target.key for target in engine.snapshot(START).rows.targets]

    engine.obey(Watch((keys[7],)), START)
    before = engine.snapshot(START + MS).rows
    after = engine.snapshot(START + 2 * MS).rows

    assert [len(row.recent) for row in before[6:9]] == [0, 1, 0]
    assert after is before
    assert (before.place(keys[7]), before.versions[7] > before.versions[6]) == (7, True)
    assert set(before.states) == {0}
    assert list(before.column("sent")) == [1.0] * 300


def test_a_row_is_the_same_object_in_two_snapshots_while_it_does_not_change() -> None:
    engine = machine(*[f"10.9.{index >> 8}.{index & 255}" for index in range(300)])
    sent = engine.poll(START)
    before = engine.snapshot(START).rows
    engine.receive(Datagram(reply_to(sent[0].data), START + MS, Clock.KERNEL))
    after = engine.snapshot(START + MS).rows

    assert after[0] is not before[0]
    assert after[5] is before[5]
    assert (before[0].ledger.replied, after[0].ledger.replied, after.last[0], after.last[1]) == (0, 1, MS, -1)
    assert after.targets is before.targets
