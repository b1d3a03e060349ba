"""One layer grown from what is said of it: the shortest message that its own reader finds whole.

A header is declared once, and so is what it means: here the reader itself is asked what belongs to a message. Bytes
of zero are added until it misses nothing and has a place for every field that is given; fields that the declaration
has a default for get it, counts and lengths of the layer are made right as it grows.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from app.packet.composing.lengths import COUNTS, FRAGMENTS, LENGTHS
from app.packet.composing.options import option_area, option_names, padding
from app.packet.composing.recipes import RECIPES
from app.packet.composing.values import Assignment, ComposeError, absent, encoded
from app.packet.dissection import Branch, Dissection, Part, Placed, Severity, every
from app.packet.editing import spliced, with_field
from app.packet.filter.names import is_checksum
from app.packet.layout import Span
from app.packet.protocols import DISSECTORS
from app.packet.reading import CutError, Reading, Space
from app.packet.text import safe

#: No message grows beyond so many bytes in search of a field.
_MOST = 256
#: A header whose options are laid out apart.
_MOST_HEADER = 40
_MOST_PASSES = 6
#: Fields that name what stands behind; ports say more than that and are written at once.
_NUMBERS = frozenset(
    recipe.behind[1] for recipe in RECIPES.values() if recipe.behind is not None and "port" not in recipe.behind[1]
)
_YES = frozenset(("true", "yes", ""))


@dataclass(frozen=True, slots=True)
class Late:
    """A value that is written when all else is right: a length, checksum or number that may contradict the rest."""

    start_bit: int
    stop_bit: int
    value: int | bytes
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """A layer where it stands: its name, the numbers that name it there, the version of IP around it."""

    name: str
    space: Space
    version: int = 4

    def read(self, data: bytes) -> Dissection:
        """What the reader of the layer makes of bytes that begin with it."""
        reading = Reading(data)
        reading.source = reading.destination = IPv6Address(0) if self.version == 6 else IPv4Address(0)
        with suppress(CutError):
            DISSECTORS[self.space][RECIPES[self.name].numbers[self.space]](reading, 0, len(data))
        return Dissection(data, tuple(reading.layers), tuple(reading.checks), tuple(reading.notes))


@dataclass(frozen=True, slots=True)
class Grown:
    """A layer's bytes, and what is to be written into them at the end."""

    place: Place
    data: bytes
    late: tuple[Late, ...] = ()

    def spans(self) -> Iterator[Span]:
        """The fields, at bits from the layer's own start."""
        for layer in self.place.read(self.data).layers:
            yield from every(layer.spans)


def grown(place: Place, defaults: Sequence[Assignment], told: Sequence[Assignment]) -> Grown:
    """The layer of what is told; defaults count where there is such a field. Raises ComposeError."""
    recipe = RECIPES[place.name]
    given = [*defaults, *_counts(told), *told]
    area = option_area(place.name, told)
    plain = [each for each in given if not (area and _is_of_option(place.name, each))]
    best = _searched(place, _seed(place, told), plain)
    if not area and recipe.options is not None:
        area = padding(recipe.options, -len(best.data) % recipe.options.unit)  # an extension header has 8 bytes
    return _finished(place, _settled(place, best.data + area, given) if area else best, given)


@dataclass(frozen=True, slots=True)
class _Try:
    data: bytes
    missing: tuple[Assignment, ...]
    errors: int


def _is_of_option(name: str, assignment: Assignment) -> bool:
    options = RECIPES[name].options
    return options is not None and (assignment.name in option_names(name) or assignment.name == options.opens)


def _seed(place: Place, told: Sequence[Assignment]) -> bytes:
    """The bytes to begin with; a message of a kind that is chosen begins with nothing."""
    recipe = RECIPES[place.name]
    is_chosen = any(each.name == recipe.selector for each in told)
    return b"" if is_chosen else bytes.fromhex(recipe.fronts.get(place.space, "") + recipe.seed)


def _counts(told: Sequence[Assignment]) -> list[Assignment]:
    """Counts of what is told several times, where nobody counts himself."""
    times = Counter(each.name for each in told)
    return [
        Assignment(count, str(times[counted]), is_soft=True)
        for count, counted in COUNTS.items()
        if times[counted] and not times[count]
    ]


def _searched(place: Place, seed: bytes, given: Sequence[Assignment]) -> _Try:
    best: _Try | None = None
    recipe = RECIPES[place.name]
    most = _MOST_HEADER if recipe.options is not None and recipe.options.before else _MOST
    for size in range(max(recipe.unit, len(seed)), max(len(seed), most) + 1, recipe.unit):
        attempt = _settled(place, seed.ljust(size, b"\0"), given, len(seed))
        if best is None or (len(attempt.missing), attempt.errors) < (len(best.missing), best.errors):
            best = attempt
        if not attempt.missing and not attempt.errors:
            break
    assert best is not None
    return best


