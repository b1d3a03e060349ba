"""One target of the ping engine: its probes, its health, its errors and the frozen row made of them."""

from collections import deque
from collections.abc import Callable, Sequence

from app.engine.command import Target
from app.engine.datagram import Clock
from app.engine.echo import CYCLE
from app.engine.health import Health
from app.engine.series import Series
from app.engine.snapshot import ErrorCount, History, LogLine, TargetRow
from app.engine.sweep import Sweep, Template
from app.packet.compose import Address

RECENT = 240  #: samples in a row's snapshot
LINES = 200  #: log lines that a row keeps


class Row:
    """What the engine's thread knows of one target. Probe n has the token `token + n`.

    The first probe has the sequence number `offset`; rows with one address start far apart, so that
    answers too short for a tag still find their row.
    """

    __slots__ = ("_view", "errors", "health", "interval", "is_source_doubtful", "kept", "late_rtt", "log",
                 "offset", "received_clock", "sent_clock", "series", "sizes", "target", "template", "token",
                 "trouble")  # fmt: skip

    def __init__(self, target: Target, token: int, *, offset: int, kept: int, sizes: Sequence[int] = ()) -> None:
        self.target = target
        self.token = token
        self.offset = offset
        self.kept = kept
        self.sizes = sizes  # of its payloads, one probe after another; none: always the same
        self.interval = target.interval  # its own
        self.template: Template | None = None
        self.is_source_doubtful = True
        self.log: deque[LogLine] = deque(maxlen=LINES)
        self.series = Series(token, kept=kept, sweep=Sweep.of(sizes))
        self.reset(origin=0)

    @property
    def key(self) -> str:
        """The name of the row."""
        return self.target.key

    def reset(self, *, origin: int) -> None:
        """Forget what was measured. Numbers go on, so that answers to older probes feed nothing."""
        self.series = Series(self.token, first=self.series.following, kept=self.kept, sweep=Sweep.of(self.sizes))
        self.health = Health(origin)
        self.errors: dict[tuple[Address, int, int], ErrorCount] = {}
        self.late_rtt: int | None = None
        self.sent_clock: Clock | None = None
        self.received_clock: Clock | None = None
        self.trouble = ""  # what the log last said was wrong
        self.log.clear()
        self._view: TargetRow | None = None

    def resource(self, make: Callable[[Target], Template]) -> Template:
        """The template of the next probe, made anew where its source address may have changed."""
        if self.template is None or self.is_source_doubtful:
            self.template = make(self.target)
            self.is_source_doubtful = False
        return self.template

    def sequence(self, number: int) -> int:
        """The sequence number on the wire of a probe: 16 bits, so it comes round again."""
        return (self.offset + number) % CYCLE

    def number(self, sequence: int) -> int | None:
        """The newest probe with that sequence number; None where it is not remembered."""
        newest = self.series.following - 1
        number = newest - (newest + self.offset - sequence) % CYCLE
        return number if number >= self.series.first else None

    def message(self, number: int) -> bytes:
        """The ICMP message that probe `number` was, made once more."""
        return b"" if self.template is None else self.template.message(self.token + number, self.sequence(number))

    def count_error(self, source: Address, type: int, code: int, text: str) -> None:  # noqa: A002  # RFC 792's word
        """Count one more ICMP error of this kind."""
        known = self.errors.get((source, type, code))
        self.errors[source, type, code] = ErrorCount(source, type, code, text, known.count + 1 if known else 1)

    def changed(self) -> None:
        """The frozen row no longer says the truth."""
        self._view = None

    def view(self) -> TargetRow:
        """The row, frozen; the same object until `changed`."""
        if self._view is None:
            self._view = TargetRow(
                target=self.target,
                state=self.health.state,
                ledger=self.series.ledger(),
                rtt=self.series.rtt.summary(),
                recent=self.series.samples(RECENT),
                errors=tuple(self.errors.values()),
                reply_ttl=self.health.reply_ttl,
                late_rtt=self.late_rtt,
                sent_clock=self.sent_clock,
                received_clock=self.received_clock,
                down_since=self.health.down_since,
                interval=self.interval,
                sweep=() if self.series.sweep is None else self.series.sweep.rows(),
            )
        return self._view

    def history(self) -> History:
        """All that is remembered of the row."""
        return History(self.key, self.series.samples(), tuple(self.log))
