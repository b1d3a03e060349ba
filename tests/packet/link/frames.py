"""Frames made for these tests, and what is asked of their dissections."""

from app.packet.dissect import dissect
from app.packet.dissection import Dissection
from app.packet.link.linktype import LinkType


def read(digits: str, link: LinkType = LinkType.RAW) -> Dissection:
    """The dissection of a frame written in hexadecimal digits, spaces allowed."""
    return dissect(bytes.fromhex(digits), link)


def shown(dissection: Dissection, name: str) -> list[str]:
    """What the fields of a name show."""
    return [span.shown for span in dissection.spans_named(name)]


def texts(dissection: Dissection) -> list[str]:
    """The notes' texts."""
    return [note.text for note in dissection.notes]
