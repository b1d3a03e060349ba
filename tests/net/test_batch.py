"""Batches: both ways to send and read them do the same, whatever the messages."""

import errno
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.net.batch import ERROR_QUEUE, Calls, open_calls
from app.net.family import FAMILIES, IPV4, IPV6, Family, SocketAddress
from app.net.message import (
    AT_ONCE,
    Message,
    address_of,
    control_message,
    control_messages,
    name_4,
    name_6,
    name_of,
    notes_of,
    port_of,
    socket_address_of,
)
from app.net.mmsg import BatchedCalls, is_there
from app.net.plaincalls import PlainCalls
from tests.net.namespace import own_network

LOOPBACK = {4: "127.0.0.1", 6: "::1"}
UNREACHABLE: dict[int, SocketAddress] = {4: ("192.0.2.1", 9), 6: ("2001:db8::1", 9)}


class Pair:
    """A socket that sends and one that hears it, over loopback in a network of their own."""

    def __init__(self, family: Family, opened: ExitStack) -> None:
        kind = socket.SOCK_DGRAM | socket.SOCK_NONBLOCK
        self.family = family
        self.near, self.far = (opened.enter_context(socket.socket(family.number, kind)) for _ in range(2))
        self.near.bind((LOOPBACK[family.version], 0))
        self.far.bind((LOOPBACK[family.version], 0))
        self.far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        for option in family.tell:
            self.far.setsockopt(family.level, option, 1)
        self.name = name_of(family, self.far.getsockname())
        self.nowhere = name_of(family, UNREACHABLE[family.version])

    def ttl(self, value: int) -> bytes:
        return control_message(self.family.level, self.family.ttl, struct.pack("@i", value))


@pytest.fixture(scope="module", params=FAMILIES, ids=["v4", "v6"])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    with own_network(), ExitStack() as opened:
        yield Pair(request.param, opened)


@pytest.fixture(params=[BatchedCalls, PlainCalls])
def calls(request: pytest.FixtureRequest) -> Calls:
    made: Calls = request.param()
    return made


def test_this_machine_has_batches() -> None:
    assert is_there()
    assert isinstance(open_calls(), BatchedCalls)


def test_messages_of_all_sizes_arrive_whole_and_in_order(pair: Pair, calls: Calls) -> None:
    data = [bytes([size & 0xFF]) * size for size in (0, 1, 255, 256, 257, 1_472, 9_000, 60_000)]
    assert calls.send(pair.near, [pair.name] * len(data), data) == len(data)
    messages = calls.read(pair.far)
    assert [message.data for message in messages] == data
    assert {message.name for message in messages} == {name_of(pair.family, pair.near.getsockname())}


def test_a_large_packet_leaves_nothing_behind_for_the_next_reading(pair: Pair, calls: Calls) -> None:
    calls.send(pair.near, [pair.name] * 2, [b"x" * 5_000, b"y" * 300])
    calls.read(pair.far)
    calls.send(pair.near, [pair.name] * 2, [b"a", b"b" * 299])
    assert [message.data for message in calls.read(pair.far)] == [b"a", b"b" * 299]


def test_each_message_has_control_messages_of_its_own(pair: Pair, calls: Calls) -> None:
    calls.send(pair.near, [pair.name] * 3, [b"x"] * 3, [pair.ttl(7), pair.ttl(8), pair.ttl(9)])
    notes = [notes_of(message.control) for message in calls.read(pair.far)]
    heard = [note[pair.family.level, pair.family.ttl] for note in notes]
    assert [int.from_bytes(value, "little") for value in heard] == [7, 8, 9]


def test_a_message_without_notes_shows_none_of_the_one_read_into_its_place_before(pair: Pair, calls: Calls) -> None:
    calls.send(pair.near, [pair.name], [b"with"])
    assert calls.read(pair.far)[0].control
    for option in pair.family.tell:
        pair.far.setsockopt(pair.family.level, option, 0)
    calls.send(pair.near, [pair.name], [b"without"])
    (message,) = calls.read(pair.far)
    for option in pair.family.tell:
        pair.far.setsockopt(pair.family.level, option, 1)
    assert (message.data, message.control) == (b"without", b"")


def test_a_bad_destination_ends_a_batch_and_its_errno_is_told_by_the_next(pair: Pair, calls: Calls) -> None:
    names = [pair.name, pair.name, pair.nowhere, pair.name]
    data = [b"0", b"1", b"2", b"3"]
    assert calls.send(pair.near, names, data) == 2
    with pytest.raises(OSError, match=os.strerror(errno.ENETUNREACH)):
        calls.send(pair.near, names[2:], data[2:])
    assert calls.send(pair.near, names[3:], data[3:]) == 1
    assert [message.data for message in calls.read(pair.far)] == [b"0", b"1", b"3"]


