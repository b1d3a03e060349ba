"""What the LAN answers to a datagram of this machine: solicitations, mrinfo and mtrace.

Everything else is for the internet behind it, echo requests to stations of the LAN included.
"""

from collections.abc import Callable, Iterator
from ipaddress import IPv4Address
from typing import TypeAlias

from app.net.simulated.lan.advertising import advertise, router_discovery
from app.net.simulated.lan.framing import icmp, sealed
from app.net.simulated.lan.household import quickly
from app.net.simulated.lan.manners import SECOND, MulticastRouter
from app.net.simulated.lan.voice import Room, Said, Voice
from app.net.simulated.parcel import Parcel
from app.packet.checksum import ones_sum
from app.packet.compose import Envelope, covered, ip_datagram
from app.packet.icmp.types import IcmpType, Icmpv6Type
from app.packet.multicast.dvmrp import Dvmrp, DvmrpCode, Interface, Neighbour, Reserved, Version
from app.packet.multicast.igmp import IgmpType
from app.packet.multicast.mtrace import ForwardingCode, RoutingProtocol, Trace, TraceBlock
from app.packet.registry import Protocol

Answering: TypeAlias = Callable[[Parcel, Room, int], Iterator[Said]]

#: RFC 4861, section 6.2.6, and RFC 1256, section 5.1: routers take so long at most to answer.
_ADVERTISEMENT_DELAY = SECOND // 2
_DISCOVERY_DELAY = 2 * SECOND
_ND_TTL = 255
#: Routers answer multicast questions with a TTL of their own.
_TTL = 64
#: Middle 32 bits of an NTP timestamp: seconds since 1900 and 65536ths.
_NTP_EPOCH = 2_208_988_800


def answers(parcel: Parcel, room: Room, at: int) -> Iterator[Said] | None:
    """What the LAN says to a datagram of `here`; None where it is none of its own questions."""
    if parcel.is_fragment or len(parcel.transport) < 8 or not _is_checksum_good(parcel):
        return None
    question = _QUESTIONS.get((parcel.protocol, parcel.transport[0]))
    if question is _echoed and not parcel.to_address.is_multicast:
        return None
    return None if question is None else question(parcel, room, at)


def _is_checksum_good(parcel: Parcel) -> bool:
    envelope = Envelope(parcel.from_address, parcel.to_address)
    return ones_sum(covered(envelope, parcel.protocol, parcel.transport)) == 0xFFFF


def _solicited(parcel: Parcel, room: Room, at: int) -> Iterator[Said]:
    """Every router that advertises itself does so again, at a random time (RFC 4861, section 6.2.6)."""
    if parcel.ttl != _ND_TTL:
        return
    for voice in room.others(room.here, at):
        manner = voice.at(at).router_advertisement
        if manner is not None and _hears(voice, parcel):
            after = int(voice.chance.random() * _ADVERTISEMENT_DELAY)
            yield from (Said(said.frame, after) for said in advertise(voice, manner, room, at))


def _discovered(parcel: Parcel, room: Room, at: int) -> Iterator[Said]:
    """The same by RFC 1256, to who asked alone."""
    for voice in room.others(room.here, at):
        manner = voice.at(at).router_discovery
        if manner is not None and _hears(voice, parcel):
            after = int(voice.chance.random() * _DISCOVERY_DELAY)
            datagram = router_discovery(voice, manner, IPv4Address(parcel.source))
            yield voice.to_voice(room.here, datagram, after)


def _asked_for_neighbours(parcel: Parcel, room: Room, at: int) -> Iterator[Said]:
    """mrinfo: the interfaces of a multicast router, with its own version."""
    for voice in room.others(room.here, at):
        manner = voice.at(at).multicast_router
        if parcel.transport[1] == DvmrpCode.ASK_NEIGHBORS and manner is not None and _hears(voice, parcel):
            yield _igmp(voice, room, parcel.source, _neighbours(manner))


