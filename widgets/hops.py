"""The hop table: one line a hop that builds itself downwards, with numbers, a range on a common scale and a sparkline.

The cursor belongs to a line, not to a place: whatever appears above, it stays on the hop it was put on.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import ClassVar, TypeAlias

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Size

from app.engine.snapshot import HopRow, RttSummary, TraceSnapshot
from app.engine.wording import duration, percent
from widgets.canvas import fit
from widgets.columns import DURATION_WIDTH, GAP, unit_duration
from widgets.glyphs import UNICODE, Glyphs
from widgets.hoplines import HopLine, Kind, NameOf, RoleOf, cut, hop_lines, host, host_width, silence
from widgets.lines import LineView
from widgets.sparkline import sparkline
from widgets.whisker import scale_end, whisker

TTL_WIDTH = 6
LOSS_WIDTH = 8
SENT_WIDTH = 7
TIME_WIDTH = DURATION_WIDTH + GAP
HOST_WIDTHS = (22, 46)
SPARK_WIDTH = 13  #: the least, its gap included
RANGE_WIDTH = 20
ENOUGH_TIMES = 4  #: of the times, as many come before the range

Time: TypeAlias = tuple[str, Callable[[RttSummary], float] | None, int]

#: The times that can be shown and their order of importance; they stand in the order given here. What is read of no
#: summary is the time that our own host added, which is of the hop, whoever answers there.
TIMES: tuple[Time, ...] = (
    ("last", attrgetter("last"), 0),
    ("mean", attrgetter("mean"), 1),
    ("best", attrgetter("minimum"), 3),
    ("worst", attrgetter("maximum"), 2),
    ("p95", attrgetter("p95"), 6),
    ("stddev", attrgetter("stddev"), 4),
    ("jitter", attrgetter("jitter"), 5),
    ("our host", None, 7),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a table of some width shows: cells of the host, the times, cells of the range and of the sparkline."""

    host: int
    times: tuple[Time, ...]
    span: int
    spark: int


