"""What every link keeps, held by the same tests: sockets over loopback in a network of their own, and a simulation."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

import pytest

from app.engine.command import Method
from app.engine.datagram import Clock, Datagram, Departure, Event, Failure, Outgoing
from app.net.dgram import open_datagram_link
from app.net.link import Link, LinkError
from app.net.options import LinkOptions
from app.net.raw import RawSockets
from app.net.simulated.network import SCENARIOS, open_simulation
from app.packet.compose import Address, Envelope, echo_message, icmp_protocol, ip_datagram, with_checksum
from app.packet.transport.udp import Udp
from tests.net.namespace import own_network

SECOND = 1_000_000_000
LOOPBACK: dict[int, Address] = {4: IPv4Address("127.0.0.1"), 6: IPv6Address("::1")}
FAR: dict[int, Address] = {
    4: IPv4Address("10.0.9.9"),
    6: IPv6Address("2001:db8:9::9"),
}  #: the end of the simulated chain
NOWHERE: dict[int, Address] = {4: IPv4Address("192.0.2.1"), 6: IPv6Address("2001:db8:ffff::1")}
CLOSED_PORT = 33_434


@dataclass
class Wire:
    """A link and what its tests say over it."""

    link: Link

    def host(self, version: int) -> Address:
        """One that answers."""
        return FAR[version] if self.link.name == "simulated" else LOOPBACK[version]

    def echo(self, host: Address, sequence: int, *, ttl: int = 64, payload: bytes = b"0123456789abcdef") -> Outgoing:
        envelope = Envelope(self.near(host), host, ttl=ttl)
        message = echo_message(envelope, self.link.identifier, sequence, payload)
        return Outgoing(sequence, host, ip_datagram(envelope, icmp_protocol(host), message))

    def udp(self, host: Address, token: int, payload: bytes, port: int = CLOSED_PORT) -> Outgoing:
        envelope = Envelope(self.near(host), host)
        head = Udp(source_port=self.link.port, destination_port=port, length=8 + len(payload)).build()
        return Outgoing(token, host, ip_datagram(envelope, 17, with_checksum(envelope, 17, head + payload)))

    def near(self, host: Address) -> Address:
        try:
            return self.link.source(host)
        except LinkError:
            return LOOPBACK[host.version]

    def events(self, enough: Callable[[list[Event]], bool], within: int = 5 * SECOND) -> list[Event]:
        """All that the link tells until it is enough."""
        events: list[Event] = []
        end = self.link.now() + within
        while not enough(events) and self.link.now() < end:
            events += self.link.receive(end)
        return events

    def answers(self, batch: list[Outgoing], count: int) -> list[Event]:
        """Send, and wait for so many datagrams."""
        self.link.send(batch)
        return self.events(lambda events: len(datagrams(events)) >= count)


def datagrams(events: list[Event]) -> list[Datagram]:
    return [event for event in events if isinstance(event, Datagram)]


def transport(datagram: Datagram) -> bytes:
    return datagram.data[20 if datagram.data[0] >> 4 == 4 else 40 :]


def raw() -> Link:
    return RawSockets.open(LinkOptions()).link(RawSockets.close)


def dgram() -> Link:
    return open_datagram_link(LinkOptions())


def simulated() -> Link:
    return open_simulation(SCENARIOS / "chain.toml", virtual=True).link()


def opened(kind: Callable[[], Link]) -> Iterator[Wire]:
    with ExitStack() as stack:
        if kind is not simulated:
            stack.enter_context(own_network())
        link = kind()
        stack.callback(link.close)
        yield Wire(link)


@pytest.fixture(params=[raw, dgram, simulated])
def wire(request: pytest.FixtureRequest) -> Iterator[Wire]:
    """Any link: sockets over loopback, or a simulated chain."""
    yield from opened(request.param)


@pytest.fixture(params=[raw, dgram])
def sockets(request: pytest.FixtureRequest) -> Iterator[Wire]:
    """A link over sockets, for what needs a service of the test's own, a real clock or the kernel's own ways."""
    yield from opened(request.param)


@pytest.fixture(params=[4, 6], ids=["v4", "v6"])
def version(request: pytest.FixtureRequest) -> int:
    number: int = request.param
    return number


def test_an_echo_leaves_and_is_answered(wire: Wire, version: int) -> None:
    host = wire.host(version)
    events = wire.answers([wire.echo(host, 7)], 1)
    departure, reply = events
    assert isinstance(departure, Departure)
    assert isinstance(reply, Datagram)
    assert departure.token == 7
    kind, sequence = transport(reply)[0], transport(reply)[6:8]
    assert (kind, int.from_bytes(sequence, "big")) == (0 if host.version == 4 else 129, 7)
    assert int.from_bytes(transport(reply)[4:6], "big") == wire.link.identifier
    assert transport(reply)[8:] == b"0123456789abcdef"


def test_all_stamps_are_the_kernels_and_in_order(wire: Wire, version: int) -> None:
    host = wire.host(version)
    before = wire.link.now()
    wire.answers([wire.echo(host, 1)], 1)  # the first stamps may be missing: the kernel has only just begun to stamp
    events = wire.answers([wire.echo(host, number) for number in range(2, 12)], 10)
    sent = {event.token: event for event in events if isinstance(event, Departure)}
    for reply in datagrams(events):
        departure = sent[int.from_bytes(transport(reply)[6:8], "big")]
        assert before < departure.sent_at <= reply.received_at <= wire.link.now()
        assert departure.clock is Clock.KERNEL
        assert reply.clock is Clock.KERNEL


def test_departures_are_told_before_the_answers_of_the_same_turn(wire: Wire, version: int) -> None:
    host = wire.host(version)
    events = wire.answers([wire.echo(host, number) for number in range(5)], 5)
    told = set()
    for event in events:
        if isinstance(event, Departure):
            told.add(event.token)
        elif isinstance(event, Datagram):
            assert int.from_bytes(transport(event)[6:8], "big") in told


def test_every_datagram_is_whole_from_its_ip_header_on(wire: Wire, version: int) -> None:
    host = wire.host(version)
    events = wire.answers([wire.echo(host, 1), wire.udp(host, 2, b"hello")], 2)
    for datagram in datagrams(events):
        data = datagram.data
        if host.version == 4:
            assert int.from_bytes(data[2:4], "big") == len(data)
            assert (IPv4Address(data[12:16]), IPv4Address(data[16:20])) == (host, wire.near(host))
            assert 0 < data[8] <= 64
        else:
            assert int.from_bytes(data[4:6], "big") == len(data) - 40
            assert (IPv6Address(data[8:24]), IPv6Address(data[24:40])) == (host, wire.near(host))
            assert 0 < data[7] <= 64
        assert datagram.interface is not None


def test_an_error_quotes_the_probe_that_it_is_about(wire: Wire, version: int) -> None:
    host = wire.host(version)
    probe = wire.udp(host, 3, b"a payload to know it by")
    (error,) = datagrams(wire.answers([probe], 1))
    kind, code = transport(error)[:2]
    assert (kind, code) == ((3, 3) if host.version == 4 else (1, 4))
    quoted = transport(error)[8:]
    header = 20 if host.version == 4 else 40
    assert quoted[header:] == probe.data[header:]
    assert error.data[error.rebuilt :].endswith(b"a payload to know it by")


def test_probes_of_one_flow_that_differ_in_their_payload_are_told_apart(wire: Wire, version: int) -> None:
    host = wire.host(version)
    probes = [wire.udp(host, number, b"probe %d" % number) for number in range(3)]
    errors = []
    for probe in probes:  # one at a time: hosts limit how many errors they send
        errors += datagrams(wire.answers([probe], 1))
    assert [error.data[-7:] for error in errors] == [b"probe 0", b"probe 1", b"probe 2"]
    header = 20 if host.version == 4 else 40
    assert [transport(error)[8 + header :][:8] for error in errors] == [
        probe.data[header : header + 8] for probe in probes
    ]


def test_the_answer_of_a_udp_service_is_a_whole_datagram(sockets: Wire, version: int) -> None:
    host = sockets.host(version)
    family = socket.AF_INET if host.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as service:
        service.bind((str(host), 0))
        port = service.getsockname()[1]
        sockets.link.send([sockets.udp(host, 1, b"question", port)])
        question, client = service.recvfrom(100)
        service.sendto(b"answer", client)
        (answer,) = datagrams(sockets.events(lambda events: bool(datagrams(events))))
    assert question == b"question"
    assert int.from_bytes(transport(answer)[:2], "big") == port
    assert int.from_bytes(transport(answer)[2:4], "big") == sockets.link.port
    assert transport(answer)[8:] == b"answer"
    assert answer.rebuilt == len(answer.data) - len(b"answer")


def test_ttl_and_traffic_class_are_the_datagrams_own(sockets: Wire, version: int) -> None:
    host = sockets.host(version)
    family, level = (socket.AF_INET, 0) if host.version == 4 else (socket.AF_INET6, 41)
    asks = (12, 13) if host.version == 4 else (socket.IPV6_RECVHOPLIMIT, socket.IPV6_RECVTCLASS)
    notes = (2, 1) if host.version == 4 else (socket.IPV6_HOPLIMIT, socket.IPV6_TCLASS)
    with socket.socket(family, socket.SOCK_DGRAM) as service:
        service.bind((str(host), 0))
        for option in asks:
            service.setsockopt(level, option, 1)
        envelope = Envelope(host, host, ttl=9, dscp=10)
        head = Udp(source_port=sockets.link.port, destination_port=service.getsockname()[1], length=9).build()
        data = ip_datagram(envelope, 17, with_checksum(envelope, 17, head + b"x"))
        sockets.link.send([Outgoing(1, host, data)])
        _, ancillary, _, _ = service.recvmsg(100, 200)
    heard = {kind: note[0] for place, kind, note in ancillary if place == level}
    assert (heard[notes[0]], heard[notes[1]]) == (9, 10 << 2)


def test_what_cannot_be_sent_fails_by_the_name_of_its_errno(sockets: Wire, version: int) -> None:
    sockets.link.send([sockets.echo(NOWHERE[version], 5)])
    (failure,) = sockets.events(bool)
    assert isinstance(failure, Failure)
    assert (failure.token, failure.errno) == (5, "ENETUNREACH")
    assert failure.text.startswith("no route")


def test_an_outage_is_worded_alike_by_a_refused_datagram_and_a_missing_source(sockets: Wire, version: int) -> None:
    sockets.link.send([sockets.echo(NOWHERE[version], 5)])
    (failure,) = sockets.events(bool)
    assert isinstance(failure, Failure)
    with pytest.raises(LinkError) as missing:
        sockets.link.source(NOWHERE[version])
    assert str(missing.value) == failure.text


def test_a_failure_in_a_batch_takes_no_stamp_from_its_neighbours(sockets: Wire, version: int) -> None:
    host = sockets.host(version)
    sockets.answers([sockets.echo(host, 1)], 1)
    nowhere = NOWHERE[version]
    batch = [sockets.echo(host, 2), sockets.echo(nowhere, 3), sockets.echo(host, 4)]
    events = sockets.answers(batch, 2)
    stamped = {event.token for event in events if isinstance(event, Departure) and event.clock is Clock.KERNEL}
    assert stamped == {2, 4}
    assert [event.token for event in events if isinstance(event, Failure)] == [3]


def test_errors_that_are_waiting_cost_the_next_probes_neither_sending_nor_stamp(sockets: Wire, version: int) -> None:
    host = sockets.host(version)
    sockets.answers([sockets.echo(host, 99)], 1)
    tokens = list(range(6))
    for token in tokens:
        sockets.link.send([sockets.udp(host, token, b"%d" % token)])  # the error about it waits when the next is sent
    events = sockets.events(lambda events: len([event for event in events if isinstance(event, Departure)]) >= 6)
    departures = [event for event in events if isinstance(event, Departure)]
    assert [departure.token for departure in departures] == tokens
    assert [departure.sent_at for departure in departures] == sorted(departure.sent_at for departure in departures)
    assert {departure.clock for departure in departures} == {Clock.KERNEL}


def test_a_source_is_known_before_anything_is_sent(sockets: Wire, version: int) -> None:
    host = sockets.host(version)
    assert sockets.link.source(host) == host
    with pytest.raises(LinkError, match=r"^no route to it$"):
        sockets.link.source(NOWHERE[4])


def test_a_link_says_what_it_can_send(wire: Wire) -> None:
    for version in (4, 6):
        assert wire.link.can(Method.ICMP, version)
        assert wire.link.can(Method.UDP, version)
        assert wire.link.can(Method.TCP, version) is (wire.link.name != "dgram")


def test_a_wait_ends_at_its_time_and_not_before(sockets: Wire) -> None:
    until = sockets.link.now() + 30_000_000
    assert list(sockets.link.receive(until)) == []
    assert sockets.link.now() >= until


def test_wake_ends_a_wait_of_another_thread(sockets: Wire) -> None:
    threading.Timer(0.02, sockets.link.wake).start()
    before = sockets.link.now()
    sockets.link.receive(before + 3600 * SECOND)
    assert sockets.link.now() - before < 60 * SECOND


def test_a_wake_before_the_wait_is_not_lost(sockets: Wire) -> None:
    sockets.link.wake()
    before = sockets.link.now()
    sockets.link.receive(before + 3600 * SECOND)
    assert sockets.link.now() - before < 60 * SECOND


def test_close_twice_is_once_and_a_late_wake_does_nothing(wire: Wire) -> None:
    wire.link.close()
    wire.link.close()
    wire.link.wake()


def test_another_links_answers_are_not_heard(sockets: Wire, version: int) -> None:
    host = sockets.host(version)
    other = Wire(dgram())
    assert other.link.identifier != sockets.link.identifier
    assert other.link.port != sockets.link.port
    sockets.answers([sockets.echo(host, 1)], 1)
    other.answers([other.echo(host, 2), other.udp(host, 3, b"x")], 2)
    heard = sockets.answers([sockets.echo(host, 4)], 1)
    assert [transport(datagram)[6:8] for datagram in datagrams(heard)] == [b"\0\4"]
    other.link.close()


def test_a_link_over_sockets_says_how_it_works(sockets: Wire) -> None:
    host = sockets.host(4)
    sockets.answers([sockets.echo(host, 1)], 1)
    sockets.answers([sockets.echo(host, 2)], 1)
    condition = sockets.link.condition()
    (stamping,) = condition.stampings
    assert condition.calls == "sendmmsg, recvmmsg"
    assert str(sockets.link.identifier) in condition.filter
    assert "capabilities" in condition.privileges
    assert (stamping.device, stamping.sent, stamping.received) == ("lo", Clock.KERNEL, Clock.KERNEL)
    assert "ICMPv4" in [buffer.socket for buffer in condition.buffers]
    assert all(buffer.room > 0 and not buffer.dropped for buffer in condition.buffers)
    assert condition.dropped == 0
