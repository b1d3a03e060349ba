"""What the LSAs of both versions share: their checksum, and how a header and a body become a branch of the tree."""

from collections.abc import Callable
from functools import partial
from itertools import accumulate
from typing import NamedTuple

from app.packet.dissection import Branch, Check, CheckStatus, Part
from app.packet.layout import Words
from app.packet.ospf.sheet import SILENT, Sheet, parts_words

#: Bytes of an LSA's header.
HEADER = 20
#: Where the checksum and the length stand in it.
_CHECKSUM, _LENGTH = 16, 18
#: So many fields of its body an LSA's heading repeats, and those that say little there.
_TOLD = 3
_PASSED_OVER = SILENT | {"flags", "options", "flags or priority"}
#: LSAs that a summary names.
NAMED = 4


class Title(NamedTuple):
    """How an LSA is called."""

    name: str  #: the filter's name of the whole LSA
    kind: str  #: such as "router"
    id: str  #: what tells it from others of its kind


class LsaReader(NamedTuple):
    """How the LSAs of one version are read."""

    title: Callable[[bytes, int], Title]
    header: Callable[[Sheet, int], tuple[Part, Words]]
    body: Callable[[Sheet, int, int, int], list[Part]]  #: of the LSA at the first byte, over [second, third)


def fletcher(block: bytes) -> tuple[int, int]:
    """The two sums of RFC 905, annex B, over a block, modulo 255."""
    return sum(block) % 255, sum(accumulate(block)) % 255


def fletcher_bytes(block: bytes, at: int) -> int:
    """The checksum that belongs at byte `at` of a block, whatever stands there (RFC 905, annex B)."""
    first, second = fletcher(block[:at] + b"\0\0" + block[at + 2 :])
    behind = len(block) - at - 1
    high = (behind * first - second) % 255
    low = (second - (behind + 1) * first) % 255
    return (high or 255) << 8 | (low or 255)


def verify_lsa(sheet: Sheet, at: int, stop: int) -> None:
    """Judge the checksum of the whole LSA at [at, stop): "the complete contents of the LSA, excepting the LS age".

    RFC 2328, section 12.1.7. "A checksum of zero ... is never valid": both sums of a right block are zero.
    """
    field = at + _CHECKSUM
    block = sheet.data[at + 2 : stop]
    found = int.from_bytes(sheet.data[field : field + 2], "big")
    if found and fletcher(block) == (0, 0):
        sheet.reading.checks.append(Check(field, CheckStatus.GOOD))
        return
    expected = fletcher_bytes(block, _CHECKSUM - 2)
    sheet.reading.checks.append(Check(field, CheckStatus.BAD, expected))
    text = f"LSA checksum 0x{found:04x} is wrong, it should be 0x{expected:04x}"
    sheet.wrong(field, text)


def read_headers(sheet: Sheet, reader: LsaReader, at: int, stop: int) -> tuple[list[Part], list[Title]]:
    """Headers of LSAs without their bodies, as descriptions and acknowledgments hold them."""
    count = (stop - at) // HEADER
    shown = sheet.granted(count, at, "LSA headers")
    parts: list[Part] = []
    titles = []
    for start in range(at, at + shown * HEADER, HEADER):
        title = reader.title(sheet.data, start)
        titles.append(title)
        head, words = reader.header(sheet, start)
        parts.append(Branch(title.name, f"{title.kind} LSA", start, start + HEADER, (head,), words))
    behind = at + count * HEADER
    if behind < stop:
        sheet.wrong(behind, f"{stop - behind} bytes are no whole LSA header")
        parts += sheet.bytes_left(behind, stop)
    return parts, titles


def read_lsas(sheet: Sheet, reader: LsaReader, at: int, stop: int, count: int) -> tuple[list[Part], list[Title]]:
    """The whole LSAs of an update, `count` of them by its own word."""
    parts: list[Part] = []
    titles: list[Title] = []
    while at < stop and len(titles) < count:
        if at + HEADER > stop:
            sheet.wrong(at, f"an LSA's header needs {HEADER} bytes, {stop - at} are there")
            break
        if not sheet.left:
            sheet.granted(count - len(titles), at, "LSAs")
            return parts, titles
        sheet.granted(1, at, "LSAs")
        part, end = _read_lsa(sheet, reader, at, stop)
        titles.append(reader.title(sheet.data, at))
        parts.append(part)
        at = end
    if len(titles) < count:
        sheet.wrong(at, f"{count} LSAs are announced, {len(titles)} are there")
    elif at < stop:
        sheet.wrong(at, f"{stop - at} bytes behind the last LSA")
    return parts + sheet.bytes_left(at, stop), titles


def _read_lsa(sheet: Sheet, reader: LsaReader, at: int, stop: int) -> tuple[Part, int]:
    """One LSA, and the byte behind it."""
    length = int.from_bytes(sheet.data[at + _LENGTH : at + HEADER], "big")
    end = at + length
    if length < HEADER:
        sheet.wrong(at + _LENGTH, f"LSA length {length} is less than the header's own {HEADER} bytes")
        end = stop
    elif end > stop:
        sheet.wrong(at + _LENGTH, f"LSA length says {length} bytes, {stop - at} are there")
        end = stop
    else:
        verify_lsa(sheet, at, end)
    title = reader.title(sheet.data, at)
    head, words = reader.header(sheet, at)
    body = reader.body(sheet, at, at + HEADER, end)
    parts = (head, *body)
    return Branch(title.name, f"{title.kind} LSA", at, end, parts, partial(_lsa_words, words, body)), end


def _lsa_words(words: Words, body: list[Part]) -> str:
    """What the header says, and what the body begins with."""
    said = words if isinstance(words, str) else words()
    inside = parts_words(body, 0, _TOLD, _PASSED_OVER)
    return f"{said}: {inside}" if inside else said


def titles_words(titles: list[Title], count: int) -> str:
    """The first few LSAs by name, such as "router 1.1.1.1, network 10.0.0.1, ..."."""
    named = [f"{title.kind} {title.id}" for title in titles[:NAMED]]
    return ", ".join(named) + (", …" if count > len(named) else "")
