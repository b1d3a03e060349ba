"""What a dissection promises for every frame, and what it says of some."""

import struct
from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.packet.answer import InterfaceInformation
from app.packet.checksum import pseudo_sum
from app.packet.compose import Envelope, echo_message, ip_datagram, with_checksum
from app.packet.dissect import MOST_LAYERS, dissect
from app.packet.dissection import CheckStatus, Dissection, Severity, every
from app.packet.ip.v4 import Ipv4
from app.packet.layout import Span
from app.packet.link.linktype import LinkType
from app.packet.registry import Protocol
from tests.packet import probes
from tests.packet.test_golden import PACKETS

VERSIONS = pytest.mark.parametrize("version", [4, 6])


def shown(dissection: Dissection, name: str) -> list[str]:
    return [span.shown for span in dissection.spans_named(name)]


def statuses(dissection: Dissection) -> list[CheckStatus]:
    return [check.status for check in dissection.checks]


def texts(dissection: Dissection) -> list[str]:
    return [note.text for note in dissection.notes]


def assert_is_sound(dissection: Dissection) -> None:
    """Spans lie within the frame, children within their parents, and nothing is endless."""
    bits = len(dissection.data) * 8
    assert len(dissection.layers) <= MOST_LAYERS + 1
    for layer in dissection.layers:
        assert 0 <= layer.start <= layer.stop <= len(dissection.data)
        for span in every(layer.spans):
            assert 0 <= span.start_bit < span.stop_bit <= bits
            assert span.shown.isprintable()
            for child in span.children:
                assert span.start_bit <= child.start_bit
                assert child.stop_bit <= span.stop_bit
    for check in dissection.checks:
        assert 0 <= check.start <= len(dissection.data) - 2
    for note in dissection.notes:
        assert 0 <= note.position <= len(dissection.data)


links = st.sampled_from([*LinkType, LinkType(147), LinkType(65535)])


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), links)
def test_no_bytes_make_it_raise(data: bytes, link: LinkType) -> None:
    assert_is_sound(dissect(data, link))


@settings(max_examples=100, deadline=None)
@given(st.data(), st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), min_size=1, max_size=8))
def test_no_damage_makes_it_raise(data: st.DataObject, changes: list[tuple[int, int]]) -> None:
    packet = bytearray.fromhex(data.draw(st.sampled_from(PACKETS))["hex"])
    for at, value in changes:
        packet[at % len(packet)] = value
    assert_is_sound(dissect(bytes(packet[: data.draw(st.integers(0, len(packet)))])))


@pytest.mark.parametrize("number", range(0, len(PACKETS), 4))
def test_a_packet_cut_anywhere_is_read_as_far_as_it_reaches(number: int) -> None:
    data = bytes.fromhex(PACKETS[number]["hex"])
    for size in range(len(data) + 1):
        assert_is_sound(dissect(data[:size]))


def test_tunnels_within_tunnels_come_to_an_end() -> None:
    data = b""
    for _ in range(200):
        data = ip_datagram(Envelope(ip_address("192.0.2.1"), ip_address("192.0.2.2")), Protocol.IPV4, data)
    dissection = dissect(data)
    assert_is_sound(dissection)
    assert f"more than {MOST_LAYERS} layers" in texts(dissection)[-1]


def test_options_without_end_come_to_an_end() -> None:
    options = b"\x3a\xff" + bytes(2046)
    data = ip_datagram(probes.outgoing(6), Protocol.HOPOPT, options)
    dissection = dissect(data)
    assert_is_sound(dissection)
    assert any("options: the rest is not shown" in text for text in texts(dissection))


@VERSIONS
def test_an_echo_request_in_layers_and_one_line(version: int) -> None:
    dissection = dissect(probes.echo_request(version))
    icmp = {4: "icmp", 6: "icmpv6"}[version]
    assert [layer.name for layer in dissection.layers] == [{4: "ip", 6: "ipv6"}[version], icmp, "data"]
    assert (dissection.source, dissection.destination) == (str(probes.SOURCE[version]), str(probes.TARGET[version]))
    assert dissection.protocol == icmp
    assert dissection.summary == "echo request, id 1234, seq 7"
    assert set(statuses(dissection)) == {CheckStatus.GOOD}
    assert dissection.notes == ()


