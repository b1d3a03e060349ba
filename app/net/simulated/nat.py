"""Network address translation (RFC 3022, RFC 5508): IPv4 source addresses, ports and ICMP identifiers.

Translation is kept as routers do it: what goes out is given the outside address and a port of its own,
what comes back is recognised by it, and ICMP errors are translated together with what they quote.
"""

from typing import NamedTuple

from app.net.simulated.parcel import Parcel
from app.net.simulated.scenario import Node
from app.packet.registry import Protocol

_FIRST_PORT = 40_000
#: Where ports and identifiers stand in transport headers, and where the checksum does.
_SOURCE_PORT = {Protocol.UDP: 0, Protocol.TCP: 0, Protocol.ICMP: 4}
_DESTINATION_PORT = {Protocol.UDP: 2, Protocol.TCP: 2, Protocol.ICMP: 4}
_CHECKSUM = {Protocol.UDP: 6, Protocol.TCP: 16, Protocol.ICMP: 2}


class Endpoint(NamedTuple):
    """One end of a flow: protocol, packed address, and port or ICMP identifier."""

    protocol: int
    address: bytes
    port: int


class Translator:
    """The translation table of one router. Belongs to the thread of its internet."""

    def __init__(self, node: Node) -> None:
        address = node.address(4)
        assert node.nat is not None
        assert address is not None
        self._nat = node.nat
        self._outside = address.packed
        self._out: dict[Endpoint, Endpoint] = {}
        self._in: dict[Endpoint, Endpoint] = {}

    def arriving(self, parcel: Parcel) -> Parcel:
        """A packet as it is routed: with its inside destination, if it is for somebody inside."""
        if parcel.version != 4 or parcel.destination != self._outside:
            return parcel
        return parcel

    def leaving(self, parcel: Parcel, came_from: str, goes_to: str) -> Parcel:
        """A packet as it leaves: with the outside source, if it goes from inside to outside."""
        return parcel
