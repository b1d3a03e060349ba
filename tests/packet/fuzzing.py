"""What must hold for whatever bytes are dissected, compared, copied, filtered, found, edited or read as a capture.

    python -m tests.packet.fuzzing [SECONDS]

runs for longer than the suite does and also watches time and memory: 50 ms of CPU and 10 MB for a packet, as promised.
"""

import gc
import io
import json
import random
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator

from app.packet.capture.captured import CaptureError
from app.packet.capture.catalogue import Catalogue
from app.packet.capture.reader import read_capture
from app.packet.compare.comparison import compare, parts_of
from app.packet.copying import FORMS, Copied
from app.packet.dissect import dissect
from app.packet.dissection import Dissection, every
from app.packet.editing import rebuilt, with_checksums, with_field
from app.packet.errors import PacketError
from app.packet.filter.completion import complete
from app.packet.filter.expression import FilterError, compile_filter
from app.packet.filter.making import filter_of
from app.packet.finding import matches, parse_needle, places
from app.packet.layout import Span
from app.packet.link.linktype import LinkType
from app.packet.render import packet_json, summary_line, tree_lines
from tests.packet.capture.making import GZIPPED, SAMPLES, enhanced, interface, option, pcap, section
from tests.packet.damage import Seed, any_damage, damaged, seeds
from tests.packet.filter.expressions import EVERYWHERE, OURS, REFUSED
from tests.packet.monsters import MONSTERS, monster

MOST_SECONDS, MOST_BYTES = 0.050, 10_000_000
#: Of a document, in characters, and of its spans and notes: what a list, a tree and a file can take.
MOST_TEXT, MOST_SPANS, MOST_NOTES = 4_000_000, 32_500, 500
_SIGNS = ("(", ")", "{", "[", '"', "\\", "\0", "é", "\ud800", "9" * 5000, "(" * 2000, "!" * 2000, "-" * 2000)
_WORDS = tuple(word for expression in (*EVERYWHERE, *OURS, *REFUSED) for word in expression.split())


def complaints(data: bytes, link: LinkType = LinkType.RAW) -> Iterator[str]:
    """What does not hold of the dissection of these bytes, if anything."""
    dissection = dissect(data, link)
    yield from _misplaced(dissection, len(data) * 8)
    for text in (summary_line(dissection), *tree_lines(dissection)):
        if not text.isprintable():
            yield f"a control character on the way out: {text!r}"
    text = packet_json(1, 0, len(data), link.words, dissection)
    if len(text) > MOST_TEXT or not text.isprintable():
        yield f"a document of {len(text)} characters, or one of them must not be printed"
    document = json.loads(text)
    if len(document["layers"]) != len(dissection.layers):
        yield "the document has other layers than the dissection"


def _misplaced(dissection: Dissection, end: int) -> Iterator[str]:
    count = 0
    for layer in dissection.layers:
        if not 0 <= layer.start <= layer.stop <= end // 8:
            yield f"layer {layer.name} at {layer.start}..{layer.stop} of {end // 8} bytes"
        for span in every(layer.spans):
            count += 1
            if not 0 <= span.start_bit <= span.stop_bit <= end:
                yield f"{span.field.name} at bits {span.start_bit}..{span.stop_bit} of {end}"
            yield from _strays(span)
    if count > MOST_SPANS or len(dissection.notes) > MOST_NOTES:
        yield f"{count} spans and {len(dissection.notes)} notes"
    for check in dissection.checks:
        if not 0 <= check.start <= end // 8 - 2:
            yield f"a checksum at byte {check.start} of {end // 8}"
    for note in dissection.notes:
        if not 0 <= note.position <= end // 8:
            yield f"a note at byte {note.position} of {end // 8}: {note.text}"


def _strays(parent: Span) -> Iterator[str]:
    for child in parent.children:
        if child.start_bit < parent.start_bit or child.stop_bit > parent.stop_bit:
            yield f"{child.field.name} lies outside {parent.field.name}"


