"""What differences mean: each case is a packet, what a router might quote of it, and the sentence that it deserves."""

from collections.abc import Callable
from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.packet.compare.comparison import Comparison, Part, Role, compare, parts_of
from app.packet.compare.remark import Weight, swapped
from app.packet.compose import Envelope, echo_message, ip_datagram
from app.packet.dissect import dissect
from app.packet.editing import with_checksums, with_field
from app.packet.link.linktype import LinkType
from app.packet.registry import Protocol
from tests.packet.probes import PORT_UNREACHABLE, echo_reply, echo_request, error, outgoing, tcp_probe, udp_probe

#: Fields of IPv4 and of what is behind it, as bits.
DSCP, ECN, LENGTH, ID, DF, OFFSET, TTL, CHECKSUM, SOURCE, TARGET = (
    (8, 14),
    (14, 16),
    (16, 32),
    (32, 48),
    (49, 50),
    (51, 64),
    (64, 72),
    (80, 96),
    (96, 128),
    (128, 160),
)
SOURCE_PORT, TARGET_PORT, UDP_CHECKSUM, TCP_SEQUENCE, TCP_WINDOW, MSS = (
    (160, 176),
    (176, 192),
    (208, 224),
    (192, 224),
    (272, 288),
    (336, 352),
)
SENT = with_checksums(with_field(udp_probe(4), *TTL, 5))


def changed(data: bytes, *changes: tuple[tuple[int, int], int], mends: bool = True) -> bytes:
    for (start, stop), value in changes:
        data = with_field(data, start, stop, value)
    return with_checksums(data) if mends else data


def quoting(sent: bytes, quoted: bytes, kind: tuple[int, int] | None = None, version: int = 4) -> Comparison:
    return compare(parts_of(dissect(sent), dissect(error(version, quoted, kind))))


def meanings(comparison: Comparison) -> dict[str, str]:
    return {row.name: comparison.meaning(row) for row in comparison.differences}


def weights(comparison: Comparison) -> dict[str, Weight]:
    return {row.name: row.weight for row in comparison.differences}


def test_a_quotation_that_only_lost_its_ttl_is_as_expected() -> None:
    comparison = quoting(SENT, changed(SENT, (TTL, 1)))

    assert meanings(comparison) == {
        "ip.ttl": "expected: four routers took one each",
        "ip.checksum": "follows from ttl",
    }
    assert set(weights(comparison).values()) == {Weight.EXPECTED}


def test_the_parts_are_what_was_sent_what_was_quoted_and_what_came_back() -> None:
    parts = parts_of(dissect(SENT), dissect(error(4, SENT)), numbers=(412, 413))

    assert [(part.title, part.role) for part in parts] == [
        ("sent #412", Role.SENT),
        ("quoted in #413", Role.QUOTED),
        ("reply #413", Role.REPLY),
    ]
    assert list(parts[1].side.layers) == ["ip 1", "udp 1", "data 1"]
    assert list(parts[2].side.layers) == ["ip 1", "icmp 1"]


@pytest.mark.parametrize(
    ("ttl", "kind", "text", "weight"),
    [
        (0, None, "expected: five routers took one each, the last before it quoted", Weight.EXPECTED),
        (4, None, "expired with 4 left: MPLS or a tunnel may hide routers", Weight.NOTABLE),
        (5, None, "not counted down, and yet expired: quoted as it was sent", Weight.NOTABLE),
        (4, PORT_UNREACHABLE[4], "expected: one router took one", Weight.EXPECTED),
        (9, PORT_UNREACHABLE[4], "raised by 4: no router may", Weight.ALARMING),
    ],
)
def test_a_ttl_says_how_many_routers_took_one(
    ttl: int, kind: tuple[int, int] | None, text: str, weight: Weight
) -> None:
    comparison = quoting(SENT, changed(SENT, (TTL, ttl)), kind)

    assert meanings(comparison)["ip.ttl"] == text
    assert weights(comparison)["ip.ttl"] is weight


