"""The filters, run by the kernel itself: a pair of local sockets takes any bytes and obeys the same programs."""

import socket
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.net.bpf import REJECT_ALL, attach
from app.net.filter import icmp_answers, tcp_answers
from app.packet.compose import Envelope, echo_message, icmp_protocol, ip_datagram
from app.packet.transport.tcp import Tcp
from app.packet.transport.udp import Udp
from tests.net.bpf import Seen, keeps

IDENTIFIER = 0xBEEF
PORT = 40_000
V4 = Envelope(IPv4Address("192.0.2.1"), IPv4Address("192.0.2.9"))
V6 = Envelope(IPv6Address("2001:db8::1"), IPv6Address("2001:db8::9"))


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with near, far:
        near.setblocking(False)
        yield near, far


def passes(ends: tuple[socket.socket, socket.socket], program: bytes, packet: bytes) -> bool:
    near, far = ends
    attach(near, program)
    interpreted = keeps(program, Seen(packet))
    far.send(packet)
    try:
        is_kept = near.recv(2048) == packet
    except BlockingIOError:
        is_kept = False
    assert is_kept is interpreted, "the kernel and the interpreter of the tests must agree"
    return is_kept


def heard(envelope: Envelope, message: bytes, options: bytes = b"") -> bytes:
    """A message as a raw socket shows it to a filter: IPv4 with its header, IPv6 without."""
    if envelope.source.version == 6:
        return message
    whole = ip_datagram(envelope, icmp_protocol(envelope.source), options + message)
    return bytes([0x40 | (5 + len(options) // 4)]) + whole[1:]


def error(envelope: Envelope, kind: int, quoted: bytes) -> bytes:
    return bytes((kind, 0, 0, 0, 0, 0, 0, 0)) + quoted


def probe(envelope: Envelope, protocol: str, number: int) -> bytes:
    if protocol == "echo":
        message = echo_message(envelope, number, 7, b"payload")
        return ip_datagram(envelope, icmp_protocol(envelope.source), message)
    if protocol == "udp":
        return ip_datagram(envelope, 17, Udp(source_port=number, destination_port=33434, length=8).build())
    return ip_datagram(envelope, 6, Tcp(source_port=number, destination_port=80).build())


EXCEEDED = {4: 11, 6: 3}


@pytest.mark.parametrize("envelope", [V4, V6], ids=["v4", "v6"])
@pytest.mark.parametrize(("identifier", "expected"), [(IDENTIFIER, True), (IDENTIFIER ^ 1, False)])
def test_an_echo_reply_passes_by_its_identifier(
    ends: tuple[socket.socket, socket.socket], envelope: Envelope, identifier: int, expected: bool
) -> None:
    packet = heard(envelope, echo_message(envelope, identifier, 1, b"x", is_reply=True))
    program = icmp_answers(envelope.source.version, IDENTIFIER, PORT)
    assert passes(ends, program, packet) is expected


@pytest.mark.parametrize("envelope", [V4, V6], ids=["v4", "v6"])
@pytest.mark.parametrize("protocol", ["echo", "udp", "tcp"])
@pytest.mark.parametrize("is_ours", [True, False])
def test_an_error_passes_by_what_it_quotes(
    ends: tuple[socket.socket, socket.socket], envelope: Envelope, protocol: str, is_ours: bool
) -> None:
    number = (IDENTIFIER if protocol == "echo" else PORT) + (not is_ours)
    packet = heard(envelope, error(envelope, EXCEEDED[envelope.source.version], probe(envelope, protocol, number)))
    assert passes(ends, icmp_answers(envelope.source.version, IDENTIFIER, PORT), packet) is is_ours


def test_options_in_both_ipv4_headers_move_the_quote(ends: tuple[socket.socket, socket.socket]) -> None:
    quoted = probe(V4, "udp", PORT)
    quoted = bytes([0x46]) + quoted[1:20] + b"\1\1\1\0" + quoted[20:]
    packet = heard(V4, error(V4, 11, quoted), options=b"\1\1\1\1\1\1\1\0")
    assert passes(ends, icmp_answers(4, IDENTIFIER, PORT), packet)


EXTENSIONS = {
    "hop-by-hop": [(0, bytes(6))],
    "routing": [(43, bytes(22))],
    "fragment": [(44, bytes(6))],
    "options, then a fragment": [(60, bytes(14)), (44, bytes(6))],
    "three": [(0, bytes(6)), (43, bytes(6)), (60, bytes(6))],
}


def with_extensions(quoted: bytes, extensions: list[tuple[int, bytes]]) -> bytes:
    """An IPv6 datagram with extension headers before its transport header."""
    behind, kind = quoted[40:], quoted[6]
    for number, body in reversed(extensions):
        length = 0 if number == 44 else (len(body) - 6) // 8
        behind, kind = bytes((kind, length)) + body + behind, number
    return quoted[:6] + bytes([kind]) + quoted[7:40] + behind


@pytest.mark.parametrize("extensions", EXTENSIONS.values(), ids=EXTENSIONS.keys())
@pytest.mark.parametrize("protocol", ["echo", "udp", "tcp"])
@pytest.mark.parametrize("is_ours", [True, False])
def test_extension_headers_in_a_quote_are_passed_over(
    ends: tuple[socket.socket, socket.socket], extensions: list[tuple[int, bytes]], protocol: str, *, is_ours: bool
) -> None:
    number = (IDENTIFIER if protocol == "echo" else PORT) + (not is_ours)
    packet = heard(V6, error(V6, 3, with_extensions(probe(V6, protocol, number), extensions)))
    assert passes(ends, icmp_answers(6, IDENTIFIER, PORT), packet) is is_ours


@given(st.binary(max_size=120), st.sampled_from([4, 6]))
def test_any_bytes_are_judged_alike_by_the_kernel_and_in_the_tests(data: bytes, version: int) -> None:
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with near, far:
        near.setblocking(False)
        start = bytes([0x45]) + bytes(8) + b"\1" + bytes(10) if version == 4 else b""
        for kind in (0, 3, 11, 129):
            passes((near, far), icmp_answers(version, IDENTIFIER, PORT, 3), start + bytes([kind]) + data)


@pytest.mark.parametrize("envelope", [V4, V6], ids=["v4", "v6"])
def test_our_own_request_and_a_cut_error_do_not_pass(
    ends: tuple[socket.socket, socket.socket], envelope: Envelope
) -> None:
    program = icmp_answers(envelope.source.version, IDENTIFIER, PORT)
    request = heard(envelope, echo_message(envelope, IDENTIFIER, 1, b"x"))
    cut = heard(envelope, error(envelope, EXCEEDED[envelope.source.version], probe(envelope, "udp", PORT)[:20]))
    assert not passes(ends, program, request)
    assert not passes(ends, program, cut)


@pytest.mark.parametrize("version", [4, 6])
def test_a_segment_passes_by_its_destination_port(ends: tuple[socket.socket, socket.socket], version: int) -> None:
    ours = Tcp(source_port=80, destination_port=PORT).build()
    strange = Tcp(source_port=PORT, destination_port=80).build()
    program = tcp_answers(version, PORT)
    front = ip_datagram(V4, 6, b"") if version == 4 else b""
    assert passes(ends, program, front + ours)
    assert not passes(ends, program, front + strange)


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize(("ahead", "expected"), [(-1, False), (0, True), (63, True), (64, False)])
def test_further_flows_have_the_ports_behind_the_first(
    ends: tuple[socket.socket, socket.socket], version: int, ahead: int, expected: bool
) -> None:
    envelope = V4 if version == 4 else V6
    segment = Tcp(source_port=80, destination_port=PORT + ahead).build()
    quoting = heard(envelope, error(envelope, EXCEEDED[version], probe(envelope, "tcp", PORT + ahead)))
    front = ip_datagram(V4, 6, b"") if version == 4 else b""
    assert passes(ends, tcp_answers(version, PORT, 64), front + segment) is expected
    assert passes(ends, icmp_answers(version, IDENTIFIER, PORT, 64), quoting) is expected


def test_an_idle_socket_hears_nothing(ends: tuple[socket.socket, socket.socket]) -> None:
    assert not passes(ends, REJECT_ALL, heard(V4, echo_message(V4, IDENTIFIER, 1, b"", is_reply=True)))
