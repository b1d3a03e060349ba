"""The link that hears by the device itself (AF_PACKET) and sends by hand.

It hears what is wanted and no more (`prefilter`), on interfaces that come and go, and tells of each frame when it
passed, by which interface and which way. Frames of Ethernet and loopback come whole; of links without a header that
anybody could read, IP comes bare, and the rest under the header that captures use for that (LINKTYPE_LINUX_SLL2).
"""

import secrets
import socket
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress

from app.engine.command import Method
from app.engine.condition import LinkCondition
from app.engine.datagram import Clock, Datagram, Direction, Event, Fault, Outgoing
from app.engine.hearing import Hearing
from app.engine.wanted import Wanted
from app.net import clock
from app.net.clock import WallClock
from app.net.listening import packetsocket
from app.net.listening.handsender import HandSender
from app.net.listening.interfacewatch import InterfaceWatch
from app.net.listening.packetring import FEW, MANY, Frame, FrameSource, Messages, Ring
from app.net.options import LinkOptions
from app.net.sockets import source_address
from app.net.waiter import Waiter
from app.packet.compose import Address
from app.packet.link.linktype import LinkType
from app.packet.link.numbers import HardwareType

#: Frames that one turn takes at most: what it does with them costs some 20 ms.
MOST = 2_048

#: By packet type (packet(7)): to us, to all, to a group, to others, from us.
_DIRECTIONS = (Direction.IN, Direction.IN, Direction.IN, Direction.OTHER, Direction.OUT) + (Direction.IN,) * 3
_FRAMED = (HardwareType.ETHERNET, HardwareType.LOOPBACK)
_IP = (b"\x08\x00", b"\x86\xdd")
_BEHIND_ADDRESSES = 12  #: where a VLAN tag stands in a frame
_COOKED = struct.Struct("!2sHIHBB8s")  #: https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html


class PacketLink:
    """A Link over one AF_PACKET socket, which `release` gets back. All but `wake` belongs to one thread."""

    name = "packet"

    def __init__(
        self,
        sock: socket.socket,
        hearing: Hearing,
        wanted: Wanted | None,
        sender: HandSender,
        release: Callable[[socket.socket], None],
    ) -> None:
        self.identifier = 1 + secrets.randbelow(0xFFFF)
        self.port = 33_000 + secrets.randbelow(27_000)
        self.dropped = 0  #: packets that the kernel had no room for
        self.unread = 0  #: packets that waited to be read when this was closed
        self._passed = self._read = 0
        self._sock = sock
        self._names = frozenset(hearing.interfaces)
        self._wanted = wanted
        self._sender = sender
        self._release = release
        self._with_all_groups: frozenset[int] = frozenset()
        self._chosen: frozenset[int] | None = None
        self._is_prompt = hearing.is_prompt
        with ExitStack() as opened:
            self._watch = InterfaceWatch()
            opened.callback(self._watch.close)
            blocks = FEW if wanted is not None and wanted.is_narrow else MANY
            self._source: FrameSource = (None if hearing.is_prompt else Ring.of(sock, blocks)) or Messages(sock)
            opened.callback(self._source.close)
            opened.callback(self._end)
            self._choose()
            packetsocket.counts(sock)  # of who had this socket before
            packetsocket.begin_to_hear(sock)
            self._waiter = Waiter((sock.fileno(), self._watch.fileno()))
            opened.pop_all()
        self._wall = WallClock()
        self._pending: list[Event] = []
        self._is_behind = False
        self._is_closed = False

    def _choose(self) -> None:
        """Let through the interfaces that there are now, and have their cards pass on every group."""
        indices = frozenset(
            index for index, name in self._watch.names.items() if name in self._names or not self._names
        )
        for index in indices - self._with_all_groups:
            packetsocket.hear_all_groups(self._sock, index)
        for index in self._with_all_groups - indices:
            packetsocket.hear_own_groups(self._sock, index)
        self._with_all_groups = indices
        chosen = indices if self._names else None
        if chosen != self._chosen or chosen is None:
            packetsocket.choose(self._sock, self._wanted, chosen)
            self._chosen = chosen

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
        """Wait, then take what there is; bounded, so that a flood cannot keep an engine from anything else."""
        ready = self._waiter.wait(0 if self._pending or self._is_behind else until, gather=not self._is_prompt)
        self._wall.refresh()
        if self._watch.fileno() in ready:
            self._watch.look()
            self._pending += [Fault(clock.now(), text) for text in self._watch.news(self._names)]
            self._choose()
        events, self._pending = self._pending, []
        events.extend(self._heard())
        self._is_behind = len(events) >= MOST
        self._count()
        return events

    def _count(self) -> None:
        """PACKET_STATISTICS is set to nothing by asking."""
        passed, dropped = packetsocket.counts(self._sock)
        self._passed += passed
        self.dropped += dropped

    def _heard(self) -> Iterator[Datagram]:
        for frame in self._source.read(MOST):
            self._read += 1
            stamp = self._wall.bring(frame.stamp or None)
            data, link, length = _read(frame)
            yield Datagram(
                data,
                clock.now() if stamp is None else stamp,
                Clock.USER if stamp is None else Clock.KERNEL,
                0,
                self._watch.name(frame.interface),
                _DIRECTIONS[frame.kind & 7],
                link,
                None if length <= len(data) else length,
            )

    def condition(self) -> LinkCondition:
        """How it is doing."""
        return LinkCondition(self.name, dropped=self.dropped)

    def wake(self) -> None:
        """End a wait."""
        self._waiter.wake()

    def close(self) -> None:
        """Give the socket back, deaf."""
        if self._is_closed:
            return
        self._is_closed = True
        self._waiter.close()
        self._watch.close()
        self._end()
        with suppress(OSError):
            self._count()
            self.unread = self._passed - self.dropped - self._read
        self._source.close()
        self._release(self._sock)

    def _end(self) -> None:
        """Let nothing through any more, and the cards filter again what they were asked to pass on."""
        with suppress(OSError):
            packetsocket.deafen(self._sock)
        for index in self._with_all_groups:
            packetsocket.hear_own_groups(self._sock, index)


def _read(frame: Frame) -> tuple[bytes, LinkType, int]:
    """The bytes to show, what they begin with, and how many of them there were on the wire."""
    if frame.hardware in _FRAMED:
        if not frame.tag:
            return frame.data, LinkType.ETHERNET, frame.length
        data = frame.data[:_BEHIND_ADDRESSES] + frame.tag + frame.data[_BEHIND_ADDRESSES:]
        return data, LinkType.ETHERNET, frame.length + len(frame.tag)
    bare, length = frame.data[frame.network :], frame.length - frame.network
    if frame.protocol in _IP:
        return bare, LinkType.RAW, length
    sender = frame.sender[:8]
    cooked = _COOKED.pack(frame.protocol, 0, frame.interface, frame.hardware, frame.kind, len(sender), sender)
    return cooked + bare, LinkType.LINUX_SLL2, length + len(cooked)
