"""Ethernet frames: the header, VLAN tags in it, LLC and SNAP where the type is a length, and what follows the end.

IEEE 802.3, 802.1Q and 802.2. LLC is read as far as is needed to pass through it.
"""

from functools import partial

from app.packet.dissection import Severity
from app.packet.layout import Field, Group, Header, flag, header, mac_address, unsigned
from app.packet.link.numbers import LARGEST_LENGTH, LEAST_TYPE, EtherType, ServiceAccessPoint
from app.packet.reading import Reading, Space, Step, Way, read_data
from app.packet.registry import Protocol, Registry
from app.packet.shape import bytes_span
from app.packet.text import bytes_words

DSAP = Group("llc.dsap", "DSAP")
SSAP = Group("llc.ssap", "SSAP")
CONTROL = Group("llc.control", "control")
#: A frame of Ethernet is padded to this many bytes, the check sequence not counted (IEEE 802.3, section 4.2.3.3).
LEAST_FRAME = 60


class FrameType(Registry):
    """IEEE 802.2, section 5.3."""

    INFORMATION = 0
    SUPERVISORY = 1
    UNNUMBERED = 3


class Supervisory(Registry):
    """IEEE 802.2, section 5.4.2."""

    RECEIVER_READY = 0
    RECEIVER_NOT_READY = 1
    REJECT = 2


class Unnumbered(Registry):
    """IEEE 802.2, section 5.4.3: the upper three bits of the function and the lower two."""

    UNNUMBERED_INFORMATION = 0b000_00
    DISCONNECTED_MODE = 0b000_11
    DISCONNECT = 0b010_00
    UNNUMBERED_ACKNOWLEDGEMENT = 0b011_00
    SET_ASYNCHRONOUS_BALANCED_MODE_EXTENDED = 0b011_11
    FRAME_REJECT = 0b100_01
    EXCHANGE_IDENTIFICATION = 0b101_11
    TEST = 0b111_00


def _address_bits(name: str) -> tuple[Field, ...]:
    """The two bits of an address's first byte that say what kind it is (IEEE 802, section 8.2)."""
    administered = ("globally unique", "locally").__getitem__
    addressed = ("one station", "a group").__getitem__
    return (
        Field("", f"{name}.lg", "administered", 6, 1, "unsigned", words=administered),
        Field("", f"{name}.ig", "addressed to", 7, 1, "unsigned", words=addressed),
    )


@header("eth", "Ethernet", "IEEE 802.3, section 3.1")
class Ethernet(Header):
    """An Ethernet header with a type."""

    destination: bytes = mac_address(name="dst", inner=_address_bits("eth.dst"))
    source: bytes = mac_address(name="src", inner=_address_bits("eth.src"))
    type: int = unsigned(16, style="hex", registry=EtherType)


@header("eth", "Ethernet", "IEEE 802.3, section 3.2.6")
class LengthEthernet(Header):
    """An Ethernet header whose last field is the length of the data: LLC follows."""

    destination: bytes = mac_address(name="dst", inner=_address_bits("eth.dst"))
    source: bytes = mac_address(name="src", inner=_address_bits("eth.src"))
    length: int = unsigned(16, name="len", unit="bytes")


@header("eth", "Ethernet", "IEEE 802.3, section 3.2.6")
class InvalidEthernet(Header):
    """An Ethernet header with a number that is neither a length nor a type."""

    destination: bytes = mac_address(name="dst", inner=_address_bits("eth.dst"))
    source: bytes = mac_address(name="src", inner=_address_bits("eth.src"))
    type: int = unsigned(16, "neither length nor type", name="invalid_lentype", style="hex")


@header("vlan", "IEEE 802.1Q tag", "IEEE 802.1Q, section 9.6")
class Vlan(Header):
    """A VLAN tag and the type behind it."""

    priority: int = unsigned(3, default=0)
    drop_eligible: int = flag("drop eligible", name="dei", default=0)
    identifier: int = unsigned(12, name="id")
    type: int = unsigned(16, name="etype", style="hex", registry=EtherType)


@header("vlan", "IEEE 802.1Q tag", "IEEE 802.1Q, section 9.6")
class LengthVlan(Header):
    """A VLAN tag in front of LLC."""

    priority: int = unsigned(3, default=0)
    drop_eligible: int = flag("drop eligible", name="dei", default=0)
    identifier: int = unsigned(12, name="id")
    length: int = unsigned(16, name="len", unit="bytes")