def plan(width: int, wanted: int) -> Plan:
    """The best use of a width, where the hosts want so many cells.

    Two times and the sparkline are the least; then come whole names, four times, the range and the other times.
    """
    room = width - TTL_WIDTH - LOSS_WIDTH - SENT_WIDTH
    shortest, longest = HOST_WIDTHS
    host_width = max(shortest, min(longest, wanted, room - 2 * TIME_WIDTH - SPARK_WIDTH))
    room -= host_width + SPARK_WIDTH
    has_range = room >= ENOUGH_TIMES * TIME_WIDTH + RANGE_WIDTH
    most = len(TIMES) if has_range else ENOUGH_TIMES
    count = max(1, min(most, (room - RANGE_WIDTH * has_range) // TIME_WIDTH))
    room -= count * TIME_WIDTH
    times = tuple(time for time in TIMES if time[2] < count)
    span = max(RANGE_WIDTH, min(52, (room + SPARK_WIDTH) // 2)) if has_range else 0
    return Plan(host_width, times, max(0, span - 2), max(0, room + SPARK_WIDTH - span - 3))


class HopTable(LineView):
    """The hops of a path."""

    HEADINGS = 1
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "choose", "Packets", id="hops.packets", key_display="Enter", tooltip="The packets of this hop"
        ),
    ]

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._glyphs = glyphs
        self._lines: list[HopLine] = []
        self._scale = 1_000_000
        self._wanted = 0  #: cells that the hosts would fill, which never become fewer
        self._limited: frozenset[int | None] = frozenset()  #: the TTLs whose routers limit their own answers
        self._name_of: NameOf = lambda _address: None

    def show(self, snapshot: TraceSnapshot, name_of: NameOf, role_of: RoleOf) -> None:
        """Show the hops of a snapshot; the cursor stays on its line."""
        before = self.selected
        self._lines = hop_lines(snapshot, role_of)
        self._limited = frozenset(each.ttl for each in snapshot.findings if each.kind == "rate-limited")
        self._name_of = name_of
        self._measure_hosts()
        longest = max((line.hop.rtt.p95 for line in self._lines if line.hop.rtt), default=1)
        self._scale = scale_end(max(1, longest), self._scale)
        if before is not None:
            self._return_to(before)
        if len(self._lines) + self.HEADINGS != self.size.height:
            self.refresh(layout=True)
        self.update_rows()

    def _measure_hosts(self) -> None:
        """Give the hosts the room they want; columns move at most once for each name that comes in."""
        wanted = max((host_width(line, self._name_of) for line in self._lines), default=0)
        if wanted > self._wanted:
            self._wanted = wanted
            self.redraw()

    def _return_to(self, before: HopLine) -> None:
        places = [index for index, line in enumerate(self._lines) if line.hop.key == before.hop.key]
        exact = [index for index in places if self._lines[index].key == before.key]
        if exact or places:
            self.cursor = (exact or places)[0]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there are, and the heading."""
        return self.HEADINGS + max(1, len(self._lines))

    @property
    def selected(self) -> HopLine | None:
        """The line under the cursor."""
        return self._lines[self.cursor] if self.cursor < len(self._lines) else None

    # Lines

    def lines(self) -> int:
        """Lines of hops, responders and notes."""
        return len(self._lines)

    def row_key(self, index: int) -> Hashable:
        """A hop is the same object until something about it changed; its name may come later."""
        line = self._lines[index]
        name = self._name_of(line.responder.address) if line.responder else None
        is_limited = line.hop.ttl in self._limited
        return line.hop, line.responder, line.kind, line.text, line.is_last, name, self._scale, is_limited

    def render_row(self, index: int, width: int, *, selected: bool) -> Sequence[Segment]:
        """One line."""
        line = self._lines[index]
        mark = Segment(self._glyphs.cursor if selected else " ", self.ink("lit"))
        ttl = f"{line.hop.ttl:>3}  " if line.kind is Kind.HOP else " " * (TTL_WIDTH - 1)
        head = [mark, Segment(ttl, self.ink("strong" if selected else "muted"))]
        if line.kind is Kind.NOTE:
            return [*head, *self._note(line, width - TTL_WIDTH)]
        if line.kind is Kind.SILENCE:
            return [*head, Segment(line.text, self.ink("faint"))]
        how = plan(width, self._wanted)
        hop = line.hop
        rtt = hop.rtt if line.kind is Kind.HOP else line.responder.rtt if line.responder else None
        segments = [*head, *self._host(line, how.host, is_strong=selected), *self._counts(line)]
        for _, read, _ in how.times:
            value = _added(line) if read is None else None if rtt is None else read(rtt)
            text = unit_duration(value).rjust(TIME_WIDTH)
            is_aside = read is None or hop.inferred_from is not None
            segments.append(Segment(text, self.ink("faint" if value is None else "muted" if is_aside else "plain")))
        segments += self._range(rtt, how.span)
        if line.kind is Kind.HOP:
            median = None if hop.rtt is None else hop.rtt.median
            segments.append(Segment("  "))
            segments += self._spark(hop, how.spark, median)
        return segments

    def _spark(self, hop: HopRow, width: int, median: int | None) -> Sequence[Segment]:
        """The newest probes; where nobody ever answered, no loss is cried."""
        if hop.responders:
            return sparkline(self, self._glyphs, hop.recent, width, median=median)
        asked = min(width, len(hop.recent))
        return (Segment(" " * (width - asked)), Segment(self._glyphs.flight * asked, self.ink("flight")))

    def _host(self, line: HopLine, width: int, *, is_strong: bool) -> list[Segment]:
        branch = (
            "" if line.kind is Kind.HOP else f"{self._glyphs.last_branch if line.is_last else self._glyphs.branch} "
        )
        room = width - len(branch)
        name, address = host(line, self._name_of, room)
        if line.responder is None:
            return [Segment(fit(name, width), self.ink("muted" if line.text else "faint"))]
        is_target = line.responder.is_target
        segments = [Segment(branch, self.ink("rule"))] if branch else []
        usual = "plain" if line.hop.inferred_from is None else "muted"
        segments.append(Segment(name, self.ink("strong" if is_strong or is_target else usual)))
        if address:
            segments.append(Segment(f"  {address}", self.ink("muted")))
        used = len(name) + (len(address) + 2 if address else 0)
        return [*segments, Segment(" " * (room - used))]

    def _counts(self, line: HopLine) -> list[Segment]:
        """The loss and the number of probes; of one of several responders, its share of the answers."""
        ledger = line.hop.ledger
        if line.kind is Kind.RESPONDER:
            assert line.responder is not None
            text = f"{line.responder.replied:>{SENT_WIDTH}}"
            return [Segment(" " * LOSS_WIDTH), Segment(text, self.ink("muted"))]
        if not line.hop.responders and silence(line.hop) != self._glyphs.flight:
            loss, ink = "?", "unknown"
        else:
            loss = percent(ledger.loss)
            is_losing = ledger.loss and line.hop.ttl not in self._limited
            ink = "losing" if is_losing else "faint" if ledger.loss is None else "muted"
        return [
            Segment(loss.rjust(LOSS_WIDTH), self.ink(ink)),
            Segment(f"{ledger.sent:>{SENT_WIDTH}}", self.ink("muted")),
        ]

    def _range(self, rtt: RttSummary | None, width: int) -> list[Segment]:
        if not width:
            return []
        if rtt is None:
            return [Segment(" " * (width + 2))]
        at, left, mark, right = whisker(rtt.minimum, rtt.mean, rtt.maximum, scale=self._scale, width=width)
        if not self._glyphs.has_braille:
            left, mark, right = left.replace("├", "[").replace("─", "-"), "|", right.translate(_PLAIN)
        after = width - at - len(left) - 1 - len(right)
        return [
            Segment(" " * (at + 2)),
            Segment(left, self.ink("late")),
            Segment(mark, self.ink("rtt")),
            Segment(right, self.ink("late")),
            Segment(" " * after),
        ]

    def _note(self, line: HopLine, width: int) -> list[Segment]:
        branch = f"{'  ' if len(line.hop.responders) > 1 else ''}{self._glyphs.last_branch} "
        return [
            Segment(branch, self.ink("rule")),
            Segment(cut(line.text, width - len(branch)), self.ink("slow" if line.is_alarming else "muted")),
        ]

    def render_heading(self, y: int, width: int) -> Sequence[Segment]:
        """The titles of the columns, and the scale of the ranges."""
        how = plan(width, self._wanted)
        titles = " ttl  " + fit("host", how.host) + "loss".rjust(LOSS_WIDTH) + "sent".rjust(SENT_WIDTH)
        titles += "".join(fit(title, TIME_WIDTH, right=True) for title, _, _ in how.times)
        segments = [Segment(titles, self.ink("heading"))]
        if how.span:
            end = f" {duration(self._scale)}"
            rule = self._glyphs.rule * max(0, how.span - len(end) - 2)
            segments += [Segment("  0 ", self.ink("heading")), Segment(rule, self.ink("rule"))]
            segments.append(Segment(end, self.ink("heading")))
        title = f"last {how.spark} probes"
        title = title if len(title) <= how.spark + 1 else f"last {how.spark}"
        segments.append(Segment(f"  {title}", self.ink("heading")))
        return segments


def _added(line: HopLine) -> int | None:
    return line.hop.host if line.kind is Kind.HOP else None


_PLAIN = str.maketrans({"─": "-", "┤": "]", "→": ">"})
