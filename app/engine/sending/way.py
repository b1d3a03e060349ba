"""How a packet made by hand leaves, and whether it may: from what this host knows of its links.

The kernel sends a datagram with its own header (IP_HDRINCL), but makes its length and checksum right. One that is to
be wrong goes out as a whole frame, where the hardware address of the next hop is known. Addresses that are not ours,
groups and broadcasts need a word from the user: whoever answers them is somebody else, or everybody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from app.engine.host import Interface, Prefix, Surroundings
from app.engine.sending.shot import Shot
from app.packet.compose import Address
from app.packet.composing.kernel import predicted, unsendable
from app.packet.composing.packet import Composed
from app.packet.composing.plan import group_frame
from app.packet.dissect import dissect
from app.packet.dissection import Dissection
from app.packet.link.linktype import LinkType
from app.packet.text import safe

_NOBODY = (IPv4Address(0), IPv6Address(0))
_LIMITED = IPv4Address("255.255.255.255")
_TYPES = {4: b"\x08\x00", 6: b"\x86\xdd"}


@dataclass(frozen=True, slots=True)
class Way:
    """The way to a destination: the interface, our address on it, and who is next."""

    interface: Interface
    source: Address | None = None
    next_hop: Address | None = None  #: None for a group, and where nobody is next: this very host
    mac: bytes | None = None  #: of the next hop; None where it is not known


def way_to(destination: Address | None, around: Surroundings, interface: str | None = None) -> Way | None:
    """The way that the kernel's routes name, by `interface` where it is given; None where there is none."""
    chosen = None if interface is None else around.interface(interface)
    if destination is None:
        chosen = chosen or next((each for each in around.interfaces if each.is_up and not each.is_loopback), None)
        return None if chosen is None else Way(chosen, _address_on(chosen, 4))
    scope = getattr(destination, "scope_id", None)
    destination = _bare(destination)
    if _is_ours(destination, around) and chosen is None:
        loop = next((each for each in around.interfaces if each.is_loopback), None)
        return None if loop is None else Way(loop, destination, None, bytes(6))
    out, via = _routed(destination, around, interface or scope)
    chosen = chosen or (None if out is None else around.interface(out))
    if chosen is None:
        return None
    group = group_frame(destination)
    if group is None and is_broadcast(destination, around):
        group = b"\xff" * 6
    next_hop = via or destination
    mac = group or (bytes(6) if chosen.is_loopback else _mac_of(next_hop, chosen.name, around))
    source = _address_on(chosen, destination.version, link_local=destination.is_link_local or destination.is_multicast)
    return Way(chosen, source, None if group else next_hop, mac)


def _bare(address: Address) -> Address:
    return IPv6Address(address.packed) if isinstance(address, IPv6Address) else address


def _is_ours(address: Address, around: Surroundings) -> bool:
    if address.is_loopback:
        return True
    return any(each.ip.packed == address.packed for link in around.interfaces for each in link.addresses)


def _routed(destination: Address, around: Surroundings, interface: str | None) -> tuple[str | None, Address | None]:
    """The interface and the gateway of the longest route."""
    fitting = [
        route
        for route in around.routes
        if route.prefix.version == destination.version
        and destination in route.prefix
        and interface in (None, route.interface)
    ]
    best = max(fitting, key=lambda route: (route.prefix.prefixlen, -(route.metric or 0)), default=None)
    if best is not None:
        return best.interface, None if destination.is_multicast else best.via
    for link in around.interfaces:
        if interface in (None, link.name) and any(destination in each for each in _networks(link, destination)):
            return link.name, None
    if destination.is_multicast or destination == _LIMITED:
        up = next((link.name for link in around.interfaces if link.is_up and not link.is_loopback), None)
        return interface or up, None
    return interface, None


def _networks(link: Interface, destination: Address) -> Iterator[Prefix]:
    yield from (each.network for each in link.addresses if each.version == destination.version)


def _mac_of(address: Address, interface: str, around: Surroundings) -> bytes | None:
    for each in around.neighbours:
        if each.interface == interface and each.mac and each.address.packed == address.packed:
            return bytes.fromhex(each.mac.replace(":", ""))
    return None


def _address_on(interface: Interface, version: int, *, link_local: bool = False) -> Address | None:
    """Our address on an interface: a link-local one of IPv6 for what stays on the link."""
    own = [each.ip for each in interface.addresses if each.version == version]
    wanted = [address for address in own if address.is_link_local == (link_local and version == 6)]
    return next(iter(wanted or own), None)


