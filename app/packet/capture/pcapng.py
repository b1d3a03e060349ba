"""The newer capture format, draft-ietf-opsawg-pcapng: sections of either byte order, blocks of many kinds.

Packets are enhanced, simple or of the obsolete kind. A block that claims what no block has, or a packet of
no interface, ends the file: behind it nothing can be trusted.
"""

import struct
from collections.abc import Callable

from app.packet.capture.blocks import (
    APPLICATION,
    DROPPED,
    FLAGS,
    HARDWARE,
    SYSTEM,
    BlockType,
    Options,
    passed_words,
    read_interface,
    read_names,
    read_options,
    read_statistics,
    secrets_words,
)
from app.packet.capture.captured import LARGEST_BLOCK, CapturedPacket, CaptureError, Way
from app.packet.capture.contents import (
    MOST_COMMENTS,
    MOST_INTERFACES,
    MOST_NAMES,
    NO_STAMP,
    Contents,
    Interface,
)

SECTION_HEADER = bytes.fromhex("0a0d0d0a")
_BYTE_ORDERS = {bytes.fromhex("1a2b3c4d"): ">", bytes.fromhex("4d3c2b1a"): "<"}
#: Type, size, interface, both words of the stamp, captured and original length: what a packet block begins with.
_ENHANCED_HEADS = {order: struct.Struct(order + "IIIIIII") for order in "<>"}
_OBSOLETE_HEADS = {order: struct.Struct(order + "IIHHIIII") for order in "<>"}
_WORDS = {order: struct.Struct(order + "I") for order in "<>"}
_PAIRS = {order: struct.Struct(order + "II") for order in "<>"}
#: Bytes around a block's body; bytes of a packet block in front of its packet, and around it.
_FRAME, _PACKET_AT, _PACKET_FRAME = 12, 28, 32
_SIMPLE_FRAME = 16
_LEAST_SECTION = 28
#: The two lowest bits of the flags (section 4.3.1).
_WAYS = {1: Way.IN, 2: Way.OUT}
_NO_LOSS_KNOWN = 0xFFFF  #: the drop count of an obsolete packet block


