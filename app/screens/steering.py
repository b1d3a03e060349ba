"""What one can tell the ping engine of targets: how often to ask, whom no more, what to forget."""

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType

from app.engine.command import RemoveTarget, Reset, SetInterval
from app.engine.feed import Feed
from app.engine.snapshot import PingSnapshot, TargetRow
from app.screens.pace import faster, faster_here, slower, slower_here
from app.screens.page import Page


class Steered(Page):
    """A screen over the ping engine. A subclass says which target is selected.

    `allows` says whether so many nanoseconds may be between two probes to each of so many targets.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "reset", "Reset", id="dashboard.reset", tooltip="Forget what was measured here", show=False),
        Binding("R", "reset_all", "Reset all", id="dashboard.reset-all", tooltip="Forget all measurements", show=False),
        Binding(
            "x,delete", "remove", "Remove", id="dashboard.remove", tooltip="Stop measuring this target", show=False
        ),
        Binding("plus,equals_sign", "faster", "Faster", id="dashboard.faster", tooltip="Probe more often", show=False),
        Binding("minus", "slower", "Slower", id="dashboard.slower", tooltip="Probe less often", show=False),
        Binding(
            "greater_than_sign",
            "faster_here",
            "Faster here",
            key_display=">",
            id="dashboard.faster-here",
            tooltip="Probe this target more often",
            show=False,
        ),
        Binding(
            "less_than_sign",
            "slower_here",
            "Slower here",
            key_display="<",
            id="dashboard.slower-here",
            tooltip="Probe this target less often",
            show=False,
        ),
    ]

    def __init__(self, allows: Callable[[int, int], bool] = lambda *_: True) -> None:
        super().__init__()
        self.feed: Feed[PingSnapshot] | None = None
        self._allows = allows

    @property
    def selected(self) -> TargetRow | None:
        """The target that keys are about."""
        raise NotImplementedError

    def action_reset(self) -> None:
        """Forget what was measured of the selected target."""
        if (row := self.selected) is not None and self.feed is not None:
            self.feed.tell(Reset(row.target.key))

    def action_reset_all(self) -> None:
        """Forget all that was measured."""
        if self.feed is not None:
            self.feed.tell(Reset())

    def action_remove(self) -> None:
        """Stop measuring the selected target."""
        if (row := self.selected) is not None and self.feed is not None:
            self.feed.tell(RemoveTarget(row.target.key))

    def action_faster(self) -> None:
        """Take the next shorter interval that the rate allows."""
        if self.feed is None:
            return
        interval = faster(self.feed.latest.interval)
        if self._allows(interval, len(self.feed.latest.rows)):
            self.feed.tell(SetInterval(interval))
        else:
            self.notify("that would be more probes a second than this run may send: --rate allows more", markup=False)

    def action_slower(self) -> None:
        """Take the next longer interval."""
        if self.feed is not None:
            self.feed.tell(SetInterval(slower(self.feed.latest.interval)))

    def action_faster_here(self) -> None:
        """Take the next shorter interval for the selected target alone."""
        if (row := self.selected) is not None and self.feed is not None:
            self.feed.tell(faster_here(row, self.feed.latest))

    def action_slower_here(self) -> None:
        """Take the next longer interval for the selected target alone."""
        if (row := self.selected) is not None and self.feed is not None:
            self.feed.tell(slower_here(row, self.feed.latest))
