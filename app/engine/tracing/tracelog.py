"""What a trace has to say beside its rows: its newest lines, and the answers that were not believed."""

from collections import deque

from app.engine.snapshot import LogLine
from app.engine.tracing.hop import Hop
from app.engine.verdict import Meaning, Verdict

LINES = 200


class TraceLog:
    """Owned by the engine's thread."""

    def __init__(self) -> None:
        self.strangers = 0  #: answers to nobody
        self.forged = 0  #: that named a probe of this trace and did not know its secret
        self._trouble = ""  # what keeps probes from leaving, as it was last said
        self._lines: deque[LogLine] = deque(maxlen=LINES)

    def note(self, at: int, text: str, hop: Hop | None = None) -> None:
        """A line about a hop, or about none."""
        self._lines.append(LogLine(at, None if hop is None else hop.key, text))

    def unsent(self, at: int, hop: Hop, trouble: str) -> None:
        """A probe did not leave: said once, until something is heard again or there is another reason."""
        if trouble != self._trouble:
            self._trouble = trouble
            self.note(at, f"not sent: {trouble}", hop)

    def heard(self) -> None:
        """A probe was answered, whatever trouble there was before."""
        self._trouble = ""

    def count(self, verdict: Verdict) -> Verdict:
        """Count an answer that was not believed; the verdict itself."""
        self.strangers += verdict.meaning is Meaning.STRANGER
        self.forged += verdict.meaning is Meaning.FORGED
        return verdict

    def freeze(self) -> tuple[LogLine, ...]:
        """The lines, frozen."""
        return tuple(self._lines)
