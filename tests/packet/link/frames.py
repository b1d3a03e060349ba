"""Frames made for these tests, and frames that tshark has read too.

Each golden.jsonl was made once from hand-written and generated packets ("from" names file and number): the fields of
its own layers as tshark 4.0.17 shows them, by name and bits, and its checksum verdicts. Frames were left out on which
tshark and the RFCs differ.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from app.packet.dissect import dissect
from app.packet.dissection import Dissection, every
from app.packet.link.linktype import LinkType


@cache
def golden(path: Path) -> list[dict[str, Any]]:
    """The records of a golden file."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def missing(packet: dict[str, Any]) -> list[str]:
    """The fields of a golden frame that our dissection has not, at the same bits and by the same name."""
    dissection = read(packet["hex"], LinkType(packet["link"]))
    ours = {
        (span.field.name, span.start_bit, span.stop_bit - span.start_bit)
        for layer in dissection.layers
        for span in every(layer.spans)
    }
    return [field for field in packet["fields"] if _place(field) not in ours and not _is_whole(dissection, field)]


def wrong_verdicts(packet: dict[str, Any]) -> dict[str, str | None]:
    """The checksums of a golden frame that we judge otherwise."""
    ours = {str(check.start): check.status.value for check in read(packet["hex"], LinkType(packet["link"])).checks}
    return {at: ours.get(at) for at, status in packet["checks"].items() if ours.get(at) != status}


def read(digits: str, link: LinkType = LinkType.RAW) -> Dissection:
    """The dissection of a frame written in hexadecimal digits, spaces allowed."""
    return dissect(bytes.fromhex(digits), link)


def shown(dissection: Dissection, name: str) -> list[str]:
    """What the fields of a name show."""
    return [span.shown for span in dissection.spans_named(name)]


def texts(dissection: Dissection) -> list[str]:
    """The notes' texts."""
    return [note.text for note in dissection.notes]


def _place(field: str) -> tuple[str, int, int]:
    name, unit, start, count = field.split()
    scale = 8 if unit == "B" else 1
    return name, int(start) * scale, int(count) * scale


def _is_whole(dissection: Dissection, field: str) -> bool:
    """Whether a field is the layer itself, under the layer's name."""
    name, start, count = _place(field)
    return any(
        (layer.name, layer.start * 8, (layer.stop - layer.start) * 8) == (name, start, count)
        for layer in dissection.layers
    )
