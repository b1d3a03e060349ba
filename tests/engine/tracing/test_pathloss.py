"""The target's loss held against that of the hops before it, on handmade rows."""

from ipaddress import ip_address

import pytest

from app.engine.snapshot import HopRow, Ledger, Responder, Samples
from app.engine.tracing.pathloss import about_loss


def path(*lost: int | None) -> list[HopRow]:
    """Hops of 100 probes, of which so many were lost; None is silence. The last is the target."""
    rows = []
    for ttl, count in enumerate(lost, 1):
        ledger = Ledger(sent=100, replied=0 if count is None else 100 - count, lost=100 if count is None else count)
        answer = Responder(ip_address(f"10.0.0.{ttl}"), 1, None, 0, 0, "", ttl == len(lost), 60, 1)
        rows.append(HopRow(f"hop {ttl}", ttl, ledger, None, Samples(), () if count is None else (answer,)))
    return rows


@pytest.mark.parametrize(
    ("lost", "words"),
    [
        ((0, 1, 20), "the target loses 20 %; hops before it do not: the loss is at or next to the target"),
        ((0, 19, 22, 20), "the target loses 20 %; so do hops from 2 on: the loss begins there"),
        ((0, 22, None, 20), "the target loses 20 %; so do hops from 2 on: the loss begins there"),
        ((0, 60, 20), "the target loses 20 %; hops before it do not: the loss is at or next to the target"),
    ],
)
def test_loss_at_the_target_is_told_with_where_it_begins(lost: tuple[int | None, ...], words: str) -> None:
    assert [each.text for each in about_loss(path(*lost))] == [words]


@pytest.mark.parametrize("lost", [(0, 60, 0), (0, 2, 3), (0, 0, None), ()])
def test_loss_that_does_not_reach_the_target_is_no_loss_of_the_path(lost: tuple[int | None, ...]) -> None:
    assert list(about_loss(path(*lost))) == []
