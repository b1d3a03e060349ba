"""A speaker at work, and the room in which all of a LAN's speakers know each other.

Times are nanoseconds since the simulation began. Chance is the voice's own: nothing else in the simulation
changes because a LAN is there.
"""

from collections import Counter
from collections.abc import Iterator
from ipaddress import IPv4Address
from random import Random
from typing import NamedTuple

from app.net.simulated.lan.framing import INTERNETWORK_CONTROL, framed, group_mac
from app.net.simulated.lan.manners import Lan, Speaker
from app.net.simulated.scenario import HERE, Node
from app.net.simulated.schedule import Timeline
from app.packet.compose import Address, Envelope

#: What only routers say.
_ROUTERS = ("router_advertisement", "router_discovery", "ospf", "ospf6", "rip", "pim")


class Said(NamedTuple):
    """A frame that a speaker sends, so long after the moment at which it made it."""

    frame: bytes
    after: int = 0


class Voice:
    """One speaker. Belongs to one thread."""

    def __init__(self, speaker: Speaker, node: Node, seed: str) -> None:
        self.key = speaker.key
        self.name = node.name or speaker.key
        self.mac = speaker.mac
        self.link_local = speaker.link_local
        self.is_router = node.forwards or any(getattr(speaker, talk) for talk in _ROUTERS)
        self.addresses = node.addresses
        self.chance = Random(f"{seed}/lan/{speaker.key}")
        self.counts: Counter[str] = Counter()
        self.virtual: set[Address] = set()  #: addresses of the virtual routers whose active router it is
        self._speaker = Timeline(speaker, speaker.changes)
        self._node = Timeline(node, node.changes)
        self._identification = self.chance.getrandbits(16)

    def at(self, moment: int) -> Speaker:
        """What it says at a moment."""
        return self._speaker.at(moment)

    def is_up(self, moment: int) -> bool:
        """Whether it says anything at a moment: its node is there, and it is not silenced itself."""
        return not (self._speaker.at(moment).down or self._node.at(moment).down)

    def stays_until(self, moment: int) -> int:
        """Until when, exclusively, it stays as it is at `moment`."""
        return min(self._speaker.stays_until(moment), self._node.stays_until(moment))

    def address(self, version: int) -> Address | None:
        """The address that it speaks from: of IPv6 the link-local one."""
        if version == 6:
            return self.link_local
        return next((address for address in self.addresses if address.version == 4), None)

    def address4(self) -> IPv4Address:
        """Its IPv4 address, 0.0.0.0 where it has none."""
        address = self.address(4)
        return address if isinstance(address, IPv4Address) else IPv4Address(0)

    def owns(self, address: Address) -> bool:
        """Whether an address is its own."""
        return address == self.link_local or address in self.addresses

    def envelope(self, destination: Address, ttl: int) -> Envelope:
        """The envelope of what it says to its link."""
        self._identification = (self._identification + 1) & 0xFFFF
        source = self.address(destination.version) or IPv4Address(0)
        return Envelope(source, destination, ttl, INTERNETWORK_CONTROL, identification=self._identification)

    def to_group(self, group: Address, datagram: bytes, after: int = 0) -> Said:
        """A datagram sent to a group."""
        return Said(framed(self.mac, group_mac(group), datagram), after)

    def to_voice(self, other: "Voice", datagram: bytes, after: int = 0) -> Said:
        """A datagram sent to one other."""
        return Said(framed(self.mac, other.mac, datagram), after)


class Room:
    """All voices of a LAN, in the order of the file, `here` first."""

    def __init__(self, lan: Lan, voices: tuple[Voice, ...]) -> None:
        self.lan = lan
        self.voices = voices
        self._by_key = {voice.key: voice for voice in voices}

    @property
    def here(self) -> Voice:
        """The machine that the program runs on."""
        return self._by_key[HERE]

    @property
    def gateway(self) -> Voice:
        """Where what is for elsewhere goes."""
        return self._by_key[self.lan.gateway]

    def voice(self, key: str) -> Voice:
        """The voice of a speaker."""
        return self._by_key[key]

    def owner(self, address: Address) -> Voice | None:
        """Whose address this is; that of a virtual router is its active router's."""
        return next((voice for voice in self.voices if voice.owns(address) or address in voice.virtual), None)

    def others(self, voice: Voice, moment: int) -> Iterator[Voice]:
        """All who are up but one."""
        return (other for other in self.voices if other is not voice and other.is_up(moment))
