"""What can go wrong around a ping, each as something to do to a network of real routers while hopscope measures.

A fault holds from the start of a run to its end, or comes and goes while the run is under way; in any case the ledger
must agree with nftables: what left is counted at the next router's door, what came at our own.
"""

import re
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from tests.lab.program import ENVIRONMENT, Running
from tests.lab.topology import Lab, Node

STOPPED = 2.0  #: seconds for which the whole program is stopped
_THERE = 0.3  #: seconds for which any other fault is there that comes and goes


@dataclass(frozen=True, slots=True)
class Fault:
    """One of them. `options` are hopscope's; `holds` is there for the whole run, `comes` happens within it."""

    name: str
    options: str = "-c 60 -i 0.02 -W 0.5"
    holds: Callable[[Lab], AbstractContextManager[object]] = lambda _: nullcontext()
    comes: Callable[[Lab, Running], None] = lambda _, __: None
    targets: Callable[[Lab], Sequence[str]] = lambda lab: (lab.nodes["t"].address(),)


@dataclass(frozen=True, slots=True)
class Tally:
    """A run under a fault: its document's sums over all targets, and what nftables counted."""

    counts: dict[str, int]
    dropped: int  #: answers that found our own buffer full, as the document tells
    left: int  #: echo requests at the next router's door
    came: int  #: echo replies at our own
    slowest: int  #: the longest round-trip time, in nanoseconds
    document: Any

    def __getitem__(self, name: str) -> int:
        return self.counts[name]

    @property
    def unaccounted(self) -> int:
        """By how many probes and answers the ledger differs from what was counted on the wire, and from itself."""
        itself = self["sent"] - self["replied"] - self["lost"] - self["in_flight"] - self["failed"]
        left = self["sent"] - (self["failed"] - self["unknown"]) - self.left
        came = self["replied"] + self["late"] + self["duplicates"] + self.dropped - self.came
        return abs(itself) + abs(left) + abs(came)


COUNTED = ("sent", "replied", "lost", "in_flight", "failed", "unknown", "late", "duplicates")


def run(lab: Lab, fault: Fault) -> Tally:
    """Measure under a fault. The lab is as before when it returns."""
    with fault.holds(lab), _counting(lab.nodes["r1"], "request") as left, _counting(lab.nodes["h"], "reply") as came:
        running = Running(lab.nodes["h"], "ping", *fault.targets(lab), *fault.options.split(), "--jsonl")
        fault.comes(lab, running)
        document = running.rest().document
        assert document is not None
        rows = document["targets"]
        return Tally(
            counts={name: sum(row.get(name) or 0 for row in rows) for name in COUNTED},
            dropped=document.get("dropped") or 0,
            left=left(),
            came=came(),
            slowest=max((row["rtt_ns"]["max"] for row in rows if row["rtt_ns"]), default=0),
            document=document,
        )


@contextmanager
def _counting(node: Node, kind: str) -> Iterator[Callable[[], int]]:
    """Count the echo requests or replies that come in by any interface, before anything else is done to them."""
    hook = "type filter hook prerouting priority -400;"
    rules = f"table ip tally {{ chain {kind} {{ {hook} icmp type echo-{kind} counter; }}; }}"
    node.run("nft", "-f", "-", stdin=rules)
    try:
        yield lambda: _counted(node)
    finally:
        node.run("nft", "delete", "table", "ip", "tally")


def _counted(node: Node) -> int:
    found = re.search(r"counter packets (\d+)", node.run("nft", "list", "table", "ip", "tally").stdout)
    assert found
    return int(found[1])


def _within(scene: Callable[[Lab], AbstractContextManager[object]]) -> Callable[[Lab, Running], None]:
    """A fault that comes after the first reply, and goes again before the last probe."""

    def comes(lab: Lab, running: Running) -> None:
        running.until("reply")
        with scene(lab):
            time.sleep(_THERE)

    return comes


def _lossy(lab: Lab) -> AbstractContextManager[object]:
    return lab.nodes["r2"].rules('oifname "to-r3" numgen random mod 100 < 30 drop')


def _doubling(lab: Lab) -> AbstractContextManager[object]:
    first, second = lab.nodes["r1"], lab.nodes["r2"]
    twice = f'iifname "to-h" dup to {second.address(4, first)} device "to-r2"'
    return first.rules(twice, hook="prerouting", priority="mangle", family="ip")


