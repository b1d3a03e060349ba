"""Which departure stamp belongs to which datagram, with the messages of an error queue made by hand."""

import errno
import socket
import struct
from collections.abc import Iterator
from ipaddress import IPv4Address

import pytest

from app.engine.datagram import Clock, Departure, Outgoing
from app.net.beside import stamps
from app.net.clock import WallClock
from app.net.family import IPV4
from app.net.message import Message, control_message
from app.net.stamps import Departures
from app.net.ways import Ways

SECOND = 1_000_000_000
AHEAD = 1000 * SECOND  #: the wall clock before the links' clock
FAR = IPv4Address("192.0.2.9")
NEAR, OTHER = bytes((192, 0, 2, 1)), bytes((198, 51, 100, 1))


class Clocks:
    ahead = AHEAD
    at = 0

    def __call__(self) -> tuple[int, int]:
        return self.ahead, self.at


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def wall(clocks: Clocks) -> WallClock:
    return WallClock(clocks)


@pytest.fixture(params=[True, False], ids=["keys given", "keys counted"])
def departures(request: pytest.FixtureRequest, wall: WallClock) -> Iterator[Departures]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        opened = Departures(IPV4, sock, wall, Ways(), gives_keys=request.param)
        assert opened.get_in_step()
        yield opened


def probe(token: int, source: bytes = NEAR) -> Outgoing:
    return Outgoing(token, FAR, b"\x45" + bytes(11) + source + FAR.packed)


def kernel(token: int, at: int, handed_at: int = SECOND) -> Departure:
    return Departure(token, at, Clock.KERNEL, handed_at)


def user(token: int, at: int = SECOND, *, is_stamp_due: bool = False) -> Departure:
    return Departure(token, at, Clock.USER, at, is_stamp_due)


def stamped(key: int, at: int, *, beside: bytes = b"") -> Message:
    """A software stamp as the error queue tells it: the moment by the wall clock, and the key."""
    moment = struct.pack("@llllll", *divmod(at + AHEAD, SECOND), 0, 0, 0, 0)
    error = struct.pack("@IBBBBII", errno.ENOMSG, 4, 0, 0, 0, 0, key) + bytes(16)
    control = control_message(socket.SOL_SOCKET, 37, moment) + beside
    return Message(b"", b"", control + control_message(IPV4.level, IPV4.receive_errors, error))


def test_stamps_find_their_datagrams_by_key_in_any_order(departures: Departures) -> None:
    departures.sent([probe(70), probe(71), probe(72)], SECOND)
    told = departures.tell([stamped(2, SECOND + 3), stamped(0, SECOND + 1), stamped(1, SECOND + 2)])
    assert told == [kernel(72, SECOND + 3), kernel(70, SECOND + 1), kernel(71, SECOND + 2)]


def test_a_stamp_among_other_notes_is_found(departures: Departures) -> None:
    departures.sent([probe(70)], SECOND)
    beside = control_message(IPV4.level, IPV4.ttl, struct.pack("@i", 64))
    assert departures.tell([stamped(0, SECOND + 1, beside=beside)]) == [kernel(70, SECOND + 1)]


def test_what_has_no_stamp_yet_left_when_python_let_go_and_a_late_stamp_replaces_that(departures: Departures) -> None:
    departures.sent([probe(70)], SECOND)
    assert departures.tell([]) == [user(70)]
    assert departures.tell([]) == []
    assert departures.tell([stamped(0, SECOND + 9)]) == [kernel(70, SECOND + 9)]
    assert not departures.awaits_stamps


def test_a_stamp_from_before_its_datagram_is_not_believed(departures: Departures) -> None:
    departures.sent([probe(70)], 10 * SECOND)
    assert departures.tell([stamped(0, 9 * SECOND)]) == [user(70, 10 * SECOND)]


def test_keys_that_are_counted_are_counted_anew_after_a_stamp_that_is_not_believed(wall: WallClock) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        departures = Departures(IPV4, sock, wall, Ways(), gives_keys=False)
        departures.get_in_step()
        departures.sent([probe(70)], 10 * SECOND)
        departures.tell([stamped(0, 9 * SECOND)])
        assert not departures.is_in_step
        assert departures.get_in_step()
        departures.sent([probe(71)], 11 * SECOND)
        assert departures.tell([stamped(0, 11 * SECOND)]) == [kernel(71, 11 * SECOND, 11 * SECOND)]