@header("ieee8021ad", "IEEE 802.1ad service tag", "IEEE 802.1Q, section 9.6")
class ServiceVlan(Header):
    """The tag of a provider's VLAN, around the customer's own."""

    priority: int = unsigned(3, default=0)
    drop_eligible: int = flag("drop eligible", name="dei", default=0)
    identifier: int = unsigned(12, name="id")
    type: int = unsigned(16, name="ieee8021ah.etype", style="hex", registry=EtherType)


@header("llc", "Logical link control", "IEEE 802.2, section 3.2")
class AccessPoints(Header):
    """Who sends to whom within the stations."""

    destination: int = unsigned(7, "service", name="llc.dsap.sap", style="hex", group=DSAP)
    is_group: int = flag("group", name="llc.dsap.ig", group=DSAP, default=0)
    source: int = unsigned(7, "service", name="llc.ssap.sap", style="hex", group=SSAP)
    is_response: int = flag("response", name="llc.ssap.cr", group=SSAP, default=0)


@header("llc", "Logical link control", "IEEE 802.2, section 5.4.3")
class UnnumberedFrame(AccessPoints):
    """Most of all: unnumbered information. The function is told by bits on both sides of the poll bit."""

    function: int = unsigned(3, "function, upper bits", name="llc.control.u_modifier_high", group=CONTROL, default=0)
    poll: int = flag("poll or final", name="llc.control.p", group=CONTROL, default=0)
    function_end: int = unsigned(2, "function, lower bits", name="llc.control.u_modifier_low", group=CONTROL, default=0)
    frame_type: int = unsigned(2, name="llc.control.ftype", registry=FrameType, group=CONTROL, default=3)


@header("llc", "Logical link control", "IEEE 802.2, section 5.4.1")
class InformationFrame(AccessPoints):
    """A numbered frame with data."""

    sent: int = unsigned(7, "number of this frame", name="llc.control.n_s", group=CONTROL, default=0)
    frame_type: int = unsigned(1, name="llc.control.ftype", registry=FrameType, group=CONTROL, default=0)
    received: int = unsigned(7, "number of the next one awaited", name="llc.control.n_r", group=CONTROL, default=0)
    poll: int = flag("poll or final", name="llc.control.p", group=CONTROL, default=0)


@header("llc", "Logical link control", "IEEE 802.2, section 5.4.2")
class SupervisoryFrame(AccessPoints):
    """Tells what has been received."""

    reserved: int = unsigned(4, name="llc.control.reserved", group=CONTROL, default=0)
    function: int = unsigned(2, name="llc.control.s_ftype", registry=Supervisory, group=CONTROL, default=0)
    frame_type: int = unsigned(2, name="llc.control.ftype", registry=FrameType, group=CONTROL, default=1)
    received: int = unsigned(7, "number of the next one awaited", name="llc.control.n_r", group=CONTROL, default=0)
    poll: int = flag("poll or final", name="llc.control.p", group=CONTROL, default=0)


@header("llc", "Subnetwork access protocol", "IEEE 802, section 9.3; RFC 1042")
class Snap(Header):
    """An organization and the type that it gave; 00-00-00 means an Ethernet type."""

    organization: int = unsigned(24, name="oui", style="hex", default=0)
    type: int = unsigned(16, style="hex", registry=EtherType)


def _ends(source: bytes, destination: bytes) -> str:
    return f"{source.hex(':')} → {destination.hex(':')}"


_ETHERTYPE = Space.ETHERTYPE  # a member of an enumeration takes long to look up


def read_ethernet(reading: Reading, at: int, stop: int) -> Way | None:
    """An Ethernet frame."""
    typed = reading.take(Ethernet, at, stop)
    kind = typed.type
    head: Ethernet | LengthEthernet | InvalidEthernet = typed
    if kind < LEAST_TYPE:
        head = (LengthEthernet if kind <= LARGEST_LENGTH else InvalidEthernet).decode(reading.data, at)
    reading.header(head, at, partial(_ends, head.source, head.destination))
    if head.source[0] & 1:
        reading.note(Severity.WARNING, at + 6, "the sender's address is a group's")
    return (_ETHERTYPE, (kind,), at + 14, stop) if kind >= LEAST_TYPE else _behind_type(reading, kind, at + 14, stop)


