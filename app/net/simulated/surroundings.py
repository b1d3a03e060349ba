"""What the simulated machine knows of its link: its interface, its neighbour cache and its routes."""

from collections.abc import Iterator
from ipaddress import IPv6Network, ip_interface, ip_network

from app.engine.host import CachedNeighbour, Interface, Route, Surroundings
from app.net.simulated.lan.manners import Lan, Speaker
from app.net.simulated.link import INTERFACE
from app.net.simulated.scenario import HERE, Scenario
from app.net.simulated.schedule import Timeline

_INDEX = 2
_ANYWHERE = {4: ip_network("0.0.0.0/0"), 6: ip_network("::/0")}
_LINK_LOCAL = IPv6Network("fe80::/64")
#: What NetworkManager and the kernel give to default routes.
_METRICS = {4: 100, 6: 1024}


def surroundings_of(scenario: Scenario, moment: int) -> Surroundings:
    """All of it, so many nanoseconds after the simulation began."""
    lan = scenario.lan
    if lan is None:
        addresses = tuple(ip_interface(address) for address in scenario.nodes[HERE].addresses)
        return Surroundings((Interface(INTERFACE, _INDEX, addresses, mtu=1500),), missing="this simulation has no LAN")
    return Surroundings(
        interfaces=(_interface(scenario, lan),),
        neighbours=tuple(_neighbours(scenario, lan, moment)),
        routes=tuple(_routes(scenario, lan)),
    )


def _interface(scenario: Scenario, lan: Lan) -> Interface:
    here = lan.speakers[0]
    addresses = []
    for address in scenario.nodes[HERE].addresses:
        prefix = lan.prefix(address.version)
        length = address.max_prefixlen if prefix is None else prefix.prefixlen
        addresses.append(ip_interface((address, length)))
    addresses.append(ip_interface((here.link_local, _LINK_LOCAL.prefixlen)))
    return Interface(INTERFACE, _INDEX, tuple(addresses), mac=here.mac.hex(":"), mtu=lan.mtu)


def _neighbours(scenario: Scenario, lan: Lan, moment: int) -> Iterator[CachedNeighbour]:
    """Those that this machine asks for are reachable while they are there; others were met some time ago."""
    asked = lan.speakers[0].resolve
    for speaker in lan.speakers[1:]:
        node = scenario.nodes[speaker.key]
        is_down = Timeline(node, node.changes).at(moment).down
        state = "reachable" if asked is not None and speaker.key in asked.of else "stale"
        addresses = [address for address in node.addresses if address.version == 4] + [speaker.link_local]
        for address in addresses:
            yield CachedNeighbour(
                interface=INTERFACE,
                address=address,
                mac=None if is_down else speaker.mac.hex(":"),
                state="failed" if is_down else state,
                is_router=address.version == 6 and speaker.router_advertisement is not None,
            )


def _routes(scenario: Scenario, lan: Lan) -> Iterator[Route]:
    gateway = _gateway(lan)
    for version, anywhere in _ANYWHERE.items():
        node = scenario.nodes[gateway.key]
        via = node.address(4) if version == 4 else gateway.link_local
        if scenario.nodes[HERE].address(version) is None or via is None:
            continue
        source = "dhcp" if version == 4 else "ra" if gateway.router_advertisement is not None else "static"
        yield Route(anywhere, INTERFACE, via, _METRICS[version], source)
        prefix = lan.prefix(version)
        if prefix is not None:
            yield Route(prefix, INTERFACE, None, None, "kernel")
    yield Route(_LINK_LOCAL, INTERFACE, None, None, "kernel")


def _gateway(lan: Lan) -> Speaker:
    return next(speaker for speaker in lan.speakers if speaker.key == lan.gateway)
