"""What the speakers of a simulated LAN say, when they say it, and how they fall silent."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from app.engine.datagram import Direction
from app.engine.hearing import Hearing
from app.net.simulated.network import open_simulation
from app.packet.dissection import CheckStatus, Severity
from app.packet.editing import rebuilt
from tests.simulated.listening import OTHER, Heard, heard, lan, listened, summaries

HOUR = 3600
#: In one process: what an hour says is heard once.
pytestmark = pytest.mark.xdist_group("an hour of the LAN")


@pytest.fixture(scope="module")
def hour() -> list[Heard]:
    return listened(open_simulation(None, virtual=True), HOUR)


def test_an_hour_of_the_built_in_lan_is_without_fault(hour: list[Heard]) -> None:
    faults = [note.text for frame in hour for note in frame.dissection.notes if note.severity is Severity.ERROR]
    warnings = Counter(note.text for frame in hour for note in frame.dissection.notes)
    bad = [frame.summary for frame in hour for check in frame.dissection.checks if check.status is CheckStatus.BAD]

    assert faults == []
    assert bad == []
    assert set(warnings) == {"hop limit 64 where 255 has to be: receivers drop this message"}


def test_every_frame_is_made_of_headers_that_build_it_again(hour: list[Heard]) -> None:
    assert all(rebuilt(frame.dissection) == frame.data for frame in hour)


def test_every_protocol_of_the_page_is_heard_within_ten_seconds(hour: list[Heard]) -> None:
    begins = [frame.summary for frame in hour if frame.seconds < 10]

    for start in (
        "router advertisement, lifetime 1800 s, prefix 2001:db8::/64",
        "router advertisement, lifetime 1800 s, router 10.0.0.1",
        "OSPFv2 hello, router 1.1.1.1",
        "OSPFv2 hello, router 1.1.1.3",
        "OSPFv3 hello, router 1.1.1.1",
        "OSPFv2 LSU",
        "OSPFv3 LSU",
        "IGMPv3 query, max response 10 s, interval 125 s",
        "multicast listener query",
        "PIMv2 hello, holdtime 105 s, DR priority 100",
        "PIMv2 bootstrap, BSR 10.0.0.1",
        "VRRPv3 advertisement, group 5, priority 200, 10.0.0.254",
        "RIPv2 response, 2 routes",
        "RIPng response, 1 route",
        "BFD up",
        "LLDP, gateway.example, port ge-0/0/1",
        "mDNS query PTR? _ipp._tcp.local",
        "DHCP discover",
        "who has",
        "neighbour solicitation",
        "port unreachable",
    ):
        assert any(words.startswith(start) for words in begins), start


def test_the_same_seed_says_the_same_at_the_same_times() -> None:
    frames = [
        [(frame.after, frame.data) for frame in listened(open_simulation(None, seed=3, virtual=True), 60)]
        for _ in range(2)
    ]

    assert frames[0] == frames[1]


def test_another_seed_says_it_at_other_times() -> None:
    frames = [
        [(frame.after, frame.data) for frame in listened(open_simulation(None, seed=seed, virtual=True), 20)]
        for seed in (3, 4)
    ]

    assert frames[0] != frames[1]


def test_times_never_go_back(hour: list[Heard]) -> None:
    assert all(one.after <= two.after for one, two in pairwise(hour))


def test_directions_are_told_by_mac_address(hour: list[Heard]) -> None:
    directions = {frame.summary.split(",")[0]: frame.direction for frame in hour if frame.seconds < 60}

    assert directions["BFD up"] is Direction.OTHER
    assert directions["OSPFv2 hello"] is Direction.IN
    assert directions["udp 40112 → 8717"] is Direction.OUT


def test_routers_that_agree_hear_each_other_and_the_one_that_does_not_stays_alone(hour: list[Heard]) -> None:
    hellos = set(summaries(hour, "OSPFv2 hello"))

    assert "OSPFv2 hello, router 1.1.1.1, area 0.0.0.0, 1 neighbour" in hellos
    assert "OSPFv2 hello, router 1.1.1.4, area 0.0.0.0, 1 neighbour" in hellos
    assert {words for words in hellos if "1.1.1.3" in words} == {
        "OSPFv2 hello, router 1.1.1.3, area 0.0.0.0, 0 neighbours"
    }


def test_the_highest_priority_is_designated_router_and_the_next_its_backup(hour: list[Heard]) -> None:
    hello = next(frame for frame in hour if frame.summary.startswith("OSPFv2 hello, router 1.1.1.4"))

    assert hello.shown("ospf.hello.designated_router") == ["10.0.0.1"]
    assert hello.shown("ospf.hello.backup_designated_router") == ["10.0.0.4"]


def test_a_rogue_advertises_with_a_wrong_hop_limit_for_twenty_seconds(hour: list[Heard]) -> None:
    times = [frame.seconds for frame in hour if "2001:db8:bad::/64" in frame.summary and frame.seconds < 300]

    assert times
    assert min(times) >= 70
    assert max(times) < 90


def test_the_second_router_stops_being_one_after_some_minutes(hour: list[Heard]) -> None:
    at = next(frame.seconds for frame in hour if frame.summary.startswith("router advertisement, lifetime 0 s"))

    assert at == 190


def test_the_backup_takes_over_when_the_master_falls_silent(hour: list[Heard]) -> None:
    by_second = [
        frame.seconds
        for frame in hour
        if frame.summary == "VRRPv3 advertisement, group 5, priority 100, 10.0.0.254" and frame.seconds < 1000
    ]

    # At 11 minutes, after three intervals and the skew time of 156/256 s, at its next tick (RFC 9568, section 6.1).
    assert 663.6 <= min(by_second) <= 665.6
    assert max(by_second) < 691


def test_a_virtual_address_is_announced_by_its_new_owner(hour: list[Heard]) -> None:
    found = next(frame for frame in hour if "10.0.0.254 is at" in frame.summary)

    assert found.summary == "10.0.0.254 is at 02:00:00:00:00:03, announced"


RA = """
[lan.speakers.other.router_advertisement]
every = "4 s"
prefixes = "2001:db8::/64"
"""
DOWN = """
[[events]]
at = "20 s"
speaker = "other"
down = true
"""


def test_a_speaker_that_is_killed_says_nothing_more(tmp_path: Path) -> None:
    frames = listened(lan(tmp_path, OTHER + RA + DOWN), 60, "nd")

    assert {words[:34] for words in summaries(frames)} == {"router advertisement, lifetime 180"}
    assert max(frame.seconds for frame in frames) < 20


def test_a_speaker_that_says_goodbye_has_words_for_it_in_every_protocol(tmp_path: Path) -> None:
    says = """
