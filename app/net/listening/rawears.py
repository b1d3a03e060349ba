"""The other ear: raw sockets (raw(7)), one for each protocol and IP version, and the groups of these protocols.

They hear what the kernel gives to a protocol's own programs: datagrams to this host and to its groups, reassembled,
without the link layer; never what it sends or forwards itself. A raw socket of IPv6 does not get the header: it is
rebuilt from what the kernel tells beside the packet. Opened while that is allowed, for what is to be heard.
"""

import secrets
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Self

from app.engine.command import Method
from app.engine.condition import LinkCondition
from app.engine.datagram import Datagram, Event, Fault, Outgoing
from app.engine.hearing import Hearing
from app.engine.wanted import InIp, for_raw_sockets
from app.net import clock
from app.net.batch import open_calls
from app.net.bpf import REJECT_ALL, attach
from app.net.buffer import Buffer
from app.net.clock import WallClock
from app.net.family import Family
from app.net.listening.groups import Memberships
from app.net.listening.handsender import HandSender
from app.net.listening.interfacewatch import InterfaceWatch
from app.net.listening.prefilter import raw_filter
from app.net.message import MOST
from app.net.options import LinkOptions
from app.net.receiving import Receiver, arrivals
from app.net.sockets import families, open_socket, source_address
from app.net.waiter import Waiter
from app.packet.compose import Address
from app.packet.registry import Protocol


@dataclass(frozen=True, slots=True)
class RawEar:
    """The socket of one protocol."""

    family: Family
    protocol: int
    sock: socket.socket

    @property
    def receiver(self) -> Receiver:
        """How what comes here is made whole again."""
        # UDP is read here with its header, as any other protocol.
        return Receiver(self.family, self.sock, self.protocol, is_whole=self.family.version == 4)


@dataclass(frozen=True, slots=True)
class RawEars:
    """The sockets for what is to be heard, deaf until a link uses them."""

    hearing: Hearing
    wanted: Mapping[int, InIp]
    ears: tuple[RawEar, ...]

    @classmethod
    def open(cls, hearing: Hearing) -> Self:
        """Open them. Raises OSError, and UnknownProtocolError where raw sockets cannot hear what is wanted."""
        wanted = for_raw_sockets(hearing)
        ears = []
        with ExitStack() as opened:
            for family in families(LinkOptions()):
                for protocol in sorted(_protocols(wanted.get(family.version, InIp()), family)):
                    sock = opened.enter_context(open_socket(family, socket.SOCK_RAW, protocol, LinkOptions()))
                    attach(sock, REJECT_ALL)
                    ears.append(RawEar(family, protocol, sock))
            opened.pop_all()
        return cls(hearing, wanted, tuple(ears))

    def close(self) -> None:
        """Close them all."""
        for ear in self.ears:
            ear.sock.close()


def _protocols(wanted: InIp, family: Family) -> set[int]:
    """The numbers that sockets are opened for. 0 is no protocol to the kernel, only a header of IPv6."""
    some = {family.icmp: wanted.icmp, Protocol.UDP: wanted.udp, Protocol.TCP: wanted.tcp}
    return {*wanted.protocols, *(number for number, values in some.items() if values)} - {0}


