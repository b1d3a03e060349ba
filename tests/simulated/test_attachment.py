"""The simulated internet behind a device: answers leave when due, and the log says what became of each packet."""

from ipaddress import ip_address
from pathlib import Path

from app.net.simulated.reading import read_scenario
from app.net.simulated.topology import Topology
from app.packet.answer import read_answer
from app.packet.compose import Envelope, echo_message, icmp_protocol, ip_datagram, with_checksum
from app.packet.registry import Protocol
from app.packet.transport.udp import Udp
from tests.simulated.attaching import AHEAD, BEGAN, attached

MILLISECOND = 1_000_000

LINE = """
[here]
address = ["10.0.0.2", "2001:db8::2"]
[routers.r1]
address = ["10.0.1.1", "2001:db8:1::1"]
{first}
[routers.r2]
address = ["10.0.2.1", "2001:db8:2::1"]
[hosts.h]
address = ["10.0.9.9", "2001:db8:9::9"]
{host}
[[links]]
path = ["here", "r1", "r2", "h"]
delay = "2 ms"
{links}
"""


def line(*, first: str = "", host: str = "", links: str = "") -> str:
    return LINE.format(first=first, host=host, links=links)


def echo(to: str, *, ttl: int = 64, sequence: int = 1) -> bytes:
    there = ip_address(to)
    envelope = Envelope(ip_address("10.0.0.2" if there.version == 4 else "2001:db8::2"), there, ttl=ttl)
    return ip_datagram(envelope, icmp_protocol(there), echo_message(envelope, 77, sequence, b"hopscope"))


def sources(packets: list[bytes]) -> list[str]:
    return [str(answer.source) for answer in map(read_answer, packets) if answer is not None]


def test_an_answer_leaves_when_it_is_due_and_not_before(tmp_path: Path) -> None:
    with attached(tmp_path, line()) as host:
        due = host.send(echo("10.0.9.9"))

        assert due == BEGAN + 12 * MILLISECOND
        assert host.receive(12 * MILLISECOND - 1) == []
        assert sources(host.receive(12 * MILLISECOND)) == ["10.0.9.9"]


def test_answers_leave_in_the_order_of_their_moments_not_of_the_questions(tmp_path: Path) -> None:
    with attached(tmp_path, line()) as host:
        host.send(echo("10.0.9.9", ttl=64), echo("10.0.9.9", ttl=2), echo("10.0.9.9", ttl=1))

        assert sources(host.receive(12 * MILLISECOND)) == ["10.0.1.1", "10.0.2.1", "10.0.9.9"]


def test_both_ip_versions_are_answered(tmp_path: Path) -> None:
    with attached(tmp_path, line()) as host:
        host.send(echo("10.0.9.9"), echo("2001:db8:9::9"))

        assert sources(host.receive(12 * MILLISECOND)) == ["10.0.9.9", "2001:db8:9::9"]


def test_packets_to_groups_and_neighbours_are_ignored_and_counted(tmp_path: Path) -> None:
    with attached(tmp_path, line()) as host:
        host.send(echo("224.0.0.1"), echo("255.255.255.255"), echo("ff02::2"), echo("fe80::1"))

        assert (host.attachment.counts.sent, host.attachment.counts.ignored) == (4, 4)
        assert host.truth() == []


def test_bytes_that_are_no_packet_are_logged_as_dropped_here(tmp_path: Path) -> None:
    with attached(tmp_path, line()) as host:
        host.send(echo("10.0.9.9")[:-1])

        (said,) = host.truth()
        assert (said["outcome"], said["where"], said["why"]) == ("dropped", "here", "malformed")


def test_packets_that_end_anywhere_are_taken_and_end_nothing(tmp_path: Path) -> None:
    with attached(tmp_path, line()) as host:
        for whole in (echo("10.0.9.9"), echo("2001:db8:9::9")):
            host.send(*(whole[:size] for size in range(1, len(whole))))
        host.send(echo("10.0.9.9"))

        assert sources(host.receive(12 * MILLISECOND)) == ["10.0.9.9"]


def test_the_truth_of_an_answer_is_told_when_it_has_left(tmp_path: Path) -> None:
    with attached(tmp_path, line()) as host:
        host.send(echo("10.0.9.9", ttl=2, sequence=5))
        assert host.truth() == []
        host.receive(8 * MILLISECOND + 300)

        (said,) = host.truth()
        assert (said["id"], said["at"]) == (1, BEGAN + AHEAD)
        assert (said["source"], said["destination"], said["protocol"]) == ("10.0.0.2", "10.0.9.9", "icmp")
        assert (said["type"], said["identifier"], said["sequence"], said["ttl"]) == (8, 77, 5, 2)
        assert (said["outcome"], said["where"], said["why"]) == ("answered", "r2", "expired")
        assert said["path"] == ["here", "r1", "r2"]
        (answer,) = said["answers"]
        assert (answer["source"], answer["type"], answer["why"]) == ("10.0.2.1", 11, "arrived")
        assert answer["path"] == ["r2", "r1", "here"]
        assert answer["delay_ns"] == 8 * MILLISECOND
        assert answer["leaves_at"] == BEGAN + AHEAD + 8 * MILLISECOND
        assert answer["left_at"] == BEGAN + AHEAD + 8 * MILLISECOND + 300


