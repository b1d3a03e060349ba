"""ICMP errors as the error queue tells them (ip(7), IP_RECVERR), made whole datagrams again.

The kernel hands over what was quoted from the ICMP header on (echo) or from the UDP payload on. What stood
before is put back from the probe that it is about; a quote too short to tell two probes apart stays without a checksum.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from app.engine.datagram import Datagram, Outgoing
from app.net import clock
from app.net.beside import beside, envelope
from app.net.clock import WallClock
from app.net.family import Family
from app.net.message import Message, address_of, notes_of, port_of
from app.net.receiving import Receiver, stamped
from app.net.stamps import EXTENDED_ERROR
from app.packet.compose import Address, Envelope, ip_datagram, with_checksum
from app.packet.icmp.types import IcmpType, Icmpv6Type
from app.packet.registry import Protocol

_ORIGINS = {4: 2, 6: 3}  #: SO_EE_ORIGIN_ICMP, SO_EE_ORIGIN_ICMP6
_OFFENDER_AT = {4: (4, 8), 6: (8, 24)}  #: where the address stands in the socket address behind an error
#: How many probes are remembered. UDP probes may have to be searched, which a flood of lies must not make dear.
_MOST_ECHOES = 8_192
_MOST_UDP = 512
_MTU_CODE = 4  #: "fragmentation needed" among the codes of IPv4's destination unreachable
_UDP_HEADER = 8


class SentProbes:
    """The probes of one socket that an error may still come for, by what the error will show of them."""

    def __init__(self, protocol: int) -> None:
        self._is_udp = protocol == Protocol.UDP
        self._probes: dict[tuple[Address, int, bytes], bytes] = {}

    def remember(self, outgoing: Outgoing) -> None:
        """A datagram is about to be sent."""
        transport = outgoing.data[20 if outgoing.destination.version == 4 else 40 :]
        name = int.from_bytes(transport[2:4] if self._is_udp else transport[6:8], "big")
        key = _unzoned(outgoing.destination), name, transport[_UDP_HEADER:] if self._is_udp else b""
        self._probes.pop(key, None)
        self._probes[key] = outgoing.data
        if len(self._probes) > (_MOST_UDP if self._is_udp else _MOST_ECHOES):
            del self._probes[next(iter(self._probes))]

    def find(self, destination: Address, port: int, quoted: bytes) -> bytes | None:
        """The datagram that an error is about; None where it is not known, or could be one of several."""
        if not self._is_udp:
            return self._probes.get((destination, int.from_bytes(quoted[6:8], "big"), b""))
        exact = self._probes.get((destination, port, quoted))
        if exact is not None:
            return exact
        # Routers cut a quote short, or pad it to the 128 bytes of RFC 4884 and append an extension.
        similar = list(self._similar(destination, port, quoted))
        return similar[0] if len(similar) == 1 else None

    def _similar(self, destination: Address, port: int, quoted: bytes) -> Iterator[bytes]:
        for (address, number, payload), data in self._probes.items():
            shared = min(len(payload), len(quoted))
            if address == destination and number == port and payload[:shared] == quoted[:shared]:
                yield data


def _unzoned(address: Address) -> Address:
    return IPv6Address(int(address)) if isinstance(address, IPv6Address) and address.scope_id else address


@dataclass(frozen=True, slots=True)
class _Report:
    """What the kernel says of one ICMP error."""

    type: int
    code: int
    mtu: int
    extension_at: int  #: bytes into the quoted payload; 0 where there is no extension
    offender: Address


def _report(family: Family, message: Message) -> _Report | None:
    note = notes_of(message.control).get((family.level, family.receive_errors))
    start, stop = (EXTENDED_ERROR.size + at for at in _OFFENDER_AT[family.version])
    if note is None or len(note) < stop:
        return None
    _, origin, kind, code, _, information, data = EXTENDED_ERROR.unpack_from(note)
    if origin != _ORIGINS[family.version]:
        return None
    extension_at, is_invalid = struct.unpack("@HB", struct.pack("@I", data)[:3])
    offender = IPv4Address(note[start:stop]) if family.version == 4 else IPv6Address(note[start:stop])
    return _Report(kind, code, information & 0xFFFFFFFF, 0 if is_invalid else extension_at, offender)


def error_datagram(receiver: Receiver, message: Message, probes: SentProbes, wall: WallClock) -> Datagram | None:
    """The ICMP error in a message of the error queue; None where it holds something else."""
    family = receiver.family
    report = _report(family, message)
    destination = address_of(message.name)
    if report is None or destination is None:
        return None
    port = port_of(message.name)
    probe = probes.find(destination, port, message.data)
    head = _quoted_head(receiver, probe, destination, port, len(message.data))
    extension = len(head) + report.extension_at if report.extension_at else 0
    told = beside(family, message.control)
    if probe is not None:
        told = told._replace(destination=_source(probe))
    around = envelope(report.offender, told)
    packet = with_checksum(around, family.icmp, _icmp_header(family, report, extension) + head + message.data)
    data = ip_datagram(around, family.icmp, packet)
    return stamped(data, len(data) - len(message.data), told, wall, clock.now())


def _source(probe: bytes) -> bytes:
    return probe[12:16] if probe[0] >> 4 == 4 else probe[8:24]


def _quoted_head(receiver: Receiver, probe: bytes | None, destination: Address, port: int, quoted: int) -> bytes:
    """The headers before the quoted bytes: the probe's own but for the TTL, which nobody knows."""
    family = receiver.family
    is_udp = receiver.protocol == Protocol.UDP
    size = family.header_size + (_UDP_HEADER if is_udp else 0)
    if probe is not None:
        ttl_at = 8 if family.version == 4 else 7
        return probe[:ttl_at] + b"\0" + probe[ttl_at + 1 : size]
    unknown = Envelope(source=type(destination)(0), destination=destination, ttl=0)
    udp = struct.pack(">HHHH", receiver.port, port, _UDP_HEADER + quoted, 0) if is_udp else b""
    return ip_datagram(unknown, receiver.protocol, udp + bytes(quoted))[:size]


def _icmp_header(family: Family, report: _Report, extension: int) -> bytes:
    """The eight bytes of the error; `extension` counts the bytes of the quote before RFC 4884's extension."""
    rest = bytearray(4)
    if family.version == 4:
        rest[1] = extension // 4 & 0xFF
        if report.type == IcmpType.DESTINATION_UNREACHABLE and report.code == _MTU_CODE:
            rest[2:] = (report.mtu & 0xFFFF).to_bytes(2, "big")
    elif report.type == Icmpv6Type.PACKET_TOO_BIG:
        rest[:] = report.mtu.to_bytes(4, "big")
    else:
        rest[0] = extension // 8 & 0xFF
    return bytes((report.type, report.code, 0, 0)) + bytes(rest)
