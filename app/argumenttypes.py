"""What a word of the command line must be: readers that raise in the words that argparse tells."""

import argparse
import re
from collections.abc import Callable
from typing import Any

from app import config
from app.config import ConfigError


class UsageError(ValueError):
    """An argument that cannot be followed: one sentence."""


def typed(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """A reader whose ConfigError argparse tells in its own words."""

    def read_word(value: str) -> Any:
        try:
            return read(value)
        except ConfigError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read_word


def number(least: int, most: int) -> Callable[[str], Any]:
    """A whole number between two."""
    return typed(config.whole(least, most))


def dscp(value: str) -> int:
    """A code point by number or by its name in RFC 2474, RFC 2597 and RFC 3246. Raises ConfigError."""
    if match := re.fullmatch(r"CS([0-7])", value, re.IGNORECASE):
        return int(match[1]) << 3
    if match := re.fullmatch(r"AF([1-4])([1-3])", value, re.IGNORECASE):
        return int(match[1]) << 3 | int(match[2]) << 1
    return 46 if value.upper() == "EF" else config.whole(0, 63)(value)
