"""What the user chose, as one frozen value: built-in defaults, then the file, then the command line.

The file is TOML, `$XDG_CONFIG_HOME/hopscope/config.toml`; it may be missing. Everything in it is
checked: a key that is not known or does not fit is an error that names file, key and reason.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from app.engine.command import Method
from app.engine.pacing.making import Mode

SECOND = 1_000_000_000
MILLISECOND = 1_000_000
MICROSECOND = 1_000

#: The shortest interval that is accepted, for everybody: what a user of ping may ask for.
SHORTEST_INTERVAL = 2 * MILLISECOND
#: The longest interval or timeout that is accepted: a day.
LONGEST = 86_400 * SECOND
#: Bytes of payload that fit an IPv4 datagram with an ICMP header.
LARGEST_SIZE = 65_507

#: The most flows that a trace follows at once.
MOST_FLOWS = 64

#: The most probes a second that may be asked for, over all targets.
FASTEST_RATE = 1_000_000
#: The same where nobody says otherwise: more than that is no accident.
USUAL_RATE = 10_000
#: The most probes of a target that are sent without waiting, as ping's; and that of users who are not root.
MOST_PRELOAD, USUAL_PRELOAD = 65_536, 3
#: Bytes from one size of a sweep to the next where nobody says otherwise, and the most sizes there may be.
SWEEP_STEP, MOST_SIZES = 64, 2_048


class ConfigError(ValueError):
    """A choice that cannot be followed: one sentence."""


@dataclass(frozen=True, slots=True)
class Config:
    """How to measure and how to show it. Durations are nanoseconds."""

    interval: int = SECOND
    timeout: int = SECOND
    size: int = 56  #: bytes of payload behind the ICMP or UDP header
    ttl: int = 64
    dscp: int = 0
    method: Method = Method.ICMP
    port: int | None = None  #: destination port of UDP and TCP probes; None: the method's own
    first_ttl: int = 1
    max_hops: int = 30
    flows: int = 1  #: of a trace: so many at once, each constant in itself
    mtu: bool = False  #: a trace searches for the path MTU as well
    names: bool = True  #: look up the names of addresses
    ascii: bool = False  #: draw with ASCII alone
    theme: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict)  #: binding id -> keys, comma-separated
    rate: int | None = None  #: the most probes a second over all targets; None: as many as is usual
    backoff: float = 1.0  #: by what the interval of a silent target grows


@dataclass(frozen=True, slots=True)
class Course:
    """What is chosen for one run of pings, and never for all of them. Durations are nanoseconds."""

    mode: Mode = Mode.TIMED
    is_flood: bool = False  #: dots instead of lines; timed, where an interval is given as well
    preload: int = 1
    sizes: tuple[int, ...] = ()  #: bytes of payload, one probe after another; none: that of Config
    deadline: int | None = None  #: the run ends so long after its beginning, whatever was sent
    gap: int = SHORTEST_INTERVAL  #: the least time between two probes of a target that is not timed


def seconds(value: float | str, *, least: int = MICROSECOND) -> int:
    """A duration in seconds as nanoseconds. Raises ConfigError where it is none."""
    try:
        number = float(value)
        nanoseconds = round(number * SECOND)
    except (ValueError, OverflowError):
        raise ConfigError(f"{value!r} is no number of seconds") from None
    if nanoseconds < least:
        raise ConfigError(f"{value} s is too short: {f'{least / SECOND:f}'.rstrip('0').rstrip('.')} s is the least")
    if nanoseconds > LONGEST:
        raise ConfigError(f"{value} s is too long: {LONGEST // SECOND} s is the most")
    return nanoseconds


def interval(value: float | str) -> int:
    """A duration between two probes to one target."""
    return seconds(value, least=SHORTEST_INTERVAL)


def factor(value: float | str) -> float:
    """By what an interval grows."""
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise ConfigError(f"{value!r} is no number") from None
    if not 1 <= number <= 100:
        raise ConfigError(f"{value} is not between 1 and 100")
    return number


def sweep(value: str) -> tuple[int, ...]:
    """Sizes such as 64-1472 or 64-1472:16, the last of them always among them."""
    matched = re.fullmatch(r"(\d{1,6})-(\d{1,6})(?::(\d{1,6}))?", value, re.ASCII)
    if matched is None:
        raise ConfigError(f"{value!r} is no range of sizes such as 64-1472 or 64-1472:16")
    first, last, step = int(matched[1]), int(matched[2]), int(matched[3] or SWEEP_STEP)
    if not first <= last <= LARGEST_SIZE:
        raise ConfigError(f"{value} does not go up to at most {LARGEST_SIZE} bytes")
    if step == 0:
        raise ConfigError(f"{value} never gets further: its step is 0")
    sizes = tuple(dict.fromkeys((*range(first, last, step), last)))
    if len(sizes) > MOST_SIZES:
        raise ConfigError(f"{value} has {len(sizes)} sizes: {MOST_SIZES} are the most, take longer steps")
    return sizes


def whole(least: int, most: int) -> Callable[[int | str], int]:
    """A reader of whole numbers from `least` to `most`."""

    def read(value: int | str) -> int:
        try:
            number = int(value)
        except ValueError:
            raise ConfigError(f"{value!r} is no whole number") from None
        if not least <= number <= most:
            raise ConfigError(f"{value} is not between {least} and {most}")
        return number

    return read


def method(value: str) -> Method:
    """A way to probe a path."""
    try:
        return Method(value)
    except ValueError:
        raise ConfigError(f"{value!r} is no method: icmp, udp and tcp are") from None


def _switch(value: bool) -> bool:  # noqa: FBT001  # called with the value of a TOML key
    return value


def _text(value: str) -> str:
    return value


def _keys(value: dict[str, Any]) -> Mapping[str, str]:
    for name, keys in value.items():
        if not isinstance(keys, str):
            raise ConfigError(f'the keys of {name} are no text such as "j,down"')
    return value


#: What the file may say: the TOML type that a value must have, and who reads it.
_FILE_KEYS: Mapping[str, tuple[tuple[type, ...], str, Callable[[Any], Any]]] = {
    "interval": ((int, float), "a number of seconds", interval),
    "timeout": ((int, float), "a number of seconds", seconds),
    "size": ((int,), "a whole number", whole(0, LARGEST_SIZE)),
    "ttl": ((int,), "a whole number", whole(1, 255)),
    "dscp": ((int,), "a whole number", whole(0, 63)),
    "method": ((str,), '"icmp", "udp" or "tcp"', method),
    "port": ((int,), "a whole number", whole(1, 65_535)),
    "first_ttl": ((int,), "a whole number", whole(1, 255)),
    "max_hops": ((int,), "a whole number", whole(1, 255)),
    "flows": ((int,), "a whole number", whole(1, MOST_FLOWS)),
    "mtu": ((bool,), "true or false", _switch),
    "names": ((bool,), "true or false", _switch),
    "ascii": ((bool,), "true or false", _switch),
    "theme": ((str,), "a text", _text),
    "keys": ((dict,), "a table", _keys),
    "rate": ((int,), "a whole number", whole(1, FASTEST_RATE)),
    "backoff": ((int, float), "a number", factor),
}
assert set(_FILE_KEYS) == {entry.name for entry in fields(Config)}


def config_path() -> Path:
    """Where the user's file would be."""
    home = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(home).expanduser() / "hopscope" / "config.toml"


def read_config(path: Path) -> Config:
    """The defaults as the file at `path` changes them. Raises ConfigError; a missing file changes nothing."""
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return Config()
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: it is no UTF-8 text") from None
    except OSError as error:
        if not os.access(path.parent, os.X_OK):
            return Config()  # somebody else's home, after a change of user: no file of ours
        raise ConfigError(f"{path}: it cannot be read: {error.strerror}") from None
    import tomllib  # most users have no file, and need not wait for it

    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: it is no TOML: {error}") from None
    return replace(Config(), **{key: _value(path, key, value) for key, value in document.items()})


def _value(path: Path, key: str, value: object) -> Any:
    if key not in _FILE_KEYS:
        from difflib import get_close_matches

        near = get_close_matches(key, _FILE_KEYS, n=1)
        raise ConfigError(f"{path}: {key}: there is no such key" + (f"; did you mean {near[0]}?" if near else ""))
    types, wanted, read = _FILE_KEYS[key]
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        raise ConfigError(f"{path}: {key}: it must be {wanted}")
    try:
        return read(value)
    except ConfigError as error:
        raise ConfigError(f"{path}: {key}: {error}") from None
