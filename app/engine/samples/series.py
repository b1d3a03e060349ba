"""The probes of one row: what became of each, and the ledger over all of them.

Probes are numbered from 0 in the order of sending and never renumbered. The newest ones, and all that are in flight,
stand in a window with their exact times; the others of the newest `kept` in a ring, three bytes each: a code of the
RTT, exact within 0.05 % (`app.engine.samples.rttcode`), and one of the time since the probe before, by which its
moment is known within 1/16 of the longest such time: errors do not add up. What falls out of the ring is rolled up
(`app.engine.samples.rollup`). A reply to a probe that has left the window, which is `NARROW` probes later or more, is
late by an RTT that is known as well as its moment of sending.
"""

from array import array
from itertools import accumulate
from typing import NamedTuple

from app.engine.samples.rollup import RollUp, RollUps
from app.engine.samples.rttcode import CODES, GAPS, gap_code, time_code, time_of, times_of
from app.engine.samples.stats import RttStatistics
from app.engine.samples.sweep import Sweep
from app.engine.snapshot import Ledger, Outcome, Samples

KEPT = 3_600  #: an hour at one probe a second
WIDE, NARROW = 256, 16  #: probes in the window of a row that is looked at, and of others
_OUTCOMES = tuple(Outcome)  # by value; calling an enum costs ten times as much
_IN_FLIGHT, _REPLIED = int(Outcome.IN_FLIGHT), int(Outcome.REPLIED)
#: Codes in the ring from CODES on: of a late reply its time, of one without a time its outcome.
_LOST, _FAILED, _UNKNOWN = 0xFFFF, 0xFFFE, 0xFFFD
_SLOWEST = _UNKNOWN - CODES - 1
_TIMELESS = {Outcome.LOST: _LOST, Outcome.FAILED: _FAILED, Outcome.UNKNOWN: _UNKNOWN}
_OUTCOME_OF = {code: outcome for outcome, code in _TIMELESS.items()}


def _outcome_of(code: int) -> Outcome:
    return Outcome.REPLIED if code < CODES else _OUTCOME_OF.get(code, Outcome.LATE)


def _code_of(outcome: Outcome, rtt: int) -> int:
    if outcome is Outcome.REPLIED:
        return time_code(max(rtt, 0))
    return _TIMELESS.get(outcome) or CODES + min(time_code(max(rtt, 0)), _SLOWEST)


class Counts(NamedTuple):
    """How many probes of a row were sent and what became of those that are decided, by Outcome."""

    sent: int
    decided: tuple[int, ...]
    duplicates: int

    def ledger(self) -> Ledger:
        """The same with names."""
        counts = self.decided
        unknown = counts[Outcome.UNKNOWN]
        return Ledger(
            sent=self.sent,
            replied=counts[Outcome.REPLIED],
            lost=counts[Outcome.LOST] + counts[Outcome.LATE],
            in_flight=self.sent - sum(counts),
            failed=counts[Outcome.FAILED] + unknown,
            late=counts[Outcome.LATE],
            duplicates=self.duplicates,
            unknown=unknown,
        )


