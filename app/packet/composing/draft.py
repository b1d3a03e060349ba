"""A packet that somebody is editing: each change makes another draft, so that any can be taken back.

While it is automatic, lengths and checksums follow each change, but for checksums that were edited themselves.
"""

from dataclasses import dataclass, replace

from app.packet.composing.edit import with_value
from app.packet.composing.packet import Composed
from app.packet.composing.values import Assignment, zone_named
from app.packet.dissect import dissect
from app.packet.dissection import Dissection
from app.packet.editing import with_checksums, with_field
from app.packet.layout import Span
from app.packet.link.linktype import LinkType


@dataclass(frozen=True, slots=True)
class Draft:
    """The bytes as they are now. `kept` are the bytes where checksums stand that somebody chose.

    `zone` is the interface that the destination names.
    """

    data: bytes
    link: LinkType
    kept: frozenset[int] = frozenset()
    is_automatic: bool = True
    zone: str | None = None

    @classmethod
    def of(cls, data: bytes, link: LinkType) -> "Draft":
        """A packet that was heard, as it can be sent: a frame of Ethernet, or the datagram in any other."""
        if link not in (LinkType.RAW, LinkType.ETHERNET):
            layers = dissect(data, link).layers
            start = next((layer.start for layer in layers if layer.name in ("ip", "ipv6")), 0)
            data, link = data[start:], LinkType.RAW
        return cls(data, link)

    @property
    def dissection(self) -> Dissection:
        """What it says."""
        return dissect(self.data, self.link)

    @property
    def packet(self) -> Composed:
        """As it is sent."""
        return Composed(self.data, self.link, self.kept, zone=self.zone)

    def turned(self) -> "Draft":
        """Automatic or not; once it is, everything that can be made right is, chosen checksums included."""
        if self.is_automatic:
            return replace(self, is_automatic=False)
        return Draft(with_checksums(self.data, self.link), self.link, zone=self.zone)

    def with_text(self, span: Span, text: str) -> "Draft":
        """Another value in a field, in the filter's words. Raises ComposeError."""
        data = with_value(self.data, self.link, span, text, is_automatic=self.is_automatic)
        moved, place = len(data) - len(self.data), span.start_bit // 8
        kept = frozenset(at + moved if at > place else at for at in self.kept)
        settled = self._settled(data, kept, span.start_bit, span.stop_bit)
        is_destination = span.field.name == "ipv6.dst"
        return replace(settled, zone=zone_named([Assignment("ipv6.dst", text)])) if is_destination else settled

    def with_bits(self, start_bit: int, count: int, value: int) -> "Draft":
        """Other bits in place."""
        data = with_field(self.data, start_bit, start_bit + count, value)
        return self._settled(data, self.kept, start_bit, start_bit + count)

    def _settled(self, data: bytes, kept: frozenset[int], start: int, stop: int) -> "Draft":
        """The draft of these bytes, of which those at bits [start, stop) were chosen."""
        for check in self.dissection.checks:
            if start < check.start * 8 + 16 and check.start * 8 < stop:
                kept |= {check.start}
        if self.is_automatic:
            data = with_checksums(data, self.link, kept)
        return replace(self, data=data, kept=kept)