def is_broadcast(address: Address, around: Surroundings) -> bool:
    """Whether everybody on some link of ours is meant."""
    if address == _LIMITED:
        return True
    return any(
        address == each.network.broadcast_address
        for link in around.interfaces
        for each in link.addresses
        if each.version == 4 and each.network.prefixlen < 31
    )


def danger(packet: Composed, around: Surroundings) -> str:
    """Why a packet is not sent without being asked for twice, a clause; nothing where it is harmless."""
    source, destination = ends_of(packet)
    if source is not None and source not in _NOBODY and not _is_ours(source, around):
        return f"{source} is no address of this host"
    if destination is not None and destination.is_multicast:
        return f"{destination} is a group, and all who have joined it are meant"
    if destination is not None and is_broadcast(destination, around):
        return f"{destination} is a broadcast address, and everybody there is meant"
    return _frame_danger(packet, packet.dissection, around) if packet.link is LinkType.ETHERNET else ""


def _frame_danger(packet: Composed, dissection: Dissection, around: Surroundings) -> str:
    macs = {bytes.fromhex(each.mac.replace(":", "")) for each in around.interfaces if each.mac}
    if packet.data[0] & 1:
        return f"{packet.data[:6].hex(':')} is a group or broadcast address, and more than one host is meant"
    if packet.data[6:12] not in macs and any(packet.data[6:12]):
        return f"{packet.data[6:12].hex(':')} is no hardware address of this host"
    asker = _address(dissection, "arp.src.proto_ipv4")
    if asker is not None and asker not in _NOBODY and not _is_ours(asker, around):
        return f"{asker} is no address of this host"
    return ""


def _address(dissection: Dissection, name: str) -> Address | None:
    """The first, outermost address of a name."""
    value = next((span.value for span in dissection.spans_named(name)), None)
    return value if isinstance(value, IPv4Address | IPv6Address) else None


def ends_of(packet: Composed) -> tuple[Address | None, Address | None]:
    """Source and destination of the outermost IP header; of one whose version is wrong, where IPv4 has them."""
    dissection = dissect(packet.data, packet.link)
    for name in ("ip", "ipv6"):
        if (source := _address(dissection, f"{name}.src")) is not None:
            return source, _address(dissection, f"{name}.dst")
    if packet.link is LinkType.RAW and len(packet.data) >= 20:
        return IPv4Address(packet.data[12:16]), IPv4Address(packet.data[16:20])
    return None, None


def shot_of(packet: Composed, around: Surroundings, interface: str | None = None) -> Shot:
    """The packet on its way: by a raw socket, or as a frame where that would not send it as it is."""
    _, destination = ends_of(packet)
    interface = interface or packet.zone
    if interface is not None and around.interface(interface) is None:
        return Shot(packet, destination or _NOBODY[0], trouble=absence(interface))
    way = way_to(destination, around, interface)
    if packet.link is LinkType.ETHERNET:
        if way is None:
            return Shot(packet, _NOBODY[0], trouble="nobody knows by which interface: name it by -I")
        return Shot(packet, destination or _NOBODY[0], way.interface.name)
    wrong = unsendable(packet.data)
    if not wrong and destination is not None:
        source = None if way is None else way.source
        return Shot(packet, destination, _named(destination, way, interface), predicted=predicted(packet.data, source))
    return _framed(packet, destination, way, wrong)


def absence(interface: str) -> str:
    """What to say of an interface that there is not."""
    return f"there is no interface {safe(interface)}: `ip link` lists them"


def _named(destination: Address, way: Way | None, interface: str | None) -> str | None:
    """The interface that has to be named: the one asked for, or that of a group or a link-local address."""
    is_on_link = destination.is_multicast or destination.is_link_local or destination == _LIMITED
    return interface or (way.interface.name if way is not None and is_on_link else None)


def _framed(packet: Composed, destination: Address | None, way: Way | None, wrong: tuple[str, ...]) -> Shot:
    """As a frame to whoever is next."""
    names = " and ".join(wrong)
    if destination is None:
        return Shot(packet, _NOBODY[0], trouble="it has no IP header that says whom it is for")
    if way is None:
        why = f"the kernel would mend {names}, and whom the frame could go to is not known: use a template eth/..."
        return Shot(packet, destination, trouble=why)
    if way.mac is None:
        why = (
            f"the kernel would mend {names}, and the hardware address of {way.next_hop} is not known for a frame: "
            "ping it first"
        )
        return Shot(packet, destination, trouble=why)
    ours = bytes.fromhex((way.interface.mac or "00:00:00:00:00:00").replace(":", ""))
    return Shot(packet, destination, way.interface.name, way.mac + ours + _TYPES[destination.version])
