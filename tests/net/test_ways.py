"""What this host's devices stamp, asked of a kernel with devices of the test's own."""

import subprocess
from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from app.engine.condition import Stamping
from app.engine.datagram import Clock, Datagram
from app.net.devices import Ability, ability, addresses
from app.net.ways import Ways
from tests.net.namespace import own_network

NEAR = ip_address("192.0.2.2").packed
SILENT = ip_address("198.51.100.2").packed


@pytest.fixture(scope="module", autouse=True)
def network() -> Iterator[None]:
    with own_network():
        for line in (
            "link add v0 type veth peer name v1",
            "addr add 192.0.2.2/24 dev v0",
            "addr add 2001:db8::2/64 dev v0 nodad",
            "link add d0 type veth peer name d1",
            "addr add 198.51.100.2/24 dev d0",
        ):
            subprocess.run(["ip", *line.split()], check=True)
        yield


def test_addresses_are_found_with_their_devices() -> None:
    found = addresses()
    assert (found[NEAR], found[SILENT], found[ip_address("127.0.0.1").packed]) == ("v0", "d0", "lo")
    assert found[ip_address("2001:db8::2").packed] == "v0"


def test_a_driver_says_what_it_stamps() -> None:
    assert ability("v0") == Ability(leaving=True, by_card=False)
    assert ability("nowhere") is None


def test_a_way_stamps_what_leaves_once_it_has_done_so() -> None:
    ways = Ways()
    ways.silent.add(NEAR)
    (told,) = ways.stampings()
    assert (told.device, told.sent, told.received, told.reason) == ("v0", Clock.USER, None, "no stamp has come yet")
    ways.stamping.add(NEAR)
    ways.arrived(Datagram(b"", 1, Clock.KERNEL, interface="v0"))
    (told,) = ways.stampings()
    assert (told.device, told.sent, told.received, told.reason) == ("v0", Clock.KERNEL, Clock.KERNEL, "")


def test_each_device_is_told_of_by_itself() -> None:
    ways = Ways()
    ways.stamping.add(NEAR)
    ways.silent.add(SILENT)
    ways.silent.add(ip_address("203.0.113.77").packed)  # an address that has gone
    told: tuple[Stamping, ...] = ways.stampings()
    assert [(each.device, each.sent) for each in told] == [("d0", Clock.USER), ("v0", Clock.KERNEL)]
