"""The tables of a scenario about its LAN and its programs: mistakes are told by key and reason."""

import re
from pathlib import Path

import pytest

from app.net.simulated.lan.readers import MANNERS
from app.net.simulated.network import open_simulation
from app.net.simulated.toml import ScenarioError
from tests.simulated.listening import OTHER, lan, listened, summaries
from tests.simulated.probing import network

EVENT = '[[events]]\nat = "1 s"\nspeaker = "other"\n'
PROGRAM = '[[programs]]\nname = "p"\npid = 7\nuid = 1000\nport = 4000\nto = "far"\nto_port = 9\nevery = "5 s"\n'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ospff = {}", "lan.speakers.gw.ospff: no such key; did you mean 'ospf'?"),
        ("ospf = {}", "lan.speakers.gw.ospf: router_id: is missing"),
        (
            'ospf = { router_id = "1.1.1.1", ded = "3 s" }',
            "lan.speakers.gw.ospf: ded: no such key; did you mean 'dead'?",
        ),
        ('ospf = { router_id = "::1" }', "lan.speakers.gw.ospf: router_id: '::1' is no IPv4 address"),
        ('router_advertisement = { every = "0 s" }', "lan.speakers.gw.router_advertisement: every: '0 s' is not from"),
        ('router_advertisement = { lifetime = "20 h" }', "lifetime: '20 h' is not from 0 s to 65535 s"),
        ('router_advertisement = { prefixes = "10.0.0.0/8" }', "prefixes: prefix: '10.0.0.0/8' is no network of IPv6"),
        ('router_advertisement = { pref64 = "64:ff9b::/90" }', "has no length that RFC 8781 knows"),
        ('groups = "10.0.0.1"', "lan.speakers.gw.groups: '10.0.0.1' is no multicast group"),
        (
            'vrrp = { group = 5, address = "10.0.0.9", every = "41 s" }',
            "vrrp: every: '41 s' is not from 0.01 s to 40 s",
        ),
        ('bfd = "nobody"', "lan.speakers.gw.bfd.peer: there is no speaker 'nobody'"),
        ('resolve = ["here", "oter"]' + OTHER, "gw.resolve.of: there is no speaker 'oter'; did you mean 'other'?"),
        (
            'rip = { routes = { prefix = "10.9.0.0/16", next_hop = "fe80::1" } }',
            "is of another IP version than 10.9.0.0/16",
        ),
        ("[lan.speakers.nobody]", "lan.speakers.nobody: there is no router or host 'nobody'"),
        (OTHER.replace(":03", ":01"), "lan.speakers.other.mac: is that of 'gw' already"),
        (
            OTHER.replace("02:00:00:00:00:03", "03:00:00:00:00:03"),
            "mac: '03:00:00:00:00:03' is no MAC address of a station",
        ),
        (OTHER.replace("fe80::3", "2001:db8::3"), "link_local: '2001:db8::3' is no link-local address of IPv6"),
        (
            "multicast_router = { version = '3', interfaces = [] }",
            "version: '3' is no version; write one such as '3.255'",
        ),
        (OTHER + EVENT, "events.1: changes nothing"),
        (OTHER + EVENT + 'bfd = "nobody"', "events.1.bfd.peer: there is no speaker 'nobody'"),
        (EVENT + "down = true", "events.1.speaker: there is no speaker 'other'"),
        (OTHER + EVENT + 'node = "other"\ndown = true', "events.1: must have one of 'node', 'link' and 'speaker'"),
        (PROGRAM.replace('"far"', '"fra"'), "programs.1.to: there is no router or host 'fra'; did you mean 'far'?"),
        (PROGRAM + 'protocol = "sctp"', "programs.1.protocol: 'sctp' is none of udp, tcp"),
        (PROGRAM.replace("pid = 7\n", ""), "programs.1.pid: is missing"),
    ],
)
def test_mistakes_are_told_by_key_and_reason(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(ScenarioError, match=re.escape(reason)):
        lan(tmp_path, text)


def test_a_gateway_that_nobody_is_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text('[here]\naddress = "10.0.0.2"\n[lan]\ngateway = "gw"\n')

    with pytest.raises(ScenarioError, match=r"lan.gateway: there is no speaker 'gw'"):
        open_simulation(path)


def test_what_speaks_ipv4_alone_needs_an_address_of_it(tmp_path: Path) -> None:
    six = '[hosts.six]\naddress = "2001:db8::66"\n[lan.speakers.six]\nrouter_discovery = {}\n'

    with pytest.raises(ScenarioError, match="router_discovery: needs an IPv4 address, and 'six' has none"):
        lan(tmp_path, six)


def test_a_speaker_without_a_link_local_address_gets_that_of_its_mac_address(tmp_path: Path) -> None:
    text = OTHER.replace('link_local = "fe80::3"\n', "") + "router_advertisement = {}\n"
    frames = listened(lan(tmp_path, text), 10, "nd")

    assert {frame.data[22:38].hex() for frame in frames} == {"fe80000000000000" + "000000fffe000003"}


def test_the_longest_lists_still_make_messages(tmp_path: Path) -> None:
    text = f"""
[lan.speakers.gw.router_advertisement]
prefixes = {[f"2001:db8:{index:x}::/64" for index in range(1000)]}
dnssl = {["a" * 60 + "." + "b" * 60] * 8}
rdnss = {["2001:db8::53"] * 100}
"""
    frames = listened(lan(tmp_path, text.replace("'", '"')), 10, "nd")

    assert frames
    assert all(len(frame.data) > 30_000 for frame in frames)


def test_the_documents_example_of_a_lan_speaks(tmp_path: Path) -> None:
    document = (Path(__file__).parents[2] / "docs" / "simulation.md").read_text(encoding="utf-8")
    [example] = [block for block in re.findall(r"```toml\n(.*?)```", document, re.DOTALL) if "[lan]" in block]
    nodes = """
[here]
address = ["10.0.0.2", "2001:db8::2"]
[routers.gw]
address = ["10.0.0.1", "2001:db8::1"]
[[links]]
path = ["here", "gw"]
"""
    words = summaries(listened(network(tmp_path, nodes + example), 70))

    assert "router advertisement, lifetime 1800 s, prefix 2001:db8::/64, rdnss" in words
    assert "router advertisement, lifetime 0 s, prefix 2001:db8::/64, rdnss" in words
    assert "OSPFv2 hello, router 1.1.1.1, area 0.0.0.0, 0 neighbours" in words


def test_every_table_of_a_speaker_is_in_the_document() -> None:
    document = (Path(__file__).parents[2] / "docs" / "simulation.md").read_text(encoding="utf-8")

    assert [name for name in MANNERS if f"`{name}`" not in document] == []
