"""What is known of a capture file apart from its packets' bytes: where each packet stands, interfaces, names.

A packet is three numbers in columns and no object, so that a million of them take some 20 MB.
"""

from array import array
from collections import Counter
from dataclasses import dataclass, field

from app.packet.link.linktype import LinkType

#: The stamp of a packet that has none.
NO_STAMP = 0xFFFF_FFFF_FFFF_FFFF
#: An interface is two bytes in its column.
MOST_INTERFACES = 0x10000
#: What a file says on the side is kept up to here; a file that says more than that is not honest.
MOST_NAMES, MOST_COMMENTS, MOST_KINDS = 100_000, 1_000, 100

_SECOND = 1_000_000_000
_NANOSECONDS = 9


@dataclass(frozen=True, slots=True)
class Interface:
    """Where packets were captured, as the file describes it; one for the whole of a pcap file."""

    number: int  #: counted over all sections
    section: int
    order: str  #: the section's byte order, as `struct` writes it
    link: LinkType
    name: str = ""
    snap: int = 0  #: bytes kept of each packet; 0 where there is no limit
    resolution: int = _NANOSECONDS  #: of stamps: a negative power of ten or, with bit 7 set, of two
    offset: int = 0  #: seconds to be added to a stamp
    description: str = ""
    capture_filter: str = ""
    system: str = ""
    hardware: str = ""
    speed: int | None = None  #: bits per second
    comments: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What to call it: its name, or its number where it has none."""
        return self.name or self.description or str(self.number)

    def nanoseconds(self, stamp: int) -> int | None:
        """A stamp in this interface's units as nanoseconds since the epoch."""
        if stamp == NO_STAMP:
            return None
        if self.resolution == _NANOSECONDS:
            return self.offset * _SECOND + stamp
        is_power_of_two, exponent = self.resolution & 0x80, self.resolution & 0x7F
        units = 1 << exponent if is_power_of_two else 10**exponent
        return self.offset * _SECOND + stamp * _SECOND // units


@dataclass(frozen=True, slots=True)
class Statistics:
    """The counters of an interface (pcapng, section 4.6); None is what the file does not tell."""

    interface: int
    at: int | None  #: when they were taken, in nanoseconds since the epoch
    started_at: int | None = None
    ended_at: int | None = None
    received: int | None = None
    dropped: int | None = None  #: by the interface
    accepted: int | None = None  #: by the filter
    dropped_by_system: int | None = None
    delivered: int | None = None
    comments: tuple[str, ...] = ()


@dataclass(slots=True)
class Contents:
    """The columns of the packets, and what the file says besides. One thread writes, any may read.

    A place below `len(offsets)` is in the other columns too: `offsets` gets a packet last.
    """

    offsets: "array[int]" = field(default_factory=lambda: array("Q"))  #: of each packet's record in the file
    stamps: "array[int]" = field(default_factory=lambda: array("Q"))  #: in the units of its interface
    numbers: "array[int]" = field(default_factory=lambda: array("H"))  #: of its interface
    interfaces: list[Interface] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)  #: of addresses, as the file knows them
    statistics: dict[int, Statistics] = field(default_factory=dict)  #: the newest of each interface
    comments: list[str] = field(default_factory=list)  #: on the file or one of its sections
    origins: list[str] = field(default_factory=list)  #: who made each section
    passed: Counter[str] = field(default_factory=Counter)  #: blocks that were passed over, by what they are

    def add(self, offset: int, stamp: int, number: int) -> None:
        """One more packet."""
        self.numbers.append(number)
        self.stamps.append(stamp)
        self.offsets.append(offset)

    def time_ns(self, place: int) -> int | None:
        """When a packet was captured."""
        return self.interfaces[self.numbers[place]].nanoseconds(self.stamps[place])

    def pass_over(self, what: str) -> None:
        """Count a block that is not read."""
        self.passed[what if what in self.passed or len(self.passed) < MOST_KINDS else "other blocks"] += 1

    def remarks(self) -> tuple[str, ...]:
        """What the file says of itself and what in it is not shown, as sentences."""
        passed = tuple(f"{count} × {what}" for what, count in list(self.passed.items()))
        return (*self.comments, *self.origins, *passed)

    def forget_packets(self) -> None:
        """Empty the columns, for a reader that has handed the packets on."""
        for column in (self.offsets, self.stamps, self.numbers):
            del column[:]