def _neighbours(manner: MulticastRouter) -> bytes:
    major, _, minor = manner.version.partition(".")
    message = Dvmrp(code=DvmrpCode.NEIGHBORS_REPLY).build()
    message += Reserved(mtrace=1, generation=1, prune=1).build() + Version(major=int(major), minor=int(minor)).build()
    for each in manner.interfaces:
        head = Interface(
            address=each.address,
            metric=each.metric,
            threshold=each.threshold,
            count=len(each.neighbours),
            **dict.fromkeys(each.flags, 1),
        )
        message += head.build() + b"".join(Neighbour(address=address).build() for address in each.neighbours)
    return message


def _traced(parcel: Parcel, room: Room, at: int) -> Iterator[Said]:
    """mtrace: the router is the last hop before the receiver, and the first behind the source."""
    if len(parcel.transport) != Trace.LAYOUT.size:
        return
    query = Trace.decode(parcel.transport)
    for voice in room.others(room.here, at):
        manner = voice.at(at).multicast_router
        if manner is not None and _hears(voice, parcel):
            response = query.replace(type=IgmpType.MULTICAST_TRACEROUTE_RESPONSE, checksum=0)
            yield _igmp(voice, room, query.answered.packed, response.build() + _block(voice, manner, query, at))


def _block(voice: Voice, manner: MulticastRouter, query: Trace, at: int) -> bytes:
    """What the router says of the way: in by its first interface that is not the LAN's, out by the LAN's."""
    upstream = next((each for each in manner.interfaces if each.address != voice.address4()), None)
    nobody = IPv4Address(0)
    seconds, rest = divmod(at, SECOND)
    return TraceBlock(
        arrival=((seconds + _NTP_EPOCH) << 16 | (rest << 16) // SECOND) & 0xFFFFFFFF,
        incoming=nobody if upstream is None else upstream.address,
        outgoing=voice.address4(),
        previous=next(iter(upstream.neighbours), nobody) if upstream is not None else nobody,
        packets_in=at // SECOND,
        packets_out=at // SECOND,
        total=at // SECOND,
        protocol=RoutingProtocol.PIM,
        threshold=1,
        mask=24,
        code=ForwardingCode.NO_ERROR if upstream is not None else ForwardingCode.NO_ROUTE,
    ).build()


def _echoed(parcel: Parcel, room: Room, at: int) -> Iterator[Said]:
    """Everybody answers an echo request to all nodes (RFC 4443, section 4.2), where its source is on the link."""
    if parcel.from_address != room.here.link_local:
        return
    identifier, sequence = parcel.transport[4:6], parcel.transport[6:8]
    for voice in room.others(room.here, at):
        head = bytes((Icmpv6Type.ECHO_REPLY, 0, 0, 0)) + identifier + sequence
        datagram = icmp(Envelope(voice.link_local, parcel.from_address), head + parcel.transport[8:])
        yield voice.to_voice(room.here, datagram, quickly(voice))


def _igmp(voice: Voice, room: Room, to: bytes, message: bytes) -> Said:
    envelope = Envelope(voice.address4(), IPv4Address(to), _TTL)
    datagram = ip_datagram(envelope, Protocol.IGMP, sealed(message, 2))
    return voice.to_voice(room.here, datagram, quickly(voice))


def _hears(voice: Voice, parcel: Parcel) -> bool:
    """Whether a datagram is for a router: sent to it, to a group, or to everybody."""
    to = parcel.to_address
    return to.is_multicast or to.packed == b"\xff" * 4 or voice.owns(to)


_QUESTIONS: dict[tuple[int, int], Answering] = {
    (Protocol.IPV6_ICMP, Icmpv6Type.ROUTER_SOLICITATION): _solicited,
    (Protocol.IPV6_ICMP, Icmpv6Type.ECHO_REQUEST): _echoed,
    (Protocol.ICMP, IcmpType.ROUTER_SOLICITATION): _discovered,
    (Protocol.IGMP, IgmpType.DVMRP): _asked_for_neighbours,
    (Protocol.IGMP, IgmpType.MULTICAST_TRACEROUTE): _traced,
}