@VERSIONS
def test_an_error_says_what_it_quotes(version: int) -> None:
    dissection = dissect(probes.error(version, probes.udp_probe(version)))
    words = {4: "ttl exceeded in transit", 6: "hop limit exceeded in transit"}[version]
    assert dissection.summary == f"{words}, quotes udp 40000 → 33434"
    assert [layer.is_quoted for layer in dissection.layers] == [False, False, True, True, True]
    assert dissection.source == str(probes.ROUTER[version])


@VERSIONS
def test_a_quoted_header_that_is_cut_shows_the_fields_that_are_there(version: int) -> None:
    header = 20 if version == 4 else 40
    dissection = dissect(probes.error(version, probes.tcp_probe(version)[: header + 8]))
    tcp = dissection.layers[-1]
    assert [span.field.name for span in tcp.spans] == ["tcp.srcport", "tcp.dstport", "tcp.seq"]
    assert dissection.summary.endswith("quotes tcp 40000 → 443")
    assert [note.severity for note in dissection.notes] == [Severity.NOTE]


@VERSIONS
def test_objects_behind_the_quotation_are_shown(version: int) -> None:
    data = probes.error(version, probes.udp_probe(version), mpls=probes.STACK, interfaces=(probes.INTERFACE,))
    dissection = dissect(data)
    assert shown(dissection, "icmp.mpls.label") == ["24015", "16"]
    assert shown(dissection, "icmp.int_info.name") == ["ge-0/0/1"]
    assert shown(dissection, "icmp.int_info.ipv4") == ["192.0.2.1"]
    assert shown(dissection, "icmp.int_info.mtu") == ["1500 bytes"]
    assert CheckStatus.BAD not in statuses(dissection)


def test_a_wrong_checksum_is_told_with_the_right_one() -> None:
    data = bytearray(probes.echo_request(4))
    right = int.from_bytes(data[22:24], "big")
    data[22] ^= 0x40
    dissection = dissect(bytes(data))
    check = dissection.checks[1]
    assert (check.start, check.status, check.expected) == (22, CheckStatus.BAD, right)
    assert f"it should be 0x{right:04x}" in texts(dissection)[0]


def test_a_udp_checksum_that_was_not_made_is_none() -> None:
    probe = bytearray(probes.udp_probe(4))
    probe[26:28] = b"\0\0"
    assert statuses(dissect(bytes(probe))) == [CheckStatus.GOOD, CheckStatus.NONE]


def test_a_udp_checksum_of_zero_is_sent_as_ones_and_asked_for_as_such() -> None:
    envelope = probes.outgoing(4)
    head = bytes.fromhex("9c40829a000a0000")
    # The payload is chosen so that the sum of everything else is 0xffff, whose complement is zero.
    spare = next(
        word.to_bytes(2, "big")
        for word in range(0x10000)
        if with_checksum(envelope, Protocol.UDP, head + word.to_bytes(2, "big"))[6:8] == b"\xff\xff"
    )
    good = ip_datagram(envelope, Protocol.UDP, with_checksum(envelope, Protocol.UDP, head + spare))
    bad = good[:26] + b"\x12\x34" + good[28:]
    assert statuses(dissect(good)) == [CheckStatus.GOOD, CheckStatus.GOOD]
    assert dissect(bad).checks[1].expected == 0xFFFF


