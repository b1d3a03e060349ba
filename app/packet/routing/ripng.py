"""RIPng: RIP for IPv6 (RFC 2080)."""

from ipaddress import IPv6Address

from app.packet.layout import Header, header, ipv6_address, octets, unsigned
from app.packet.reading import Reading
from app.packet.registry import Registry
from app.packet.routing.rip import INFINITY
from app.packet.walk import Walk, counted, read_message

#: RFC 2080, section 2.1.1: "A next hop RTE is identified by a value of 0xFF in the metric field".
NEXT_HOP = 0xFF


class RipngCommand(Registry):
    """RFC 2080, section 2.1."""

    REQUEST = 1
    RESPONSE = 2


def _metric(value: int) -> str:
    return f"{value}  next hop" if value == NEXT_HOP else str(value)


@header("ripng", "RIPng", "RFC 2080, section 2.1")
class Ripng(Header):
    """What every message starts with."""

    command: int = unsigned(8, name="cmd", registry=RipngCommand)
    version: int = unsigned(8, default=1)
    reserved: bytes = octets(2, default=bytes(2))


@header("ripng.rte", "route", "RFC 2080, section 2.1")
class RouteTableEntry(Header):
    """A prefix and its metric, or a next hop for those that follow."""

    prefix: IPv6Address = ipv6_address(name="ripng.rte.ipv6_prefix")
    tag: int = unsigned(16, "route tag", name="ripng.rte.route_tag", style="hex", default=0)
    length: int = unsigned(8, "prefix length", name="ripng.rte.prefix_length", unit="bits")
    metric: int = unsigned(8, name="ripng.rte.metric", words=_metric)


def read_ripng(reading: Reading, at: int, stop: int) -> None:
    """A RIPng message."""
    read_message(reading, at, stop, Ripng.LAYOUT, _message)


def _message(walk: Walk) -> str:
    head = walk.take(Ripng)
    walk.says = f"RIPng {RipngCommand(head.command).words}"
    entries = []
    while walk.lasts():
        with walk.under("ripng.rte", "route") as words:
            entry = walk.take(RouteTableEntry)
            words.append(_entry(entry))
        entries.append(entry)
    if head.command == RipngCommand.REQUEST and len(entries) == 1 and _asks_all(entries[0]):
        return f"{walk.says}, whole table"
    return f"{walk.says}, {counted(sum(entry.metric != NEXT_HOP for entry in entries), 'route')}"


def _asks_all(entry: RouteTableEntry) -> bool:
    """RFC 2080, section 2.4.1: a prefix of zero, a length of zero and a metric of infinity."""
    return not int(entry.prefix) and not entry.length and entry.metric == INFINITY


def _entry(entry: RouteTableEntry) -> str:
    if entry.metric == NEXT_HOP:
        return f"next hop {entry.prefix}"
    metric = "unreachable" if entry.metric >= INFINITY else f"metric {entry.metric}"
    return f"{entry.prefix}/{entry.length} {metric}"
