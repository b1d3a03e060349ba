"""The time that our own machine added to probes, as a user's clock would have measured them: scheduler and queue."""

from array import array

TIMED = 16  #: probes that are remembered: a power of two


class Added:
    """Of the latest probes of one row, in nanoseconds; owned by the engine's thread."""

    __slots__ = ("_added",)

    def __init__(self) -> None:
        self._added: array[int] | None = None

    def copy(self) -> "Added":
        """The same, to be kept as it is."""
        copied = Added()
        copied._added = None if self._added is None else self._added[:]  # of its own class
        return copied

    def left(self, number: int, took: int) -> None:
        """The kernel stamped a probe's departure so long after it was handed over."""
        if self._added is None:
            self._added = array("q", bytes(8 * TIMED))
        self._added[number % TIMED] = ~max(took, 0)  # negative until the reply was read

    def was_read(self, number: int, took: int) -> None:
        """The reply was read so long after the kernel had stamped it."""
        if self._added is not None and (leaving := self._added[number % TIMED]) < 0:
            self._added[number % TIMED] = max(1, ~leaving + took)

    @property
    def median(self) -> int | None:
        """Of both ends together; None where the kernel stamped none."""
        if self._added is None:
            return None
        added = sorted(took for took in self._added if took > 0)
        return added[len(added) // 2] if added else None
