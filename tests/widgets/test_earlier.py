"""What was earlier: parts added up into periods, and the periods as a strip and as a table."""

from dataclasses import replace
from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style
from textual.pilot import Pilot

from app.engine.samples.periods import DAY, SPANS, fitting_span, minutes_of, periods, together
from app.engine.samples.rollup import HOUR, MINUTE, RollUp
from app.engine.samples.rttcode import time_code
from app.engine.samples.sketch import COARSE, Sketch
from tests.screens.stage import explorer, play, settle, shown, still_feed
from tests.screens.still import MILLISECOND, NOW, SECOND, samples, snapshot
from widgets.earlier import LEAST, Strip, worst_of
from widgets.glyphs import ASCII, UNICODE, Glyphs
from widgets.moments import moment, span_words
from widgets.periods import Periods

MIDNIGHT = NOW // DAY * DAY  # Tuesday, 14 November 2023, UTC


def part(at: int, rtt: float | None = 20, *, span: int = MINUTE, lost: int = 0, failed: int = 0) -> RollUp:
    """A part in which 60 probes a minute had one RTT, in milliseconds, but for those lost and failed; None: nothing."""
    replied = 0 if rtt is None else span // SECOND - lost - failed
    exact = None if rtt is None else round(rtt * MILLISECOND)
    spread = Sketch(COARSE)
    if exact is not None:
        spread.add(time_code(exact), replied)
    return RollUp(
        at=at,
        span=span,
        replied=replied,
        lost=lost,
        failed=failed,
        minimum=exact,
        maximum=exact,
        mean=exact,
        spread=spread,
    )


