"""Where in a list of packets somebody wants to go, read from what was typed."""

import re

from widgets.packetindex import PacketIndex

_SECOND = 1_000_000_000
_NUMBER = re.compile(r"#?(\d+)")
_SECONDS = re.compile(r"\+?(\d+(?:\.\d+)?|\.\d+)\s*(ms|s)?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?")


class NoPlaceError(ValueError):
    """What cannot be gone to: a sentence."""


def going_to(text: str, index: PacketIndex) -> int:
    """The place that "412", "#412", "12.5 s", "09:41:07.25", "first" or "last" means. Raises NoPlaceError."""
    text = text.strip().lower()
    if not len(index):
        raise NoPlaceError("there is no packet yet")
    if text in ("first", "last"):
        return 0 if text == "first" else len(index) - 1
    if match := _NUMBER.fullmatch(text):
        number = int(match[1])
        if not index.source.first <= number <= index.source.last:
            raise NoPlaceError(f"there is no packet {number}: there are {index.source.first} to {index.source.last}")
        return index.nearest(number)
    if index.origin is None:
        raise NoPlaceError("these packets have no times: go by number")
    if match := _SECONDS.fullmatch(text):
        return index.place_at(index.origin + round(float(match[1]) * (_SECOND / 1000 if match[2] == "ms" else _SECOND)))
    if match := _CLOCK.fullmatch(text):
        return index.place_at(_moment(match, index.origin))
    raise NoPlaceError("that is no place: write a number such as 412, or a time such as 12.5 s or 09:41:07.25")


def _moment(match: re.Match[str], origin: int) -> int:
    """A time of day, UTC, on the day of the first packet, or on the next one where it is before that packet."""
    day = 86_400 * _SECOND
    hours, minutes, seconds = int(match[1]), int(match[2]), float(match[3] or 0)
    moment = origin - origin % day + (hours * 3600 + minutes * 60) * _SECOND + round(seconds * _SECOND)
    # To the second, the first packet's own time of day is not before it.
    return moment if moment > origin - 60 * _SECOND else moment + day
