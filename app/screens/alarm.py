"""What every screen says where this host itself spoils what is measured: packets dropped here, probes sent late."""

from app.engine.ailments import is_late
from app.engine.condition import EngineCondition
from app.engine.wording import duration
from widgets.ledger import dropped_here

#: How long drops that do not go on are news, in nanoseconds; they stay in the ledger and the engine panel.
NEWS = 60_000_000_000


class Alarm:
    """Looks at an engine's condition now and then."""

    def __init__(self) -> None:
        self.text = ""  #: a clause; empty while all is well
        self._dropped = 0
        self._dropped_at: int | None = None

    def look(self, condition: EngineCondition | None) -> None:
        """Take what an engine says of itself."""
        if condition is None:
            return
        if condition.link.dropped > self._dropped:
            self._dropped_at = condition.at
        self._dropped = condition.link.dropped
        said = []
        if self._dropped_at is not None and condition.at - self._dropped_at < NEWS:
            said.append(dropped_here(self._dropped))
        if condition.lateness is not None and is_late(condition):
            said.append(f"sends up to {duration(condition.lateness.p99)} late")
        self.text = ", ".join(said)
