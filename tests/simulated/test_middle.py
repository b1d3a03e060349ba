"""What stands in the middle of a path: load balancers, label switches and address translators."""

from pathlib import Path

import pytest

from app.net.simulated.link import SimulatedLink
from app.packet.checksum import ones_sum
from app.packet.compose import Envelope, covered
from app.packet.registry import Protocol
from tests.simulated.probing import addresses, answers, echo, network, syn, udp

DIAMOND = """
[here]
address = ["10.0.0.2", "2001:db8::2"]
[routers]
left = ["10.0.2.1", "2001:db8:2::1"]
right = ["10.0.3.1", "2001:db8:3::1"]
join = ["10.0.4.1", "2001:db8:4::1"]
low = ["10.0.5.1", "2001:db8:5::1"]
high = ["10.0.6.1", "2001:db8:6::1"]
last = ["10.0.7.1", "2001:db8:7::1"]
[routers.split]
address = ["10.0.1.1", "2001:db8:1::1"]
ecmp = "MODE"
[hosts]
h = ["10.0.9.9", "2001:db8:9::9"]
[[links]]
path = ["here", "split", "left", "join", "low", "last", "h"]
[[links]]
path = ["split", "right", "join", "high", "last"]
"""

BACKBONE = """
[here]
address = "10.0.0.2"
[routers]
pe1 = "10.0.1.1"
p1 = "10.0.2.1"
p2 = "10.0.3.1"
pe2 = "10.0.4.1"
[hosts]
h = "10.0.9.9"
[[links]]
path = ["here", "pe1", "p1", "p2", "pe2", "h"]
[[tunnels]]
path = ["pe1", "p1", "p2", "pe2"]
labels = [16001, [16002, 99]]
propagate_ttl = TTL
"""

HOME = """
[here]
address = "192.168.1.2"
[routers]
out = "198.18.0.1"
far = "198.18.1.1"
[routers.gw]
address = "198.18.0.2"
nat = { inside = "here", sloppy_quote = SLOPPY }
[hosts.h]
address = "198.18.9.9"
tcp = 80
[[links]]
path = ["here", "gw", "out", "far", "h"]
"""

OFFICE = """
[here]
address = "10.0.0.2"
[routers]
isp = "198.18.0.1"
lan = "10.40.0.1"
[routers.office]
address = "198.18.40.2"
nat = { inside = "lan", forward = "server" }
[hosts.server]
address = "10.40.1.10"
tcp = 80
[[links]]
path = ["here", "isp", "office", "lan", "server"]
"""


@pytest.mark.parametrize("host", ["10.0.9.9", "2001:db8:9::9"])
def test_one_flow_keeps_to_one_of_the_equal_paths(tmp_path: Path, host: str) -> None:
    link = network(tmp_path, DIAMOND.replace("MODE", "flow")).link()
    for port in range(40_000, 40_010):
        assert len(set(addresses(link, [udp(link, host, 9, ttl=2, source_port=port)] * 5))) == 1


@pytest.mark.parametrize("host", ["10.0.9.9", "2001:db8:9::9"])
def test_many_flows_use_every_combination_of_two_diamonds(tmp_path: Path, host: str) -> None:
    link = network(tmp_path, DIAMOND.replace("MODE", "flow")).link()
    ports = range(40_000, 40_040)
    firsts = addresses(link, [udp(link, host, 9, ttl=2, source_port=port) for port in ports])
    seconds = addresses(link, [udp(link, host, 9, ttl=4, source_port=port) for port in ports])
    assert len(set(zip(firsts, seconds, strict=True))) == 4


def test_icmp_flow_follows_its_checksum(tmp_path: Path) -> None:
    link = network(tmp_path, DIAMOND.replace("MODE", "flow")).link()
    varied = addresses(link, [echo(link, "10.0.9.9", ttl=2, sequence=sequence) for sequence in range(20)])
    assert set(varied) == {"10.0.2.1", "10.0.3.1"}


def test_balancing_by_packet_splits_one_flow(tmp_path: Path) -> None:
    link = network(tmp_path, DIAMOND.replace("MODE", "packet")).link()
    assert set(addresses(link, [echo(link, "10.0.9.9", ttl=2)] * 20)) == {"10.0.2.1", "10.0.3.1"}


