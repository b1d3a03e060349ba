"""The options behind a header: opened where a field of one is given, laid out by the protocol's own table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from app.packet.composing.recipes import RECIPES, Options
from app.packet.composing.values import Assignment, ComposeError
from app.packet.filter.literals import readings
from app.packet.filter.tree import Word
from app.packet.ip.v6optiontable import IPV6_OPTIONS
from app.packet.shape import Choice, OptionTable, Shape

#: Options with places to be filled on the way have as many as fit; `ip.src_rt` and its like are counted instead.
_SLOTS = {7: 36, 68: 36}
#: Routes: the names of their stops, which the reader tells by the pointer.
_ROUTES = (131, 137)
_STOPS = ("ip.cur_rt", "ip.src_rt")
#: Names that every option of a table has.
_COMMON = ("type", "length", "len", "option_kind", "option_len")


@dataclass(slots=True)
class _Opened:
    kind: int
    names: frozenset[str]
    given: list[str]
    body: bytes = b""


@cache
def option_names(layer: str) -> Mapping[str, tuple[int, ...]]:
    """By a field's name, the types of the options that have it."""
    options = RECIPES[layer].options
    found: dict[str, list[int]] = {}
    if options is not None:
        for kind, choice in options.table.kinds.items():
            for name in _names(options.table, kind, choice):
                found.setdefault(name, []).append(int(kind))
    return {name: tuple(kinds) for name, kinds in found.items()}


def _names(table: OptionTable, kind: int, choice: Choice) -> frozenset[str]:
    shape = _shape(table, kind, choice)
    common = table.unknown.head.LAYOUT.names
    names = {name for name in shape.head.LAYOUT.names if name not in common}
    if shape.each is not None:
        names |= shape.each.LAYOUT.names
    if kind in _ROUTES:
        names |= set(_STOPS)
    if shape.name != table.unknown.name:
        names.add(shape.name)
    if shape.rest:
        names.add(shape.rest)
    return frozenset(names)


def _shape(table: OptionTable, kind: int, choice: Choice) -> Shape:
    if isinstance(choice, Shape):
        return choice
    probe = bytes((kind, 8)).ljust(64, b"\0")
    return choice(probe, 0, len(probe))


def option_area(layer: str, given: Sequence[Assignment]) -> bytes:
    """The options that the assignments call for, padded; nothing where they call for none."""
    options = RECIPES[layer].options
    if options is None:
        return b""
    opened = _opened(layer, options, given)
    area = b"".join(_bytes(options.table, option) for option in opened)
    return area + padding(options, -(options.before + len(area)) % options.unit if opened else 0)


def _opened(layer: str, options: Options, given: Sequence[Assignment]) -> list[_Opened]:
    names, table = option_names(layer), options.table
    opened: list[_Opened] = []
    for assignment in given:
        name = assignment.name
        if name == options.opens:
            kind = _kind(table, assignment)
            choice = table.kinds.get(kind, table.unknown)
            opened.append(_Opened(kind, _names(table, kind, choice), []))
            continue
        last = opened[-1] if opened else None
        is_again = last is not None and name in last.given and not _repeats(table, last.kind, name)
        if last is None or name not in last.names or is_again:
            if name not in names:
                continue
            kind = names[name][0]
            last = _Opened(kind, _names(table, kind, table.kinds[kind]), [])
            opened.append(last)
        last.given.append(name)
        if name in (_shape(table, last.kind, table.kinds.get(last.kind, table.unknown)).rest,):
            last.body = readings(Word(assignment.text)).octets or assignment.text.encode()
    return opened


def _kind(table: OptionTable, assignment: Assignment) -> int:
    number = readings(Word(assignment.text)).number
    if number is None or not 0 <= number < 256:
        raise ComposeError(f"{assignment.name} has the number of an option, 0 to 255, not {assignment.text}")
    return number


def _repeats(table: OptionTable, kind: int, name: str) -> bool:
    choice = table.kinds.get(kind, table.unknown)
    shape = _shape(table, kind, choice)
    return kind in _ROUTES or (shape.each is not None and name in shape.each.LAYOUT.names)


def _bytes(table: OptionTable, option: _Opened) -> bytes:
    if option.kind in table.single:
        return bytes((option.kind,))
    shape = _shape(table, option.kind, table.kinds.get(option.kind, table.unknown))
    size = shape.head.SIZE + _SLOTS.get(option.kind, 0) + len(option.body)
    if option.kind in _ROUTES:
        size += 4 * max(1, sum(name in _STOPS for name in option.given))
    elif shape.each is not None and option.kind not in _SLOTS:
        first = [name for name in option.given if name in shape.each.LAYOUT.names]
        size += shape.each.SIZE * max([1, *(first.count(name) for name in first)])
    size += -(size - table.added) % table.unit
    data = bytearray(size)
    data[0], data[1] = option.kind, (size - table.added) // table.unit
    if option.kind in (*_ROUTES, *_SLOTS):
        data[2] = 5 if option.kind == 68 else 4
    if option.body:
        data[shape.head.SIZE : shape.head.SIZE + len(option.body)] = option.body
    return bytes(data)


def padding(options: Options, missing: int) -> bytes:
    """Zeros, which end a list of IPv4's and TCP's options; for IPv6 a PadN (RFC 8200, section 4.2)."""
    if options.table is not IPV6_OPTIONS or not missing:
        return bytes(missing)
    return b"\0" if missing == 1 else bytes((1, missing - 2)) + bytes(missing - 2)
