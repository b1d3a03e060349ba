"""A LAN that is listened to in virtual time: frames as they came, and questions put to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from app.engine.datagram import Datagram, Direction, Failure, Outgoing
from app.engine.hearing import Hearing
from app.net.simulated.network import SimulatedNetwork
from app.net.simulated.wire import SimulatedWire
from app.packet.dissect import dissect
from app.packet.dissection import Dissection
from tests.simulated.probing import SECOND, network

#: A LAN of three, to which a test adds what its speakers say.
LAN = """
[here]
address = ["10.0.0.2", "2001:db8::2"]
[routers.gw]
address = ["10.0.0.1", "2001:db8::1"]
[hosts.other]
address = ["10.0.0.3", "2001:db8::3"]
[hosts.far]
address = ["198.18.0.9", "2001:db8:9::9"]
dns = true
[[links]]
path = ["here", "gw", "far"]
[[links]]
path = ["here", "other"]
[lan]
gateway = "gw"
[lan.speakers.here]
mac = "02:00:00:00:00:02"
link_local = "fe80::2"
[lan.speakers.gw]
mac = "02:00:00:00:00:01"
link_local = "fe80::1"
"""
OTHER = """
[lan.speakers.other]
mac = "02:00:00:00:00:03"
link_local = "fe80::3"
"""


@dataclass(frozen=True)
class Heard:
    after: int
    direction: Direction
    data: bytes
    dissection: Dissection

    @property
    def seconds(self) -> float:
        return self.after / SECOND

    @property
    def summary(self) -> str:
        return self.dissection.summary

    def shown(self, name: str) -> list[str]:
        return [span.shown for span in self.dissection.spans_named(name)]


def lan(tmp_path: Path, text: str) -> SimulatedNetwork:
    return network(tmp_path, LAN + text)


def heard(wire: SimulatedWire, seconds: float) -> list[Heard]:
    """All frames of so many seconds from now on."""
    began = wire.now()
    end = began + int(seconds * SECOND)
    found: list[Heard] = []
    while wire.now() < end:
        for event in wire.receive(end):
            if isinstance(event, Datagram):
                data = dissect(event.data, event.link)
                found.append(Heard(event.received_at - began, event.direction, event.data, data))
    return found


def listened(network: SimulatedNetwork, seconds: float, *protocols: str) -> list[Heard]:
    return heard(network.listen(Hearing(protocols)), seconds)


def summaries(frames: Sequence[Heard], start: str = "") -> list[str]:
    return [frame.summary for frame in frames if frame.summary.startswith(start)]


def asked(wire: SimulatedWire, to: str, datagram: bytes, seconds: float = 3) -> list[Heard]:
    """What is heard after a datagram was sent: itself first."""
    wire.send([Outgoing(1, ip_address(to), datagram, interface="sim0")])
    return heard(wire, seconds)


def refused(wire: SimulatedWire, to: str, datagram: bytes, interface: str | None = None) -> list[str]:
    """The errno of what was not sent."""
    wire.send([Outgoing(1, ip_address(to), datagram, interface=interface)])
    return [event.errno for event in wire.receive(wire.now()) if isinstance(event, Failure)]