@contextmanager
def _reordering(lab: Lab) -> Iterator[None]:
    """Every second probe goes a way that is longer than the time between two probes."""
    router = lab.nodes["r1"]
    with ExitStack() as stack:
        words = (sys.executable, "-m", "tests.lab.delaying", "far", "10.99.0.0/16", "35")
        detour = router.start(*words, env=ENVIRONMENT)
        stack.callback(detour.wait)
        stack.callback(detour.kill)
        assert detour.stdout is not None
        assert detour.stdout.readline() == "ready\n"
        router.ip("rule add fwmark 1 table 100", "route add default dev far table 100")
        stack.callback(router.ip, "rule del fwmark 1 table 100")
        marking = 'iifname "to-h" icmp type echo-request numgen inc mod 2 == 0 meta mark set 1'
        stack.enter_context(router.rules(marking, hook="prerouting", priority="mangle"))
        yield


def _refusing(lab: Lab) -> AbstractContextManager[object]:
    return lab.nodes["h"].rules("icmp type echo-request drop", hook="output")


@contextmanager
def _unplugged(lab: Lab) -> Iterator[None]:
    lab.nodes["h"].ip("link set to-r1 down")
    try:
        yield
    finally:
        lab.nodes["h"].reconnect()


@contextmanager
def _homeless(lab: Lab) -> Iterator[None]:
    host = lab.nodes["h"]
    host.ip(f"addr del {host.address()}/24 dev to-r1")
    try:
        yield
    finally:
        host.reconnect()


@contextmanager
def _narrowed(lab: Lab) -> Iterator[None]:
    lab.nodes["h"].ip("link set to-r1 mtu 1300")
    try:
        yield
    finally:
        lab.nodes["h"].ip("link set to-r1 mtu 1500")


@contextmanager
def _unresolved(lab: Lab) -> Iterator[None]:
    """Nobody answers for the next hop's address any more, and the kernel gives it up within the fault."""
    host = lab.nodes["h"]
    with host.setting("net.ipv4.neigh.to-r1.retrans_time_ms", "20"), host.rules("drop", hook="output", family="arp"):
        host.ip(f"neigh del {lab.nodes['r1'].address(4, host)} dev to-r1")
        yield


@contextmanager
def _throttled(lab: Lab) -> Iterator[None]:
    """A queue of some packets behind a bucket that fills more slowly than probes come."""
    words = ("tc", "qdisc", "add", "dev", "to-r1", "root", "tbf", "rate", "16kbit", "burst", "500", "limit", "300")
    lab.nodes["h"].run(*words)
    try:
        yield
    finally:
        lab.nodes["h"].run("tc", "qdisc", "del", "dev", "to-r1", "root")


@contextmanager
def _crowded(lab: Lab) -> Iterator[None]:
    """Many addresses on the next router, whose replies come all at once."""
    host, router = lab.nodes["h"], lab.nodes["r1"]
    router.ip("route add local 10.88.0.0/24 dev lo")
    host.ip(f"route add 10.88.0.0/24 via {router.address(4, host)}")
    try:
        yield
    finally:
        host.ip("route del 10.88.0.0/24")
        router.ip("route del local 10.88.0.0/24 dev lo")


def _crowd(_: Lab) -> Sequence[str]:
    return [f"10.88.0.{number}" for number in range(1, 101)]


def _stopped(_: Lab, running: Running) -> None:
    running.until("reply")
    running.tell(signal.SIGSTOP)
    time.sleep(STOPPED)
    running.tell(signal.SIGCONT)


LOSS = Fault("random loss", options="-c 60 -i 0.01 -W 0.3", holds=_lossy)
DUPLICATES = Fault("duplicates", options="-c 30 -i 0.01 -W 0.5", holds=_doubling)
REORDERING = Fault("reordering", options="-c 40 -i 0.01 -W 0.5", holds=_reordering)
FIREWALL = Fault("own firewall on and off", comes=_within(_refusing))
INTERFACE = Fault("interface down and up", comes=_within(_unplugged))
ADDRESS = Fault("address removed", comes=_within(_homeless))
QUEUE = Fault("full queue (TBF)", options="-c 60 -i 0.01 -W 0.5", holds=_throttled)
MTU = Fault("MTU below the probes", options="-c 60 -i 0.02 -W 0.5 -s 1400", comes=_within(_narrowed))
NEIGHBOUR = Fault("neighbour that stops resolving", comes=_within(_unresolved))
STOP = Fault("the program stopped for 2 s", options="-c 40 -i 0.02 -W 0.5", comes=_stopped)
BUFFER = Fault(
    "a receive buffer of 8 KiB", options="-c 10 -i 0.02 -W 0.5 --receive-buffer 8192", holds=_crowded, targets=_crowd
)
FAULTS = (
    LOSS,
    DUPLICATES,
    REORDERING,
    FIREWALL,
    INTERFACE,
    ADDRESS,
    QUEUE,
    MTU,
    NEIGHBOUR,
    STOP,
    BUFFER,
)
