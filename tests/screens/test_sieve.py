import threading

import pytest

from app.engine.packetlog import Packet, PacketLog
from app.engine.pairing import Pairing
from app.screens.background import Background
from app.screens.going import NoPlaceError, going_to
from app.screens.sieve import FLOOD, PAIRED_AT_ONCE, SLICE, LogPairer, Pairer, Seeker, Sieve
from tests.screens.still import START
from tests.screens.still_capture import StillCapture, file_of, many
from tests.widgets.test_packetindex import filled
from widgets.packetindex import PacketIndex


def is_third(packet: Packet) -> bool:
    return packet.number % 3 == 0


def test_a_sieve_finds_what_passes_slice_by_slice_and_goes_on_as_the_source_grows() -> None:
    log = StillCapture(file_of(many(100)))
    sieve = Sieve(log, None, is_third)

    assert sieve.advance()
    assert sieve.next == SLICE + 1
    while sieve.advance():
        pass
    log.grow(file_of(many(110))[len(file_of(many(100))) :])
    assert not sieve.is_done
    while sieve.advance():
        pass

    assert list(sieve.numbers) == list(range(3, log.last + 1, 3))
    assert log.last == 110


def test_a_stopped_sieve_looks_at_nothing_more() -> None:
    sieve = Sieve(filled(range(100)), None, is_third)
    sieve.advance()
    sieve.is_stopped = True

    assert not sieve.advance()
    assert sieve.next == SLICE + 1


def test_a_sieve_of_one_row_asks_only_its_packets() -> None:
    sieve = Sieve(filled(range(10)), "a", lambda packet: True)
    while sieve.advance():
        pass

    assert list(sieve.numbers) == [1, 3, 5, 7, 9]


def test_numbers_of_packets_that_fell_out_are_let_go_once_they_are_many() -> None:
    log = filled(range(20_000), capacity=100)
    sieve = Sieve(log, None, lambda packet: True)
    sieve.numbers.extend(range(1, 15_000))
    while sieve.advance():
        pass

    assert list(sieve.numbers) == list(range(19_901, 20_001))


@pytest.mark.parametrize(("start", "step", "found"), [(0, 1, 3), (2, 1, 3), (3, 1, 6), (1, -1, 9), (9, -1, 9)])
def test_a_search_goes_round_once_from_where_it_begins(start: int, step: int, found: int) -> None:
    seeker = Seeker(filled(range(10)), range(1, 11), start, step, is_third)
    while seeker.advance():
        pass

    assert seeker.found == found


def test_a_search_for_what_is_not_there_ends() -> None:
    seeker = Seeker(filled(range(100)), range(1, 101), 50, 1, lambda packet: False)
    while seeker.advance():
        pass

    assert seeker.is_done
    assert (seeker.found, seeker.looked_at) == (None, 100)


def test_a_pairer_takes_a_capture_as_it_comes() -> None:
    log = StillCapture(file_of())
    pairing = Pairing()

    assert not Pairer(log, pairing).advance()

    assert [pairing.partner(number) for number in range(1, 7)] == [2, 1, 5, None, 3, None]


def test_the_thread_does_the_first_job_first_and_ends_when_told() -> None:
    done: list[str] = []
    over = threading.Event()

    class Counted:
        def __init__(self, name: str, count: int) -> None:
            self.name, self.left = name, count

        def advance(self) -> bool:
            if self.left:
                self.left -= 1
                done.append(self.name)
            elif self.name == "second":
                over.set()
            return self.left > 0

    background = Background("test")
    background.set_jobs(Counted("first", 3), Counted("second", 2))
    assert over.wait(10)
    background.end()

    assert done == ["first", "first", "first", "second", "second"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("7", 6),
        ("#7", 6),
        ("first", 0),
        ("last", 99),
        ("0.0205", 21),
        ("20.5 ms", 21),
        ("5s", 99),
        ("22:13:20.05", 50),
        ("22:13", 0),
    ],
)
def test_a_place_is_a_number_or_a_time(text: str, place: int) -> None:
    index = PacketIndex(StillCapture(file_of(many(100))), pairing=Pairing())
    index.update()

    assert START % 86_400_000_000_000 == 80_000_000_000_000  # 22:13:20
    assert going_to(text, index) == place


@pytest.mark.parametrize("text", ["101", "0", "somewhere", "1:2:3:4"])
def test_what_is_no_place_is_a_sentence(text: str) -> None:
    index = PacketIndex(StillCapture(file_of(many(100))), pairing=Pairing())
    index.update()

    with pytest.raises(NoPlaceError):
        going_to(text, index)


def test_where_there_is_no_packet_there_is_no_place() -> None:
    with pytest.raises(NoPlaceError):
        going_to("1", PacketIndex(PacketLog()))


def test_the_packets_of_a_log_are_paired_from_its_beginning_and_as_they_come() -> None:
    log = filled(range(5_000))
    pairer = LogPairer(log, pairing := Pairing(log.first))
    while pairer.advance():
        pass
    assert (pairing.first, pairing.next) == (1, log.last + 1)


def test_of_a_flood_only_the_newest_are_paired() -> None:
    log = filled(range(100))
    pairer = LogPairer(log, pairing := Pairing(log.first))
    while pairer.advance():
        pass
    more = filled(range(100 + FLOOD + 1))
    for packet in more.since(101):
        log.append(packet)
    while pairer.advance():
        pass
    assert (pairing.first, pairing.next) == (log.last - PAIRED_AT_ONCE, log.last + 1)


def test_what_fell_out_of_a_log_is_forgotten_by_its_pairing() -> None:
    log = filled(range(20_000), capacity=100)
    pairing = Pairing()
    pairer = LogPairer(log, pairing)
    while pairer.advance():
        pass
    assert (pairing.first, pairing.next) == (log.first, log.last + 1)
