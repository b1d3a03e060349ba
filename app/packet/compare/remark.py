"""What a difference between two packets is held against: the two sides, the case of one field, and a remark on it.

A judge is a function that is given a case and says what the difference proves, or nothing. It never says more
than the bytes do: where something was changed is named only where quotations of two hops show it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

from app.packet.dissection import CheckStatus, Dissection, Layer, every
from app.packet.layout import Span, Value

_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


class Weight(IntEnum):
    """How much a difference matters."""

    NONE = 0
    EXPECTED = 1  #: what the RFCs want to happen
    NOTABLE = 2  #: something on the way did it
    ALARMING = 3  #: the bytes contradict each other


@dataclass(frozen=True, slots=True)
class Remark:
    """What a difference means."""

    weight: Weight
    text: str


@dataclass(frozen=True, slots=True)
class Side:
    """One packet, and those of its layers that count, under keys such as "ip 1"."""

    dissection: Dissection
    layers: Mapping[str, Layer]

    @property
    def stop(self) -> int:
        """The byte behind the last layer."""
        return max((layer.stop for layer in self.layers.values()), default=0)

    def octets(self, key: str) -> bytes:
        """The bytes of a layer."""
        layer = self.layers.get(key)
        return self.dissection.data[layer.start : layer.stop] if layer is not None else b""

    def span(self, key: str, *names: str) -> Span | None:
        """The first field of a layer with one of these names."""
        layer = self.layers.get(key)
        spans = every(layer.spans) if layer is not None else iter(())
        return next((span for span in spans if span.field.name in names), None)

    def value(self, key: str, *names: str) -> Value | None:
        """The value of that field."""
        span = self.span(key, *names)
        return span.value if span is not None else None

    def envelope(self, key: str) -> str | None:
        """The key of the IP layer around a layer."""
        found = None
        for name in self.layers:
            if name == key:
                break
            if name.partition(" ")[0] in ("ip", "ipv6"):
                found = name
        return found

    def verdict(self, span: Span) -> CheckStatus | None:
        """What was found of the checksum in a field."""
        at = span.start_bit // 8
        return next((check.status for check in self.dissection.checks if check.start == at), None)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two packets to be compared; `hop` is that of the router that quoted, `earlier` are quotations of other hops."""

    before: Side
    after: Side
    hop: int | None = None
    earlier: Sequence[tuple[int, Dissection]] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One field in both packets; None where a packet has it not. `layer` is the key of its layer."""

    name: str
    layer: str
    before: Span | None
    after: Span | None
    pair: Pair

    @property
    def is_same(self) -> bool:
        """Whether both say the same."""
        before, after = self.before, self.after
        if before is None or after is None:
            return before is after
        if before.value is None and after.value is None:
            return before.shown == after.shown
        return before.value == after.value

    @property
    def numbers(self) -> tuple[int, int]:
        """Both values, of a field that is a number in both."""
        before, after = (span.value if span is not None else 0 for span in (self.before, self.after))
        return (before if isinstance(before, int) else 0), (after if isinstance(after, int) else 0)

    @property
    def is_quoted(self) -> bool:
        """Whether the other packet's bytes reach to where this field would stand."""
        first = next((key for key in self.pair.after.layers if key in self.pair.before.layers), None)
        if self.before is None or first is None:
            return True
        before, after = self.pair.before, self.pair.after
        reach = after.stop - after.layers[first].start
        return self.before.stop_bit <= (before.layers[first].start + reach) * 8

    def bytes_of(self, span: Span | None, side: Side) -> bytes:
        """The bytes that a field touches."""
        if span is None:
            return b""
        return side.dissection.data[span.start_bit // 8 : -(-span.stop_bit // 8)]


Judge: TypeAlias = Callable[[Case], Remark | None]


@dataclass(frozen=True, slots=True)
class Judges:
    """A table of judges by filter name; `others` judges what is not in it, `lost` what one side does not have.

    `watched` names are judged where nothing changed, too: there the news is that it did not.
    `compares` is whether the two packets are alike at all, so that a difference is one.
    """

    table: Mapping[str, Judge]
    others: Judge
    lost: Judge
    watched: frozenset[str] = frozenset()
    compares: bool = True

    def __call__(self, case: Case) -> Remark | None:
        """What there is to be said; of a field that only a third packet has, nothing."""
        if case.before is None and case.after is None:
            return None
        if case.before is None or case.after is None:
            return self.lost(case)
        if case.is_same and case.name not in self.watched:
            return None
        return self.table.get(case.name, self.others)(case)


def nothing(_case: Case) -> Remark | None:
    """A judge without an opinion."""
    return None


def always(weight: Weight, text: str) -> Judge:
    """A judge who says the same of every change; `{where}` in the text becomes the place, as far as it is known."""

    def judge(case: Case) -> Remark:
        return Remark(weight, text.replace("{where}", where(case)))

    return judge


def where(case: Case) -> str:
    """Where a field was changed: "between hop 3 and 4", "before hop 5", or "on the way"."""
    if case.pair.hop is None or case.before is None or case.after is None:
        return "on the way"
    seen = {hop: _quoted_value(dissection, case.name) for hop, dissection in case.pair.earlier}
    seen[case.pair.hop] = case.after.value
    sent = case.before.value
    changed = [hop for hop, value in seen.items() if value is not None and value != sent]
    first = min(changed, default=case.pair.hop)
    kept = [hop for hop, value in seen.items() if value == sent]
    if any(hop > first for hop in kept):
        return f"before hop {case.pair.hop}"  # not every packet went this way, or not everyone quotes truly
    return f"between hop {max(kept)} and {first}" if kept else f"before hop {first}"


def _quoted_value(dissection: Dissection, name: str) -> Value | None:
    for layer in dissection.layers:
        if layer.is_quoted:
            for span in every(layer.spans):
                if span.field.name == name:
                    return span.value
    return None


def count_words(count: int) -> str:
    """A small number as a word."""
    return _COUNTS[count] if count < len(_COUNTS) else str(count)


def swapped(word: int) -> int:
    """A 16-bit number with its bytes exchanged."""
    return (word & 0xFF) << 8 | word >> 8
