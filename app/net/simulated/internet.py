"""The simulated internet: a datagram goes in, and out come the datagrams that it causes, each with its time.

A packet walks its whole way the moment it is sent, carrying its own clock from hop to hop; what changes
with time is asked by time. So the same seed and the same packets give the same bytes, whoever waits
for them and however long. Only what the measuring machine sends is answered: answers to answers
would reach nobody who counts them.
"""

import zlib
from collections.abc import Iterator
from typing import NamedTuple

from app.net.simulated.parcel import Parcel, read_parcel, with_ttl
from app.net.simulated.scenario import HERE, Filter, Scenario
from app.net.simulated.station import Station
from app.net.simulated.topology import Segment, Topology
from app.net.simulated.walk import ARRIVED, DELIVERED, DOWN, LOSS, Walk, silence
from app.packet.answer import InterfaceInformation, MplsEntry
from app.packet.compose import Address
from app.packet.icmp.extension import InterfaceRole
from app.packet.registry import Protocol

#: A path longer than any TTL is a loop inside a tunnel that hides its hops.
_MOST_HOPS = 512
#: How long an answer to oneself takes, and how far a duplicate follows its original.
_LOOPBACK = 40_000
_LOOPBACK_MTU = 65_535
_DUPLICATE_GAP = 700_000

_PROTOCOLS = {"icmp": (Protocol.ICMP, Protocol.IPV6_ICMP), "udp": (Protocol.UDP,), "tcp": (Protocol.TCP,)}


class Arrival(NamedTuple):
    """A datagram that reaches the measuring machine."""

    at: int
    data: bytes


class Trouble(NamedTuple):
    """Why a packet goes no further: a word of REFUSALS, "expired", "too-big", "reset" or "drop"."""

    word: str
    mtu: int = 0


