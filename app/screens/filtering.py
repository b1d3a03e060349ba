"""A packet screen's filter and its search: both go through the packets in a thread of their own.

Neither ever holds up a key. What is found so far is shown while the rest is looked at, and Escape stops it.
"""

from functools import partial
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from app.engine.datagram import Direction
from app.engine.dissecting import dissect_packet, dissected
from app.engine.packetlog import Packet
from app.packet.capture.captured import Way
from app.packet.filter.expression import Predicate, compile_filter
from app.packet.filter.facts import Facts
from app.packet.filter.fault import FilterError
from app.packet.filter.making import How, combined, filter_of
from app.packet.finding import Needle, matches, places
from app.packet.text import safe
from app.screens.background import Background, Job
from app.screens.finding import FindScreen
from app.screens.listing import Listing
from app.screens.sieve import Pairer, Seeker, Sieve
from widgets.fieldtree import FieldTree
from widgets.filterbar import FilterBar
from widgets.hexdump import HexDump
from widgets.masthead import Words
from widgets.packetindex import Found, PacketIndex

_RTT = "rtt"
_WAYS = {Direction.OUT: Way.OUT, Direction.IN: Way.IN, Direction.OTHER: None, None: None}


class Filtering(Listing):
    """A list of packets that can be filtered and searched."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", key_display="/", id="packets.filter", tooltip="Show what passes a filter"),
        Binding("ctrl+u", "clear", "Clear", id="packets.clear", tooltip="Show all packets again", show=False),
        Binding(
            "equals_sign",
            "filter_field('replace')",
            "Only this",
            key_display="=",
            id="packets.only",
            tooltip="Show the packets whose field is the same as this one",
            show=False,
        ),
        Binding(
            "tilde",
            "filter_field('replace not')",
            "Not this",
            key_display="~",
            id="packets.not",
            tooltip="Show the packets whose field is another than this one",
            show=False,
        ),
        Binding(
            "ampersand",
            "filter_field('and')",
            "And this",
            key_display="&",
            id="packets.and",
            tooltip="Of what is shown, only what has this field",
            show=False,
        ),
        Binding(
            "vertical_line",
            "filter_field('or')",
            "Or this",
            key_display="|",
            id="packets.or",
            tooltip="Beside what is shown, also what has this field",
            show=False,
        ),
        Binding("f,ctrl+f", "find", "Find", id="packets.find", tooltip="Text, bytes such as 45 00, or ttl=64"),
        Binding("n,f3", "find_next(1)", "Find next", id="packets.find-next", tooltip="The next one", show=False),
        Binding(
            "N,shift+f3", "find_next(-1)", "Find before", id="packets.find-before", tooltip="One before", show=False
        ),
    ]

    #: What the screen begins with.
    expression = ""

    def on_mount(self) -> None:
        """Begin."""
        self._background = Background(f"packets of {self._title or 'all rows'}")
        self._sieve: Sieve | None = None
        self._seeker: Seeker | None = None
        self._needle: Needle | None = None
        self._pairer = self.pairer()
        self._seen = 0
        self.begin()
        if self.expression:
            self.apply_filter(self.expression)
        else:
            self._set_jobs()

    def pairer(self) -> Job | None:
        """What joins questions with answers by their bytes alone; None where the engine knows."""
        if self.capture is None or self.pairing is None:
            return None
        return Pairer(self.capture, self.pairing)

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        self._background.end()

    def _set_jobs(self) -> None:
        jobs: list[Job] = [job for job in (self._seeker, self._sieve) if job is not None]
        if self._pairer is not None:
            # A filter that asks for round-trip times has to wait for them.
            jobs.insert(len(jobs) - 1 if self._sieve and _RTT in self.expression else len(jobs), self._pairer)
        if jobs:
            self._background.set_jobs(*jobs)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a filter is written, nothing else is asked for."""
        if action in ("filter", "find") and self.is_mounted and self.query_one(FilterBar).display:
            return False
        return super().check_action(action, parameters)

    def show_frame(self) -> None:
        """Show what was found since; there may be more to look at."""
        if self.source.last != self._seen:
            self._seen = self.source.last
            self._background.wake()
        self.packets.poll()
        self._show_found()

    # The filter

    def index(self, found: Found | None = None) -> PacketIndex:
        """The packets that pass the filter."""
        return super().index(self._sieve if found is None else found)

    def show_index(self) -> None:
        """Another row: what passes is looked for anew."""
        self.apply_filter(self.expression)

    def apply_filter(self, expression: str) -> None:
        """Show what passes a filter that can be understood; an empty one passes everything."""
        self.expression = expression
        self._sieve = None
        if expression:
            test = _Test(compile_filter(expression), self, needs_rtt=_RTT in expression)
            self._sieve = Sieve(self.source, self.row, test)
        self._seeker = None
        self._set_jobs()
        if self.capture is not None and self.capture.progress.is_complete:
            self.packets.follows = False  # nothing newer comes: the cursor stays on its packet
        self.packets.show(self.index())
        self.show_packet()
        self.poll()

    def show_packet(self) -> None:
        """Show the packet under the cursor."""
        raise NotImplementedError

    def action_filter(self) -> None:
        """Let a filter be written."""
        self.query_one(FilterBar).ask(self.expression)

    @on(FilterBar.Applied)
    def filter_applied(self, event: FilterBar.Applied) -> None:
        """The filter was confirmed."""
        self.back_to_panes()
        self.apply_filter(event.expression)

    @on(FilterBar.Left)
    def filter_left(self) -> None:
        """The filter stays what it was."""
        self.back_to_panes()

    def action_clear(self) -> None:
        """Show all packets again, with the cursor on the same one."""
        if self.expression:
            self.apply_filter("")

    def action_filter_field(self, how: How) -> None:
        """Make a filter from the field under the tree's cursor."""
        line, packet = self.query_one(FieldTree).selected, self.packets.selected
        if line is None or line.layer is None or line.span is None or packet is None:
            self.notify("choose a field in the tree first", markup=False)
            return
        same = [layer for layer in dissected(packet).layers if layer.name == line.layer.name]
        ordinal = next((place for place, layer in enumerate(same, 1) if layer.start == line.layer.start), None)
        made = filter_of(line.span, line.layer, ordinal if len(same) > 1 else None)
        expression = combined(self.expression, made, how)
        try:
            self.apply_filter(expression)
        except FilterError:
            self.notify("this field cannot be asked for by its value", severity="warning", markup=False)
        else:
            self.navigator.filters.add(expression)

    # The search

    def action_find(self) -> None:
        """Ask what to look for."""
        self.app.push_screen(FindScreen(self._needle_text()), self._look_for)

    def _needle_text(self) -> str:
        """What was looked for last, as it was typed."""
        needle = self._needle
        if needle is None:
            return ""
        return needle.words.removeprefix("bytes ").strip('"')

    def _look_for(self, needle: Needle | None) -> None:
        if needle is not None:
            self._needle = needle
            self._find(0, 1)

    def action_find_next(self, by: int) -> None:
        """The next packet, or the one before, that holds what was looked for last."""
        if self._needle is None:
            self.action_find()
        else:
            self._find(1, by)

    def _find(self, skipped: int, by: int) -> None:
        """Look through the list once, from the cursor on and around its end."""
        packets, needle = self.packets, self._needle
        numbers = packets.index.numbers
        if needle is None or not numbers:
            return
        start = packets.cursor + skipped * by
        self._seeker = Seeker(self.source, numbers, start, by, partial(_holds, needle))
        self._set_jobs()

    def _show_found(self) -> None:
        """Go to what was found, with the field that holds it under the tree's cursor."""
        seeker, needle = self._seeker, self._needle
        if seeker is None or needle is None or not seeker.is_done:
            return
        self._seeker = None
        self._set_jobs()
        if seeker.found is None or not self.packets.select(seeker.found):
            self.notify(safe(f"{needle.words} is in none of {seeker.total:,} packets"), markup=False)
            return
        packet = self.packets.selected
        self.show_packet()
        found = [] if packet is None else places(needle, packet.data, dissected(packet))
        self.query_one(HexDump).mark(found)
        if found:
            self.query_one(FieldTree).select_bit(found[0][0])

    # Stopping, and how far it is

    @property
    def is_sifting(self) -> bool:
        """Whether there are packets that the filter has not been asked of yet."""
        return self._sieve is not None and not self._sieve.is_stopped and not self._sieve.is_done

    def action_back(self) -> None:
        """Stop what goes on; else leave."""
        if self._seeker is not None:
            self._seeker.is_stopped = True
            self._seeker = None
            self.poll()
        elif self._sieve is not None and self.is_sifting:
            self._sieve.is_stopped = True
            self.poll()
        else:
            super().action_back()

    def progress_words(self) -> Words:
        """What is looked for, and how far it is; nothing where nothing is."""
        total = self.source.last - self.source.first + 1
        if (seeker := self._seeker) is not None and self._needle is not None:
            share = f"{100 * seeker.looked_at // max(1, seeker.total)} %"
            return (("accent", safe(f"looking for {self._needle.words}: {share}")), ("muted", "  Esc stops"))
        if (sieve := self._sieve) is None:
            return ()
        looked = min(total, max(0, sieve.next - self.source.first))
        if sieve.is_done:
            return (("accent", f"{self.packets.lines():,} of {total:,}"), ("muted", f"  {safe(self.expression, 80)}"))
        if sieve.is_stopped:
            how = ("slow", f"stopped at {looked:,} of {total:,}, {len(sieve.numbers):,} match")
            return (how, ("muted", f"  {safe(self.expression, 80)}"))
        share = f"{100 * looked // max(1, total)} %"
        words = f"{looked:,} of {total:,} looked at, {len(sieve.numbers):,} match, {share}"
        return (("accent", words), ("muted", "  Esc stops"))


