"""A link on a simulated LAN: what is sent on it is heard, answered by who is asked, or refused as a kernel would."""

from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

import pytest

from app.engine.datagram import Datagram, Departure, Direction, Outgoing
from app.engine.hearing import Ear, Hearing
from app.net.link import LinkError
from app.net.simulated.lan.framing import icmp, sealed, udp
from app.net.simulated.network import open_simulation
from app.net.simulated.wire import SimulatedWire
from app.packet.application.dns import Dns, Question, RecordType
from app.packet.compose import Envelope, echo_message, icmp_protocol, ip_datagram
from app.packet.icmp.v6messages import NeighbourSolicitation
from app.packet.link.linktype import LinkType
from app.packet.multicast.dvmrp import Dvmrp, DvmrpCode, Reserved, Version
from app.packet.multicast.mtrace import Trace
from app.packet.registry import Protocol
from tests.simulated.listening import OTHER, asked, heard, lan, refused, summaries
from tests.simulated.probing import SECOND

HERE4, HERE6, LINK_LOCAL = IPv4Address("10.0.0.2"), IPv6Address("2001:db8::2"), IPv6Address("fe80::2")
GATEWAY = IPv4Address("10.0.0.1")
QUIET = """
[[lan.speakers.gw.multicast_router.interfaces]]
address = "10.0.0.1"
flags = ["querier", "pim"]
[[lan.speakers.gw.multicast_router.interfaces]]
address = "198.18.0.2"
neighbours = "198.18.0.1"
"""


def quiet(tmp_path: Path, text: str = "", hearing: Hearing | None = None) -> SimulatedWire:
    """A wire on which nobody speaks unasked, but `text`."""
    return lan(tmp_path, text).listen(hearing or Hearing())


def built_in(*protocols: str) -> SimulatedWire:
    return open_simulation(None, virtual=True).listen(Hearing(protocols))


def echo(to: str, *, source: str = "", ttl: int = 64) -> bytes:
    destination = ip_address(to)
    envelope = Envelope(
        ip_address(source) if source else (HERE4 if destination.version == 4 else HERE6), destination, ttl
    )
    return ip_datagram(envelope, icmp_protocol(destination), echo_message(envelope, 7, 1, b"hopscope"))


def query(to: str, name: bytes, kind: int) -> bytes:
    destination = ip_address(to)
    message = Dns(identifier=77, recursion_desired=1, questions=1).build() + name + Question(type=kind).build()
    return udp(Envelope(HERE4 if destination.version == 4 else HERE6, destination), (40_000, 53), message)


def test_what_is_sent_is_heard_with_its_ethernet_header_and_answered_from_the_gateway(tmp_path: Path) -> None:
    sent, answer = asked(quiet(tmp_path), "198.18.0.9", echo("198.18.0.9"))

    assert (sent.direction, answer.direction) == (Direction.OUT, Direction.IN)
    assert sent.data[:14].hex() == "020000000001" + "020000000002" + "0800"
    assert answer.data[:14].hex() == "020000000002" + "020000000001" + "0800"
    assert answer.summary.startswith("echo reply")


def test_a_station_of_the_lan_answers_for_itself(tmp_path: Path) -> None:
    wire = quiet(tmp_path, OTHER)
    answers = [asked(wire, to, echo(to))[-1] for to in ("10.0.0.3", "2001:db8::3", "fe80::3")]

    assert [answer.summary.split(",")[0] for answer in answers] == ["echo reply"] * 3
    assert {answer.data[6:12].hex() for answer in answers} == {"020000000003"}


def test_a_send_is_told_by_a_departure_with_the_kernels_stamp(tmp_path: Path) -> None:
    wire = quiet(tmp_path)
    wire.send([Outgoing(42, ip_address("198.18.0.9"), echo("198.18.0.9"))])
    events = wire.receive(wire.now())

    assert [event.token for event in events if isinstance(event, Departure)] == [42]
    assert [event.direction for event in events if isinstance(event, Datagram)] == [Direction.OUT]


@pytest.mark.parametrize(
    ("to", "interface", "errno"),
    [
        ("198.18.0.10", "sim0", "EINVAL"),
        ("198.18.0.9", "eth0", "ENODEV"),
    ],
)
def test_what_a_kernel_would_refuse_is_refused(tmp_path: Path, to: str, interface: str, errno: str) -> None:
    assert refused(quiet(tmp_path), to, echo("198.18.0.9"), interface) == [errno]


def test_more_than_the_mtu_is_refused(tmp_path: Path) -> None:
    envelope = Envelope(HERE4, ip_address("224.0.0.9"))

    assert refused(quiet(tmp_path), "224.0.0.9", udp(envelope, (520, 520), bytes(1473))) == ["EMSGSIZE"]


