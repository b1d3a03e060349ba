"""The probes of the ping engine in flight: which one a reply answers, and which have been waited for long enough.

A reply carries back all that the probe carried behind its checksum, so the ordinary one is found by these very
bytes, and what stands before them is what it must be: that is all there is to check. Whatever is not found here,
with options, fragmented, truncated, late, a second one or an error, is for `app.packet.answer` to read.
"""

import struct
from collections.abc import Hashable, Sequence
from typing import TypeAlias

from app.engine.pinging.echo import HEADER, TAG
from app.engine.pinging.targetrow import Row
from app.engine.snapshot import Outcome

#: Of a reply by IPv4: version and length of the header, total length, fragmentation, TTL, protocol; what is behind its
#: checksum and not echoed.
_IPV4 = struct.Struct(">BxHxxHBBxx12s")
_IPV4_ECHOED, _IPV6_ECHOED, _IPV6_FRONT = 24, 44, 8  #: bytes before what is echoed, and before the addresses
_FRAGMENT = 0x3FFF  #: more fragments, and the offset (RFC 791, section 3.1)
_TAGGED = HEADER - 4 + TAG  #: bytes that are echoed where there is room for a tag

#: A probe that waits for its reply: whose it is, its number, and what stands in the reply before what is echoed.
Flight: TypeAlias = tuple[Row, int, bytes]
#: A probe that is answered: whose it was, its number, and the TTL of the answer where that is a reply.
Landing: TypeAlias = tuple[Row, int, int | None]


class Awaited:
    """All probes of one machine that wait for an answer, in the order of sending.

    Each step costs what is due, not what is in flight. A probe that was decided otherwise, or whose row has begun
    a new series, is dropped when it is the oldest.
    """

    def __init__(self, timeout: int) -> None:
        self._timeout = timeout
        self._flights: dict[Hashable, Flight] = {}  # by what is echoed, in the order of sending

    def add(self, row: Row, number: int, echoed: bytes, front: bytes) -> None:
        """Probe `number` of a row is sent. Without a tag it is not found by what is echoed: anybody may make that."""
        self._flights[echoed if len(echoed) >= _TAGGED else row.token + number] = row, number, front

    def land(self, data: bytes) -> Landing | None:
        """The probe that a datagram answers, which waits no more, and the reply's TTL; None where there is none."""
        flights, echoed = self._flights, data[_IPV4_ECHOED:]
        flight = flights.get(echoed)
        if flight is not None:
            version, length, fragment, ttl, protocol, front = _IPV4.unpack_from(data)
            is_plain = version == 0x45 and protocol == 1 and length == len(data) and not fragment & _FRAGMENT
        else:
            echoed = data[_IPV6_ECHOED:]
            flight = flights.get(echoed)
            if flight is None:
                return None
            ttl, front = data[7], data[_IPV6_FRONT:_IPV6_ECHOED]
            is_plain = data[0] >> 4 == 6 and data[6] == 58 and (data[4] << 8 | data[5]) + 40 == len(data)
        if not is_plain or front != flight[2]:
            return None
        del flights[echoed]
        return flight[0], flight[1], ttl

    def deadline(self) -> int | None:
        """When the oldest probe is given up, by the best stamp of its departure; None where none is in flight."""
        gone = []
        sent_at = None
        for key, (row, number, _) in self._flights.items():
            if row.series.outcome(number) is Outcome.IN_FLIGHT:
                sent_at = row.series.sent_at(number)
                break
            gone.append(key)
        self._drop(gone)
        return None if sent_at is None else sent_at + self._timeout

    def overdue(self, now: int) -> Sequence[tuple[Row, int]]:
        """The probes whose deadline has passed, which wait no more."""
        gone, overdue = [], []
        latest = now - self._timeout
        for key, (row, number, _) in self._flights.items():
            if row.series.outcome(number) is Outcome.IN_FLIGHT:
                if row.series.sent_at(number) > latest:
                    break
                overdue.append((row, number))
            gone.append(key)
        self._drop(gone)
        return overdue

    def _drop(self, keys: Sequence[Hashable]) -> None:
        for key in keys:
            del self._flights[key]
