"""Multicast packets that tshark has read too: every field it shows is one of ours by name, at the same bits.

golden.jsonl was made once. Most packets were written by hand from the RFCs, each PIM message for IPv4 and IPv6; the
others were captured between FRR 8.4 pimd, Debian's pimd 2.3.2 and Linux hosts with IGMP forced to each version.
tshark 4.0.17's PDML gave names, byte ranges, bit masks and verdicts; "-" stands for a heading without a name.
"""

from pathlib import Path

import pytest

from tests.packet.golden import golden, missing, wrong_verdicts

PACKETS = golden(Path(__file__).parent / "golden.jsonl")
NUMBERS = range(len(PACKETS))


@pytest.mark.parametrize("number", NUMBERS)
def test_every_field_of_tshark_is_one_of_ours_by_name_at_the_same_bits(number: int) -> None:
    assert missing(PACKETS[number]) == []


@pytest.mark.parametrize("number", NUMBERS)
def test_every_checksum_is_judged_as_tshark_judges_it(number: int) -> None:
    assert wrong_verdicts(PACKETS[number]) == {}
