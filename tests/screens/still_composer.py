"""A composer that sends nothing, over links that are always the same."""

from collections.abc import Sequence
from ipaddress import ip_address, ip_interface, ip_network

from app.engine.datagram import Clock, Direction
from app.engine.feed import Feed
from app.engine.host import CachedNeighbour, Interface, Route, Surroundings
from app.engine.packetlog import Packet, PacketLog
from app.engine.sending.machine import ROW, SendSnapshot
from app.engine.sending.shot import Shot
from app.engine.sending.way import danger, shot_of
from app.engine.verdict import Meaning
from app.packet.composing.packet import Composed, compose
from tests.packet.composing.origin import ORIGIN, packet
from tests.screens.still import NOW, StillFeed

_AROUND = Surroundings(
    interfaces=(Interface("eth0", 2, (ip_interface("10.0.0.1/24"),), "02:00:00:00:00:01"),),
    neighbours=(CachedNeighbour("eth0", ip_address("10.0.0.254"), "02:00:00:00:00:fe", "reachable"),),
    routes=(Route(ip_network("0.0.0.0/0"), "eth0", ip_address("10.0.0.254")),),
)
QUERY = packet("ip/udp/dns", "ip.dst=192.0.2.53", "dns.qry.name=host.lab", "udp.srcport=50000")
ANSWER = packet("ip/udp/dns", "ip.src=192.0.2.53", "ip.dst=10.0.0.1", "udp.srcport=53", "udp.dstport=50000")


def snapshot(*, sent: int = 0, answered: int = 0) -> SendSnapshot:
    return SendSnapshot(NOW, (), sent, answered, 0, (), answered, is_busy=False)


def answered_log() -> PacketLog:
    log = PacketLog()
    for number, (made, direction) in enumerate(((QUERY, Direction.OUT), (ANSWER, Direction.IN)), 1):
        meaning = Meaning.NOTHING if direction is Direction.OUT else Meaning.REPLY
        at = NOW + number * 1_000_000
        log.append(Packet(number, at, Clock.KERNEL, direction, made.data, 0, ROW, 1, meaning))
    return log


class StillComposer:
    def __init__(self, log: PacketLog | None = None) -> None:
        self.still: StillFeed[SendSnapshot] = StillFeed(snapshot(), log)
        self.feed: Feed[SendSnapshot] = self.still
        self.is_closed = False

    def look(self) -> None:
        pass

    def made(self, template: str, fields: Sequence[tuple[str, str]]) -> Composed:
        return compose(template, fields, ORIGIN)

    def shot(self, packet: Composed) -> Shot:
        return shot_of(packet, _AROUND)

    def danger(self, packet: Composed) -> str:
        return danger(packet, _AROUND)

    def close(self) -> None:
        self.is_closed = True
