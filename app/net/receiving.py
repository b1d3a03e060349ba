"""From what a socket hands over to the datagrams that arrived, their headers rebuilt where the kernel kept them."""

import socket
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from app.engine.datagram import Clock, Datagram, Direction
from app.net.beside import LAYOUTS, STAMP_PART, Beside, beside, envelope, flow_label
from app.net.clock import WallClock
from app.net.family import IPV4, Family, shown_name
from app.net.message import Layout, Message, address_of, port_of
from app.packet.checksum import internet_checksum
from app.packet.compose import Envelope, with_checksum
from app.packet.link.linktype import LinkType
from app.packet.registry import Protocol
from app.packet.transport.udp import Udp

_SECOND = 1_000_000_000
_HEADER_4, _HEADER_6 = struct.Struct(">BBHIBBH4s4s"), struct.Struct(">IHBB16s16s")
_ADDRESS = {4: slice(4, 8), 6: slice(8, 24)}  #: in the name of a socket
_NAME_SIZE = {4: 16, 6: 28}
#: All that is asked of the kernel beside a datagram that comes with its header.
_WHOLE = Layout(STAMP_PART, (IPV4.level, IPV4.packet_information, "i8x"))


@dataclass(frozen=True, slots=True)
class Receiver:
    """A socket that answers come to, and what it leaves out of them."""

    family: Family
    sock: socket.socket
    protocol: int  #: of what comes here
    is_whole: bool = False  #: the IP header comes along
    port: int = 0  #: ours, on a UDP socket, which leaves out that header, too; else 0

    @property
    def name(self) -> str:
        """What it hears, in words."""
        version = self.family.version
        return (
            f"ICMPv{version}"
            if self.protocol == self.family.icmp
            else f"{Protocol(self.protocol).name} over IPv{version}"
        )


def arrivals(receiver: Receiver, messages: Iterable[Message], wall: WallClock, read_at: int) -> list[Datagram]:
    """The datagrams in messages that were read at a moment, but for those that nobody says the source of."""
    if receiver.is_whole:
        return _whole(receiver.family, messages, wall, read_at)
    return _rebuilt(receiver, messages, wall, read_at)


#: A Datagram of all its fields, without a function of Python's between: a third of the time.
_datagram: Callable[[tuple[object, ...]], Datagram] = partial(tuple.__new__, Datagram)


def _whole(family: Family, messages: Iterable[Message], wall: WallClock, read_at: int) -> list[Datagram]:
    ahead, (stamp_head, information_head), size, unpack = wall.ahead, _WHOLE.heads, _WHOLE.size, _WHOLE.unpack
    kernel, user, inwards, raw = Clock.KERNEL, Clock.USER, Direction.IN, LinkType.RAW
    told = []
    last, interface = 0, shown_name(0)
    for data, _, control in messages:
        stamp, card = 0, None
        if len(control) == size:
            one, seconds, rest, card_seconds, card_rest, other, index = unpack(control)
            if one == stamp_head and other == information_head:
                stamp = seconds * _SECOND + rest
                card = card_seconds * _SECOND + card_rest if card_seconds else None
        if not stamp:
            notes = beside(family, control)
            stamp, card, index = notes.stamp, notes.card or None, notes.interface
        if index != last:
            last, interface = index, shown_name(index)
        if ahead is None or not stamp:
            told.append(_datagram((data, read_at, user, 0, interface, inwards, raw, None, read_at, card)))
        else:
            told.append(_datagram((data, stamp - ahead, kernel, 0, interface, inwards, raw, None, read_at, card)))
    return told


def _rebuilt(receiver: Receiver, messages: Iterable[Message], wall: WallClock, read_at: int) -> list[Datagram]:
    """The fields of `Beside` are read by hand: making one for each packet would cost as much as all the rest."""
    family, protocol, is_udp = receiver.family, receiver.protocol, bool(receiver.port)
    name_size, place, header = _NAME_SIZE[family.version], _ADDRESS[family.version], _HEADERS[family.version]
    is_six = family.version == 6
    ahead, kernel, inwards, raw = wall.ahead, Clock.KERNEL, Direction.IN, LinkType.RAW
    told = []
    last, interface = 0, shown_name(0)
    for data, name, control in messages:
        if len(name) != name_size:
            continue
        layout = LAYOUTS.get(len(control))
        if layout is not None and ahead is not None and not is_udp:
            a, seconds, rest, card, card_rest, b, one, other, c, ttl, d, traffic_class, *flow = layout.unpack(control)
            destination, index = (one, other) if is_six else (other, one)
            if (a, b, c, d, *flow[:1]) == layout.heads and seconds:
                label = flow_label(*flow[1:]) if flow else 0
                head = header(protocol, name[place], destination, ttl, traffic_class, label, len(data))
                if index != last:
                    last, interface = index, shown_name(index)
                at = seconds * _SECOND + rest - ahead
                by_card = card * _SECOND + card_rest if card else None
                told.append(
                    _datagram((head + data, at, kernel, len(head), interface, inwards, raw, None, read_at, by_card))
                )
                continue
        notes = beside(family, control)
        packet = _with_udp_header(receiver, name, notes, data) if is_udp else data
        head = header(protocol, name[place], *notes[3:], len(packet))
        told.append(stamped(head + packet, len(head) + len(packet) - len(data), notes, wall, read_at))
    return told


def stamped(data: bytes, rebuilt: int, notes: Beside, wall: WallClock, read_at: int) -> Datagram:
    """A datagram with the kernel's stamp, or with the moment of its reading where there is none."""
    at, clock = wall.bring(notes.stamp), Clock.KERNEL
    if at is None:
        at, clock = read_at, Clock.USER
    interface = shown_name(notes.interface)
    return _datagram(
        (data, at, clock, rebuilt, interface, Direction.IN, LinkType.RAW, None, read_at, notes.card or None)
    )


# The IP header that the kernel kept, as far as it told.


def _header_4(
    protocol: int, source: bytes, destination: bytes, ttl: int, traffic_class: int, flow_label: int, size: int
) -> bytes:
    fields = 0x45, traffic_class, 20 + size, 0, ttl, protocol
    checksum = internet_checksum(_HEADER_4.pack(*fields, 0, source, destination))
    return _HEADER_4.pack(*fields, checksum, source, destination)


def _header_6(
    protocol: int, source: bytes, destination: bytes, ttl: int, traffic_class: int, flow_label: int, size: int
) -> bytes:
    first = 6 << 28 | traffic_class << 20 | flow_label
    return _HEADER_6.pack(first, size, protocol, ttl, source, destination)


_HEADERS: dict[int, Callable[[int, bytes, bytes, int, int, int, int], bytes]] = {4: _header_4, 6: _header_6}


def _with_udp_header(receiver: Receiver, name: bytes, notes: Beside, payload: bytes) -> bytes:
    source = address_of(name)
    assert source is not None
    return udp_packet(envelope(source, notes), port_of(name), receiver.port, payload)


def udp_packet(around: Envelope, source_port: int, destination_port: int, payload: bytes) -> bytes:
    """A payload with its UDP header put back, checksum included."""
    head = Udp(source_port=source_port, destination_port=destination_port, length=8 + len(payload))
    return with_checksum(around, Protocol.UDP, head.build() + payload)
