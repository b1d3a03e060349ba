"""Puts the links on a stage of their own: a still neighbourhood, traces from its gateway, a clock that stands."""

from collections.abc import Sequence

from textual.pilot import Pilot

from app.engine.neighbourhood.snapshot import NeighbourhoodSnapshot
from app.engine.snapshot import TraceSnapshot
from app.explorer import Explorer
from app.screens.links import LinksScreen
from tests.screens.stage import Scene, explorer, lines, play, settle, shown
from tests.screens.still import StillFeed, noisy
from tests.screens.still_links import (
    neighbourhood,
    packets,
)
from tests.screens.still_trace import hop, responder, trace
from widgets.neighbours import NeighbourTable

TROUBLE = (
    "hearing the links needs raw sockets: run it as root (sudo hopscope), "
    "or allow its Python (sudo setcap cap_net_raw+ep /usr/bin/python3)"
)
ALONE = neighbourhood(neighbours=(), groups=(), lsas=(), findings=(), heard=0)


class StillClock:
    """Nanoseconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now


def traces() -> Sequence[TraceSnapshot]:
    """Eleven traces whose first hop is the gateway."""
    measured = noisy(3, "---", 5, 0.1)
    return [trace([hop(1, measured, responder("10.0.0.1", measured))])] * 11


def stage(
    snapshot: NeighbourhoodSnapshot,
    scene: Scene,
    size: tuple[int, int] = (120, 45),
    *,
    trouble: str = "",
    clock: StillClock | None = None,
) -> StillFeed[NeighbourhoodSnapshot]:
    """The links over the dashboard."""
    feed = StillFeed(snapshot, packets())
    app = explorer()

    async def opened(pilot: Pilot[None]) -> None:
        await app.push_screen(LinksScreen(feed, traces, trouble=trouble, clock=clock or StillClock()))
        await settle(pilot)
        await scene(pilot)

    play(app, opened, size)
    return feed


def glass(pilot: Pilot[None]) -> str:
    assert isinstance(pilot.app, Explorer)
    return shown(pilot.app)


def row(pilot: Pilot[None], text: str) -> str:
    assert isinstance(pilot.app, Explorer)
    return next(line for line in lines(pilot.app) if text in line)


def said(pilot: Pilot[None]) -> str:
    """What was said in passing, the last."""
    return ["", *(each.message for each in pilot.app._notifications)][-1]


def table(pilot: Pilot[None]) -> NeighbourTable:
    return pilot.app.screen.query_one(NeighbourTable)


async def show(pilot: Pilot[None], snapshot: NeighbourhoodSnapshot) -> None:
    screen = pilot.app.screen
    assert isinstance(screen, LinksScreen)
    screen.feed.latest = snapshot  # type: ignore[misc]  # a still feed lets a test do that
    await settle(pilot)


async def put_cursor(pilot: Pilot[None], key: str) -> None:
    view = table(pilot)
    view.cursor = next(index for index in range(view.lines()) if view._lines[index].key == key)
    await settle(pilot)
