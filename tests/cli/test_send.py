"""`hopscope send` in the simulated internet, and what it refuses."""

import json

import pytest

from tests.cli.program import documents, hopscope

SIMULATED = ("send", "--simulate", "--seed", "7")
ROUTER = "10.0.0.1"


def test_a_dry_run_sends_nothing_and_shows_the_packet() -> None:
    done = hopscope(*SIMULATED, "ip/icmp", f"ip.dst={ROUTER}", "icmp.ident=7", "ip.id=9", "--dry-run", "--json")

    assert done.returncode == 0
    (document,) = documents(done.stdout)
    assert document["sent"] == [
        {"at": None, "hex": "4500001c00090000400166d60a0000020a0000010800f7f700070001", "changed_by_kernel": []}
    ]
    assert (document["replies"], document["failed"]) == ([], [])


def test_a_dry_run_says_what_the_kernel_would_change() -> None:
    done = hopscope(*SIMULATED, "ip/icmp", f"ip.dst={ROUTER}", "ip.id=0", "--dry-run")

    assert "    time to live: 64 hops" in done.stdout.splitlines()
    assert done.stdout.splitlines()[-1] == "leaves by a raw socket, the kernel would change ip.id, ip.checksum"


def test_an_answer_ends_it_with_success() -> None:
    done = hopscope(*SIMULATED, "ip/icmp", f"ip.dst={ROUTER}", "--count", "2", "--rate", "100", "--json")

    assert done.returncode == 0
    (document,) = documents(done.stdout)
    assert [sent["changed_by_kernel"] for sent in document["sent"]] == [[], []]
    assert [reply["answers"] for reply in document["replies"]] == [1, 2]
    reply = document["replies"][0]
    assert reply["layers"][-1]["shown"].startswith("echo reply")
    assert {"frame", "time_ns", "length", "captured", "link", "layers", "checks", "notes"} <= reply.keys()


def test_no_answer_ends_it_without() -> None:
    done = hopscope(*SIMULATED, "ip/icmp", f"ip.dst={ROUTER}", "icmp.checksum=1", "--wait", "0", "--json")

    assert done.returncode == 1
    assert documents(done.stdout)[0]["replies"] == []


def test_people_see_each_packet_and_its_answer() -> None:
    done = hopscope(*SIMULATED, "ip/icmp", f"ip.dst={ROUTER}", "icmp.ident=7")

    lines = done.stdout.splitlines()
    assert lines[0] == "   1 sent   10.0.0.2 → 10.0.0.1  echo request, id 7, seq 1, 28 bytes"
    assert lines[1].startswith("   1 answer 10.0.0.1 → 10.0.0.2  echo reply, id 7, seq 1, ")
    assert lines[-2] == "1 sent, 1 answered, 0 failed"


def test_packets_come_from_hex_digits() -> None:
    packet = "4500001c00090000400166d6 0a0000020a000001 0800f7f700070001  # an echo"

    done = hopscope(*SIMULATED, "--hex", "-", "--json", stdin=f"\n{packet}\n")

    assert done.returncode == 0
    assert documents(done.stdout)[0]["sent"][0]["hex"] == "4500001c00090000400166d60a0000020a0000010800f7f700070001"


