"""What is composed by hand, against Linux: answered, ignored or changed as the kernel and its daemons see fit."""

import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.lab.capturing import Capturing, rows
from tests.lab.program import ENVIRONMENT, PROGRAM, ROOT, Ended, ended
from tests.lab.topology import Lab, Node
from tests.packet.composing.origin import packet
from tests.packet.composing.test_templates import KINDS, QUOTING, TEMPLATES
from tests.privileges import require_programs

_LISTENER = """
import socket
listening = socket.create_server(("", 8080))
print("ready", flush=True)
socket.socket.accept(listening)
"""


@pytest.fixture
def ends(six_hops: Lab) -> tuple[Node, Node]:
    return six_hops.nodes["h"], six_hops.nodes["t"]


def send(node: Node, *words: str, stdin: str | None = None) -> Ended:
    """Send by hand; the answers of a lab are there at once, so half of the usual second is waited for them."""
    done = subprocess.run(
        node.command(*PROGRAM, "send", "--wait", "0.5", *words, "--json"),
        input=stdin or "",
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        cwd=ROOT,
        timeout=30,
        check=False,
    )
    return ended(done.returncode, done.stdout, done.stderr)


@contextmanager
def running(node: Node, *words: str, until: str) -> Iterator[None]:
    """A program, from the moment at which it said a word."""
    process = node.start(*words)
    try:
        said = process.stderr if words[0] == "dnsmasq" else process.stdout
        assert said is not None
        assert any(until in line for line in said)
        yield
    finally:
        process.terminate()
        process.communicate(timeout=10)


def last_words(ended: Ended) -> list[str]:
    return [reply["layers"][-1]["shown"] for reply in ended.document["replies"]]


@pytest.mark.parametrize("version", [4, 6])
def test_a_dns_query_made_by_hand_is_answered_by_a_real_resolver(ends: tuple[Node, Node], version: int) -> None:
    require_programs("dnsmasq")
    here, there = ends
    outer = "ip" if version == 4 else "ipv6"
    words = ("dnsmasq", "-d", "-C", "/dev/null", "-R", "-h", "-u", "root", "--log-facility=-", "--pid-file=")
    with running(there, *words, "--address=/host.lab/192.0.2.7", until="started"):
        done = send(here, f"{outer}/udp/dns", f"{outer}.dst={there.address(version)}", "dns.qry.name=host.lab")

    assert done.status == 0
    (sent,) = done.document["sent"]
    assert sent["changed_by_kernel"] == []
    (reply,) = done.document["replies"]
    dns = reply["layers"][-1]
    assert dns["name"] == "dns"
    assert "192.0.2.7" in dns["shown"]


def test_a_syn_made_by_hand_is_answered_by_a_listening_socket(ends: tuple[Node, Node]) -> None:
    here, there = ends
    with running(there, sys.executable, "-c", _LISTENER, until="ready"):
        done = send(here, "ip/tcp", f"ip.dst={there.address()}", "tcp.dstport=8080", "tcp.options.mss_val=1400")

    assert done.status == 0
    assert "[SYN ACK]" in last_words(done)[0]


def test_a_syn_to_a_closed_port_is_reset(ends: tuple[Node, Node]) -> None:
    here, there = ends

    done = send(here, "ip/tcp", f"ip.dst={there.address()}", "tcp.dstport=9")

    assert "[RST ACK]" in last_words(done)[0]


#: Of each version: the first fragment's layers and fields, and the second's.
_FRAGMENTS = {
    4: (
        ("ip/icmp", "ip.id=7", "ip.flags.mf=1", "icmp.ident=7", "data=01234567"),
        ("ip", "ip.id=7", "ip.proto=icmp", "ip.frag_offset=2", "data=89abcdef"),
    ),
    6: (
        (
            "ipv6/ipv6.fraghdr/icmpv6",
            "ipv6.fraghdr.ident=7",
            "ipv6.fraghdr.more=1",
            "icmpv6.echo.identifier=7",
            "data=01234567",
        ),
        ("ipv6/ipv6.fraghdr", "ipv6.fraghdr.ident=7", "ipv6.fraghdr.nxt=58", "ipv6.fraghdr.offset=2", "data=89abcdef"),
    ),
}
_WHOLE = {
    4: ("ip/icmp", "icmp.ident=7", "data=0123456789abcdef"),
    6: ("ipv6/icmpv6", "icmpv6.echo.identifier=7", "data=0123456789abcdef"),
}


