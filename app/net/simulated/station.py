"""A router or host at work: what it answers, byte by byte, and how often it may complain."""

from random import Random

from app.net.simulated.nat import Translator
from app.net.simulated.parcel import Parcel
from app.net.simulated.scenario import REFUSALS, Node
from app.net.simulated.schedule import Timeline
from app.net.simulated.zone import Zone
from app.packet.answer import InterfaceInformation, MplsEntry
from app.packet.checksum import ones_sum
from app.packet.compose import Address, Envelope, covered, echo_message, icmp_protocol, ip_datagram, with_checksum
from app.packet.icmp.error import icmp_error
from app.packet.icmp.types import IcmpType, Icmpv6Type
from app.packet.registry import Protocol
from app.packet.transport.tcp import Tcp
from app.packet.transport.udp import Udp

#: RFC 1812, section 4.3.2.5: ICMP errors go with precedence 6, internetwork control.
INTERNETWORK_CONTROL = 48

_WINDOW = 64_240
_DNS_PORT = 53
_SECOND = 1_000_000_000


class Station:
    """One node of a scenario, with the little state it has: an IP ID counter, a token bucket, its chances."""

    def __init__(self, node: Node, seed: str) -> None:
        self.key = node.key
        self.forwards = node.forwards
        self.usual = node
        self.node = Timeline(node, node.changes)
        self.addresses = {address.packed for address in node.addresses}
        self.chance = Random(f"{seed}/{node.key}")
        self.salt = self.chance.getrandbits(32)
        self._identification = self.chance.getrandbits(16)
        self.nat: Translator | None = None
        self.zone: Zone | None = None  #: what it answers at the port of DNS
        self._tokens = float(node.limit.burst) if node.limit else 0.0
        self._refilled_at = 0

    def _may_complain(self, at: int) -> bool:
        """Take a token for one ICMP error (RFC 1812, section 4.3.2.8; RFC 4443, section 2.4 (f))."""
        node = self.node.at(at)
        limit = node.limit
        if node.silent or limit is None:
            return not node.silent
        # Packets walk their whole way when they are sent, so a later one may ask about an earlier moment.
        passed = max(0, at - self._refilled_at)
        self._refilled_at += passed
        self._tokens = min(float(limit.burst), self._tokens + passed * limit.rate / _SECOND)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def time_exceeded(
        self, parcel: Parcel, at: int, mpls: tuple[MplsEntry, ...], interfaces: tuple[InterfaceInformation, ...]
    ) -> bytes | None:
        """TTL or hop limit came to its end here."""
        kind = IcmpType.TIME_EXCEEDED if parcel.version == 4 else Icmpv6Type.TIME_EXCEEDED
        return self._error(parcel, at, kind, 0, mpls=mpls, interfaces=interfaces)

    def refusal(self, parcel: Parcel, at: int, word: str) -> bytes | None:
        """Destination unreachable, for a reason of `REFUSALS`; "reset" answers TCP as its own end would."""
        if word == "reset":
            is_tcp = parcel.protocol == Protocol.TCP and not parcel.is_fragment
            return self._tcp(parcel, is_open=False) if is_tcp else self.refusal(parcel, at, "port-unreachable")
        code = REFUSALS[word][parcel.version == 6]
        kind = IcmpType.DESTINATION_UNREACHABLE if parcel.version == 4 else Icmpv6Type.DESTINATION_UNREACHABLE
        return self._error(parcel, at, kind, code)

    def too_big(self, parcel: Parcel, at: int, mtu: int) -> bytes | None:
        """Fragmentation needed (RFC 1191, section 4) or packet too big (RFC 4443, section 3.2)."""
        if parcel.version == 4:
            return self._error(parcel, at, IcmpType.DESTINATION_UNREACHABLE, 4, rest=mtu)
        return self._error(parcel, at, Icmpv6Type.PACKET_TOO_BIG, 0, rest=mtu)

    def answer(self, parcel: Parcel, at: int) -> bytes | None:
        """What the owner of the destination address says to a datagram, if anything."""
        node = self.node.at(at)
        if parcel.is_fragment or not _is_checksum_good(parcel):
            return None
        if parcel.is_echo_request:
            return self._echo(parcel) if node.echo else None
        if parcel.protocol == Protocol.UDP and len(parcel.transport) >= 8:
            return self._udp(parcel, node, at)
        if parcel.protocol == Protocol.TCP and len(parcel.transport) >= 20:
            is_open = int.from_bytes(parcel.transport[2:4], "big") in node.tcp
            return self._tcp(parcel, is_open=is_open) if is_open or node.closed == "answer" else None
        if parcel.protocol in (Protocol.ICMP, Protocol.IPV6_ICMP, Protocol.UDP, Protocol.TCP):
            return None
        if parcel.version == 6:  # RFC 8200, section 4: the pointer is the byte that named the next header
            return self._error(parcel, at, Icmpv6Type.PARAMETER_PROBLEM, 1, rest=6)
        return self.refusal(parcel, at, "protocol-unreachable")

    def _echo(self, parcel: Parcel) -> bytes:
        envelope = self._envelope(parcel)
        message = parcel.transport
        identifier, sequence = int.from_bytes(message[4:6], "big"), int.from_bytes(message[6:8], "big")
        reply = echo_message(envelope, identifier, sequence, message[8:], is_reply=True)
        return ip_datagram(envelope, icmp_protocol(envelope.source), reply)

    def _udp(self, parcel: Parcel, node: Node, at: int) -> bytes | None:
        asked = Udp.decode(parcel.transport)
        payload = parcel.transport[8:]
        zone = self.zone if asked.destination_port == _DNS_PORT else None
        response = None if zone is None else zone.answer(payload)
        if response is None and asked.destination_port not in node.udp:
            return self.refusal(parcel, at, "port-unreachable") if node.closed == "answer" else None
        envelope = self._envelope(parcel)
        payload = payload if response is None else response
        head = Udp(
            source_port=asked.destination_port, destination_port=asked.source_port, length=8 + len(payload)
        ).build()
        return ip_datagram(envelope, Protocol.UDP, with_checksum(envelope, Protocol.UDP, head + payload))

    def _tcp(self, parcel: Parcel, *, is_open: bool) -> bytes | None:
        """What a port that is open or closed says (RFC 9293, section 3.10.7)."""
        asked = Tcp.decode(parcel.transport)
        if asked.reset:
            return None
        envelope = self._envelope(parcel)
        length = max(0, len(parcel.transport) - asked.data_offset * 4) + asked.synchronize + asked.final
        expected = (asked.sequence + length) % 2**32
        head = Tcp(source_port=asked.destination_port, destination_port=asked.source_port)
        options = b""
        if is_open and asked.synchronize and not asked.acknowledge:
            largest = 1460 if parcel.version == 4 else 1440
            options = bytes((2, 4)) + largest.to_bytes(2, "big")
            own = self.chance.getrandbits(32)
            head = head.replace(synchronize=1, acknowledge=1, sequence=own, window=_WINDOW, data_offset=6)
            head = head.replace(acknowledgment=(asked.sequence + 1) % 2**32)
        elif asked.acknowledge:
            head = head.replace(reset=1, sequence=asked.acknowledgment)
        else:
            head = head.replace(reset=1, acknowledge=1, acknowledgment=expected)
        segment = with_checksum(envelope, Protocol.TCP, head.build() + options)
        return ip_datagram(envelope, Protocol.TCP, segment)

    def _error(
        self,
        parcel: Parcel,
        at: int,
        kind: int,
        code: int,
        *,
        rest: int = 0,
        mpls: tuple[MplsEntry, ...] = (),
        interfaces: tuple[InterfaceInformation, ...] = (),
    ) -> bytes | None:
        own = self.usual.address(parcel.version)
        if own is None or parcel.is_icmp_error or parcel.is_fragment or not self._may_complain(at):
            return None
        envelope = self._envelope(parcel, own)
        message = icmp_error(envelope, kind, code, parcel.now(), rest=rest, mpls=mpls, interfaces=interfaces)
        return ip_datagram(envelope, icmp_protocol(own), message)

    def _envelope(self, parcel: Parcel, own: Address | None = None) -> Envelope:
        """The envelope of an answer from the address that was asked, or of an error from `own`."""
        self._identification = (self._identification + 1) & 0xFFFF
        return Envelope(
            source=parcel.to_address if own is None else own,
            destination=parcel.from_address,
            ttl=self.usual.ttl,
            dscp=parcel.traffic_class >> 2 if own is None else INTERNETWORK_CONTROL,
            identification=self._identification,
        )


def _is_checksum_good(parcel: Parcel) -> bool:
    """Whether the transport checksum holds; other protocols have none that is known here."""
    if parcel.protocol not in (Protocol.ICMP, Protocol.IPV6_ICMP, Protocol.UDP, Protocol.TCP):
        return True
    if parcel.protocol == Protocol.UDP and parcel.version == 4 and parcel.transport[6:8] == b"\0\0":
        return True
    envelope = Envelope(parcel.from_address, parcel.to_address)
    return ones_sum(covered(envelope, parcel.protocol, parcel.transport)) == 0xFFFF
