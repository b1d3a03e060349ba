"""A neighbourhood that stands still: routers of every protocol on two links, and a host of hostile words."""

from collections.abc import Iterator
from ipaddress import IPv4Address, ip_address, ip_interface, ip_network

from app.engine.datagram import Clock, Direction
from app.engine.host import CachedNeighbour, Interface, Route, Surroundings
from app.engine.neighbourhood.facts import (
    AdvertisedPrefix,
    AdvertisedRoute,
    AdvertisedRouter,
    Bfd,
    Facts,
    HeardRoute,
    Lldp,
    MulticastInterface,
    MulticastRouter,
    Ospf,
    Pim,
    Querier,
    Rip,
    RoleKind,
    RouterAdvertisement,
    RouterDiscovery,
    Vrrp,
)
from app.engine.neighbourhood.snapshot import (
    Group,
    HeardLsa,
    Neighbour,
    NeighbourFinding,
    NeighbourhoodSnapshot,
    Role,
)
from app.engine.packetlog import Packet, PacketLog
from app.engine.verdict import Meaning
from tests.screens.still import NOW, SECOND, START
from tests.screens.still_packets import echo


def advertisement(**changes: object) -> RouterAdvertisement:
    facts = RouterAdvertisement(
        router_lifetime_s=1800,
        hop_limit=64,
        managed=False,
        other=True,
        preference="high",
        reachable_ms=0,
        retransmit_ms=0,
        mtu=1500,
        prefixes=(AdvertisedPrefix(ip_network("fd00::/64"), True, True, 86400, 14400),),
        rdnss=(ip_address("fd00::53"),),
        dnssl=("lab.example",),
        routes=(AdvertisedRoute(ip_network("fd00:8::/48"), "medium", 600),),
        pref64=(ip_network("64:ff9b::/96"),),
    )
    values = {name: getattr(facts, name) for name in facts.__dataclass_fields__} | changes
    return RouterAdvertisement(**values)


def hello(router_id: str, **changes: object) -> Ospf:
    values: dict[str, object] = {
        "router_id": router_id,
        "area": "0.0.0.0",
        "priority": 1,
        "dr": "10.0.0.1",
        "bdr": "10.0.0.2",
        "hello_s": 10,
        "dead_s": 40,
        "mask": "255.255.255.0",
        "auth": "none",
        "neighbours": ("1.1.1.3", "1.1.1.4"),
    }
    return Ospf(**(values | changes))  # type: ignore[arg-type]  # values of a test


def role(
    kind: RoleKind,
    facts: Facts,
    *,
    lifetime: int | None = None,
    first: int = 2,
    last: int = 5,
    suspicious: tuple[str, ...] = (),
    is_goodbye: bool = False,
    gone: int | None = None,
    packet: int | None = 1,
    instance: str = "",
) -> Role:
    """A role heard `last` seconds ago for the last time; `first` is seconds after the start."""
    heard = NOW - last * SECOND
    return Role(
        kind=kind,
        facts=facts,
        first_heard=START + first * SECOND,
        last_heard=heard,
        expires_at=None if lifetime is None else heard + lifetime * SECOND,
        suspicious=suspicious,
        is_goodbye=is_goodbye,
        gone_at=None if gone is None else NOW - gone * SECOND,
        packet=packet,
        instance=instance,
    )


def neighbour(
    number: int, *roles: Role, interface: str = "eth0", network: int = 0, is_gateway: bool = False
) -> Neighbour:
    mac = f"02:00:00:00:{network:02x}:{number:02x}"
    return Neighbour(
        key=mac,
        interface=interface,
        addresses=(ip_address(f"10.0.{network}.{number}"), ip_address(f"fe80::{number:x}")),
        mac=mac,
        roles=roles,
        is_gateway=is_gateway,
    )