def test_an_address_that_nobody_has_is_asked_for_three_times(tmp_path: Path) -> None:
    words = summaries(asked(quiet(tmp_path), "10.0.0.200", echo("10.0.0.200"), 10))

    assert words == ["who has 10.0.0.200? tell 10.0.0.2"] * 3


def test_the_kernel_fills_in_the_checksum_of_an_ipv4_header(tmp_path: Path) -> None:
    data = echo("198.18.0.9")
    sent = asked(quiet(tmp_path), "198.18.0.9", data[:10] + b"\0\0" + data[12:])[0]

    assert sent.data[14:] == data


def test_a_wrong_transport_checksum_is_sent_as_it_is_and_not_answered(tmp_path: Path) -> None:
    data = echo("198.18.0.9")
    frames = asked(quiet(tmp_path), "198.18.0.9", data[:-1] + b"\xff")

    assert [frame.direction for frame in frames] == [Direction.OUT]


def test_a_router_solicitation_is_answered_by_every_router_within_half_a_second() -> None:
    wire = built_in("nd")
    heard(wire, 20)
    envelope = Envelope(LINK_LOCAL, ip_address("ff02::2"), 255)
    frames = asked(wire, "ff02::2", icmp(envelope, bytes((133, 0)) + bytes(6)), 0.5)

    assert frames[0].data[:6].hex() == "333300000002"
    assert {frame.data[6:12].hex() for frame in frames if "advertisement, lifetime" in frame.summary} >= {
        "020000000001",
        "020000000003",
    }


def test_a_router_solicitation_from_further_away_is_not_answered(tmp_path: Path) -> None:
    wire = quiet(tmp_path, 'router_advertisement = { every = "1 h" }\n')
    heard(wire, 10)
    envelope = Envelope(LINK_LOCAL, ip_address("ff02::2"), 64)

    assert len(asked(wire, "ff02::2", icmp(envelope, bytes((133, 0)) + bytes(6)), 5)) == 1


@pytest.mark.parametrize("to", ["224.0.0.2", "255.255.255.255", "10.0.0.1"])
def test_a_solicitation_of_rfc_1256_is_answered_to_who_asked(tmp_path: Path, to: str) -> None:
    wire = quiet(tmp_path, 'router_discovery = { every = "1 h", preference = -5 }\n')
    heard(wire, 10)
    frames = asked(wire, to, icmp(Envelope(HERE4, ip_address(to), 1), bytes((10, 0)) + bytes(6)), 3)

    assert frames[1].summary == "router advertisement, lifetime 1800 s, router 10.0.0.1"
    assert frames[1].shown("icmp.pref_level") == ["-5"]
    assert str(ip_address(frames[1].data[30:34])) == "10.0.0.2"


def test_mrinfo_is_answered_with_interfaces_and_neighbours(tmp_path: Path) -> None:
    message = Dvmrp(code=DvmrpCode.ASK_NEIGHBORS).build() + Reserved().build() + Version(minor=0xFF, major=3).build()
    datagram = ip_datagram(Envelope(HERE4, GATEWAY), Protocol.IGMP, sealed(message, 2))
    answer = asked(quiet(tmp_path, QUIET), "10.0.0.1", datagram)[1]

    assert answer.summary == "DVMRP neighbours 2, 2 interfaces: 10.0.0.1, 198.18.0.2"
    assert answer.shown("dvmrp.neighbor") == ["198.18.0.1"]
    assert answer.shown("dvmrp.flag.querier") == ["set", "not set"]


def test_mtrace_is_answered_with_the_routers_block(tmp_path: Path) -> None:
    message = Trace(
        type=0x1F,
        most_hops=8,
        group=IPv4Address("239.7.7.7"),
        source=IPv4Address("198.18.0.9"),
        receiver=HERE4,
        answered=HERE4,
        ttl=64,
        identifier=4711,
    ).build()
    datagram = ip_datagram(Envelope(HERE4, GATEWAY), Protocol.IGMP, sealed(message, 2))
    answer = asked(quiet(tmp_path, QUIET), "10.0.0.1", datagram)[1]

    assert answer.summary == "mtrace response, 198.18.0.9 to 10.0.0.2 by 239.7.7.7, 1 hop: 10.0.0.1"
    assert answer.shown("igmp.mtrace.q_prevrtr") == ["198.18.0.1"]


def test_everybody_answers_an_echo_request_to_all_nodes(tmp_path: Path) -> None:
    frames = asked(quiet(tmp_path, OTHER), "ff02::1", echo("ff02::1", source="fe80::2"))

    assert {frame.data[6:12].hex() for frame in frames if frame.summary.startswith("echo reply")} == {
        "020000000001",
        "020000000003",
    }