def _behind_type(reading: Reading, kind: int, at: int, stop: int) -> Step | None:
    """What a number that is a type or a length says of the bytes behind it."""
    if kind >= LEAST_TYPE:
        return Step(Space.ETHERTYPE, (kind,), at, stop)
    if 0 < kind <= LARGEST_LENGTH:
        end = reading.bounded(at, kind, stop, least=0, what="length")
        if reading.end is None:
            reading.end = end
        return read_link_control(reading, at, end)
    read_data(reading, at, stop)
    return None


def read_vlan(reading: Reading, at: int, stop: int) -> Step | None:
    """A VLAN tag."""
    head = reading.take(Vlan, at, stop)
    if head.type <= LARGEST_LENGTH:
        tag = LengthVlan.decode(reading.data, at)
        reading.layer(tag.LAYOUT, at, at + 4, reading.placed(tag, at), f"vlan {head.identifier}")
    else:
        reading.layer(head.LAYOUT, at, at + 4, reading.placed(head, at), f"vlan {head.identifier}")
    return _behind_type(reading, head.type, at + 4, stop)


def read_service_vlan(reading: Reading, at: int, stop: int) -> Step | None:
    """A provider's VLAN tag."""
    head = reading.take(ServiceVlan, at, stop)
    reading.layer(head.LAYOUT, at, at + 4, reading.placed(head, at), f"service vlan {head.identifier}")
    return _behind_type(reading, head.type, at + 4, stop)


def read_link_control(reading: Reading, at: int, stop: int) -> Step | None:
    """An LLC header, and SNAP where both ends of it are SNAP's."""
    control = reading.data[at + 2] & 3 if at + 2 < stop else FrameType.UNNUMBERED
    kind = _FRAMES.get(control, InformationFrame)
    head = reading.take(kind, at, stop)
    parts = reading.placed(head, at, destination=ServiceAccessPoint(head.destination << 1).words)
    body = at + kind.LAYOUT.size
    point = ServiceAccessPoint(head.destination << 1)
    words = f"llc {point.words}{_function(head)}"
    if point == ServiceAccessPoint.SNAP and kind is UnnumberedFrame:
        snap = reading.take(Snap, body, stop)
        parts += reading.placed(snap, body)
        body += Snap.LAYOUT.size
        reading.layer(head.LAYOUT, at, body, parts, f"snap {EtherType(snap.type).words}")
        if snap.organization in _ETHERNET_TYPED and snap.type >= LEAST_TYPE:
            return Step(Space.ETHERTYPE, (snap.type,), body, stop)
    else:
        reading.layer(head.LAYOUT, at, body, parts, words)
        if point == ServiceAccessPoint.DOD_IP:
            return Step(Space.PROTOCOL, (Protocol.IPV4,), body, stop)
    read_data(reading, body, stop, words)
    return None


_FRAMES: dict[int, type[AccessPoints]] = {1: SupervisoryFrame, 3: UnnumberedFrame}
#: Organizations whose SNAP type is an Ethernet type: none (RFC 1042), and IEEE 802.1H's for bridges.
_ETHERNET_TYPED = (0, 0xF8)


def _function(head: AccessPoints) -> str:
    if isinstance(head, UnnumberedFrame):
        function = Unnumbered(head.function << 2 | head.function_end)
        return "" if function is Unnumbered.UNNUMBERED_INFORMATION else f", {function.words}"
    if isinstance(head, SupervisoryFrame):
        return f", {Supervisory(head.function).words}"
    return ""


def read_trailer(reading: Reading, end: int) -> None:
    """Bytes behind what the frame carries: zeros up to the least size of a frame, a check sequence, or a lie."""
    stop = len(reading.data)
    first = reading.layers[0]
    if first.name not in ("eth", "sll"):
        reading.note(Severity.WARNING, end, f"{bytes_words(stop - end)} behind the end of the datagram")
        return
    spans = []
    if end < LEAST_FRAME <= stop and not any(reading.data[end:LEAST_FRAME]):
        spans.append(bytes_span("eth.padding", "padding", reading.data, end, LEAST_FRAME))
        end = LEAST_FRAME
    if end < stop:
        label = "trailer, perhaps a frame check sequence" if stop - end == 4 else "trailer"
        is_tagged = any(layer.name == "vlan" for layer in reading.layers)
        name = "vlan.trailer" if is_tagged else f"{first.name}.trailer"
        spans.append(bytes_span(name, label, reading.data, end, stop))
    reading.layers[0] = first._replace(parts=(*first.parts, *spans))
