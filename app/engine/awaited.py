"""The probes of the ping engine in flight: which one a reply answers, and which have been waited for long enough.

A reply carries back all that the probe carried behind its checksum, so the ordinary one is found by these very
bytes, and what stands before them is what it must be: that is all there is to check. Whatever is not found here,
with options, fragmented, truncated, late, a second one or an error, is for `app.packet.answer` to read.
"""

import struct
from collections import deque
from collections.abc import Hashable, Iterator
from typing import NamedTuple

from app.engine.echo import HEADER, TAG, EchoRequest
from app.engine.snapshot import Outcome
from app.engine.targetrow import Row

#: Of an IPv4 header: version and length of the header, total length, fragmentation, TTL and protocol.
_IPV4 = struct.Struct(">BxHxxHBB")
_IPV4_ECHOED, _IPV4_FRONT = 24, 12  #: bytes before what is echoed, and before the addresses
_IPV6_ECHOED, _IPV6_FRONT = 44, 8
_FRAGMENT = 0x3FFF  #: more fragments, and the offset (RFC 791, section 3.1)


class Flight(NamedTuple):
    """A probe that waits for its reply."""

    row: Row
    number: int
    echoed: (
        Hashable  #: by which it is found; where the payload is too short for a tag, nothing that comes is equal to it
    )
    front: bytes


class Awaited:
    """All probes of one machine that wait for an answer, in the order of sending.

    Each step costs what is due, not what is in flight. A probe that was decided otherwise, or whose row has begun
    a new series, is dropped when it is the oldest.
    """

    def __init__(self, timeout: int) -> None:
        self._timeout = timeout
        self._queue: deque[Flight] = deque()
        self._by_echo: dict[Hashable, Flight] = {}

    def add(self, row: Row, number: int, request: EchoRequest) -> None:
        """Probe `number` of a row is sent."""
        _, echoed, front = request
        has_tag = len(echoed) >= HEADER - 4 + TAG
        key: Hashable = echoed if has_tag else row.token + number
        flight: Flight = tuple.__new__(Flight, (row, number, key, front))
        self._by_echo[key] = flight
        self._queue.append(flight)

    def land(self, data: bytes) -> tuple[Row, int, int] | None:
        """The probe that a datagram answers, which waits no more, and the reply's TTL; None where there is none."""
        flight = self._by_echo.pop(data[_IPV4_ECHOED:], None)
        if flight is not None:
            version, length, fragment, ttl, protocol = _IPV4.unpack_from(data)
            is_plain = version == 0x45 and protocol == 1 and length == len(data) and not fragment & _FRAGMENT
            if is_plain and data[_IPV4_FRONT:_IPV4_ECHOED] == flight[3]:
                return flight[0], flight[1], ttl
        else:
            flight = self._by_echo.pop(data[_IPV6_ECHOED:], None)
            if flight is None:
                return None
            length = (data[4] << 8 | data[5]) + 40
            is_plain = data[0] >> 4 == 6 and data[6] == 58 and length == len(data)
            if is_plain and data[_IPV6_FRONT:_IPV6_ECHOED] == flight[3]:
                return flight[0], flight[1], data[7]
        self._by_echo[flight.echoed] = flight
        return None

    def _oldest(self) -> Flight | None:
        queue, by_echo = self._queue, self._by_echo
        while queue:
            flight = queue[0]
            if flight.echoed in by_echo and flight.row.series.outcome(flight.number) is Outcome.IN_FLIGHT:
                return flight
            by_echo.pop(flight.echoed, None)
            queue.popleft()
        return None

    def deadline(self) -> int | None:
        """When the oldest probe is given up, by the best stamp of its departure; None where none is in flight."""
        oldest = self._oldest()
        return None if oldest is None else oldest.row.series.sent_at(oldest.number) + self._timeout

    def overdue(self, now: int) -> Iterator[tuple[Row, int]]:
        """The probes whose deadline has passed. Whoever asks decides each before asking for the next."""
        while (oldest := self._oldest()) is not None:
            if oldest.row.series.sent_at(oldest.number) + self._timeout > now:
                return
            self._by_echo.pop(oldest.echoed, None)
            self._queue.popleft()
            yield oldest.row, oldest.number
