"""Network address translation (RFC 3022, RFC 5508): IPv4 source addresses, ports and ICMP identifiers.

What goes out is given the outside address and a port of its own, what comes back is recognised by it,
and ICMP errors are translated together with what they quote. Checksums are adjusted by the difference,
as RFC 1624 says, so that a wrong one stays as wrong as it was.
"""

from typing import NamedTuple

from app.net.simulated.parcel import Parcel, read_parcel
from app.net.simulated.scenario import Node, Scenario
from app.packet.checksum import ones_sum
from app.packet.registry import Protocol

_FIRST_PORT = 40_000
_PORTS = 0x10000 - _FIRST_PORT
#: Where the source port or identifier stands in a transport header, and the destination's, and the checksum.
_PORT_AT = {Protocol.UDP: (0, 2), Protocol.TCP: (0, 2), Protocol.ICMP: (4, 4)}
_CHECKSUM_AT = {Protocol.UDP: 6, Protocol.TCP: 16, Protocol.ICMP: 2}
_SOURCE, _DESTINATION = 0, 1
_ICMP_ERROR_SIZE = 8


class Endpoint(NamedTuple):
    """One end of a flow: packed address, and port or ICMP identifier; None where the protocol has none."""

    address: bytes
    port: int | None


class Translator:
    """The translation table of one router. Belongs to the thread of its internet."""

    def __init__(self, node: Node, forward: bytes | None) -> None:
        outside = node.address(4)
        assert node.nat is not None
        assert outside is not None
        self._inside = node.nat.inside
        self._is_sloppy = node.nat.sloppy_quote
        self._outside = outside.packed
        self._forward = forward
        self._out: dict[tuple[int, Endpoint], Endpoint] = {}
        self._in: dict[tuple[int, Endpoint], Endpoint] = {}

    def arriving(self, parcel: Parcel) -> Parcel:
        """A packet as it is routed: with its inside destination, if it is for somebody inside."""
        if parcel.version != 4 or parcel.destination != self._outside:
            return parcel
        if parcel.is_icmp_error:
            quote = read_parcel(_padded(parcel.transport[_ICMP_ERROR_SIZE:]))
            asked = None if quote is None else self._in.get((quote.protocol, _endpoint(quote, _SOURCE)))
            return parcel if asked is None else self._translated_error(parcel, _DESTINATION, asked, asked)
        inner = self._in.get((parcel.protocol, _endpoint(parcel, _DESTINATION)))
        if inner is None and self._forward is not None:
            inner = Endpoint(self._forward, None)
        return parcel if inner is None else _rewritten(parcel, translated(parcel.now(), _DESTINATION, inner))

    def leaving(self, parcel: Parcel, came_from: str, goes_to: str) -> Parcel:
        """A packet as it leaves: with the outside source, if it goes from inside to outside."""
        if parcel.version != 4 or came_from not in self._inside or goes_to in self._inside:
            return parcel
        own = Endpoint(self._outside, None)
        if parcel.is_icmp_error:
            return self._translated_error(parcel, _SOURCE, own, own)
        if parcel.source != self._forward:
            own = self._port_for(parcel)
        return _rewritten(parcel, translated(parcel.now(), _SOURCE, own))

    def _port_for(self, parcel: Parcel) -> Endpoint:
        inner = _endpoint(parcel, _SOURCE)
        if inner.port is None:
            return Endpoint(self._outside, None)
        known = self._out.get((parcel.protocol, inner))
        if known is None:
            # When all ports are in use the oldest flow loses its port to the new one.
            known = Endpoint(self._outside, _FIRST_PORT + len(self._out) % _PORTS)
            self._out[parcel.protocol, inner] = known
            self._in[parcel.protocol, known] = inner
        return known

    def _translated_error(self, parcel: Parcel, side: int, outer: Endpoint, quoted: Endpoint) -> Parcel:
        """An ICMP error with one address changed, and in its quotation the address of the packet's other direction."""
        data = translated(parcel.now(), side, Endpoint(outer.address, None))
        at = parcel.start + _ICMP_ERROR_SIZE
        quote = data[at:]
        if side == _DESTINATION or quote[16:20] == self._forward:
            fresh = translated(quote, 1 - side, quoted, is_sloppy=self._is_sloppy)
            checksum = parcel.start + _CHECKSUM_AT[Protocol.ICMP]
            head = data[:checksum] + adjusted(data[checksum : checksum + 2], quote, fresh) + data[checksum + 2 : at]
            data = head + fresh
        return _rewritten(parcel, data)


