"""OSPF as a LAN hears it: hellos, database descriptions and updates of version 2 (RFC 2328) and 3 (RFC 5340).

Both versions go one way; what differs stands in a `Version`. Adjacencies are not negotiated packet by packet:
who agrees with whom, and who is the designated router, follows from who is there (RFC 2328, sections 9.4 and 10.5).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from app.net.simulated.lan import ospflsas
from app.net.simulated.lan.framing import sealed
from app.net.simulated.lan.manners import SECOND, Ospf
from app.net.simulated.lan.ospflsas import INTERFACE, Circle, options2, options3
from app.net.simulated.lan.voice import Room, Said, Voice
from app.packet.compose import Address, Envelope, ip_datagram
from app.packet.ospf.registry import PacketType
from app.packet.ospf.v2packets import Description2, Hello2, HelloNeighbour, Ospf2Null, Ospf2Simple, Update
from app.packet.ospf.v3packets import Description3, Hello3, Ospf3
from app.packet.registry import Protocol

NOBODY = IPv4Address(0)
#: RFC 2328, section A.1.
_TTL = 1
#: How often a description that nobody takes is sent again (RxmtInterval, RFC 2328, section 9).
RETRANSMISSION = 5 * SECOND
_BACKUP_DELAY = 40_000_000
#: Where OSPFv2's authentication starts (RFC 2328, section A.3.1).
_AUTHENTICATION = 16


@dataclass(frozen=True, slots=True)
class Version:
    """What differs between the versions."""

    setting: str  #: the speaker's field
    routers: Address  #: AllSPFRouters
    designated: Address  #: AllDRouters
    name: Callable[[Voice, Ospf], IPv4Address]  #: what a designated router is called by
    hello: Callable[["Hearers", Ospf], bytes]
    description: Callable[[Ospf, int], bytes]
    lsas: Callable[[Circle, Voice, Ospf], list[bytes]]
    packet: Callable[[Envelope, Ospf, int, bytes], bytes]


@dataclass(frozen=True, slots=True)
class Hearers:
    """Those whose hellos a router takes, and whom they chose."""

    mask: IPv4Address
    neighbours: tuple[IPv4Address, ...]  #: router IDs
    designated: IPv4Address
    backup: IPv4Address


def _circle(voice: Voice, version: Version, room: Room, at: int) -> Circle:
    """The routers that agree with a speaker, itself included: they form one adjacency after the other."""
    own = _manner(voice, version, at)
    members = [(voice, own)]
    for other in room.others(voice, at):
        manner = getattr(other.at(at), version.setting)
        if manner is not None and _agree(own, manner):
            members.append((other, manner))
    members.sort(key=lambda member: (member[1].priority, member[1].router_id), reverse=True)
    return Circle(room.lan, tuple(members))


def _manner(voice: Voice, version: Version, at: int) -> Ospf:
    manner: Ospf = getattr(voice.at(at), version.setting)
    return manner


def _agree(one: Ospf, other: Ospf) -> bool:
    """Whether they take each other's hellos (RFC 2328, section 10.5)."""
    return (one.area, one.every, one.dead, one.password) == (other.area, other.every, other.dead, other.password)


def say_hello(version: Version) -> Callable[[Voice, Ospf, Room, int], Iterator[Said]]:
    """Hellos of a version."""

    def say(voice: Voice, manner: Ospf, room: Room, at: int) -> Iterator[Said]:
        circle = _circle(voice, version, room, at)
        names = [version.name(*member) for member in circle.eligible[:2]] + [NOBODY, NOBODY]
        others = tuple(manner.router_id for other, manner in circle.members if other is not voice)
        prefix = room.lan.prefix(4)
        mask = NOBODY if prefix is None else IPv4Address(int(prefix.netmask))
        body = version.hello(Hearers(mask, others, names[0], names[1]), manner)
        yield _to_group(voice, version.routers, version, manner, (PacketType.HELLO, body))

    return say


def say_lsas(version: Version) -> Callable[[Voice, Ospf, Room, int], Iterator[Said]]:
    """A router's own LSAs, anew: to the designated router and its backup, and from that to all."""

    def say(voice: Voice, manner: Ospf, room: Room, at: int) -> Iterator[Said]:
        circle = _circle(voice, version, room, at)
        lsas = version.lsas(circle, voice, manner)
        body = Update(count=len(lsas)).build() + b"".join(lsas)
        leaders = [member[0] for member in circle.eligible[:2]]
        is_leader = voice in leaders
        to = version.routers if is_leader else version.designated
        yield _to_group(voice, to, version, manner, (PacketType.LINK_STATE_UPDATE, body))
        for leader in [] if is_leader else leaders[:1]:
            aged = [ospflsas.older(lsa) for lsa in lsas]
            flood = Update(count=len(aged)).build() + b"".join(aged)
            leader_manner = _manner(leader, version, at)
            packet = (PacketType.LINK_STATE_UPDATE, flood)
            yield _to_group(leader, version.routers, version, leader_manner, packet, after=_BACKUP_DELAY)

    return say


