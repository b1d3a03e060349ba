"""Kernel stamps on the links' clock, with the wall clock in the test's hand."""

from app.net.clock import Sleep, WallClock, now

SECOND = 1_000_000_000


class Clocks:
    def __init__(self) -> None:
        self.ahead = 5 * SECOND
        self.at = 100 * SECOND

    def __call__(self) -> tuple[int, int]:
        return self.ahead, self.at


def test_a_stamp_is_brought_over_by_the_difference_of_the_clocks() -> None:
    wall = WallClock(Clocks())
    assert wall.bring(107 * SECOND) == 102 * SECOND


def test_no_stamp_stays_no_stamp() -> None:
    assert WallClock(Clocks()).bring(None) is None


def test_stamps_are_refused_for_a_second_after_the_wall_clock_was_set_and_later_ones_are_not() -> None:
    clocks = Clocks()
    wall = WallClock(clocks)
    clocks.ahead -= 3600 * SECOND
    wall.refresh()
    assert wall.bring(107 * SECOND) is None
    clocks.at += SECOND - 1
    wall.refresh()
    assert wall.bring(107 * SECOND - 3600 * SECOND) is None
    clocks.at += 1
    wall.refresh()
    assert wall.bring(107 * SECOND - 3600 * SECOND) == 102 * SECOND


def test_what_adjtime_slews_in_an_hour_is_no_step() -> None:
    clocks = Clocks()
    wall = WallClock(clocks)
    clocks.at += 3600 * SECOND
    clocks.ahead += 3600 * 500_000
    wall.refresh()
    assert wall.bring(clocks.ahead + 7) == 7


def test_the_clock_never_goes_back() -> None:
    readings = [now() for _ in range(1000)]
    assert readings == sorted(readings)


def test_a_machine_that_is_awake_has_not_slept() -> None:
    sleep = Sleep()
    assert [sleep.look() for _ in range(100)] == [0] * 100


def test_sleep_is_told_once_and_the_noise_of_reading_two_clocks_is_none() -> None:
    stood = iter([7 * SECOND, 7 * SECOND + 900_000, 67 * SECOND, 67 * SECOND])
    sleep = Sleep(lambda: next(stood))
    assert [sleep.look() for _ in range(3)] == [0, 60 * SECOND - 900_000, 0]