goodbye = true
router_advertisement = { every = "4 s" }
router_discovery = {}
pim = {}
vrrp = { group = 7, address = "10.0.0.77" }
bfd = "gw"
lldp = {}
mdns = { offers = "_ssh._tcp" }
rip = { routes = { prefix = "10.9.0.0/16", metric = 3 } }
groups = ["239.1.1.1", "ff05::77"]
"""
    frames = [frame for frame in listened(lan(tmp_path, OTHER + says + DOWN), 60) if frame.seconds >= 20]
    last = [frame.summary for frame in frames if frame.seconds == 20]

    assert "router advertisement, lifetime 0 s" in last
    assert "router advertisement, lifetime 0 s, router 10.0.0.3" in last
    assert "PIMv2 hello, goodbye, DR priority 1" in last
    assert "VRRPv3 advertisement, group 7, priority 0, 10.0.0.77" in last
    assert any(words.startswith("BFD admin down") for words in last)
    assert any("is leaving" in words for words in last)
    assert "IGMPv3 report, 1 group: 239.1.1.1 to include {}" in last
    assert any("ttl 0 s" in words for words in last)
    assert any(frame.shown("rip.metric") == ["16"] for frame in frames)
    # Each leave is said twice, the second time within a second.
    assert max(frame.seconds for frame in frames) < 21


def test_a_node_that_is_down_takes_its_speaker_with_it(tmp_path: Path) -> None:
    event = '[[events]]\nat = "20 s"\nfor = "20 s"\nnode = "other"\ndown = true\n'
    times = [frame.seconds for frame in listened(lan(tmp_path, OTHER + RA + event), 60, "nd")]

    assert not [at for at in times if 20 <= at < 40]
    assert [at for at in times if at >= 40]


def test_an_event_changes_some_keys_of_what_is_said(tmp_path: Path) -> None:
    event = '[[events]]\nat = "30 s"\nspeaker = "other"\nrouter_advertisement = { lifetime = "0 s" }\n'
    frames = listened(lan(tmp_path, OTHER + RA + event), 60, "nd")

    before = {words for frame in frames if frame.seconds < 30 for words in [frame.summary]}
    after = {frame.summary for frame in frames if frame.seconds >= 30}
    assert before == {"router advertisement, lifetime 1800 s, prefix 2001:db8::/64"}
    assert after == {"router advertisement, lifetime 0 s, prefix 2001:db8::/64"}
    assert next(frame.seconds for frame in frames if frame.seconds >= 30) == 30


def test_members_report_after_a_query_within_its_response_time(tmp_path: Path) -> None:
    says = 'groups = ["239.1.1.1", "224.0.0.251"]\n'
    querier = '[lan.speakers.gw.igmp_querier]\nevery = "60 s"\nresponse = "5 s"\n'
    frames = listened(lan(tmp_path, querier + OTHER + says), 20, "igmp")

    [query] = [frame for frame in frames if "query" in frame.summary]
    [report] = [frame for frame in frames if "report" in frame.summary]
    assert report.summary == "IGMPv3 report, 2 groups: 239.1.1.1 is exclude {}, 224.0.0.251 is exclude {}"
    assert 0 < report.seconds - query.seconds < 5


def test_an_older_querier_makes_members_speak_its_version(tmp_path: Path) -> None:
    querier = "igmp_querier = { version = 2 }\nmld_querier = { version = 1 }\n"
    member = OTHER + 'groups = ["239.1.1.1", "ff05::77"]\n'
    words = summaries(listened(lan(tmp_path, querier + member), 30, "igmp", "mld"))

    assert "IGMPv2 query, max response 10 s" in words
    assert "IGMPv2 report 239.1.1.1" in words
    assert "multicast listener report, ff05::77" in words


def test_neighbours_of_different_mtu_send_their_descriptions_again_and_again(tmp_path: Path) -> None:
    gw = '[lan.speakers.gw.ospf]\nrouter_id = "1.1.1.1"\n'
    other = OTHER + 'ospf = { router_id = "1.1.1.3", mtu = 9000 }\n'
    frames = listened(lan(tmp_path, gw + other), 30, "ospf")
    mtus = Counter(frame.shown("ospf.db.interface_mtu")[0] for frame in frames if "DBD" in frame.summary)

    assert set(mtus) == {"1500 bytes", "9000 bytes"}
    assert min(mtus.values()) >= 5


def test_a_password_is_in_every_packet_of_ospf(tmp_path: Path) -> None:
    gw = '[lan.speakers.gw.ospf]\nrouter_id = "1.1.1.1"\npassword = "geheim"\n'
    frames = listened(lan(tmp_path, gw), 15, "ospf")

    assert frames
    assert {frame.shown("ospf.auth.simple")[0] for frame in frames} == {"geheim"}
    assert {check.status for frame in frames for check in frame.dissection.checks} == {CheckStatus.GOOD}


def test_a_lan_that_is_opened_later_is_alive_from_the_first_seconds(tmp_path: Path) -> None:
    network = open_simulation(None, virtual=True)
    wire = network.listen(Hearing())
    heard(wire, 400)

    assert len(listened(network, 5)) > 20


def test_a_router_of_another_mtu_is_in_nobodys_network_lsa(tmp_path: Path) -> None:
    gw = '[lan.speakers.gw.ospf]\nrouter_id = "1.1.1.1"\npriority = 9\nrefresh = "10 s"\n'
    other = OTHER + 'ospf = { router_id = "1.1.1.3", mtu = 9000, refresh = "10 s" }\n'
    frames = listened(lan(tmp_path, gw + other), 30, "ospf")

    assert any("hello, router 1.1.1.1, area 0.0.0.0, 1 neighbour" in frame.summary for frame in frames)
    assert summaries(frames, "OSPFv2 LSU")
    assert not any("network" in words for words in summaries(frames, "OSPFv2 LSU"))
