"""What argv says to `hopscope simulate`: the scenario, where its device stands, and where the truth is written."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app import config
from app.argumenttypes import UsageError, typed

DEVICE = "sim0"


@dataclass(frozen=True, slots=True)
class Attachment:
    """The choices. Durations are nanoseconds."""

    scenario: str | None = None  #: a file; None is the built-in one
    tun: str = DEVICE
    netns: str | None = None  #: None: the namespace that this program runs in
    log: str | None = None  #: a file, - is standard output
    seconds: int | None = None  #: how long to go on; None: until it is ended


ATTACHING: Mapping[str, dict[str, Any]] = {
    "--tun": {"default": DEVICE},
    "--netns": {},
    "--log": {},
    "-t --seconds": {"type": typed(config.seconds)},
}


def read_attachment(options: argparse.Namespace) -> Attachment:
    """The choices that argv makes. Raises UsageError."""
    if len(options.hosts) > 1:
        raise UsageError("simulate takes one scenario: hopscope simulate SCENARIO.toml")
    return Attachment(
        scenario=options.hosts[0] if options.hosts else None,
        tun=options.tun,
        netns=options.netns,
        log=options.log,
        seconds=options.seconds,
    )
