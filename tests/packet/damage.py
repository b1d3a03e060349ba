"""Real packets of every family, and what is made of them: fields at their edges, elements multiplied, nests.

Every seed keeps the link type that it was captured on. Nothing here is sound on purpose: some lengths around what
has grown are mended, so that readers come to the grown part at all, and some are not.
"""

import json
import random
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from app.packet.dissect import dissect
from app.packet.dissection import Layer, every
from app.packet.layout import Span
from app.packet.link.linktype import LinkType
from tests.packet.monsters import LARGEST, WRAPPERS

_HERE = Path(__file__).parent
_EDGES = (0, 1, 2, 3, 4, 7, 8, 15, 16, 63, 64, 127, 128, 192, 254, 255, 0x7FFF, 0xFFFE, 0xFFFF)
#: In names and labels of fields that say how much of something follows.
_MEASURES = ("len", "count", "num", "size", "numb", "hdr", "offset")
_COUNTS = ("count", "num")


class Seed(NamedTuple):
    """A frame, and what it begins with."""

    link: LinkType
    data: bytes


class Place(NamedTuple):
    """Bytes [start, stop) of a frame that are a field or an element."""

    start: int
    stop: int


@lru_cache(1)
def seeds() -> tuple[Seed, ...]:
    """The golden packets of all families, each once."""
    found: dict[Seed, None] = {}
    for path in sorted(_HERE.rglob("*golden*.jsonl")):
        for line in path.read_text().splitlines():
            packet = json.loads(line)
            usual = LinkType.ETHERNET if path.parent.name == "application" else LinkType.RAW
            found[Seed(LinkType(packet.get("link", usual)), bytes.fromhex(packet["hex"]))] = None
    return tuple(found)


def damaged(seed: bytes, chance: random.Random) -> bytes:
    """A packet with some of its bytes turned into others, edges of ranges above all; cut, grown or doubled in parts."""
    data = bytearray(seed)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        at = chance.randrange(len(data) or 1)
        match chance.randrange(6):
            case 0:
                data[at : at + 1] = bytes((chance.choice(_EDGES) & 0xFF,))
            case 1:
                data[at : at + 2] = chance.randbytes(2)
            case 2:
                del data[at:]
            case 3:
                data[at:at] = data[at : at + chance.choice((1, 2, 4, 8, 20, 40))]
            case 4:
                data[at : at + 4] = b"\xff" * 4
            case 5:
                data += chance.randbytes(chance.choice((1, 7, 60, 1400)))
    return bytes(data[:LARGEST])


def edged(seed: Seed, chance: random.Random) -> Seed:
    """A few of the numbers of a packet at the edges of what they can be, lengths and counts above all."""
    data = bytearray(seed.data)
    numbers, measures = _numbers(seed), _measures(seed)
    for _ in range(chance.choice((1, 1, 2, 4))):
        among = measures if measures and chance.random() < 0.7 else numbers
        if among:
            start, stop = chance.choice(among)
            _put(data, start, stop, chance.choice((*_EDGES, (1 << 8 * (stop - start)) - 1)))
    return Seed(seed.link, bytes(data))