class RawLink:
    """A Link over these ears, which `release` gets back. All but `wake` belongs to one thread."""

    name = "raw"

    def __init__(self, ears: RawEars, sender: HandSender, release: Callable[[RawEars], None]) -> None:
        self.identifier = 1 + secrets.randbelow(0xFFFF)
        self.port = 33_000 + secrets.randbelow(27_000)
        self.dropped = 0  #: packets that found a full queue; of IPv6 damaged ones as well
        self.unread = 0  #: packets that waited to be read when this was closed
        self._ears = ears
        self._sender = sender
        self._release = release
        self._names = frozenset(ears.hearing.interfaces)
        self._groups = frozenset(group for inner in ears.wanted.values() for group in inner.groups)
        self._by_descriptor = {ear.sock.fileno(): ear for ear in ears.ears}
        # Damaged packets are told with the dropped ones: what listens loses nothing by them.
        self._buffers = {ear: Buffer(ear.sock, ear.receiver.name, counts_damage=False) for ear in ears.ears}
        self._calls, self._wall = open_calls(), WallClock()
        with ExitStack() as opened:
            opened.callback(self._deafen)
            self._memberships = Memberships()
            opened.callback(self._memberships.close)
            self._watch = InterfaceWatch()
            opened.callback(self._watch.close)
            self._listen()
            self._waiter = Waiter((*self._by_descriptor, self._watch.fileno()))
            opened.pop_all()
        self._pending: list[Event] = []
        self._is_behind = False
        self._is_closed = False

    def _listen(self) -> None:
        """Let through the interfaces that there are now, and join the groups there; on loopback when it is named."""
        there = self._watch.names.items()
        indices = frozenset(index for index, name in there if name in self._names or not self._names)
        with_groups = [index for index, name in there if name in self._names or not (self._names or name == "lo")]
        for ear in self._ears.ears:
            wanted = self._ears.wanted[ear.family.version]
            program = raw_filter(wanted, ear.family.version, ear.protocol, indices if self._names else None)
            attach(ear.sock, program)
        self._memberships.join(self._groups, with_groups)

    def now(self) -> int:
        """The links' clock."""
        return clock.now()

    def source(self, destination: Address) -> Address:
        """The address that the kernel sends from to `destination`. Raises LinkError where it would not."""
        return source_address(destination, LinkOptions())

    def can(self, method: Method, version: int) -> bool:
        """Whatever is made by hand can be sent."""
        return True

    def send(self, batch: Sequence[Outgoing]) -> None:
        """Send whole datagrams as they are."""
        self._pending += self._sender.send(batch)

    def receive(self, until: int) -> Sequence[Event]:
        """Wait, then read what there is, bounded for each socket, in the order of the kernel's stamps."""
        ready = self._waiter.wait(0 if self._pending or self._is_behind else until, gather=True)
        self._wall.refresh()
        if self._watch.fileno() in ready:
            self._watch.look()
            self._pending += [Fault(clock.now(), text) for text in self._watch.news(self._names)]
            self._listen()
        heard: list[Datagram] = []
        self._is_behind = False
        for descriptor in ready & self._by_descriptor.keys():
            heard += self._read(self._by_descriptor[descriptor])
        heard.sort(key=lambda datagram: datagram.received_at)
        events, self._pending = self._pending, []
        return [*events, *heard]

    def _read(self, ear: RawEar) -> list[Datagram]:
        self._count_drops(ear)
        messages = self._calls.read(ear.sock)
        self._is_behind |= len(messages) >= MOST
        return arrivals(ear.receiver, messages, self._wall, clock.now())

    def _count_drops(self, ear: RawEar) -> None:
        """The kernel's own count, which SO_RXQ_OVFL would tell with the next packet only."""
        drops = self._buffers[ear].look(clock.now())
        self.dropped += 0 if drops is None else drops.packets

    def condition(self) -> LinkCondition:
        """How it is doing."""
        buffers = tuple(buffer.use() for buffer in self._buffers.values())
        return LinkCondition(self.name, self._calls.words, buffers=buffers, dropped=self.dropped)

    def wake(self) -> None:
        """End a wait."""
        self._waiter.wake()

    def close(self) -> None:
        """Give the sockets back, deaf, and leave the groups."""
        if self._is_closed:
            return
        self._is_closed = True
        self._waiter.close()
        self._watch.close()
        self._memberships.close()
        self._deafen()
        self._release(self._ears)

    def _deafen(self) -> None:
        """Let nothing through any more, and count what was not read."""
        for ear in self._ears.ears:
            attach(ear.sock, REJECT_ALL)
            self._count_drops(ear)
            self.unread += len(self._calls.read(ear.sock, most=_EVERY))


_EVERY = 1 << 20
