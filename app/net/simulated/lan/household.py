"""What stations do beside routing: they ask for MAC addresses (ARP, RFC 826; RFC 4861) and for their own (RFC 2131)."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

from app.net.simulated.lan.framing import BROADCAST, LIMITED_BROADCAST, ethernet, framed, icmp, udp
from app.net.simulated.lan.manners import SECOND, Dhcp, Resolving
from app.net.simulated.lan.voice import Room, Said, Voice
from app.packet.application.dhcp import BootNames, MessageType, OptionCode
from app.packet.application.dhcp import Dhcp as DhcpHead
from app.packet.application.dhcp import Operation as DhcpOperation
from app.packet.compose import Address, Envelope
from app.packet.icmp.neighbour import LinkAddressOption
from app.packet.icmp.neighbouroption import OptionType
from app.packet.icmp.types import Icmpv6Type
from app.packet.icmp.v6messages import NeighbourAdvertisement, NeighbourSolicitation
from app.packet.link.arp import Arp, Operation
from app.packet.link.numbers import EtherType

_ND_TTL = 255
#: How soon a station answers, at least and with chance on top.
_QUICK, _SPREAD = 80_000, 200_000
_SERVER, _CLIENT = 67, 68
_COOKIE = bytes((99, 130, 83, 99))
_NO_ADDRESS = IPv4Address(0)


def resolve(voice: Voice, manner: Resolving, room: Room, at: int) -> Iterator[Said]:
    """Ask for somebody's MAC address, of one IP version after the other, and the answer."""
    voice.counts["resolved"] += 1
    turn = voice.counts["resolved"]
    other = room.voice(manner.of[turn % len(manner.of)])
    target = other.address(6 if turn // len(manner.of) % 2 else 4)
    if target is not None:
        yield from question(voice, target)
        if other.is_up(at):
            yield answer(other, voice, target, quickly(other))


def quickly(voice: Voice) -> int:
    """How long a station takes for an answer."""
    return _QUICK + int(voice.chance.random() * _SPREAD)


def question(voice: Voice, target: Address) -> Iterator[Said]:
    """An ARP request, or a neighbour solicitation to the solicited-node group (RFC 4861, section 7.2.2)."""
    if isinstance(target, IPv4Address):
        body = voice.mac + voice.address4().packed + bytes(6) + target.packed
        request = Arp(operation=Operation.REQUEST).build() + body
        yield Said(ethernet(voice.mac, BROADCAST, EtherType.ARP, request))
        return
    group = IPv6Address(b"\xff\x02" + bytes(9) + b"\x01\xff" + target.packed[13:])
    head = NeighbourSolicitation(type=Icmpv6Type.NEIGHBOR_SOLICITATION, target=target).build()
    option = LinkAddressOption(type=OptionType.SOURCE_LINK_LAYER_ADDRESS, address=voice.mac).build()
    yield voice.to_group(group, icmp(voice.envelope(group, _ND_TTL), head + option))


def answer(voice: Voice, asker: Voice, target: Address, after: int) -> Said:
    """The answer with the MAC address."""
    if isinstance(target, IPv4Address):
        body = voice.mac + target.packed + asker.mac + asker.address4().packed
        reply = Arp(operation=Operation.REPLY).build() + body
        return Said(ethernet(voice.mac, asker.mac, EtherType.ARP, reply), after)
    head = NeighbourAdvertisement(
        type=Icmpv6Type.NEIGHBOR_ADVERTISEMENT,
        router=int(voice.is_router),
        solicited=1,
        override=1,
        target=target,
    ).build()
    option = LinkAddressOption(type=OptionType.TARGET_LINK_LAYER_ADDRESS, address=voice.mac).build()
    return voice.to_voice(asker, icmp(voice.envelope(asker.link_local, _ND_TTL), head + option), after)


def ask_for_address(voice: Voice, manner: Dhcp, room: Room, at: int) -> Iterator[Said]:
    """The four messages by which a client gets its address (RFC 2131, figure 3); the first alone where nobody is."""
    server = room.voice(manner.server)
    identifier = voice.chance.getrandbits(32)
    own = voice.address4()
    yield _broadcast(voice, identifier, MessageType.DISCOVER, _option(OptionCode.HOSTNAME, _host(voice)))
    if not server.is_up(at):
        return
    after = quickly(server)
    terms = _terms(server, manner, room)
    yield _reply(server, voice, identifier, (MessageType.OFFER, terms), after)
    after += quickly(voice)
    asked = _option(OptionCode.ADDRESS_REQUEST, own.packed) + _option(
        OptionCode.DHCP_SERVER_ID, server.address4().packed
    )
    yield _broadcast(voice, identifier, MessageType.REQUEST, asked, after)
    yield _reply(server, voice, identifier, (MessageType.ACK, terms), after + quickly(server))


def _terms(server: Voice, manner: Dhcp, room: Room) -> bytes:
    prefix = room.lan.prefix(4)
    mask = _NO_ADDRESS.packed if prefix is None else prefix.netmask.packed
    gateway = room.gateway.address4().packed
    return b"".join(
        (
            _option(OptionCode.DHCP_SERVER_ID, server.address4().packed),
            _option(OptionCode.ADDRESS_TIME, (manner.lease // SECOND).to_bytes(4, "big")),
            _option(OptionCode.SUBNET_MASK, mask),
            _option(OptionCode.ROUTER, gateway),
        )
    )


def _broadcast(voice: Voice, identifier: int, kind: MessageType, options: bytes, after: int = 0) -> Said:
    head = DhcpHead(identifier=identifier, hardware_address=voice.mac)
    envelope = Envelope(_NO_ADDRESS, LIMITED_BROADCAST)
    datagram = udp(envelope, (_CLIENT, _SERVER), _message(head, kind, options))
    return Said(framed(voice.mac, BROADCAST, datagram), after)


def _reply(server: Voice, client: Voice, identifier: int, told: tuple[MessageType, bytes], after: int) -> Said:
    head = DhcpHead(
        operation=DhcpOperation.REPLY,
        identifier=identifier,
        hardware_address=client.mac,
        yours=client.address4(),
        server=server.address4(),
    )
    envelope = Envelope(server.address4(), client.address4())
    return server.to_voice(client, udp(envelope, (_SERVER, _CLIENT), _message(head, *told)), after)


def _message(head: DhcpHead, kind: MessageType, options: bytes) -> bytes:
    told = _option(OptionCode.DHCP_MSG_TYPE, bytes((kind,))) + options
    return head.build() + BootNames().build() + _COOKIE + told + bytes((OptionCode.END,))


def _option(code: OptionCode, value: bytes) -> bytes:
    return bytes((code, len(value))) + value


def _host(voice: Voice) -> bytes:
    return voice.name.split(".")[0].encode()[:63]
