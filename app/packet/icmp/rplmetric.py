"""Routing metrics and constraints of RPL (RFC 6551): what a DIO says of the links and nodes on the way."""

from app.packet.dissection import Part, Placed
from app.packet.layout import Group, Header, flag, header, unsigned
from app.packet.registry import Registry
from app.packet.shape import MOST_ELEMENTS, bytes_span, heading

FLAGS = Group("icmpv6.rpl.opt.metric.flags", "flags")
_NAME = "icmpv6.rpl.opt.metric"


class MetricType(Registry):
    """https://www.iana.org/assignments/rpl (Routing Metric/Constraint Type)"""

    NODE_STATE_AND_ATTRIBUTE = 1
    NODE_ENERGY = 2
    HOP_COUNT = 3
    LINK_THROUGHPUT = 4
    LINK_LATENCY = 5
    LINK_QUALITY_LEVEL = 6
    LINK_ETX = 7
    LINK_COLOR = 8


class Aggregation(Registry):
    """RFC 6551, section 2.1."""

    ADDITIVE = 0
    MAXIMUM = 1
    MINIMUM = 2
    MULTIPLICATIVE = 3


@header(_NAME, "metric or constraint", "RFC 6551, section 2.1")
class Metric(Header):
    """What each metric starts with; the length counts what follows."""

    type: int = unsigned(8, registry=MetricType)
    reserved: int = unsigned(5, group=FLAGS, default=0)
    partial: int = flag("partial", name="icmpv6.rpl.opt.metric.flag.p", group=FLAGS, default=0)
    constraint: int = flag("constraint", name="icmpv6.rpl.opt.metric.flag.c", group=FLAGS, default=0)
    optional: int = flag("optional", name="icmpv6.rpl.opt.metric.flag.o", group=FLAGS, default=0)
    recorded: int = flag("recorded", name="icmpv6.rpl.opt.metric.flag.r", group=FLAGS, default=0)
    aggregation: int = unsigned(3, name="icmpv6.rpl.opt.metric.flag.a", registry=Aggregation, group=FLAGS, default=0)
    precedence: int = unsigned(4, name="prec", group=FLAGS, default=0)
    length: int = unsigned(8, unit="bytes")


@header(f"{_NAME}.nsa.object", "node state and attributes", "RFC 6551, section 3.1")
class NodeState(Header):
    """Whether the node gathers data, and is overloaded."""

    reserved: int = unsigned(8, style="hex", default=0)
    flags: int = unsigned(6, style="hex", default=0)
    aggregator: int = flag("aggregator", name="icmpv6.rpl.opt.metric.nsa.object.flag.a", default=0)
    overloaded: int = flag("overloaded", name="icmpv6.rpl.opt.metric.nsa.object.flag.o", default=0)


@header(f"{_NAME}.nsa.object.opttlv.object", "TLV", "RFC 6551, section 2.1")
class MetricTlv(Header):
    """Something more about the node; `length` bytes follow."""

    type: int = unsigned(8)
    length: int = unsigned(8, unit="bytes")


@header(f"{_NAME}.ne.object", "node energy", "RFC 6551, section 3.2")
class NodeEnergy(Header):
    """What the node lives of."""

    flags: int = unsigned(4, style="hex", default=0)
    included: int = flag("included", name="icmpv6.rpl.opt.metric.ne.object.flag.i", default=0)
    type: int = unsigned(2, default=0)
    estimated: int = flag("estimated", name="icmpv6.rpl.opt.metric.ne.object.flag.e", default=0)
    energy: int = unsigned(8, default=0)


@header(f"{_NAME}.hp.object", "hop count", "RFC 6551, section 3.3")
class HopCount(Header):
    """How many hops the way has."""

    reserved: int = unsigned(4, default=0)
    flags: int = unsigned(4, style="hex", default=0)
    hops: int = unsigned(8, "hop count", name="hp")


@header(f"{_NAME}.lt.object", "throughput", "RFC 6551, section 4.1")
class Throughput(Header):
    """How much a link carries."""

    throughput: int = unsigned(32, name="lt", unit="bytes/s")


@header(f"{_NAME}.ll.object", "latency", "RFC 6551, section 4.2")
class Latency(Header):
    """How long a link takes."""

    latency: int = unsigned(32, name="ll", unit="µs")


