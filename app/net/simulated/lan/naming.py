"""How stations make themselves known: multicast DNS (RFC 6762, services by RFC 6763) and LLDP (IEEE 802.1AB)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address

from app.net.simulated.lan.framing import ethernet, udp
from app.net.simulated.lan.manners import SECOND, Lldp, Mdns
from app.net.simulated.lan.voice import Room, Said, Voice
from app.net.simulated.zone import domain_name, record
from app.packet.application.dns import Dns, Question, RecordType
from app.packet.compose import Address
from app.packet.link.lldp import Capabilities, Chassis, Management, ManagementInterface, Port, TimeToLive, Tlv
from app.packet.link.lldptypes import AddressFamily, ChassisSubtype, InterfaceSubtype, LldpTlv, PortSubtype
from app.packet.link.numbers import EtherType

_PORT = 5353
_TTL = 255
_GROUPS: Mapping[int, Address] = {4: IPv4Address("224.0.0.251"), 6: IPv6Address("ff02::fb")}
#: RFC 6762, section 10: names of hosts hold two minutes, everything else 75.
_HOST_TTL, _SERVICE_TTL = 120, 4500
#: RFC 6762, section 6: 20 to 120 ms, so that not all answer at once.
_LEAST, _SPREAD = 20_000_000, 100_000_000
_SERVICE_PORT = 631
#: The nearest bridge: no bridge forwards what is sent to it (IEEE 802.1AB, section 7.1).
_NEAREST_BRIDGE = bytes.fromhex("0180c200000e")
_ROUTER, _STATION = 0x10, 0x80
_TLV = 2  #: bytes of a TLV's head


def speak_mdns(voice: Voice, manner: Mdns, room: Room, at: int) -> Iterator[Said]:
    """Ask for services, which all who offer them answer; who asks for nothing announces its own."""
    for service in manner.asks:
        message = Dns(questions=1).build() + _name(service) + Question(type=RecordType.PTR).build()
        yield _say(voice, message, 0)
        for other in room.others(voice, at):
            theirs = other.at(at).mdns
            if theirs is not None and service in theirs.offers:
                after = _LEAST + int(other.chance.random() * _SPREAD)
                yield _say(other, _announcement(other, (service,), _SERVICE_TTL), after)
    if not manner.asks:
        yield _say(voice, _announcement(voice, manner.offers, _SERVICE_TTL), 0)


def stop_mdns(voice: Voice, manner: Mdns, _: Room, __: int) -> Iterator[Said]:
    """Goodbye: all records hold no longer (RFC 6762, section 10.1)."""
    yield _say(voice, _announcement(voice, manner.offers, 0), 0)


def _announcement(voice: Voice, services: tuple[str, ...], ttl: int) -> bytes:
    host = domain_name(f"{voice.name.split('.')[0]}.local")
    host_ttl = min(ttl, _HOST_TTL)
    records = []
    for service in services:
        instance = domain_name(voice.name.split(".")[0])[:-1] + _name(service)
        records += [
            record(_name(service), RecordType.PTR, instance, ttl=ttl),
            record(instance, RecordType.SRV, bytes(4) + _SERVICE_PORT.to_bytes(2, "big") + host, ttl=host_ttl, flush=1),
            record(instance, RecordType.TXT, b"\0", ttl=ttl, flush=1),
        ]
    for address in (*voice.addresses, voice.link_local):
        kind = RecordType.A if address.version == 4 else RecordType.AAAA
        records.append(record(host, kind, address.packed, ttl=host_ttl, flush=1))
    return Dns(response=1, authoritative=1, answers=len(records)).build() + b"".join(records)


def _name(service: str) -> bytes:
    return domain_name(f"{service}.local")


def _say(voice: Voice, message: bytes, after: int) -> Said:
    version = 4 if voice.address(4) is not None else 6
    group = _GROUPS[version]
    envelope = replace(voice.envelope(group, _TTL), dscp=0)  # it is no business of routers
    return voice.to_group(group, udp(envelope, (_PORT, _PORT), message), after)


def say_lldp(voice: Voice, manner: Lldp, _: Room, __: int) -> Iterator[Said]:
    """A data unit that holds for four intervals (IEEE 802.1AB, section 9.2.5.6)."""
    seconds = min(0xFFFF, 4 * manner.every // SECOND)
    yield _data_unit(voice, manner, seconds)


def stop_lldp(voice: Voice, manner: Lldp, _: Room, __: int) -> Iterator[Said]:
    """The shutdown data unit: time to live 0, and nothing behind it (IEEE 802.1AB, section 9.1.2.2)."""
    yield _data_unit(voice, manner, 0)


def _data_unit(voice: Voice, manner: Lldp, seconds: int) -> Said:
    port = manner.port.encode()[:255]
    tlvs = [
        _chassis(voice),
        Port(type=LldpTlv.PORT_IDENTIFIER, length=1 + len(port), subtype=PortSubtype.INTERFACE_NAME).build() + port,
        TimeToLive(type=LldpTlv.TIME_TO_LIVE, length=2, seconds=seconds).build(),
    ]
    if seconds:
        tlvs += _description(voice, manner)
    tlvs.append(Tlv(type=LldpTlv.END, length=0).build())
    return Said(ethernet(voice.mac, _NEAREST_BRIDGE, EtherType.LLDP, b"".join(tlvs)))


def _chassis(voice: Voice) -> bytes:
    head = Chassis(type=LldpTlv.CHASSIS_IDENTIFIER, length=7, subtype=ChassisSubtype.MAC_ADDRESS)
    return head.build() + voice.mac


def _description(voice: Voice, manner: Lldp) -> Iterator[bytes]:
    yield _text(LldpTlv.SYSTEM_NAME, manner.name or voice.name)
    if manner.description:
        yield _text(LldpTlv.SYSTEM_DESCRIPTION, manner.description)
    can = _ROUTER if voice.is_router else _STATION
    yield Capabilities(type=LldpTlv.SYSTEM_CAPABILITIES, length=4, capabilities=can, enabled=can).build()
    address = voice.address(4) or voice.link_local
    family = AddressFamily.IPV4 if address.version == 4 else AddressFamily.IPV6
    size = 1 + len(address.packed)
    length = Management.LAYOUT.size - _TLV + len(address.packed) + ManagementInterface.LAYOUT.size
    head = Management(type=LldpTlv.MANAGEMENT_ADDRESS, length=length, size=size, family=family).build()
    yield (
        head + address.packed + ManagementInterface(subtype=InterfaceSubtype.INTERFACE_INDEX, number=2, size=0).build()
    )


def _text(kind: LldpTlv, text: str) -> bytes:
    value = text.encode()[:255]
    return Tlv(type=kind, length=len(value)).build() + value
