"""Frames that tshark has read too: its fields are ours by name, at the same bits.

golden.jsonl was made once from hand-written and generated packets ("from" names file and number): the fields of its
own layers as tshark 4.0.17 shows them, and its verdicts. Frames were left out on which tshark and the RFCs differ.
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
