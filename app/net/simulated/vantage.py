"""What a host must know to stand where `here` is in a scenario: its addresses, what it reaches, and who knows names."""

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import collapse_addresses, ip_network

from app.net.simulated.scenario import HERE, Scenario
from app.net.simulated.toml import Prefix
from app.packet.compose import Address

_DEFAULTS = {4: ip_network("0.0.0.0/0"), 6: ip_network("::/0")}
#: What every link carries that carries IPv6 (RFC 8200, section 5).
_LEAST_MTU_6 = 1280
_MOST_SERVERS = 3  #: of resolv.conf(5)


def with_resolver(scenario: Scenario) -> Scenario:
    """The scenario with somebody who knows its names: where it has nobody, the first router does, as at home."""
    nodes = scenario.nodes
    if any(node.dns for node in nodes.values()):
        return scenario
    ends = (wire.end for wire in scenario.wires if wire.start == HERE)
    router = next((key for key in ends if nodes[key].forwards), None)
    return scenario if router is None else replace(scenario, nodes={**nodes, router: replace(nodes[router], dns=True)})


def resolvers(scenario: Scenario) -> tuple[Address, ...]:
    """The addresses at which names are known, one of each node and IP version that `here` has."""
    versions = {address.version for address in addresses(scenario)}
    known = (node.address(version) for node in scenario.nodes.values() if node.dns for version in sorted(versions))
    return tuple(address for address in known if address is not None)


def addresses(scenario: Scenario) -> tuple[Address, ...]:
    """Those of `here`."""
    return scenario.nodes[HERE].addresses


def first_mtu(scenario: Scenario) -> int:
    """What each of the links of `here` takes, in bytes."""
    least = min((wire.line.mtu for wire in scenario.wires if wire.start == HERE), default=1500)
    has_ipv6 = any(address.version == 6 for address in addresses(scenario))
    return max(least, _LEAST_MTU_6) if has_ipv6 else least


def defaults(scenario: Scenario) -> tuple[Prefix, ...]:
    """Routes to everything, of the IP versions that `here` has."""
    return tuple(_DEFAULTS[version] for version in sorted({address.version for address in addresses(scenario)}))


def prefixes(scenario: Scenario) -> tuple[Prefix, ...]:
    """Routes to what is in the scenario and to nothing else."""
    found: list[Prefix] = []
    for node in scenario.nodes.values():
        if node.key != HERE:
            found += (ip_network(address) for address in node.addresses)
            found += (*node.networks, *node.block)
    return tuple(
        prefix
        for version in (4, 6)
        for prefix in collapse_addresses([one for one in found if one.version == version])  # type: ignore[type-var]
    )


def files(scenario: Scenario) -> Mapping[str, str]:
    """What /etc has to say on names: resolv.conf(5)."""
    servers = resolvers(scenario)
    if not servers:
        return {}
    return {"resolv.conf": "".join(f"nameserver {server}\n" for server in servers[:_MOST_SERVERS])}
