"""The neighbourhood's engine over a live link, to see the moments that one page at the end does not tell.

Run in a namespace as `python -m tests.lab.neighbours.watching COUNT`: it says "ready" once COUNT roles are known, and
ends when all of them have gone, with a line of JSON for each.
"""

import json
import sys
import time
from collections.abc import Iterator

from app.engine.hearing import Hearing
from app.engine.neighbourhood.machine import NeighbourhoodMachine
from app.engine.neighbourhood.snapshot import Neighbour, NeighbourhoodSnapshot, Role
from app.net.listening.ears import open_ears
from app.net.options import LinkOptions
from app.net.real import RealNetwork
from app.net.runner import Runner

PATIENCE = 10.0


def watch(count: int) -> Iterator[dict[str, object]]:
    """What became of each role, once all have gone."""
    network = RealNetwork(LinkOptions(), None, open_ears(LinkOptions(ears=1)))
    machine = NeighbourhoodMachine(network.surroundings)
    runner = Runner(machine, network.listen(Hearing()), name="watching", frame=10_000_000)
    runner.start()
    noticed: dict[tuple[str, Role], int] = {}
    is_ready = False
    deadline = time.monotonic() + PATIENCE
    latest = runner.latest
    while time.monotonic() < deadline and not (is_ready and len(noticed) >= count):
        latest = runner.latest
        if not is_ready and len(list(_roles(latest))) == count:
            is_ready = True
            sys.stdout.write("ready\n")
            sys.stdout.flush()
        for neighbour, role in _roles(latest):
            if role.gone_at is not None:
                noticed.setdefault((neighbour.key, role), latest.at)
        time.sleep(0.005)
    runner.stop()
    network.close()
    assert runner.failure is None, runner.failure
    for neighbour, role in _roles(latest):
        yield {
            "mac": neighbour.mac,
            "kind": role.kind.value,
            "last_heard": role.last_heard,
            "expires_at": role.expires_at,
            "gone_at": role.gone_at,
            "noticed_at": noticed.get((neighbour.key, role)),
        }


def _roles(snapshot: NeighbourhoodSnapshot) -> Iterator[tuple[Neighbour, Role]]:
    return ((neighbour, role) for neighbour in snapshot.neighbours for role in neighbour.roles)


if __name__ == "__main__":
    for line in watch(int(sys.argv[1])):
        sys.stdout.write(json.dumps(line) + "\n")
