"""Echo probes: their bytes, and what is taken for an answer to them."""

from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.pinging.echo import EchoTemplate, carries, is_truncated, sequence_of
from app.packet.answer import read_answer
from app.packet.compose import Envelope, icmp_protocol, with_checksum
from tests.engine.model import SECRET, error_about, parse, reply_to

PAIRS = [("10.0.0.1", "10.9.9.9"), ("2001:db8::1", "2001:db8:9::9")]
pairs = st.sampled_from(PAIRS)


def template(source: str, destination: str, size: int, secret: bytes = SECRET) -> EchoTemplate:
    envelope = Envelope(ip_address(source), ip_address(destination), ttl=9, dscp=46)
    return EchoTemplate(envelope, 0xBEEF, secret, size)


@settings(max_examples=100, deadline=None)
@given(pairs, st.integers(0, 100), st.integers(0, 2**50), st.integers(0, 0xFFFF))
def test_a_probe_made_from_a_template_has_the_right_checksum(
    pair: tuple[str, str], size: int, token: int, sequence: int
) -> None:
    sent = parse(template(*pair, size).datagram(token, sequence))

    envelope = Envelope(sent.source, sent.destination)
    assert len(sent.payload) == 8 + size
    assert sent.payload == with_checksum(envelope, icmp_protocol(sent.source), sent.payload)
    assert (sent.payload[4:8], sent.ttl) == (b"\xbe\xef" + sequence.to_bytes(2, "big"), 9)


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("size", [0, 1, 15, 16, 56])
def test_the_reply_to_a_probe_carries_it(pair: tuple[str, str], size: int) -> None:
    probe = template(*pair, size)

    answer = read_answer(reply_to(probe.datagram(5, 7)))

    assert answer is not None
    assert sequence_of(answer, 0xBEEF) == 7
    assert sequence_of(answer, 0xBEE0) is None
    assert carries(answer, probe.message(5, 7))


@pytest.mark.parametrize(("pair", "other"), zip(PAIRS, ("10.255.0.77", "2001:db8:ff::77"), strict=True))
@pytest.mark.parametrize("size", [0, 56])
def test_a_template_that_is_aimed_elsewhere_makes_what_one_made_for_there_makes(
    pair: tuple[str, str], other: str, size: int
) -> None:
    aimed = template(*pair, size).aimed_at(ip_address(other))

    assert aimed.request(9 << 32, 7) == template(pair[0], other, size).request(9 << 32, 7)


@pytest.mark.parametrize("pair", PAIRS)
def test_a_reply_made_without_the_secret_does_not(pair: tuple[str, str]) -> None:
    forged = template(*pair, 56, secret=b"a guess").datagram(5, 7)

    answer = read_answer(reply_to(forged))

    assert answer is not None
    assert not carries(answer, template(*pair, 56).message(5, 7))
    assert not is_truncated(answer, template(*pair, 56).message(5, 7))


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize(("kept", "is_ours"), [(8, True), (20, True), (24, True), (64, True)])
def test_a_quotation_is_recognised_however_short(pair: tuple[str, str], kept: int, is_ours: bool) -> None:
    probe = template(*pair, 56)
    data = probe.datagram(5, 7)
    router, kind = ("10.0.3.1", 3) if ":" not in pair[0] else ("2001:db8:3::1", 1)
    head = len(data) - 64

    answer = read_answer(error_about(data[: head + kept], router, kind, 1))

    assert answer is not None
    assert sequence_of(answer, 0xBEEF) == 7
    assert carries(answer, probe.message(5, 7)) is is_ours
    assert not carries(answer, template(*pair, 56, secret=b"another run").message(5, 7))
