"""The short way by which an ordinary reply finds its probe, held against the long one that reads every header."""

from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.pinging.awaited import Awaited
from app.engine.pinging.echo import EchoTemplate, carries, sequence_of
from app.engine.pinging.targetrow import Row
from app.engine.snapshot import Outcome
from app.packet.answer import read_answer
from app.packet.compose import Envelope
from tests.engine.model import HERE, SECOND, SECRET, START, reply_to, target

HOSTS = ["10.9.9.9", "2001:db8:9::9"]


def waiting(host: str, size: int = 56) -> tuple[Awaited, Row, bytes]:
    """What waits, the row, and the datagram of its probe number 0."""
    row = Row(target(host), 3 << 32, offset=1, kept=100)
    address = row.target.address
    row.template = EchoTemplate(Envelope(HERE[address.version], address), 0xBEEF, SECRET, size)
    number = row.series.launch(START)
    probe, echoed, front = row.template.request(row.token + number, 1)
    awaited = Awaited(SECOND)
    awaited.add(row, number, echoed, front)
    return awaited, row, probe


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("size", [16, 56, 1_400])
def test_an_ordinary_reply_is_found_at_once_and_once(host: str, size: int) -> None:
    awaited, row, probe = waiting(host, size)

    assert awaited.land(reply_to(probe, ttl=57)) == (row, 0, 57)
    assert awaited.land(reply_to(probe, ttl=57)) is None


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("size", [0, 8, 15])
def test_a_payload_too_short_for_its_tag_is_left_to_the_long_way(host: str, size: int) -> None:
    awaited, _, probe = waiting(host, size)

    assert awaited.land(reply_to(probe)) is None


@pytest.mark.parametrize("host", HOSTS)
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_what_the_short_way_takes_is_what_the_long_way_credits(host: str, data: st.DataObject) -> None:
    awaited, row, probe = waiting(host)
    reply = bytearray(reply_to(probe))
    for _ in range(data.draw(st.integers(0, 2))):
        at = data.draw(st.integers(0, len(reply) - 1))
        reply[at] = data.draw(st.sampled_from([reply[at], 0, 0xFF, reply[at] ^ 1, reply[at] ^ 0x20]))
    cut = bytes(reply[: data.draw(st.sampled_from([len(reply), len(reply) - 1, 30, 0]))])

    landed = awaited.land(cut)

    answer = read_answer(cut)
    if landed is not None:
        assert answer is not None
        assert answer.quote is None
        assert answer.is_checksum_good
        assert sequence_of(answer, 0xBEEF) == 1
        assert carries(answer, row.message(0))
        assert (answer.source, answer.ttl) == (row.target.address, landed[2])
    elif cut == reply_to(probe):
        raise AssertionError("the ordinary reply is not taken")
    else:
        assert awaited.land(reply_to(probe)) is not None, "it waits no more for the true one"


def test_a_reply_from_elsewhere_is_left_to_the_long_way() -> None:
    awaited, _, probe = waiting(HOSTS[0])

    assert awaited.land(reply_to(probe, source=ip_address("10.1.1.1"))) is None


def test_what_is_overdue_is_told_in_the_order_of_sending_and_the_decided_are_not() -> None:
    awaited, row, _ = waiting(HOSTS[0])
    assert row.template is not None
    for moment in range(1, 4):
        number = row.series.launch(START + moment)
        _, echoed, front = row.template.request(row.token + number, 1 + number)
        awaited.add(row, number, echoed, front)
    row.series.decide(1, Outcome.LOST)

    overdue = []
    for each, number in awaited.overdue(START + SECOND + 2):
        each.series.decide(number, Outcome.LOST)
        overdue.append(number)

    assert (overdue, awaited.deadline()) == ([0, 2], START + 3 + SECOND)
