"""What passes, counted: by protocol, by second, by who sends it. A few bytes of each packet are looked at, no more.

A packet costs a microsecond here, so that 50,000 a second leave time for everything else; only names that are known get
a line of their own without limit, and addresses are kept by a sketch that no flood of forged ones makes large.
"""

import struct
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest
from ipaddress import ip_address

from app.engine.datagram import Datagram
from app.engine.wanted import wire_names
from app.packet.link.linktype import LinkType
from app.packet.link.numbers import LEAST_TYPE, EtherType
from app.packet.registry import Protocol

#: Seconds of rates that are kept.
HISTORY = 120
#: Protocols without a name that get a line; what comes behind them is "other".
MOST_STRANGE = 16
OTHER = "other"
#: Addresses that are counted at a time, and how many stay when there are more.
MOST_ADDRESSES, KEPT_ADDRESSES = 4_096, 1_024

_SECOND = 1_000_000_000
_NAMES = wire_names()


@dataclass(frozen=True, slots=True, eq=False)
class ProtocolCount:
    """What was heard of one protocol."""

    name: str  #: as `--protocol` has it; "ip 222" and "0x88b5" where it has none
    packets: int
    octets: int  #: on the wire
    rates: tuple[int, ...] = ()  #: packets of each whole second, oldest first

    @property
    def rate(self) -> int:
        """Packets in the last whole second."""
        return self.rates[-1] if self.rates else 0


@dataclass(frozen=True, slots=True)
class Talker:
    """Who sent much. The counts are those since it was noticed: they may be too low, never too high."""

    address: str
    packets: int
    octets: int


class _Count:
    """A line of the table while it is counted."""

    __slots__ = ("name", "octets", "packets", "packets_then", "rates", "shown")

    def __init__(self, name: str, seconds: int) -> None:
        self.name = name
        self.packets = self.octets = self.packets_then = 0
        self.rates = deque([0] * min(seconds, HISTORY), HISTORY)  # it was not heard before
        self.shown: ProtocolCount | None = None

    def roll(self, seconds: int) -> None:
        """Some seconds have passed; packets of a longer time than one are shared out over it."""
        fresh = self.packets - self.packets_then
        self.packets_then = self.packets
        each, rest = divmod(fresh, seconds)
        for second in range(min(seconds, HISTORY)):
            self.rates.append(each + (second < rest))
        self.shown = None

    def row(self) -> ProtocolCount:
        """The frozen line; the same object as before where nothing changed."""
        if self.shown is None or self.shown.packets != self.packets:
            self.shown = ProtocolCount(self.name, self.packets, self.octets, tuple(self.rates))
        return self.shown


class Traffic:
    """All that is counted. Belongs to the machine, and to its thread."""

    def __init__(self, now: int) -> None:
        self._total = _Count("", 0)
        self._by_name: dict[str, _Count] = {}
        self._by_key: dict[int, _Count] = {}
        self._strange = 0
        self._senders: dict[bytes, list[int]] = {}
        self._rolled_at = now
        self._seconds = 0

    @property
    def packets(self) -> int:
        """Packets so far."""
        return self._total.packets

    @property
    def rolls_at(self) -> int:
        """When the next second is full."""
        return self._rolled_at + _SECOND

    def take(self, datagram: Datagram) -> None:
        """Count one packet."""
        data = datagram.data
        size = datagram.length or len(data)
        key, source = _look(data, datagram.link)
        count = self._by_key.get(key)
        if count is None:
            count = self._count_of(key)
        count.packets += 1
        count.octets += size
        self._total.packets += 1
        self._total.octets += size
        sender = self._senders.get(source)
        if sender is None:
            self._senders[source] = [1, size]
            if len(self._senders) > MOST_ADDRESSES:
                self._forget_the_quiet()
        else:
            sender[0] += 1
            sender[1] += size

    def _count_of(self, key: int) -> _Count:
        """The line of a kind of packet that was not met before."""
        name, is_strange = _name(key)
        if is_strange and name not in self._by_name:
            self._strange += 1
            if self._strange > MOST_STRANGE:
                return self._line(OTHER)
        count = self._by_key[key] = self._line(name)
        return count

    def _line(self, name: str) -> _Count:
        count = self._by_name.get(name)
        if count is None:
            count = self._by_name[name] = _Count(name, self._seconds)
        return count

    def _forget_the_quiet(self) -> None:
        """Keep those who sent most; whoever goes on to send much comes back. Once in thousands of packets."""
        loudest = nlargest(KEPT_ADDRESSES, self._senders.items(), key=lambda entry: entry[1][1])
        self._senders = dict(loudest)

    def roll(self, now: int) -> bool:
        """Close the seconds that are full by now; whether there was one."""
        seconds = (now - self._rolled_at) // _SECOND
        if seconds <= 0:
            return False
        self._rolled_at += seconds * _SECOND
        self._seconds += seconds
        for count in (self._total, *self._by_name.values()):
            count.roll(seconds)
        return True

    def total(self) -> ProtocolCount:
        """All protocols together."""
        return self._total.row()

    def protocols(self) -> Sequence[ProtocolCount]:
        """Each protocol, those with most packets first."""
        return sorted((count.row() for count in self._by_name.values()), key=lambda row: (-row.packets, row.name))

    def talkers(self, most: int) -> Sequence[Talker]:
        """Those who sent most octets."""
        loudest = nlargest(most, self._senders.items(), key=lambda entry: entry[1][1])
        return [Talker(_address(source), *counts) for source, counts in loudest if source]


