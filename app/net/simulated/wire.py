"""A link that listens on a simulated LAN: frames come as they are said, and what is sent is heard and answered.

The LAN answers what is for it, and the internet behind the gateway the rest; its answers come in frames from the
gateway, or from whoever of the LAN gave them.
"""

from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address

from app.engine.command import Method
from app.engine.condition import LinkCondition, Stamping
from app.engine.datagram import Clock, Datagram, Departure, Direction, Event, Failure, Outgoing
from app.engine.hearing import Ear
from app.engine.wanted import Wanted
from app.net.link import LinkError
from app.net.simulated.clock import SimulationClock
from app.net.simulated.internet import Internet
from app.net.simulated.lan.answers import answers
from app.net.simulated.lan.framing import BROADCAST, LIMITED_BROADCAST, framed, group_mac
from app.net.simulated.lan.household import answer, question
from app.net.simulated.lan.lan import Lan
from app.net.simulated.lan.manners import SECOND
from app.net.simulated.lan.voice import Said, Voice
from app.net.simulated.lan.wanting import is_wanted
from app.net.simulated.link import INTERFACE, is_for
from app.net.simulated.parcel import Parcel, read_parcel, with_ttl
from app.net.simulated.pending import Pending
from app.net.simulated.programs import ProgramAtWork
from app.packet.checksum import internet_checksum
from app.packet.compose import Address
from app.packet.link.linktype import LinkType
from app.packet.link.numbers import EtherType

_HEAD = 14
_REQUEST, _ARP = b"\0\1", 28  #: of ARP over Ethernet and IPv4: the operation, and bytes of the whole
_IP = (EtherType.IPV4, EtherType.IPV6)
#: How often and how long apart a kernel asks for a MAC address before it gives up (RFC 4861, section 10).
_QUESTIONS, _BETWEEN_QUESTIONS = 3, SECOND


