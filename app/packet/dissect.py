"""Bytes to a Dissection: every layer, field, checksum and contradiction of a frame. Never raises.

Reading goes from layer to layer without recursion, through at most `MOST_LAYERS`; who reads which layer is told
by `app.packet.protocols`.
"""

from app.packet.dissection import Dissection, Severity
from app.packet.link.linktype import LinkType
from app.packet.link.numbers import EtherType, PppProtocol
from app.packet.link.reader import read_trailer
from app.packet.protocols import DISSECTORS
from app.packet.reading import CutError, Reading, Space, Way, read_data
from app.packet.registry import Protocol, Registry

#: Tunnels in tunnels, options behind options: more layers than this are somebody's joke.
MOST_LAYERS = 40
#: Whose words say what was not read.
_REGISTRIES: dict[Space, type[Registry]] = {
    Space.LINK: LinkType,
    Space.ETHERTYPE: EtherType,
    Space.PPP: PppProtocol,
    Space.PROTOCOL: Protocol,
}
_LINK = Space.LINK


def dissect(data: bytes, link: LinkType = LinkType.RAW) -> Dissection:
    """All that `data` says, as a frame of that link type; RAW starts with an IP header of either version."""
    reading = Reading(data)
    _read(reading, (_LINK, (link,), 0, len(data)))
    if reading.end is not None and reading.end < len(data):
        read_trailer(reading, reading.end)
    return Dissection(data, tuple(reading.layers), tuple(reading.checks), tuple(reading.notes))


def _read(reading: Reading, step: Way) -> None:
    """Let whoever knows the first of a step's numbers read it, and go where that leads."""
    try:
        for _ in range(MOST_LAYERS):
            space, numbers, start, stop = step
            table = DISSECTORS[space]
            for number in numbers:
                if number in table:
                    behind = table[number](reading, start, stop)
                    break
            else:
                _read_unknown(reading, step)
                return
            if behind is None:
                return
            step = behind
    except CutError:
        return
    _, _, start, stop = step
    reading.note(Severity.WARNING, start, f"more than {MOST_LAYERS} layers: the rest is not shown")
    read_data(reading, start, stop)


def _read_unknown(reading: Reading, step: Way) -> None:
    """Bytes that nobody knows, under the name that their number has."""
    space, numbers, start, stop = step
    named = _REGISTRIES.get(space)
    read_data(reading, start, stop, named(numbers[0]).words if named else "")