def night(hours: int = 8) -> tuple[RollUp, ...]:
    """Minutes from midnight on: ten bad ones from 03:10, one dead at 04:00, one unsent at 05:00, none from 06:00."""
    bad = {190 + minute: part(0, 90, lost=20) for minute in range(10)}
    bad |= {240: part(0, None, lost=60), 300: part(0, None, failed=60)}
    minutes = [minute for minute in range(60 * hours) if minute // 60 != 6]
    return tuple(replace(bad.get(minute, part(0)), at=MIDNIGHT + minute * MINUTE) for minute in minutes)


NIGHT = night()


@given(st.sampled_from(SPANS), st.integers(-12, 14))
def test_periods_hold_every_probe_once_and_begin_on_the_clock_of_the_wall(span: int, ahead: int) -> None:
    found = periods(NIGHT, span, offset=ahead * HOUR)

    assert sum(each.sent for each in found) == sum(each.sent for each in NIGHT)
    assert sum(each.lost for each in found) == 260
    assert all((each.at + ahead * HOUR) % span == 0 and each.span == span for each in found)
    assert [each.at for each in found] == sorted({each.at for each in found})


def test_a_period_has_the_extremes_the_mean_and_the_spread_of_its_parts() -> None:
    whole = together([part(0, 10), part(MINUTE, 30), part(2 * MINUTE, None, lost=60)], 0, HOUR)

    assert (whole.sent, whole.replied, whole.loss) == (180, 120, 1 / 3)
    assert (whole.minimum, whole.maximum, whole.mean) == (10 * MILLISECOND, 30 * MILLISECOND, 20 * MILLISECOND)
    assert whole.percentile(50) == pytest.approx(10 * MILLISECOND, rel=0.016)
    assert whole.percentile(95) == pytest.approx(30 * MILLISECOND, rel=0.016)


def test_an_hour_is_in_all_the_shorter_periods_that_it_covers_up_to_its_minutes_that_are_kept() -> None:
    parts = (part(0, span=HOUR, lost=36), part(HOUR // 2))

    found = periods(parts, 10 * MINUTE)

    assert [(each.at // MINUTE, each.lost) for each in found] == [(0, 36), (10, 36), (20, 36), (30, 0)]


@given(st.integers(1, 400), st.integers(1, 120))
def test_the_span_is_the_shortest_whose_periods_fit(count: int, most: int) -> None:
    parts = [part(MIDNIGHT + index * HOUR, span=HOUR) for index in range(count)]

    span = fitting_span(parts, most, shortest=HOUR)

    shorter = [each for each in SPANS if HOUR <= each < span]
    assert len(periods(parts, span)) <= most or span == SPANS[-1]
    assert not shorter or len(periods(parts, shorter[-1])) > most


def test_the_minutes_of_what_is_remembered_leave_out_what_is_in_flight_and_the_minute_that_runs() -> None:
    kept = samples("-" * 58 + "x!" + "-" * 30 + ".", [20.0] * 88, until=MIDNIGHT + 91 * SECOND)

    (minute,) = minutes_of(kept)

    assert (minute.at, minute.sent, minute.lost, minute.failed) == (MIDNIGHT, 60, 1, 1)
    assert minutes_of(samples("")) == ()


def test_the_worst_is_the_greatest_loss_and_else_the_longest_time() -> None:
    slow, lossy, unsent = part(0, 300), part(MINUTE, 20, lost=1), part(2 * MINUTE, None, failed=60)

    assert worst_of([slow, lossy, unsent]) is lossy
    assert worst_of([slow, part(HOUR), unsent]) is slow
    assert worst_of([unsent]) is None


def test_moments_are_as_short_as_they_can_be_told_apart() -> None:
    until = MIDNIGHT + 8 * HOUR

    assert moment(MIDNIGHT, until=until, zone=UTC) == "00:00"
    assert moment(MIDNIGHT - DAY, until=until, zone=UTC) == "Mon 00:00"
    assert moment(MIDNIGHT - 10 * DAY, until=until, zone=UTC) == "4 Nov 00:00"
    assert moment(MIDNIGHT, until=until, span=DAY, zone=UTC) == "Tue 14 Nov"
    assert moment(MIDNIGHT, until=until, zone=timezone(timedelta(hours=5, minutes=30))) == "05:30"
    assert [span_words(span) for span in (MINUTE, 30 * MINUTE, 6 * HOUR, 7 * DAY)] == ["1 min", "30 min", "6 h", "7 d"]


class InkNames:
    """A palette whose styles say which ink they are."""

    def ink(self, name: str) -> Style:
        return Style(meta={"ink": name})


def strip_lines(parts: tuple[RollUp, ...], width: int = 80, glyphs: Glyphs = UNICODE) -> list[str]:
    strip = Strip(parts, width, glyphs, UTC)
    return ["".join(segment.text for segment in strip.line(InkNames(), y)) for y in range(3)]


def table_lines(parts: tuple[RollUp, ...], most: int, width: int = 71) -> list[str]:
    periods = Periods(parts, most, UTC)
    lines = ["".join(segment.text for segment in periods.line(InkNames(), y, width)) for y in range(most + 1)]
    return [" ".join(line.split()) for line in lines if line]


def test_the_strip_says_when_it_was_bad_and_since_when_it_knows() -> None:
    medians, losses, times = strip_lines(NIGHT)

    start = medians.index("█")
    assert losses[start] == "▆"
    assert medians.rstrip().endswith(" since 00:00")
    assert losses.rstrip().endswith(" worst 03:10")
    assert times.index("│02:00") < start < times.index("│04:00")
    assert "each sign 10 min" in times


def test_where_there_is_room_the_strip_says_how_bad_it_was() -> None:
    assert strip_lines(NIGHT, 120)[1].rstrip().endswith(" worst 03:10 33.3%")
    assert strip_lines(tuple(part(minute * MINUTE) for minute in range(60)), 120)[1].rstrip().endswith(" 20.0 ms")


@pytest.mark.parametrize(
    ("glyphs", "medians", "losses"),
    [(UNICODE, "▂▂×▂▂!▂  ▂", "▃ ×  !    "), (ASCII, "__x__!_  _", ". x  !    ")],
)
def test_what_was_lost_not_sent_or_not_measured_has_signs_of_its_own(glyphs: Glyphs, medians: str, losses: str) -> None:
    told = [part(0, lost=1), part(0), part(0, None, lost=60), part(0), part(0), part(0, None, failed=60), part(0)]
    parts = (*(replace(each, at=place * MINUTE) for place, each in enumerate(told)), part(9 * MINUTE))

    drawn = strip_lines(parts, LEAST + 2, glyphs)

    assert drawn[0].startswith(f"    p50 {glyphs.edge}{medians} since")
    assert drawn[1].startswith(f"   loss {glyphs.edge}{losses} worst")


@given(st.integers(36, 300), st.integers(1, 48))
def test_the_strip_is_as_wide_as_its_widget(width: int, hours: int) -> None:
    parts = (part(MIDNIGHT - 300 * DAY, span=HOUR), *night(hours))

    assert {len(line) for line in strip_lines(parts, width)} == {width}


def test_the_table_holds_all_of_it_the_newest_first() -> None:
    assert table_lines(NIGHT, 8) == [
        "1 h from sent loss failed p50 p95 max",
        "07:00 3600 0.0% 0 20.0 ms 20.0 ms 20.0 ms",
        "05:00 3600 0.0% 60 20.0 ms 20.0 ms 20.0 ms",
        "04:00 3600 1.7% 0 20.0 ms 20.0 ms 20.0 ms",
        "03:00 3600 5.6% 0 20.2 ms 89.1 ms 90.0 ms",
        "02:00 3600 0.0% 0 20.0 ms 20.0 ms 20.0 ms",
        "01:00 3600 0.0% 0 20.0 ms 20.0 ms 20.0 ms",
        "00:00 3600 0.0% 0 20.0 ms 20.0 ms 20.0 ms",
    ]


def test_a_table_of_what_was_always_sent_has_room_for_the_shortest_time() -> None:
    assert table_lines((part(MIDNIGHT),), 8) == [
        "1 min from sent loss min p50 p95 max",
        "00:00 60 0.0% 20.0 ms 20.0 ms 20.0 ms 20.0 ms",
    ]


def test_a_year_is_told_in_weeks() -> None:
    year = tuple(part(MIDNIGHT - index * HOUR, span=HOUR) for index in range(8_784, 0, -24))

    heading, *lines = table_lines(year, 8)

    assert heading.startswith("56 d from ")
    assert len(lines) == 8
    assert lines[0].startswith("Thu 26 Oct 68400 ")
    assert "since Thu 27 Oct" in strip_lines(year)[0]


def test_the_page_of_a_target_shows_what_is_rolled_up_once_there_is_something() -> None:
    feed = still_feed()
    app = explorer(feed)

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        await settle(pilot)
        assert "each sign" not in shown(app)
        latest = snapshot(feed.latest.rows, focus="gateway")
        assert latest.focus is not None
        feed.latest = replace(latest, focus=replace(latest.focus, rollups=NIGHT))
        await settle(pilot)
        assert "each sign" in shown(app)
        assert " h from" in shown(app)

    play(app, scene)
