"""Reading TOML that a person wrote: every value checked where it stands, every mistake told by key and reason.

A `Table` hands out its keys one by one through readers, functions that turn a TOML value into ours or
raise ValueError with the reason. What nobody asked for at the end is a mistake, most likely of spelling.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TypeAlias, TypeVar

from app.net.link import LinkError
from app.packet.compose import Address

T = TypeVar("T")
Reader: TypeAlias = Callable[[object], T]
Prefix: TypeAlias = IPv4Network | IPv6Network

_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "ms": 10**6, "s": 10**9, "min": 60 * 10**9, "h": 3600 * 10**9}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s|min|h)")
_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*%")


class ScenarioError(LinkError):
    """A scenario that cannot be used: the file, the key and the reason in one sentence."""


class Table:
    """One table of the file. `where` is its place in words, such as "routers.core"; empty for the whole file."""

    def __init__(self, where: str, values: object) -> None:
        if not isinstance(values, Mapping):
            raise ScenarioError(f"{where}: must be a table")
        self.where = where
        self._values = dict(values)
        self._known: list[str] = []

    def place(self, key: str) -> str:
        """How an error message calls a key of this table."""
        return f"{self.where}.{key}" if self.where else key

    def take(self, key: str, read: Reader[T], default: T) -> T:
        """The value of a key, or the default where it is not there."""
        self._known.append(key)
        if key not in self._values:
            return default
        try:
            return read(self._values.pop(key))
        except ValueError as error:
            raise ScenarioError(f"{self.place(key)}: {error}") from None

    def need(self, key: str, read: Reader[T]) -> T:
        """The value of a key that must be there."""
        value = self.take(key, read, None)
        if value is None:
            raise ScenarioError(f"{self.place(key)}: is missing")
        return value

    def tables(self, key: str) -> "list[tuple[str, object]]":
        """The entries of a table of tables by name, or of an array of tables by number, counted from 1."""
        self._known.append(key)
        found = self._values.pop(key, {})
        if isinstance(found, Mapping):
            return [(str(name), value) for name, value in found.items()]
        if isinstance(found, list):
            return [(str(number), value) for number, value in enumerate(found, 1)]
        raise ScenarioError(f"{self.place(key)}: must hold tables")

    def finish(self) -> None:
        """Complain about the first key that nobody asked for."""
        for key in self._values:
            raise ScenarioError(f"{self.place(key)}: no such key{suggestion(key, self._known)}")


def suggestion(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown word: the nearest known one, or nothing."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else ""


def duration(value: object) -> int:
    """Nanoseconds of "2 ms", "400us", "1.5 s"."""
    found = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"{value!r} is no duration; write one such as '2 ms' or '1.5 s'")
    return round(float(found[1]) * _UNITS[found[2]])


def share(value: object) -> float:
    """A part of a whole: "18 %" or 0.18."""
    if isinstance(value, str) and (found := _SHARE.fullmatch(value.strip())):
        ratio = float(found[1]) / 100
    elif isinstance(value, int | float) and not isinstance(value, bool):
        ratio = float(value)
    else:
        raise ValueError(f"{value!r} is no share; write one such as '18 %' or 0.18")
    if not 0 <= ratio <= 1:
        raise ValueError(f"{value!r} is not between 0 % and 100 %")
    return ratio


def text(value: object) -> str:
    """A string that is not empty."""
    if not isinstance(value, str) or not value:
        raise ValueError(f"{value!r} is no text")
    return value


def truth(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    return value


def number(least: int, most: int) -> Reader[int]:
    """A whole number within bounds."""

    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"{value!r} is no whole number from {least} to {most}")
        return value

    return read


def rate(value: object) -> float:
    """How often a second: a number above zero."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < 1e9:
        raise ValueError(f"{value!r} is no number above zero")
    return float(value)


def one_of(*words: str) -> Reader[str]:
    """One of some words."""

    def read(value: object) -> str:
        if value not in words:
            raise ValueError(f"{value!r} is none of {', '.join(words)}{suggestion(str(value), words)}")
        return str(value)

    return read


def several(read: Reader[T]) -> Reader[tuple[T, ...]]:
    """One value or a list of them."""
    return lambda value: tuple(map(read, value if isinstance(value, list) else [value]))


def address(value: object) -> Address:
    """An IPv4 or IPv6 address."""
    try:
        return ip_address(text(value))
    except ValueError:
        raise ValueError(f"{value!r} is no address") from None


def prefix(value: object) -> Prefix:
    """A network such as "198.18.4.0/24"."""
    try:
        return ip_network(text(value))
    except ValueError as error:
        raise ValueError(f"{value!r} is no network: {error}") from None