def multiplied(seed: Seed, chance: random.Random) -> Seed:
    """An element again and again, up to 64 KiB, and the lengths in front of it made to tell so."""
    elements = _elements(seed)
    if not elements:
        return seed
    start, stop = chance.choice(elements)
    stop = chance.choice((stop, stop, min(stop, start + chance.choice((1, 2, 4, 8)))))
    room = chance.choice((2_000, LARGEST, LARGEST)) - len(seed.data)
    times = max(1, room // max(1, stop - start))
    grown = times * (stop - start)
    data = bytearray(seed.data)
    before = [place for place in _measures(seed) if place.stop <= start and chance.random() < 0.8]
    for place in before:
        number = int.from_bytes(data[place.start : place.stop])
        _put(data, place.start, place.stop, number + grown if chance.random() < 0.8 else 0xFFFF_FFFF)
    if chance.random() < 0.3:
        _put(data, start, min(stop, start + 2), chance.choice(_EDGES))
    return Seed(seed.link, bytes(data[:stop] + data[start:stop] * times + data[stop:])[:LARGEST])


def nested(seed: Seed, chance: random.Random) -> Seed:
    """A datagram in tunnels in tunnels, quotations in quotations, of one kind or of all mixed."""
    inside = seed.data if seed.link == LinkType.RAW else chance.choice(raw_seeds()).data
    chosen = [chance.choice(WRAPPERS) for _ in range(chance.choice((1, 1, 2, 5)))]
    for _ in range(chance.choice((1, 3, 12, 45, 400))):
        inside = chance.choice(chosen)(inside)
        if len(inside) > LARGEST:
            break
    return Seed(LinkType.RAW, inside[:LARGEST])


def crossed(seed: Seed, chance: random.Random) -> Seed:
    """A packet whose tail is that of another, or whose element another's element replaces."""
    other = chance.choice(seeds())
    ours, theirs = _elements(seed), _elements(other)
    if not ours or not theirs or chance.random() < 0.3:
        at = chance.randrange(len(seed.data) + 1)
        return Seed(seed.link, seed.data[:at] + other.data[min(at, len(other.data)) :])
    (start, stop), taken = chance.choice(ours), chance.choice(theirs)
    return Seed(seed.link, seed.data[:start] + other.data[taken.start : taken.stop] + seed.data[stop:])


@lru_cache(1)
def raw_seeds() -> tuple[Seed, ...]:
    """Those that are IP datagrams."""
    return tuple(seed for seed in seeds() if seed.link == LinkType.RAW)


def any_damage(chance: random.Random) -> Seed:
    """A packet with damage of one kind, or of two on top of each other."""
    seed = chance.choice(seeds())
    for change in chance.choices(_CHANGES, k=chance.choice((1, 1, 2))):
        seed = change(seed, chance)
    if chance.random() < 0.1:
        seed = Seed(chance.choice([*LinkType]), seed.data)
    return seed


def _turned(seed: Seed, chance: random.Random) -> Seed:
    return Seed(seed.link, damaged(seed.data, chance))


_CHANGES: tuple[Callable[[Seed, random.Random], Seed], ...] = (
    _turned,
    edged,
    multiplied,
    nested,
    crossed,
    _turned,
    edged,
)


# What a seed is made of is found by dissecting it: once for each, for the same ones come again.


@lru_cache(256)
def _spans(seed: Seed) -> tuple[tuple[Layer, Span], ...]:
    layers = dissect(seed.data, seed.link).layers
    found = [(layer, span) for layer in layers for span in every(layer.spans)]
    return tuple(found[:500])


@lru_cache(256)
def _numbers(seed: Seed) -> list[Place]:
    return [place for _, span in _spans(seed) if isinstance(span.value, int) and (place := _bytes_of(span))]


@lru_cache(256)
def _measures(seed: Seed) -> list[Place]:
    """The fields that say how long something is, or how many there are."""
    found = []
    for _, span in _spans(seed):
        words = f"{span.field.name} {span.field.label}".lower()
        is_measure = isinstance(span.value, int) and any(word in words for word in _MEASURES)
        if is_measure and (place := _bytes_of(span)):
            found.append(place)
    return found


@lru_cache(256)
def _elements(seed: Seed) -> list[Place]:
    """Whatever has bytes of its own: fields, headings, whole layers."""
    spans = [place for _, span in _spans(seed) if (place := _bytes_of(span))]
    layers = {Place(layer.start, layer.stop) for layer, _ in _spans(seed) if layer.start < layer.stop}
    return [*dict.fromkeys((*spans, *sorted(layers)))]


def _bytes_of(span: Span) -> Place | None:
    if span.start_bit % 8 or span.stop_bit % 8 or span.start_bit == span.stop_bit:
        return None
    return Place(span.start_bit // 8, span.stop_bit // 8)


def _put(data: bytearray, start: int, stop: int, number: int) -> None:
    """A number in its bytes, the largest that fits where it does not."""
    size = stop - start
    data[start:stop] = min(number, (1 << 8 * size) - 1).to_bytes(size)
