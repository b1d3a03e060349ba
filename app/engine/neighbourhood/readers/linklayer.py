"""What stations say of themselves on the link alone: LLDP (IEEE 802.1AB)."""

from collections.abc import Iterator, Mapping

from app.engine.neighbourhood.facts import Lldp, RoleKind
from app.engine.neighbourhood.readers.headers import is_readable, layers_before
from app.engine.neighbourhood.saying import Heard, Reader, Said, Saying
from app.packet.dissection import Branch, Part, Placed
from app.packet.layout import Header, Span
from app.packet.link.lldp import TimeToLive, Tlv
from app.packet.link.lldptypes import LldpTlv
from app.packet.link.reader import Ethernet
from app.packet.text import safe

#: An identifier or a name has at most 255 bytes (IEEE 802.1AB, sections 8.5.2, 8.5.3 and 8.5.7).
_MOST_TEXT = 255
_SECOND = 1_000_000_000
#: IEEE 802.1AB, section 7.1: nearest bridge, nearest bridge that is none of two ports, nearest customer bridge.
_GROUPS = frozenset(bytes.fromhex(f"0180c20000{last}") for last in ("0e", "03", "00"))


def read_lldp(heard: Heard) -> Iterator[Said]:
    """A data unit with the three TLVs that every one has; a time to live of 0 takes all back."""
    if not is_readable(heard):
        return
    said: dict[int, str] = {}
    seconds: int | None = None
    for part in heard.layer.parts:
        inside = part.parts if isinstance(part, Branch) else ()
        head = inside[0].header if inside and isinstance(inside[0], Placed) else None
        if isinstance(head, TimeToLive):
            seconds = head.seconds if seconds is None else seconds
        elif isinstance(head, Tlv):
            said.setdefault(head.type, _text(inside))
    chassis, port = said.get(LldpTlv.CHASSIS_IDENTIFIER), said.get(LldpTlv.PORT_IDENTIFIER)
    if chassis is None or port is None or seconds is None:
        return
    facts = Lldp(chassis, port, said.get(LldpTlv.SYSTEM_NAME))
    yield Saying(RoleKind.LLDP, facts, seconds * _SECOND, tuple(_doubts(heard)), is_goodbye=seconds == 0)


def _text(inside: tuple[Part, ...]) -> str:
    """The value of a TLV: an address or a text as the dissector read it, other bytes in hex."""
    value = next((part.value for part in inside if isinstance(part, Span)), None)
    if isinstance(value, bytes):
        return value[: _MOST_TEXT // 3].hex(":")
    return "" if value is None else safe(str(value), _MOST_TEXT)


def _doubts(heard: Heard) -> Iterator[str]:
    for layer in layers_before(heard):
        ethernet = _ethernet(layer.parts)
        if ethernet is not None and ethernet.destination not in _GROUPS:
            yield f"sent to {ethernet.destination.hex(':')}, which is no group of LLDP"


def _ethernet(parts: tuple[Part, ...]) -> Ethernet | None:
    head: Header | None = parts[0].header if parts and isinstance(parts[0], Placed) else None
    return head if isinstance(head, Ethernet) else None


READERS: Mapping[str, Reader] = {"lldp": read_lldp}
