"""RIP, RIPng, VRRP, HSRP, BFD and EIGRP that tshark has read too: its fields are ours by name, at the same bits.

small_golden.jsonl was made once: packets written by hand from the RFCs, and some captured between FRR 8.4, BIRD 2.0.12
and keepalived 2.2.7. tshark 4.0.17's PDML gave names, byte ranges, bit masks and verdicts. Left out are what it
repeats, and what it places otherwise than the RFC does: the demand bit of BFD version 1, the flags of a wide metric.
"""

from pathlib import Path

import pytest

from tests.packet.golden import golden, missing, wrong_verdicts

PACKETS = golden(Path(__file__).parent / "small_golden.jsonl")
NUMBERS = range(len(PACKETS))


@pytest.mark.parametrize("number", NUMBERS)
def test_every_field_of_tshark_is_one_of_ours_by_name_at_the_same_bits(number: int) -> None:
    assert missing(PACKETS[number]) == []


@pytest.mark.parametrize("number", NUMBERS)
def test_every_checksum_is_judged_as_tshark_judges_it(number: int) -> None:
    assert wrong_verdicts(PACKETS[number]) == {}