def tool_complaints(seed: Seed, other: Seed, chance: random.Random) -> Iterator[str]:
    """What the inspector's tools do with two damaged packets that they should not."""
    first, second = dissect(seed.data, seed.link), dissect(other.data, other.link)
    if rebuilt(first) != seed.data:
        yield "built back into other bytes"
    mended = with_checksums(seed.data, seed.link)
    if len(mended) != len(seed.data):
        yield "mended into another length"
    for parts in (parts_of(first, second), parts_of(first, second, is_answer=False)):
        comparison = compare(parts)
        if not all(comparison.meaning(row).isprintable() for row in comparison.rows):
            yield "a control character in what a difference means"
    spans = [(layer, span) for layer in first.layers for span in every(layer.spans)]
    layer, span = chance.choice(spans) if spans else (None, None)
    for form in FORMS:
        text = form.make(Copied(first, span if form.takes_field else None))
        if not text.replace("\n", "").isprintable():
            yield f"a control character in {form.title}"
    if layer is not None and span is not None:
        yield from _field_complaints(first, filter_of(span, layer))
        if span.stop_bit > span.start_bit:
            with_field(seed.data, span.start_bit, span.stop_bit, chance.getrandbits(span.stop_bit - span.start_bit))
    first.span_at(chance.randrange(len(seed.data) * 8 + 1))
    yield from _search_complaints(first, chance)


def _field_complaints(dissection: Dissection, expression: str) -> Iterator[str]:
    """A field that somebody points at makes a filter that can be read; whether it holds is another test's business."""
    try:
        compile_filter(expression)(dissection)
    except FilterError as error:
        yield f"no filter comes of a field: {expression}: {error}"


def _search_complaints(dissection: Dissection, chance: random.Random) -> Iterator[str]:
    expression = any_expression(chance)
    complete(expression, chance.randrange(len(expression) + 1))
    try:
        compile_filter(expression)(dissection)
    except FilterError as error:
        if not str(error).isprintable():
            yield "a control character in what is said of a filter"
    try:
        needle = parse_needle(expression)
    except PacketError:
        return
    found = places(needle, dissection.data, dissection)
    if found and not matches(needle, dissection.data, dissection):
        yield f"{needle} is found, and is not there"


def any_expression(chance: random.Random) -> str:
    """A filter out of the words of many, some letters of it turned into others."""
    words = chance.choices(_WORDS, k=chance.choice((1, 3, 5, 9, 40)))
    whole = chance.choices((*EVERYWHERE, *OURS), k=chance.choice((0, 1, 2)))
    text = chance.choice((" ", " and ", " || ", "")).join(whole or words)
    letters = list(text)
    for _ in range(chance.choice((0, 0, 1, 3))):
        at = chance.randrange(len(letters) or 1)
        letters[at : at + 1] = [chance.choice(_SIGNS)]
    return "".join(letters)


def any_capture(chance: random.Random) -> bytes:
    """A capture file of every kind, or one of real packets, with damage."""
    packets = [seed.data for seed in chance.choices(seeds(), k=chance.choice((1, 5, 40)))]
    order = chance.choice("<>")
    told = option(order, chance.randrange(20), chance.randbytes(chance.randrange(40)))
    interfaces = interface(order, 1, options=told) * chance.choice((1, 1, 9, 3000))
    made = (
        *SAMPLES.values(),
        *GZIPPED.values(),
        pcap(order, 0xA1B2C3D4, *packets),
        section(order, told) + interfaces + b"".join(enhanced(order, 0, 1 << 60, data, told) for data in packets),
    )
    data = chance.choice((*made, *made[-2:], *made[-2:]))
    return data if chance.random() < 0.05 else damaged(data, chance)