class PcapngParser:
    """Takes a pcapng file piece by piece."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._order = ""  # no section has begun
        self._section = -1
        self._first = 0  # the section's first interface
        self.wanted = _FRAME  #: bytes that have to be there from where the next piece begins
        self.missing = "a section header"  #: what those bytes are
        self._readers: dict[int, Callable[[bytes, int], None]] = {
            BlockType.SECTION_HEADER: self._begin_section,
            BlockType.INTERFACE_DESCRIPTION: self._add_interface,
            BlockType.ENHANCED_PACKET: self._refuse_enhanced,
            BlockType.OBSOLETE_PACKET: self._add_obsolete,
            BlockType.SIMPLE_PACKET: self._add_simple,
            BlockType.NAME_RESOLUTION: self._add_names,
            BlockType.INTERFACE_STATISTICS: self._add_statistics,
            BlockType.DECRYPTION_SECRETS: self._add_secrets,
        }

    def scan(self, buffer: bytes, start: int) -> int:
        """Take the whole blocks in `buffer`, which stands at byte `start`; how far it got. Raises CaptureError."""
        at = 0
        while True:
            if self._order:
                at = self._take_enhanced(buffer, at, start)
            size = self._framed(buffer, at, start)
            if not size:
                return at
            self._take_block(buffer[at : at + size], start + at)
            at += size

    def _take_enhanced(self, buffer: bytes, at: int, start: int) -> int:
        """The run of sound enhanced packets from byte `at` on; where it ends. Nearly all of a file is such runs."""
        unpack, word = _ENHANCED_HEADS[self._order].unpack_from, _WORDS[self._order].unpack_from
        first, interfaces, end = self._first, len(self._contents.interfaces) - self._first, len(buffer)
        offsets: list[int] = []
        stamps: list[int] = []
        numbers: list[int] = []
        while at + _PACKET_FRAME <= end:
            kind, size, index, high, low, captured, _ = unpack(buffer, at)
            stop = at + size
            if kind != 6 or captured + _PACKET_FRAME > size or index >= interfaces or stop > end:
                break
            if size & 3 or size > LARGEST_BLOCK or word(buffer, stop - 4)[0] != size:
                break
            offsets.append(start + at)
            stamps.append(high << 32 | low)
            numbers.append(first + index)
            at = stop
        self._contents.numbers.extend(numbers)
        self._contents.stamps.extend(stamps)
        self._contents.offsets.extend(offsets)
        return at

    def _framed(self, buffer: bytes, at: int, start: int) -> int:
        """The size of the block at byte `at`, if it is all there and sound; else 0 and what is missing."""
        self.wanted, self.missing = _FRAME, "a block" if self._order else "a section header"
        if at + _FRAME > len(buffer):
            return 0
        where = f"at byte {start + at}"
        is_section = buffer[at : at + 4] == SECTION_HEADER
        order = _BYTE_ORDERS.get(buffer[at + 8 : at + 12], "") if is_section else self._order
        if not order:
            raise CaptureError(f"{where}: a section header without its byte-order magic")
        what = "a section header" if is_section else "a block"
        size = int(_WORDS[order].unpack_from(buffer, at + 4)[0])
        if size < (_LEAST_SECTION if is_section else _FRAME) or size % 4:
            raise CaptureError(f"{where}: {what} claims {size} bytes, which none has")
        if size > LARGEST_BLOCK:
            raise CaptureError(f"{where}: {what} claims {size} bytes, more than any packet has")
        self.wanted, self.missing = size, what
        if at + size > len(buffer):
            return 0
        repeated = _WORDS[order].unpack_from(buffer, at + size - 4)[0]
        if repeated != size:
            raise CaptureError(f"{where}: {what} claims {size} bytes at its front and {repeated} at its end")
        return size

    def _take_block(self, block: bytes, where: int) -> None:
        if block[:4] == SECTION_HEADER:
            self._begin_section(block, where)
            return
        kind = _WORDS[self._order].unpack_from(block)[0]
        try:
            if kind in self._readers:
                self._readers[kind](block, where)
            else:
                self._contents.pass_over(passed_words(self._order, kind, block[8:-4]))
        except struct.error:
            words = BlockType(kind).words
            raise CaptureError(f"at byte {where}: a block of type {kind} ({words}) is too short") from None

    def _begin_section(self, block: bytes, where: int) -> None:
        order = _BYTE_ORDERS[block[8:12]]
        major, minor = struct.unpack_from(order + "HH", block, 12)
        if major != 1:
            raise CaptureError(f"at byte {where}: a section of version {major}.{minor}, and only 1.0 is known")
        self._order = order
        self._section += 1
        self._first = len(self._contents.interfaces)
        options = read_options(order, block, 24, len(block) - 4)
        self._keep(self._contents.comments, options.comments)
        makers = [text for text in map(options.text, (APPLICATION, SYSTEM, HARDWARE)) if text]
        if makers:
            self._keep(self._contents.origins, (f"written by {', '.join(makers)}",))

    def _keep(self, kept: list[str], more: tuple[str, ...]) -> None:
        kept.extend(text for text in more[: MOST_COMMENTS - len(kept)] if text not in kept[-1:])

    def _add_interface(self, block: bytes, where: int) -> None:
        number = len(self._contents.interfaces)
        if number >= MOST_INTERFACES:
            raise CaptureError(f"at byte {where}: more than {MOST_INTERFACES} interfaces, which no capture has")
        body = block[8:-4]
        self._contents.interfaces.append(read_interface(self._order, body, number=number, section=self._section))

    def _refuse_enhanced(self, block: bytes, where: int) -> None:
        """Whatever is sound has been taken in a run: this one is not."""
        self._interface(_ENHANCED_HEADS[self._order].unpack_from(block)[2], where)
        raise struct.error

    def _interface(self, index: int, where: int) -> Interface:
        """An interface by its number in the section."""
        described = len(self._contents.interfaces) - self._first
        if index >= described:
            raise CaptureError(f"at byte {where}: a packet names interface {index}, and {described} are described")
        return self._contents.interfaces[self._first + index]

    def _add_obsolete(self, block: bytes, where: int) -> None:
        _, size, index, _, high, low, captured, _ = _OBSOLETE_HEADS[self._order].unpack_from(block)
        number = self._interface(index, where).number
        if captured + _PACKET_FRAME > size:
            raise struct.error
        self._contents.add(where, high << 32 | low, number)

    def _add_simple(self, block: bytes, where: int) -> None:
        number = self._interface(0, where).number
        if len(block) < _SIMPLE_FRAME:
            raise struct.error
        self._contents.add(where, NO_STAMP, number)

    def _add_names(self, block: bytes, where: int) -> None:
        for address, name in read_names(self._order, block[8:-4]):
            if len(self._contents.names) < MOST_NAMES:
                self._contents.names.setdefault(address, name)

    def _add_statistics(self, block: bytes, where: int) -> None:
        interface = self._interface(_WORDS[self._order].unpack_from(block, 8)[0], where)
        self._contents.statistics[interface.number] = read_statistics(self._order, block[8:-4], interface)

    def _add_secrets(self, block: bytes, where: int) -> None:
        self._contents.pass_over(secrets_words(self._order, block[8:-4]))

    def extent(self, record: bytes, place: int) -> int:
        """How many bytes the block of a packet has whose front is given."""
        return int(_WORDS[self._of(place).order].unpack_from(record, 4)[0])

    def _of(self, place: int) -> Interface:
        return self._contents.interfaces[self._contents.numbers[place]]

    def packet(self, buffer: bytes, at: int, place: int) -> CapturedPacket:
        """The packet at a place, whose block stands at byte `at` of `buffer`."""
        interface = self._of(place)
        order = interface.order
        kind, size = _PAIRS[order].unpack_from(buffer, at)
        if kind == BlockType.SIMPLE_PACKET:
            return _simple(buffer[at : at + size], interface)
        captured, length = _PAIRS[order].unpack_from(buffer, at + 20)
        stop = at + _PACKET_AT + captured
        begin, end = stop + -captured % 4, at + size - 4
        options = read_options(order, buffer, begin, end) if begin < end else None
        flags = options.number(FLAGS, "I") if options else None
        return CapturedPacket(
            interface.nanoseconds(self._contents.stamps[place]),
            buffer[at + _PACKET_AT : stop],
            length,
            interface.link,
            options.comments if options else (),
            _WAYS.get((flags or 0) & 3),
            interface.label,
            interface.number,
            flags,
            _dropped(buffer, at, order, options),
        )


def _simple(block: bytes, interface: Interface) -> CapturedPacket:
    """A simple packet is captured up to the interface's limit, and no further than its block goes."""
    length = _WORDS[interface.order].unpack_from(block, 8)[0]
    captured = min(length, interface.snap or length, len(block) - _SIMPLE_FRAME)
    data = block[12 : 12 + captured]
    return CapturedPacket(
        None, data, length, interface.link, interface=interface.label, interface_number=interface.number
    )


def _dropped(buffer: bytes, at: int, order: str, options: Options | None) -> int | None:
    """The packets that were lost in front of this one, where the file tells."""
    kind, _, _, lost, *_ = _OBSOLETE_HEADS[order].unpack_from(buffer, at)
    if kind == BlockType.OBSOLETE_PACKET:
        return None if lost == _NO_LOSS_KNOWN else int(lost)
    return options.number(DROPPED, "Q") if options else None
