"""Draws every picture of the documentation from seeded simulations: `make screenshots`.

A picture is a posed run: the engines measure the simulated internet for a stated time in virtual time,
then the program is opened over their last snapshots, keys are pressed, and the screen is saved as SVG.
The same seed gives the same picture.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

os.environ["TEXTUAL_ANIMATIONS"] = "none"  # read when Textual is imported
os.environ.pop("NO_COLOR", None)

from app.budget import POLITE
from app.composer import LiveComposer
from app.config import SECOND, Config
from app.engine.command import Focus, Method, Target
from app.engine.condition import ProcessCondition
from app.engine.errors.machine import ErrorsMachine
from app.engine.errors.snapshot import ErrorsSnapshot
from app.engine.feed import Feed
from app.engine.hearing import ERRORS, Hearing
from app.engine.listen import ListenMachine, ListenSnapshot
from app.engine.machine import Machine
from app.engine.neighbourhood.machine import NeighbourhoodMachine
from app.engine.neighbourhood.snapshot import NeighbourhoodSnapshot
from app.engine.sending.composer import Composer
from app.engine.snapshot import PingSnapshot, TraceSnapshot
from app.explorer import Explorer
from app.inspector import Inspector
from app.measuring import ping_machine
from app.net.intake import open_intake
from app.net.link import Link
from app.net.process import process_condition
from app.net.runner import Runner
from app.net.simulated.network import SimulatedNetwork, open_simulation
from app.targets import Choice, find_targets
from app.tracing import trace_machine

HERE = Path(__file__).parent
SECRET = b"the same picture"
S = TypeVar("S")


@dataclass(slots=True)
class PosedEngines:
    """Engines that have measured for a while, in virtual time, and stand still."""

    network: SimulatedNetwork
    config: Config
    seconds: float
    focus: str | None = None
    methods: tuple[Method, ...] = tuple(Method)
    deafness: str = ""

    def ping(self, targets: Sequence[Target]) -> Feed[PingSnapshot]:
        """The targets, pinged for the stated time."""
        link = self.network.link()
        return self._posed(ping_machine(targets, self.config, link, secret=SECRET), link)

    def trace(self, target: Target) -> Feed[TraceSnapshot]:
        """The path, traced for the stated time."""
        link = self.network.link()
        return self._posed(trace_machine(target, self.config, link, secret=SECRET), link)

    def listen(self) -> Feed[ListenSnapshot]:
        """All that was heard in the stated time."""
        link = self.network.listen(Hearing())
        return self._posed(ListenMachine(link), link)

    def neighbourhood(self) -> Feed[NeighbourhoodSnapshot]:
        """Who spoke in the stated time."""
        link = self.network.listen(Hearing(("neighbourhood",)))
        return self._posed(NeighbourhoodMachine(self.network.surroundings, source=link.source), link)

    def errors(self) -> Feed[ErrorsSnapshot]:
        """The errors that came in the stated time."""
        link = self.network.listen(ERRORS)
        return self._posed(ErrorsMachine(self.network.kernel(), link.now()), link)

    def composer(self) -> Composer:
        """What sends by hand."""
        return LiveComposer(self.network)

    def traced(self) -> Sequence[TraceSnapshot]:
        """None goes on."""
        return ()

    def condition(self) -> ProcessCondition:
        """Nothing runs."""
        return process_condition(())

    def _posed(self, machine: Machine[S], link: Link) -> Feed[S]:
        until = link.now() + round(self.seconds * SECOND)
        runner = Runner(machine, link, name="pose", observe=lambda *_: runner.stop() if link.now() >= until else None)
        runner.tell(Focus(self.focus))
        runner.run()
        return runner

    def close(self) -> None:
        """Nothing runs."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: how long was measured, what is opened, which keys are pressed, how large the terminal is."""

    name: str
    size: tuple[int, int]
    seconds: float
    keys: tuple[str, ...] = ()
    opens: str = "ping"
    hosts: tuple[str, ...] = ()  #: none: the scenario's own
    flows: int = 1
    dscp: int = 0
    capture: str | None = None  #: a file to inspect instead
    is_live: bool = False  #: packets are sent while it is drawn, so time must pass
    scenario: str | None = None  #: a file instead of the built-in simulation
    block: str | None = None  #: addresses to show as a map


