"""MPLS label stacks (RFC 3032) and what stands behind the bottom, which no field names.

The first four bits of the payload tell it, as routers do that spread flows (RFC 4928): 4 and 6 are IP, 0 and 1
a pseudowire's control word (RFC 4385). An Ethernet header behind a control word of zeros is taken for one.
"""

from app.packet.ip.reader import read_ip
from app.packet.layout import Header, flag, header, unsigned
from app.packet.link.numbers import EtherType
from app.packet.reading import Reading, Space, Step, read_data
from app.packet.registry import Registry


class Label(Registry):
    """https://www.iana.org/assignments/mpls-label-values (Special-Purpose)"""

    IPV4_EXPLICIT_NULL = 0
    ROUTER_ALERT = 1
    IPV6_EXPLICIT_NULL = 2
    IMPLICIT_NULL = 3
    ENTROPY_LABEL_INDICATOR = 7
    GENERIC_ASSOCIATED_CHANNEL = 13
    OAM_ALERT = 14
    EXTENSION_LABEL = 15


@header("mpls", "Multiprotocol Label Switching", "RFC 3032, section 2.1")
class Mpls(Header):
    """One entry of the label stack."""

    label: int = unsigned(20)
    traffic_class: int = unsigned(3, name="exp", default=0)
    is_bottom: int = flag("bottom of stack", name="bottom", default=0)
    ttl: int = unsigned(8, "time to live", unit="hops", default=0)


class ChannelType(Registry):
    """https://www.iana.org/assignments/g-ach-parameters"""

    MCC = 0x0001
    SCC = 0x0002
    BFD_WITHOUT_IP_UDP_HEADERS = 0x0007
    IPV4_PACKET = 0x0021
    CONNECTIVITY_VERIFICATION = 0x0022
    IPV6_PACKET = 0x0057
    FAULT_OAM = 0x0058
    ETHERNET_OAM = 0x7FFA


@header("pwach", "Associated channel header", "RFC 5586, section 2.1")
class Channel(Header):
    """A control channel beside the payload."""

    nibble: int = unsigned(4, "first nibble", default=1)
    version: int = unsigned(4, name="ver", default=0)
    reserved: int = unsigned(8, name="res", style="hex", default=0)
    type: int = unsigned(16, "channel type", name="channel_type", style="hex", registry=ChannelType)


@header("pwethcw", "Pseudowire control word", "RFC 4385, section 3")
class ControlWord(Header):
    """Stands in front of a pseudowire's payload, so that it looks like no IP header."""

    nibble: int = unsigned(4, "first nibble", default=0)
    flags: int = unsigned(4, style="hex", default=0)
    fragment: int = unsigned(2, "fragmentation", default=0)
    length: int = unsigned(6, unit="bytes", default=0)
    sequence: int = unsigned(16, "sequence number", name="sequence_number", default=0)


def read_mpls(reading: Reading, at: int, stop: int) -> Step | None:
    """One label stack entry; behind the bottom of the stack stands what its first bits look like."""
    head = reading.take(Mpls, at, stop)
    label = Label(head.label)
    said = {"label": label.words} if label.is_assigned else {}
    words = f"mpls label {head.label}{f' {label.words}' if said else ''}, ttl {head.ttl}"
    reading.layer(Mpls.LAYOUT, at, at + 4, reading.placed(head, at, **said), words)
    if not head.is_bottom:
        return Step(Space.ETHERTYPE, (EtherType.MPLS,), at + 4, stop)
    return _behind_stack(reading, at + 4, stop)


def _behind_stack(reading: Reading, at: int, stop: int) -> Step | None:
    nibble = reading.data[at] >> 4 if at < stop else None
    if nibble in (4, 6, None):
        return read_ip(reading, at, stop)
    if nibble == 1:
        channel = reading.take(Channel, at, stop)
        words = f"associated channel, {ChannelType(channel.type).words}"
        reading.layer(Channel.LAYOUT, at, at + 4, reading.placed(channel, at), words)
        if channel.type in (ChannelType.IPV4_PACKET, ChannelType.IPV6_PACKET):
            return read_ip(reading, at + 4, stop)
        read_data(reading, at + 4, stop, words)
        return None
    if nibble == 0 and _is_ethernet(reading.data, at + 4, stop):
        word = reading.take(ControlWord, at, stop)
        reading.layer(ControlWord.LAYOUT, at, at + 4, reading.placed(word, at), f"pseudowire, seq {word.sequence}")
        return Step(Space.ETHERTYPE, (EtherType.TRANSPARENT_ETHERNET_BRIDGING,), at + 4, stop)
    if _is_ethernet(reading.data, at, stop):
        return Step(Space.ETHERTYPE, (EtherType.TRANSPARENT_ETHERNET_BRIDGING,), at, stop)
    read_data(reading, at, stop)
    return None


def _is_ethernet(data: bytes, at: int, stop: int) -> bool:
    """Whether the bytes look like an Ethernet header: a type that has a name, in the place of one."""
    return at + 14 <= stop and EtherType(data[at + 12] << 8 | data[at + 13]).is_assigned