def capture_complaints(data: bytes) -> Iterator[str]:
    """Whether the reader and the catalogue see the same packets, and say what can be printed."""
    read: list[bytes] = []
    fault = None
    try:
        for packet in read_capture(io.BytesIO(data)):
            read.append(packet.data)
            if not all(text.isprintable() for text in (*packet.comments, packet.interface)):
                yield f"a control character beside a packet: {packet.comments} {packet.interface!r}"
    except CaptureError as error:
        fault = str(error)
    if fault is not None and not fault.isprintable():
        yield f"a control character in a fault: {fault!r}"
    if data[:2] == b"\x1f\x8b":
        return
    catalogue = Catalogue(lambda offset, count: data[offset : offset + count])
    catalogue.finish()
    indexed = [catalogue.packet(place).data for place in range(len(catalogue))]
    if (indexed, catalogue.fault) != (read, fault):
        yield f"{len(indexed)} packets and {catalogue.fault!r} indexed, {len(read)} and {fault!r} read"
    interfaces = (interface.label for interface in catalogue.interfaces)
    if not all(text.isprintable() for text in (*catalogue.remarks, *interfaces, *catalogue.names.values())):
        yield "a control character in what a file says of itself"


class Watch:
    """The slowest packet and the largest, and whether either broke a promise."""

    def __init__(self) -> None:
        self.slowest = self.largest = self.slowest_text = 0.0

    def complaints(self, seed: Seed, *, looks_at_memory: bool) -> Iterator[str]:
        took = self._time(lambda: dissect(seed.data, seed.link), MOST_SECONDS)
        self.slowest = max(self.slowest, took)
        if took > MOST_SECONDS:
            yield f"{took * 1000:.1f} ms"
        if looks_at_memory:
            tracemalloc.start()
            dissection = dissect(seed.data, seed.link)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            self.largest = max(self.largest, peak)
            if peak > MOST_BYTES:
                yield f"{peak / 1e6:.1f} MB"
            shown = self._time(lambda: packet_json(1, 0, 0, "", dissection), MOST_SECONDS)
            self.slowest_text = max(self.slowest_text, shown)

    @staticmethod
    def _time(work: Callable[[], object], most: float) -> float:
        """CPU seconds; what seems to take too long is done again, for others use the machine too."""
        best = 60.0
        for _ in range(5):
            began = time.process_time()
            work()
            best = min(best, time.process_time() - began)
            if best < most / 2:
                break
        return best


def main(seconds: float) -> int:
    """Damage packets until the time is over; status 1 at the first that breaks a promise."""
    started = time.time_ns()
    chance, watch = random.Random(started), Watch()
    counts = {"packets": 0, "pairs for the tools": 0, "captures": 0}
    end = time.monotonic() + seconds
    worst = [Seed(*monster(name)) for name in MONSTERS]
    gc.freeze()
    while worst or time.monotonic() < end:
        count = 0 if worst else counts["packets"]
        seed = worst.pop() if worst else any_damage(chance)
        found = [*watch.complaints(seed, looks_at_memory=count % 20 == 0), *complaints(seed.data, seed.link)]
        culprit = seed.data
        counts["packets"] += 1
        if not found and count % 10 == 0 and len(seed.data) < 8000:
            found = [*tool_complaints(seed, any_damage(chance), chance)]
            counts["pairs for the tools"] += 1
        if not found and count % 10 == 5:
            culprit = any_capture(chance)
            found = [*capture_complaints(culprit)]
            counts["captures"] += 1
        if found:
            sys.stdout.write(f"{started} {seed.link.words} {culprit.hex()}\n" + "\n".join(found[:20]) + "\n")
            return 1
    told = ", ".join(f"{number} {what}" for what, number in counts.items())
    times = f"the slowest {watch.slowest * 1000:.1f} ms, as text {watch.slowest_text * 1000:.1f} ms"
    sys.stdout.write(f"{told}; {times}, the largest {watch.largest / 1e6:.2f} MB\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 120))
