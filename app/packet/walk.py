"""The way through a message whose parts say themselves how long they are, one behind the other.

Routing messages are lists within lists, counted by fields that may lie. Whoever reads one takes header after
header from a `Walk`; where the bytes end, or the lists do not, the walk says so and the reading of this message
is over: all that was taken until then is shown.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn, TypeAlias, TypeVar

from app.packet.dissection import Branch, Part, Placed, Severity, stretch
from app.packet.layout import Header, Layout, Value
from app.packet.reading import CutError, Reading
from app.packet.shape import MOST_PARTS, bytes_span
from app.packet.text import bytes_words

H = TypeVar("H", bound=Header)


class Walk:
    """A place between two bytes of a frame, and the parts behind it. Lives within one call of a dissector."""

    __slots__ = ("at", "parts", "reading", "says", "stop", "value")

    def __init__(self, reading: Reading, at: int, stop: int) -> None:
        self.reading = reading
        self.at = at
        self.stop = stop
        self.parts: list[Part] = []
        self.value: Value | None = None  #: of the heading that is being filled, where the whole has one
        self.says = ""  #: what the message is, as far as that is known: said of one that is cut short

    def take(self, kind: type[H], **words: str) -> H:
        """The header here. Raises CutError where the bytes end within it or too many have been taken."""
        end = self.at + kind.LAYOUT.size
        self.reading.left -= 1
        if end > self.stop or self.reading.left < 0:
            self._give_up(kind.LAYOUT.title, f"{kind.LAYOUT.name}.data", kind.LAYOUT.size, kind)
        record: H = kind.unpacked(self.reading.data, self.at)
        self.parts.append(Placed(record, self.at, end, words))
        self.at = end
        return record

    def rest(self, name: str, label: str = "data", stop: int | None = None) -> None:
        """The bytes from here to `stop` as such, if there are any."""
        stop = self.stop if stop is None else min(stop, self.stop)
        if self.at < stop:
            self.parts.append(bytes_span(name, label, self.reading.data, self.at, stop))
            self.at = stop

    def bytes_here(self, count: int) -> bytes:
        """The next bytes, untaken; zeros where the message ends before."""
        return self.reading.data[self.at : min(self.at + count, self.stop)].ljust(count, b"\0")

    def put(self, name: str, label: str, size: int, value: Value) -> None:
        """The next `size` bytes as something that no declaration covers. Raises CutError as `take` does."""
        end = self.at + size
        self.reading.left -= 1
        if end > self.stop or self.reading.left < 0:
            self._give_up(label, name, size)
        self.parts.append(stretch(name, label, self.at, end, str(value), value=value))
        self.at = end

    def under(self, name: str, label: str) -> "_Heading":
        """Put what is taken within under one heading; the list that is given is for the heading's words."""
        return _Heading(self, name, label)

    @contextmanager
    def within(self, length: int) -> Iterator[None]:
        """Take the next `length` bytes for themselves: nothing within reaches beyond them."""
        end, outer = self.at + length, self.stop
        if end > outer:
            self.reading.note(
                Severity.ERROR, self.at, f"{bytes_words(length)} are said to follow, {outer - self.at} do"
            )
        self.stop = min(end, outer)
        try:
            yield
        finally:
            self.stop = outer
        if end > outer:
            raise CutError

    def lasts(self) -> bool:
        """Whether there are bytes left."""
        return self.at < self.stop

    def _give_up(self, title: str, name: str, size: int, kind: type[Header] | None = None) -> NoReturn:
        if self.reading.left < 0:
            self.reading.note(Severity.WARNING, self.at, f"more than {MOST_PARTS} parts: the rest is not shown")
        else:
            severity = Severity.NOTE if self.reading.is_quoted else Severity.ERROR
            text = f"the bytes end here: {title} needs {size} bytes, {self.stop - self.at} are there"
            self.reading.note(severity, self.at, text)
            if kind is not None:
                self._take_part(kind)
        self.rest(name)
        raise CutError

    def _take_part(self, kind: type[Header]) -> None:
        """The fields of a header that are whole, where the bytes end within it."""
        here = self.reading.data[self.at : self.stop]
        part = Placed(kind.decode(here.ljust(kind.LAYOUT.size, b"\0")), self.at, self.stop)
        whole = part.spans()
        if whole:
            self.parts.append(part)
            self.at = whole[-1].stop_bit // 8


class _Heading:
    """A heading that is being filled: a class, because a generator takes three times as long to be entered."""

    __slots__ = ("label", "name", "outer", "start", "walk", "words")

    def __init__(self, walk: Walk, name: str, label: str) -> None:
        self.walk = walk
        self.name = name
        self.label = label
        self.outer = walk.parts
        self.start = walk.at
        self.words: list[str] = []

    def __enter__(self) -> list[str]:
        self.walk.parts = []
        self.walk.value = None
        return self.words

    def __exit__(self, *_: object) -> None:
        walk = self.walk
        if walk.at > self.start:
            parts = tuple(walk.parts)
            words = ", ".join(self.words)
            self.outer.append(Branch(self.name, self.label, self.start, walk.at, parts, words, walk.value))
        walk.parts, walk.value = self.outer, None


def few(words: list[str], most: int = 4) -> str:
    """The first of a list, with a sign where there are more."""
    return ", ".join(words[:most]) + (", …" if len(words) > most else "")


def counted(number: int, word: str) -> str:
    """A number of things: "1 group", "3 groups"."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


#: What a broken element costs of all that may be taken: a list of nothing but broken ones has to end soon.
_BROKEN = 8

#: Reads a message from its first byte on and says it in a line.
Message: TypeAlias = Callable[[Walk], str]


def read_message(reading: Reading, at: int, stop: int, layout: Layout, message: Message) -> None:
    """Put down the layer of a message; what stands behind its last part belongs to nothing."""
    walk = Walk(reading, at, stop)
    try:
        words = message(walk)
        if walk.lasts():
            reading.note(Severity.NOTE, walk.at, f"{bytes_words(stop - walk.at)} behind the message")
            walk.rest(f"{layout.name}.data")
    except CutError:
        words = f"{walk.says or layout.title}, cut short"
    reading.layer(layout, at, stop, walk.parts, words)


def read_element(walk: Walk, length: int, body: Callable[[Walk], str], rest: str) -> str:
    """Let `body` take the next `length` bytes, its words are the element's; bytes it leaves are named `rest`.

    Raises CutError where the list itself ends before the element does, or where too much has been taken.
    """
    end, outer = walk.at + length, walk.stop
    if end > outer:
        with walk.within(length):  # says so, and raises behind what is read here
            return _read(walk, body, rest)
    walk.stop = end
    try:
        return _read(walk, body, rest)
    finally:
        walk.stop = outer


def _read(walk: Walk, body: Callable[[Walk], str], rest: str) -> str:
    words = ""
    try:
        words = body(walk)
    except CutError:
        if walk.reading.left < 0:
            raise
        walk.reading.left -= _BROKEN
    walk.rest(rest)
    return words


def told(title: str, words: str) -> str:
    """What something is, and what it says if it says something."""
    return f"{title} {words}" if words else title
