"""Round trips by the clock of a network card, where the card stamps both what leaves and what arrives.

A card's clock has an epoch of its own, so only the difference of two of its stamps means anything: a round trip is
taken from it where both its ends have one, and from software's stamps otherwise; the two are never mixed. What
leaves by one card and is answered by another shows by a difference that software's stamps contradict.
"""

from app.engine.datagram import Clock, Datagram

#: Departures that are remembered; a card stamps within a millisecond, so older ones will not be answered.
_MOST = 16_384
#: So much may lie between a card and the kernel, both ways together; and a card may not be slower than the kernel.
_MOST_ADDED = 2_000_000
_LEAST_ADDED = -1_000


class Cards:
    """The departures that a card has stamped. Belongs to the engine's thread."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left: dict[int, int] = {}

    def __bool__(self) -> bool:
        """Whether any card has stamped what is not answered yet."""
        return bool(self._left)

    def left(self, token: int, by_card: int) -> None:
        """A probe left, by the card's clock."""
        self._left[token] = by_card
        if len(self._left) > _MOST:
            del self._left[next(iter(self._left))]

    def answered(self, token: int, sent_at: int, reply: Datagram) -> Datagram:
        """The reply as if it had arrived a round trip by the card's clock after `sent_at`, where that is to be had."""
        by_card = self._left.pop(token, None)
        if by_card is None or reply.by_card is None or reply.clock is not Clock.KERNEL:
            return reply
        rtt = reply.by_card - by_card
        added = reply.received_at - sent_at - rtt
        if rtt < 0 or not _LEAST_ADDED <= added <= _MOST_ADDED:
            return reply
        return reply._replace(received_at=sent_at + rtt, clock=Clock.HARDWARE)
