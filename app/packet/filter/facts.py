"""What is known of a packet that its bytes do not tell: its number, its moment, and what hopscope made of it."""

from dataclasses import dataclass

from app.packet.capture.captured import Way


@dataclass(frozen=True, slots=True)
class Facts:
    """What a filter may ask of a packet beside its bytes; a test on what is None is false."""

    number: int | None = None  #: in the list, from 1
    length: int | None = None  #: bytes on the wire
    captured_length: int | None = None  #: bytes that are here; those of the dissection where nobody says
    time_ns: int | None = None  #: since the epoch
    relative_ns: int | None = None  #: since the first packet of the list
    delta_ns: int | None = None  #: since the packet before
    comment: str | None = None
    interface: str | None = None
    direction: Way | None = None
    row: str | None = None  #: the row of a table that the packet fed
    meaning: str | None = None  #: what hopscope made of it
    rtt_ns: int | None = None  #: of the reply, or of the probe that it answers