@header(f"{_NAME}.lql.object", "link quality level", "RFC 6551, section 4.3.1")
class QualityLevel(Header):
    """How many links have this quality, 1 the best."""

    level: int = unsigned(3, name="val")
    counter: int = unsigned(5)


@header(f"{_NAME}.etx.object", "expected transmissions", "RFC 6551, section 4.3.2")
class Transmissions(Header):
    """How often a packet is sent until it arrives, times 128."""

    transmissions: int = unsigned(16, "expected transmissions", name="etx", words=lambda etx: f"{etx / 128:.2f}")


@header(f"{_NAME}.lc.object", "link color", "RFC 6551, section 4.4")
class LinkColour(Header):
    """Colours of the links on the way, and how many have them."""

    colour: int = unsigned(10, "link color", name="lc", style="hex")
    counter: int = unsigned(6)


@header(f"{_NAME}.lql.object", "reserved", "RFC 6551, section 4.3.1")
class ReservedQuality(Header):
    """Stands in front of the levels."""

    reserved: int = unsigned(8, name="res", default=0)


@header(f"{_NAME}.lc.object", "reserved", "RFC 6551, section 4.4")
class ReservedColour(Header):
    """Stands in front of the colours."""

    reserved: int = unsigned(8, name="res", default=0)


#: What stands once behind the metric's head, and what repeats.
_OBJECTS: dict[int, tuple[type[Header] | None, type[Header] | None]] = {
    MetricType.NODE_STATE_AND_ATTRIBUTE: (NodeState, None),
    MetricType.NODE_ENERGY: (None, NodeEnergy),
    MetricType.HOP_COUNT: (HopCount, None),
    MetricType.LINK_THROUGHPUT: (None, Throughput),
    MetricType.LINK_LATENCY: (None, Latency),
    MetricType.LINK_QUALITY_LEVEL: (ReservedQuality, QualityLevel),
    MetricType.LINK_ETX: (None, Transmissions),
    MetricType.LINK_COLOR: (ReservedColour, LinkColour),
}


def metrics(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    """The metrics within [at, stop), each under a heading."""
    parts: list[Part] = []
    size = Metric.LAYOUT.size
    while at + size <= stop and len(parts) < MOST_ELEMENTS:
        head = Metric.decode(data, at)
        end = min(stop, at + size + head.length)
        inner: list[Part] = [Placed(head, at, at + size), *_objects(head.type, data, at + size, end)]
        parts.append(heading(f"{_NAME}.object", MetricType(head.type).words, at, end, inner, inner[1:]))
        at = end
    if at < stop:
        parts.append(bytes_span("icmpv6.unknown_data", "data", data, at, stop))
    return tuple(parts)


def _objects(kind: int, data: bytes, at: int, stop: int) -> list[Part]:
    once, each = _OBJECTS.get(kind, (None, None))
    parts: list[Part] = []
    if once is not None and at + once.LAYOUT.size <= stop:
        end = at + once.LAYOUT.size
        placed = Placed(once.decode(data, at), at, end)
        parts.append(placed if each else heading(once.LAYOUT.name, once.LAYOUT.title, at, end, (placed,), (placed,)))
        at = end
    while each is not None and at + each.LAYOUT.size <= stop:
        end = at + each.LAYOUT.size
        placed = Placed(each.decode(data, at), at, end)
        parts.append(heading(each.LAYOUT.name, each.LAYOUT.title, at, end, (placed,), (placed,)))
        at = end
    while kind == MetricType.NODE_STATE_AND_ATTRIBUTE and at + MetricTlv.LAYOUT.size <= stop:
        tlv = MetricTlv.decode(data, at)
        end = min(stop, at + 2 + tlv.length)
        inner: list[Part] = [Placed(tlv, at, at + 2)]
        if at + 2 < end:
            inner.append(bytes_span(f"{MetricTlv.LAYOUT.name}.data", "data", data, at + 2, end))
        parts.append(heading(MetricTlv.LAYOUT.name, "TLV", at, end, inner, inner[1:]))
        at = end
    if at < stop:
        parts.append(bytes_span("icmpv6.unknown_data", "data", data, at, stop))
    return parts
