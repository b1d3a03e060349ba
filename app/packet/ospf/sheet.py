"""What is put down of one OSPF packet: parts in lists that the wire may make long and this keeps short.

An OSPF packet is lists within lists (LSAs, links, TLVs in TLVs), whose lengths the sender chooses. All of them
draw on one allowance, so that no packet costs more than `MOST_SHOWN` elements whatever its lengths say.
"""

from collections.abc import Callable, Iterable
from functools import partial

from app.packet.dissection import Branch, Part, Placed, Severity
from app.packet.layout import Header, Span
from app.packet.reading import Reading
from app.packet.shape import bytes_span, heading

#: LSAs, links, prefixes and TLVs of one packet that are shown.
MOST_SHOWN = 1000
#: Contradictions of one packet that are noted.
MOST_NOTED = 64
#: A field without a name of its own in Wireshark: what is left over.
REST = "ospf.data"
#: So many fields a heading repeats.
_TOLD = 4
#: Fields that no heading repeats.
SILENT = frozenset(("reserved", "padding"))


class Sheet:
    """The packet being read and what may still be shown of it. Lives within one call of `read_ospf`."""

    __slots__ = ("address_version", "data", "left", "noted", "reading")

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.data = reading.data
        self.left = MOST_SHOWN
        self.noted = 0
        self.address_version = 6  #: of OSPFv3's prefixes: an instance may be one for IPv4 (RFC 5838)

    def granted(self, wanted: int, at: int, what: str) -> int:
        """How many of the `wanted` elements from byte `at` on are shown; the others are counted in a note."""
        given = max(0, min(wanted, self.left))
        self.left -= given
        if given < wanted:
            self.reading.note(Severity.WARNING, at, f"{wanted - given} more {what} not shown")
        return given

    def wrong(self, at: int, text: str) -> None:
        """Note that the bytes contradict themselves, unless they did so too often before."""
        self.noted += 1
        if self.noted >= MOST_NOTED:
            if self.noted == MOST_NOTED:
                self.reading.note(Severity.WARNING, at, "more contradictions are not noted")
            return
        is_cut = self.reading.is_quoted or not self.reading.is_whole
        severity = Severity.NOTE if is_cut else Severity.ERROR
        self.reading.note(severity, at, text)

    def fixed(self, kind: type[Header], at: int, stop: int) -> list[Part]:
        """The header at `at`, or as bytes what there is of it."""
        size = kind.LAYOUT.size
        if at + size <= stop:
            return [Placed(kind.unpacked(self.data, at), at, at + size)]
        self.wrong(min(at, stop), f"{kind.LAYOUT.title} needs {size} bytes, {max(0, stop - at)} are there")
        return self.bytes_left(at, stop)

    def listed(self, kind: type[Header], at: int, stop: int, what: str) -> list[Part]:
        """The elements within [at, stop); bytes that are no whole element stand behind them."""
        layout = kind.LAYOUT
        size = layout.size
        count = (stop - at) // size
        shown = self.granted(count, at, what)
        parts: list[Part] = []
        for start in range(at, at + shown * size, size):
            element = Placed(kind.unpacked(self.data, start), start, start + size)
            if len(layout.fields) == 1:
                parts.append(element)
            else:
                parts.append(heading(layout.name, layout.title, start, start + size, (element,), (element,)))
        behind = at + count * size
        if behind < stop:
            self.wrong(behind, f"{stop - behind} bytes are no whole {layout.title}")
            parts += self.bytes_left(behind, stop)
        return parts

    def bytes_left(self, at: int, stop: int, name: str = REST, label: str = "data") -> list[Part]:
        """Bytes that mean nothing more to us, if there are any."""
        return [bytes_span(name, label, self.data, at, stop)] if at < stop else []


def list_reader(head: type[Header], each: type[Header], what: str) -> Callable[[Sheet, int, int], list[Part]]:
    """What reads a fixed part and the elements behind it."""

    def read(sheet: Sheet, at: int, stop: int) -> list[Part]:
        behind = at + head.LAYOUT.size
        parts = sheet.fixed(head, at, stop)
        return parts + (sheet.listed(each, behind, stop, what) if behind < stop else [])

    return read


def told(name: str, title: str, start: int, stop: int, parts: Iterable[Part], told_from: int) -> Branch:
    """A heading over `parts` whose words are those of the parts from byte `told_from` on."""
    kept = tuple(parts)
    return Branch(name, title, start, stop, kept, partial(_words, kept, told_from * 8))


def titled(name: str, title: str, start: int, stop: int, parts: Iterable[Part]) -> Branch:
    """A heading that names what stands below it."""
    kept = tuple(parts)
    titles = [part.label for part in kept if isinstance(part, Branch)]
    more = ", …" if len(titles) > _TOLD else ""
    return Branch(name, title, start, stop, kept, ", ".join(titles[:_TOLD]) + more)


def _words(parts: tuple[Part, ...], bit: int) -> str:
    return parts_words(parts, bit, _TOLD)


def parts_words(parts: Iterable[Part], bit: int, most: int, passed_over: frozenset[str] = SILENT) -> str:
    """What parts from a bit on say: one value alone, several by their labels, the first few of them."""
    spans: list[Span] = []
    for part in parts:
        found = (part,) if isinstance(part, Span) else part.spans()
        spans += [span for span in found if span.start_bit >= bit and span.field.label not in passed_over]
        if len(spans) > most:
            break
    if len(spans) == 1:
        return spans[0].shown
    return ", ".join(f"{span.field.label} {span.shown}" for span in spans[:most])