def say_descriptions(version: Version) -> Callable[[Voice, Ospf, Room, int], Iterator[Said]]:
    """The first database description to each neighbour that is new, and again to those whose MTU is another.

    "The router will reject the description" where the MTU is larger than its own (RFC 2328, section 10.6): so
    neighbours that disagree go on sending it.
    """

    def say(voice: Voice, manner: Ospf, room: Room, at: int) -> Iterator[Said]:
        for other, theirs in _circle(voice, version, room, at).members:
            before = at - RETRANSMISSION
            is_new = before < 0 or not (voice.is_up(before) and other.is_up(before))
            if other is voice or not (theirs.mtu != manner.mtu or (is_new and before >= 0)):
                continue
            to = other.address(version.routers.version)
            assert to is not None
            voice.counts[version.setting] += 1
            body = version.description(manner, voice.chance.getrandbits(32))
            envelope = voice.envelope(to, _TTL)
            packet = version.packet(envelope, manner, PacketType.DATABASE_DESCRIPTION, body)
            yield voice.to_voice(other, ip_datagram(envelope, Protocol.OSPF, packet))

    return say


def _to_group(
    voice: Voice, group: Address, version: Version, manner: Ospf, packet: tuple[int, bytes], after: int = 0
) -> Said:
    envelope = voice.envelope(group, _TTL)
    return voice.to_group(group, ip_datagram(envelope, Protocol.OSPF, version.packet(envelope, manner, *packet)), after)


def _packet2(_: Envelope, manner: Ospf, kind: int, body: bytes) -> bytes:
    """The checksum covers the type of the authentication, and not the authentication itself."""
    head: Ospf2Null | Ospf2Simple
    length = 24 + len(body)
    if manner.password:
        password = manner.password.encode()[:8].ljust(8, b"\0")
        head = Ospf2Simple(
            version=2,
            type=kind,
            length=length,
            router=manner.router_id,
            area=manner.area,
            checksum=0,
            password=password,
        )
    else:
        head = Ospf2Null(version=2, type=kind, length=length, router=manner.router_id, area=manner.area, checksum=0)
    built = head.build()
    return sealed(built[:_AUTHENTICATION] + body, 12)[:_AUTHENTICATION] + built[_AUTHENTICATION:] + body


def _packet3(envelope: Envelope, manner: Ospf, kind: int, body: bytes) -> bytes:
    length = 16 + len(body)
    head = Ospf3(version=3, type=kind, length=length, router=manner.router_id, area=manner.area, checksum=0)
    return sealed(head.build() + body, 12, envelope, Protocol.OSPF)


def _hello2(hearers: Hearers, manner: Ospf) -> bytes:
    head = Hello2(
        mask=hearers.mask,
        interval=manner.every // SECOND,
        priority=manner.priority,
        dead_interval=manner.dead // SECOND,
        designated=hearers.designated,
        backup=hearers.backup,
        **options2(),
    )
    return head.build() + _neighbours(hearers)


def _hello3(hearers: Hearers, manner: Ospf) -> bytes:
    head = Hello3(
        interface=INTERFACE,
        priority=manner.priority,
        interval=manner.every // SECOND,
        dead_interval=manner.dead // SECOND,
        designated=hearers.designated,
        backup=hearers.backup,
        **options3(),
    )
    return head.build() + _neighbours(hearers)


def _neighbours(hearers: Hearers) -> bytes:
    return b"".join(HelloNeighbour(router=router).build() for router in hearers.neighbours)


def _description2(manner: Ospf, sequence: int) -> bytes:
    return Description2(mtu=manner.mtu, initial=1, more=1, master=1, sequence=sequence, **options2()).build()


def _description3(manner: Ospf, sequence: int) -> bytes:
    return Description3(mtu=manner.mtu, initial=1, more=1, master=1, sequence=sequence, **options3()).build()


OSPF2 = Version(
    setting="ospf",
    routers=IPv4Address("224.0.0.5"),
    designated=IPv4Address("224.0.0.6"),
    name=lambda voice, _: voice.address4(),
    hello=_hello2,
    description=_description2,
    lsas=ospflsas.lsas2,
    packet=_packet2,
)
OSPF3 = Version(
    setting="ospf6",
    routers=IPv6Address("ff02::5"),
    designated=IPv6Address("ff02::6"),
    name=lambda _, manner: manner.router_id,
    hello=_hello3,
    description=_description3,
    lsas=ospflsas.lsas3,
    packet=_packet3,
)