@pytest.mark.parametrize("version", [4, 6])
def test_an_echo_in_two_fragments_made_by_hand_is_answered_whole(ends: tuple[Node, Node], version: int) -> None:
    here, there = ends
    name, size = ("ip", 20) if version == 4 else ("ipv6", 40)
    to = f"{name}.dst={there.address(version)}"
    whole = bytes.fromhex(send(here, *_WHOLE[version], to, "--dry-run").document["sent"][0]["hex"])
    checksum = f"icmp{'v6' if version == 6 else ''}.checksum=0x{whole[size + 2 : size + 4].hex()}"
    first, second = _FRAGMENTS[version]
    pieces = [send(here, *first, to, checksum, "--dry-run"), send(here, *second, to, "--dry-run")]

    done = send(here, "--hex", "-", "--rate", "100", stdin="\n".join(_hex(each) for each in pieces))

    assert done.status == 0
    assert len(done.document["sent"]) == 2
    (reply,) = done.document["replies"]
    assert reply["layers"][2]["shown"].startswith("echo reply")
    assert reply["length"] == 14 + len(whole)


def _hex(done: Ended) -> str:
    (sent,) = done.document["sent"]
    return str(sent["hex"])


def test_a_wrong_icmp_checksum_is_sent_as_it_is_and_ignored(ends: tuple[Node, Node], tmp_path: Path) -> None:
    here, there = ends
    capture = tmp_path / "wrong.pcap"
    with Capturing(there, "to-r5", capture, "icmp") as heard:
        done = send(
            here, "ip/icmp", f"ip.dst={there.address()}", "icmp.checksum=0x1234", "icmp.ident=7", "--wait", "0.3"
        )
        heard.wait_for("id 7")

    assert (done.status, done.document["replies"]) == (1, [])
    assert done.document["sent"][0]["changed_by_kernel"] == []
    (row,) = rows(capture, "icmp.checksum", "icmp.checksum.status")
    assert row == {"icmp.checksum": ["0x1234"], "icmp.checksum.status": ["0"]}


@pytest.mark.parametrize("field", ["ip.checksum=0x1234", "ip.len=40"])
def test_what_the_kernel_would_mend_leaves_as_a_frame(ends: tuple[Node, Node], tmp_path: Path, field: str) -> None:
    here, _ = ends
    gateway = here.links[0].ends[1]
    here.run("ping", "-c1", "-W1", gateway.address(4, here))  # so that its hardware address is known
    capture = tmp_path / "frame.pcap"
    with Capturing(gateway, "to-h", capture, "ip") as heard:
        done = send(here, "ip/icmp", f"ip.dst={gateway.address(4, here)}", field, "icmp.ident=7", "--wait", "0.2")
        heard.wait_for("IP")

    name, _, value = field.partition("=")
    (row,) = rows(capture, name)
    assert int(row[name][0], 0) == int(value, 0)
    assert done.document["sent"][0]["changed_by_kernel"] == []
    assert done.document["replies"] == []


@pytest.mark.parametrize(
    ("fields", "changed"),
    [
        (("ip.id=0",), ["ip.id", "ip.checksum"]),
        (("ip.src=0.0.0.0",), ["ip.checksum", "ip.src"]),
        (("ip.id=0", "ip.flags.df=1"), []),
    ],
)
def test_what_the_kernel_changes_is_said_before_and_seen_afterwards(
    ends: tuple[Node, Node], tmp_path: Path, fields: tuple[str, ...], changed: list[str]
) -> None:
    here, there = ends
    words = ("ip/icmp", f"ip.dst={there.address()}", "icmp.ident=7", *fields)
    capture = tmp_path / "changed.pcap"
    predicted = send(here, *words, "--dry-run").document["sent"][0]["changed_by_kernel"]

    with Capturing(here, "to-r1", capture, "icmp[0]=8") as heard:
        sent = send(here, *words).document["sent"][0]
        heard.wait_for("id 7")

    made = bytes.fromhex(sent["hex"])
    left = _first_packet(capture)
    assert sorted(predicted) == sorted(changed)
    assert sent["changed_by_kernel"] == changed
    differing = {at for at, (one, other) in enumerate(zip(made, left[14:], strict=True)) if one != other}
    places = {"ip.id": {4, 5}, "ip.checksum": {10, 11}, "ip.src": {12, 13, 14, 15}}
    assert differing <= set().union(*(places[name] for name in changed)) if changed else not differing