GATEWAY = neighbour(
    1,
    role(RoleKind.ROUTER_ADVERTISEMENT, advertisement(), lifetime=1800, packet=3),
    role(RoleKind.OSPF, hello("1.1.1.1"), lifetime=40, first=3, last=4, packet=4),
    role(RoleKind.OSPF6, hello("1.1.1.1", dr="1.1.1.1", mask=None), lifetime=40, first=3, last=4, packet=5),
    role(
        RoleKind.VRRP,
        Vrrp(3, 5, 200, 1000, (ip_address("10.0.0.254"),)),
        lifetime=3,
        first=4,
        last=1,
        packet=6,
        instance="5",
    ),
    role(RoleKind.IGMP_QUERIER, Querier(3, 125, 10_000, 2), lifetime=255, first=5, last=60, packet=7),
    role(RoleKind.PIM, Pim(105, 1, 0x5EED1234, dr=True), lifetime=105, first=6, last=20, packet=8),
    role(RoleKind.LLDP, Lldp("02:00:00:00:00:01", "swp1", "core-1.lab.example"), lifetime=120, first=9, packet=9),
    is_gateway=True,
)
LEAVING = neighbour(
    3,
    role(
        RoleKind.ROUTER_ADVERTISEMENT,
        advertisement(router_lifetime_s=0, preference="medium"),
        lifetime=60,
        first=10,
        last=12,
        is_goodbye=True,
        packet=10,
    ),
    role(
        RoleKind.OSPF,
        hello("1.1.1.3", dead_s=20, dr="0.0.0.0", neighbours=()),
        lifetime=20,
        first=11,
        last=3,
        suspicious=("TTL 64: it may come from another link (RFC 2328, A.1 sends 1)",),
        packet=11,
    ),
)
ROUTES = (
    HeardRoute(ip_network("10.9.0.0/16"), 2, None),
    HeardRoute(ip_network("10.10.0.0/16"), 3, ip_address("10.0.0.7")),
    HeardRoute(ip_network("0.0.0.0/0"), 16, None),
)
SPEAKER = neighbour(
    4,
    role(RoleKind.RIP, Rip(ROUTES), lifetime=180, first=20, last=8, packet=12),
    role(RoleKind.BFD, Bfd("up", 0x1234, 3), lifetime=1, first=21, last=0, packet=13, instance="4660"),
    role(
        RoleKind.ROUTER_DISCOVERY,
        RouterDiscovery(1800, (AdvertisedRouter(ip_address("10.0.0.4"), 0),)),
        lifetime=1800,
        first=22,
        last=300,
        packet=14,
    ),
)
GONE = neighbour(
    6, role(RoleKind.OSPF, hello("1.1.1.6", dr="10.0.0.1"), lifetime=40, first=30, last=52, gone=12, packet=15)
)
QUERIER = neighbour(
    1,
    role(RoleKind.MLD_QUERIER, Querier(2, 125, 10_000, 2), lifetime=255, first=7, last=30, packet=16),
    interface="wlan0",
    network=7,
)
GROUPS = (
    Group("eth0", ip_address("239.7.7.7"), (ip_address("10.0.0.9"),), NOW - 4 * SECOND, packet=17),
    Group(
        "eth0",
        ip_address("224.0.0.251"),
        tuple(ip_address(f"10.0.0.{n}") for n in (9, 12, 14, 15, 16)),
        NOW - 31 * SECOND,
    ),
    Group("eth0", ip_address("ff02::fb"), (ip_address("fe80::9"),), NOW - 90 * SECOND, packet=18),
)


def lsa(kind: int, words: str, name: str, router: str, age: int = 14, summary: str = "") -> HeardLsa:
    return HeardLsa(
        "eth0", 2, "0.0.0.0", kind, words, name, router, 0x80000003, age, NOW - 20 * SECOND, summary, packet=19
    )


