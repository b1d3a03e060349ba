"""A bounded number of damaged packets and files, the same ones each time; `make fuzz` goes on for longer."""

import random

import pytest

from tests.packet.damage import any_damage
from tests.packet.fuzzing import any_capture, capture_complaints, complaints, tool_complaints

#: What is larger takes the suite's time; the worst that is large stands in `tests.packet.monsters`.
LARGE = 3000


@pytest.mark.parametrize("round_", range(6))
def test_what_was_damaged_is_dissected_without_a_fault(round_: int) -> None:
    chance = random.Random(round_)
    for number in range(160):
        seed = any_damage(chance)
        if len(seed.data) < LARGE or number % 75 == 0:
            assert list(complaints(seed.data, seed.link)) == [], seed.data.hex()


@pytest.mark.parametrize("round_", range(4))
def test_damaged_packets_are_compared_copied_edited_and_searched_without_a_fault(round_: int) -> None:
    chance = random.Random(round_)
    for _ in range(25):
        first, second = any_damage(chance), any_damage(chance)
        if len(first.data) + len(second.data) < LARGE:
            assert list(tool_complaints(first, second, chance)) == [], (first, second)


@pytest.mark.parametrize("round_", range(4))
def test_damaged_captures_are_read_and_indexed_alike(round_: int) -> None:
    chance = random.Random(round_)
    for _ in range(100):
        data = any_capture(chance)
        assert list(capture_complaints(data)) == [], data.hex()
