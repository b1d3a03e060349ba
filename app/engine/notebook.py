"""What a person put down beside the packets of one source: marks and notes. It outlives the screen that shows it."""

from dataclasses import dataclass, field, replace

from app.engine.packetlog import Packet


@dataclass(slots=True)
class Notebook:
    """Marks and notes by packet number. Owned by the thread of the screens."""

    marks: set[int] = field(default_factory=set)
    notes: dict[int, str] = field(default_factory=dict)

    def turn(self, number: int) -> bool:
        """Set a mark or take it back; whether there is one now."""
        self.marks ^= {number}
        return number in self.marks

    def next_mark(self, number: int) -> int | None:
        """The first mark behind a packet, beginning again behind the last one; None where there is none."""
        behind = [each for each in self.marks if each > number]
        return min(behind or self.marks, default=None)

    def write(self, number: int, text: str) -> None:
        """Put down a note; an empty one says that there is none, whatever the file said."""
        self.notes[number] = text

    def note(self, packet: Packet) -> str:
        """The note by a packet: what was put down here, else what the file says."""
        return self.notes.get(packet.number, packet.comment)

    def noted(self, packet: Packet) -> Packet:
        """The packet with its note as its comment."""
        return replace(packet, comment=self.note(packet)) if packet.number in self.notes else packet
