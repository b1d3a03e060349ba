"""The log of a simulation: one JSON object for each packet that was sent into it, with what truly became of it.

docs/simulation.md tells what each key means. Moments are nanoseconds of the wall clock, as captures have them; a packet
is told when the last of its answers was handed over, so that all there is to say of it stands in one line.
"""

import json
import socket
from collections.abc import Callable
from typing import Any

from app.net.clock import difference
from app.net.simulated.attachment import Exchange
from app.net.simulated.walk import ARRIVED
from app.packet.ip.chain import upper_layer
from app.packet.registry import Protocol

_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
_NAMES = {Protocol.ICMP: "icmp", Protocol.IPV6_ICMP: "icmp6", Protocol.UDP: "udp", Protocol.TCP: "tcp"}
_ECHO: dict[int, tuple[int, int]] = {Protocol.ICMP: (0, 8), Protocol.IPV6_ICMP: (128, 129)}
_PORTS = (Protocol.UDP, Protocol.TCP)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class TruthLog:
    """Makes the lines, and keeps them until `take`. Belongs to the attachment's thread."""

    def __init__(self, ahead: Callable[[], int] = lambda: difference()[0]) -> None:
        """`ahead` says how far the wall clock is ahead of the attachment's."""
        self._measure = ahead
        self._ahead = ahead()
        self._lines: list[str] = []

    def tell(self, exchange: Exchange) -> None:
        """Keep the line of an exchange."""
        self._lines.append(_encode(document(exchange, self._ahead)))

    def note(self, event: str, at: int, **said: Any) -> None:
        """Keep the line of something other than a packet."""
        self._lines.append(_encode({"event": event, "at": at + self._ahead} | said))

    def take(self) -> list[str]:
        """What was kept; asks again how both clocks differ, so that a long run follows the wall."""
        lines, self._lines = self._lines, []
        self._ahead = self._measure()
        return lines


def document(exchange: Exchange, ahead: int) -> dict[str, Any]:
    """All of an exchange. `ahead` brings its moments to the wall clock."""
    said: dict[str, Any] = {"event": "packet", "id": exchange.number, "at": exchange.at + ahead}
    if not exchange.walks:
        return said | {"outcome": "dropped", "where": "here", "why": "malformed", "path": [], "answers": []}
    question, *others = exchange.walks
    said |= described(question.data)
    last = next((walk for walk in others if walk.why == ARRIVED), others[0] if others else question)
    is_answered = last.why == ARRIVED
    ended = question if is_answered else last
    said["outcome"] = "answered" if is_answered else "dropped"
    said["where"] = ended.where
    said["why"] = ended.silence or ended.why
    said["path"] = question.path
    said["end"] = question.why
    said["answers"] = _answers(exchange, ahead)
    return said


def _answers(exchange: Exchange, ahead: int) -> list[dict[str, Any]]:
    """All that a packet caused, and the way back of each."""
    left = iter(exchange.left)
    answers = []
    for walk in exchange.walks[1:]:
        said = described(walk.data) | {"path": walk.path, "where": walk.where, "why": walk.why}
        if walk.why == ARRIVED:
            leaves, handed = exchange.began + walk.ended_at, next(left)
            said["delay_ns"] = leaves - exchange.at
            said["leaves_at"] = leaves + ahead
            said["left_at"] = None if handed is None else handed + ahead
        answers.append(said)
    return answers


def described(data: bytes) -> dict[str, Any]:
    """What a datagram says of itself that tells it from others."""
    version = data[0] >> 4
    if version == 4:
        start, protocol, ttl, at = (data[0] & 15) * 4, data[9], data[8], 12
    else:
        upper = upper_layer(data[6], data, 40)
        start, protocol, ttl, at = upper.start, upper.protocol, data[7], 8
    size, family = (4, _FAMILIES[4]) if version == 4 else (16, _FAMILIES[6])
    said: dict[str, Any] = {
        "source": socket.inet_ntop(family, data[at : at + size]),
        "destination": socket.inet_ntop(family, data[at + size : at + 2 * size]),
        "protocol": _NAMES.get(protocol, protocol),  # type: ignore[call-overload]  # plain numbers hash as members do
        "ttl": ttl,
        "size": len(data),
    }
    if version == 4:
        said["identification"] = data[4] << 8 | data[5]
    head = data[start : start + 8]
    if len(head) == 8:
        said |= _transport(protocol, head)
    return said


def _transport(protocol: int, head: bytes) -> dict[str, int]:
    first, second = head[0] << 8 | head[1], head[2] << 8 | head[3]
    if protocol in _PORTS:
        return {"source_port": first, "destination_port": second}
    if protocol not in _ECHO:
        return {}
    said = {"type": head[0], "code": head[1]}
    if head[0] in _ECHO[protocol]:
        said |= {"identifier": head[4] << 8 | head[5], "sequence": head[6] << 8 | head[7]}
    return said