SIZES = ((80, 24), (120, 35), (200, 50))
#: The last hop but one, what was sent to it beside what it quotes.
COMPARE = ("i", "slash", *"icmp.type==11&&ip.src==198.18.11.5", "enter", "end", "c")
#: What is looked at in the capture of a LAN's daemons: which packet, which field.
INSPECTED = {
    "advertisement": ("g", "2", "enter", "tab", *("down",) * 6),
    "lsu": ("g", "1", "3", "enter", "tab", "down", "down", "down", "down", "down"),
    "bits": ("g", "2", "enter", "tab", *("down",) * 5, "plus", "down", "tab", *("b",) * 3),
    "filter-error": ("slash", *"icmpv6.typ == 134"),
}
#: What listens: from which mode, for how many seconds, and which keys are pressed.
HEARD: dict[str, tuple[str, float, tuple[str, ...]]] = {
    "links": ("links", 63.4, ("down",) * 4),
    "listen": ("listen", 63.4, ("end", "up")),
    "errors": ("errors", 63.4, ("end",)),
}
#: On a network that loses, on a rack that went down, and by round-trip time.
MAPPED = (
    (*("down",) * 7, *("right",) * 20),
    (*("down",) * 13, *("right",) * 20),
    ("c", *("down",) * 23, *("right",) * 40),
)
COMPOSED = ("e", *"ip/udp/dns ip.dst=198.18.0.53 dns.qry.name=far.example", "enter", "s")

PICTURES = (
    Picture("dashboard-80x24", (80, 24), 63.4, ("down",) * 4),
    Picture("dashboard-120x35", (120, 35), 63.4, ("down",) * 4),
    Picture("dashboard-200x50", (200, 50), 63.4, ("down",) * 4),
    Picture("target-120x35", (120, 35), 600.4, (*("down",) * 4, "enter")),
    Picture("target-200x50", (200, 50), 600.4, (*("down",) * 6, "enter")),
    Picture("trace-80x24", (80, 24), 42.4, opens="trace", hosts=("mpls.example",)),
    Picture("trace-120x35", (120, 35), 42.4, opens="trace", hosts=("ecmp.example",), flows=8),
    Picture("trace-200x50", (200, 50), 42.4, opens="trace", hosts=("far.example",)),
    Picture("packets-80x24", (80, 24), 3.8, ("i", "up"), opens="trace", hosts=("mpls.example",)),
    Picture("packets-120x35", (120, 35), 3.8, ("i", "up"), opens="trace", hosts=("mpls.example",)),
    Picture("packets-200x50", (200, 50), 3.8, ("i", "up"), opens="trace", hosts=("mpls.example",)),
    *(
        Picture(f"compare-{width}x{height}", (width, height), 3.8, COMPARE, "trace", ("far.example",), dscp=46)
        for width, height in SIZES
    ),
    *(
        Picture(f"{name}-{width}x{height}", (width, height), 0, keys, capture="lan.pcapng")
        for name, keys in INSPECTED.items()
        for width, height in SIZES
    ),
    *(
        Picture(f"{name}-{width}x{height}", (width, height), seconds, keys, opens)
        for name, (opens, seconds, keys) in HEARD.items()
        for width, height in SIZES
    ),
    *(
        Picture(f"map-{width}x{height}", (width, height), 110, keys, scenario="block.toml", block="198.18.64.0/20")
        for (width, height), keys in zip(SIZES, MAPPED, strict=True)
    ),
    *(
        Picture(f"compose-{width}x{height}", (width, height), 0.3, COMPOSED, hosts=("gateway.example",), is_live=True)
        for width, height in SIZES
    ),
)


async def draw(picture: Picture, folder: Path) -> Path:
    """Save one picture in the folder, and say where."""
    app = _measuring(picture) if picture.capture is None else _inspecting(picture.capture)
    async with app.run_test(size=picture.size) as pilot:
        await pilot.pause(0.5)
        for key in picture.keys:
            await pilot.press(key)
        await pilot.pause(0.5)
        return Path(app.save_screenshot(f"{picture.name}.svg", str(folder)))


def _inspecting(name: str) -> Inspector:
    return Inspector(open_intake(str(HERE / name)), Config())


def _measuring(picture: Picture) -> Explorer:
    scenario = None if picture.scenario is None else HERE / picture.scenario
    network = open_simulation(scenario, virtual=not picture.is_live)
    if picture.block is not None:
        return _mapping(network, picture, picture.block)
    hosts = picture.hosts or tuple(network.defaults())
    targets = [Target(host, host, network.resolve(host)[0]) for host in hosts]
    focus = targets[picture.keys.count("down")].key if "enter" in picture.keys else None
    config = Config(flows=picture.flows, dscp=picture.dscp)
    engines = PosedEngines(network, config, picture.seconds, focus)
    return Explorer(network, targets, config, engines=engines, opens=picture.opens)


def _mapping(network: SimulatedNetwork, picture: Picture, block: str) -> Explorer:
    targets = find_targets([block], network.resolve, Choice()).targets
    config = Config(rate=POLITE)
    engines = PosedEngines(network, config, picture.seconds)
    return Explorer(network, targets, config, engines=engines, is_map=True)


def main() -> None:
    """Draw all, or those whose names are given."""
    folder = Path(os.environ.get("SCREENSHOTS", HERE))
    for picture in PICTURES:
        if not sys.argv[1:] or picture.name in sys.argv[1:]:
            print(asyncio.run(draw(picture, folder)))  # noqa: T201


if __name__ == "__main__":
    main()