def make_translator(node: Node, scenario: Scenario) -> Translator | None:
    """The translator of a router that has one."""
    if node.nat is None:
        return None
    forward = scenario.nodes[node.nat.forward].address(4) if node.nat.forward else None
    return Translator(node, None if forward is None else forward.packed)


def _padded(quote: bytes) -> bytes:
    """A quotation made as long as it says it was, so that it reads as a packet."""
    return quote.ljust(int.from_bytes(quote[2:4], "big"), b"\0")


def _endpoint(parcel: Parcel, side: int) -> Endpoint:
    address = parcel.destination if side else parcel.source
    at = _port_at(parcel.protocol, parcel.data[parcel.start :], side)
    if at is None or parcel.is_fragment:
        return Endpoint(address, None)
    return Endpoint(address, int.from_bytes(parcel.data[parcel.start + at : parcel.start + at + 2], "big"))


def _port_at(protocol: int, transport: bytes, side: int) -> int | None:
    """Where the port stands, if the bytes reach so far."""
    places = _PORT_AT.get(protocol)  # type: ignore[call-overload]  # plain numbers hash as the members do
    return None if places is None or len(transport) < places[side] + 2 else int(places[side])


def _rewritten(parcel: Parcel, data: bytes) -> Parcel:
    fresh = read_parcel(data)
    assert fresh is not None
    fresh.is_ours = parcel.is_ours
    return fresh


def translated(data: bytes, side: int, end: Endpoint, *, is_sloppy: bool = False) -> bytes:
    """An IPv4 datagram, or the front of one, with the address and port of one side replaced.

    `side` is 0 for the source, 1 for the destination. A sloppy translation leaves the transport checksum.
    """
    start = (data[0] & 15) * 4
    address_at = 12 + 4 * side
    old_address = data[address_at : address_at + 4]
    head = bytearray(data[:start])
    head[address_at : address_at + 4] = end.address
    head[10:12] = adjusted(data[10:12], old_address, end.address)
    transport = bytearray(data[start:])
    protocol = data[9]
    port_at = _port_at(protocol, data[start:], side) if end.port is not None else None
    old, new = (old_address, end.address) if protocol != Protocol.ICMP else (b"", b"")
    if port_at is not None and end.port is not None:
        old += transport[port_at : port_at + 2]
        transport[port_at : port_at + 2] = end.port.to_bytes(2, "big")
        new += transport[port_at : port_at + 2]
    at = _CHECKSUM_AT.get(protocol)  # type: ignore[call-overload]  # plain numbers hash as the members do
    if at is not None and len(transport) >= at + 2 and not is_sloppy:
        has_checksum = protocol != Protocol.UDP or any(transport[at : at + 2])
        if has_checksum:
            fresh = adjusted(transport[at : at + 2], old, new)
            transport[at : at + 2] = b"\xff\xff" if protocol == Protocol.UDP and fresh == b"\0\0" else fresh
    return bytes(head + transport)


def adjusted(checksum: bytes | bytearray, old: bytes, new: bytes) -> bytes:
    """A checksum after `old` became `new`: HC' = ~(~HC + ~m + m') (RFC 1624, section 3)."""
    total = (int.from_bytes(checksum, "big") ^ 0xFFFF) + (ones_sum(old) ^ 0xFFFF) + ones_sum(new)
    return ((total % 0xFFFF or 0xFFFF) ^ 0xFFFF).to_bytes(2, "big")
