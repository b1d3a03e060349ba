"""What a literal means beside a field: one written `10` is a number, a byte, a text or no address at all.

A literal is read once, as every kind of value that its other side may have; what that side surely is
decides whether the literal fits, and a sentence says what would.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from operator import eq, ge, gt, le, lt, ne
from typing import Any, TypeAlias

from app.packet.filter.fault import FilterError
from app.packet.filter.names import Kind, Known
from app.packet.filter.tree import Character, Negative, Place, Text, Word
from app.packet.layout import Value

Literal: TypeAlias = Word | Text | Character | Negative
Compare: TypeAlias = Callable[[Any, Any], bool]
Check: TypeAlias = Callable[[Any], bool]

COMPARISONS: dict[str, Compare] = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
NANOSECONDS = 1_000_000_000
_OCTETS = re.compile(
    r"[0-9a-f]{2}(?:(?:[0-9a-f]{2})*|(?::[0-9a-f]{2})*|(?:-[0-9a-f]{2})*|(?:\.[0-9a-f]{2})*)\Z"
    r"|[0-9a-f]{4}(?:\.[0-9a-f]{4})+\Z",
    re.IGNORECASE | re.ASCII,
)
_NUMBERS = (
    (re.compile(r"0x[0-9a-f]{1,64}\Z", re.IGNORECASE | re.ASCII), 16),
    (re.compile(r"0b[01]{1,256}\Z", re.IGNORECASE | re.ASCII), 2),
    (re.compile(r"0[0-7]{1,64}\Z", re.ASCII), 8),
    (re.compile(r"(?:0|[1-9]\d{0,63})\Z", re.ASCII), 10),
)
_SECONDS = re.compile(r"\d{1,18}(?:\.\d{0,18})?\Z|\.\d{1,18}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Readings:
    """One literal as each kind of value; None where it is not one of that kind."""

    shown: str
    place: Place
    number: int | None = None
    octets: bytes | None = None
    text: str | None = None
    network: IPv4Network | IPv6Network | None = None
    seconds: int | None = field(default=None)  #: in nanoseconds

    def fault(self, wanted: str) -> FilterError:
        """What to say where another kind is wanted."""
        return FilterError(f"{self.shown} is not {wanted}", self.place.column, self.place.width)


def readings(literal: Literal) -> Readings:
    """All that a literal may be."""
    if isinstance(literal, Text):
        text = literal.octets.decode("utf-8", "surrogateescape")
        network = _network(text)
        return Readings(str(literal), literal.place, octets=literal.octets, text=text, network=network)
    if isinstance(literal, Character):
        octets = bytes((literal.octet,))
        return Readings(str(literal), literal.place, literal.octet, octets, octets.decode("latin-1"))
    if isinstance(literal, Negative):
        inner = readings(literal.value) if isinstance(literal.value, Word) else Readings("", literal.place)
        number = None if inner.number is None else -inner.number
        seconds = None if inner.seconds is None else -inner.seconds
        return Readings(str(literal), literal.place, number, text=str(literal), seconds=seconds)
    text = literal.text
    return Readings(text, literal.place, _number(text), _octets(text), text, _network(text), _seconds(text))


def constant(literal: Literal, known: Known) -> Value:
    """The value of a literal that is computed with, of the kind that `known` has. Raises FilterError."""
    read = readings(literal)
    match known.kind:
        case Kind.SECONDS:
            found: Value | None = read.seconds
        case Kind.OCTETS | Kind.MAC | Kind.LAYER:
            found = read.octets
        case Kind.TEXT:
            found = read.text
        case Kind.IPV4 | Kind.IPV6:
            found = _address(read, known)
        case _:
            found = read.number
    if found is None:
        raise read.fault("a number" if known.kind is Kind.UNKNOWN else known.kind.value)
    return found


def checks(relation: str, literal: Literal, known: Known) -> Mapping[type, Check]:
    """For each type of value, what tells whether it compares so with the literal. Raises FilterError."""
    read = readings(literal)
    compare = COMPARISONS[relation]
    match known.kind:
        case Kind.NUMBER:
            return {int: _number_check(compare, _numbers(read, known))}
        case Kind.SECONDS:
            if read.seconds is None:
                raise read.fault(known.kind.value)
            return {int: _check(compare, read.seconds)}
        case Kind.TEXT:
            return {str: _check(compare, _text(read))}
        case Kind.OCTETS | Kind.MAC | Kind.LAYER:
            return {bytes: _check(compare, _bytes(read, known))}
        case Kind.IPV4 | Kind.IPV6:
            network = _wanted_network(read, known)
            kind = IPv4Address if network.version == 4 else IPv6Address
            return {kind: _network_check(compare, network)}
        case _:
            return _all_checks(compare, read, known)


def _all_checks(compare: Compare, read: Readings, known: Known) -> dict[type, Check]:
    found: dict[type, Check] = {}
    numbers = known.numbers_worded(read.text or "")
    if numbers or read.number is not None:
        found[int] = _number_check(compare, numbers or frozenset((read.number or 0,)))
    if read.octets is not None:
        found[bytes] = _check(compare, read.octets)
    if read.text is not None:
        found[str] = _check(compare, read.text)
    if read.network is not None:
        kind = IPv4Address if read.network.version == 4 else IPv6Address
        found[kind] = _network_check(compare, read.network)
    return found


def _check(compare: Compare, wanted: Value) -> Check:
    return lambda value: compare(value, wanted)


def _number_check(compare: Compare, numbers: frozenset[int]) -> Check:
    """Words may stand for several numbers, where two registries share them."""
    if len(numbers) == 1:
        return _check(compare, next(iter(numbers)))
    if compare is ne:
        return lambda value: value not in numbers
    return lambda value: any(compare(value, number) for number in numbers)


def _network_check(compare: Compare, network: IPv4Network | IPv6Network) -> Check:
    """An address is greater than a network that it lies behind: both are masked, as in Wireshark."""
    if network.prefixlen == network.max_prefixlen:
        return _check(compare, network.network_address)
    first, last = network.network_address, network.broadcast_address
    if compare is eq:
        return lambda value: first <= value <= last
    if compare is ne:
        return lambda value: not first <= value <= last
    return _check(compare, last if compare in (gt, le) else first)


def _numbers(read: Readings, known: Known) -> frozenset[int]:
    """The numbers that a literal may be beside a field of numbers, words of its registry first."""
    worded = known.numbers_worded(read.text or "")
    if worded:
        return worded
    if read.number is None:
        if known.registries or known.is_flag:
            raise read.fault(f"a number, and no word that {known.name} has for one")
        raise read.fault(Kind.NUMBER.value)
    if known.is_flag:
        return frozenset((int(bool(read.number)),))
    most = known.most
    if most is not None and read.number > most:
        where = known.name or "this field"
        raise FilterError(
            f"{read.shown} is more than {where} can hold, which is {most}", read.place.column, read.place.width
        )
    return frozenset((read.number,))


def _text(read: Readings) -> str:
    if read.text is None:
        raise read.fault(Kind.TEXT.value)
    return read.text


def _bytes(read: Readings, known: Known) -> bytes:
    """Bytes; a word that is none is text beside a layer."""
    if read.octets is None:
        raise read.fault(known.kind.value)
    if known.kind is Kind.MAC and len(read.octets) != 6:
        raise read.fault(known.kind.value)
    return read.octets


def _wanted_network(read: Readings, known: Known) -> IPv4Network | IPv6Network:
    version = 4 if known.kind is Kind.IPV4 else 6
    if read.network is None or read.network.version != version:
        raise read.fault(f"{known.kind.value}, which {known.name} has" if known.name else known.kind.value)
    return read.network


def _address(read: Readings, known: Known) -> IPv4Address | IPv6Address | None:
    network = _wanted_network(read, known)
    return network.network_address if network.prefixlen == network.max_prefixlen else None


def _number(text: str) -> int | None:
    for pattern, base in _NUMBERS:
        if pattern.match(text):
            return int(text, base)
    return None


def _octets(text: str) -> bytes | None:
    digits = text[2:] if text[:2] in ("0x", "0X") else text
    if len(digits) == 1:
        digits = f"0{digits}"
    if not _OCTETS.match(digits):
        return None
    return bytes.fromhex(re.sub(r"[:.-]", "", digits))


def _network(text: str) -> IPv4Network | IPv6Network | None:
    if not ("." in text or ":" in text):
        return None
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _seconds(text: str) -> int | None:
    return int(Decimal(text) * NANOSECONDS) if _SECONDS.match(text) else None
