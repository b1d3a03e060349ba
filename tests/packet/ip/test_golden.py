"""Packets that tshark has read too: every field it shows must be one of ours; see `tests.packet.link.frames`."""

from pathlib import Path

import pytest

from tests.packet.link.frames import golden, missing, wrong_verdicts

GOLDEN = Path(__file__).parent / "golden.jsonl"
NUMBERS = range(len(golden(GOLDEN)))


@pytest.mark.parametrize("number", NUMBERS)
def test_every_field_of_tshark_is_one_of_ours_at_the_same_bits(number: int) -> None:
    packet = golden(GOLDEN)[number]

    assert missing(packet) == []


@pytest.mark.parametrize("number", NUMBERS)
def test_every_checksum_is_judged_as_tshark_judges_it(number: int) -> None:
    packet = golden(GOLDEN)[number]

    assert wrong_verdicts(packet) == {}
