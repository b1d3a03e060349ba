"""Where on a path probes get lost: the target's loss held against that of the hops before it.

Loss at a hop alone says little, for a router may limit its own answers (see path.py); loss that goes on to the
target is loss of the path (RFC 6673, of round trips).
"""

from collections.abc import Iterator, Sequence

from app.engine.snapshot import Finding, HopRow

JUDGED_FROM = 20  #: decided probes of the target before its loss is told
WORTH_TELLING = 0.05
ALIKE = 0.5  #: a hop with less than this share of the target's loss does not lose
LIMITED_BY = 0.15  #: a hop that loses so much more than the target may limit its answers, and says nothing


def about_loss(rows: Sequence[HopRow]) -> Iterator[Finding]:
    """The target's loss and where it begins; nothing while there is little of it, or little is known."""
    if not rows or not any(responder.is_target for responder in rows[-1].responders):
        return
    target = rows[-1]
    loss = target.ledger.loss
    if loss is None or loss < WORTH_TELLING or target.ledger.lost + target.ledger.replied < JUDGED_FROM:
        return
    first = _begins(rows, loss)
    where = "hops before it do not: the loss is at or next to the target"
    if first != target.ttl:
        where = f"so do hops from {first} on: the loss begins there"
    yield Finding("loss", first, f"the target loses {loss * 100:.0f} %; {where}")


def _begins(rows: Sequence[HopRow], loss: float) -> int:
    """The first TTL from which on all hops that can be judged lose as the target does."""
    first = rows[-1].ttl
    for row in reversed(rows[:-1]):
        own = row.ledger.loss
        if not row.responders or own is None or own > loss + LIMITED_BY:
            continue
        if own < loss * ALIKE:
            break
        first = row.ttl
    return first
