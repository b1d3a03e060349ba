import asyncio
import subprocess
import time
from ipaddress import ip_address, ip_interface, ip_network

from app.engine.host import CachedNeighbour, Interface, Route
from app.net.host.routetable import MOST_ROUTES, RouteTable
from app.net.host.tables import LinkTables
from tests.net.namespace import own_network

LINKS = """\
link add left type veth peer name right
link set left address 02:00:00:00:00:01 mtu 1480 up
link set right address 02:00:00:00:00:02 up
addr add 10.0.0.1/24 dev left
addr add fd00::1/64 dev left nodad
neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev left nud reachable
neigh add fd00::9 lladdr 02:00:00:00:00:09 router dev left nud stale
route add default via 10.0.0.9
route add 10.5.0.0/16 nexthop via 10.0.0.9 nexthop via 10.0.0.8
route add 10.6.0.0/16 via inet6 fe80::9 dev left metric 7 proto ospf
route add unreachable 10.7.0.0/16
route add ::/0 via fd00::9 metric 5
"""


def _ip(commands: str) -> None:
    subprocess.run(["ip", "-batch", "-"], input=commands, text=True, check=True)


def test_what_the_kernel_tells_is_what_ip_configured() -> None:
    with own_network():
        _ip(LINKS)
        tables = LinkTables()
        told = tables.surroundings()
        tables.close()

    left = told.interface("left")
    assert left is not None
    assert (left.mac, left.mtu, left.is_up, left.is_loopback) == ("02:00:00:00:00:01", 1480, True, False)
    assert left.addresses[:2] == (ip_interface("10.0.0.1/24"), ip_interface("fd00::1/64"))
    assert told.missing == ""
    assert set(told.neighbours) >= {
        CachedNeighbour("left", ip_address("10.0.0.9"), "02:00:00:00:00:09", "reachable"),
        CachedNeighbour("left", ip_address("fd00::9"), "02:00:00:00:00:09", "stale", is_router=True),
    }


def test_routes_are_told_hop_by_hop_and_defaults_first() -> None:
    with own_network():
        _ip(LINKS)
        routes = RouteTable().read()

    assert {route.prefix for route in routes[:2]} == {ip_network("0.0.0.0/0"), ip_network("::/0")}
    assert set(routes) >= {
        Route(ip_network("0.0.0.0/0"), "left", ip_address("10.0.0.9"), None, "boot"),
        Route(ip_network("::/0"), "left", ip_address("fd00::9"), 5, "boot"),
        Route(ip_network("10.0.0.0/24"), "left", None, None, "kernel"),
        Route(ip_network("10.5.0.0/16"), "left", ip_address("10.0.0.9"), None, "boot"),
        Route(ip_network("10.5.0.0/16"), "left", ip_address("10.0.0.8"), None, "boot"),
        Route(ip_network("10.6.0.0/16"), "left", ip_address("fe80::9"), 7, "ospf"),
    }
    assert ip_network("10.7.0.0/16") not in {route.prefix for route in routes}


def test_a_large_table_is_read_as_far_as_is_wanted() -> None:
    many = "\n".join(f"route add 11.{number >> 8}.{number & 255}.0/24 via 10.0.0.9" for number in range(5000))
    with own_network():
        _ip(LINKS + many)
        table = RouteTable()
        first, second = table.read(), table.read()

    assert MOST_ROUTES < len(first) < MOST_ROUTES * 2
    assert Route(ip_network("10.0.0.0/24"), "left", None, None, "kernel") in first
    assert all(one is other for one, other in zip(first, second, strict=True))


def _once_up(tables: LinkTables, name: str) -> Interface | None:
    """The interface once its carrier is there: the kernel notes that a moment after its other end came up."""
    for _ in range(200):
        interface = tables.surroundings().interface(name)
        if interface is not None and interface.is_up:
            return interface
        time.sleep(0.005)
    return interface


def test_interfaces_that_come_and_go_are_followed() -> None:
    with own_network():
        tables = LinkTables()
        before = tables.surroundings()
        _ip("link add left type veth peer name right\nlink set left up\n")
        half = tables.surroundings().interface("left")
        _ip("link set right up\n")
        whole = _once_up(tables, "left")
        _ip("link del left\n")
        after = tables.surroundings()
        tables.close()

    assert [interface.name for interface in before.interfaces] == ["lo"]
    assert isinstance(half, Interface)
    assert isinstance(whole, Interface)
    assert (half.is_up, whole.is_up) == (False, True)
    assert [interface.name for interface in after.interfaces] == ["lo"]


def test_an_interface_may_have_any_bytes_as_its_name() -> None:
    with own_network():
        for line in (
            b"link add a\xff\x1b[1m type veth peer name near",
            b"link set a\xff\x1b[1m up",
            b"link set near up",
        ):
            subprocess.run([b"ip", *line.split()], check=True)
        subprocess.run([b"ip", *b"route add 192.0.2.0/24 dev a\xff\x1b[1m".split()], check=True)
        tables = LinkTables()
        around = tables.surroundings()
        tables.close()
    (odd,) = {interface.name for interface in around.interfaces} - {"lo", "near"}
    assert odd.isprintable()
    assert odd in [route.interface for route in around.routes]


def test_a_thread_with_an_event_loop_of_its_own_may_ask() -> None:
    async def ask(tables: LinkTables) -> bool:
        return tables.surroundings().interface("left") is not None

    with own_network():
        _ip(LINKS)
        tables = LinkTables()
        try:
            assert asyncio.run(ask(tables))
        finally:
            tables.close()


def test_the_kernel_can_be_asked_again_after_its_end() -> None:
    with own_network():
        tables = LinkTables()
        tables.surroundings()
        tables.close()
        tables.close()
        assert tables.surroundings().interface("lo") is not None
        tables.close()
