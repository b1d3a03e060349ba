"""The screens over a network: what they open with, and the recording that goes on behind them."""

from collections.abc import Sequence

from app.arguments import Action, Request
from app.budget import Budget
from app.engine.command import Solicit, Target
from app.engine.hearing import Hearing
from app.engines import LiveEngines
from app.explorer import Explorer
from app.net.journal import PacketSink, WatchedSink
from app.net.network import Network
from app.opening import refuse_unknown_theme
from app.report.output import complain

CANNOT_RUN = 2

#: Addresses that nobody named one by one are a map where there are more than these.
ROWS = 62

#: What a command opens with.
OPENS = {Action.SCREENS: "ping", Action.TRACE: "trace", Action.LISTEN: "listen", Action.NEIGHBOURS: "links"}


def show(
    request: Request,
    network: Network,
    targets: Sequence[Target],
    hearing: Hearing,
    record: PacketSink | None,
    budget: Budget,
) -> int:
    """Show the screens until the user leaves; the exit status.

    Raises UnusableError where there is no such theme, LinkError where what is to be shown cannot be heard.
    """
    recording = None if record is None else WatchedSink(record)
    is_of_frames = request.action is Action.LISTEN
    engines = LiveEngines(
        network,
        request.config,
        None if is_of_frames else recording,
        hearing=hearing,
        heard=recording if is_of_frames else None,
        course=request.course,
    )
    explorer = Explorer(
        network,
        targets,
        request.config,
        engines=engines,
        opens=OPENS[request.action],
        expression=request.filter or "",
        allows=budget.allows,
        is_map=budget.swept > ROWS,
    )
    refuse_unknown_theme(request.config.theme, explorer.available_themes)
    _begin(request, engines)
    explorer.run()
    if recording is not None and recording.failure is not None:
        complain(f"the recording ended before the screens did: {recording.failure}")
        return explorer.return_code or CANNOT_RUN
    return explorer.return_code or 0


def _begin(request: Request, engines: LiveEngines) -> None:
    """Begin what the screen that was asked for shows: what is in its way is a sentence, and no dashboard instead."""
    if request.wire.solicit:
        engines.neighbourhood().tell(Solicit())
    if request.action is Action.LISTEN:
        engines.listen()
    elif request.action is Action.NEIGHBOURS:
        engines.neighbourhood()
