"""Reading NTP out of a frame: times, extension fields and authentication (RFC 5905)."""

from app.packet.application.ntpcontrol import read_control, read_private
from app.packet.application.ntpheader import ExtensionType, Mode, Ntp
from app.packet.application.pieces import Message, branch, number, octets, read_pieces
from app.packet.dissection import Part, Placed
from app.packet.reading import Reading
from app.packet.text import safe_bytes

#: The longest authentication code behind its key identifier: what is longer is an extension field (RFC 7822).
MOST_AUTHENTICATION = 24
_EXTENSION = (
    number("ntp.ext.type", "type", 2, registry=ExtensionType, style="hex"),
    number("ntp.ext.length", "length", 2),
)
_VALUE = (octets("ntp.ext.value", "value"),)
AUTHENTICATION = (octets("ntp.keyid", "key identifier", 4), octets("ntp.mac", "authentication code"))


def read_ntp(reading: Reading, at: int, stop: int) -> None:
    """A message of any mode."""
    mode = reading.data[at] & 7 if at < stop else 0
    if mode == Mode.CONTROL:
        read_control(reading, at, stop)
    elif mode == Mode.PRIVATE:
        read_private(reading, at, stop)
    else:
        _read_time(reading, at, stop)


def _read_time(reading: Reading, at: int, stop: int) -> None:
    head = reading.take(Ntp, at, stop)
    end = at + Ntp.LAYOUT.size
    message = Message(reading.data, at, stop, is_cut=reading.is_quoted)
    parts: list[Part] = [Placed(head, at, end)]
    while stop - end > MOST_AUTHENTICATION and message.left > 0:
        length = int.from_bytes(reading.data[end + 2 : end + 4], "big")
        if length < 4 or end + length > stop:
            message.note(end, f"an extension field says {length} bytes, {stop - end} are there")
            parts += read_pieces(message, _VALUE, end, stop, "ntp.ext.value")
            end = stop
            break
        kind = ExtensionType(int.from_bytes(reading.data[end : end + 2], "big"))
        inner = read_pieces(message, (*_EXTENSION, *_VALUE), end, end + length, "ntp.ext.value")
        parts.append(branch("ntp.ext", kind.words, end, end + length, inner, skip=2))
        message.left -= 1
        end += length
    if end < stop:
        parts += read_pieces(message, AUTHENTICATION, end, stop, "ntp.mac")
    reading.notes.extend(message.notes)
    reading.layer(Ntp.LAYOUT, at, stop, parts, _summary(head))


def _summary(head: Ntp) -> str:
    """What the message says, in a line."""
    words = f"NTPv{head.version} {Mode(head.mode).words}"
    code = safe_bytes(head.reference.rstrip(b"\0"))
    if head.mode == Mode.SERVER and head.stratum == 0:
        return f"{words}, kiss-o'-death {code}".rstrip()
    if head.stratum < 2:
        return f"{words}, stratum {head.stratum}{f' ({code})' if head.stratum else ''}"
    return f"{words}, stratum {head.stratum}"