@pytest.mark.parametrize(
    ("name", "field", "value", "text"),
    [
        ("ip.dsfield.dscp", DSCP, 0, "bleached on the way"),
        ("ip.dsfield.dscp", DSCP, 46 & 7, "upper three bits bleached on the way, as for precedence"),
        ("ip.dsfield.dscp", DSCP, 10, "rewritten on the way"),
        ("ip.dsfield.ecn", ECN, 3, "congestion marked on the way"),
        ("ip.dsfield.ecn", ECN, 0, "bleached on the way: congestion could not be marked"),
        ("ip.src", SOURCE, 0x0A090909, "source address changed: NAT on the way"),
        ("ip.dst", TARGET, 0x0A090909, "destination changed on the way: sent on to another"),
        ("ip.id", ID, swapped(0xABCD), "byte-swapped: in the router's own byte order"),
        ("ip.id", ID, 0x1234, "rewritten on the way"),
        ("ip.len", LENGTH, swapped(52), "byte-swapped: in the router's own byte order"),
        ("ip.len", LENGTH, 32, "less by the header, as old BSDs quote it"),
        ("ip.len", LENGTH, swapped(32), "less by the header and byte-swapped, as old BSDs quote it"),
        ("udp.srcport", SOURCE_PORT, 51722, "translated on the way: a NAT"),
        ("udp.dstport", TARGET_PORT, 53, "destination port changed on the way"),
    ],
)
def test_a_changed_field_has_its_meaning(name: str, field: tuple[int, int], value: int, text: str) -> None:
    comparison = quoting(SENT, changed(SENT, (TTL, 1), (field, value)))

    assert meanings(comparison)[name] == text
    assert weights(comparison)[name] is Weight.NOTABLE


def test_ecn_that_was_not_offered_may_not_be_set() -> None:
    sent = changed(SENT, (ECN, 0))

    assert weights(quoting(sent, changed(sent, (ECN, 3))))["ip.dsfield.ecn"] is Weight.ALARMING


def test_the_dont_fragment_bit_and_a_swapped_word_of_flags_are_told_apart() -> None:
    sent = changed(SENT, (DF, 1))

    cleared = meanings(quoting(sent, changed(sent, (DF, 0))))
    swapped_word = meanings(quoting(sent, changed(sent, ((48, 64), 0x0040))))

    assert cleared["ip.flags.df"] == "cleared on the way: it could be fragmented"
    assert "byte-swapped" in swapped_word["ip.flags.df"]
    assert "byte-swapped" in swapped_word["ip.frag_offset"]


def checksum_meaning(*changes: tuple[tuple[int, int], int]) -> str:
    return meanings(quoting(SENT, changed(SENT, *changes, mends=False)))["ip.checksum"]


def test_an_ip_checksum_is_judged_by_arithmetic() -> None:
    right = int.from_bytes(SENT[10:12], "big")
    of_ttl_2 = int.from_bytes(changed(SENT, (TTL, 2))[10:12], "big")
    of_ttl_1 = int.from_bytes(changed(SENT, (TTL, 1))[10:12], "big")

    assert checksum_meaning((TTL, 1), (CHECKSUM, 0)) == "zeroed by the router that quotes"
    assert checksum_meaning((TTL, 1)) == "not updated: ttl changed"
    assert checksum_meaning((TTL, 1), (CHECKSUM, of_ttl_2)) == "belongs to ttl 2, not to the 1 that is quoted"
    assert checksum_meaning((TTL, 1), (LENGTH, 32), (CHECKSUM, of_ttl_1)) == "right before the length changed"
    assert (
        checksum_meaning((TTL, 1), (LENGTH, 32), (CHECKSUM, of_ttl_2)) == "right with ttl 2, before the length changed"
    )
    assert checksum_meaning((TTL, 1), (CHECKSUM, right ^ 0x0101)) == "differs in a way no TTL change explains"


def test_a_transport_checksum_follows_from_ports_and_addresses_or_not() -> None:
    followed = changed(SENT, (SOURCE, 0x0A090909), (SOURCE_PORT, 51722))
    kept = with_field(followed, *UDP_CHECKSUM, int.from_bytes(SENT[26:28], "big"))
    wrong = with_field(followed, *UDP_CHECKSUM, 0x1234)
    removed = with_field(followed, *UDP_CHECKSUM, 0)

    assert meanings(quoting(SENT, followed))["udp.checksum"] == "follows from the source address and the source port"
    assert meanings(quoting(SENT, kept))["udp.checksum"].startswith("not updated: the source address and")
    assert meanings(quoting(SENT, wrong))["udp.checksum"] == "follows from none of the changes"
    assert meanings(quoting(SENT, removed))["udp.checksum"] == "removed on the way"


def test_zero_is_no_udp_checksum_and_has_nothing_to_follow() -> None:
    sent = with_field(SENT, *UDP_CHECKSUM, 0)
    translated = changed(sent, (SOURCE_PORT, 51722))

    assert "udp.checksum" not in meanings(quoting(sent, translated))
    assert meanings(quoting(sent, with_field(translated, *UDP_CHECKSUM, 9)))["udp.checksum"] == "made on the way"


