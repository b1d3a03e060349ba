"""As fast as answers come: windows, gaps, silence, and one budget."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.pacing.closedloop import FLOOD_WAIT, ClosedLoop

SECOND = 1_000_000_000
MS = 1_000_000


class Answers:
    """Rows that answer a probe after a while, or miss it after a second: what a machine tells a pacing."""

    def __init__(self, loop: ClosedLoop[str], rtt: Callable[[str, int], int | None]) -> None:
        self.loop = loop
        self.rtt = rtt
        self.sent: list[tuple[int, str]] = []
        self.most_in_flight = 0
        self._numbers: dict[str, int] = {}
        self._told: list[tuple[int, str, int, bool]] = []

    def run(self, until: int, most: int = 50_000) -> list[int]:
        """When probes were sent up to a moment."""
        now = 0
        while now <= until and len(self.sent) < most:
            for due_at, rows in self.loop.due(now):
                assert due_at <= now
                for row in rows:
                    self._send(row, now)
            due = self.loop.deadline()
            moments = [at for at, _, _, _ in self._told] + ([] if due is None else [due])
            if not moments:
                break
            now = max(now, min(moments))
            for told in sorted(told for told in self._told if told[0] <= now):
                self._told.remove(told)
                self._tell(*told)
        return [at for at, _ in self.sent]

    def _send(self, row: str, now: int) -> None:
        number = self._numbers.get(row, 0)
        self._numbers[row] = number + 1
        rtt = self.rtt(row, number)
        self.sent.append((now, row))
        self._told.append((now + (SECOND if rtt is None else rtt), row, number, rtt is not None))
        self.most_in_flight = max(self.most_in_flight, sum(each[1] == row for each in self._told))

    def _tell(self, at: int, row: str, number: int, is_answered: bool) -> None:
        (self.loop.answered if is_answered else self.loop.missed)(row, number, at)


def begun(*rows: str, **choices: int | None) -> ClosedLoop[str]:
    loop: ClosedLoop[str] = ClosedLoop(SECOND, **choices)  # type: ignore[arg-type]  # a test names what it means
    loop.extend(rows, 0)
    return loop


def test_the_next_probe_is_due_when_the_answer_came() -> None:
    sent = Answers(begun("a"), lambda row, number: 30 * MS).run(100 * MS)

    assert sent == [0, 30 * MS, 60 * MS, 90 * MS]


def test_no_two_probes_are_closer_than_the_gap() -> None:
    sent = Answers(begun("a", gap=2 * MS), lambda row, number: 100_000).run(9 * MS)

    assert sent == [0, 2 * MS, 4 * MS, 6 * MS, 8 * MS]


def test_a_probe_that_is_lost_is_waited_for() -> None:
    sent = Answers(begun("a"), lambda row, number: None if number == 1 else 10 * MS).run(SECOND + 15 * MS)

    assert sent == [0, 10 * MS, SECOND + 10 * MS]


def test_who_refuses_at_once_is_asked_once_an_interval() -> None:
    loop = begun("a")
    sent: list[int] = []
    for now in range(0, 3 * SECOND, 10 * MS):
        for _ in loop.due(now):
            loop.missed("a", len(sent), now)
            sent.append(now)

    assert sent == [0, SECOND, 2 * SECOND]


def test_a_flood_goes_on_a_hundred_times_a_second_where_nothing_answers() -> None:
    sent = Answers(begun("a", wait=FLOOD_WAIT), lambda row, number: None).run(SECOND - 1)

    assert sent == [number * 10 * MS for number in range(100)]


def test_a_flood_is_as_fast_as_the_answers_where_they_are_fast() -> None:
    sent = Answers(begun("a", wait=FLOOD_WAIT), lambda row, number: MS).run(100 * MS)

    assert sent == [number * MS for number in range(101)]


def test_a_flood_does_not_wait_for_a_probe_that_was_overtaken() -> None:
    sent = Answers(begun("a", wait=FLOOD_WAIT), lambda row, number: None if number == 2 else MS).run(20 * MS)

    assert sent[:6] == [0, MS, 2 * MS, 12 * MS, 13 * MS, 14 * MS]


def test_a_preload_is_sent_at_once_and_stays_in_flight() -> None:
    answers = Answers(begun("a", window=3), lambda row, number: 30 * MS)
    sent = answers.run(70 * MS)

    assert sent == [0, 0, 0, 30 * MS, 30 * MS, 30 * MS, 60 * MS, 60 * MS, 60 * MS]
    assert answers.most_in_flight == 3


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 20),
    st.integers(1, 4),
    st.integers(0, 5 * MS),
    st.sampled_from([None, FLOOD_WAIT]),
    st.integers(20, 5_000),
    st.lists(st.one_of(st.none(), st.integers(50_000, 40 * MS)), min_size=1, max_size=20),
)
def test_whatever_answers_the_gap_the_window_and_the_budget_hold(
    count: int, window: int, gap: int, wait: int | None, rate: int, rtts: list[int | None]
) -> None:
    rows = [str(row) for row in range(count)]
    answers = Answers(
        begun(*rows, window=window, gap=gap, wait=wait, rate=rate),
        lambda row, number: rtts[(int(row) + number) % len(rtts)],
    )
    answers.run(2 * SECOND, most=2_000)

    for row in rows:
        moments = [at for at, who in answers.sent if who == row]
        assert all(
            later - sooner >= gap for sooner, later in zip(moments[window - 1 :], moments[window:], strict=False)
        )
    if wait is None and window == 1:
        assert answers.most_in_flight <= 1
    span = rate // 10 + rate // 200 + 2
    moments = [at for at, _ in answers.sent]
    assert all(later - sooner >= 100 * MS for sooner, later in zip(moments, moments[span:], strict=False))


def test_a_row_that_is_removed_or_rests_is_never_due() -> None:
    loop = begun("a", "b", "c")
    loop.remove("a", 0)
    loop.rest("b")

    assert [row for _, rows in loop.due(0) for row in rows] == ["c"]
    assert loop.deadline() is None


def test_a_row_that_is_reset_does_not_wait_for_what_nobody_will_tell_of() -> None:
    loop = begun("a", gap=2 * MS)
    list(loop.due(0))

    loop.reset("a", MS)

    assert loop.deadline() == 2 * MS


def test_a_row_that_comes_later_is_due_at_once() -> None:
    loop = begun("a")
    list(loop.due(0))

    loop.add("b", 5 * MS)

    assert list(loop.due(5 * MS)) == [(5 * MS, ("b",))]
