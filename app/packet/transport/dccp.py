"""DCCP (RFC 4340): the generic header, what its types add, and the options."""

from app.packet.checksum import pseudo_sum
from app.packet.dissection import Check, CheckStatus, Severity
from app.packet.layout import Header, flag, header, unsigned
from app.packet.reading import Reading, read_data
from app.packet.registry import Protocol
from app.packet.text import safe_bytes
from app.packet.transport.dccpoptions import DccpOption, Kind, read_value
from app.packet.transport.dccptypes import DccpType, ResetCode
from app.packet.walk import Walk, read_element, read_message

TITLE = "Datagram Congestion Control Protocol"
_CHECKSUM = 6
#: Types that carry no acknowledgment number.
_UNACKNOWLEDGED = (DccpType.REQUEST, DccpType.DATA)
#: RFC 4340, section 5.8: options from 32 on have a length.
_FIRST_LONG = 32


def _coverage(value: int) -> str:
    if value == 0:
        return "0  the whole packet"
    return f"{value}  the header and {(value - 1) * 4} bytes"


def _service(code: int) -> str:
    letters = code.to_bytes(4)
    return f"{code}  {safe_bytes(letters)}" if letters.isascii() and letters.decode().isprintable() else str(code)


@header("dccp", TITLE, "RFC 4340, section 5.1")
class Dccp(Header):
    """The generic header as far as both kinds of sequence numbers share it; `data_offset` counts 32-bit words."""

    source_port: int = unsigned(16, name="srcport")
    destination_port: int = unsigned(16, name="dstport")
    data_offset: int = unsigned(8, unit="words")
    ccval: int = unsigned(4, "congestion control value", default=0)
    coverage: int = unsigned(4, "checksum coverage", name="cscov", words=_coverage, default=0)
    checksum: int = unsigned(16, style="hex", default=0)
    reserved: int = unsigned(3, name="res1", default=0)
    type: int = unsigned(4, registry=DccpType)
    is_extended: int = flag("extended sequence numbers", name="x", default=1)


@header("dccp", TITLE, "RFC 4340, section 5.1")
class ShortDccp(Dccp):
    """With a sequence number of 24 bits, which only data and acknowledgments may have."""

    sequence: int = unsigned(24, "sequence number", name="seq")


@header("dccp", TITLE, "RFC 4340, section 5.1")
class LongDccp(Dccp):
    """With a sequence number of 48 bits."""

    reserved_end: int = unsigned(8, "reserved", name="res2", default=0)
    sequence: int = unsigned(48, "sequence number", name="seq_raw")


@header("dccp", "acknowledgment", "RFC 4340, section 5.3")
class ShortAcknowledgment(Header):
    """The greatest sequence number received, 24 bits of it."""

    reserved: int = unsigned(8, name="ack_res", default=0)
    acknowledgment: int = unsigned(24, "acknowledgment number", name="ack_raw")


@header("dccp", "acknowledgment", "RFC 4340, section 5.3")
class LongAcknowledgment(Header):
    """The greatest sequence number received."""

    reserved: int = unsigned(16, name="ack_res", default=0)
    acknowledgment: int = unsigned(48, "acknowledgment number", name="ack_raw")


@header("dccp", "service code", "RFC 4340, section 8.1.2")
class ServiceCode(Header):
    """What the client wants, often four letters."""

    code: int = unsigned(32, "service code", name="service_code", words=_service)


@header("dccp", "reset", "RFC 4340, section 5.6")
class Reset(Header):
    """Why the connection ends; the code says what the three bytes mean."""

    code: int = unsigned(8, "reset code", name="reset_code", registry=ResetCode)
    first: int = unsigned(8, "data 1", name="data1", default=0)
    second: int = unsigned(8, "data 2", name="data2", default=0)
    third: int = unsigned(8, "data 3", name="data3", default=0)


def read_dccp(reading: Reading, at: int, stop: int) -> None:
    """A DCCP packet, its payload as bytes."""
    head = reading.take(Dccp, at, stop, _ports)
    least = LongDccp.SIZE if head.is_extended else ShortDccp.SIZE
    end = reading.bounded(at, head.data_offset * 4, stop, least=least, what="DCCP data offset")
    _verify(reading, head, at, stop)
    read_message(reading, at, end, Dccp.LAYOUT, _header)
    read_data(reading, end, stop)


def _ports(head: Dccp) -> str:
    return f"dccp {head.source_port} → {head.destination_port}"


def _verify(reading: Reading, head: Dccp, at: int, stop: int) -> None:
    """RFC 4340, section 9.2: the pseudo-header's length is the packet's, whatever the coverage."""
    field = at + _CHECKSUM
    if not reading.is_whole or reading.source is None or reading.destination is None:
        reading.checks.append(Check(field, CheckStatus.UNVERIFIED))
        return
    end = stop
    if head.coverage:
        end = at + head.data_offset * 4 + (head.coverage - 1) * 4
        if end > stop:
            reading.note(Severity.ERROR, at + 5, "the checksum is to cover more than there is")
            end = stop
    reading.verify_sum(field, at, end, pseudo_sum(reading.source, reading.destination, Protocol.DCCP, stop - at))


def _header(walk: Walk) -> str:
    """The generic header, what the type adds, and the options."""
    walk.says = "dccp"
    is_long = walk.reading.data[walk.at + 8] & 1
    head: ShortDccp | LongDccp = walk.take(LongDccp) if is_long else walk.take(ShortDccp)
    kind = DccpType(head.type)
    walk.says = f"{_ports(head)} [{kind.words}] seq {head.sequence}"
    if not kind.is_assigned:
        walk.rest("dccp.data")
        return walk.says
    if kind not in _UNACKNOWLEDGED:
        acknowledgment: ShortAcknowledgment | LongAcknowledgment
        acknowledgment = walk.take(LongAcknowledgment) if is_long else walk.take(ShortAcknowledgment)
        walk.says += f" ack {acknowledgment.acknowledgment}"
    if kind in (DccpType.REQUEST, DccpType.RESPONSE):
        walk.says += f", service {_service(walk.take(ServiceCode).code)}"
    elif kind is DccpType.RESET:
        walk.says += f", {ResetCode(walk.take(Reset).code).words}"
    if walk.lasts():
        with walk.under("dccp.options", "options") as words:
            words.extend(_options(walk))
    return walk.says


def _options(walk: Walk) -> list[str]:
    """The options; their titles, paddings aside."""
    titles = []
    while walk.lasts():
        kind = DccpOption(walk.bytes_here(1)[0])
        with walk.under("dccp.option_type", kind.words) as words:
            if kind < _FIRST_LONG:
                walk.put(kind.field, kind.words, 1, int(kind))
            else:
                length = walk.bytes_here(2)[1]
                words.append(read_element(walk, max(length, Kind.SIZE), read_value, kind.field))
        if kind:
            titles.append(kind.words)
    return titles
