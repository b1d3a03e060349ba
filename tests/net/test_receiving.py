"""From messages to whole datagrams, with the messages made by hand: the short way and the long way give the same."""

import socket
import struct
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engine.datagram import Clock
from app.net.beside import beside
from app.net.clock import WallClock
from app.net.family import FAMILIES, Family
from app.net.message import Message, control_message, name_of, notes_of
from app.net.receiving import Receiver, arrivals
from app.packet.compose import Address, Envelope, echo_message, icmp_protocol, ip_datagram

SECOND = 1_000_000_000
AHEAD = 1000 * SECOND
FAR: dict[int, Address] = {4: IPv4Address("198.51.100.9"), 6: IPv6Address("2001:db8:9::9")}
NEAR: dict[int, Address] = {4: IPv4Address("192.0.2.1"), 6: IPv6Address("2001:db8::1")}
READ_AT = 77 * SECOND
FLOW_INFORMATION = 11


@pytest.fixture(params=FAMILIES, ids=["v4", "v6"])
def family(request: pytest.FixtureRequest) -> Family:
    chosen: Family = request.param
    return chosen


@pytest.fixture
def sock() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        yield opened


@pytest.fixture
def wall() -> WallClock:
    return WallClock(lambda: (AHEAD, 0))


def stamp(at: int) -> bytes:
    return control_message(socket.SOL_SOCKET, 37, struct.pack("@6q", *divmod(at + AHEAD, SECOND), 0, 0, 0, 0))


def header_notes(family: Family, ttl: int, traffic_class: int, flow: int) -> list[bytes]:
    """What the kernel tells of the header that it keeps, in its own order."""
    address = NEAR[family.version].packed
    packed = struct.pack("@i4s4s", 1, bytes(4), address) if family.version == 4 else struct.pack("@16sI", address, 1)
    size = "B" if family.version == 4 else "i"
    told = [
        control_message(family.level, family.packet_information, packed),
        control_message(family.level, family.ttl, struct.pack("@i", ttl)),
        control_message(family.level, family.traffic_class, struct.pack("@" + size, traffic_class)),
    ]
    if family.version == 6 and flow:
        information = (traffic_class << 20 | flow).to_bytes(4, "big")
        told.append(control_message(family.level, FLOW_INFORMATION, information))
    return told


def message(family: Family, data: bytes, notes: list[bytes]) -> Message:
    return Message(data, name_of(family, (str(FAR[family.version]), 0)), b"".join(notes))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ttl=st.integers(0, 255),
    traffic_class=st.integers(0, 255),
    flow=st.integers(0, (1 << 20) - 1),
    order=st.permutations(range(5)),
    at=st.integers(1, 1 << 40),
    size=st.integers(0, 1_400),
)
def test_the_header_that_the_kernel_kept_is_put_back_whatever_the_order_of_what_is_told(
    family: Family,
    sock: socket.socket,
    wall: WallClock,
    *,
    ttl: int,
    traffic_class: int,
    flow: int,
    order: list[int],
    at: int,
    size: int,
) -> None:
    notes = [stamp(at), *header_notes(family, ttl, traffic_class, flow)]
    shuffled = [notes[index] for index in order if index < len(notes)]
    label = flow if family.version == 6 else 0
    around = Envelope(
        FAR[family.version],
        NEAR[family.version],
        ttl=ttl,
        dscp=traffic_class >> 2,
        ecn=traffic_class & 3,
        flow_label=label,
    )
    reply = echo_message(around, 7, 8, bytes(size), is_reply=True)
    receiver = Receiver(family, sock, family.icmp)
    told = arrivals(receiver, [message(family, reply, notes), message(family, reply, shuffled)], wall, READ_AT)
    assert told[0] == told[1]
    assert told[0].data == ip_datagram(around, icmp_protocol(FAR[family.version]), reply)
    assert (told[0].received_at, told[0].clock, told[0].read_at) == (at, Clock.KERNEL, READ_AT)
    assert told[0].rebuilt == family.header_size


def test_a_whole_datagram_is_told_as_it_came(sock: socket.socket, wall: WallClock) -> None:
    family = FAMILIES[0]
    receiver = Receiver(family, sock, family.icmp, is_whole=True)
    interface = header_notes(family, 1, 1, 0)[0]
    told = arrivals(
        receiver, [message(family, b"E1", [stamp(5), interface]), message(family, b"E2", [interface])], wall, READ_AT
    )
    assert [(each.data, each.received_at, each.clock, each.rebuilt) for each in told] == [
        (b"E1", 5, Clock.KERNEL, 0),
        (b"E2", READ_AT, Clock.USER, 0),
    ]
    assert {each.interface for each in told} == {"lo"}


def test_a_cards_own_stamp_is_told_beside_the_kernels(family: Family, sock: socket.socket, wall: WallClock) -> None:
    both = struct.pack("@6q", *divmod(5 + AHEAD, SECOND), 0, 0, 7, 9)
    notes = [control_message(socket.SOL_SOCKET, 37, both), *header_notes(family, 9, 0, 0)]
    whole = [notes[0], notes[1]]
    told = arrivals(Receiver(family, sock, family.icmp), [message(family, b"x", notes)], wall, READ_AT)
    told += arrivals(Receiver(family, sock, family.icmp, is_whole=True), [message(family, b"x", whole)], wall, READ_AT)
    assert [(each.received_at, each.clock, each.by_card) for each in told] == [(5, Clock.KERNEL, 7 * SECOND + 9)] * 2


def test_what_is_not_stamped_arrived_when_it_was_read(family: Family, sock: socket.socket, wall: WallClock) -> None:
    receiver = Receiver(family, sock, family.icmp)
    (told,) = arrivals(receiver, [message(family, b"x", header_notes(family, 9, 0, 0))], wall, READ_AT)
    assert (told.received_at, told.clock) == (READ_AT, Clock.USER)


def test_what_comes_from_nobody_is_left_out(family: Family, sock: socket.socket, wall: WallClock) -> None:
    receiver = Receiver(family, sock, family.icmp)
    assert arrivals(receiver, [Message(b"x", b"", stamp(5))], wall, READ_AT) == []


@given(control=st.binary(max_size=300))
def test_any_bytes_beside_a_packet_can_be_read(control: bytes) -> None:
    for family in FAMILIES:
        told = beside(family, control)
        assert 0 <= told.ttl <= 255
    assert len(notes_of(control)) <= len(control)
