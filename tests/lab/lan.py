"""LANs of hosts: Linux bridges in one namespace, which is the switch, and a namespace for each host.

As with `tests.lab.topology` all is declared and then entered. LAN number l and host number h (both count from 1,
below 100) give the addresses 10.78.l.h, fd78:0:0:l::h and fe80::l:h, and the MAC address 02:00:00:00:l:h; an
interface is called as its LAN. A LAN is a hub: each host hears all that is said, unicast between others too.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.lab.topology import FORWARDING, SETTINGS, Lab, Node, _run

#: No wait, no ageing (which makes a hub of it), link-local groups such as LLDP's are forwarded as well.
_HUB = "forward_delay 0 stp_state 0 ageing_time 0 group_fwd_mask 0x4000"
#: A querier that asks each second four times, then every three seconds (1/100 s).
_QUERIER = (
    "mcast_snooping 1 mcast_igmp_version 3 mcast_mld_version 2 mcast_query_use_ifaddr 1 mcast_query_interval 300 "
    "mcast_query_response_interval 100 mcast_startup_query_interval 100 mcast_startup_query_count 4"
)
#: The querier's own number among the hosts of its LAN.
QUERIER = 99


@dataclass(frozen=True, eq=False)
class Lan:
    """A bridge. A querier asks for members by IGMPv3 and MLDv2, and has addresses of its own."""

    name: str
    number: int
    is_querier: bool = False

    def address(self, host: int, version: int = 4) -> str:
        """The address of a host."""
        return f"10.78.{self.number}.{host}" if version == 4 else f"fd78:0:0:{self.number}::{host}"

    def link_local(self, host: int) -> str:
        """The link-local address of a host."""
        return f"fe80::{self.number}:{host}"

    def mac(self, host: int) -> str:
        """The MAC address of a host, unless a daemon gives itself another."""
        return f"02:00:00:00:{self.number:02}:{host:02}"


@dataclass(frozen=True, eq=False)
class Port:
    """Where a host is plugged in, and what is odd there."""

    lan: Lan
    mtu: int = 1500
    length: int = 24  #: of the IPv4 prefix


@dataclass(eq=False)
class Host(Node):
    """A host of one LAN or of several. `main` is its first."""

    number: int = 0
    ports: tuple[Port, ...] = ()

    @property
    def main(self) -> Lan:
        """The LAN of its first interface."""
        return self.ports[0].lan

    def address(self, version: int = 4, towards: Node | None = None) -> str:
        """The address on the first LAN."""
        return self.main.address(self.number, version)

    @property
    def link_local(self) -> str:
        """The link-local address on the first LAN."""
        return self.main.link_local(self.number)

    @property
    def mac(self) -> str:
        """The MAC address on the first LAN."""
        return self.main.mac(self.number)


class Lans(Lab):
    """LANs and hosts to declare, then to enter as a context manager."""

    def __init__(self) -> None:
        super().__init__()
        self.lans: dict[str, Lan] = {}
        # The switch itself says nothing, but where it is a querier.
        self.switch = self._node("switch", SETTINGS | {"net.ipv6.conf.default.disable_ipv6": "1"})

    @property
    def hosts(self) -> list[Host]:
        """All but the switch."""
        return [node for node in self.nodes.values() if isinstance(node, Host)]

    def lan(self, name: str, *, is_querier: bool = False) -> Lan:
        """Declare a LAN."""
        self.lans[name] = lan = Lan(name, len(self.lans) + 1, is_querier)
        return lan

    def plug(self, name: str, *places: Lan | Port, forwards: bool = False) -> Host:
        """Declare a host on LANs."""
        ports = tuple(place if isinstance(place, Port) else Port(place) for place in places)
        settings = SETTINGS | (FORWARDING if forwards else {})
        number = len(self.nodes)
        self.nodes[name] = host = Host(name, f"{self._tag}-{name}", dict(settings), number=number, ports=ports)
        return host

    def unplug(self, host: Host) -> None:
        """Take the first interface of a host away, at once, as if it had never been."""
        self.switch.ip(f"link del {_port(host, host.ports[0])}")

    def replug(self, host: Host) -> None:
        """Give a host its first interface back."""
        port = host.ports[0]
        _run(["ip", "-batch", "-"], stdin=self._wire(host, port))
        self.switch.ip(*_plugged(host, port))
        host.ip(*_configured(host, port))

    def _build(self) -> None:
        nodes = self.nodes.values()
        _run(["ip", "-batch", "-"], stdin="".join(f"netns add {node.namespace}\n" for node in nodes))
        names = "".join(f"{host.address(version)} {host.name}.lab\n" for host in self.hosts for version in (4, 6))
        for node in nodes:
            self._name(node, names)
            node.run("sysctl", "-q", "-p", "-", stdin="".join(f"{k} = {v}\n" for k, v in node.settings.items()))
        self.switch.ip(*(line for lan in self.lans.values() for line in _bridge(lan)))
        wires = [(host, port) for host in self.hosts for port in host.ports]
        _run(["ip", "-batch", "-"], stdin="".join(self._wire(*wire) for wire in wires))
        self.switch.ip(*(line for wire in wires for line in _plugged(*wire)))
        for host in self.hosts:
            host.ip("link set lo up", *(line for port in host.ports for line in _configured(host, port)))
            offloads = "".join(f"ethtool -K {port.lan.name} tx off\n" for port in host.ports)
            host.run("sh", "-s", stdin=offloads)
        for lan in self.lans.values():
            if lan.is_querier:
                self.switch.run("sysctl", "-qw", f"net.ipv6.conf.{lan.name}.disable_ipv6=0")
                self.switch.ip(*_querier(lan))

    def _wire(self, host: Host, port: Port) -> str:
        lan = port.lan
        end = f"link add {lan.name} mtu {port.mtu} address {lan.mac(host.number)} netns {host.namespace} type veth"
        return f"{end} peer name {_port(host, port)} netns {self.switch.namespace}\n"


def _port(host: Host, port: Port) -> str:
    return f"p{port.lan.number}-{host.number}"


def _bridge(lan: Lan) -> Iterator[str]:
    snooping = _QUERIER if lan.is_querier else "mcast_snooping 0"
    yield f"link add {lan.name} address {lan.mac(QUERIER)} type bridge {_HUB} {snooping}"
    yield f"link set {lan.name} addrgenmode none"
    yield f"link set {lan.name} up"


def _plugged(host: Host, port: Port) -> Iterator[str]:
    name = _port(host, port)
    yield f"link set {name} master {port.lan.name}"
    if port.lan.is_querier:
        # Snooping would hide the members' reports from each other.
        yield f"link set {name} type bridge_slave mcast_router 2"
    yield f"link set {name} up"


def _configured(host: Host, port: Port) -> Iterator[str]:
    lan = port.lan
    yield f"link set {lan.name} addrgenmode none"
    yield f"link set {lan.name} up"
    yield f"addr add {lan.address(host.number)}/{port.length} brd + dev {lan.name}"
    yield f"addr add {lan.address(host.number, 6)}/64 dev {lan.name} nodad"
    yield f"addr add {lan.link_local(host.number)}/64 dev {lan.name} nodad"
    yield f"route add 224.0.0.0/4 dev {lan.name} metric {lan.number}"


def _querier(lan: Lan) -> Iterator[str]:
    yield f"addr add {lan.address(QUERIER)}/24 dev {lan.name}"
    yield f"addr add {lan.link_local(QUERIER)}/64 dev {lan.name} nodad"
    yield f"link set {lan.name} type bridge mcast_querier 1"
