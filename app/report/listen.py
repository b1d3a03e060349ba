"""`hopscope listen`: a line for each packet that is heard, for people or for machines, and the sum of it all. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.arguments import Form, Request
from app.engine.datagram import Datagram, Direction
from app.engine.listen import ListenSnapshot
from app.packet.capture.captured import CapturedPacket, Way
from app.packet.dissect import dissect
from app.packet.dissection import Dissection
from app.packet.render import packet_json, summary_line
from app.packet.text import safe
from app.report.decode import Sieve, details, moment
from app.report.document import Document

if TYPE_CHECKING:
    from app.packet.filter.expression import Predicate

_WAYS = {Direction.IN: Way.IN, Direction.OUT: Way.OUT, Direction.OTHER: None}
#: How many protocols and talkers the text names at its end.
_MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class Missed:
    """What came and was not seen."""

    dropped: int  #: the kernel had no room for it
    unread: int  #: it waited when all ended


class PacketLines:
    """What is said of each packet; one that the filter holds back is numbered all the same."""

    def __init__(self, request: Request, matches: "Predicate | None") -> None:
        self._request = request
        self._sieve = None if matches is None else Sieve(matches, request.filter or "")
        self._width = 4  # of the longest name of an interface so far
        self.heard = 0
        self.shown = 0

    def of(self, datagram: Datagram) -> Sequence[str]:
        """The lines of the next packet; none where the filter holds it back."""
        self.heard += 1
        packet = _captured(datagram)
        dissection = dissect(packet.data, packet.link)
        if self._sieve is not None and not self._sieve.passes(self.heard, packet, dissection):
            return ()
        self.shown += 1
        if self._request.form is not Form.TEXT:
            return (self._json(datagram, packet, dissection),)
        return self._text(datagram, packet, dissection)

    def _json(self, datagram: Datagram, packet: CapturedPacket, dissection: Dissection) -> str:
        said = packet_json(self.heard, packet.time_ns, packet.length, packet.link.words, dissection)
        interface = "null" if datagram.interface is None else json.dumps(safe(datagram.interface))
        clock, way = datagram.clock.value, datagram.direction.value
        return f'{said[:-1]},"interface":{interface},"direction":"{way}","clock":"{clock}"}}'

    def _text(self, datagram: Datagram, packet: CapturedPacket, dissection: Dissection) -> Sequence[str]:
        interface = safe(datagram.interface or "-")
        self._width = max(self._width, len(interface))
        way = f"{interface:<{self._width}} {datagram.direction.value:<5}"
        line = f"{self.heard:>5}  {moment(packet.time_ns)}  {way} {packet.length:>5}  {summary_line(dissection)}"
        return [line, *details(packet, dissection, self._request)]


def _captured(datagram: Datagram) -> CapturedPacket:
    return CapturedPacket(
        time_ns=datagram.received_at,
        data=datagram.data,
        length=datagram.length or len(datagram.data),
        link=datagram.link,
        direction=_WAYS[datagram.direction],
        interface=datagram.interface or "",
    )


def summary_document(snapshot: ListenSnapshot, shown: int, missed: Missed) -> Document:
    """The last line for machines."""
    return {
        "event": "summary",
        "seen": snapshot.seen,
        "shown": shown,
        "dropped_by_kernel": missed.dropped,
        "unread": missed.unread,
        "link": snapshot.link,
        "octets": snapshot.total.octets,
        "protocols": [{"name": row.name, "packets": row.packets, "octets": row.octets} for row in snapshot.protocols],
        "talkers": [
            {"address": talker.address, "packets": talker.packets, "octets": talker.octets}
            for talker in snapshot.talkers
        ],
        "started_at": snapshot.started_at,
        "ended_at": snapshot.at,
    }


def summary_lines(snapshot: ListenSnapshot, shown: int, missed: Missed) -> list[str]:
    """The end of the text."""
    late = f", {missed.unread:,} came too late to be read" if missed.unread else ""
    lines = [
        "",
        f"{snapshot.seen:,} packets heard, {shown:,} shown, {missed.dropped:,} dropped by the kernel{late}",
    ]
    if snapshot.protocols:
        lines.append("by protocol: " + _named([f"{row.name} {row.packets:,}" for row in snapshot.protocols]))
    if snapshot.talkers:
        lines.append("top talkers: " + _named([f"{each.address} {each.octets:,} bytes" for each in snapshot.talkers]))
    return lines


def _named(counts: Sequence[str]) -> str:
    words = counts[:_MOST_NAMED]
    more = len(counts) - _MOST_NAMED
    return ", ".join([*words, f"and {more} more"] if more > 0 else words)
