"""In-situ OAM in IPv6 options (RFC 9197, RFC 9486): what nodes on the way wrote into the packet.

A trace's type says by 24 bits which data every node wrote, in the order of the bits.
"""

from collections.abc import Iterator

from app.packet.dissection import Branch, Part, Placed, stretch
from app.packet.ip.v6options import Option
from app.packet.layout import Group, Header, Span, flag, header, unsigned
from app.packet.registry import Registry
from app.packet.shape import Shape, bytes_span

TRACE_FLAGS = Group("ipv6.opt.ioam.trace.flags", "flags")
TRACE_TYPE = Group("ipv6.opt.ioam.trace.type", "trace type")
_NODE = "ipv6.opt.ioam.trace.node"


class IoamType(Registry):
    """https://www.iana.org/assignments/ioam (Option-Type)"""

    PRE_ALLOCATED_TRACE = 0
    INCREMENTAL_TRACE = 1
    PROOF_OF_TRANSIT = 2
    EDGE_TO_EDGE = 3
    DIRECT_EXPORT = 4


@header("ipv6.opt.ioam", "IOAM", "RFC 9486, section 3")
class IoamOption(Option):
    """In-situ OAM of some type."""

    reserved: int = unsigned(8, name="ipv6.opt.ioam.rsv", style="hex", default=0)
    type: int = unsigned(8, "option type", name="ipv6.opt.ioam.opt_type", registry=IoamType)


def _bit(number: int, label: str) -> int:
    made: int = flag(label, name=f"ipv6.opt.ioam.trace.type.bit{number}", group=TRACE_TYPE, default=0)
    return made


@header("ipv6.opt.ioam.trace", "IOAM trace", "RFC 9197, section 4.4.1")
class IoamTraceOption(IoamOption):
    """A trace: the data of the nodes follow, the first node's last."""

    namespace: int = unsigned(16, "namespace identifier", name="ipv6.opt.ioam.trace.ns", style="hex", default=0)
    node_length: int = unsigned(5, name="ipv6.opt.ioam.trace.nodelen", unit="words")
    overflow: int = flag("overflow", name="ipv6.opt.ioam.trace.flag.o", group=TRACE_FLAGS, default=0)
    loopback: int = flag("loopback", name="ipv6.opt.ioam.trace.flag.l", group=TRACE_FLAGS, default=0)
    active: int = flag("active", name="ipv6.opt.ioam.trace.flag.a", group=TRACE_FLAGS, default=0)
    reserved_flag: int = flag("reserved", name="ipv6.opt.ioam.trace.flag.rsv", group=TRACE_FLAGS, default=0)
    remaining: int = unsigned(7, "remaining length", name="ipv6.opt.ioam.trace.remlen", unit="words")
    bit0: int = _bit(0, "hop limit and node, short")
    bit1: int = _bit(1, "ingress and egress interface, short")
    bit2: int = _bit(2, "timestamp seconds")
    bit3: int = _bit(3, "timestamp fraction")
    bit4: int = _bit(4, "transit delay")
    bit5: int = _bit(5, "namespace data, short")
    bit6: int = _bit(6, "queue depth")
    bit7: int = _bit(7, "checksum complement")
    bit8: int = _bit(8, "hop limit and node, wide")
    bit9: int = _bit(9, "ingress and egress interface, wide")
    bit10: int = _bit(10, "namespace data, wide")
    bit11: int = _bit(11, "buffer occupancy")
    undefined: int = unsigned(10, name="ipv6.opt.ioam.trace.type.undef", style="hex", group=TRACE_TYPE, default=0)
    bit22: int = _bit(22, "opaque state snapshot")
    reserved_bit: int = flag("reserved", name="ipv6.opt.ioam.trace.type.rsv", group=TRACE_TYPE, default=0)
    reserved_end: int = unsigned(8, "reserved", name="ipv6.opt.ioam.trace.rsv", style="hex", default=0)


@header(_NODE, "hop limit and node", "RFC 9197, section 4.4.2.1")
class ShortNode(Header):
    """Who wrote this."""

    hop_limit: int = unsigned(8, name="hlim")
    node: int = unsigned(24, "node identifier", name="id", style="hex")


@header(_NODE, "hop limit and node", "RFC 9197, section 4.4.2.9")
class WideNode(Header):
    """Who wrote this, in seven bytes."""

    hop_limit: int = unsigned(8, name="hlim")
    node: int = unsigned(56, "node identifier", name="id_wide", style="hex")


