"""The columns of many rows, read without looking at each."""

import math

from app.engine.snapshot import State, TargetRows
from tests.screens.still import samples, target_row

ROWS = TargetRows(
    (
        target_row("near", "192.0.2.1", State.LOSING, samples("--x-", [1, 2, 3])),
        target_row("new", "192.0.2.2", State.WAITING, samples(".")),
    )
)


def test_a_column_has_one_number_of_each_row_and_nan_where_none_is_known() -> None:
    assert ROWS.column("mean")[0] == 2_000_000
    assert ROWS.column("sent").tolist() == [4, 1]
    assert ROWS.column("loss")[0] == 0.25
    assert all(math.isnan(ROWS.column(name)[1]) for name in ("mean", "p95", "loss", "host"))
