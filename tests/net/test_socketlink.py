"""What a link makes of sockets that both send and receive, as those of users without privileges do."""

import socket
from collections.abc import Iterator
from ipaddress import IPv4Address

import pytest

from app.engine.datagram import Clock, Departure, Drops, Event, Outgoing
from app.net import clock
from app.net.batch import open_calls
from app.net.buffer import Buffer
from app.net.clock import WallClock
from app.net.family import IPV4
from app.net.options import LinkOptions
from app.net.outlet import Outlet
from app.net.raw import dress
from app.net.receiving import Receiver
from app.net.socketlink import Equipment, SocketLink
from app.net.stamps import Departures
from app.net.ways import Ways
from app.packet.registry import Protocol

SOURCE, FAR = bytes((192, 0, 2, 1)), IPv4Address("192.0.2.9")


@pytest.fixture
def sock() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 10)
        opened.bind(("127.0.0.1", 0))
        yield opened


def linked(sock: socket.socket, departures: Departures, wall: WallClock, ways: Ways) -> SocketLink:
    receiver = Receiver(IPV4, sock, Protocol.UDP, port=sock.getsockname()[1])
    calls = open_calls()
    outlet = Outlet(calls, departures, Buffer(sock, "out", counts_damage=True), dress)
    return SocketLink(
        Equipment(
            name="dgram",
            identifier=1,
            port=receiver.port,
            senders={},
            outlets=[outlet],
            receivers=[receiver],
            calls=calls,
            wall=wall,
            ways=ways,
            filter="",
            release=lambda: None,
        ),
        LinkOptions(),
    )


def flood(sock: socket.socket) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        for _ in range(64):
            other.sendto(bytes(512), sock.getsockname())


def stamps_due(events: Iterator[Event]) -> list[bool]:
    return [event.is_stamp_due for event in events if isinstance(event, Departure) and event.clock is Clock.USER]


def test_a_stamp_that_answers_left_no_room_for_is_due_no_more(sock: socket.socket) -> None:
    wall, ways = WallClock(), Ways()
    ways.stamping.add(SOURCE)
    departures = Departures(IPV4, sock, wall, ways, gives_keys=True)
    departures.get_in_step()
    link = linked(sock, departures, wall, ways)
    departures.sent([Outgoing(7, FAR, b"\x45" + bytes(11) + SOURCE + FAR.packed)], clock.now())
    assert stamps_due(iter(link.receive(0))) == [True]

    flood(sock)

    assert stamps_due(iter(link.receive(clock.now() + 1_000_000_000))) == [False]
    link.close()


def test_what_is_dropped_was_dropped_after_the_last_moment_at_which_nothing_waited(sock: socket.socket) -> None:
    wall, ways = WallClock(), Ways()
    link = linked(sock, Departures(IPV4, sock, wall, ways, gives_keys=True), wall, ways)
    link.receive(0)
    quiet = clock.now()
    link.receive(0)
    link.receive(0)

    flood(sock)

    drops = [event for event in link.receive(clock.now() + 1_000_000_000) if isinstance(event, Drops)]
    assert [each.since > quiet for each in drops] == [True]
    assert [each.since < each.at for each in drops] == [True]
    link.close()
