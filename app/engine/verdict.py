"""What an engine made of an event: which row and probe it fed, for the packet log and for `--jsonl`."""

from enum import Enum
from typing import NamedTuple

from app.engine.snapshot import Outcome
from app.engine.wording import duration


class Meaning(Enum):
    """What a datagram was to the statistics."""

    REPLY = "reply"
    LATE = "late"
    DUPLICATE = "duplicate"
    ERROR = "error"  #: an ICMP error about a probe of ours that is no answer of a hop, such as "host unreachable"
    STRANGER = "stranger"  #: matched no probe; changed no number but the count of strangers
    FORGED = "forged"  #: named a probe of ours and failed its secret
    NOTHING = "nothing"  #: a stamp, a fault: no datagram at all


class Verdict(NamedTuple):
    """The row (its key) and the probe (its token) that an event fed; None where it fed none."""

    meaning: Meaning
    row: str | None = None
    token: int | None = None
    text: str = ""  #: one clause for the packet list, such as "proves hop 5"; see `clause`
    rtt: int | None = None  #: of a reply in time or late, by the stamps known when it was read
    is_logged: bool = True  #: whether the packet log keeps the datagram; of a departure: it will be seen as well
    is_own: bool = False  #: the packet of this token as it left: the log has that instead of what was made

    @property
    def clause(self) -> str:
        """The text; of a plain reply it is put into words only when somebody reads it."""
        if not self.text and self.rtt is not None and self.meaning is Meaning.REPLY:
            return f"answered after {duration(self.rtt)}"
        return self.text


class Excuse(NamedTuple):
    """Why a probe that was given up is no loss of the network's."""

    text: str
    is_unsent: bool  #: it never left; False where it did, and its answer may have been dropped here


NEVER_LEFT = "never left this host"
DROPPED_HERE = "its answer may be among packets that this host dropped"


def excuse_of(outcome: Outcome | None) -> Excuse | None:
    """Why what became of a probe is no loss; None where it is one, or nothing of the kind."""
    if outcome is Outcome.FAILED:
        return Excuse(NEVER_LEFT, is_unsent=True)
    return Excuse(DROPPED_HERE, is_unsent=False) if outcome is Outcome.UNKNOWN else None


NOTHING = Verdict(Meaning.NOTHING)
STRANGER = Verdict(Meaning.STRANGER)