def _holds(needle: Needle, packet: Packet) -> bool:
    return matches(needle, packet.data, dissect_packet(packet))


class _Test:
    """A filter, asked of the packets of a list in turn; it knows what it may ask of them beside their bytes."""

    def __init__(self, passes: Predicate, listing: Listing, *, needs_rtt: bool) -> None:
        self._passes = passes
        self._source = listing.source
        self._pairing = listing.pairing
        # Of an engine's packets, an index of its own: the list's belongs to the screen.
        self._joins = PacketIndex(listing.source) if listing.pairing is None and needs_rtt else None
        self._before: Packet | None = None
        self._origin: Packet | None = None

    def __call__(self, packet: Packet) -> bool:
        if self._origin is None:
            self._origin = packet if packet.number == 1 else next(self._source.since(self._source.first), packet)
        passes = self._passes(dissect_packet(packet), self._facts(packet, self._origin))
        self._before = packet
        return passes

    def _facts(self, packet: Packet, origin: Packet) -> Facts:
        before = self._before
        has_time = packet.clock is not None
        follows = has_time and before is not None and before.number == packet.number - 1 and before.clock is not None
        return Facts(
            number=packet.number,
            length=packet.wire_length,
            captured_length=len(packet.data),
            time_ns=packet.at if has_time else None,
            relative_ns=packet.at - origin.at if has_time and origin.clock is not None else None,
            delta_ns=packet.at - before.at if follows and before is not None else 0 if packet is origin else None,
            comment=packet.comment or packet.text or None,
            interface=packet.interface or None,
            direction=_WAYS[packet.direction],
            row=packet.row,
            meaning=packet.meaning.value,
            rtt_ns=self._rtt(packet),
        )

    def _rtt(self, packet: Packet) -> int | None:
        """Of an answer and of what it answers alike."""
        if self._joins is not None:
            self._joins.update()
            other = self._joins.partner(packet)
        else:
            number = None if self._pairing is None else self._pairing.partner(packet.number)
            other = None if number is None else next(self._source.since(number), None)
        return None if other is None or other.clock is None or packet.clock is None else abs(packet.at - other.at)
