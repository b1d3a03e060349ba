"""Errors that stand still: made by the engine itself of the datagrams that a host would hear."""

from collections.abc import Sequence
from ipaddress import ip_address

from app.engine.datagram import Datagram
from app.engine.errors.machine import SETTLING, ErrorsMachine
from app.engine.errors.snapshot import CachedRoute, ErrorsSnapshot, Owner, Process
from app.engine.packetlog import PacketLog
from app.engine.verdict import Verdict
from app.net.journal import Journal
from tests.engine.errors.making import ROUTER, START, THEM, THEM6, US6, KnownKernel, error, redirect6, udp
from tests.screens.still import SECOND, StillFeed

NEAR = ip_address("192.0.2.2")
KERNEL = KnownKernel(
    owners={
        (17, 5300): Owner("connected", 1000, Process(4242, "firefox", 1000)),
        (17, 5301): Owner("unconnected", 1001, None),
        (17, 5302): Owner("connected", 0, Process(977, "scp", 0)),
    },
    routes={THEM: CachedRoute(NEAR, 1400), THEM6: CachedRoute(ip_address("fe80::2"), None)},
)


def heard() -> list[Datagram]:
    """Some minutes of errors."""
    return [
        error(3, 3, udp(), source=THEM, at=START + 4 * SECOND),
        error(3, 3, udp(), source=THEM, at=START + 9 * SECOND),
        error(11, 0, udp(ports=(5301, 33434)), at=START + 31 * SECOND),
        error(3, 4, udp(ports=(5302, 22)), rest=b"\0\0\x05\x78", at=START + 62 * SECOND),
        error(5, 1, udp(), rest=NEAR.packed, at=START + 63 * SECOND),
        redirect6("fe80::2", at=START + 80 * SECOND),
        error(1, 4, udp(US6, THEM6), source=THEM6, destination=US6, at=START + 95 * SECOND),
        error(3, 13, udp(destination=ip_address("203.0.113.80")), at=START + 128 * SECOND),
        error(3, 3, udp(ports=(4444, 53), destination=ip_address("203.0.113.5")), at=START + 190 * SECOND),
        error(3, 1, udp(ip_address("203.0.113.7")), source=ROUTER, at=START + 244 * SECOND),
    ]


def feed(datagrams: Sequence[Datagram] | None = None, kernel: KnownKernel = KERNEL) -> StillFeed[ErrorsSnapshot]:
    """What the engine made of them, with the packets that it heard."""
    machine, log = ErrorsMachine(kernel, START), PacketLog()
    journal = Journal(log)
    for datagram in heard() if datagrams is None else datagrams:
        verdict: Verdict = machine.receive(datagram)
        journal.told([datagram], [verdict])
        machine.expire(datagram.received_at + SETTLING)
    machine.expire(START + 300 * SECOND)
    return StillFeed(machine.snapshot(START + 252 * SECOND), log)
