"""Which departure stamp belongs to which datagram, with the messages of an error queue made by hand."""

import errno
import socket
import struct
from collections.abc import Iterator

import pytest

from app.engine.datagram import Clock, Departure
from app.net.batch import Message
from app.net.clock import WallClock
from app.net.family import IPV4
from app.net.stamps import Departures, stamp

SECOND = 1_000_000_000
AHEAD = 1000 * SECOND  #: the wall clock before the links' clock


class Clocks:
    ahead = AHEAD

    def __call__(self) -> tuple[int, int]:
        return self.ahead, 0


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def wall(clocks: Clocks) -> WallClock:
    return WallClock(clocks)


@pytest.fixture
def departures(wall: WallClock) -> Iterator[Departures]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        opened = Departures(IPV4, sock, wall)
        assert opened.get_in_step()
        yield opened


def stamped(key: int, at: int) -> Message:
    """A software stamp as the error queue tells it: the moment by the wall clock, and the key."""
    moment = struct.pack("@llllll", *divmod(at + AHEAD, SECOND), 0, 0, 0, 0)
    error = struct.pack("@IBBBBII", errno.ENOMSG, 4, 0, 0, 0, 0, key) + bytes(16)
    return Message(b"", ("0.0.0.0", 0), {(socket.SOL_SOCKET, 37): moment, (IPV4.level, IPV4.receive_errors): error})


def test_stamps_find_their_datagrams_by_key_in_any_order(departures: Departures) -> None:
    for token in (70, 71, 72):
        departures.sent(token, SECOND)
    told = departures.tell([stamped(2, SECOND + 3), stamped(0, SECOND + 1), stamped(1, SECOND + 2)])
    assert told == [
        Departure(72, SECOND + 3, Clock.KERNEL),
        Departure(70, SECOND + 1, Clock.KERNEL),
        Departure(71, SECOND + 2, Clock.KERNEL),
    ]


def test_what_has_no_stamp_yet_left_when_python_let_go_and_a_late_stamp_replaces_that(departures: Departures) -> None:
    departures.sent(70, SECOND)
    assert departures.tell([]) == [Departure(70, SECOND, Clock.USER)]
    assert departures.tell([]) == []
    assert departures.tell([stamped(0, SECOND + 9)]) == [Departure(70, SECOND + 9, Clock.KERNEL)]
    assert not departures.awaits_stamps


def test_a_stamp_from_before_its_datagram_is_not_believed_and_keys_are_counted_anew(departures: Departures) -> None:
    departures.sent(70, 10 * SECOND)
    assert departures.tell([stamped(0, 9 * SECOND)]) == [Departure(70, 10 * SECOND, Clock.USER)]
    assert not departures.is_in_step
    assert departures.get_in_step()
    departures.sent(71, 11 * SECOND)
    assert departures.tell([stamped(0, 11 * SECOND)]) == [Departure(71, 11 * SECOND, Clock.KERNEL)]


@pytest.mark.parametrize(("number", "stays"), [(errno.ENETUNREACH, True), (errno.EPERM, False), (errno.ENOBUFS, False)])
def test_keys_stay_known_only_where_the_kernel_did_not_count(departures: Departures, number: int, stays: bool) -> None:
    departures.refused(number)
    assert departures.is_in_step is stays


def test_no_stamp_is_believed_right_after_the_wall_clock_was_set(
    departures: Departures, clocks: Clocks, wall: WallClock
) -> None:
    departures.sent(70, SECOND)
    clocks.ahead += 60 * SECOND
    wall.refresh()
    assert departures.tell([stamped(0, SECOND + 5)]) == [Departure(70, SECOND, Clock.USER)]


def test_stamps_of_unknown_keys_and_other_messages_are_passed_over(departures: Departures) -> None:
    departures.sent(70, SECOND)
    strange = Message(b"", None, {(IPV4.level, IPV4.receive_errors): b"short"})
    assert departures.tell([stamped(5, SECOND), strange, Message(b"", None, {})]) == [Departure(70, SECOND, Clock.USER)]


def test_datagrams_that_are_never_stamped_are_forgotten_in_the_end(departures: Departures) -> None:
    for token in range(10_000):
        departures.sent(token, token)
    departures.tell([])
    assert len(departures._left) == 8192


@pytest.mark.parametrize("note", [b"", b"1234", bytes(48)])
def test_a_missing_a_cut_or_an_empty_stamp_is_none(note: bytes) -> None:
    assert stamp({(socket.SOL_SOCKET, 37): note}) is None
