"""Hosts with an interval of their own: `HOST@0.2`, `HOST@200ms`, and in a file of hosts `HOST 0.2` as well. Pure.

What stands behind the last @ is an interval only where it is a number; a URL, which may have an @ of its own, is left
alone, and so is a zone such as that of fe80::1%eth0.100@eth0.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.config import ConfigError, interval
from app.engine.command import Target
from app.packet.text import safe
from app.targets import HostError, hosts_of

_PACED = re.compile(r"(?P<host>\S+?)(?:@|\s+)(?P<number>\d+(?:\.\d*)?|\.\d+)(?P<unit>ms|s)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Paced:
    """A word of the user's, and the interval of the hosts that it means; None where it is that of all."""

    word: str
    interval: int | None = None


def paced(word: str) -> Paced:
    """A word without its interval. Raises HostError where the interval cannot be."""
    word = word.strip()
    matched = _PACED.fullmatch(word)
    if matched is None or ("://" in word and not re.search(r"\s", word)):
        return Paced(word)
    seconds = float(matched["number"]) / (1_000 if matched["unit"] == "ms" else 1)
    try:
        return Paced(matched["host"], interval(seconds))
    except ConfigError as error:
        raise HostError(f"{safe(word)}: {error}") from None


def read_words(words: Iterable[str]) -> tuple[list[Paced], list[str]]:
    """Words without their intervals, and a sentence on each whose interval cannot be."""
    read: list[Paced] = []
    wrong: list[str] = []
    for word in words:
        try:
            read.append(paced(word))
        except HostError as error:
            wrong.append(str(error))
    return read, wrong


def with_intervals(targets: Iterable[Target], words: Iterable[Paced]) -> tuple[Target, ...]:
    """The targets, each with the interval that a word which means it has; of several, that of the first."""
    intervals: dict[str, int] = {}
    for each in words:
        if each.interval is not None:
            for host in _hosts(each.word):
                intervals.setdefault(safe(host), each.interval)
    if not intervals:
        return tuple(targets)
    return tuple(replace(target, interval=intervals.get(target.host)) for target in targets)


def _hosts(word: str) -> Iterable[str]:
    try:
        yield from hosts_of(word)
    except HostError:
        return  # it was told of when the targets were looked for
