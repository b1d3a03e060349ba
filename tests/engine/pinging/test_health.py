"""The one word for a row: what does not change it."""

from ipaddress import ip_address

from app.engine.pinging.health import Health
from app.engine.snapshot import End, State
from app.engine.tracing.hop import Hop
from app.packet.answer import Answer, read_answer
from tests.engine.model import HERE, error_about, reply_to
from tests.engine.pinging.test_echo import template

SECOND = 1_000_000_000
TARGET = ip_address("10.9.9.9")


def test_probes_given_up_after_a_newer_one_was_answered_are_no_outage() -> None:
    health = Health(0)
    health.answered(10, 10 * SECOND, 1_000)

    for number in (5, 6, 7, 8):
        health.missed(number, number * SECOND, "", is_sent=True)

    assert health.state is State.UP


def test_a_row_that_loses_anyway_is_not_called_down_after_three() -> None:
    health = Health(0)
    for number in range(30):
        if number % 3:
            health.answered(number, number * SECOND, 1_000)
        else:
            health.missed(number, number * SECOND, "", is_sent=True)
    assert health.state is State.LOSING

    words = [health.missed(number, number * SECOND, "", is_sent=True) for number in range(30, 36)]

    assert words == [None] * 5 + ["down since 00:00:30: no answer"]


def test_a_hop_ends_the_path_only_if_all_its_latest_answers_do() -> None:
    data = template(str(HERE[4]), str(TARGET), 56).datagram(5, 7)
    hop = Hop(3, 0)

    def hears(data: bytes) -> End | None:
        answer = read_answer(data)
        assert isinstance(answer, Answer)
        hop.hear(answer, TARGET)
        return hop.end

    ends = [hears(error_about(data, "10.0.3.1", 11, 0)), *(hears(reply_to(data)) for _ in range(3))]

    assert ends == [None, None, None, End.REACHED]
