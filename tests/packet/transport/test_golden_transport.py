"""GRE, ERSPAN, UDP-Lite, DCCP and SCTP that tshark has read too: its fields are ours by name, at the same bits.

golden.jsonl was made once: packets written by hand from the RFCs, one of each kind. tshark 4.0.17's PDML gave names,
byte ranges, bit masks and verdicts. Left out are what it repeats, what it shows as a whole byte where bits are meant,
and the acknowledgment number of DCCP's closing packets, which it places as if it were a short one.
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