@pytest.mark.parametrize(
    ("packet_type", "status", "words"),
    [
        (4, CheckStatus.UNVERIFIED, "was left to the network card"),
        (0, CheckStatus.BAD, "it may have been left to the network card"),
    ],
)
def test_a_sum_that_was_left_to_the_card_is_judged_by_who_captured_it(
    packet_type: int, status: CheckStatus, words: str
) -> None:
    probe = probes.udp_probe(4)
    partial = pseudo_sum(probes.SOURCE[4], probes.TARGET[4], Protocol.UDP, len(probe) - 20) % 0xFFFF
    cooked = struct.pack(">HHHQH", packet_type, 1, 6, 0, 0x0800)
    frame = cooked + probe[:26] + partial.to_bytes(2, "big") + probe[28:]

    dissection = dissect(frame, LinkType.LINUX_SLL)

    assert dissection.checks[-1].status is status
    assert words in dissection.notes[-1].text


@VERSIONS
def test_a_checksum_over_bytes_that_are_not_here_is_unverified(version: int) -> None:
    assert statuses(dissect(probes.udp_probe(version)[:-1]))[-1] is CheckStatus.UNVERIFIED


def test_a_first_fragment_shows_its_header_and_judges_no_checksum() -> None:
    whole = Ipv4.decode(probes.udp_probe(4)).replace(more_fragments=1).build() + probes.udp_probe(4)[20:]
    dissection = dissect(whole)
    assert dissection.layers[1].name == "udp"
    assert statuses(dissection)[1] is CheckStatus.UNVERIFIED


def test_a_later_fragment_is_bytes() -> None:
    whole = Ipv4.decode(probes.udp_probe(4)).replace(fragment_offset=9).build() + probes.udp_probe(4)[20:]
    dissection = dissect(whole)
    assert [layer.name for layer in dissection.layers] == ["ip", "data"]
    assert "byte 72" in texts(dissection)[-1]


def test_a_length_that_lies_is_said_so() -> None:
    probe = probes.udp_probe(4)
    longer = Ipv4.decode(probe).replace(total_length=1000).build() + probe[20:]
    assert "total length says 1000 bytes, 52 are there" in texts(dissect(longer))
    shorter = Ipv4.decode(probe).replace(total_length=10).build() + probe[20:]
    assert "total length 10 is less than the header's own 20 bytes" in texts(dissect(shorter))


def test_a_protocol_nobody_reads_is_named() -> None:
    data = ip_datagram(probes.outgoing(4), Protocol.RSVP, b"object")
    dissection = dissect(data)
    assert dissection.summary == "rsvp, 6 bytes"
    assert [layer.name for layer in dissection.layers] == ["ip", "data"]


def test_an_ethernet_frame_with_a_tag_and_padding() -> None:
    probe = probes.udp_probe(4, b"")
    frame = bytes.fromhex("ff02030405060a0b0c0d0e0f810060640800") + probe + bytes(18)
    dissection = dissect(frame, LinkType.ETHERNET)
    assert [layer.name for layer in dissection.layers] == ["eth", "vlan", "ip", "udp"]
    assert shown(dissection, "vlan.id") == ["100"]
    assert shown(dissection, "eth.padding") == ["00" * 14]
    assert shown(dissection, "vlan.trailer") == ["00" * 4]
    assert shown(dissection, "eth.dst.ig") == ["a group"]
    assert dissection.source == "192.0.2.10"


@pytest.mark.parametrize(
    ("link", "front"),
    [
        (LinkType.RAW, ""),
        (LinkType.IPV4, ""),
        (LinkType.NULL, "02000000"),
        (LinkType.LOOP, "00000002"),
        (LinkType.PPP, "0021"),
        (LinkType.PPP_HDLC, "ff030021"),
        (LinkType.PPP, "21"),
        (LinkType.PPP_HDLC, "ff03028105dc700200010101"),
        (LinkType.ETHERNET, "0203040506070a0b0c0d0e0f884700010101"),
        (LinkType.LINUX_SLL, "0000000100060a0b0c0d0e0f00000800"),
        (LinkType.LINUX_SLL2, "0800000000000003000104060a0b0c0d0e0f0000"),
        (LinkType.ETHERNET, "0203040506070a0b0c0d0e0f0800"),
    ],
)
def test_every_link_type_leads_to_the_datagram(link: LinkType, front: str) -> None:
    dissection = dissect(bytes.fromhex(front) + probes.udp_probe(4), link)
    assert dissection.protocol == "udp"
    assert CheckStatus.BAD not in statuses(dissection)
    assert_is_sound(dissection)


