"""What only raw sockets do, over loopback in a network of the test's own."""

import socket
import subprocess
from collections.abc import Iterator

import pytest

from app.engine.datagram import Clock, Departure, Drops, Event, Failure, Fault, Outgoing
from app.net import socketlink
from app.net.clock import Sleep
from app.net.options import LinkOptions
from app.net.raw import RawSockets
from app.packet.compose import Address, Envelope, ip_datagram, with_checksum
from app.packet.transport.tcp import Tcp
from tests.net.namespace import own_network
from tests.net.test_link_contract import LOOPBACK, SECOND, Wire, datagrams, transport
from tests.privileges import require_programs

HERE = LOOPBACK[4]


@pytest.fixture
def sockets() -> Iterator[RawSockets]:
    with own_network():
        opened = RawSockets.open(LinkOptions())
        yield opened
        opened.close()


@pytest.fixture(params=[4, 6], ids=["v4", "v6"])
def host(request: pytest.FixtureRequest) -> Address:
    return LOOPBACK[request.param]


def ignore(sockets: RawSockets) -> None:
    """What a network does with a set that comes back."""


def syn(wire: Wire, host: Address, token: int, port: int) -> Outgoing:
    envelope = Envelope(host, host)
    head = Tcp(source_port=wire.link.port, destination_port=port, sequence=77, synchronize=1, window=1024).build()
    return Outgoing(token, host, ip_datagram(envelope, 6, with_checksum(envelope, 6, head)))


def test_a_syn_to_a_closed_port_is_reset(sockets: RawSockets, host: Address) -> None:
    wire = Wire(sockets.link(ignore))
    (reset,) = datagrams(wire.answers([syn(wire, host, 1, 9)], 1))
    segment = Tcp.decode(transport(reset))
    assert (segment.source_port, segment.destination_port) == (9, wire.link.port)
    assert (segment.reset, segment.acknowledgment) == (1, 78)
    assert reset.rebuilt == (0 if host.version == 4 else 40)
    wire.link.close()


def test_segments_are_listened_to_from_the_first_tcp_probe_until_the_link_is_closed(sockets: RawSockets) -> None:
    def ears() -> list[str]:
        return [raw.tcp.getsockname()[0] for raw in sockets._raw]

    wire = Wire(sockets.link(ignore))
    wire.answers([wire.echo(HERE, 1)], 1)
    assert ears() == ["233.252.0.1", "ff0e::db8:0:1"]
    wire.answers([syn(wire, HERE, 2, 9)], 1)
    assert ears() == ["0.0.0.0", "ff0e::db8:0:1"]
    wire.link.close()
    assert ears() == ["233.252.0.1", "ff0e::db8:0:1"]


@pytest.mark.parametrize("options", [LinkOptions(interface="lo"), LinkOptions(source=HERE), LinkOptions(version=4)])
def test_a_way_out_can_be_chosen(options: LinkOptions) -> None:
    with own_network():
        sockets = RawSockets.open(options)
        wire = Wire(sockets.link(RawSockets.close))
        assert wire.link.source(HERE) == HERE
        events = wire.answers([wire.echo(HERE, 1), wire.udp(HERE, 2, b"x"), syn(wire, HERE, 3, 9)], 3)
        assert len(datagrams(events)) == 3
        wire.link.close()


def test_an_error_on_raw_sockets_shows_the_ttl_that_was_left(sockets: RawSockets) -> None:
    wire = Wire(sockets.link(ignore))
    (error,) = datagrams(wire.answers([wire.udp(HERE, 1, b"x")], 1))
    assert error.rebuilt == 0
    assert transport(error)[8 + 8] == 64
    wire.link.close()


