"""One target of the ping engine: its probes, its health, its errors and the facts that snapshots are made of."""

from collections.abc import Callable, Sequence

from app.engine.command import Target
from app.engine.datagram import Clock
from app.engine.pinging.echo import CYCLE
from app.engine.pinging.health import Health
from app.engine.pinging.targetfacts import TargetFacts
from app.engine.pinging.template import Template
from app.engine.samples.added import Added
from app.engine.samples.rollup import MINUTES
from app.engine.samples.series import NARROW, WIDE, Series
from app.engine.samples.sweep import Sweep
from app.engine.snapshot import ErrorCount, History, LogLine, Samples
from app.packet.compose import Address

RECENT = 240  #: samples in a row's snapshot
KINDS = 64  #: ICMP errors, by whom they came from and what they say, that a row tells apart
LINES = 200  #: log lines that a row keeps
_UNWATCHED = Samples()


class Row:
    """What the engine's thread knows of one target. Probe n has the token `token + n`.

    The first probe has the sequence number `offset`; rows with one address start far apart, so that
    answers too short for a tag still find their row.
    """

    __slots__ = ("_errors", "_log", "added", "health", "interval", "is_changed", "is_source_doubtful", "is_watched",
                 "kept", "key", "late_rtt", "minutes", "offset", "place", "received_clock", "sent_clock", "series",
                 "sizes", "stamped", "target", "template", "token", "trouble")  # fmt: skip

    def __init__(
        self, target: Target, token: int, *, offset: int, kept: int, minutes: int = MINUTES, sizes: Sequence[int] = ()
    ) -> None:
        self.target = target
        self.key = target.key
        self.token = token
        self.offset = offset
        self.kept = kept
        self.minutes = minutes  # of roll-ups that are kept
        self.sizes = sizes  # of its payloads, one probe after another; none: always the same
        self.interval = target.interval  # its own
        self.place = -1  #: where it stands among the rows of a snapshot
        self.template: Template | None = None
        self.is_source_doubtful = True
        self.is_watched = False
        self.is_changed = False  #: since the last snapshot
        self.series = self._series(first=0)
        self.reset(origin=0)

    def _series(self, *, first: int) -> Series:
        return Series(
            self.token,
            first=first,
            kept=self.kept,
            width=WIDE if self.is_watched else NARROW,
            minutes=self.minutes,
            sweep=Sweep.of(self.sizes),
        )

    def reset(self, *, origin: int) -> None:
        """Forget what was measured. Numbers go on, so that answers to older probes feed nothing."""
        self.series = self._series(first=self.series.following)
        self.health = Health(origin)
        self.stamped = -1  #: the newest probe whose departure the kernel has stamped
        self.late_rtt: int | None = None
        self.sent_clock: Clock | None = None
        self.received_clock: Clock | None = None
        self.trouble = ""  #: what the log last said was wrong
        self._errors: dict[tuple[Address, int, int], ErrorCount] | None = None
        self._log: list[LogLine] | None = None
        self.added = Added()

    def watch(self, is_watched: bool) -> None:  # noqa: FBT001  # a property with a consequence
        """Have exact samples to show, or save their room."""
        if is_watched != self.is_watched:
            self.is_watched = is_watched
            self.series.widen(WIDE if is_watched else NARROW)

    def resource(self, ask: Callable[[Address], Address], make: Callable[[Address, Address], Template]) -> Template:
        """The template of the next probe, made anew where its source address has changed."""
        source = ask(self.target.address)
        if self.template is None or self.template.source != source:
            self.template = make(source, self.target.address)
        self.is_source_doubtful = False
        return self.template

    def number(self, sequence: int) -> int | None:
        """The newest probe with that sequence number on the wire; None where it is not remembered."""
        newest = self.series.following - 1
        number = newest - (newest + self.offset - sequence) % CYCLE
        return number if number >= self.series.first else None

    def message(self, number: int) -> bytes:
        """The ICMP message that probe `number` was, made once more."""
        sequence = (self.offset + number) % CYCLE
        return b"" if self.template is None else self.template.message(self.token + number, sequence)

    def count_error(self, source: Address, type: int, code: int, text: str) -> None:  # noqa: A002  # RFC 792's word
        """Count one more ICMP error of this kind, of the first `KINDS`: liars have many addresses."""
        self._errors = errors = self._errors or {}
        known = errors.get((source, type, code))
        if known is None and len(errors) >= KINDS:
            return
        errors[source, type, code] = ErrorCount(source, type, code, text, known.count + 1 if known else 1)

    def note(self, line: LogLine) -> None:
        """Keep a line of its log."""
        if self._log is None:
            self._log = []  # most rows have a line or two, for which a deque has room for sixty
        self._log.append(line)
        del self._log[:-LINES]

    # What is known, frozen

    def facts(self) -> TargetFacts:
        """All of it, as it is now."""
        series, health = self.series, self.health
        return TargetFacts(
            self.target,
            health.state,
            series.counts(),
            series.rtt.frozen(),
            series.samples(RECENT) if self.is_watched else _UNWATCHED,
            () if self._errors is None else tuple(self._errors.values()),
            health.reply_ttl,
            self.late_rtt,
            (self.sent_clock, self.received_clock),
            health.down_since,
            self.added.copy(),
            self.interval,
            () if series.sweep is None else series.sweep.rows(),
        )

    def history(self) -> History:
        """All that is remembered of the row: every probe is among the samples, or rolled up, or about to be."""
        remembered = self.series.following - self.series.first
        return History(self.key, self.series.samples(remembered), tuple(self._log or ()), self.series.rollups())