@pytest.mark.parametrize(
    ("name", "kind", "answer"),
    [
        (b"\x03far\0", RecordType.A, "198.18.0.9"),
        (b"\x03FAR\0", RecordType.AAAA, "2001:db8:9::9"),
        (b"\x019\x010\x0218\x03198\x07in-addr\x04arpa\0", RecordType.PTR, "far"),
    ],
)
def test_a_resolver_knows_the_names_of_the_scenario(tmp_path: Path, name: bytes, kind: int, answer: str) -> None:
    found = asked(quiet(tmp_path), "198.18.0.9", query("198.18.0.9", name, kind))[1]

    assert found.shown("dns.flags.rcode") == ["0  NOERROR"]
    assert found.summary.endswith(f"{answer}, ttl 300 s")


def test_a_resolver_says_that_there_is_no_such_name(tmp_path: Path) -> None:
    found = asked(quiet(tmp_path), "198.18.0.9", query("198.18.0.9", b"\x04nope\0", RecordType.A))[1]

    assert found.shown("dns.flags.rcode") == ["3  NXDOMAIN"]


def test_a_resolver_has_no_record_of_another_type(tmp_path: Path) -> None:
    found = asked(quiet(tmp_path), "198.18.0.9", query("198.18.0.9", b"\x03far\0", RecordType.TXT))[1]

    assert found.shown("dns.count.answers") == ["0"]


def test_what_is_no_query_is_answered_as_by_any_closed_port(tmp_path: Path) -> None:
    datagram = udp(Envelope(HERE4, ip_address("198.18.0.9")), (40_000, 53), b"hello")

    assert "port unreachable" in asked(quiet(tmp_path), "198.18.0.9", datagram)[1].summary


def test_only_the_protocols_that_are_wanted_are_heard() -> None:
    kinds = {frame.summary.split(" ")[0] for frame in heard(built_in("ospf", "lldp"), 30)}

    assert kinds == {"OSPFv2", "OSPFv3", "LLDP,"}


def test_raw_sockets_hear_datagrams_for_this_host_alone() -> None:
    wire = open_simulation(None, virtual=True).listen(Hearing(("igmp", "udp"), ear=Ear.RAW))
    end = wire.now() + 60 * SECOND
    events = []
    while wire.now() < end:
        events += [event for event in wire.receive(end) if isinstance(event, Datagram)]

    assert {event.link for event in events} == {LinkType.RAW}
    assert {event.direction for event in events} == {Direction.IN}
    assert {event.data[9] for event in events if event.data[0] >> 4 == 4} == {2, 17}


def test_an_unknown_protocol_is_told() -> None:
    with pytest.raises(LinkError, match="no protocol is called ospv: did you mean ospf"):
        built_in("ospv")


def test_an_interface_that_is_not_there_is_told() -> None:
    with pytest.raises(LinkError, match="this simulation has no interface eth0: it has sim0 alone"):
        open_simulation(None, virtual=True).listen(Hearing(interfaces=("eth0",)))


def test_a_scenario_without_a_lan_cannot_be_listened_to(tmp_path: Path) -> None:
    path = tmp_path / "bare.toml"
    path.write_text('[here]\naddress = "10.0.0.2"\n')

    with pytest.raises(LinkError, match="this simulation has no LAN to listen on"):
        open_simulation(path, virtual=True).listen(Hearing())


def test_nothing_that_is_sent_breaks_the_wire(tmp_path: Path) -> None:
    wire = quiet(tmp_path, QUIET + OTHER)
    whole = [
        echo("10.0.0.1"),
        icmp(Envelope(LINK_LOCAL, ip_address("ff02::2"), 255), bytes((133, 0)) + bytes(6)),
        ip_datagram(Envelope(HERE4, GATEWAY), Protocol.IGMP, sealed(b"\x13\x05\0\0" + bytes(4), 2)),
        ip_datagram(Envelope(HERE4, GATEWAY), Protocol.IGMP, sealed(b"\x1f\x05\0\0" + bytes(4), 2)),
        query("198.18.0.9", b"\x03far\0", RecordType.A),
        NeighbourSolicitation(type=135, target=LINK_LOCAL).build(),
    ]
    for data in whole:
        for cut in range(len(data)):
            to = ip_address(data[16:20] if data[0] >> 4 == 4 else data[24:40]) if len(data) >= 40 else GATEWAY
            wire.send([Outgoing(1, to, data[:cut]), Outgoing(2, to, data[:cut] + b"\xff" + data[cut + 1 :])])
    heard(wire, 5)

    assert asked(wire, "10.0.0.1", echo("10.0.0.1"))[-1].summary.startswith("echo reply")
