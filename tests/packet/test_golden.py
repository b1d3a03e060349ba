"""Packets that tshark has read too: every field it shows must be one of ours, at the same bits.

golden.jsonl was made once: each packet built with app.packet.compose and app.packet.icmp.error (all IPv4 and
TCP options, all IPv6 extension headers and options, every ICMP and ICMPv6 type, ND options, RFC 4884 objects),
written as pcapng and read by tshark 4.0.17, whose PDML gave names, byte ranges, bit masks and checksum verdicts.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app.packet.dissect import dissect
from app.packet.dissection import every

GOLDEN = Path(__file__).parent / "golden.jsonl"

#: Fields that tshark cuts otherwise than the RFC does, or that are outlines here; by name, with the reason.
CUT_OTHERWISE = {
    "icmp.ext.version": "covers the reserved bits too",
    "tcp.flags.ace": "a second reading of three flags",
    "ipv6.opt.pmtu.rtn": "includes the flag behind it (RFC 9268, section 5)",
    "ipv6.opt.pmtu.r_flag": "is one bit of the word (RFC 9268, section 5)",
    "icmpv6.opt.reserved": "not told from the prefix behind it",
}
#: Obsolete options that are shown as bytes.
OUTLINED = ("ip.opt.sec_rfc791", "ip.opt.ext_sec", "ip.cipso", "icmpv6.opt.nbma", "icmpv6.unknown_data")


@cache
def golden() -> list[dict[str, Any]]:
    return [json.loads(line) for line in GOLDEN.read_text().splitlines()]


@pytest.mark.parametrize("number", range(len(GOLDEN.read_text().splitlines())))
def test_every_field_of_tshark_is_one_of_ours_at_the_same_bits(number: int) -> None:
    packet = golden()[number]
    dissection = dissect(bytes.fromhex(packet["hex"]))
    ours = {
        (span.start_bit, span.stop_bit - span.start_bit) for layer in dissection.layers for span in every(layer.spans)
    }
    missing = [field for field in packet["fields"] if place(field) not in ours and not is_excused(field)]
    assert missing == []


@pytest.mark.parametrize("number", range(len(GOLDEN.read_text().splitlines())))
def test_every_checksum_is_judged_as_tshark_judges_it(number: int) -> None:
    packet = golden()[number]
    dissection = dissect(bytes.fromhex(packet["hex"]))
    ours = {str(check.start): check.status.value for check in dissection.checks}
    assert {position: ours.get(position) for position in packet["checks"]} == packet["checks"]


def place(field: str) -> tuple[int, int]:
    """First bit and number of bits of "NAME B byte bytes" or "NAME b bit bits"."""
    _, unit, start, count = field.split()
    scale = 8 if unit == "B" else 1
    return int(start) * scale, int(count) * scale


def is_excused(field: str) -> bool:
    name = field.split()[0]
    return name in CUT_OTHERWISE or name.startswith(OUTLINED)