class Series:
    """The history, ledger and RTT statistics of one row, owned by the engine's thread.

    `token` is the name of probe number 0; probe n is called `token + n`.
    """

    __slots__ = ("_codes", "_counts", "_edge", "_first", "_gaps", "_head", "_kept", "_mask", "_minutes", "_newest_at",
                 "_oldest_at", "_outcomes", "_rolled", "_rtts", "_sent_at", "_token", "_width", "duplicates",
                 "following", "rtt", "sweep")  # fmt: skip

    def __init__(
        self,
        token: int,
        *,
        first: int = 0,
        kept: int = KEPT,
        width: int = WIDE,
        minutes: int | None = None,
        sweep: Sweep | None = None,
    ) -> None:
        self.following = first  #: the number that the next probe will have
        self.rtt = RttStatistics()
        self.duplicates = 0
        self.sweep = sweep  #: the same by the size of the probes; None where all have one
        self._token = token
        self._first = first
        self._kept = kept
        self._counts = [0] * len(Outcome)  # of those that are decided
        self._minutes = minutes
        self._rolled: RollUps | None = None
        self._edge = first  # number of the oldest probe in the window
        self._width = min(width, kept)
        self._codes, self._gaps = array("H"), bytearray()  # the ring, whose oldest entry is at `_head`
        self._head = 0
        self._oldest_at = self._newest_at = 0  # when the oldest and newest in the ring left, as far as it knows
        self._allot(self._width)

    @property
    def first(self) -> int:
        """The number of the oldest probe that is still remembered."""
        return self._edge - len(self._codes)

    @property
    def sent(self) -> int:
        """How many probes were entered, those that failed included."""
        return self.following - self._first

    @property
    def replied(self) -> int:
        """How many probes were answered in time."""
        return self._counts[_REPLIED]

    @property
    def in_flight(self) -> int:
        """How many probes wait for an answer."""
        return self.sent - sum(self._counts)

    def launch(self, sent_at: int) -> int:
        """Enter a probe that is sent now, and say its number."""
        number = self.following
        if number - self._edge >= self._width:
            self._advance(number)
        place = number & self._mask
        self._sent_at[place] = sent_at
        self._rtts[place] = -1
        self._outcomes[place] = _IN_FLIGHT
        self.following = number + 1
        if self.sweep is not None:
            self.sweep.launch(number)
        return number

    def left(self, number: int, sent_at: int) -> bool:
        """Say better when a probe left that is in flight; whether it is."""
        if not self._edge <= number < self.following or self._outcomes[number & self._mask] != _IN_FLIGHT:
            return False
        self._sent_at[number & self._mask] = sent_at
        return True

    # The window

    def _advance(self, number: int) -> None:
        """Make room for probe `number`: the oldest leave the window as far as they are decided."""
        edge, mask = self._edge, self._mask
        while number - edge >= self._width and self._outcomes[edge & mask] != _IN_FLIGHT:
            place = edge & mask
            outcome, rtt = self._outcomes[place], self._rtts[place]
            code = time_code(rtt) if outcome == _REPLIED else _code_of(_OUTCOMES[outcome], rtt)
            self._keep(self._sent_at[place], code)
            edge += 1
            self._edge = edge
        if number - edge > mask or (mask >= 4 * self._width and number - edge < self._width):
            self._resize(number - edge + 1)

    def _resize(self, least: int) -> None:
        """A window of another size: a power of two, so that a probe's place is its number's lower bits."""
        sent_at, rtts, outcomes, mask = self._sent_at, self._rtts, self._outcomes, self._mask
        self._allot(max(least, self._width))
        for number in range(self._edge, self.following):
            old, new = number & mask, number & self._mask
            self._sent_at[new], self._rtts[new], self._outcomes[new] = sent_at[old], rtts[old], outcomes[old]

    def _allot(self, least: int) -> None:
        size = 1 << max(least - 1, 0).bit_length()
        self._sent_at, self._rtts = array("q", bytes(8 * size)), array("q", bytes(8 * size))
        self._outcomes, self._mask = bytearray(size), size - 1

    def widen(self, width: int) -> None:
        """Have so many of the newest probes in the window from now on."""
        self._width = min(width, self._kept)
        if self._width > self._mask + 1:
            self._resize(self._width)

    # The ring

    def _keep(self, sent_at: int, code: int) -> None:
        """The next probe goes from the window into the ring, and the oldest out of it."""
        codes, gaps = self._codes, self._gaps
        if self._kept <= NARROW:
            self._fall_out(sent_at, code)
            return
        if not codes:
            self._oldest_at = self._newest_at = sent_at
        gap = gap_code(sent_at - self._newest_at)
        self._newest_at += GAPS[gap]
        if len(codes) < self._kept - NARROW:
            codes.append(code)
            gaps.append(gap)
            if len(codes) == self._kept - NARROW:  # what they reserved to grow is not needed any more
                self._codes, self._gaps = codes[:], bytearray(bytes(gaps))
            return
        head = self._head
        self._fall_out(self._oldest_at, codes[head])
        codes[head], gaps[head] = code, gap
        self._head = head = (head + 1) % len(codes)
        self._oldest_at += GAPS[gaps[head]]

    def _fall_out(self, sent_at: int, code: int) -> None:
        if code < CODES:
            self.rtt.forget(time_of(code))
        if self._minutes is not None:
            if self._rolled is None:
                self._rolled = RollUps(self._minutes)
            self._rolled.add(sent_at, _outcome_of(code), code % CODES)

    def _index(self, number: int) -> int:
        return (self._head + number - self.first) % len(self._codes)

    # One probe

    def outcome(self, number: int) -> Outcome | None:
        """What became of a probe; None where it is no longer, or not yet, known."""
        if number >= self._edge:
            return _OUTCOMES[self._outcomes[number & self._mask]] if number < self.following else None
        return _outcome_of(self._codes[self._index(number)]) if number >= self.first else None

    def sent_at(self, number: int) -> int:
        """When a remembered probe left, by the best stamp so far; about then, if it has left the window."""
        if number >= self._edge:
            return self._sent_at[number & self._mask]
        later = range(number + 1, self._edge)
        return self._newest_at - sum(GAPS[self._gaps[self._index(each)]] for each in later)

    def restamp(self, number: int, sent_at: int) -> None:
        """Say better when a probe left, if it is in the window still."""
        if number >= self._edge:
            self._sent_at[number & self._mask] = sent_at

    def decide(self, number: int, outcome: Outcome, rtt: int = -1) -> None:
        """Move a remembered probe to another column of the ledger."""
        before = self.outcome(number)
        if before is None:
            return
        if before is not Outcome.IN_FLIGHT:
            self._counts[before] -= 1
        self._counts[outcome] += 1
        if self.sweep is not None:
            self.sweep.decide(number, before, outcome)
        if number >= self._edge:
            place = number & self._mask
            self._outcomes[place] = outcome
            self._rtts[place] = rtt
        else:
            self._codes[self._index(number)] = _code_of(outcome, rtt)

    def settle(self, number: int, rtt: int) -> None:
        """Take the RTT of a probe that was replied to into the statistics: once, when its stamps are final."""
        if number >= self._edge:
            self._rtts[number & self._mask] = rtt
        elif number >= self.first:
            self._codes[self._index(number)] = time_code(rtt)
        else:
            return
        self.rtt.add(rtt)
        if self.sweep is not None:
            self.sweep.settle(number, rtt)

    def reply(self, number: int, received_at: int, longest: int) -> int:
        """Enter a reply to a probe in flight whose stamps are final, and take its RTT in; -1 where it is none in time.

        The same as `decide` and `settle`, for the ordinary case.
        """
        place = number & self._mask
        if number < self._edge or self._outcomes[place] != _IN_FLIGHT:
            return -1
        rtt = received_at - self._sent_at[place]
        if not 0 <= rtt <= longest:
            return -1
        self._outcomes[place] = _REPLIED
        self._rtts[place] = rtt
        self._counts[_REPLIED] += 1
        self.rtt.add(rtt)
        if self.sweep is not None:
            self.sweep.decide(number, Outcome.IN_FLIGHT, Outcome.REPLIED)
            self.sweep.settle(number, rtt)
        return rtt

    # All of them

    def counts(self) -> Counts:
        """Where every probe of this row went, in a tuple."""
        return Counts(self.sent, tuple(self._counts), self.duplicates)

    def ledger(self) -> Ledger:
        """Where every probe of this row went."""
        return self.counts().ledger()

    def samples(self, newest: int | None = None) -> Samples:
        """The `newest` probes, or all that are remembered, as columns of their own."""
        start = max(self.first, self.following - (self._kept if newest is None else newest))
        inside = max(start, self._edge)
        place, count = inside & self._mask, self.following - inside
        sent_at, rtts = self._cut(self._sent_at, place, count), self._cut(self._rtts, place, count)
        outcomes = bytes((self._outcomes * 2)[place : place + count])
        if start < self._edge:
            codes, older = self._older(start)
            sent_at = older + sent_at
            timed = times_of(code % CODES for code in codes)
            rtts = array("q", map(_or_none, codes, timed)) + rtts
            outcomes = bytes(map(_outcome_of, codes)) + outcomes
        return Samples(sent_at, rtts, outcomes, range(self._token + start, self._token + self.following))

    @staticmethod
    def _cut(column: "array[int]", place: int, count: int) -> "array[int]":
        return column[place : place + count] + column[: max(0, place + count - len(column))]

    def _older(self, start: int) -> "tuple[array[int], array[int]]":
        """The codes and the moments of those that have left the window, from number `start` on."""
        head, skipped = self._head, start - self.first
        codes = (self._codes[head:] + self._codes[:head])[skipped:]
        gaps = (self._gaps[head:] + self._gaps[:head])[skipped + 1 :]
        oldest = self._newest_at - sum(GAPS[gap] for gap in gaps)
        return codes, array("q", accumulate((GAPS[gap] for gap in gaps), initial=oldest))

    def rollups(self) -> tuple[RollUp, ...]:
        """What is left of those that are no longer remembered, oldest first."""
        return () if self._rolled is None else self._rolled.view()


def _or_none(code: int, rtt: int) -> int:
    return -1 if code >= _UNKNOWN else rtt
