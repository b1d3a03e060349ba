"""Packets that tshark has read too: every field it shows must be one of ours, at the same bits.

golden.jsonl was made once: each packet built with app.packet.compose and app.packet.icmp.error (all IPv4 and
TCP options, all IPv6 extension headers and options, every ICMP and ICMPv6 type, ND options, RFC 4884 objects),
written as pcapng and read by tshark 4.0.17, whose PDML gave names, byte ranges, bit masks and checksum verdicts.
"""

from pathlib import Path

import pytest

from tests.packet.golden import golden, missing, wrong_verdicts

PACKETS = golden(Path(__file__).parent / "golden.jsonl")
NUMBERS = range(len(PACKETS))

#: Fields that tshark cuts otherwise than the RFC does, by name, with the reason.
CUT_OTHERWISE = {
    "icmp.ext.version": "covers the reserved bits too",
    "tcp.flags.ace": "a second reading of three flags",
    "ipv6.opt.pmtu.r_flag": "is one bit of the word (RFC 9268, section 5)",
}


@pytest.mark.parametrize("number", NUMBERS)
def test_every_field_of_tshark_is_one_of_ours_at_the_same_bits(number: int) -> None:
    packet = PACKETS[number]
    named = [field.split(maxsplit=1) for field in packet["fields"]]
    nameless = [f"- {bits}" for name, bits in named if name not in CUT_OTHERWISE]
    assert missing({**packet, "fields": nameless}) == []


@pytest.mark.parametrize("number", NUMBERS)
def test_every_checksum_is_judged_as_tshark_judges_it(number: int) -> None:
    assert wrong_verdicts(PACKETS[number]) == {}
