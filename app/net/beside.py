"""What the kernel tells beside a packet: its stamps, and what stood in the IP header that it keeps for itself."""

import socket
import struct
import sys
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

from app.net.family import IPV4, IPV6, IPV6_RECVFLOWINFO, SO_TIMESTAMPING, Family, Notes
from app.net.message import Layout, notes_of
from app.packet.compose import Address, Envelope

_SECOND = 1_000_000_000

#: `struct scm_timestamping`: three times seconds and nanoseconds: by the kernel, unused, by the card.
STAMP_FORM = "qq16xqq"
STAMP_PART = (socket.SOL_SOCKET, SO_TIMESTAMPING, STAMP_FORM)
_STAMP = struct.Struct("@" + STAMP_FORM)

_USUAL_4 = (
    STAMP_PART,
    (IPV4.level, IPV4.packet_information, "i4x4s"),
    (IPV4.level, IPV4.ttl, "i"),
    (IPV4.level, IPV4.traffic_class, "B"),
)
_USUAL_6 = (
    STAMP_PART,
    (IPV6.level, IPV6.packet_information, "16sI"),
    (IPV6.level, IPV6.ttl, "i"),
    (IPV6.level, IPV6.traffic_class, "i"),
)
_FLOW = (IPV6.level, IPV6_RECVFLOWINFO, "4s")  #: told where it is not 0
#: What is usual, by its size, which differs from one to the other.
LAYOUTS = {layout.size: layout for layout in (Layout(*_USUAL_4), Layout(*_USUAL_6), Layout(*_USUAL_6, _FLOW))}
_INFORMATION = {4: struct.Struct("@i4x4s"), 6: struct.Struct("@16sI")}  #: interface and destination, in either order
_ANY = {4: bytes(4), 6: bytes(16)}


class Beside(NamedTuple):
    """What was told; 0 is what was not."""

    stamp: int = 0  #: CLOCK_REALTIME in nanoseconds, by the kernel
    card: int = 0  #: nanoseconds on the card's own clock, by the card
    interface: int = 0  #: its index
    destination: bytes = b""  #: where it came to; unspecified where that was not told
    ttl: int = 0
    traffic_class: int = 0
    flow_label: int = 0


def beside(family: Family, control: bytes) -> Beside:
    """Read control messages: in one go what is usual, and anything else one after the other."""
    if (layout := LAYOUTS.get(len(control))) is not None:
        a, seconds, rest, card, card_rest, b, one, other, c, ttl, d, traffic_class, *flow = layout.unpack(control)
        if (a, b, c, d, *flow[:1]) == layout.heads:
            index, destination = (one, other) if family.version == 4 else (other, one)
            stamp, by_card = seconds * _SECOND + rest, card * _SECOND + card_rest
            return Beside(stamp, by_card, index, destination, ttl, traffic_class, flow_label(*flow[1:]))
    return _noted(family, notes_of(control))


def flow_label(information: bytes = b"") -> int:
    """The flow label in what the kernel tells of it, the traffic class left out."""
    return int.from_bytes(information, "big") & 0xFFFFF


def _noted(family: Family, notes: Notes) -> Beside:
    stamp, card = stamps(notes)
    index, destination = 0, _ANY[family.version]
    information = _INFORMATION[family.version]
    note = notes.get((family.level, family.packet_information), b"")
    if len(note) >= information.size:
        one, other = information.unpack_from(note)
        index, destination = (one, other) if family.version == 4 else (other, one)
    flow = notes.get((family.level, IPV6_RECVFLOWINFO), b"") if family.version == 6 else b""
    return Beside(
        stamp,
        card,
        index,
        destination,
        _number(notes.get((family.level, family.ttl), b"")),
        _number(notes.get((family.level, family.traffic_class), b"")),
        flow_label(flow),
    )


def stamps(notes: Notes) -> tuple[int, int]:
    """When a packet passed by the kernel's clock and by the card's, in nanoseconds; 0 where it was not stamped."""
    note = notes.get((socket.SOL_SOCKET, SO_TIMESTAMPING), b"")
    if len(note) < _STAMP.size:
        return 0, 0
    seconds, rest, card, card_rest = _STAMP.unpack_from(note)
    return seconds * _SECOND + rest, card * _SECOND + card_rest


def _number(note: bytes) -> int:
    return int.from_bytes(note, sys.byteorder) & 0xFF


def envelope(source: Address, told: Beside) -> Envelope:
    """The IP header of a packet that arrived, as far as the kernel told; unspecified and 0 where it did not."""
    destination = told.destination or _ANY[source.version]
    return Envelope(
        source=source,
        destination=IPv4Address(destination) if source.version == 4 else IPv6Address(destination),
        ttl=told.ttl,
        dscp=told.traffic_class >> 2,
        ecn=told.traffic_class & 3,
        flow_label=told.flow_label,
    )