def test_more_than_go_in_a_call_are_taken_in_part(pair: Pair, calls: Calls) -> None:
    assert calls.send(pair.near, [pair.name] * 300, [b"x"] * 300) == AT_ONCE
    assert len(calls.read(pair.far)) == AT_ONCE


def test_reading_ends_near_its_bound_and_goes_on_from_there(pair: Pair, calls: Calls) -> None:
    for number in range(4):
        calls.send(pair.near, [pair.name] * AT_ONCE, [bytes([number])] * AT_ONCE)
    some, rest = calls.read(pair.far, most=AT_ONCE), calls.read(pair.far)
    assert (len(some), len(rest)) == (AT_ONCE, 3 * AT_ONCE)


def test_nothing_waiting_is_nothing_read(pair: Pair, calls: Calls) -> None:
    assert calls.read(pair.far) == []
    assert calls.read(pair.far, ERROR_QUEUE) == []


def test_an_error_that_waits_is_raised_once(pair: Pair, calls: Calls) -> None:
    kind = socket.SOCK_DGRAM | socket.SOCK_NONBLOCK
    with socket.socket(pair.family.number, kind) as sock:
        sock.connect((LOOPBACK[pair.family.version], 9))
        sock.send(b"x")
        with pytest.raises(ConnectionRefusedError):
            calls.read(sock)
        assert calls.read(sock) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 2_000), st.binary(max_size=3), st.integers(1, 255), st.booleans()),
        min_size=1,
        max_size=40,
    )
)
def test_both_ways_take_and_tell_the_same(pair: Pair, batch: list[tuple[int, bytes, int, bool]]) -> None:
    """Sizes, contents, control messages and refusals in any mixture: each way is read by the other."""
    data = [content * size for size, content, _, _ in batch]
    names = [pair.name if is_good else pair.nowhere for _, _, _, is_good in batch]
    controls = [pair.ttl(ttl) for _, _, ttl, _ in batch]
    told = []
    for sending, reading in ((BatchedCalls(), PlainCalls()), (PlainCalls(), BatchedCalls())):
        told.append((sent(sending, pair, names, data, controls), reading.read(pair.far)))
    (first_refused, first), (second_refused, second) = told
    assert first_refused == second_refused == [index for index, name in enumerate(names) if name == pair.nowhere]
    assert first == second
    assert [message.data for message in first] == [
        each for each, name in zip(data, names, strict=True) if name == pair.name
    ]


def sent(calls: Calls, pair: Pair, names: list[bytes], data: list[bytes], controls: list[bytes]) -> list[int]:
    """Send all, and say which were refused."""
    refused = []
    at = 0
    while at < len(names):
        try:
            at += calls.send(pair.near, names[at:], data[at:], controls[at:])
        except OSError:
            refused.append(at)
            at += 1
    return refused


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300), st.binary(max_size=40)), max_size=6))
def test_control_messages_are_read_as_they_were_made(notes: list[tuple[int, int, bytes]]) -> None:
    made = b"".join(control_message(*note) for note in notes)
    assert list(control_messages(made)) == notes


@given(st.binary(max_size=200))
def test_any_bytes_can_be_read_for_control_messages(data: bytes) -> None:
    assert sum(16 + len(value) for _, _, value in control_messages(data)) <= len(data)


@given(st.ip_addresses(v=4), st.integers(0, 65_535))
def test_names_of_ipv4_sockets_are_read_as_they_were_made(address: object, port: int) -> None:
    name = name_of(IPV4, (str(address), port))
    assert (address_of(name), port_of(name), socket_address_of(name)) == (address, port, (str(address), port))


@given(st.ip_addresses(v=6), st.integers(0, 65_535), st.integers(0, 1 << 20), st.integers(0, 1 << 31))
def test_names_of_ipv6_sockets_are_read_as_they_were_made(address: object, port: int, flow: int, scope: int) -> None:
    name = name_of(IPV6, (str(address), port, flow, scope))
    assert (address_of(name), port_of(name)) == (address, port)
    assert socket_address_of(name) == (str(address), port, flow, scope)


def test_short_ways_to_a_name_give_the_same() -> None:
    assert name_4(bytes((192, 0, 2, 1))) == name_of(IPV4, ("192.0.2.1", 0))
    assert name_6(socket.inet_pton(socket.AF_INET6, "fe80::1"), 3) == name_of(IPV6, ("fe80::1", 0, 0, 3))


def test_no_name_is_no_address() -> None:
    assert address_of(b"") is None
    assert name_of(IPV4, None) == b""
    with pytest.raises(ValueError, match="no name"):
        socket_address_of(b"")


def test_a_message_is_its_three_parts() -> None:
    assert Message(b"d", b"n", b"c") == (b"d", b"n", b"c")