def test_a_probe_that_a_packet_filter_refuses_fails_and_later_stamps_are_right(sockets: RawSockets) -> None:
    require_programs("nft")
    rules = "table ip refuse { chain out { type filter hook output priority 0; ip daddr 127.0.0.9 drop; }; }"
    subprocess.run(["nft", "-f", "-"], input=rules, text=True, check=True)
    wire = Wire(sockets.link(ignore))
    wire.answers([wire.echo(HERE, 1)], 1)
    refused = type(HERE)("127.0.0.9")
    batch = [wire.echo(HERE, 2), wire.echo(refused, 3), wire.echo(HERE, 4), wire.echo(HERE, 5)]
    events = wire.answers(batch, 3)
    assert [(event.token, event.errno) for event in events if isinstance(event, Failure)] == [(3, "EPERM")]
    sent = {event.token: event for event in events if isinstance(event, Departure)}
    assert set(sent) == {2, 4, 5}
    assert {departure.clock for departure in sent.values()} == {Clock.KERNEL}
    for reply in datagrams(events):
        departure = sent[int.from_bytes(transport(reply)[6:8], "big")]
        assert 0 <= reply.received_at - departure.sent_at < 1_000_000_000
    assert sent[2].sent_at < sent[4].sent_at < sent[5].sent_at
    wire.link.close()


def test_a_probe_larger_than_the_mtu_fails(sockets: RawSockets, host: Address) -> None:
    subprocess.run(["ip", "link", "set", "lo", "mtu", "1300"], check=True)
    wire = Wire(sockets.link(ignore))
    wire.link.send([wire.echo(host, 6, payload=bytes(1400))])
    (failure,) = wire.events(bool)
    assert isinstance(failure, Failure)
    assert (failure.token, failure.errno) == (6, "EMSGSIZE")
    wire.link.close()


def test_probes_fail_while_the_interface_is_down_and_leave_again_when_it_is_up(sockets: RawSockets) -> None:
    far = type(HERE)("192.0.2.9")
    for line in ("link add v0 type veth peer name v1", "addr add 192.0.2.2/24 dev v0", "link set v1 up"):
        subprocess.run(["ip", *line.split()], check=True)
    wire = Wire(sockets.link(ignore))
    told: list[Event] = []
    for token, state in enumerate(("up", "down", "up")):
        subprocess.run(["ip", "link", "set", "v0", state], check=True)
        wire.link.send([wire.echo(far, token)])
        told += wire.link.receive(wire.link.now() + 1_000_000)
    departures = [event.token for event in told if isinstance(event, Departure)]
    failures = [(event.token, event.errno) for event in told if isinstance(event, Failure)]
    assert (departures, failures) == ([0, 2], [(1, "ENETUNREACH")])
    wire.link.close()


def test_a_set_serves_one_link_after_another_and_forgets_between(sockets: RawSockets, host: Address) -> None:
    given_back: list[RawSockets] = []
    first = Wire(sockets.link(given_back.append))
    first.answers([first.echo(host, 1)], 1)
    first.link.send([first.echo(host, 2)])  # its answer is never read
    first.link.close()
    first.link.close()
    assert given_back == [sockets]
    second = Wire(sockets.link(given_back.append))
    assert second.link.identifier != first.link.identifier
    events = second.answers([second.echo(host, 3)], 1)
    assert [transport(reply)[6:8] for reply in datagrams(events)] == [b"\0\3"]
    assert [event.token for event in events if isinstance(event, Departure)] == [3]
    second.link.close()


def test_a_flood_is_read_in_bounded_bites(sockets: RawSockets) -> None:
    wire = Wire(sockets.link(ignore))
    for start in range(0, 1200, 100):
        wire.link.send([wire.echo(HERE, number) for number in range(start, start + 100)])
    bites = [len(datagrams(list(wire.link.receive(wire.link.now())))) for _ in range(4)]
    assert max(bites) <= 512
    assert sum(bites) == 1200
    wire.link.close()


