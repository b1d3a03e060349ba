"""Programs of the simulated machine: their datagrams go out, errors come back, and a kernel knows whose they are."""

from collections import Counter
from ipaddress import ip_address

import pytest

from app.engine.errors.snapshot import CachedRoute, Flow
from app.net.simulated.network import open_simulation
from tests.simulated.listening import listened

HERE = ip_address("10.0.0.2")


def flow(local_port: int, remote: str, remote_port: int, protocol: int = 17, local: str = "10.0.0.2") -> Flow:
    return Flow(protocol, ip_address(local), ip_address(remote), local_port, remote_port)


def test_errors_arrive_for_what_the_programs_send() -> None:
    frames = listened(open_simulation(None, virtual=True), 120, "icmp-errors")
    kinds = Counter(frame.summary.split(", quotes")[0] for frame in frames)

    assert set(kinds) == {
        "port unreachable",
        "communication administratively prohibited",
        "fragmentation needed and don't fragment was set, mtu 1400",
    }


def test_an_errors_quotation_is_what_the_program_sent() -> None:
    frames = listened(open_simulation(None, virtual=True), 60)
    sent = next(frame for frame in frames if frame.summary.startswith("udp 40112 → 8717"))
    error = next(frame for frame in frames if "quotes udp 40112 → 8717" in frame.summary)

    # The identification, which no router changes, and the UDP header.
    assert error.data[42:][4:6] == sent.data[14:][4:6]
    assert error.data[62:70] == sent.data[34:42]


@pytest.mark.parametrize(
    ("asked", "owner"),
    [
        (flow(40112, "198.18.2.130", 8717), ("syncd", 1412, 1000)),
        (flow(38204, "198.18.60.10", 25, protocol=6), ("mailer", 917, 115)),
        (flow(40112, "198.18.2.130", 8718), None),
        (flow(40112, "198.18.2.130", 8717, protocol=6), None),
        (flow(40112, "198.18.2.130", 8717, local="10.0.0.3"), None),
        (flow(44008, "10.0.0.12", 9100), None),
    ],
)
def test_the_kernel_knows_whose_socket_sent_a_packet(asked: Flow, owner: tuple[str, int, int] | None) -> None:
    found = open_simulation(None).kernel().owner(asked)
    process = None if found is None else found.process

    assert (None if process is None else (process.name, process.pid, process.uid)) == owner


@pytest.mark.parametrize(
    ("to", "route"),
    [
        ("198.18.60.14", CachedRoute(ip_address("10.0.0.1"), 1400)),
        ("198.18.2.130", CachedRoute(ip_address("10.0.0.1"), None)),
        ("10.0.0.12", CachedRoute(None, None)),
        ("10.0.0.2", CachedRoute(None, None, is_local=True)),
    ],
)
def test_the_kernel_knows_the_way_and_what_it_takes(to: str, route: CachedRoute) -> None:
    assert open_simulation(None).kernel().route(ip_address(to), None) == route


def test_the_surroundings_name_interface_neighbours_and_routes() -> None:
    surroundings = open_simulation(None, virtual=True).surroundings()

    [interface] = surroundings.interfaces
    assert interface.name == "sim0"
    assert [str(address) for address in interface.addresses] == ["10.0.0.2/24", "2001:db8::2/64", "fe80::2/64"]
    assert (interface.mac, interface.mtu) == ("02:00:00:00:00:02", 1500)
    gateway = [entry for entry in surroundings.neighbours if entry.mac == "02:00:00:00:00:01"]
    assert [(str(entry.address), entry.state, entry.is_router) for entry in gateway] == [
        ("10.0.0.1", "reachable", False),
        ("fe80::1", "reachable", True),
    ]
    assert [(str(route.prefix), str(route.via), route.protocol) for route in surroundings.routes] == [
        ("0.0.0.0/0", "10.0.0.1", "dhcp"),
        ("10.0.0.0/24", "None", "kernel"),
        ("::/0", "fe80::1", "ra"),
        ("2001:db8::/64", "None", "kernel"),
        ("fe80::/64", "None", "kernel"),
    ]