LSAS = (
    lsa(1, "router", "1.1.1.1", "1.1.1.1", summary="3 links"),
    lsa(1, "router", "1.1.1.3", "1.1.1.3", age=3590, summary="1 link"),
    lsa(2, "network", "10.0.0.1", "1.1.1.1", summary="mask 255.255.255.0, 3 routers"),
    lsa(5, "AS external", "192.0.2.0", "1.1.1.4", summary="metric 20, type 2"),
)
FINDINGS = (
    NeighbourFinding(
        "ospf-mismatch",
        "eth0",
        "OSPF: 10.0.0.3 (1.1.1.3) says dead interval 20, 10.0.0.1 (1.1.1.1) says 40: no adjacency can form",
        START + 12 * SECOND,
        (LEAVING.key, GATEWAY.key),
        packet=11,
    ),
    NeighbourFinding(
        "router-leaving",
        "eth0",
        "10.0.0.3 advertises router lifetime 0: it wants to be nobody's router",
        START + 190 * SECOND,
        (LEAVING.key,),
        packet=10,
    ),
)
ETH0 = Interface("eth0", 2, (ip_interface("10.0.0.2/24"), ip_interface("fd00::2/64")), "02:00:00:00:00:02", 1500)
WLAN0 = Interface("wlan0", 3, (ip_interface("10.0.7.2/24"),), "02:00:00:00:07:02", 1400)
AROUND = Surroundings(
    interfaces=(ETH0, WLAN0),
    neighbours=(
        CachedNeighbour("eth0", ip_address("10.0.0.1"), "02:00:00:00:00:01", "reachable", is_router=True),
        CachedNeighbour("eth0", ip_address("10.0.0.9"), "02:00:00:00:00:09", "reachable"),
        CachedNeighbour("eth0", ip_address("10.0.0.77"), "02:00:00:00:00:77", "stale"),
        CachedNeighbour("eth0", ip_address("10.0.0.78"), None, "failed"),
    ),
    routes=(
        Route(ip_network("0.0.0.0/0"), "eth0", ip_address("10.0.0.1"), 100, "dhcp"),
        Route(ip_network("10.0.0.0/24"), "eth0", None, None, "kernel"),
        Route(ip_network("10.0.7.0/24"), "wlan0", None, 600, "kernel"),
    ),
)
NEIGHBOURS = (GATEWAY, LEAVING, SPEAKER, GONE, QUERIER)
MRINFO = MulticastRouter(
    IPv4Address("10.0.0.1"),
    "3.255",
    ("prune", "generation-id", "mtrace"),
    (
        MulticastInterface(IPv4Address("10.0.0.1"), 1, 1, ("pim", "querier"), (IPv4Address("10.0.0.3"),)),
        MulticastInterface(IPv4Address("10.8.0.1"), 1, 1, ("leaf",)),
    ),
    packet=20,
)


def neighbourhood(**changes: object) -> NeighbourhoodSnapshot:
    """What the engine would hand out."""
    values: dict[str, object] = {
        "at": NOW,
        "started_at": START,
        "interfaces": (ETH0, WLAN0),
        "neighbours": NEIGHBOURS,
        "groups": GROUPS,
        "lsas": LSAS,
        "findings": FINDINGS,
        "surroundings": AROUND,
        "heard": 214,
    }
    return NeighbourhoodSnapshot(**(values | changes))  # type: ignore[arg-type]  # values of a test


def many(count: int) -> Iterator[Neighbour]:
    """Fake routers by the thousand."""
    for number in range(count):
        yield Neighbour(
            key=f"02:00:00:{number >> 16:02x}:{number >> 8 & 255:02x}:{number & 255:02x}",
            interface="eth0",
            addresses=(ip_address(0xFE80 << 112 | number + 1),),
            mac=None,
            roles=(role(RoleKind.ROUTER_ADVERTISEMENT, advertisement(), lifetime=1800, first=number),),
        )


def packets(count: int = 24) -> PacketLog:
    """A log whose packets can be opened by their numbers."""
    log = PacketLog()
    for number in range(1, count + 1):
        at = START + number * SECOND
        log.append(Packet(number, at, Clock.KERNEL, Direction.IN, echo(number), 0, None, None, Meaning.STRANGER))
    return log
