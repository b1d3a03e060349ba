"""ICMP errors rebuilt from what the error queue tells, with its messages made by hand."""

import socket
import struct
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

import pytest

from app.engine.datagram import Clock, Outgoing
from app.net.clock import WallClock
from app.net.errorqueue import SentProbes, error_datagram
from app.net.family import FAMILIES, Family
from app.net.message import Message, control_message, name_of
from app.net.receiving import Receiver
from app.packet.answer import Answer, read_answer
from app.packet.compose import Address, Envelope, echo_message, icmp_protocol, ip_datagram, with_checksum
from app.packet.registry import Protocol
from app.packet.transport.udp import Udp

NEAR: dict[int, Address] = {4: IPv4Address("192.0.2.1"), 6: IPv6Address("2001:db8::1")}
FAR: dict[int, Address] = {4: IPv4Address("198.51.100.9"), 6: IPv6Address("2001:db8:9::9")}
ROUTER: dict[int, Address] = {4: IPv4Address("203.0.113.5"), 6: IPv6Address("2001:db8:5::5")}
EXCEEDED = {4: 11, 6: 3}
MPLS = bytes.fromhex("2000 0000 0008 0101 0640 c1ff".replace(" ", ""))  #: an extension with label 25612


@pytest.fixture(params=FAMILIES, ids=["v4", "v6"])
def family(request: pytest.FixtureRequest) -> Family:
    chosen: Family = request.param
    return chosen


@pytest.fixture
def sock() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        yield opened


def envelope(family: Family) -> Envelope:
    return Envelope(NEAR[family.version], FAR[family.version], ttl=3, dscp=1, identification=7)


def udp(family: Family, payload: bytes) -> Outgoing:
    head = Udp(source_port=40_000, destination_port=33_434, length=8 + len(payload)).build()
    packet = with_checksum(envelope(family), Protocol.UDP, head + payload)
    return Outgoing(1, FAR[family.version], ip_datagram(envelope(family), Protocol.UDP, packet))


def echo(family: Family, sequence: int) -> Outgoing:
    message = echo_message(envelope(family), 77, sequence, b"payload")
    return Outgoing(sequence, FAR[family.version], ip_datagram(envelope(family), family.icmp, message))


def told(
    family: Family, quoted: bytes, *, kind: int, code: int = 0, information: int = 0, data: int = 0, origin: int = 0
) -> Message:
    """A message of the error queue about a probe to FAR, from ROUTER."""
    number = family.version
    error = struct.pack("@IBBBBII", 113, origin or {4: 2, 6: 3}[number], kind, code, 0, information, data)
    offender = (b"\2\0\0\0" if number == 4 else bytes(8)) + ROUTER[number].packed + bytes(8)
    control = control_message(family.level, family.receive_errors, error + offender)
    control += control_message(family.level, family.ttl, struct.pack("@i", 250))
    return Message(quoted, name_of(family, (str(FAR[number]), 33_434)), control)


def answered(receiver: Receiver, message: Message, probes: SentProbes) -> tuple[Answer, int]:
    datagram = error_datagram(receiver, message, probes, WallClock())
    assert datagram is not None
    assert datagram.clock is Clock.USER
    answer = read_answer(datagram.data)
    assert answer is not None
    assert answer.is_checksum_good
    return answer, datagram.rebuilt


def test_an_error_about_an_echo_is_whole_again(family: Family, sock: socket.socket) -> None:
    probes = SentProbes(family.icmp)
    probe = echo(family, 5)
    probes.remember(probe)
    quoted = probe.data[family.header_size :]
    receiver = Receiver(family, sock, family.icmp)
    answer, rebuilt = answered(receiver, told(family, quoted, kind=EXCEEDED[family.version]), probes)
    assert (answer.source, answer.destination) == (ROUTER[family.version], NEAR[family.version])
    assert (answer.type, answer.code, answer.ttl) == (EXCEEDED[family.version], 0, 250)
    assert answer.quote is not None
    assert (answer.quote.source, answer.quote.destination) == (NEAR[family.version], FAR[family.version])
    assert (answer.quote.protocol, answer.quote.transport) == (icmp_protocol(NEAR[family.version]), quoted)
    assert rebuilt == 2 * family.header_size + 8


