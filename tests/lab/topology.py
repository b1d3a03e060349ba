"""Networks of real Linux routers, built of namespaces for one test and taken down behind it.

A lab is declared (hosts, routers, links) and then entered: namespaces, veth pairs, addresses of both
families and the routes of all shortest paths appear, and vanish on leaving, whatever happened between.
Link number n has the prefixes 10.77.n.0/24 and fd77:0:0:n::/64; its first end is 1 and its second 2. The
interface of a node towards another is called "to-" and the other's name.
"""

import itertools
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

#: Before the first interface is made: addresses without a wait, and answers without a limit.
SETTINGS = {
    "net.ipv4.conf.all.rp_filter": "0",
    "net.ipv4.conf.default.rp_filter": "0",
    "net.ipv4.icmp_msgs_burst": "10000",
    "net.ipv4.icmp_msgs_per_sec": "100000",
    "net.ipv4.icmp_ratelimit": "0",
    "net.ipv4.ping_group_range": "0 2147483647",
    "net.ipv6.conf.all.accept_dad": "0",
    "net.ipv6.conf.default.accept_dad": "0",
    "net.ipv6.conf.default.accept_ra": "0",
    "net.ipv6.conf.default.router_solicitations": "0",
    "net.ipv6.icmp.ratelimit": "0",
}
FORWARDING = {
    "net.ipv4.conf.all.send_redirects": "0",
    "net.ipv4.conf.default.send_redirects": "0",
    "net.ipv4.ip_forward": "1",
    "net.ipv6.conf.all.forwarding": "1",
    # The ports count, so that a flow keeps its path and another may take the other (policy 3: chosen fields).
    "net.ipv4.fib_multipath_hash_fields": "55",
    "net.ipv4.fib_multipath_hash_policy": "3",
    "net.ipv6.fib_multipath_hash_fields": "55",
    "net.ipv6.fib_multipath_hash_policy": "3",
}
_serial = itertools.count(1)


