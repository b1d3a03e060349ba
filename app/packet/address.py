"""IP addresses as records hold them: one object for each address met, whose text is made once.

The same few addresses come again and again in any capture; making an `ipaddress` object of each, and text of
that, took more time than reading all other fields of a header together (measured).
"""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address
from typing import TypeVar

A = TypeVar("A", IPv4Address, IPv6Address)

#: So many addresses are kept of each version; whoever sends more from forged ones pays the full price for each.
MOST_KEPT = 4096


class _TextKept4(IPv4Address):
    """An IPv4 address that knows its text."""

    __slots__ = ("_text",)

    def __init__(self, packed: bytes) -> None:
        super().__init__(packed)
        self._text = super().__str__()

    def __str__(self) -> str:
        return self._text


class _TextKept6(IPv6Address):
    """An IPv6 address that knows its text."""

    __slots__ = ("_text",)

    def __init__(self, packed: bytes) -> None:
        super().__init__(packed)
        self._text = super().__str__()

    def __str__(self) -> str:
        return self._text


class Addresses(dict[bytes, A]):
    """Packed bytes to the one address object for them. Index it; it never fails for bytes of the right size."""

    def __init__(self, kind: Callable[[bytes], A]) -> None:
        super().__init__()
        self._kind: Callable[[bytes], A] = kind

    def __missing__(self, packed: bytes) -> A:
        if len(self) >= MOST_KEPT:
            self.clear()
        address: A = self._kind(packed)
        self[packed] = address
        return address


IPV4: Addresses[IPv4Address] = Addresses(_TextKept4)
IPV6: Addresses[IPv6Address] = Addresses(_TextKept6)
