"""ERSPAN: mirrored frames in GRE, types I to III (draft-foschiano-erspan-03)."""

from app.packet.layout import Header, flag, header, unsigned
from app.packet.link.linktype import LinkType
from app.packet.reading import Reading, Space, Step

TITLE = "Encapsulated Remote SPAN"


@header("erspan", TITLE, "draft-foschiano-erspan-03, section 4.2")
class Erspan2(Header):
    """The header of type II."""

    version: int = unsigned(4, default=1)
    vlan: int = unsigned(12)
    cos: int = unsigned(3, "class of service", default=0)
    encapsulation: int = unsigned(2, name="encap", default=0)
    is_truncated: int = flag("truncated", name="truncated", default=0)
    session: int = unsigned(10, name="spanid")
    reserved: int = unsigned(12, default=0)
    index: int = unsigned(20, "port index")


@header("erspan", TITLE, "draft-foschiano-erspan-03, section 4.3")
class Erspan3(Header):
    """The header of type III."""

    version: int = unsigned(4, default=2)
    vlan: int = unsigned(12)
    cos: int = unsigned(3, "class of service", default=0)
    integrity: int = unsigned(2, "bad, short or oversized", name="bso", default=0)
    is_truncated: int = flag("truncated", name="truncated", default=0)
    session: int = unsigned(10, name="spanid")
    timestamp: int = unsigned(32)
    security_group: int = unsigned(16, "security group tag", name="sgt", default=0)
    has_ethernet: int = flag("Ethernet frame", name="p", default=0)
    frame_type: int = unsigned(5, name="ft", default=0)
    hardware: int = unsigned(6, name="hw", default=0)
    is_egress: int = flag("egress", name="direction", default=0)
    granularity: int = unsigned(2, "timestamp granularity", name="gra", default=0)
    has_subheader: int = flag("subheader follows", name="o", default=0)


@header("erspan", "platform subheader", "draft-foschiano-erspan-03, section 4.3")
class Platform(Header):
    """Eight bytes whose meaning the platform decides."""

    platform: int = unsigned(6, name="platid")
    data: int = unsigned(58, name="erspan.pid", style="hex")


def read_erspan2(reading: Reading, at: int, stop: int, *, has_header: bool) -> Step:
    """A mirrored frame of type II; type I, which GRE carries without a sequence number, has no header."""
    if has_header:
        head = reading.take(Erspan2, at, stop)
        reading.header(head, at, f"ERSPAN session {head.session}, vlan {head.vlan}")
        at += Erspan2.SIZE
    return Step(Space.LINK, (LinkType.ETHERNET,), at, stop)


def read_erspan3(reading: Reading, at: int, stop: int) -> Step:
    """A mirrored frame of type III."""
    head = reading.take(Erspan3, at, stop)
    parts, end = reading.placed(head, at), at + Erspan3.SIZE
    if head.has_subheader:
        parts += reading.placed(reading.take(Platform, end, stop), end)
        end += Platform.SIZE
    reading.layer(Erspan3.LAYOUT, at, end, parts, f"ERSPAN session {head.session}, vlan {head.vlan}")
    return Step(Space.LINK, (LinkType.ETHERNET,), end, stop)
