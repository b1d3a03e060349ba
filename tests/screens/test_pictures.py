"""Whole pictures of the screens at the sizes that people use, against those that were looked at and found good."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from tests.screens.stage import explorer, settle


@pytest.mark.parametrize("size", [(80, 24), (120, 35), (200, 50)], ids=["80x24", "120x35", "200x50"])
def test_dashboard(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("down", "down", "down")
        await settle(pilot)

    assert snap_compare(explorer(), terminal_size=size, run_before=scene)


def test_target(snap_compare: Callable[..., bool]) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("down", "down", "down", "enter", *["left_square_bracket"] * 6)
        await settle(pilot)

    assert snap_compare(explorer(), terminal_size=(120, 35), run_before=scene)