def test_what_is_lost_on_the_way_there_is_told_by_its_link(tmp_path: Path) -> None:
    with attached(tmp_path, line(links="loss = [0, 1, 0]\nback = { loss = 0 }")) as host:
        host.send(echo("10.0.9.9"))

        (said,) = host.truth()
        assert (said["outcome"], said["where"], said["why"]) == ("dropped", "r1>r2", "loss")
        assert (said["path"], said["answers"]) == (["here", "r1"], [])


def test_an_answer_that_is_lost_on_its_way_back_is_told_as_well(tmp_path: Path) -> None:
    with attached(tmp_path, line(links="back = { loss = [0, 1, 0] }")) as host:
        host.send(echo("10.0.9.9"))

        (said,) = host.truth()
        assert (said["outcome"], said["where"], said["why"], said["end"]) == ("dropped", "r2>r1", "loss", "delivered")
        assert said["path"] == ["here", "r1", "r2", "h"]
        assert [answer["path"] for answer in said["answers"]] == [["h", "r2"]]


def test_a_silent_router_and_a_limited_one_are_told_apart(tmp_path: Path) -> None:
    with attached(tmp_path, line(first="silent = true")) as host:
        host.send(echo("10.0.9.9", ttl=1))
        silent = host.truth()
    with attached(tmp_path, line(first="limit = { rate = 1, burst = 1 }")) as host:
        host.send(echo("10.0.9.9", ttl=1), echo("10.0.9.9", ttl=1))
        limited = host.truth()

    assert [(said["where"], said["why"], said["end"]) for said in silent] == [("r1", "silent", "expired")]
    assert [(said["where"], said["why"], said["end"]) for said in limited] == [("r1", "limited", "expired")]


def test_a_host_that_answers_no_echo_is_told_as_unanswered(tmp_path: Path) -> None:
    with attached(tmp_path, line(host="echo = false")) as host:
        host.send(echo("10.0.9.9"))

        (said,) = host.truth()
        assert (said["outcome"], said["where"], said["why"]) == ("dropped", "h", "unanswered")


def test_a_duplicate_is_a_second_answer_of_one_packet(tmp_path: Path) -> None:
    with attached(tmp_path, line(host="duplicates = 1")) as host:
        host.send(echo("10.0.9.9"))

        assert sources(host.receive(12 * MILLISECOND)) == ["10.0.9.9"]
        assert host.truth() == []
        assert sources(host.receive(20 * MILLISECOND)) == ["10.0.9.9"]
        (said,) = host.truth()
        assert [answer["why"] for answer in said["answers"]] == ["arrived", "arrived"]


def test_answers_under_way_at_the_end_are_told_as_not_left(tmp_path: Path) -> None:
    with attached(tmp_path, line()) as host:
        host.send(echo("10.0.9.9"))
        host.attachment.finish()

        (said,) = host.truth()
        assert [answer["left_at"] for answer in said["answers"]] == [None]


def test_ports_name_a_datagram_of_udp(tmp_path: Path) -> None:
    envelope = Envelope(ip_address("10.0.0.2"), ip_address("10.0.9.9"))
    head = with_checksum(envelope, Protocol.UDP, Udp(source_port=50_000, destination_port=33_434, length=8).build())
    with attached(tmp_path, line()) as host:
        host.send(ip_datagram(envelope, Protocol.UDP, head))
        host.receive(12 * MILLISECOND)

        (said,) = host.truth()
        assert (said["protocol"], said["source_port"], said["destination_port"]) == ("udp", 50_000, 33_434)
        assert (said["answers"][0]["type"], said["answers"][0]["code"]) == (3, 3)


def test_the_same_packets_lose_the_same_ones(tmp_path: Path) -> None:
    outcomes = []
    for _ in range(2):
        with attached(tmp_path, line(links="loss = 0.1")) as host:
            host.send(*(echo("10.0.9.9", sequence=sequence) for sequence in range(40)))
            host.receive(12 * MILLISECOND)
            outcomes.append([(said["id"], said["where"], said["why"]) for said in host.truth()])

    assert outcomes[0] == outcomes[1]
    assert {why for _, _, why in outcomes[0]} == {"loss", "delivered"}


def test_every_address_of_a_block_answers_as_itself(tmp_path: Path) -> None:
    with attached(tmp_path, line(host='block = ["10.8.0.0/16", "2001:db8:8::/48"]')) as host:
        host.send(echo("10.8.200.1"), echo("2001:db8:8:1::5"), echo("10.9.0.1"))

        assert set(sources(host.receive(12 * MILLISECOND))) == {"10.8.200.1", "2001:db8:8:1::5", "10.0.1.1"}


def test_a_scan_of_more_addresses_than_are_remembered_changes_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "test.toml"
    path.write_text(line(host='block = "10.64.0.0/10"'), encoding="utf-8")
    topology = Topology(read_scenario(path), "1")
    host = topology.stations["h"]
    wanted = [(10 << 24 | 64 << 16 | number).to_bytes(4, "big") for number in range(100_010)]

    places = [topology.find(address) for address in wanted]

    assert {place.station for place in places if place is not None} == {host}
    assert wanted[-1] in host.addresses
    assert len(host.addresses) < 100