# A kind of packet is a number: an EtherType, or below the least of these a service of LLC; behind _IP the protocol of
# IP, behind _PORTS a protocol and the port that says more.
_IP, _PORTS = 1 << 16, 1 << 20
_SHORT = -1  #: too short to tell
_ports = struct.Struct("!HH").unpack_from
_NO_PORTS: dict[int, str] = {}
_TAGS = (EtherType.VLAN, EtherType.SERVICE_VLAN)


def _look(data: bytes, link: LinkType) -> tuple[int, bytes]:
    """What kind of packet it is, and who sent it: an IP address, else a hardware address. Any bytes are taken."""
    try:
        if link is LinkType.ETHERNET:
            at, kind = 14, data[12] << 8 | data[13]
            while kind in _TAGS:
                at, kind = at + 4, data[at + 2] << 8 | data[at + 3]
        elif link is LinkType.RAW:
            at, kind = 0, EtherType.IPV4 if data[0] >> 4 == 4 else EtherType.IPV6
        else:
            at, kind = 20, data[0] << 8 | data[1]
        if kind == EtherType.IPV4:
            protocol, source, upper = data[at + 9], data[at + 12 : at + 16], at + (data[at] & 15) * 4
            is_first = not (data[at + 6] & 0x1F or data[at + 7])
        elif kind == EtherType.IPV6:
            protocol, source, upper, is_first = data[at + 6], data[at + 8 : at + 24], at + 40, True
            if protocol == Protocol.HOPOPT:
                protocol, upper = data[upper], upper + 8 * (data[upper + 1] + 1)
        else:
            source = data[6:12] if link is LinkType.ETHERNET else b""
            return (kind if kind >= LEAST_TYPE else data[at]), source
        named = _NAMES.ports.get(protocol)
        if named is not None and is_first and upper + 4 <= len(data):
            first, second = _ports(data, upper)
            port = second if second in named else first if first in named else 0
            if port:
                return _PORTS + (protocol << 16) + port, source
        return _IP + protocol, source
    except IndexError:
        return _SHORT, b""


def _name(key: int) -> tuple[str, bool]:
    """What a kind of packet is called, and whether it has no name of its own."""
    if key >= _PORTS:
        return _NAMES.ports[(key - _PORTS) >> 16][key & 0xFFFF], False
    if key == _SHORT:
        return "too short", False
    if key >= _IP:
        name = _NAMES.protocols.get(key - _IP)
        return name or f"ip {key - _IP}", name is None
    name = _NAMES.ether_types.get(key) if key >= LEAST_TYPE else _NAMES.services.get(key & 0xFE)
    if name is None:
        return (f"0x{key:04x}" if key >= LEAST_TYPE else f"llc 0x{key:02x}"), True
    return name, False


def _address(source: bytes) -> str:
    return str(ip_address(source)) if len(source) in (4, 16) else source.hex(":")