@pytest.mark.parametrize(("number", "stays"), [(errno.ENETUNREACH, True), (errno.EPERM, False), (errno.ENOBUFS, False)])
def test_keys_stay_known_where_the_kernel_did_not_count_or_they_are_ours(
    wall: WallClock, number: int, stays: bool
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for gives_keys in (True, False):
            departures = Departures(IPV4, sock, wall, Ways(), gives_keys=gives_keys)
            departures.get_in_step()
            departures.refused(number)
            assert departures.is_in_step is (gives_keys or stays)


def test_keys_go_round(wall: WallClock) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        departures = Departures(IPV4, sock, wall, Ways(), gives_keys=True)
        departures.get_in_step()
        departures._key = (1 << 32) - 1
        given = [struct.unpack_from("@I", key, 16)[0] for key in departures.keys(2)]
        departures.sent([probe(70), probe(71)], SECOND)
        assert given == [(1 << 32) - 1, 0]
        assert departures.tell([stamped(key, SECOND) for key in given]) == [kernel(70, SECOND), kernel(71, SECOND)]


def test_no_stamp_is_believed_right_after_the_wall_clock_was_set(
    departures: Departures, clocks: Clocks, wall: WallClock
) -> None:
    departures.sent([probe(70)], SECOND)
    clocks.ahead += 60 * SECOND
    wall.refresh()
    assert departures.tell([stamped(0, SECOND + 5)]) == [user(70)]
    assert departures.is_in_step


def test_a_stamp_is_due_where_something_has_left_with_one(departures: Departures) -> None:
    departures.sent([probe(70)], SECOND)
    departures.tell([stamped(0, SECOND)])
    departures.sent([probe(71), probe(72, OTHER)], 2 * SECOND)
    assert departures.tell([]) == [user(71, 2 * SECOND, is_stamp_due=True), user(72, 2 * SECOND)]


def test_a_stamp_that_may_have_been_lost_is_due_no_more(departures: Departures) -> None:
    departures.sent([probe(70)], SECOND)
    departures.tell([stamped(0, SECOND)])
    departures.sent([probe(71)], 2 * SECOND)
    departures.tell([])
    departures.doubt()
    assert departures.tell([]) == [user(71, 2 * SECOND)]
    assert departures.tell([stamped(1, 2 * SECOND)]) == [kernel(71, 2 * SECOND, 2 * SECOND)]
    departures.doubt()
    assert departures.tell([]) == []


def test_stamps_of_unknown_keys_and_other_messages_are_passed_over(departures: Departures) -> None:
    departures.sent([probe(70)], SECOND)
    strange = Message(b"", b"", control_message(IPV4.level, IPV4.receive_errors, b"short"))
    empty = Message(b"", b"", b"")
    assert departures.tell([stamped(5, SECOND), strange, empty]) == [user(70)]
    assert departures.others == [strange, empty]


def test_datagrams_that_are_never_stamped_are_forgotten_in_the_end(departures: Departures) -> None:
    for token in range(200):
        departures.sent([probe(token)] * 100, token)
    departures.tell([])
    assert len(departures._left) == 16_384


def test_a_stamp_that_nobody_waits_for_any_more_is_due_no_more(departures: Departures) -> None:
    departures.sent([probe(70)], SECOND)
    departures.tell([stamped(0, SECOND)])
    departures.sent([probe(71)], 2 * SECOND)
    departures.tell([])
    departures.sent([probe(72, OTHER)] * 16_384, 3 * SECOND)
    assert departures.tell([])[0] == user(71, 2 * SECOND)


def test_a_promise_that_was_kept_is_not_remembered(departures: Departures) -> None:
    for turn in range(1, 4):
        departures.sent([probe(70 + turn)], turn * SECOND)
        departures.tell([])
        departures.tell([stamped(turn - 1, turn * SECOND)])
    assert not departures._promised


@pytest.mark.parametrize("note", [b"", b"1234", bytes(48)])
def test_a_missing_a_cut_or_an_empty_stamp_is_none(note: bytes) -> None:
    assert stamps({(socket.SOL_SOCKET, 37): note}) == (0, 0)


def carded(key: int, card: int) -> Message:
    """The stamp of a card, which comes by itself behind the kernel's."""
    error = struct.pack("@IBBBBII", errno.ENOMSG, 4, 0, 0, 0, 0, key) + bytes(16)
    control = control_message(socket.SOL_SOCKET, 37, struct.pack("@6q", 0, 0, 0, 0, *divmod(card, SECOND)))
    return Message(b"", b"", control + control_message(IPV4.level, IPV4.receive_errors, error))


def test_a_card_tells_a_second_time_by_its_own_clock(departures: Departures) -> None:
    departures.sent([probe(70), probe(71)], SECOND)
    first = departures.tell([stamped(0, SECOND + 1), carded(0, 7 * SECOND + 5)])
    second = departures.tell([stamped(1, SECOND + 2), carded(1, 7 * SECOND + 6)])
    assert first == [
        kernel(70, SECOND + 1),
        user(71, is_stamp_due=True),
    ]  # nobody expects a card before one has stamped
    assert second == [kernel(71, SECOND + 2), Departure(71, 7 * SECOND + 6, Clock.HARDWARE)]
    assert departures.others == []
