"""Packets that tshark has read too: each golden.jsonl holds frames, and what tshark shows of them by name and bits.

A field is "NAME B byte bytes" or "NAME b bit bits"; the name "-" stands for a heading that has none. `from` tells
where a frame comes from, and `link` the type of its link where that is not raw IP.
"""

import json
from collections.abc import Container
from functools import cache
from pathlib import Path
from typing import Any

from app.packet.dissect import dissect
from app.packet.dissection import Dissection, every
from app.packet.link.linktype import LinkType

Packet = dict[str, Any]


@cache
def golden(path: Path) -> list[Packet]:
    """The records of a golden file."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def opened(packet: Packet) -> Dissection:
    """Our dissection of a frame."""
    return dissect(bytes.fromhex(packet["hex"]), LinkType(packet.get("link", LinkType.RAW)))


def missing(packet: Packet, left_out: Container[str] = ()) -> list[str]:
    """The fields that our dissection has not, by the same name at the same bits, but for those left out by name."""
    dissection = opened(packet)
    ours = {(layer.name, layer.start * 8, (layer.stop - layer.start) * 8) for layer in dissection.layers}
    for layer in dissection.layers:
        for span in every(layer.spans):
            at = (span.start_bit, span.stop_bit - span.start_bit)
            ours.update(((span.field.name, *at), ("-", *at)))
    return [field for field in packet["fields"] if _place(field) not in ours and field.split()[0] not in left_out]


def wrong_verdicts(packet: Packet) -> dict[str, str | None]:
    """The checksums that we judge otherwise, by the first byte of the header that has them."""
    ours = {str(check.start): check.status.value for check in opened(packet).checks}
    return {at: ours.get(at) for at, status in packet["checks"].items() if ours.get(at) != status}


def _place(field: str) -> tuple[str, int, int]:
    name, unit, start, count = field.split()
    scale = 8 if unit == "B" else 1
    return name, int(start) * scale, int(count) * scale