def test_labels_are_told_where_the_packet_came_with_them(tmp_path: Path) -> None:
    link = network(tmp_path, BACKBONE.replace("TTL", "true")).link()
    errors = [answers(link, echo(link, "10.0.9.9", ttl=ttl))[0].answer for ttl in range(1, 5)]

    assert [[entry.label for entry in error.mpls] for error in errors] == [[], [16001], [16002, 99], []]
    assert [entry.is_bottom for entry in errors[2].mpls] == [False, True]
    assert [entry.ttl for entry in errors[2].mpls] == [1, 1]


def test_tunnel_that_keeps_the_ttl_hides_its_hops(tmp_path: Path) -> None:
    link = network(tmp_path, BACKBONE.replace("TTL", "false")).link()
    seen = addresses(link, [echo(link, "10.0.9.9", ttl=ttl) for ttl in range(1, 4)])
    assert seen == ["10.0.1.1", "10.0.4.1", "10.0.9.9"]


def home(tmp_path: Path, *, sloppy: bool) -> SimulatedLink:
    return network(tmp_path, HOME.replace("SLOPPY", str(sloppy).lower())).link()


@pytest.mark.parametrize("make", ["echo", "udp", "tcp"])
@pytest.mark.parametrize("sloppy", [False, True])
def test_quote_behind_a_translator_names_the_probe_as_it_was_sent(tmp_path: Path, make: str, *, sloppy: bool) -> None:
    link = home(tmp_path, sloppy=sloppy)
    sent = {
        "echo": echo(link, "198.18.9.9", ttl=3),
        "udp": udp(link, "198.18.9.9", 33434, ttl=3),
        "tcp": syn(link, "198.18.9.9", 80, ttl=3),
    }[make]
    [error] = answers(link, sent)

    assert str(error.answer.source) == "198.18.1.1"
    quote = error.answer.quote
    assert quote is not None
    assert str(quote.source) == "192.168.1.2"
    assert quote.transport[:2] == sent[20:22]
    assert (quote.transport == sent[20:]) is not sloppy


def test_a_sloppy_quote_still_has_a_good_ip_header(tmp_path: Path) -> None:
    link = home(tmp_path, sloppy=True)
    [error] = answers(link, udp(link, "198.18.9.9", 33434, ttl=3))
    assert ones_sum(error.data[28:48]) == 0xFFFF


def test_answers_find_their_way_back_through_a_translator(tmp_path: Path) -> None:
    link = home(tmp_path, sloppy=False)
    request = echo(link, "198.18.9.9", sequence=5)
    [reply] = answers(link, request)
    [accepted] = answers(link, syn(link, "198.18.9.9", 80))

    assert str(reply.answer.destination) == "192.168.1.2"
    assert reply.answer.transport[4:] == request[24:]
    assert accepted.answer.transport[2:4] == link.port.to_bytes(2, "big")


def test_hops_behind_a_translator_speak_with_its_address(tmp_path: Path) -> None:
    link = network(tmp_path, OFFICE).link()
    probes = [udp(link, "198.18.40.2", 9, ttl=ttl) for ttl in range(1, 5)]
    assert addresses(link, probes) == ["198.18.0.1", "198.18.40.2", "198.18.40.2", "198.18.40.2"]

    [inner] = answers(link, probes[2])
    assert inner.answer.ttl == 255 - 2
    assert inner.answer.quote is not None
    assert str(inner.answer.quote.destination) == "198.18.40.2"
    udp_covered = covered(
        Envelope(inner.answer.quote.source, inner.answer.quote.destination), Protocol.UDP, inner.answer.quote.transport
    )
    assert ones_sum(udp_covered) == 0xFFFF


def test_flow_label_is_part_of_a_flow(tmp_path: Path) -> None:
    link = network(tmp_path, DIAMOND.replace("MODE", "flow")).link()
    probe = udp(link, "2001:db8:9::9", 9, ttl=2)
    labelled = [probe[:3] + bytes((label,)) + probe[4:] for label in range(20)]
    assert set(addresses(link, labelled)) == {"2001:db8:2::1", "2001:db8:3::1"}