@header(_NODE, "interfaces", "RFC 9197, section 4.4.2.2")
class ShortInterfaces(Header):
    """Where the packet came in and went out."""

    ingress: int = unsigned(16, "ingress interface", name="iif")
    egress: int = unsigned(16, "egress interface", name="eif")


@header(_NODE, "interfaces", "RFC 9197, section 4.4.2.10")
class WideInterfaces(Header):
    """The same in four bytes each."""

    ingress: int = unsigned(32, "ingress interface", name="iif_wide")
    egress: int = unsigned(32, "egress interface", name="eif_wide")


#: What each bit of the trace type stands for: a header, or the name, label and size of a number.
_DATA: dict[int, type[Header] | tuple[str, str, int]] = {
    0: ShortNode,
    1: ShortInterfaces,
    2: ("tss", "timestamp seconds", 4),
    3: ("tsf", "timestamp fraction", 4),
    4: ("trdelay", "transit delay", 4),
    5: ("nsdata", "namespace data", 4),
    6: ("qdepth", "queue depth", 4),
    7: ("csum", "checksum complement", 4),
    8: WideNode,
    9: WideInterfaces,
    10: ("nsdata_wide", "namespace data", 8),
    11: ("bufoccup", "buffer occupancy", 4),
    **dict.fromkeys(range(12, 22), ("undefined", "undefined", 4)),
}
_SNAPSHOT = 22


@header(_NODE, "opaque state snapshot", "RFC 9197, section 4.4.2.13")
class Snapshot(Header):
    """What the node says in its own way; `length` words follow."""

    length: int = unsigned(8, name="ipv6.opt.ioam.trace.node.oss.len", unit="words")
    schema: int = unsigned(24, "schema identifier", name="ipv6.opt.ioam.trace.node.oss.scid", style="hex")


def ioam(data: bytes, at: int, stop: int) -> Shape:
    """The shape of an IOAM option by its type."""
    if at + IoamTraceOption.LAYOUT.size <= stop and data[at + 3] in (0, 1):
        return Shape("ipv6.opt", f"IOAM {IoamType(data[at + 3]).words}", IoamTraceOption, tail=_trace)
    return Shape("ipv6.opt", "IOAM", IoamOption, rest="ipv6.opt.unknown")


def _trace(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    """Free space, then what the nodes wrote, the last one's first."""
    start = at - IoamTraceOption.LAYOUT.size
    head = IoamTraceOption.decode(data, start)
    bits = int.from_bytes(data[start + 8 : start + 11])
    parts: list[Part] = []
    free = min(stop, at + head.remaining * 4)
    if at < free:
        parts.append(bytes_span("ipv6.opt.ioam.trace.free_space", "free space", data, at, free))
    at = free
    while at < stop:
        node = tuple(_node(data, at, stop, bits))
        end = max((_end_of(part) for part in node), default=at)
        if end <= at:
            parts.append(bytes_span("ipv6.opt_unknown_data", "data", data, at, stop))
            break
        parts.append(Branch(_NODE, "node", at, end, node, ""))
        at = end
    return tuple(parts)


def _node(data: bytes, at: int, stop: int, bits: int) -> Iterator[Part]:
    """The data of one node as far as they reach: the bits say which there are."""
    end = stop
    for bit, kind in _DATA.items():
        if not bits >> (23 - bit) & 1:
            continue
        length = kind[2] if isinstance(kind, tuple) else kind.LAYOUT.size
        if at + length > end:
            break
        if isinstance(kind, tuple):
            value = int.from_bytes(data[at : at + length])
            yield stretch(f"{_NODE}.{kind[0]}", kind[1], at, at + length, str(value), value=value)
        else:
            yield Placed(kind.decode(data, at), at, at + length)
        at += length
    if bits >> (23 - _SNAPSHOT) & 1 and at + Snapshot.LAYOUT.size <= stop:
        head = Snapshot.decode(data, at)
        yield Placed(head, at, at + 4)
        at += 4
        end = min(stop, at + head.length * 4)
        if at < end:
            yield bytes_span(f"{_NODE}.oss.data", "snapshot", data, at, end)


def _end_of(part: Part) -> int:
    return part.stop_bit // 8 if isinstance(part, Span) else part.stop