class Internet:
    """A scenario at work, seen from `here`. Times are nanoseconds since it began. Belongs to one thread."""

    walks: list[Walk]  #: what became of the packet that was sent last, and behind it of all that it caused

    def __init__(self, scenario: Scenario, seed: str) -> None:
        self.walks = []
        self._topology = Topology(scenario, seed)
        self._here = self._topology.stations[HERE]
        self._filters: dict[str, list[Filter]] = {}
        for found in scenario.filters:
            self._filters.setdefault(found.at, []).append(found)

    def source(self, version: int) -> Address | None:
        """The address that this machine sends from."""
        return self._here.usual.address(version)

    def mtu(self, destination: Address, at: int) -> int | None:
        """How many bytes the first link towards an address takes; None where no link that is up leads there."""
        if destination.packed in self._here.addresses:
            return _LOOPBACK_MTU
        segments = self._segments(destination.packed, destination.version, self._here, at)
        if self.source(destination.version) is None or isinstance(segments, Trouble):
            return None
        lines = [segment.line.at(at) for segment in segments]
        return min((line.mtu for line in lines if not line.down), default=None)

    def way(self, destination: Address, at: int) -> tuple[Address | None, int | None] | None:
        """The router that leads to an address, None where that is next door, and the path MTU where it is smaller
        than that of the first link; None where no link leads there."""
        first = self.mtu(destination, at)
        station, gateway, mtus = self._here, None, []
        for _ in range(_MOST_HOPS):
            if first is None or destination.packed in station.addresses:
                break
            segments = self._segments(destination.packed, destination.version, station, at)
            if isinstance(segments, Trouble):
                break
            mtus.append(segments[0].line.at(at).mtu)
            station = segments[0].end
            if station.forwards and gateway is None and len(mtus) == 1:
                gateway = station.usual.address(destination.version)
        if first is None:
            return None
        least = min(mtus, default=first)
        return (None if destination == gateway else gateway), (least if least < first else None)

    def send(self, data: bytes, at: int) -> list[Arrival]:
        """What comes back of a whole IP datagram that leaves now, in no order. Never raises, whatever the bytes."""
        self.walks = []
        parcel = read_parcel(data)
        if parcel is None:
            return []
        parcel.is_ours = True
        if parcel.version == 4:
            parcel.data = with_ttl(parcel.data, parcel.ttl)  # as the kernel does
        return list(self._travel(parcel, self._here, at))

    def _travel(self, parcel: Parcel, station: Station, at: int) -> Iterator[Arrival]:
        """Go on from a station; yields what arrives here, of this packet or because of it."""
        came: Segment | None = None
        walk = Walk(parcel.data)
        self.walks.append(walk)
        for _ in range(_MOST_HOPS):
            walk.path.append(station.key)
            seen = parcel
            if station.nat is not None and came is not None:
                parcel = station.nat.arriving(parcel)
            if parcel.destination in station.addresses:
                walk.end(at, DELIVERED if parcel.is_ours or station is not self._here else ARRIVED)
                yield from self._deliver(parcel, station, at)
                return
            step = self._step(parcel, station, came, at)
            if not isinstance(step, Segment):
                walk.end(at, step.word)
                yield from self._complain(seen, station, came, step, at)
                return
            if station.nat is not None and came is not None:
                parcel = station.nat.leaving(parcel, came.start.key, step.end.key)
            if station.usual.dscp is not None and came is not None:
                parcel.mark(station.usual.dscp)
            line = step.line.at(at)
            if line.loss and step.chance.random() < line.loss:
                walk.end(at, LOSS, f"{station.key}>{step.end.key}")
                return
            at += line.delay
            if line.jitter:
                at += int(step.chance.expovariate(1) * line.jitter)
            came, station = step, step.end
            if station.node.at(at).down:
                walk.end(at, DOWN, station.key)
                return

    def _step(self, parcel: Parcel, station: Station, came: Segment | None, at: int) -> Segment | Trouble:
        """Where a packet leaves a station, or why it does not."""
        if came is not None:
            if not station.forwards:
                return Trouble("drop")
            if not (came.labels and came.hides_ttl):
                if parcel.ttl <= 1:
                    return Trouble("expired")
                parcel.ttl -= 1
            if word := self._filtered(parcel, station):
                return Trouble(word)
        segments = self._segments(parcel.destination, parcel.version, station, at)
        if isinstance(segments, Trouble):
            return segments
        segment = segments[0] if len(segments) == 1 else segments[_choice(parcel, station, len(segments))]
        line = segment.line.at(at)
        if line.down:
            return Trouble("host-unreachable")
        if parcel.is_ours and not parcel.may_fragment and len(parcel.data) > line.mtu:
            return Trouble("too-big", line.mtu)
        return segment

    def _segments(self, destination: bytes, version: int, station: Station, at: int) -> tuple[Segment, ...] | Trouble:
        place = self._topology.find(destination)
        if place is None:
            return self._topology.defaults(station, version) or Trouble("no-route")
        if place.station is station:
            return Trouble("host-unreachable")
        segments = self._topology.routes(station, place.station, version, at)
        return segments or self._topology.defaults(station, version) or Trouble("no-route")

    def _filtered(self, parcel: Parcel, station: Station) -> str | None:
        """The word of the first filter that a packet of ours does not pass."""
        for found in self._filters.get(station.key, ()):
            place = self._topology.find(parcel.destination)
            is_meant = not found.to or (place is not None and place.station.key in found.to)
            protocols = [number for word in found.protocols for number in _PROTOCOLS[word]]
            if parcel.is_ours and is_meant and (not protocols or parcel.protocol in protocols):
                return found.answer
        return None

    def _deliver(self, parcel: Parcel, station: Station, at: int) -> Iterator[Arrival]:
        """The destination is reached: this machine, which may hear itself, or one that answers."""
        if station is self._here and not parcel.is_ours:
            yield Arrival(at, parcel.now())
        if not parcel.is_ours:
            return
        if station is self._here:
            at += _LOOPBACK
        answer = station.answer(parcel, at)
        if answer is None:
            self.walks[-1].silence = silence(parcel, station.node.at(at), is_error=False)
            return
        node = station.node.at(at)
        if node.late and station.chance.random() < node.late.share:
            at += node.late.delay
        yield from self._reply(answer, station, at)
        if node.duplicates and station.chance.random() < node.duplicates:
            yield from self._reply(answer, station, at + _DUPLICATE_GAP)

    def _complain(
        self, parcel: Parcel, station: Station, came: Segment | None, trouble: Trouble, at: int
    ) -> Iterator[Arrival]:
        if not parcel.is_ours or trouble.word == "drop":
            return
        if trouble.word == "expired":
            mpls = () if came is None else _label_stack(came.labels, parcel.ttl)
            interfaces = (
                (_interface(station, came, parcel.version, at),) if came and station.usual.interface_info else ()
            )
            error = station.time_exceeded(parcel, at, mpls, interfaces)
        elif trouble.word == "too-big":
            error = station.too_big(parcel, at, trouble.mtu)
        else:
            error = station.refusal(parcel, at, trouble.word)
        if error is None:
            self.walks[-1].silence = silence(parcel, station.node.at(at), is_error=True)
        else:
            yield from self._reply(error, station, at)

    def _reply(self, data: bytes, station: Station, at: int) -> Iterator[Arrival]:
        reply = read_parcel(data)
        if reply is not None:
            yield from self._travel(reply, station, at)


def _choice(parcel: Parcel, station: Station, count: int) -> int:
    """Which of several equal ways: by the flow, mixed with what is the router's own, or by chance for each packet."""
    if station.usual.ecmp == "packet":
        return station.chance.randrange(count)
    if parcel.hash is None:
        parcel.hash = zlib.crc32(parcel.flow)
    # CRC is linear: without the multiplication all routers would choose alike (polarisation).
    return ((parcel.hash ^ station.salt) * 0x9E3779B1 >> 16 & 0xFFFF) % count


def _label_stack(labels: tuple[int, ...], ttl: int) -> tuple[MplsEntry, ...]:
    """The label stack as the packet came with it (RFC 4950, section 3)."""
    last = len(labels) - 1
    return tuple(MplsEntry(label, 0, index == last, ttl) for index, label in enumerate(labels))


def _interface(station: Station, came: Segment, version: int, at: int) -> InterfaceInformation:
    """The interface that the packet came in by (RFC 5837, section 4)."""
    return InterfaceInformation(
        role=InterfaceRole.INCOMING_IP_INTERFACE,
        index=came.index,
        address=station.usual.address(version),
        name=f"eth{came.index}",
        mtu=came.line.at(at).mtu,
    )
