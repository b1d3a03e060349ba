"""The way back: a trace that begins amid its path looks for where it meets the path of another.

From its nearest router on it takes over what others know before that; what nobody knows it asks, one TTL, then two,
then four at once, until it meets the others or is at the first hop.
"""

from app.engine.tracing.hop import Inference
from app.engine.tracing.table import Table
from app.engine.tracing.tree import Doubt, Family, Member, Tree
from app.packet.compose import Address

SILENCE = 200_000_000  #: where nobody has answered for so long, what lies before the start is asked as well


class Backwards:
    """What lies before the TTL at which the first round of a trace began."""

    def __init__(self, tree: Tree, family: Family, first: int, start: int) -> None:
        self.is_waiting = False  #: for what another trace has asked
        self._tree = tree
        self._family = family
        self._first = first
        self._lowest = start  # from here on all is asked or taken over
        self._width = 1

    @property
    def is_done(self) -> bool:
        """Whether nothing before is open."""
        return self._lowest <= self._first

    def look(self, member: Member, now: int) -> range:
        """Take over what is known; the TTLs that are to be asked now."""
        table = member.table
        self.is_waiting = False
        nearest = min((ttl for ttl, hop in table.hops.items() if hop.has_answered), default=None)
        if nearest is None:
            is_silent = bool(table.hops) and now >= member.heard_at + SILENCE
            return self._ask(self._lowest - self._first) if is_silent else range(0)
        address = table.hops[nearest].address(0)
        if address is not None:
            self._take_over(member, (nearest, address))
        if self.is_done or self.is_waiting or not self._is_decided(table):
            return range(0)
        return self._ask(self._width)

    def _take_over(self, member: Member, router: tuple[int, Address]) -> None:
        while not self.is_done:
            found = self._tree.before(member, self._family, router, self._lowest - 1)
            if not isinstance(found, Inference):
                self.is_waiting = found is Doubt.PENDING
                return
            self._lowest -= 1
            member.table.infer(self._lowest, found)

    def _is_decided(self, table: Table) -> bool:
        hop = table.hops.get(self._lowest)
        return hop is None or hop.is_known

    def _ask(self, width: int) -> range:
        lowest = max(self._first, self._lowest - width)
        asked = range(lowest, self._lowest)
        self._lowest, self._width = lowest, 2 * self._width
        return asked