def _settled(place: Place, data: bytes, given: Sequence[Assignment], seeded: int = 0) -> _Try:
    """The bytes with lengths and all that is given written into them, and with defaults behind those of the seed."""
    missing: tuple[Assignment, ...] = ()
    for _ in range(_MOST_PASSES):
        before = data
        dissection = place.read(data)
        data = _with_defaults(dissection, seeded)
        data = _with_own_lengths(place.read(data))
        data, missing = _assigned(place, data, given)
        if data == before:
            break
    dissection = place.read(data)
    checks = {check.start for check in dissection.checks}
    errors = [note for note in dissection.notes if note.severity is Severity.ERROR and note.position not in checks]
    cut = [
        each for layer in dissection.layers for each in _placed(layer.parts) if each.at + each.header.SIZE > each.stop
    ]
    return _Try(data, missing, len(errors) + len(cut))


def _with_defaults(dissection: Dissection, seeded: int) -> bytes:
    data = dissection.data
    for layer in dissection.layers:
        for placed in _placed(layer.parts):
            for field in placed.header.LAYOUT.fields:
                start = placed.at * 8 + field.offset
                default = placed.header.DEFAULTS.get(field.attribute)
                if (
                    placed.at < seeded
                    or not default
                    or getattr(placed.header, field.attribute)
                    or start + field.width > placed.stop * 8
                ):
                    continue
                if isinstance(default, int | bytes):
                    data = with_field(data, start, start + field.width, default)
    return data


def _placed(parts: Iterable[Part]) -> Iterator[Placed]:
    for part in parts:
        if isinstance(part, Placed):
            yield part
        elif isinstance(part, Branch):
            yield from _placed(part.parts)


def _with_own_lengths(dissection: Dissection) -> bytes:
    data = dissection.data
    for layer in dissection.layers:
        for span in every(layer.spans):
            length = LENGTHS.get(span.field.name)
            if length is not None:
                width = span.stop_bit - span.start_bit
                value = max(0, length(len(data), 0)) & ((1 << width) - 1)
                data = with_field(data, span.start_bit, span.stop_bit, value)
    return data


def _assigned(place: Place, data: bytes, given: Sequence[Assignment]) -> tuple[bytes, tuple[Assignment, ...]]:
    """The bytes with what is given, in its order: a value may bring the field of the next one into being."""
    counted: Counter[str] = Counter()
    missing: list[Assignment] = []
    spans = _by_name(place, data)
    options = option_names(place.name)
    for each in given:
        number = counted[each.name]
        found = spans.get(each.name, [])
        if is_late(each.name) and found:
            continue
        if number >= len(found):
            is_heading = each.name in options and each.text.lower() in _YES
            if not each.is_soft and not is_heading:
                missing.append(each)
            continue
        if each.name in options and each.text.lower() in _YES and found[number].children:
            continue
        if not each.is_soft or not _is_said(each.name, given):
            changed = written(data, found[number], each.text)
            counted[each.name] += 0 if each.is_soft else 1
            if changed != data:
                data = changed
                spans = _by_name(place, data)
    return data, tuple(missing)


def _is_said(name: str, given: Sequence[Assignment]) -> bool:
    """Whether somebody gives what is only a default."""
    return any(each.name == name and not each.is_soft for each in given)


def written(data: bytes, span: Span, text: str) -> bytes:
    """The bytes with a value in the place of a field; a longer or shorter one moves what is behind it."""
    value = encoded(span, text)
    width = span.stop_bit - span.start_bit
    if isinstance(value, bytes) and len(value) * 8 != width:
        if span.field.number >= 0:
            if span.field.kind == "text" and len(value) * 8 < width:
                value = value.ljust(width // 8, b"\0")
            else:
                raise ComposeError(f"{span.field.name} has {width // 8} bytes, {safe(text)} has {len(value)}")
        else:
            start, stop = span.start_bit // 8, span.stop_bit // 8
            is_ended = isinstance(span.value, str) and data[start:stop].endswith(b"\0")
            if is_ended and not value.endswith(b"\0"):
                value += b"\0"
            return spliced(data, start, stop, value)
    return with_field(data, span.start_bit, span.stop_bit, value)


def _by_name(place: Place, data: bytes) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = {}
    for layer in place.read(data).layers:
        for span in every(layer.spans):
            found.setdefault(span.field.name, []).append(span)
    return found


def is_late(name: str) -> bool:
    """Whether a field is written when all else is done, and stays as it is given."""
    return name in LENGTHS or name in FRAGMENTS or name in _NUMBERS or is_checksum(name)


def _finished(place: Place, attempt: _Try, given: Sequence[Assignment]) -> Grown:
    if attempt.missing:
        where = f"has no place in this {place.name} packet: choose its message first, or leave it out"
        raise absent(attempt.missing[0], where)
    spans = _by_name(place, attempt.data)
    late = []
    for each in given:
        if is_late(each.name) and not (each.is_soft and _is_said(each.name, given)):
            span = spans[each.name][0]
            late.append(Late(span.start_bit, span.stop_bit, encoded(span, each.text), each.name))
    return Grown(place, attempt.data, tuple(late))