def test_the_udp_header_that_the_kernel_kept_is_put_back(family: Family, sock: socket.socket) -> None:
    probes = SentProbes(Protocol.UDP)
    for payload in (b"first!", b"second"):
        probes.remember(udp(family, payload))
    receiver = Receiver(family, sock, Protocol.UDP, port=40_000)
    answer, rebuilt = answered(receiver, told(family, b"second", kind=EXCEEDED[family.version]), probes)
    assert answer.quote is not None
    assert answer.quote.transport == udp(family, b"second").data[family.header_size :]
    assert rebuilt == 2 * family.header_size + 16


def test_a_quote_that_was_cut_is_known_by_what_is_left(family: Family, sock: socket.socket) -> None:
    probes = SentProbes(Protocol.UDP)
    for payload in (b"first!", b"second"):
        probes.remember(udp(family, payload))
    receiver = Receiver(family, sock, Protocol.UDP, port=40_000)
    answer, _ = answered(receiver, told(family, b"sec", kind=EXCEEDED[family.version]), probes)
    assert answer.quote is not None
    assert answer.quote.transport[:8] == udp(family, b"second").data[family.header_size :][:8]


def test_a_quote_that_could_be_of_two_probes_is_of_none(family: Family, sock: socket.socket) -> None:
    probes = SentProbes(Protocol.UDP)
    for payload in (b"probe 1", b"probe 2"):
        probes.remember(udp(family, payload))
    receiver = Receiver(family, sock, Protocol.UDP, port=40_000)
    answer, _ = answered(receiver, told(family, b"probe", kind=EXCEEDED[family.version]), probes)
    assert answer.quote is not None
    assert answer.quote.transport[:4] == struct.pack(">HH", 40_000, 33_434)
    assert answer.quote.transport[6:8] == b"\0\0"


def test_labels_are_found_behind_the_padded_quote(family: Family, sock: socket.socket) -> None:
    probes = SentProbes(Protocol.UDP)
    probes.remember(udp(family, b"padded"))
    at = 128 - family.header_size - 8
    quoted = b"padded".ljust(at, b"\0") + MPLS
    receiver = Receiver(family, sock, Protocol.UDP, port=40_000)
    data = struct.unpack("@I", struct.pack("@HBB", at, 0, 0))[0]
    answer, _ = answered(receiver, told(family, quoted, kind=EXCEEDED[family.version], data=data), probes)
    assert [(entry.label, entry.ttl) for entry in answer.mpls] == [(int.from_bytes(MPLS[8:11], "big") >> 4, 255)]
    assert answer.quote is not None
    assert answer.quote.transport[6:8] == udp(family, b"padded").data[family.header_size :][6:8]


def test_the_mtu_of_a_step_is_kept(family: Family, sock: socket.socket) -> None:
    probes = SentProbes(family.icmp)
    probes.remember(echo(family, 5))
    quoted = echo(family, 5).data[family.header_size :]
    kind, code = (3, 4) if family.version == 4 else (2, 0)
    receiver = Receiver(family, sock, family.icmp)
    answer, _ = answered(receiver, told(family, quoted, kind=kind, code=code, information=1400), probes)
    assert (answer.type, answer.code, answer.mtu) == (kind, code, 1400)


def test_errors_of_this_host_and_stamps_are_no_datagrams(family: Family, sock: socket.socket) -> None:
    receiver = Receiver(family, sock, family.icmp)
    for origin in (1, 4):
        message = told(family, b"", kind=0, origin=origin)
        assert error_datagram(receiver, message, SentProbes(family.icmp), WallClock()) is None
    assert error_datagram(receiver, Message(b"", b"", b""), SentProbes(family.icmp), WallClock()) is None


def test_an_error_about_no_probe_of_ours_is_told_with_what_is_known(family: Family, sock: socket.socket) -> None:
    receiver = Receiver(family, sock, family.icmp)
    message = told(family, echo(family, 9).data[family.header_size :], kind=EXCEEDED[family.version])
    answer, _ = answered(receiver, message, SentProbes(family.icmp))
    assert answer.quote is not None
    assert answer.quote.destination == FAR[family.version]


def test_only_so_many_probes_are_remembered(family: Family) -> None:
    probes = SentProbes(Protocol.UDP)
    for number in range(1_000):
        probes.remember(udp(family, b"%d" % number))
    assert len(probes._probes) == 512
    assert probes.find(FAR[family.version], 33_434, b"999") is not None
