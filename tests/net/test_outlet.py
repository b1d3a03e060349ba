"""What an outlet does with what the kernel answers, with a kernel that answers as the test says."""

import errno
import os
import socket
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address

import pytest

from app.engine.datagram import Departure, Event, Failure, Outgoing
from app.net import outlet
from app.net.buffer import Buffer
from app.net.clock import WallClock
from app.net.family import IPV4
from app.net.message import Message
from app.net.outlet import PAUSES, Outlet
from app.net.raw import dress
from app.net.stamps import Departures
from app.net.ways import Ways

FAR = IPv4Address("192.0.2.9")


class Kernel:
    """Calls that take as many messages as their script says, or refuse by an errno (negative); at its end, all."""

    words = "none"

    def __init__(self, *script: int) -> None:
        self.script = list(script)
        self.taken: list[bytes] = []
        self.readings = 0

    def send(
        self, sock: socket.socket, names: Sequence[bytes], data: Sequence[bytes], controls: Sequence[bytes] = ()
    ) -> int:
        step = self.script.pop(0) if self.script else len(data)
        if step < 0:
            raise OSError(-step, os.strerror(-step))
        self.taken += data[:step]
        return min(step, len(data))

    def read(self, sock: socket.socket, flags: int = 0, most: int = 512) -> list[Message]:
        self.readings += 1
        return []


@pytest.fixture
def sock() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        yield opened


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlet, "PAUSE", 0)


def opened(sock: socket.socket, kernel: Kernel, *, tries: int = 1) -> Outlet:
    departures = Departures(IPV4, sock, WallClock(), Ways(), gives_keys=True)
    return Outlet(kernel, departures, Buffer(sock, "out", counts_damage=False), dress, tries=tries)


def probes(count: int) -> list[Outgoing]:
    return [Outgoing(token, FAR, b"\x45" + bytes(15) + FAR.packed + bytes([token])) for token in range(count)]


def tokens(events: Sequence[Event], kind: type[Departure] | type[Failure]) -> list[int]:
    return [event.token for event in events if isinstance(event, kind)]


def test_what_a_call_leaves_is_sent_by_the_next_in_order(sock: socket.socket) -> None:
    kernel = Kernel(3, 2)
    out = opened(sock, kernel)
    out.send(probes(9))
    told, _ = out.collect()
    assert [data[-1] for data in kernel.taken] == list(range(9))
    assert tokens(told, Departure) == list(range(9))


def test_one_that_is_refused_fails_alone(sock: socket.socket) -> None:
    kernel = Kernel(2, -errno.ENETUNREACH)
    out = opened(sock, kernel)
    out.send(probes(5))
    told, _ = out.collect()
    assert tokens(told, Departure) == [0, 1, 3, 4]
    assert tokens(told, Failure) == [2]


def test_an_error_of_an_earlier_probe_costs_none_where_it_may_be_told(sock: socket.socket) -> None:
    out = opened(sock, Kernel(-errno.ECONNREFUSED, -errno.EHOSTUNREACH), tries=3)
    out.send(probes(2))
    told, _ = out.collect()
    assert tokens(told, Departure) == [0, 1]


@pytest.mark.parametrize("number", [errno.ENOBUFS, errno.EAGAIN, errno.ENOMEM])
def test_what_finds_no_room_waits_and_leaves_in_the_next_turn(sock: socket.socket, number: int) -> None:
    out = opened(sock, Kernel(1, -number))
    out.send(probes(3))
    assert out.resume_at is not None
    told, _ = out.collect()
    assert tokens(told, Departure) == [0, 1, 2]
    assert out.resume_at is None


def test_what_comes_while_others_wait_leaves_behind_them(sock: socket.socket) -> None:
    kernel = Kernel(-errno.ENOBUFS)
    out = opened(sock, kernel)
    first, second = probes(2)
    out.send([first])
    out.send([second])
    assert kernel.taken == []
    out.collect()
    assert kernel.taken == [first.data, second.data]


def test_waiting_for_room_ends_and_says_why(sock: socket.socket) -> None:
    out = opened(sock, Kernel(*[-errno.ENOBUFS] * (PAUSES + 1)))
    out.send(probes(3))
    told = [event for _ in range(PAUSES) for event in out.collect()[0]]
    assert tokens(told, Failure) == [0, 1, 2]
    assert {event.text for event in told if isinstance(event, Failure)} == {"the queue of the interface is full"}
    assert out.resume_at is None


def test_the_error_queue_is_read_while_a_large_batch_leaves(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 10)
    kernel = Kernel()
    out = opened(sock, kernel)
    out.send(probes(250) * 8)
    assert kernel.readings > 10
