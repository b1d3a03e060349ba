"""Routers that watch each other: VRRP (RFC 9568; version 2: RFC 3768) and BFD (RFC 5880 and 5881).

Who is the active router follows from who is there: a backup takes over when all of higher priority have been silent
for the master down interval, or at once after a goodbye.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address

from app.net.simulated.lan.framing import BROADCAST, ethernet, framed, group_mac, sealed, udp
from app.net.simulated.lan.manners import SECOND, Bfd, Vrrp
from app.net.simulated.lan.voice import Room, Said, Voice
from app.packet.compose import Address, Envelope, ip_datagram
from app.packet.link.arp import Arp, Operation
from app.packet.link.numbers import EtherType
from app.packet.registry import Protocol
from app.packet.routing.bfd import Bfd as BfdPacket
from app.packet.routing.bfd import SessionState
from app.packet.routing.vrrp import VrrpV2, VrrpV3

_TTL = 255
_GROUPS: Mapping[int, Address] = {4: IPv4Address("224.0.0.18"), 6: IPv6Address("ff02::12")}
_VIRTUAL_MACS = {4: b"\x00\x00\x5e\x00\x01", 6: b"\x00\x00\x5e\x00\x02"}
_HUNDREDTH = SECOND // 100
_CHECKSUM = 6
#: Advertisements that may be missed (RFC 9568, section 6.1: Active_Down_Interval).
_MISSED = 3
#: RFC 5881, section 4.
_BFD_PORT, _BFD_SOURCE = 3784, 49152
_NO_DIAGNOSTIC, _EXPIRED, _ADMINISTRATIVELY_DOWN = 0, 1, 7


def advertise(voice: Voice, manners: tuple[Vrrp, ...], room: Room, at: int) -> Iterator[Said]:
    """An advertisement of each group whose active router this is."""
    for manner in manners:
        was_backup = voice.counts.get(f"vrrp {manner.group}") == 0
        is_active = not any(_outranks(other, voice, manner, at) for other in room.voices)
        voice.counts[f"vrrp {manner.group}"] = int(is_active)
        if is_active:
            for other in room.voices:
                other.virtual.difference_update(manner.address)
            voice.virtual.update(manner.address)
            yield from _advertisements(voice, manner)
        if is_active and was_backup:
            yield from _announcements(voice, manner)


def resign(voice: Voice, manners: tuple[Vrrp, ...], _: Room, __: int) -> Iterator[Said]:
    """Priority 0: the active router stops being it (RFC 9568, section 6.4.3)."""
    for manner in manners:
        if voice.counts[f"vrrp {manner.group}"]:
            voice.counts[f"vrrp {manner.group}"] = 0
            yield from _advertisements(voice, replace(manner, priority=0))


def _outranks(other: Voice, voice: Voice, manner: Vrrp, at: int) -> bool:
    """Whether somebody of higher priority is active, or was a moment ago and has not said goodbye."""
    if other is voice:
        return False
    skew = manner.every * (256 - manner.priority) // 256
    reaches = 0 if other.at(at).goodbye else _MISSED * manner.every + skew
    moments = range(at - reaches, at + 1, max(1, manner.every // 2)) if reaches else ()
    for moment in (*moments, at):
        if moment >= 0 and other.is_up(moment):
            for theirs in other.at(moment).vrrp:
                rank, own = (theirs.priority, other.address4()), (manner.priority, voice.address4())
                if theirs.group == manner.group and rank > own:
                    return True
    return False


def _advertisements(voice: Voice, manner: Vrrp) -> Iterator[Said]:
    for version in (4, 6):
        addresses = [address for address in manner.address if address.version == version]
        if addresses:
            group = _GROUPS[version]
            envelope = voice.envelope(group, _TTL)
            datagram = ip_datagram(envelope, Protocol.VRRP, _message(envelope, manner, addresses))
            yield Said(framed(_mac(voice, manner, version), group_mac(group), datagram))


def _message(envelope: Envelope, manner: Vrrp, addresses: list[Address]) -> bytes:
    behind = b"".join(address.packed for address in addresses)
    if manner.version == 2:
        interval = max(1, manner.every // SECOND)
        head2 = VrrpV2(version=2, group=manner.group, priority=manner.priority, count=len(addresses), interval=interval)
        return sealed(head2.build() + behind + bytes(8), _CHECKSUM)
    head3 = VrrpV3(
        version=3,
        group=manner.group,
        priority=manner.priority,
        count=len(addresses),
        interval=manner.every // _HUNDREDTH,
    )
    return sealed(head3.build() + behind, _CHECKSUM, envelope, Protocol.VRRP)


def _mac(voice: Voice, manner: Vrrp, version: int) -> bytes:
    return _VIRTUAL_MACS[version] + bytes((manner.group,)) if manner.virtual_mac else voice.mac


def _announcements(voice: Voice, manner: Vrrp) -> Iterator[Said]:
    """A gratuitous ARP request for each IPv4 address that has moved here (RFC 9568, section 6.4.2)."""
    for address in manner.address:
        if address.version == 4:
            mac = _mac(voice, manner, 4)
            body = mac + address.packed + bytes(6) + address.packed
            yield Said(ethernet(mac, BROADCAST, EtherType.ARP, Arp(operation=Operation.REQUEST).build() + body))


def say_control(voice: Voice, manner: Bfd, room: Room, at: int) -> Iterator[Said]:
    """A control packet to the peer, up where both are there and mean each other."""
    peer = room.voice(manner.peer)
    theirs = peer.at(at).bfd
    is_met = peer.is_up(at) and theirs is not None and theirs.peer == voice.key
    was_met = voice.counts["bfd up"]
    voice.counts["bfd up"] = max(was_met, int(is_met))
    diagnostic = _EXPIRED if was_met and not is_met else _NO_DIAGNOSTIC
    state = SessionState.UP if is_met else SessionState.DOWN
    yield from _control(voice, manner, peer, state, diagnostic)


def stop_control(voice: Voice, manner: Bfd, room: Room, _: int) -> Iterator[Said]:
    """The session is taken down on purpose (RFC 5880, section 6.8.16)."""
    return _control(voice, manner, room.voice(manner.peer), SessionState.ADMIN_DOWN, _ADMINISTRATIVELY_DOWN)


def _control(voice: Voice, manner: Bfd, peer: Voice, state: SessionState, diagnostic: int) -> Iterator[Said]:
    microseconds = manner.every // 1000
    packet = BfdPacket(
        diagnostic=diagnostic,
        flags=state << 6,
        multiplier=manner.multiplier,
        mine=_discriminator(voice),
        yours=_discriminator(peer) if state == SessionState.UP else 0,
        transmit=microseconds,
        receive=microseconds,
    )
    to = (peer.address(4) if voice.address(4) is not None else None) or peer.link_local
    yield voice.to_voice(peer, udp(voice.envelope(to, _TTL), (_BFD_SOURCE, _BFD_PORT), packet.build()))


def _discriminator(voice: Voice) -> int:
    """A number of its own, not zero (RFC 5880, section 6.8.1)."""
    return int.from_bytes(voice.mac[2:], "big") or 1