@dataclass(eq=False)
class Node:
    """A namespace: a host, or a router that forwards."""

    name: str
    namespace: str
    settings: dict[str, str]
    links: list["Link"] = field(default_factory=list)
    routes: list[str] = field(default_factory=list)  #: what `ip` is told; a test may declare more of them

    def address(self, version: int = 4, towards: "Node | None" = None) -> str:
        """The address on the link towards another node; on the first link where none is named."""
        link = self.links[0] if towards is None else next(link for link in self.links if towards in link.ends)
        return link.address(self, version)

    def command(self, *words: str) -> list[str]:
        """The command line that runs a program here. It becomes the program: the process id is its own."""
        return ["ip", "netns", "exec", self.namespace, *words]

    def run(
        self, *words: str, stdin: str | None = None, check: bool = True, timeout: float = 60
    ) -> subprocess.CompletedProcess[str]:
        """Run a program here to its end. Where `check` is set, a failure raises with what it said."""
        return _run(self.command(*words), stdin=stdin, check=check, timeout=timeout)

    def start(self, *words: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Start a program here, in a session of its own, its output piped."""
        return subprocess.Popen(
            self.command(*words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env=env,
        )

    @contextmanager
    def rules(self, rules: str, *, hook: str = "forward", priority: str = "0", family: str = "inet") -> Iterator[None]:
        """Have nftables apply rules, one a line, at a hook for as long as the block runs."""
        chain = f"type filter hook {hook} priority {priority};"
        body = "\n".join(line.strip() for line in rules.strip().splitlines())
        self.run("nft", "-f", "-", stdin=f"table {family} lab {{ chain rules {{ {chain}\n{body}\n}}; }}\n")
        try:
            yield
        finally:
            self.run("nft", "delete", "table", family, "lab")

    @contextmanager
    def setting(self, name: str, value: str) -> Iterator[None]:
        """Have a kernel setting of this namespace at a value for as long as the block runs."""
        before = self.run("sysctl", "-n", name).stdout.strip()
        self.run("sysctl", "-qw", f"{name}={value}")
        try:
            yield
        finally:
            self.run("sysctl", "-qw", f"{name}={before}")

    def reconnect(self) -> None:
        """Bring all interfaces up, with the addresses and routes that are lost where one was taken down."""
        self.ip(*_interfaces(self), *self.routes)

    def counter(self, pattern: str) -> int:
        """How many packets the counting rule that matches a pattern has seen, since its rules apply."""
        found = re.search(rf"{pattern}.* counter packets (\d+)", self.run("nft", "list", "table", "inet", "lab").stdout)
        assert found, pattern
        return int(found[1])

    def ip(self, *lines: str) -> None:
        """Have `ip` carry out lines here, up to the first that fails, which raises."""
        _run(["ip", "-n", self.namespace, "-batch", "-"], stdin="\n".join(lines) + "\n")


@dataclass(frozen=True, eq=False)
class Link:
    """A wire between two nodes."""

    number: int
    ends: tuple[Node, Node]
    mtu: int

    def address(self, node: Node, version: int) -> str:
        """The address of one end."""
        host = self.ends.index(node) + 1
        return f"10.77.{self.number}.{host}" if version == 4 else f"fd77:0:0:{self.number}::{host}"

    def prefix(self, version: int) -> str:
        """The network on this wire."""
        return f"10.77.{self.number}.0/24" if version == 4 else f"fd77:0:0:{self.number}::/64"

    def peer(self, node: Node) -> Node:
        """The other end."""
        return self.ends[1 - self.ends.index(node)]


class Lab:
    """A network to declare, then to enter as a context manager."""

    def __init__(self) -> None:
        self._tag = f"lab-{os.getpid()}-{next(_serial)}"
        self.nodes: dict[str, Node] = {}
        self.links: list[Link] = []

    def host(self, name: str) -> Node:
        """Declare a host."""
        return self._node(name, SETTINGS)

    def router(self, name: str) -> Node:
        """Declare a router."""
        return self._node(name, SETTINGS | FORWARDING)

    def link(self, first: Node, second: Node, *, mtu: int = 1500) -> Link:
        """Declare a wire between two nodes."""
        link = Link(len(self.links) + 1, (first, second), mtu)
        self.links.append(link)
        first.links.append(link)
        second.links.append(link)
        return link

    def chain(self, version: int) -> list[str]:
        """The addresses that the nodes behind the first answer from, where each is linked to the next."""
        return [node.address(version, before) for before, node in itertools.pairwise(self.nodes.values())]

    def _node(self, name: str, settings: Mapping[str, str]) -> Node:
        self.nodes[name] = node = Node(name, f"{self._tag}-{name}", dict(settings))
        return node

    def __enter__(self) -> Self:
        try:
            self._build()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _build(self) -> None:
        nodes = self.nodes.values()
        _run(["ip", "-batch", "-"], stdin="".join(f"netns add {node.namespace}\n" for node in nodes))
        names = "".join(f"{address} {node.name}.lab\n" for node in nodes for address in _addresses(node))
        for node in nodes:
            self._name(node, names)
            node.run("sysctl", "-q", "-p", "-", stdin="".join(f"{k} = {v}\n" for k, v in node.settings.items()))
        _run(["ip", "-batch", "-"], stdin="".join(map(_pair, self.links)))
        for node in nodes:
            node.ip("link set lo up", *_interfaces(node))
            node.run("sh", "-s", stdin="".join(f"ethtool -K {_towards(link, node)} tx off\n" for link in node.links))
        for node in nodes:
            node.routes[:0] = self._routes(node)
            node.ip(*node.routes)
        silent = "".join(node.run("sh", "-s", stdin=_greetings(node)).stdout for node in nodes)
        if silent:
            raise RuntimeError(f"the lab does not stand: {silent}")

    def _name(self, node: Node, names: str) -> None:
        """Let `ip netns exec` mount names that are known at once, and no server to wait for."""
        folder = Path("/etc/netns") / node.namespace
        folder.mkdir(parents=True)
        (folder / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n" + names)
        (folder / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")

    def _routes(self, node: Node) -> Iterator[str]:
        """Routes to every prefix by all neighbours that are nearest to it."""
        distance = {link: self._distances(link) for link in self.links if node not in link.ends}
        for link, far in distance.items():
            if node not in far:
                continue
            nearest = [own for own in node.links if far.get(own.peer(node)) == far[node] - 1]
            for version in (4, 6):
                hops = [f"via {own.address(own.peer(node), version)}" for own in nearest]
                ways = hops[0] if len(hops) == 1 else " ".join(f"nexthop {hop}" for hop in hops)
                yield f"route replace {link.prefix(version)} {ways}"

    def _distances(self, link: Link) -> dict[Node, int]:
        distances = dict.fromkeys(link.ends, 0)
        edge: Sequence[Node] = link.ends
        while edge:
            reached = dict.fromkeys(own.peer(node) for node in edge for own in node.links)
            edge = [node for node in reached if node not in distances]
            distances |= dict.fromkeys(edge, max(distances.values()) + 1)
        return distances

    def close(self) -> None:
        """End what still runs in the namespaces and delete them. A second call does nothing."""
        for node in self.nodes.values():
            pids = _run(["ip", "netns", "pids", node.namespace], check=False).stdout.split()
            for pid in map(int, pids):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            _run(["ip", "netns", "del", node.namespace], check=False)
            shutil.rmtree(Path("/etc/netns") / node.namespace, ignore_errors=True)


def chain(routers: int) -> Lab:
    """A host "h", routers "r1", "r2", ... in a row, and a target "t": `routers` + 1 hops."""
    lab = Lab()
    nodes = [lab.host("h"), *(lab.router(f"r{index + 1}") for index in range(routers)), lab.host("t")]
    for first, second in itertools.pairwise(nodes):
        lab.link(first, second)
    return lab


def diamond() -> Lab:
    """h - r1, which knows two ways of equal cost, by "up" and by "down", to r2 - t."""
    lab = Lab()
    host, first, up, down, second, target = (
        lab.host("h"),
        lab.router("r1"),
        lab.router("up"),
        lab.router("down"),
        lab.router("r2"),
        lab.host("t"),
    )
    for pair in ((host, first), (first, up), (first, down), (up, second), (down, second), (second, target)):
        lab.link(*pair)
    return lab


def _pair(link: Link) -> str:
    first, second = link.ends
    ends = f"link add {_towards(link, first)} mtu {link.mtu} netns {first.namespace} type veth"
    return f"{ends} peer name {_towards(link, second)} mtu {link.mtu} netns {second.namespace}\n"


def _towards(link: Link, node: Node) -> str:
    return f"to-{link.peer(node).name}"


def _addresses(node: Node) -> list[str]:
    return [link.address(node, version) for link in node.links for version in (4, 6)]


def _interfaces(node: Node) -> Iterator[str]:
    for link in node.links:
        name = _towards(link, node)
        yield f"addr replace {link.address(node, 4)}/24 dev {name}"
        yield f"addr replace {link.address(node, 6)}/64 dev {name} nodad"
        yield f"link set {name} up"


def _greetings(node: Node) -> str:
    """An answered echo from each neighbour: the lab stands, and no later packet waits for a neighbour to be found."""
    peers = [link.address(link.peer(node), version) for link in node.links for version in (4, 6)]
    pings = (f"ping -n -q -c 1 -i 0.2 -w 5 {peer} >/dev/null || echo {node.name} hears no {peer} &\n" for peer in peers)
    return "".join(pings) + "wait\n"


def _run(
    words: Sequence[str], *, stdin: str | None = None, check: bool = True, timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(words, input=stdin or "", capture_output=True, text=True, timeout=timeout, check=False)
    if check and done.returncode:
        raise RuntimeError(f"{' '.join(words)}: status {done.returncode}: {done.stderr.strip() or done.stdout.strip()}")
    return done
