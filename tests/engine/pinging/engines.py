"""What the tests of the ping engine share: its targets, and hosts that answer everything or nothing."""

from collections.abc import Sequence

from app.engine.datagram import Outgoing
from app.engine.pinging.ping import PingMachine
from app.engine.pinging.pingconfig import PingConfig
from app.engine.snapshot import PingSnapshot
from tests.engine.model import MS, SECRET, Happening, arrives, departs, reply_to, source, target

HOST = "10.9.9.9"
HOST6 = "2001:db8:9::9"


def machine(*hosts: str, **choices: object) -> PingMachine:
    targets = [target(host, f"{host}#{index}") for index, host in enumerate(hosts)]
    config = PingConfig(**choices)  # type: ignore[arg-type]  # a test names only what it means
    return PingMachine(targets, config, source=source, identifier=0xBEEF, secret=SECRET)


def prompt(out: Outgoing, now: int) -> Sequence[Happening]:
    """A host 10 ms away that answers everything."""
    return [departs(out.token), arrives(10 * MS, reply_to(out.data))]


def silent(out: Outgoing, now: int) -> Sequence[Happening]:
    return [departs(out.token)]


def texts(snapshot: PingSnapshot) -> list[str]:
    return [line.text for line in snapshot.log]
