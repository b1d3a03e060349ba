"""How a row is doing, in one word, by its latest probes: slow enough to change that it does not flicker.

It is told what became of each probe and answers with the sentence for the event log, or None. Nothing
here is a statistic: `app.engine.samples.stats` and the ledger have those.
"""

from app.engine.samples.stats import RttStatistics
from app.engine.snapshot import State
from app.engine.wording import clock, duration, span

DOWN_AFTER = 3  #: misses in a row, later than the newest answer
DOWN_AFTER_LOSSY = 6  #: the same where loss is nothing new: at 20 % three in a row come every two minutes
WINDOW = 60  #: decided probes over which loss is judged
LOSING_ABOVE, HEALED_BELOW = 0.10, 0.05
JUDGED_FROM = 10  #: decided probes, or answers, before loss or slowness is claimed
SLOW_AFTER = 3  #: answers in a row
SLOW_FACTOR, SLOW_MARGIN = 2, 5_000_000  #: slow is above twice the median and 5 ms more than it
STEADY_AFTER = 3  #: replies with a new TTL before the path counts as changed


class Health:
    """The state of one row. Moments are nanoseconds on the link's clock, `origin` is what log lines count from."""

    __slots__ = (
        "_decided",
        "_enough",
        "_first_loss",
        "_is_losing",
        "_is_slow",
        "_losses",
        "_misses",
        "_new_ttl",
        "_newest",
        "_run_since",
        "_same_ttl",
        "_slow_run",
        "_unsent",
        "down_since",
        "origin",
        "reason",
        "reply_ttl",
    )

    def __init__(self, origin: int) -> None:
        self.origin = origin
        self.reason = ""  #: why the last probe was not answered, in words; "" for mere silence
        self.down_since: int | None = None
        self.reply_ttl: int | None = None
        self._newest = -1  # number of the newest probe that was answered
        self._misses = 0  # since then, in a row
        self._enough = DOWN_AFTER  # of them, to be down
        self._unsent = 0  # of these, the last ones that could not even be sent
        self._run_since = 0
        self._losses = 0  # one bit a decided probe, the newest lowest
        self._decided = 0
        self._first_loss = 0
        self._is_losing = self._is_slow = False
        self._slow_run = 0
        self._new_ttl: int | None = None
        self._same_ttl = 0

    @property
    def state(self) -> State:
        """The one word."""
        if self._misses and self._misses == self._unsent and (self._newest < 0 or self._unsent >= DOWN_AFTER):
            return State.UNKNOWN
        if self._misses >= self._enough:
            return State.UNKNOWN if self._unsent >= DOWN_AFTER else State.DOWN
        if self._newest < 0:
            return State.WAITING
        if self._is_losing:
            return State.LOSING
        return State.SLOW if self._is_slow else State.UP

    def is_steady(self, number: int, ttl: int | None, rtt: int, statistics: RttStatistics) -> bool:
        """Take the answer to the newest probe in, if nothing was wrong and nothing is: the ordinary case, made cheap.

        An RTT that is not far above the shortest is not far above the median. Where this is False, `answered`, `heard`
        and `timed` are to be told.
        """
        if (
            self._misses
            or self._losses
            or self._slow_run
            or self._same_ttl
            or ttl != self.reply_ttl
            or not 0 <= self._newest < number
            or rtt > statistics.minimum + SLOW_MARGIN
        ):
            return False
        self._newest = number
        if self._decided < WINDOW:
            self._decided += 1
        return True

    def answered(self, number: int, sent_at: int, rtt: int) -> str | None:
        """A probe was answered in time."""
        is_first = self._newest < 0
        self._newest = max(self._newest, number)
        self._misses = self._unsent = 0
        self.reason = ""
        down_since, self.down_since = self.down_since, None
        if down_since is not None:
            self._losses = self._decided = 0  # an outage is not loss: judge anew
            self._is_losing = False
        told = self._weigh(is_lost=False, at=sent_at)
        if is_first:
            return f"first answer after {duration(rtt)}"
        return f"up again after {span(sent_at - down_since)}" if down_since is not None else told

    def missed(self, number: int, sent_at: int, reason: str, *, is_sent: bool) -> str | None:
        """A probe was not answered in time, or not even sent; `reason` says why, where that is known."""
        if is_sent:
            self._weigh(is_lost=True, at=sent_at)
        if number < self._newest:  # it is older than what was answered since: lost, but no sign of an outage
            return None
        if self._misses == 0:
            self._run_since = sent_at
            self._enough = DOWN_AFTER_LOSSY if self._is_losing else DOWN_AFTER
        self._misses += 1
        self._unsent = 0 if is_sent else self._unsent + 1
        self.reason = reason
        if self._misses >= self._enough and self.down_since is None:
            self.down_since = self._run_since
            what = "down" if self._unsent < DOWN_AFTER else "cannot be known"
            return f"{what} since {clock(self._run_since - self.origin)}: {reason or 'no answer'}"
        return None

    def _weigh(self, *, is_lost: bool, at: int) -> str | None:
        """Judge the loss over the last `WINDOW` decided probes: when one is answered, as before it may be an outage."""
        if is_lost and not self._losses:
            self._first_loss = at
        self._losses = (self._losses << 1 | is_lost) & ((1 << WINDOW) - 1)
        self._decided = min(self._decided + 1, WINDOW)
        loss = self._losses.bit_count() / self._decided
        if not (self._is_losing or is_lost) and loss > LOSING_ABOVE and self._decided >= JUDGED_FROM:
            self._is_losing = True
            return f"loss above {LOSING_ABOVE:.0%} since {clock(self._first_loss - self.origin)}".replace("%", " %")
        if self._is_losing and loss < HEALED_BELOW:
            self._is_losing = False
            return f"loss below {HEALED_BELOW:.0%} again".replace("%", " %")
        return None

    def timed(self, rtt: int, statistics: RttStatistics) -> str | None:
        """The final RTT of an answer is known, and is in `statistics` already."""
        if statistics.count < JUDGED_FROM:
            return None
        median = statistics.percentile(50)
        is_far = rtt > max(SLOW_FACTOR * median, median + SLOW_MARGIN)
        self._slow_run = min(self._slow_run + 1, SLOW_AFTER) if is_far else max(self._slow_run - 1, 0)
        if not self._is_slow and self._slow_run == SLOW_AFTER:
            self._is_slow = True
            return f"slow: {duration(rtt)}, its median is {duration(median)}"
        if self._is_slow and self._slow_run == 0:
            self._is_slow = False
            return f"as fast as before: {duration(rtt)}"
        return None

    def heard(self, ttl: int | None) -> str | None:
        """The TTL of a reply: another one, `STEADY_AFTER` times in a row, means another path back."""
        if ttl is None or ttl == self.reply_ttl:
            self._same_ttl = 0
            return None
        self._same_ttl = self._same_ttl + 1 if ttl == self._new_ttl else 1
        self._new_ttl = ttl
        if self.reply_ttl is not None and self._same_ttl < STEADY_AFTER:
            return None
        before, self.reply_ttl, self._same_ttl = self.reply_ttl, ttl, 0
        return None if before is None else f"path changed: reply TTL {before} → {ttl}"