def _first_packet(capture: Path) -> bytes:
    data = capture.read_bytes()
    (length,) = struct.unpack_from("<I", data, 24 + 8)
    return data[40 : 40 + length]


def test_a_record_route_option_comes_back_filled_in(ends: tuple[Node, Node]) -> None:
    here, there = ends

    done = send(here, "ip/icmp", f"ip.dst={there.address()}", "ip.options.record_route=true")

    (reply,) = done.document["replies"]
    recorded = [field for field in _fields(reply["layers"][1]) if field["name"] == "ip.rec_rt"]
    assert len(recorded) >= 5


def _fields(layer: dict[str, object]) -> Iterator[dict[str, object]]:
    for field in layer.get("fields", []):  # type: ignore[attr-defined]
        yield field
        yield from _fields(field)


@pytest.mark.parametrize("version", [4, 6])
def test_a_ttl_that_is_too_small_is_told_by_the_router_there(six_hops: Lab, version: int) -> None:
    here, there, second = six_hops.nodes["h"], six_hops.nodes["t"], six_hops.nodes["r2"]
    words = ("ip/icmp", "ip.ttl=2") if version == 4 else ("ipv6/icmpv6", "ipv6.hlim=2")
    outer = words[0].partition("/")[0]

    done = send(here, *words, f"{outer}.dst={there.address(version)}")

    (reply,) = done.document["replies"]
    source = next(field["value"] for field in reply["layers"][1]["fields"] if field["name"] == f"{outer}.src")
    assert source == second.address(version, six_hops.nodes["r1"])
    assert reply["layers"][2]["shown"] == (
        "ttl exceeded in transit" if version == 4 else "hop limit exceeded in transit"
    )


def test_destination_options_are_passed_over(ends: tuple[Node, Node]) -> None:
    here, there = ends

    done = send(here, "ipv6/ipv6.dstopts/icmpv6", f"ipv6.dst={there.address(6)}", "ipv6.opt.type=30")

    assert last_words(done)[0].startswith("echo reply")


def test_an_option_that_nobody_knows_and_must_not_be_skipped_is_told(ends: tuple[Node, Node]) -> None:
    here, there = ends

    done = send(here, "ipv6/ipv6.dstopts/icmpv6", f"ipv6.dst={there.address(6)}", "ipv6.opt.type=0x9e")

    assert done.document["replies"][0]["layers"][2]["shown"] == "unrecognized IPv6 option, at byte 42"


def test_an_address_is_asked_for_by_hand(ends: tuple[Node, Node]) -> None:
    here, _ = ends
    gateway = here.links[0].ends[1]
    words = ("eth/arp", f"arp.dst.proto_ipv4={gateway.address(4, here)}", "-I", "to-r1")

    assert send(here, *words).status == 2  # a broadcast, which has to be meant
    done = send(here, *words, "--yes-really")

    mac = gateway.run("cat", "/sys/class/net/to-h/address").stdout.strip()
    assert f"is at {mac}" in last_words(done)[0]


def test_another_source_is_not_believed_without_a_word(ends: tuple[Node, Node]) -> None:
    here, there = ends

    done = send(here, "ip/icmp", f"ip.dst={there.address()}", "ip.src=192.0.2.77")

    assert done.status == 2
    assert done.stderr == "hopscope: 192.0.2.77 is no address of this host: add --yes-really to send it all the same\n"


def test_what_is_meant_for_all_on_a_link_is_not_sent_without_a_word(ends: tuple[Node, Node]) -> None:
    here, _ = ends

    done = send(here, "ip/icmp", "ip.dst=10.77.1.255")

    assert done.status == 2
    assert "10.77.1.255 is a broadcast address" in done.stderr


def test_no_route_is_a_failure_with_its_errno(ends: tuple[Node, Node]) -> None:
    here, _ = ends

    done = send(here, "ip/icmp", "ip.src=10.77.1.1", "ip.dst=203.0.113.1")

    assert done.status == 1
    assert [failed["errno"] for failed in done.document["failed"]] == ["ENETUNREACH"]


