"""RIP, RIPng, VRRP, HSRP, BFD and EIGRP that tshark has read too: its fields are ours by name, at the same bits.

small_golden.jsonl was made once: packets written by hand from the RFCs, and some captured between FRR 8.4, BIRD 2.0.12
and keepalived 2.2.7. tshark 4.0.17's PDML gave names, byte ranges, bit masks and verdicts. Left out are what it
repeats, and what it places otherwise than the RFC does: the demand bit of BFD version 1, the flags of a wide metric.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app.packet.dissect import dissect
from app.packet.dissection import every
from tests.packet.test_golden import place

GOLDEN = Path(__file__).parent / "small_golden.jsonl"
NUMBERS = range(len(GOLDEN.read_text().splitlines()))


@cache
def packets() -> list[dict[str, Any]]:
    return [json.loads(line) for line in GOLDEN.read_text().splitlines()]


@pytest.mark.parametrize("number", NUMBERS)
def test_every_field_of_tshark_is_one_of_ours_by_name_at_the_same_bits(number: int) -> None:
    packet = packets()[number]
    dissection = dissect(bytes.fromhex(packet["hex"]))
    ours = {
        (span.field.name, span.start_bit, span.stop_bit - span.start_bit)
        for layer in dissection.layers
        for span in every(layer.spans)
    }
    missing = [field for field in packet["fields"] if (field.split()[0], *place(field)) not in ours]
    assert missing == []


@pytest.mark.parametrize("number", NUMBERS)
def test_every_checksum_is_judged_as_tshark_judges_it(number: int) -> None:
    packet = packets()[number]
    ours = {str(check.start): check.status.value for check in dissect(bytes.fromhex(packet["hex"])).checks}
    assert {position: ours.get(position) for position in packet["checks"]} == packet["checks"]
