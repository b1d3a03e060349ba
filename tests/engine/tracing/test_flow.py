"""One flow: what routers hash is constant, what tells probes apart is not, and all checksums are right."""

from ipaddress import ip_address
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.command import Method
from app.engine.tracing.flow import FLOWS, Ends, Flow, is_translated
from app.packet.answer import Answer, read_answer
from app.packet.compose import Envelope, ip_datagram, with_checksum
from app.packet.ip.v6 import Ipv6
from tests.engine.model import SECRET, error_about, parse, reply_to, segment_to

PAIRS = [("10.0.0.1", "10.9.9.9"), ("2001:db8::1", "2001:db8:9::9")]
#: What a load balancer may hash of each transport header: for ICMP type, code, checksum; else both ports.
HASHED = 4


def flow(method: Method, pair: tuple[str, str], *, size: int = 32, secret: bytes = SECRET) -> Flow:
    ends = Ends(ip_address(pair[0]), ip_address(pair[1]), 0xBEEF, 40_000, 33_434, size, 0, secret)
    return FLOWS[method](ends)


def read(data: bytes) -> Answer:
    answer = read_answer(data)
    assert answer is not None
    return answer


def quoted(data: bytes, kept: int = 10_000) -> Answer:
    router, kind = ("10.0.3.1", 11) if data[0] >> 4 == 4 else ("2001:db8:3::1", 3)
    head = 20 if data[0] >> 4 == 4 else 40
    return read(error_about(data[: head + kept], router, kind, 0))


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("method", Method)
def test_what_routers_hash_is_the_same_in_all_probes(method: Method, pair: tuple[str, str]) -> None:
    paris = flow(method, pair)
    probes = [paris.datagram(1 + serial % 30, paris.key(serial)) for serial in range(3_000)]

    assert len({parse(data).payload[:HASHED] for data in probes}) == 1
    assert len({(parse(data).source, parse(data).destination, parse(data).protocol) for data in probes}) == 1
    if pair == PAIRS[1]:
        labels = {Ipv6.decode(data).flow_label for data in probes}
        assert len(labels) == 1
        assert 0 not in labels


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("method", Method)
def test_keys_do_not_repeat_before_they_must(method: Method, pair: tuple[str, str]) -> None:
    paris = flow(method, pair)

    keys = {paris.key(serial) for serial in range(65_534)}

    assert len(keys) >= 65_530  # TCP's are random: of 2 ** 32 a few may meet


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(Method), st.sampled_from(PAIRS), st.integers(0, 10**6), st.integers(2, 60), st.integers(1, 255))
def test_every_probe_has_the_right_checksum_and_ttl(
    method: Method, pair: tuple[str, str], serial: int, size: int, ttl: int
) -> None:
    paris = flow(method, pair, size=size)
    sent = parse(paris.datagram(ttl, paris.key(serial)))

    assert sent.ttl == ttl
    assert sent.payload == paris.transport(paris.key(serial))
    assert sent.payload == with_checksum(Envelope(sent.source, sent.destination), sent.protocol, sent.payload)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(Method), st.sampled_from(PAIRS), st.integers(0, 10**6), st.integers(8, 80))
def test_a_quotation_names_and_proves_its_probe_however_short(
    method: Method, pair: tuple[str, str], serial: int, kept: int
) -> None:
    paris = flow(method, pair)
    key = paris.key(serial)

    answer = quoted(paris.datagram(9, key), kept)

    assert key in paris.keys(answer)
    assert paris.proves(answer, key)
    other = paris.key(serial + 1)
    assert other not in paris.keys(answer) or not paris.proves(answer, other)


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("method", Method)
def test_what_another_run_sent_is_not_taken_for_ours(method: Method, pair: tuple[str, str]) -> None:
    ours, theirs = flow(method, pair), flow(method, pair, secret=b"another run")

    sent = {ours.key(serial) for serial in range(300)}
    answers = [quoted(theirs.datagram(9, theirs.key(serial))) for serial in range(300)]

    named = [(answer, key) for answer in answers for key in ours.keys(answer) if key in sent]
    assert not any(ours.proves(answer, key) for answer, key in named)


@pytest.mark.parametrize("pair", PAIRS)
def test_an_echo_reply_proves_itself_by_all_that_it_carries(pair: tuple[str, str]) -> None:
    paris = flow(Method.ICMP, pair)
    data = paris.datagram(9, paris.key(3))

    assert paris.proves(read(reply_to(data)), paris.key(3))
    assert not paris.proves(read(reply_to(data[:-1] + b"x")), paris.key(3))
    assert not paris.keys(read(reply_to(data, source=parse(data).source)))


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("reset", [0, 1])
def test_a_segment_proves_itself_by_what_it_acknowledges(pair: tuple[str, str], reset: int) -> None:
    paris = flow(Method.TCP, pair)
    key = paris.key(3)

    answer = read(segment_to(paris.datagram(9, key), reset=reset))

    assert list(paris.keys(answer)) == [key]
    assert not paris.keys(quoted(flow(Method.UDP, pair).datagram(9, 7)))


def test_a_translated_probe_is_known_by_its_identification_and_tag_and_told_as_translated() -> None:
    paris = flow(Method.UDP, PAIRS[0])
    key = paris.key(3)
    data = paris.datagram(9, key)
    rewritten = data[:20] + (51_722).to_bytes(2, "big") + data[22:26] + b"\x12\x34" + data[28:]

    for kept in (8, 40):
        answer = quoted(rewritten, kept)
        assert key in paris.keys(answer)
        assert paris.proves(answer, key)
        assert answer.quote is not None
        assert is_translated(answer.quote, paris.transport(key), ip_address("10.0.0.1")) is True


def test_an_untouched_quotation_shows_no_translation_and_a_cut_one_shows_nothing() -> None:
    udp, tcp = flow(Method.UDP, PAIRS[0]), flow(Method.TCP, PAIRS[0])
    whole, cut = quoted(udp.datagram(9, udp.key(0))).quote, quoted(tcp.datagram(9, tcp.key(0)), 8).quote
    assert whole is not None
    assert cut is not None

    assert is_translated(whole, udp.transport(udp.key(0)), ip_address("10.0.0.1")) is False
    assert is_translated(cut, tcp.transport(tcp.key(0)), ip_address("10.0.0.1")) is None
    assert is_translated(cut, tcp.transport(tcp.key(0)), ip_address("10.0.0.7")) is True


def test_successive_keys_of_a_method_differ() -> None:
    for method in Method:
        paris = flow(method, PAIRS[0])
        assert all(one != other for one, other in pairwise(paris.key(serial) for serial in range(70_000)))


@pytest.mark.parametrize("pair", PAIRS)
def test_what_a_target_echoes_proves_its_probe_and_any_other_answer_of_its_port_does_not(pair: tuple[str, str]) -> None:
    paris = flow(Method.UDP, pair)
    key = paris.key(7)
    sent = parse(paris.datagram(20, key))
    back = Envelope(sent.destination, sent.source)
    head = sent.payload[2:4] + sent.payload[:2] + sent.payload[4:6] + b"\0\0"
    echo = read(ip_datagram(back, 17, with_checksum(back, 17, head + sent.payload[8:])))
    other = read(ip_datagram(back, 17, with_checksum(back, 17, head + bytes(len(sent.payload) - 8))))

    assert paris.keys(echo) == (key,)
    assert paris.proves(echo, key)
    assert not paris.proves(other, key)
