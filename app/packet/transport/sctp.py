"""Reading SCTP (RFC 9260) out of a frame: the common header and every chunk; messages are not put together."""

from collections.abc import Callable
from typing import TypeAlias

from app.packet.dissection import Check, CheckStatus, Severity
from app.packet.layout import Header
from app.packet.reading import CutError, Reading
from app.packet.transport import sctpchunks as chunks
from app.packet.transport.crc32c import crc32c
from app.packet.transport.sctpchunks import Chunk, Sctp
from app.packet.transport.sctpparameters import read_causes, read_parameters
from app.packet.transport.sctptypes import ChunkType
from app.packet.walk import Walk, read_element, read_message

#: Reads a chunk from its first byte on and says what a list shows of it behind the chunk's name.
Body: TypeAlias = Callable[[Walk], str]

_CHECKSUM = 8
_BEGINNING = 0x02
#: So many chunks a list shows.
_TOLD = 3


def read_sctp(reading: Reading, at: int, stop: int) -> None:
    """An SCTP packet."""
    reading.take(Sctp, at, stop, _ports)
    read_message(reading, at, stop, Sctp.LAYOUT, _packet)
    _verify(reading, at, stop)


def _ports(head: Sctp) -> str:
    return f"SCTP, ports {head.source_port} → {head.destination_port}, tag 0x{head.tag:08x}"


def _verify(reading: Reading, at: int, stop: int) -> None:
    """Check the CRC32c, whose bytes stand in the packet the least significant first (RFC 9260, appendix B)."""
    field = at + _CHECKSUM
    if not reading.is_whole:
        reading.checks.append(Check(field, CheckStatus.UNVERIFIED))
        return
    data = reading.data
    expected = crc32c(data[at:field] + bytes(4) + data[field + 4 : stop]).to_bytes(4, "little")
    found = data[field : field + 4]
    if found == expected:
        reading.checks.append(Check(field, CheckStatus.GOOD))
        return
    reading.checks.append(Check(field, CheckStatus.BAD, int.from_bytes(expected)))
    reading.note(Severity.ERROR, field, f"checksum 0x{found.hex()} is wrong, it should be 0x{expected.hex()}")


def _packet(walk: Walk) -> str:
    head = walk.take(Sctp)
    ports = f"ports {head.source_port} → {head.destination_port}"
    walk.says = f"SCTP, {ports}"
    names: list[str] = []
    while walk.lasts():
        names.append(_chunk(walk))
        if len(names) <= _TOLD + 1:
            walk.says = f"SCTP {'; '.join(names[:_TOLD])}{'; …' if len(names) > _TOLD else ''}, {ports}"
    return walk.says


def _chunk(walk: Walk) -> str:
    """One chunk under its heading, and its padding; what a list shows of it."""
    kind = ChunkType(walk.bytes_here(1)[0])
    length = int.from_bytes(walk.bytes_here(4)[2:])
    if length < Chunk.SIZE or walk.stop - walk.at < Chunk.SIZE:
        walk.rest("sctp.data", "bytes that are no chunk")
        raise CutError
    with walk.under("sctp.chunk", kind.words) as words:
        words.append(read_element(walk, length, _BODIES.get(kind, _UNKNOWN), "sctp.chunk_value"))
        walk.rest("sctp.chunk_padding", "padding", walk.at + -length % 4)
    return f"{kind.words}, {words[0]}" if words[0] else kind.words


def _plain(kind: type[Header]) -> Body:
    """A chunk that is its header; bytes behind it are shown as such."""

    def read(walk: Walk) -> str:
        walk.take(kind)
        return ""

    return read


_UNKNOWN = _plain(Chunk)


def _bytes(name: str, label: str) -> Body:
    def read(walk: Walk) -> str:
        walk.take(Chunk)
        walk.rest(name, label)
        return ""

    return read


def _data(walk: Walk) -> str:
    head = walk.take(chunks.Data)
    size = walk.stop - walk.at
    walk.rest("data.data", "payload")
    return f"TSN {head.tsn}, stream {head.stream}, {size} bytes"


def _interleaved(walk: Walk) -> str:
    head = walk.take(chunks.InterleavedData)
    if head.flags & _BEGINNING:
        walk.take(chunks.FirstPiece)
    else:
        walk.take(chunks.LaterPiece)
    size = walk.stop - walk.at
    walk.rest("data.data", "payload")
    return f"TSN {head.tsn}, stream {head.stream}, {size} bytes"


