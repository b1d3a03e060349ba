"""Where each address of a map stands: lines of aligned blocks, so that a place on the glass tells its address.

A line is a CIDR block, a cell one address of it or a smaller block. Which, is chosen so that all is seen at
once: better a cell for four addresses than three quarters of the map below the edge.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from itertools import groupby
from operator import eq

from app.engine.command import Target
from app.packet.compose import Address

#: Cells of a line, and how far apart they stand at most.
FEWEST, MOST = 16, 256
WIDEST_PITCH = 3
#: Columns beside a label: the cursor's mark and an empty one.
SIDES = 2
#: Lines of a map that are preferred to a denser one.
FEW_LINES = 16
#: Addresses that are strewn about stand one after the other: where fewer of the cells would have a target than this,
#: or so many times more targets a cell than the glass has room for.
THINNEST, COARSEST = 0.2, 4


@dataclass(frozen=True, slots=True)
class Block:
    """`count` addresses from `first` on; a CIDR block where that is a power of two and `first` a multiple of it."""

    version: int
    first: int
    count: int

    def holds(self, address: Address) -> bool:
        """Whether an address is one of the block's."""
        return address.version == self.version and self.first <= int(address) < self.first + self.count

    def part(self, count: int, address: Address) -> "Block":
        """The aligned block of that many addresses around one of them."""
        return Block(self.version, int(address) // count * count, count)

    def __str__(self) -> str:
        if self.count == 1:
            return str(_address(self.version, self.first))
        if self.count & (self.count - 1) or self.first % self.count:
            last = _address(self.version, self.first + self.count - 1)
            return f"{_address(self.version, self.first)} - {last}"
        return f"{_address(self.version, self.first)}/{_bits(self.version) - self.count.bit_length() + 1}"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the map: the targets in it by their places in the snapshot's rows, and the cell of each."""

    block: Block | None  #: None where targets only follow one another
    label: str
    places: Sequence[int]
    cells: Sequence[int]


@dataclass(frozen=True, slots=True)
class Map:
    """All lines. `share` addresses have a cell together; a line has so many cells, `pitch` columns apart."""

    lines: tuple[Line, ...] = ()
    columns: int = FEWEST
    share: int = 1
    pitch: int = 1
    around: Block | None = None  #: the smallest CIDR block around all; None where there is more than one IP version

    @property
    def margin(self) -> int:
        """Columns before the first cell."""
        return max((len(line.label) for line in self.lines), default=0) + SIDES

    def find(self, place: int) -> tuple[int, int] | None:
        """The line and the cell of a target."""
        for number, line in enumerate(self.lines):
            if place in line.places:
                return number, line.cells[line.places.index(place)]
        return None


def block_around(addresses: Sequence[Address]) -> Block | None:
    """The smallest CIDR block that has all addresses; None where there is none."""
    versions = {address.version for address in addresses}
    if len(versions) != 1:
        return None
    low, high = (int(pick(addresses, key=int)) for pick in (min, max))
    count = 1 << (low ^ high).bit_length()
    return Block(versions.pop(), low // count * count, count)


def map_of(targets: Sequence[Target], places: Sequence[int], width: int, height: int) -> Map:
    """The map of the targets at these places for a room of so many columns and lines."""
    ordered = sorted((targets[place].address.version, int(targets[place].address), place) for place in places)
    if not ordered:
        return Map()
    around = block_around([targets[ordered[0][2]].address, targets[ordered[-1][2]].address])
    chosen = _density(ordered, width - SIDES, max(1, height))
    if chosen is None:
        label = max(len(str(targets[place].address)) for place in places)
        columns, share = min(MOST, 1 << (max(FEWEST, width - SIDES - label).bit_length() - 1)), 1
        lines = tuple(_one_after_the_other(targets, [place for _, _, place in ordered], columns))
    else:
        columns, share = chosen
        lines = tuple(_by_address(ordered, columns, share))
    room = width - SIDES - max(len(line.label) for line in lines)
    return Map(lines, columns, share, max(1, min(WIDEST_PITCH, room // columns)), around)


def _by_address(ordered: Sequence[tuple[int, int, int]], columns: int, share: int) -> Iterator[Line]:
    """The lines of a map that have targets."""
    size = columns * share
    for (version, number), each in groupby(ordered, key=lambda one: (one[0], one[1] // size)):
        group = list(each)
        block = Block(version, number * size, size)
        cells = [(value - block.first) // share for _, value, _ in group]
        yield Line(block, str(block), _compact([place for _, _, place in group]), _compact(cells))


def _one_after_the_other(targets: Sequence[Target], places: Sequence[int], columns: int) -> Iterator[Line]:
    """Lines of what is too far apart for a map: in the order of the addresses, labelled by the first of each line."""
    for start in range(0, len(places), columns):
        group = places[start : start + columns]
        yield Line(None, str(targets[group[0]].address), _compact(group), range(len(group)))


def _density(ordered: Sequence[tuple[int, int, int]], width: int, height: int) -> tuple[int, int] | None:
    """How many cells a line has and how many addresses a cell, so that all lines are seen; None: no map tells much.

    As few addresses a cell as fit, then a line as short as leaves few lines.
    """
    blocks = _nested(ordered)
    shapes = range(FEWEST.bit_length() - 1, max(FEWEST, min(MOST, width)).bit_length())
    for share in range(len(blocks) - shapes[-1]):
        cells = len(blocks[share])
        fitting = [
            columns
            for columns in shapes
            if len(lines := blocks[share + columns]) <= height
            and _width(lines, share + columns) + (1 << columns) <= width
        ]
        if not fitting:
            continue
        columns = next((each for each in fitting if len(blocks[share + each]) <= FEW_LINES), fitting[-1])
        is_thin = cells < THINNEST * (len(blocks[share + columns]) << columns)
        needed = max(1, len(ordered) / (height << fitting[-1]))
        return None if is_thin or len(ordered) > COARSEST * needed * cells else (1 << columns, 1 << share)
    return None


def _nested(ordered: Sequence[tuple[int, int, int]]) -> Sequence[Sequence[tuple[int, int]]]:
    """The blocks of 1, 2, 4 ... addresses that have targets, each by IP version and number."""
    nested = [[(version, value) for version, value, _ in ordered]]
    for _ in range(_bits(ordered[-1][0])):
        nested.append(list(dict.fromkeys((version, value >> 1) for version, value in nested[-1])))
    return nested


def _width(lines: Sequence[tuple[int, int]], bits: int) -> int:
    """The columns of the longest label of these lines, each a block of `2 ** bits` addresses."""
    return max(len(str(Block(version, number << bits, 1 << bits))) for version, number in lines)


def _compact(numbers: Sequence[int]) -> Sequence[int]:
    """The same numbers, as a range where they follow one another."""
    first, last = numbers[0], numbers[-1]
    if last - first + 1 == len(numbers) and all(map(eq, numbers, range(first, last + 1))):
        return range(first, last + 1)
    return numbers


def _address(version: int, value: int) -> Address:
    return IPv4Address(value) if version == 4 else IPv6Address(value)


def _bits(version: int) -> int:
    return 32 if version == 4 else 128
