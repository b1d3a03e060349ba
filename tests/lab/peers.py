"""What the peers say of the same network: ping, traceroute and mtr, read from what they print."""

import json
import re

from tests.lab.topology import Node


def ping_counts(node: Node, address: str, count: int, *options: str) -> tuple[int, int]:
    """How many echo requests ping sent, and how many replies it received."""
    said = node.run(
        "ping", "-n", "-q", "-c", str(count), "-i", "0.01", "-W", "1", *options, address, check=False
    ).stdout
    found = re.search(r"(\d+) packets transmitted, (\d+) received", said)
    assert found, said
    return int(found[1]), int(found[2])


def ping_errors(node: Node, address: str, *options: str) -> list[str]:
    """The sources of the ICMP errors that ping was told of, one an error."""
    said = node.run("ping", "-n", "-c", "2", "-i", "0.01", "-W", "1", *options, address, check=False).stdout
    return re.findall(r"^From ([0-9a-f.:]+?):? icmp_seq", said, re.MULTILINE)


def ping_rtts(said: str) -> list[float]:
    """The round-trip times in ping's or fping's lines, in milliseconds."""
    return [float(value) for value in re.findall(r"(?:time=|bytes, )([\d.]+) ms", said)]


def ping_reply_ttl(node: Node, address: str) -> int:
    """The TTL or hop limit that a reply had left when it arrived."""
    found = re.search(r"(?:ttl|hlim)=(\d+)", node.run("ping", "-n", "-c", "1", "-W", "1", address).stdout)
    assert found
    return int(found[1])


def traceroute_hops(node: Node, address: str, *options: str) -> list[str]:
    """The first responder of each hop by traceroute, "*" where none answered."""
    lines = node.run("traceroute", "-n", "-q", "1", "-w", "1", *options, address).stdout.splitlines()[1:]
    return [line.split()[1] for line in lines]


def mtr_hops(node: Node, address: str, *options: str) -> list[str]:
    """The responder of each hop by mtr, "???" where none answered."""
    words = ("mtr", "--json", "-n", "-c", "1", "-i", "0.1", "-Z", "1", "-G", "1", *options, address)
    return [str(hub["host"]) for hub in json.loads(node.run(*words).stdout)["report"]["hubs"]]
