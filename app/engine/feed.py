"""The seam between an engine and whoever shows it: the latest snapshot, and a way to tell it something."""

from typing import TYPE_CHECKING, Protocol, TypeVar

from app.engine.command import Command
from app.engine.packetlog import PacketLog

if TYPE_CHECKING:
    from app.engine.condition import EngineCondition

S = TypeVar("S", covariant=True)


class Feed(Protocol[S]):
    """All that a screen knows of an engine. A test passes a still one."""

    @property
    def latest(self) -> S:
        """The newest snapshot, frozen; a new object only when something changed."""

    @property
    def packets(self) -> PacketLog:
        """The packets sent and received, readable from any thread."""

    @property
    def failure(self) -> str | None:
        """Why the engine ended before its time, as a sentence; None while all is well."""

    @property
    def condition(self) -> "EngineCondition | None":
        """How the engine itself is doing, about once a second; None before the first time, or where nothing runs."""

    def tell(self, command: Command) -> None:
        """Hand over a command; returns at once."""