def test_options_that_were_taken_out_of_an_ip_header_change_its_checksum() -> None:
    sent = with_checksums(bytes.fromhex("46000018000000000511000a0a0000010a00000294040000"))
    quoted = with_checksums(b"\x45" + with_field(sent, 16, 32, 20)[1:20])

    said = meanings(quoting(sent, with_checksums(with_field(quoted, 64, 72, 1))))
    assert said["ip.options"] == "removed on the way"
    assert said["ip.checksum"].startswith("follows from hdr_len, ")


def test_a_checksum_is_judged_by_what_is_quoted_of_the_packet() -> None:
    followed = changed(SENT, (SOURCE_PORT, 51722))[:28]
    wrong = with_field(followed, *UDP_CHECKSUM, 0x1234)

    assert meanings(quoting(SENT, followed))["udp.checksum"] == "follows from the source port"
    assert meanings(quoting(SENT, wrong))["udp.checksum"] == "follows from nothing that is quoted; the rest is cut off"


def test_what_is_not_quoted_is_no_difference_and_a_payload_may_be_cut_or_damaged() -> None:
    damaged = with_field(changed(SENT, (TTL, 1)), 240, 248, 0)

    assert "data.data" not in meanings(quoting(SENT, changed(SENT, (TTL, 1))[:28]))
    assert meanings(quoting(SENT, changed(SENT, (TTL, 1))[:36]))["data.data"] == "quoted in part: 8 of 24 bytes"
    assert meanings(quoting(SENT, damaged))["data.data"] == "differs from its byte 2 on"


def test_changes_of_tcp_have_their_meaning() -> None:
    sent = tcp_probe(4, bytes.fromhex("020405b401010101"))
    quoted = changed(sent, (TCP_SEQUENCE, 5000), (TCP_WINDOW, 100), (MSS, 1380))
    stripped = changed(sent, ((320, 384), 0x0101010101010101))

    said = meanings(quoting(sent, quoted))
    assert said["tcp.options.mss_val"] == "clamped on the way"
    assert said["tcp.window_size_value"] == "window changed on the way"
    assert "shifted by 4000 on the way" in "".join(said.values())
    assert "removed on the way" in meanings(quoting(sent, stripped)).values()


def test_ipv6_has_its_own_names() -> None:
    sent = udp_probe(6)
    quoted = changed(sent, ((56, 64), 1), ((12, 32), 7), ((4, 10), 0))

    assert meanings(quoting(sent, quoted, version=6)) == {
        "ipv6.tclass.dscp": "bleached on the way",
        "ipv6.flow": "flow label rewritten on the way",
        "ipv6.hlim": "expected: two routers took one each",
    }


def where(earlier: dict[int, bytes], quoted: bytes) -> str:
    quotes = [(hop, dissect(error(4, data))) for hop, data in earlier.items()]
    comparison = compare(parts_of(dissect(SENT), dissect(error(4, quoted))), hop=5, earlier=quotes)
    return meanings(comparison)["ip.dsfield.dscp"]


def test_where_a_field_was_changed_is_said_as_far_as_other_quotations_show_it() -> None:
    kept, bleached = changed(SENT, (TTL, 1)), changed(SENT, (TTL, 1), (DSCP, 0))

    assert where({}, bleached) == "bleached before hop 5"
    assert where({3: kept, 4: kept}, bleached) == "bleached between hop 4 and 5"
    assert where({2: kept, 3: bleached}, bleached) == "bleached between hop 2 and 3"
    assert where({3: bleached}, bleached) == "bleached before hop 3"
    assert where({2: bleached, 3: kept}, bleached) == "bleached before hop 5"


def test_an_error_is_a_packet_of_its_own_and_no_difference() -> None:
    comparison = quoting(SENT, SENT, PORT_UNREACHABLE[4])

    assert comparison.differences == ()
    source = next(row for row in comparison.rows if row.name == "ip.src")
    assert [span.shown if span else None for span in source.cells] == ["192.0.2.10", "192.0.2.10", "203.0.113.1"]


