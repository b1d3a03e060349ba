"""Packets that were handed to a link, found again as they leave: a link that listens hears its own.

What leaves may differ from what was made in the fields that the kernel fills in. On the loopback device the kernel
shows a packet once, as one that arrives. RFC 791 names the fields; raw(7) says which of them are the kernel's.
"""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from app.engine.datagram import Datagram, Direction
from app.packet.link.linktype import LinkType

_ETHERNET = 14
_IP_TYPES = (b"\x08\x00", b"\x86\xdd")
#: Frames of the loopback device are from nobody and for nobody.
_LOOPBACK = bytes(12)


class Leaver(NamedTuple):
    """A packet of ours as it was seen: its token, and the bytes that are to be compared with what was made."""

    token: int
    data: bytes
    link: LinkType


class Leaving:
    """Who has not been seen yet. Owned by the thread of its machine."""

    def __init__(self) -> None:
        self._tokens: dict[bytes, deque[int]] = {}
        self._keys: dict[int, bytes] = {}

    def hand(self, token: int, data: bytes, link: LinkType) -> None:
        """A packet is handed to the link."""
        key = self._keys[token] = _likeness(data, link)
        self._tokens.setdefault(key, deque()).append(token)

    def forget(self, token: int) -> None:
        """A packet will not be seen any more."""
        key = self._keys.pop(token, None)
        if key is not None:
            self._tokens[key].remove(token)
            if not self._tokens[key]:
                del self._tokens[key]

    def seen(self, datagram: Datagram) -> Leaver | None:
        """Which of ours this is, the first of equal ones; each is seen once."""
        if not may_be_ours(datagram):
            return None
        for data, link in views(datagram):
            key = _likeness(data, link)
            if key in self._tokens:
                token = self._tokens[key][0]
                self.forget(token)
                return Leaver(token, data, link)
        return None


def may_be_ours(datagram: Datagram) -> bool:
    """Whether this host may have sent what was heard."""
    is_looped = datagram.link is LinkType.ETHERNET and datagram.data[:12] == _LOOPBACK
    return datagram.direction is Direction.OUT or (datagram.direction is Direction.IN and is_looped)


def views(datagram: Datagram) -> Iterator[tuple[bytes, LinkType]]:
    """The datagram in a frame, and the frame as it is: a packet may have been made as either."""
    data = datagram.data
    if datagram.link is LinkType.ETHERNET and data[12:_ETHERNET] in _IP_TYPES:
        yield data[_ETHERNET:], LinkType.RAW
    yield data, datagram.link


def _likeness(data: bytes, link: LinkType) -> bytes:
    """What of a packet the kernel leaves as it is: all but length, identification, checksum and source of IPv4."""
    if link is not LinkType.RAW or len(data) < 20 or data[0] >> 4 == 6:
        return data
    return data[:2] + data[6:10] + data[16:]