class SimulatedWire:
    """The interface of `here` on its LAN. All calls but `wake` come from one thread."""

    name = "simulated"
    dropped = 0  #: nothing is ever lost before it is read
    unread = 0

    def __init__(
        self,
        internet: Internet,
        lan: Lan,
        clock: SimulationClock,
        *,
        programs: Iterable[ProgramAtWork] = (),
        wanted: Wanted | None = None,
        ear: Ear = Ear.PACKET,
        began: int,
        identifier: int = 1,
        port: int = 33_434,
    ) -> None:
        self.identifier = identifier
        self.port = port
        self._internet = internet
        self._lan = lan
        self._clock = clock
        self._began = began
        self._events = Pending()
        self._wanted = wanted
        self._ear = ear
        for program in programs:
            lan.plan(clock.now() - began + program.first(), self._turn_of(program))

    def now(self) -> int:
        """The simulation's clock."""
        return self._clock.now()

    def source(self, destination: Address) -> Address:
        """The address of this machine in the simulation; the link-local one for what stays on the link."""
        if destination.version == 6 and (destination.is_link_local or destination.is_multicast):
            return self._lan.room.here.link_local
        source = self._internet.source(destination.version)
        if source is None:
            raise LinkError(f"this simulation has no IPv{destination.version}")
        return source

    def can(self, method: Method, version: int) -> bool:
        """Every method; both IP versions where the scenario has them."""
        return self._internet.source(version) is not None

    def send(self, batch: Sequence[Outgoing]) -> None:
        """Send whole IP datagrams."""
        for outgoing in batch:
            now = self._clock.now()
            failure = self._refusal(outgoing, now)
            if failure is not None:
                self._events.put(now, failure)
                continue
            self._events.put(now, Departure(outgoing.token, now, Clock.KERNEL))
            if outgoing.link is LinkType.ETHERNET:
                self._emit_frame(outgoing.data, now - self._began)
            else:
                self._emit(outgoing.destination, outgoing.data, now)

    def receive(self, until: int) -> Sequence[Event]:
        """Wait until something has happened, `wake` was called or the clock shows `until`."""
        self._overhear(self._clock.now())
        first = self._events.first(min(until, self._lan.due() + self._began))
        if first > self._clock.now():
            self._clock.wait(first)
        now = self._clock.now()
        self._overhear(now)
        return self._events.due(now)

    def condition(self) -> LinkCondition:
        """How it is doing."""
        return LinkCondition(self.name, stampings=(Stamping(INTERFACE, Clock.KERNEL, Clock.KERNEL),))

    def wake(self) -> None:
        """Make a `receive` that waits return at once. May be called from any thread."""
        self._clock.wake()

    def close(self) -> None:
        """Forget what is under way."""
        self._events.clear()

    def _overhear(self, now: int) -> None:
        """Take over all that was said on the LAN up to now."""
        for frame in self._lan.heard(now - self._began):
            self._hear(self._began + frame.at, frame.data)

    def _turn_of(self, program: ProgramAtWork) -> Callable[[int], None]:
        """A program's turn: it sends, if its machine has such an address and a way, and waits for the next one."""

        def act(at: int) -> None:
            to = program.program.to
            source = self._internet.source(to.version)
            data = b"" if source is None else program.datagram(source)
            if len(data) <= (self._internet.mtu(to, at) or 0) and data:
                self._emit(to, data, self._began + at)
            self._lan.plan(at + program.pause(), act)

        return act

    def _emit(self, destination: Address, data: bytes, now: int) -> None:
        """Put a datagram of this machine on the wire, and what it causes behind it."""
        room, at = self._lan.room, now - self._began
        mac = self._mac_of(destination)
        if mac is None:
            for index in range(_QUESTIONS):
                self._lan.put(at + index * _BETWEEN_QUESTIONS, question(room.here, destination))
            return
        parcel = read_parcel(data)
        if parcel is not None and parcel.version == 4:
            data = with_ttl(parcel.data, parcel.ttl)  # the kernel fills in the header's checksum (raw(7))
        self._lan.put(at, (Said(framed(room.here.mac, mac, data)),))
        self._deliver(destination, data, parcel, at)

    def _emit_frame(self, frame: bytes, at: int) -> None:
        """Put a whole frame on the wire as it is, and what its ARP request or its datagram causes."""
        room = self._lan.room
        self._lan.put(at, (Said(frame),))
        kind, data = int.from_bytes(frame[_HEAD - 2 : _HEAD]), frame[_HEAD:]
        if kind == EtherType.ARP and data[6:8] == _REQUEST and len(data) >= _ARP:
            target = IPv4Address(data[24:_ARP])
            owner = room.owner(target)
            if owner is not None and owner is not room.here:
                self._lan.put(at, (answer(owner, room.here, target, 0),))
        parcel = read_parcel(data) if kind in _IP else None
        if parcel is not None and (parcel.version == 6 or not internet_checksum(data[: parcel.start])):
            self._deliver(parcel.to_address, data, parcel, at)

    def _deliver(self, destination: Address, data: bytes, parcel: Parcel | None, at: int) -> None:
        """What a datagram on the wire causes behind it."""
        room = self._lan.room
        said = None if parcel is None else answers(parcel, room, at)
        if said is not None:
            self._lan.put(at, said)
        elif not self._is_for_many(destination):
            for arrival in self._internet.send(data, at):
                sender = self._sender(arrival.data)
                self._lan.put(arrival.at, (Said(framed(sender.mac, room.here.mac, arrival.data)),))

    def _sender(self, data: bytes) -> Voice:
        """Who brings a datagram: its source where that is on the LAN, else the gateway."""
        source = IPv4Address(data[12:16]) if data[0] >> 4 == 4 else IPv6Address(data[8:24])
        return self._lan.room.owner(source) or self._lan.room.gateway

    def _mac_of(self, destination: Address) -> bytes | None:
        """Where a frame goes; None where nobody on the link has the address."""
        room = self._lan.room
        if destination.is_multicast:
            return group_mac(destination)
        if self._is_broadcast(destination):
            return BROADCAST
        owner = room.owner(destination)
        if owner is None and (destination.is_link_local or room.lan.is_on_link(destination)):
            return None
        return (owner or room.gateway).mac

    def _is_for_many(self, destination: Address) -> bool:
        return destination.is_multicast or self._is_broadcast(destination)

    def _is_broadcast(self, destination: Address) -> bool:
        prefix = self._lan.room.lan.prefix(4)
        return destination == LIMITED_BROADCAST or (prefix is not None and destination == prefix.broadcast_address)

    def _hear(self, at: int, frame: bytes) -> None:
        if not is_wanted(frame, self._wanted):
            return
        here = self._lan.room.here.mac
        direction = Direction.OTHER
        if frame[6:12] == here:
            direction = Direction.OUT
        elif frame[0] & 1 or frame[:6] == here:
            direction = Direction.IN
        link, data = LinkType.ETHERNET, frame
        if self._ear is Ear.RAW:
            if direction is not Direction.IN or int.from_bytes(frame[12:14], "big") not in _IP:
                return
            link, data = LinkType.RAW, frame[_HEAD:]
        self._events.put(at, Datagram(data, at, Clock.KERNEL, interface=INTERFACE, direction=direction, link=link))

    def _refusal(self, outgoing: Outgoing, now: int) -> Failure | None:
        """What a kernel would not send, with its errno."""
        destination = outgoing.destination
        if outgoing.link is LinkType.RAW and not is_for(outgoing.data, destination):
            return Failure(outgoing.token, now, "EINVAL", "not sent: this is no IP datagram to that address")
        if outgoing.interface not in (None, INTERFACE):
            return Failure(outgoing.token, now, "ENODEV", f"not sent: the only interface here is {INTERFACE}")
        mtu: int | None = self._lan.room.lan.mtu
        if not self._is_on_link(destination):
            mtu = self._internet.mtu(destination, now - self._began)
        if mtu is None:
            return Failure(outgoing.token, now, "ENETUNREACH", "not sent: no route")
        if len(outgoing.data) > mtu:
            return Failure(outgoing.token, now, "EMSGSIZE", f"not sent: longer than the link's MTU of {mtu}")
        return None

    def _is_on_link(self, destination: Address) -> bool:
        is_told = self._is_for_many(destination) or destination.is_link_local
        return is_told or self._lan.room.lan.is_on_link(destination)
