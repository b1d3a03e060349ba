from app.engine.capturelog import REMEMBERED
from app.engine.datagram import Direction
from tests.screens.still import START
from tests.screens.still_capture import PACKETS, StillCapture, captured, file_of, many, records
from tests.screens.still_packets import echo


def test_packets_are_numbered_from_one_and_know_what_the_file_tells() -> None:
    log = StillCapture(file_of())

    second = log.get(2)

    assert (log.first, log.last) == (1, len(PACKETS))
    assert second is not None
    assert (second.number, second.at - START, second.direction) == (2, 20_000_000, Direction.IN)
    assert (second.comment, second.interface, second.wire_length) == ("from the edge", "eth0", len(second.data))
    assert log.get(0) is log.get(len(PACKETS) + 1) is None


def test_a_direction_and_a_time_that_nobody_told_stay_unknown() -> None:
    log = StillCapture(file_of((PACKETS[0], captured(echo(1), None))))

    first, second = log.since(1)

    assert first.direction is None
    assert second.clock is None


def test_what_is_shown_is_the_same_object_and_what_is_not_is_let_go() -> None:
    log = StillCapture(file_of(many(REMEMBERED + 50)))

    first = log.get(1)
    assert log.get(1) is first
    for number in range(1, log.last + 1):
        log.get(number)

    assert log.get(1) is not first
    assert len(log._remembered) == REMEMBERED


def test_a_file_that_grows_has_more_numbers() -> None:
    log = StillCapture(file_of())
    log.grow(records(many(3)))

    assert log.last == len(PACKETS) + 3
    assert [packet.number for packet in log.since(len(PACKETS))] == [6, 7, 8, 9]


def test_a_broken_file_says_so_and_keeps_what_stood_before() -> None:
    log = StillCapture(file_of()[:-20])

    assert log.last == len(PACKETS) - 1
    assert log.fault is not None
    assert "the file ends within" in log.fault
