"""The simulated internet as a network that the program measures: links, names and targets of a scenario.

Each link gets an internet of its own, grown from the seed and the link's number: so one engine's
packets change nothing for another, no lock is needed, and a run can be repeated byte for byte
whatever the threads do. They share the moment at which the simulation began, and so its events.
"""

import threading
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from app.net import clock
from app.net.link import LinkError
from app.net.simulated import toml
from app.net.simulated.clock import SimulationClock, VirtualClock, WallClock
from app.net.simulated.internet import Internet
from app.net.simulated.link import INTERFACE, SimulatedLink
from app.net.simulated.programs import ProgramAtWork, SimulatedKernel
from app.net.simulated.reading import read_scenario
from app.net.simulated.scenario import HERE, Scenario
from app.packet.compose import Address
from app.packet.text import safe

if TYPE_CHECKING:
    from app.engine.hearing import Hearing
    from app.engine.host import Surroundings
    from app.net.simulated.wire import SimulatedWire

SCENARIOS = Path(__file__).parent / "scenarios"
DEFAULT = SCENARIOS / "internet.toml"

#: When virtual time begins: 2026-01-01T00:00:00Z, so that a repeated run has the same times.
VIRTUAL_BEGIN = 1_767_225_600_000_000_000


class SimulatedNames:
    """The names of a scenario, known at once."""

    def __init__(self, scenario: Scenario) -> None:
        self._names = {
            address: safe(node.name) for node in scenario.nodes.values() if node.name for address in node.addresses
        }

    def name(self, address: Address) -> str | None:
        """The name that the scenario gives to an address."""
        return self._names.get(address)

    def close(self) -> None:
        """Nothing is under way."""


class SimulatedNetwork:
    """A scenario that engines can be started on."""

    def __init__(self, scenario: Scenario, seed: int, *, virtual: bool) -> None:
        self.badge = f"SIMULATED seed {seed}"
        self.names = SimulatedNames(scenario)
        self._scenario = scenario
        self._seed = seed
        self._is_virtual = virtual
        self._began = VIRTUAL_BEGIN if virtual else clock.now()
        self._links = 0
        self._counting = threading.Lock()

    def link(self) -> SimulatedLink:
        """A link for one more engine."""
        seed = self._next_seed()
        chance = Random(seed)
        return SimulatedLink(
            Internet(self._scenario, seed),
            self._ticking(),
            began=self._began,
            identifier=chance.randrange(1, 0x10000),
            port=chance.randrange(33_000, 61_000),
        )

    def listen(self, hearing: "Hearing") -> "SimulatedWire":
        """A link that hears the LAN that this machine is on. Raises LinkError where the scenario has none."""
        # All that is said on the LAN takes longer to import than the rest of the simulation.
        from app.engine.hearing import Ear, UnknownProtocolError
        from app.engine.wanted import Wanted, for_raw_sockets, wanted_of
        from app.net.simulated.lan.lan import Lan
        from app.net.simulated.wire import SimulatedWire

        if self._scenario.lan is None:
            raise LinkError("this simulation has no LAN to listen on: its scenario has no table 'lan'")
        for name in hearing.interfaces:
            if name != INTERFACE:
                raise LinkError(f"this simulation has no interface {safe(name)}: it has {INTERFACE} alone")
        try:
            wanted = wanted_of(hearing.protocols)
            if hearing.ear is Ear.RAW:
                wanted = Wanted(ip=for_raw_sockets(hearing))
        except UnknownProtocolError as error:
            raise LinkError(str(error)) from None
        seed = self._next_seed()
        chance = Random(seed)
        ticking = self._ticking()
        return SimulatedWire(
            Internet(self._scenario, seed),
            Lan(self._scenario, seed, ticking.now() - self._began),
            ticking,
            began=self._began,
            programs=[ProgramAtWork(program, seed) for program in self._scenario.programs],
            wanted=wanted,
            ear=hearing.ear,
            identifier=chance.randrange(1, 0x10000),
            port=chance.randrange(33_000, 61_000),
        )

    def kernel(self) -> SimulatedKernel:
        """What the simulated machine knows of its sockets and routes, for the engine of ICMP errors."""
        return SimulatedKernel(self._scenario.programs, Internet(self._scenario, f"{self._seed}/kernel"))

    def _next_seed(self) -> str:
        with self._counting:
            self._links += 1
            return f"{self._seed}/{self._links}"

    def _ticking(self) -> SimulationClock:
        return VirtualClock(self._began) if self._is_virtual else WallClock()

    def surroundings(self) -> "Surroundings":
        """What this host knows of its links."""
        from app.net.simulated.surroundings import surroundings_of

        moment = 0 if self._is_virtual else clock.now() - self._began
        return surroundings_of(self._scenario, moment)

    def resolve(self, host: str) -> Sequence[Address]:
        """The addresses of a name of the scenario, or of a literal."""
        wanted = host.casefold().rstrip(".")
        found: list[Address] = []
        known: list[str] = []
        for node in self._scenario.nodes.values():
            names = [name for name in (node.key, node.name) if name and node.key != HERE]
            known += names
            if wanted in [name.casefold() for name in names]:
                found += node.addresses
        if found:
            return tuple(found)
        try:
            return (ip_address(host),)
        except ValueError:
            raise LinkError(f"{safe(host)}: no such name in this simulation{toml.suggestion(wanted, known)}") from None

    def defaults(self) -> Sequence[str]:
        """The targets that the scenario names, else all its hosts."""
        return self._scenario.targets

    def close(self) -> None:
        """Nothing to give back."""


def open_simulation(path: Path | None, *, seed: int | None = None, virtual: bool = False) -> SimulatedNetwork:
    """The scenario in a file, or the built-in one. Raises ScenarioError.

    `seed` replaces the scenario's own. In `virtual` time nothing is waited for: an hour takes as long as
    its packets take to make.
    """
    scenario = read_scenario(DEFAULT if path is None else path)
    return SimulatedNetwork(scenario, scenario.seed if seed is None else seed, virtual=virtual)