def _init(kind: type[chunks.Init | chunks.InitAck]) -> Body:
    def read(walk: Walk) -> str:
        head = walk.take(kind)
        read_parameters(walk)
        return f"tag 0x{head.tag:08x}"

    return read


def _sack(walk: Walk) -> str:
    head = walk.take(chunks.Sack)
    _blocks(walk, chunks.GapBlock, head.gaps)
    for _ in range(head.duplicates):
        walk.take(chunks.Duplicate)
    return f"{head.tsn}{f', {head.gaps} gaps' if head.gaps else ''}"


def _non_renegable(walk: Walk) -> str:
    head = walk.take(chunks.NonRenegable)
    _blocks(walk, chunks.NonRenegableGap, head.gaps)
    _blocks(walk, chunks.KeptBlock, head.kept)
    for _ in range(head.duplicates):
        walk.take(chunks.NonRenegableDuplicate)
    return str(head.tsn)


def _blocks(walk: Walk, kind: type[chunks.GapBlock | chunks.NonRenegableGap | chunks.KeptBlock], count: int) -> None:
    for _ in range(count):
        with walk.under(kind.LAYOUT.name, kind.LAYOUT.title) as words:
            block = walk.take(kind)
            words.append(f"{block.start} to {block.end}")


def _parameters(walk: Walk) -> str:
    walk.take(Chunk)
    return read_parameters(walk)


def _heartbeat(walk: Walk) -> str:
    walk.take(Chunk)
    read_parameters(walk)
    return ""


def _causes(kind: type[Chunk]) -> Body:
    def read(walk: Walk) -> str:
        walk.take(kind)
        return read_causes(walk)

    return read


def _tsn(kind: type[chunks.Shutdown | chunks.CongestionEcho | chunks.CongestionReduced]) -> Body:
    return lambda walk: str(walk.take(kind).tsn)


def _auth(walk: Walk) -> str:
    head = walk.take(chunks.Auth)
    walk.rest("sctp.hmac", "HMAC")
    return f"key {head.key}"


def _address_change(kind: type[chunks.AddressChange | chunks.AddressChangeAck]) -> Body:
    def read(walk: Walk) -> str:
        walk.take(kind)
        return read_parameters(walk)

    return read


def _packet_drop(walk: Walk) -> str:
    walk.take(chunks.PacketDrop)
    walk.rest("sctp.pktdrop_datafield", "dropped packet")
    return ""


def _forward(kind: type[chunks.ForwardTsn | chunks.InterleavedForwardTsn], each: type[Header]) -> Body:
    def read(walk: Walk) -> str:
        head = walk.take(kind)
        while walk.at + each.SIZE <= walk.stop:
            with walk.under("sctp.forward_tsn", each.LAYOUT.title):
                walk.take(each)
        return str(head.tsn)

    return read


_BODIES: dict[int, Body] = {
    ChunkType.DATA: _data,
    ChunkType.INIT: _init(chunks.Init),
    ChunkType.INIT_ACK: _init(chunks.InitAck),
    ChunkType.SACK: _sack,
    ChunkType.HEARTBEAT: _heartbeat,
    ChunkType.HEARTBEAT_ACK: _heartbeat,
    ChunkType.ABORT: _causes(chunks.Abort),
    ChunkType.SHUTDOWN: _tsn(chunks.Shutdown),
    ChunkType.ERROR: _causes(Chunk),
    ChunkType.COOKIE_ECHO: _bytes("sctp.cookie", "cookie"),
    ChunkType.ECNE: _tsn(chunks.CongestionEcho),
    ChunkType.CWR: _tsn(chunks.CongestionReduced),
    ChunkType.SHUTDOWN_COMPLETE: _plain(chunks.ShutdownComplete),
    ChunkType.AUTH: _auth,
    ChunkType.NR_SACK: _non_renegable,
    ChunkType.I_DATA: _interleaved,
    ChunkType.ASCONF_ACK: _address_change(chunks.AddressChangeAck),
    ChunkType.PKTDROP: _packet_drop,
    ChunkType.RE_CONFIG: _parameters,
    ChunkType.PAD: _bytes("sctp.padding_data", "padding"),
    ChunkType.FORWARD_TSN: _forward(chunks.ForwardTsn, chunks.SkippedStream),
    ChunkType.ASCONF: _address_change(chunks.AddressChange),
    ChunkType.I_FORWARD_TSN: _forward(chunks.InterleavedForwardTsn, chunks.SkippedMessage),
}