def test_many_are_sent_at_the_rate_and_each_is_answered(ends: tuple[Node, Node]) -> None:
    here, there = ends

    done = send(here, "ip/icmp", f"ip.dst={there.address()}", "--count", "200", "--rate", "1000")

    moments = [sent["at"] for sent in done.document["sent"]]
    assert len({reply["answers"] for reply in done.document["replies"]}) == 200
    assert moments[-1] - moments[0] > 100_000_000  # 200 packets need 0.199 s; some may be made up for


def test_a_saved_run_is_what_was_sent_and_what_came_back(ends: tuple[Node, Node], tmp_path: Path) -> None:
    here, there = ends
    path = tmp_path / "sent.pcapng"

    send(here, "ip/icmp", f"ip.dst={there.address()}", "--count", "3", "--rate", "100", "--save", str(path))

    assert [row["icmp.type"] for row in rows(path, "icmp.type")].count(["8"]) == 3
    assert [row["icmp.type"] for row in rows(path, "icmp.type")].count(["0"]) == 3


def test_what_is_saved_is_what_left(ends: tuple[Node, Node], tmp_path: Path) -> None:
    here, there = ends
    path = tmp_path / "sent.pcap"  # which has room for one kind of link

    send(here, "ip/icmp", f"ip.dst={there.address()}", "ip.id=0", "--save", str(path))

    sent, reply = rows(path, "icmp.type", "ip.id")
    assert (sent["icmp.type"], reply["icmp.type"]) == (["8"], ["0"])
    assert int(sent["ip.id"][0], 0)


@pytest.mark.parametrize(
    ("words", "changed", "answer"),
    [
        (("ip/icmp", "ip.dst=127.0.0.1", "ip.id=0"), ["ip.id", "ip.checksum"], "echo reply"),
        (("ipv6/icmpv6", "ipv6.dst=::1"), [], "echo reply"),
        (("ip/udp", "ip.dst=127.0.0.1", "udp.srcport=9", "udp.dstport=9"), [], "port unreachable"),
        (("ipv6/udp", "ipv6.dst=::1", "udp.dstport=9"), [], "port unreachable"),
    ],
)
def test_this_very_host_answers_as_any_other(
    ends: tuple[Node, Node], words: tuple[str, ...], changed: list[str], answer: str
) -> None:
    done = send(ends[0], *words)

    assert done.status == 0
    assert done.document["sent"][0]["changed_by_kernel"] == changed
    (reply,) = done.document["replies"]
    assert any(layer["shown"].startswith(answer) for layer in reply["layers"])


def test_a_link_local_address_is_on_the_interface_that_it_names(ends: tuple[Node, Node]) -> None:
    here, _ = ends
    gateway = here.links[0].ends[1]
    address = gateway.run("ip", "-6", "-o", "addr", "show", "dev", "to-h", "scope", "link").stdout.split()[3]

    done = send(here, "ipv6/icmpv6", f"ipv6.dst={address.partition('/')[0]}%to-r1")

    assert done.status == 0
    assert done.document["replies"][0]["interface"] == "to-r1"


def test_tshark_has_nothing_to_object_to_any_template(machine: None, tmp_path: Path) -> None:
    require_programs("tshark")
    made = [packet(template) for template in TEMPLATES]
    made += [packet(template, kind) for template, kind in KINDS if kind not in QUOTING]
    for link, number in (("RAW", 101), ("ETHERNET", 1)):
        path = tmp_path / f"{link}.pcap"
        packets = [each.data for each in made if each.link.name == link]
        path.write_bytes(
            struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, number)
            + b"".join(struct.pack("<IIII", 1, 0, len(each), len(each)) + each for each in packets)
        )
        objections = [row["_ws.expert.message"] for row in rows(path, "_ws.expert.message")]
        harmless = ("Connection establish request", "retransmission")
        assert [each for each in objections if each and not any(word in each[0] for word in harmless)] == []


def test_privileges_are_gone_before_the_first_packet_leaves(ends: tuple[Node, Node]) -> None:
    here, there = ends
    process = here.start(
        *PROGRAM, "send", "ip/icmp", f"ip.dst={there.address()}", "icmp.checksum=1", "--wait", "3", env=ENVIRONMENT
    )
    try:
        assert process.stdout is not None
        assert "sent" in process.stdout.readline()
        status = Path(f"/proc/{process.pid}/status").read_text()
    finally:
        process.kill()
        process.communicate(timeout=10)

    assert "CapEff:\t0000000000000000" in status