def test_the_span_at_a_bit_is_the_innermost() -> None:
    dissection = dissect(probes.error(4, probes.tcp_probe(4)))

    def name_at(bit: int) -> str:
        span = dissection.span_at(bit)
        assert isinstance(span, Span)
        return span.field.name

    assert name_at(0) == "ip.version"
    assert name_at(4) == "ip.hdr_len"
    assert name_at(6 * 8 + 1) == "ip.flags.df"
    assert name_at(28 * 8) == "ip.version"
    assert dissection.layer_at(28) is dissection.layers[2]
    assert name_at((28 + 20 + 13) * 8 + 6) == "tcp.flags.syn"
    assert name_at((28 + 20 + 20 + 2) * 8) == "tcp.options.mss_val"
    assert dissection.span_at(10_000) is None


def test_a_heading_says_one_value_alone_and_several_by_their_labels() -> None:
    options = bytes.fromhex("020405b40101080a0000000100000002")
    dissection = dissect(probes.tcp_probe(4, options))
    assert shown(dissection, "tcp.options") == ["maximum segment size, timestamps"]
    assert shown(dissection, "tcp.options.mss") == ["1460 bytes"]
    assert shown(dissection, "tcp.options.timestamp") == ["value 1, echo reply 2"]


def test_a_count_of_one_is_singular() -> None:
    probe = Ipv4.decode(probes.udp_probe(4)).replace(ttl=1).build() + probes.udp_probe(4)[20:]
    assert shown(dissect(probe), "ip.ttl") == ["1 hop"]


def test_hostile_text_within_a_packet_is_made_safe() -> None:
    told = InterfaceInformation(0, name="\x1b[31mred\x07‮")
    dissection = dissect(probes.error(4, probes.udp_probe(4), interfaces=(told,)))
    assert shown(dissection, "icmp.int_info.name") == ["␛[31mred␇�"]


def test_a_router_advertisement_is_read_to_its_last_option() -> None:
    options = bytes.fromhex(
        "010102000000000105010000000005781903000000000e10" + ip_address("2001:db8::53").packed.hex()
    )
    envelope = Envelope(ip_address("fe80::1"), ip_address("ff02::1"), ttl=255)
    message = with_checksum(envelope, Protocol.IPV6_ICMP, bytes.fromhex("8600000040c807080000000000000000") + options)
    dissection = dissect(ip_datagram(envelope, Protocol.IPV6_ICMP, message))
    assert shown(dissection, "icmpv6.nd.ra.flag.m") == ["set"]
    assert shown(dissection, "icmpv6.nd.ra.flag.prf") == ["1  high"]
    assert shown(dissection, "icmpv6.opt.linkaddr") == ["02:00:00:00:00:01"]
    assert shown(dissection, "icmpv6.opt.mtu") == ["1400 bytes"]
    assert shown(dissection, "icmpv6.opt.rdnss") == ["2001:db8::53"]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([4, 6]), st.integers(0, 0xFFFF), st.integers(0, 0xFFFF), st.binary(max_size=64))
def test_what_was_composed_is_dissected_without_a_complaint(
    version: int, identifier: int, sequence: int, payload: bytes
) -> None:
    envelope = probes.outgoing(version)
    message = echo_message(envelope, identifier, sequence, payload)
    protocol = Protocol.ICMP if version == 4 else Protocol.IPV6_ICMP
    dissection = dissect(ip_datagram(envelope, protocol, message))
    assert set(statuses(dissection)) == {CheckStatus.GOOD}
    assert dissection.notes == ()
    name = "icmp.seq" if version == 4 else "icmpv6.echo.sequence_number"
    assert [span.value for span in dissection.spans_named(name)] == [sequence]