def test_fields_of_packets_that_are_read_are_given_as_well() -> None:
    packet = "4500001c00090000400166d60a0000020a0000010800f7f700070001"

    done = hopscope(*SIMULATED, "--hex", "-", "ip.ttl=9", "--dry-run", "--json", stdin=packet)

    assert documents(done.stdout)[0]["sent"][0]["hex"] == "4500001c0009000009019dd60a0000020a0000010800f7f700070001"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("ip/icmp", "ip.src=192.0.2.1"), "192.0.2.1 is no address of this host: add --yes-really"),
        (("ip/ospf",), "224.0.0.5 is a group, and all who have joined it are meant: add --yes-really"),
        (("eth/arp", "arp.dst.proto_ipv4=10.0.0.1"), "ff:ff:ff:ff:ff:ff is a group or broadcast address"),
        (("ip/icmp", "ip.ttl=999"), "ip.ttl holds 0 to 255, not 999"),
        (("ip/icmp", "ip.ttl=-1"), "ip.ttl holds 0 to 255, not -1"),
        (("ip/icmp", "ip.dst=::1"), "ip.dst has an IPv4 address, not ::1"),
        (("ip/icmp", "ip.tttl=9"), "there is no field ip.tttl; did you mean ip.ttl?"),
        (("ip/icnp",), "there is no template for icnp; did you mean icmp?"),
        (("ip/icmp", "-I", "eth0,eth1"), "a packet leaves by one interface"),
        (("ipv6/icmpv6", "ipv6.dst=fe80::1%eth7"), "there is no interface eth7: `ip link` lists them"),
        (("ip/icmp", "-I", "eth7", "--dry-run"), "there is no interface eth7: `ip link` lists them"),
        (("ipv6/icmpv6", "ipv6.dst=fe80::1%eth0", "-I", "sim0"), "-I sim0 and the address's %eth0 contradict"),
        (("ip/icmp", "ip.dst=192.0.2.1%eth0"), "ip.dst has an IPv4 address, not 192.0.2.1%eth0"),
        (("ip/icmp", "--wait", "-1"), "--wait: -1 s is too short: 0 s is the least"),
        (("ip/icmp", "--yes"), "unrecognized arguments: --yes"),
        (("--hex", "/nonexistent"), "/nonexistent cannot be read"),
        (("ip/icmp", "--rate", "5000"), "--rate"),
        (("ip/icmp", "--count", "0"), "--count"),
        (("ip/icmp", "--hex", "-"), "send needs a TEMPLATE such as ip/udp/dns, or --hex FILE, and not both"),
    ],
)  # fmt: skip
def test_what_is_wrong_or_dangerous_is_refused_in_a_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    done = hopscope(*SIMULATED, *arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("text", ["xyz", "", "# nothing", "450"])
def test_what_is_no_hex_is_refused(text: str) -> None:
    done = hopscope(*SIMULATED, "--hex", "-", stdin=text)

    assert (done.returncode, done.stdout) == (2, "")


def test_what_is_dangerous_is_sent_when_it_is_meant() -> None:
    done = hopscope(*SIMULATED, "ip/icmp", "ip.dst=224.0.0.1", "--yes-really", "--wait", "0.1", "--json")

    assert done.returncode in (0, 1)
    assert len(json.loads(done.stdout)["sent"]) == 1


def test_a_packet_that_is_wrong_on_purpose_leaves_as_it_is_and_nobody_answers() -> None:
    done = hopscope(*SIMULATED, "ip/icmp", f"ip.dst={ROUTER}", "ip.checksum=1", "--wait", "0.1", "--json")

    (document,) = documents(done.stdout)
    assert done.returncode == 1
    assert document["sent"][0]["hex"][20:24] == "0001"
    assert document["sent"][0]["changed_by_kernel"] == []


def test_an_address_is_asked_for_by_hand() -> None:
    done = hopscope(*SIMULATED, "eth/arp", f"arp.dst.proto_ipv4={ROUTER}", "--yes-really", "--json")

    (reply,) = documents(done.stdout)[0]["replies"]
    assert done.returncode == 0
    assert reply["layers"][1]["shown"].startswith("10.0.0.1 is at ")


def test_what_is_sent_and_comes_back_is_saved(tmp_path: object) -> None:
    path = f"{tmp_path}/sent.pcapng"

    hopscope(*SIMULATED, "ip/icmp", f"ip.dst={ROUTER}", "--save", path)
    decoded = hopscope("decode", "--json", path)

    words = [packet["layers"][-1]["shown"].partition(",")[0] for packet in documents(decoded.stdout)]
    assert words == ["echo request", "echo reply"]
