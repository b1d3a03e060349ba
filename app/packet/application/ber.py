"""Types, lengths and values of ASN.1's basic encoding, as far as SNMP needs them (X.690, clause 8)."""

from typing import NamedTuple

INTEGER = 0x02
OCTET_STRING = 0x04
NULL = 0x05
OBJECT_IDENTIFIER = 0x06
SEQUENCE = 0x30
#: Longer object identifiers than this many bytes are cut in what is said of them.
_MOST_OBJECT = 128


class Tlv(NamedTuple):
    """One element: its tag, and where it starts, where its value starts and where it ends."""

    tag: int
    at: int
    body: int
    end: int


def read_tlv(data: bytes, at: int, stop: int) -> Tlv | None:
    """The element at `at`; None where it does not fit, has a tag of many bytes or no definite length."""
    if at + 2 > stop or data[at] & 0x1F == 0x1F:
        return None
    length, body = data[at + 1], at + 2
    if length >= 0x80:
        count = length & 0x7F
        body += count
        if not 0 < count <= 4 or body > stop:
            return None
        length = int.from_bytes(data[at + 2 : body], "big")
    return Tlv(data[at], at, body, body + length) if body + length <= stop else None


def read_tlvs(data: bytes, at: int, stop: int, most: int) -> list[Tlv]:
    """The elements from `at` on, as many as fit, at most `most`."""
    found: list[Tlv] = []
    while at < stop and len(found) < most:
        one = read_tlv(data, at, stop)
        if one is None:
            break
        found.append(one)
        at = one.end
    return found


def object_identifier(data: bytes) -> str:
    """An object identifier with dots."""
    numbers: list[int] = []
    number = 0
    for byte in data[:_MOST_OBJECT]:
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(number)
            number = 0
    if not numbers:
        return ""
    first = min(numbers[0] // 40, 2)
    said = ".".join(str(number) for number in (first, numbers[0] - 40 * first, *numbers[1:]))
    return f"{said}…" if len(data) > _MOST_OBJECT else said


def integer(data: bytes, *, is_signed: bool = True) -> int:
    """A number of as many bytes as there are, of which 9 count: none that SNMP knows has more."""
    return int.from_bytes(data[:9], "big", signed=is_signed)