@pytest.mark.parametrize("version", [4, 6])
def test_an_echo_reply_is_what_the_request_asked_for(version: int) -> None:
    comparison = compare(parts_of(dissect(echo_request(version)), dissect(echo_reply(version))))

    assert max(row.weight for row in comparison.rows) is Weight.EXPECTED
    said = {row.name: comparison.meaning(row) for row in comparison.rows}
    names = ("ip.src", "icmp.type", "icmp.ident", "data.data")
    if version == 6:
        names = ("ipv6.src", "icmpv6.type", "icmpv6.echo.identifier", "data.data")
    assert [said[name] for name in names] == [
        "expected: the ends are exchanged",
        "expected: the answer to this request",
        "echoed as it was sent",
        "echoed as it was sent",
    ]


@pytest.mark.parametrize(
    ("change", "name", "text", "weight"),
    [
        (lambda data: with_field(data, 192, 208, 9), "icmp.ident", "not ours", Weight.ALARMING),
        (lambda data: data[:-1] + b"X", "data.data", "damaged from its byte 18 on", Weight.ALARMING),
        (lambda data: with_field(data, 96, 128, 0x0A000001), "ip.src", "another address answers", Weight.NOTABLE),
        (lambda data: with_field(data, 160, 168, 13), "icmp.type", "no answer to this request", Weight.NOTABLE),
        (lambda data: with_field(data, 176, 192, 1), "icmp.checksum", "bad", Weight.ALARMING),
    ],
)
def test_a_reply_that_is_not_what_was_asked_for_is_told(
    change: Callable[[bytes], bytes], name: str, text: str, weight: Weight
) -> None:
    comparison = compare(parts_of(dissect(echo_request(4)), dissect(change(echo_reply(4)))))

    assert meanings(comparison)[name].startswith(text)
    assert weights(comparison)[name] is weight


def test_two_packets_that_nothing_joins_are_told_by_how_much_they_differ() -> None:
    second = ip_datagram(outgoing(4), Protocol.ICMP, echo_message(outgoing(4), 0x4D2, 9, b"a secret of the RUN"))
    comparison = compare(parts_of(dissect(echo_request(4)), dissect(second), is_answer=False))

    said = meanings(comparison)
    assert said["icmp.seq"] == "+2"
    assert said["data.data"] == "differs from its byte 16 on"
    assert [part.title for part in comparison.parts] == ["#1", "#2"]
    back = meanings(compare([Part("a", dissect(echo_request(4))), Part("b", dissect(echo_reply(4)))]))
    assert back["ip.src"] == back["ip.dst"] == "the ends are exchanged"


def test_a_group_is_answered_by_its_members() -> None:
    envelope = Envelope(ip_address("10.0.0.1"), ip_address("224.0.0.1"))
    answer = Envelope(ip_address("10.0.0.7"), ip_address("10.0.0.1"))
    asked = ip_datagram(envelope, Protocol.ICMP, echo_message(envelope, 1, 1, b""))
    answered = ip_datagram(answer, Protocol.ICMP, echo_message(answer, 1, 1, b"", is_reply=True))

    comparison = compare(parts_of(dissect(asked), dissect(answered)))

    assert meanings(comparison)["ip.src"] == "expected: a member of the group answers"


@given(st.binary(max_size=90), st.binary(max_size=120), st.booleans())
@settings(max_examples=150, deadline=None)
def test_anything_can_be_compared_with_anything(noise: bytes, other: bytes, is_answer: bool) -> None:
    sent = SENT[: len(SENT) - len(noise) % 30]
    reply = error(4, SENT[: len(noise)] + noise) if is_answer else other
    for first, second in ((sent, reply), (other, sent), (reply, noise)):
        comparison = compare(parts_of(dissect(first), dissect(second), is_answer=is_answer), hop=3)
        for row in comparison.rows:
            assert len(row.cells) == len(row.remarks) == len(row.differs) == len(comparison.parts)
            assert comparison.meaning(row).isprintable()


def test_what_only_the_error_has_is_no_change_of_what_was_sent() -> None:
    sent = with_checksums(with_field(echo_request(4), *TTL, 1))

    comparison = quoting(sent, sent)

    assert "icmp.unused" not in meanings(comparison)
    assert max(weights(comparison).values(), default=Weight.NONE) <= Weight.EXPECTED


def test_hardware_addresses_differ_though_the_bits_below_them_are_alike() -> None:
    frames = (bytes.fromhex(f"{target}0200000000aa88b5") for target in ("020000000001", "020000000002"))
    first, second = (dissect(frame, LinkType.ETHERNET) for frame in frames)
    comparison = compare(parts_of(first, second, is_answer=False))
    assert [row.name for row in comparison.differences] == ["eth.dst"]
