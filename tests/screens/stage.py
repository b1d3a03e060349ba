"""Puts the program on a stage of its own: still engines, a terminal of a given size, keys pressed one by one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias, TypeVar

from textual.pilot import Pilot
from textual.widget import Widget

from app.config import Config
from app.engine.feed import Feed
from app.engine.sending.composer import Composer
from app.engine.snapshot import PingSnapshot, TargetRow
from app.explorer import Explorer
from app.screens.page import Page
from tests.screens.still import ROWS, FocusingFeed, StillEngines, StillFeed, StillNetwork, snapshot

W = TypeVar("W", bound=Widget)
Scene: TypeAlias = Callable[[Pilot[None]], Awaitable[None]]


def still_feed(rows: Sequence[TargetRow] = ROWS) -> FocusingFeed:
    return FocusingFeed(snapshot(rows))


def explorer(
    feed: StillFeed[PingSnapshot] | None = None,
    *,
    network: StillNetwork | None = None,
    config: Config | None = None,
    trouble: str | None = None,
    opens: str = "ping",
    hand: Composer | None = None,
) -> Explorer:
    feed = feed or still_feed()
    engines = StillEngines(_as_feed(feed), trouble, hand)
    targets = [row.target for row in feed.latest.rows]
    program = Explorer(network or StillNetwork(), targets, config or Config(), engines=engines, opens=opens)
    program.animation_level = "none"  # the pictures of a program at rest
    return program


def _as_feed(feed: StillFeed[PingSnapshot]) -> Feed[PingSnapshot]:
    return feed


def play(app: Explorer, scene: Scene, size: tuple[int, int] = (120, 35)) -> None:
    """Run the program, and the scene in it."""

    async def perform() -> None:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await scene(pilot)

    asyncio.run(perform())


def lines(app: Explorer) -> list[str]:
    """What is on the glass, line by line."""
    width, height = app.size
    screen = app.screen
    return [
        "".join(segment.text for segment in strip).rstrip()
        for strip in screen._compositor.render_strips(app.size)[:height]
    ] or [" " * width]


def shown(app: Explorer) -> str:
    return "\n".join(lines(app))


async def settle(pilot: Pilot[None]) -> None:
    """A frame, drawn to the end."""
    if isinstance(pilot.app.screen, Page):
        pilot.app.screen.poll()
    await pilot.pause()