def test_what_this_host_failed_to_read_is_told_apart_from_loss(
    sockets: RawSockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    for raw in sockets._raw:
        raw.icmp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    monkeypatch.setattr(socketlink, "_SECOND", 0)
    wire = Wire(sockets.link(ignore))
    wire.link.send([wire.echo(HERE, number) for number in range(100)])
    events = wire.events(lambda events: any(isinstance(event, Fault) for event in events))
    heard = len(datagrams(events))
    (fault,) = [event for event in events if isinstance(event, Fault)]
    assert 0 < heard < 100
    (drops,) = [event for event in events if isinstance(event, Drops)]
    assert drops.packets >= 100 - heard  # some kernels count what the filter would have refused, too
    assert drops.since <= drops.at
    assert fault.text.startswith(
        f"up to {drops.packets} packets that had arrived were dropped here, not on the network"
    )
    wire.link.close()


def test_no_stamp_is_due_where_stamps_may_have_found_no_room(sockets: RawSockets) -> None:
    wire = Wire(sockets.link(ignore))
    for number in range(2):
        wire.answers([wire.echo(HERE, number)], 1)
    for raw in sockets._raw:
        raw.out.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
    events = wire.answers([wire.echo(HERE, number) for number in range(100)], 100)
    departures = [event for event in events if isinstance(event, Departure)]
    assert {event.clock for event in departures} == {Clock.KERNEL, Clock.USER}
    assert not any(event.is_stamp_due for event in departures)
    wire.link.close()


def test_a_stamp_is_due_that_a_neighbour_who_does_not_answer_holds_up(sockets: RawSockets) -> None:
    far, silent = type(HERE)("192.0.2.3"), type(HERE)("192.0.2.9")
    for line in (
        "link add v0 type veth peer name v1",
        "addr add 192.0.2.2/24 dev v0",
        "link set v1 up",
        "link set v0 up",
        "neigh add 192.0.2.3 lladdr 02:00:00:00:00:01 dev v0",
    ):
        subprocess.run(["ip", *line.split()], check=True)
    wire = Wire(sockets.link(ignore))
    wire.link.send([wire.echo(far, 1)])
    (departure,) = [event for event in wire.link.receive(wire.link.now()) if isinstance(event, Departure)]
    assert departure.clock is Clock.KERNEL
    wire.link.send([wire.echo(silent, 2)])
    (departure,) = [event for event in wire.link.receive(wire.link.now()) if isinstance(event, Departure)]
    assert (departure.token, departure.clock, departure.is_stamp_due) == (2, Clock.USER, True)
    wire.link.close()


def test_damaged_packets_were_not_missed(sockets: RawSockets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socketlink, "_SECOND", 0)
    wire = Wire(sockets.link(ignore))
    here = LOOPBACK[6]
    reply = bytes((129, 0, 0x12, 0x34)) + wire.link.identifier.to_bytes(2, "big") + bytes(18)
    damaged = ip_datagram(Envelope(here, here), 58, reply)
    wire.link.send([Outgoing(number, here, damaged) for number in range(100)])
    wire.link.send([wire.echo(here, number) for number in range(3)])
    events = [event for _ in range(3) for event in wire.link.receive(wire.link.now())]
    assert len(datagrams(events)) == 3
    assert [event for event in events if isinstance(event, Fault)] == []
    wire.link.close()


def test_a_machine_that_slept_says_that_answers_may_be_missing(sockets: RawSockets) -> None:
    wire = Wire(sockets.link(ignore))
    wire.answers([wire.echo(HERE, 1)], 1)
    stood = iter([0, 60 * SECOND, 60 * SECOND])
    wire.link._sleep = Sleep(lambda: next(stood))  # type: ignore[attr-defined]  # a real link is a SocketLink
    told = [event for _ in range(2) for event in wire.link.receive(wire.link.now())]
    (drops,) = [event for event in told if isinstance(event, Drops)]
    (fault,) = [event for event in told if isinstance(event, Fault)]
    assert (drops.packets, drops.since < drops.at) == (0, True)
    assert fault.text.startswith("this host slept for 60.0 s")
    wire.link.close()


def test_damaged_packets_were_not_missed_where_more_waits_than_a_turn_reads(sockets: RawSockets) -> None:
    wire = Wire(sockets.link(ignore))
    here = LOOPBACK[6]
    reply = bytes((129, 0, 0x12, 0x34)) + wire.link.identifier.to_bytes(2, "big") + bytes(18)
    damaged = ip_datagram(Envelope(here, here), 58, reply)
    events: list[Event] = []
    for first in range(0, 3_000, 1_000):
        wire.link.send([wire.echo(here, number) for number in range(first, first + 1_000)])
        wire.link.send([Outgoing(10_000 + first, here, damaged)])
        events += wire.link.receive(wire.link.now())
    wire.link.close()
    assert len(datagrams(events)) > 1_000
    assert not [event for event in events if isinstance(event, Drops)]
