"""PIM as a LAN hears it (RFC 7761): hellos of both IP versions, and the bootstrap messages of RFC 5059."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address

from app.net.simulated.lan.framing import sealed
from app.net.simulated.lan.manners import SECOND, Bootstrap, Pim
from app.net.simulated.lan.voice import Room, Said, Voice
from app.net.simulated.toml import Prefix
from app.packet.compose import Address, Envelope, ip_datagram
from app.packet.layout import Header
from app.packet.multicast.pim import Group4, Group6, Unicast4, Unicast6
from app.packet.multicast.pim import Pim as PimHead
from app.packet.multicast.pimhello import DrPriority, GenerationId, HoldTime, LanPruneDelay, OptionHead
from app.packet.multicast.pimmessages import Bootstrap as BootstrapHead
from app.packet.multicast.pimmessages import RpFacts, RpSet
from app.packet.registry import Protocol

_GROUPS: Mapping[int, Address] = {4: IPv4Address("224.0.0.13"), 6: IPv6Address("ff02::d")}
_FAMILIES = {4: 1, 6: 2}
_TTL = 1
_HELLO, _BOOTSTRAP = 0, 4
#: Numbers of hello options (RFC 7761, section 4.9.2).
_HOLD_TIME, _LAN_PRUNE_DELAY, _DR_PRIORITY, _GENERATION_ID = 1, 2, 19, 20


def say_hello(voice: Voice, manner: Pim, _: Room, __: int) -> Iterator[Said]:
    """A hello in each IP version that the router has."""
    if "generation" not in voice.counts:
        voice.counts["generation"] = voice.chance.getrandbits(32)
    options: tuple[tuple[int, Header], ...] = (
        (_HOLD_TIME, HoldTime(hold=manner.hold // SECOND)),
        (_LAN_PRUNE_DELAY, LanPruneDelay()),
        (_DR_PRIORITY, DrPriority(priority=manner.priority)),
        (_GENERATION_ID, GenerationId(identifier=voice.counts["generation"])),
    )
    body = b"".join(_option(kind, value.build()) for kind, value in options)
    for version in _versions(voice):
        yield _message(voice, version, _HELLO, body)


def stop_greeting(voice: Voice, manner: Pim, room: Room, at: int) -> Iterator[Said]:
    """The last hello of a router that goes: a hold time of 0 (RFC 7761, section 4.3.1)."""
    return say_hello(voice, replace(manner, hold=0), room, at)


def say_bootstrap(voice: Voice, manner: Pim, _: Room, __: int) -> Iterator[Said]:
    """What the bootstrap router tells all others of the rendezvous points (RFC 5059, section 4.1)."""
    for told in manner.bootstrap:
        own = next((address for address in voice.addresses if address.version == told.rp.version), None)
        if own is not None:
            yield _message(voice, told.rp.version, _BOOTSTRAP, _bootstrap(voice, told, own))


def _bootstrap(voice: Voice, told: Bootstrap, own: Address) -> bytes:
    head = BootstrapHead(tag=voice.chance.getrandbits(16), hash_mask=30, priority=told.priority)
    facts = RpFacts(hold=told.hold // SECOND)
    rps = RpSet(count=1, here=1).build() + _unicast(told.rp) + facts.build()
    return head.build() + _unicast(own) + _group(told.groups) + rps


def _versions(voice: Voice) -> list[int]:
    """The IP versions that it has addresses of, the older first."""
    return sorted({address.version for address in voice.addresses})


def _option(kind: int, value: bytes) -> bytes:
    return OptionHead(type=kind, length=len(value)).build() + value


def _message(voice: Voice, version: int, kind: int, body: bytes) -> Said:
    group = _GROUPS[version]
    envelope = voice.envelope(group, _TTL)
    message = PimHead(type=kind).build() + body
    return voice.to_group(group, ip_datagram(envelope, Protocol.PIM, _sealed(envelope, message)))


def _sealed(envelope: Envelope, message: bytes) -> bytes:
    """Over IPv6 the checksum covers the pseudo-header too (RFC 7761, section 4.9)."""
    return sealed(message, 2, envelope if envelope.source.version == 6 else None, Protocol.PIM)


def _unicast(address: Address) -> bytes:
    if isinstance(address, IPv4Address):
        return Unicast4(address=address).build()
    return Unicast6(family=_FAMILIES[6], address=address).build()


def _group(prefix: Prefix) -> bytes:
    network = prefix.network_address
    if isinstance(network, IPv4Address):
        return Group4(mask=prefix.prefixlen, address=network).build()
    return Group6(family=_FAMILIES[6], mask=prefix.prefixlen, address=network).build()
