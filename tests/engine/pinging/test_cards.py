"""Round trips by the clock of a network card: taken from its stamps where both ends have one, and never mixed."""

import pytest

from app.engine.datagram import Clock, Datagram, Departure
from app.engine.pinging.cards import Cards
from app.engine.pinging.ping import PingMachine
from app.engine.pinging.pingconfig import PingConfig
from tests.engine.model import HERE, MS, SECRET, START, reply_to, target
from tests.engine.pinging.engines import HOST

CARD = 7_000_000_000  #: what a card's clock shows: it has an epoch of its own


def reply(received_at: int, by_card: int | None, clock: Clock = Clock.KERNEL) -> Datagram:
    return Datagram(b"", received_at, clock, by_card=by_card)


def test_a_round_trip_is_the_difference_of_a_cards_two_stamps() -> None:
    cards = Cards()
    cards.left(7, CARD)
    told = cards.answered(7, START, reply(START + 10 * MS + 30_000, CARD + 10 * MS))
    assert (told.received_at - START, told.clock) == (10 * MS, Clock.HARDWARE)
    assert not cards


@pytest.mark.parametrize(
    ("left", "answer"),
    [
        (None, reply(START + MS, CARD + MS)),
        (CARD, reply(START + MS, None)),
        (CARD, reply(START + MS, CARD + MS, Clock.USER)),
        (CARD, reply(START + MS, CARD - 1)),
        (CARD, reply(START + MS, CARD + 2 * MS)),
        (CARD, reply(START + 10 * MS, CARD + MS)),
    ],
    ids=["not stamped out", "not stamped in", "no stamp", "backwards", "slower than the kernel", "another card"],
)
def test_without_two_stamps_that_agree_with_the_kernels_the_kernels_stay(left: int | None, answer: Datagram) -> None:
    cards = Cards()
    if left is not None:
        cards.left(7, left)
    assert cards.answered(7, START, answer) == answer


def test_what_is_never_answered_is_forgotten_in_the_end() -> None:
    cards = Cards()
    for token in range(20_000):
        cards.left(token, token)
    assert len(cards._left) == 16_384


def test_a_target_that_a_card_timed_says_so() -> None:
    machine = PingMachine([target(HOST)], PingConfig(), source=lambda _: HERE[4], identifier=1, secret=SECRET)
    (out,) = machine.poll(START)
    machine.receive(Departure(out.token, START + 5_000, Clock.KERNEL, START))
    machine.receive(Departure(out.token, CARD, Clock.HARDWARE))
    machine.receive(Datagram(reply_to(out.data), START + 45_000 + 10 * MS, Clock.KERNEL, by_card=CARD + 10 * MS))
    machine.expire(START + 20 * MS)
    (row,) = machine.snapshot(START + 20 * MS).rows
    assert row.rtt is not None
    assert (row.rtt.last, row.received_clock) == (10 * MS, Clock.HARDWARE)
