"""From what a socket hands over to the datagram that arrived, with its header rebuilt where the kernel kept it."""

import socket
from dataclasses import dataclass

from app.engine.datagram import Clock, Datagram
from app.net import clock
from app.net.batch import Message
from app.net.clock import WallClock
from app.net.family import Family, address_of, envelope_told, interface_told, told
from app.net.stamps import stamp
from app.packet.compose import Envelope, ip_datagram, with_checksum
from app.packet.registry import Protocol
from app.packet.transport.udp import Udp


@dataclass(frozen=True, slots=True)
class Receiver:
    """A socket that answers come to, and what it leaves out of them."""

    family: Family
    sock: socket.socket
    protocol: int  #: of what comes here
    is_whole: bool = False  #: the IP header comes along
    port: int = 0  #: ours, for UDP, whose header is left out, too


def arrival(receiver: Receiver, message: Message, wall: WallClock) -> Datagram | None:
    """The datagram in a message; None where the kernel does not say whom it is from."""
    if receiver.is_whole:
        return stamped_datagram(message.data, 0, message, wall, interface_told(receiver.family, message.notes))
    source = address_of(message.sender)
    if source is None:
        return None
    beside = told(receiver.family, message.notes)
    envelope = envelope_told(source, beside)
    packet = message.data
    if receiver.protocol == Protocol.UDP:
        packet = udp_packet(envelope, port_of(message.sender), receiver.port, packet)
    data = ip_datagram(envelope, receiver.protocol, packet)
    return stamped_datagram(data, len(data) - len(message.data), message, wall, beside.interface)


def stamped_datagram(data: bytes, rebuilt: int, message: Message, wall: WallClock, interface: str | None) -> Datagram:
    """A datagram with the kernel's stamp, or with the present moment where there is none."""
    received_at = wall.bring(stamp(message.notes))
    if received_at is None:
        return Datagram(data, clock.now(), Clock.USER, rebuilt, interface)
    return Datagram(data, received_at, Clock.KERNEL, rebuilt, interface)


def udp_packet(envelope: Envelope, source_port: int, destination_port: int, payload: bytes) -> bytes:
    """A payload with its UDP header put back, checksum included."""
    head = Udp(source_port=source_port, destination_port=destination_port, length=8 + len(payload))
    return with_checksum(envelope, Protocol.UDP, head.build() + payload)


def port_of(name: object) -> int:
    """The port in what `recvmsg` calls an address."""
    return int(name[1]) if isinstance(name, tuple) and len(name) > 1 else 0
