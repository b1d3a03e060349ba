"""No damage to a golden packet makes its reading raise, or say what cannot be printed or stands nowhere."""

import random

import pytest

from app.packet.dissect import dissect
from app.packet.dissection import CheckStatus
from app.packet.editing import rebuilt, with_checksums
from tests.packet.damage import damaged
from tests.packet.fuzzing import complaints
from tests.packet.routing.test_small_golden import PACKETS as ROUTING
from tests.packet.transport.test_golden_transport import PACKETS as TRANSPORT

ROUNDS = 150


@pytest.mark.parametrize("seed", range(4))
def test_damaged_packets_are_read_without_complaint(seed: int) -> None:
    chance = random.Random(seed)
    sound = [bytes.fromhex(packet["hex"]) for packet in (*ROUTING, *TRANSPORT)]

    for _ in range(ROUNDS):
        whole = chance.choice(sound)
        head = 40 if whole[0] >> 4 == 6 else 20
        data = whole[:head] + damaged(whole[head:], chance)
        assert list(complaints(data)) == [], data.hex()


def test_packets_cut_anywhere_are_read_without_complaint() -> None:
    for packet in (*ROUTING, *TRANSPORT)[::9]:
        data = bytes.fromhex(packet["hex"])
        for size in range(20, len(data), 3):
            assert list(complaints(data[:size])) == [], data[:size].hex()


def test_every_packet_is_built_back_into_its_bytes() -> None:
    for packet in (*ROUTING, *TRANSPORT):
        data = bytes.fromhex(packet["hex"])
        assert rebuilt(dissect(data)) == data


def test_checksums_of_every_kind_are_made_right() -> None:
    for packet in (*ROUTING, *TRANSPORT):
        data = bytes.fromhex(packet["hex"])
        ttl = 7 if data[0] >> 4 == 6 else 8
        mended = with_checksums(data[:ttl] + bytes((data[ttl] ^ 1,)) + data[ttl + 1 : -1] + bytes((data[-1] ^ 1,)))
        bad = [check for check in dissect(mended).checks if check.status is CheckStatus.BAD and check.expected]
        assert bad == [], mended.hex()
