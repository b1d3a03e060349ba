"""The lines of the engine panel: a minute of numbers as bars, buffers as gauges, stamps in words."""

from dataclasses import replace

import pytest

from app.engine.condition import (
    BufferUse,
    EngineCondition,
    Lateness,
    LinkCondition,
    ProcessCondition,
    Stamping,
    ThreadUse,
)
from app.engine.datagram import Clock
from widgets.enginedetail import engine_lines, process_lines
from widgets.gauge import gauge, trail
from widgets.glyphs import ASCII, UNICODE, Glyphs
from widgets.masthead import Words
from widgets.pulse import Pulse, Pulses

SECOND = 1_000_000_000
LINK = LinkCondition(
    "raw",
    calls="sendmmsg, recvmmsg",
    filter="echo replies to 4711",
    buffers=(
        BufferUse("ICMPv4", 0, 2 << 20, 8 << 20, 0),
        BufferUse("ICMPv6", 0, 8 << 20, 8 << 20, 12),
        BufferUse("TCP over IPv4", 0, 0, 8 << 20, 0),
        BufferUse("TCP over IPv6", 0, 0, 8 << 20, 0),
    ),
    stampings=(Stamping("eth1", Clock.USER, Clock.KERNEL, "its driver has no stamps"),),
    dropped=12,
)
ENGINE = EngineCondition("ping", 0, 0, 0, 0, 10.0, 5_000_000, Lateness(1_000_000, 4_000_000, 9_000_000), LINK)


def process(seconds: int, *engines: EngineCondition) -> ProcessCondition:
    threads = (ThreadUse("screens", seconds * 30_000_000), ThreadUse("ping", seconds * 50_000_000))
    return ProcessCondition(seconds * SECOND, seconds * 80_000_000, threads, 46 << 20, 3, 1_000_000, engines)


def text(words: Words) -> str:
    return "".join(piece for _, piece in words)


@pytest.mark.parametrize(("glyphs", "drawn"), [(UNICODE, "  ▁▄▇"), (ASCII, "  _-+")])
def test_a_trail_stands_on_zero_at_the_right(glyphs: Glyphs, drawn: str) -> None:
    assert trail(glyphs, [0.0, 5.0, 10.0], 5) == (drawn,)
    assert trail(glyphs, [], 3) == ("   ",)


def test_a_trail_of_several_lines_rises_through_them() -> None:
    assert trail(UNICODE, [0.0, 5.0, 10.0], 3, 2) == ("  ▇", "▁██")


def test_a_minute_has_as_many_lines_as_there_are_left() -> None:
    pulse = Pulse(ENGINE)
    pulse.late.extend([1.0, 2.0])
    low, high = (engine_lines(UNICODE, pulse, 80, height) for height in (0, 40))
    assert len(high) - len(low) == 4


def test_a_gauge_shows_what_is_and_what_was() -> None:
    assert text(gauge(UNICODE, 0.25, 0.5, 8)) == "████░░░░"
    assert [len(piece) for _, piece in gauge(UNICODE, 0.25, 0.5, 8)] == [2, 2, 4]
    assert text(gauge(ASCII, 0.0, 0.001, 8)) == "#......."


def test_looks_a_second_apart_give_rates_and_shares() -> None:
    pulses = Pulses()
    for second in range(3):
        engine = replace(ENGINE, at=second * SECOND, sent=second * 20, cpu=second * 50_000_000)
        pulses.take(process(second, engine))
    pulse = pulses.engines["ping"]
    assert list(pulse.rate) == [20.0, 20.0]
    assert list(pulse.cpu) == [0.05, 0.05]
    assert list(pulses.threads) == ["ping", "screens"]
    assert list(pulses.cpu) == pytest.approx([0.08, 0.08])


def test_an_engine_that_ended_is_shown_no_longer() -> None:
    pulses = Pulses()
    pulses.take(process(0, ENGINE))
    pulses.take(process(1))
    assert pulses.engines == {}


def test_the_lines_of_an_engine_say_how_it_works_and_who_stamps() -> None:
    shown = [text(line) for line in engine_lines(UNICODE, Pulse(ENGINE), 80)]
    assert shown[0] == " link       raw, sendmmsg, recvmmsg"
    assert shown[1] == " filter     echo replies to 4711"
    assert shown[2] == " stamps     eth1               leaves user      arrives kernel    its driver has no stamps"
    assert "p99 4.00 ms, most 9.00 ms" in shown[3]


def test_the_fullest_buffer_comes_first_and_the_empty_ones_share_a_line() -> None:
    shown = [text(line) for line in engine_lines(UNICODE, Pulse(ENGINE), 80)][-3:]
    assert shown[0].startswith(" buffers    ICMPv6             ████████████████")
    assert shown[0].endswith("at most 8.00 MiB of 8.00 MiB  12 dropped here")
    assert shown[1] == "            ICMPv4             ████░░░░░░░░░░░░ at most 2.00 MiB of 8.00 MiB"
    assert shown[2] == "            8.00 MiB for each, nothing has waited: TCP over IPv4, TCP over IPv6"


def test_a_long_filter_goes_on_in_the_next_line() -> None:
    engine = replace(ENGINE, link=LinkCondition("raw", filter="echo replies to 4711, and errors that quote them"))
    shown = [text(line) for line in engine_lines(UNICODE, Pulse(engine), 44)]
    assert shown[1:3] == [" filter     echo replies to 4711, and errors", "            that quote them"]


def test_the_lines_of_the_process_end_with_its_busiest_threads() -> None:
    pulses = Pulses()
    for second in range(2):
        pulses.take(process(second, ENGINE))
    shown = [text(line) for line in process_lines(ASCII, pulses, 80, 3)]
    assert shown[0].startswith(" process    46.0 MiB of memory")
    assert shown[1].startswith(" CPU        8.0% of a core")
    assert shown[2] == " threads    ping               #...............   5.0%"
