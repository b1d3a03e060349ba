"""What the engines read of an answer, held against datagrams built from the RFCs' pictures."""

from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.packet.answer import Answer, AnswerKind, InterfaceInformation, MplsEntry, read_answer
from app.packet.dissect import dissect
from app.packet.dissection import CheckStatus
from app.packet.errors import PacketError
from app.packet.icmp.extension import ExtensionHeader, ObjectHeader
from app.packet.ip.v6options import Fragment, HopByHop
from tests.packet import probes

VERSIONS = pytest.mark.parametrize("version", [4, 6])


def read(data: bytes) -> Answer:
    answer = read_answer(data)
    assert answer is not None
    return answer


@VERSIONS
def test_an_echo_reply_is_read_whole(version: int) -> None:
    answer = read(probes.echo_reply(version))
    assert answer.kind is AnswerKind.ECHO_REPLY
    assert (answer.source, answer.destination) == (probes.TARGET[version], probes.SOURCE[version])
    assert answer.ttl == 57
    assert answer.transport[4:8] == bytes.fromhex("04d20007")
    assert answer.transport.endswith(b"a secret of the run")
    assert answer.is_checksum_good


@VERSIONS
def test_an_echo_request_answers_nothing(version: int) -> None:
    assert read_answer(probes.echo_request(version)) is None


@VERSIONS
def test_an_error_quotes_the_probe_as_it_was_sent(version: int) -> None:
    probe = probes.udp_probe(version)
    answer = read(probes.error(version, probe))
    assert answer.kind is AnswerKind.ICMP_ERROR
    assert (answer.type, answer.code) == (probes.TIME_EXCEEDED[version], 0)
    assert answer.source == probes.ROUTER[version]
    quote = answer.quote
    assert quote is not None
    assert (quote.source, quote.destination) == (probes.SOURCE[version], probes.TARGET[version])
    assert (quote.ttl, quote.dscp, quote.ecn, quote.protocol) == (3, 46, 1, 17)
    assert quote.identification == (0xABCD if version == 4 else 0)
    assert quote.transport == probe[20 if version == 4 else 40 :]
    assert not quote.is_fragment


@VERSIONS
def test_a_quotation_of_eight_bytes_is_enough(version: int) -> None:
    header = 20 if version == 4 else 40
    quote = read(probes.error(version, probes.tcp_probe(version)[: header + 8])).quote
    assert quote is not None
    assert quote.transport == probes.tcp_probe(version)[header : header + 8]


@VERSIONS
def test_a_quotation_that_ends_within_its_ip_header_is_no_quote(version: int) -> None:
    answer = read(probes.error(version, probes.udp_probe(version)[:19]))
    assert answer.quote is None


@VERSIONS
def test_label_stack_and_interface_are_read_and_padding_is_not_quoted(version: int) -> None:
    probe = probes.udp_probe(version)
    answer = read(probes.error(version, probe, mpls=probes.STACK, interfaces=(probes.INTERFACE,)))
    assert answer.mpls == probes.STACK
    assert answer.interfaces == (probes.INTERFACE,)
    assert answer.quote is not None
    assert answer.quote.transport == probe[20 if version == 4 else 40 :]


@VERSIONS
@pytest.mark.parametrize(
    "interface",
    [
        InterfaceInformation(0),
        InterfaceInformation(1, index=4_000_000_000),
        InterfaceInformation(2, address=ip_address("2001:db8::1"), mtu=9000),
        InterfaceInformation(3, name="e"),
        InterfaceInformation(3, name="a name of exactly sixty-three bytes, the longest that may be ok"[:63]),
    ],
)
def test_an_interface_says_only_what_it_was_asked_to(version: int, interface: InterfaceInformation) -> None:
    answer = read(probes.error(version, probes.udp_probe(version), interfaces=(interface,)))
    assert answer.interfaces == (interface,)


@VERSIONS
def test_objects_of_routers_older_than_rfc_4884_are_found_behind_128_bytes(version: int) -> None:
    modern = bytearray(probes.error(version, probes.udp_probe(version), mpls=probes.STACK))
    header = 20 if version == 4 else 40
    length_at = header + (5 if version == 4 else 4)
    units = modern[length_at]
    modern[length_at] = 0
    # RFC 1624: the word that held the length became smaller by it, so the checksum grows by as much.
    word = units if version == 4 else units << 8
    checksum = int.from_bytes(modern[header + 2 : header + 4], "big") + word
    modern[header + 2 : header + 4] = ((checksum & 0xFFFF) + (checksum >> 16)).to_bytes(2, "big")
    answer = read(bytes(modern))
    assert answer.mpls == probes.STACK
    assert answer.is_checksum_good


def test_an_old_message_whose_bytes_only_look_like_an_extension_has_none() -> None:
    quoted = probes.udp_probe(4, b"x" * 100) + b"\x20\x00\x12\x34" + b"\0\x08\x01\x01" + bytes(4)
    assert read(probes.error(4, quoted)).mpls == ()


@VERSIONS
def test_too_big_tells_the_mtu(version: int) -> None:
    answer = read(probes.error(version, probes.udp_probe(version), probes.TOO_BIG[version], rest=1400))
    assert answer.mtu == 1400


def test_an_old_router_that_tells_no_mtu_has_told_none() -> None:
    assert read(probes.error(4, probes.udp_probe(4), (3, 4))).mtu is None


@VERSIONS
def test_a_damaged_message_is_known_as_such(version: int) -> None:
    data = bytearray(probes.echo_reply(version))
    data[-1] ^= 1
    assert not read(bytes(data)).is_checksum_good


@VERSIONS
def test_a_message_cut_by_the_capture_is_not_called_damaged(version: int) -> None:
    assert read(probes.echo_reply(version)[:-4]).is_checksum_good


@VERSIONS
def test_bytes_behind_the_datagram_are_not_its_own(version: int) -> None:
    answer = read(probes.echo_reply(version) + b"ethernet padding")
    assert answer.is_checksum_good
    assert answer.transport.endswith(b"a secret of the run")


@VERSIONS
def test_a_tcp_segment_and_a_udp_datagram_are_answers(version: int) -> None:
    assert read(probes.tcp_probe(version)).kind is AnswerKind.TCP
    udp = read(probes.udp_probe(version))
    assert udp.kind is AnswerKind.UDP
    assert udp.transport[:4] == bytes.fromhex("9c40829a")


def test_ipv4_options_are_skipped() -> None:
    plain = probes.echo_reply(4)
    data = bytes((0x46,)) + plain[1:3] + bytes((plain[3] + 4,)) + plain[4:20] + bytes.fromhex("94040000") + plain[20:]
    assert read(data).transport == plain[20:]


def test_ipv6_extension_headers_are_skipped_in_answer_and_quote() -> None:
    plain = probes.udp_probe(6)
    options = HopByHop(next_header=17).build() + bytes.fromhex("050200000100")
    probe = plain[:4] + (len(plain) - 40 + 8).to_bytes(2, "big") + b"\0" + plain[7:40] + options + plain[40:]
    quote = read(probes.error(6, probe)).quote
    assert quote is not None
    assert (quote.protocol, quote.transport) == (17, plain[40:])
    assert read(probe).kind is AnswerKind.UDP


@VERSIONS
def test_a_later_fragment_answers_nothing_and_quotes_no_transport_header(version: int) -> None:
    whole = probes.udp_probe(version)
    if version == 4:
        fragment = whole[:6] + b"\0\x09" + whole[8:]
    else:
        fragment = whole[:6] + b"\x2c" + whole[7:40] + Fragment(next_header=17, offset=9).build() + whole[40:]
    assert read_answer(fragment) is None
    quote = read(probes.error(version, fragment)).quote
    assert quote is not None
    assert quote.is_fragment


def test_a_chain_of_extension_headers_without_end_is_given_up() -> None:
    chain = bytes.fromhex("3c00010400000000") * 200
    data = probes.udp_probe(6)[:4] + len(chain).to_bytes(2, "big") + b"\x3c" + probes.udp_probe(6)[7:40] + chain
    assert read_answer(data) is None


def test_a_type_that_takes_no_objects_is_our_own_mistake() -> None:
    with pytest.raises(PacketError, match="takes no extension objects"):
        probes.error(6, probes.udp_probe(6), probes.TOO_BIG[6], mpls=probes.STACK)


@VERSIONS
def test_an_error_never_outgrows_what_the_rfcs_allow(version: int) -> None:
    data = probes.error(version, probes.udp_probe(version, bytes(1400)), mpls=probes.STACK)
    assert len(data) <= {4: 576, 6: 1280}[version]
    assert read(data).mpls == probes.STACK


def test_an_object_whose_length_lies_ends_the_list() -> None:
    extension = ExtensionHeader().build() + ObjectHeader(length=0xFFF0, object_class=1).build() + bytes(8)
    quoted = probes.udp_probe(4).ljust(128, b"\0") + extension
    data = bytearray(probes.error(4, quoted))
    data[25] = 32
    assert read(bytes(data)).mpls == ()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    read_answer(data)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([4, 6]), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6), st.data())
def test_no_damage_makes_it_raise(version: int, changes: list[tuple[int, int]], data: st.DataObject) -> None:
    packet = bytearray(
        probes.error(version, probes.udp_probe(version), mpls=probes.STACK, interfaces=(probes.INTERFACE,))
    )
    for at, value in changes:
        packet[at % len(packet)] = value
    read_answer(bytes(packet[: data.draw(st.integers(0, len(packet)))]))


entries = st.builds(MplsEntry, st.integers(0, 0xFFFFF), st.integers(0, 7), st.booleans(), st.integers(0, 255))
interfaces = st.builds(
    InterfaceInformation,
    st.integers(0, 3),
    st.none() | st.integers(0, 0xFFFFFFFF),
    st.none() | st.ip_addresses(),
    st.none() | st.text("abcxyz0189/.-", min_size=1, max_size=60),
    st.none() | st.integers(0, 0xFFFFFFFF),
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([4, 6]), st.lists(entries, max_size=6), st.lists(interfaces, max_size=3), st.integers(28, 300))
def test_objects_that_were_built_are_read_back(
    version: int, stack: list[MplsEntry], told: list[InterfaceInformation], cut: int
) -> None:
    probe = probes.udp_probe(version, bytes(range(200)))
    answer = read(probes.error(version, probe[:cut], mpls=tuple(stack), interfaces=tuple(told)))
    assert (answer.mpls, answer.interfaces) == (tuple(stack), tuple(told))
    assert answer.is_checksum_good


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([4, 6]), st.lists(st.tuples(st.integers(20, 400), st.integers(0, 255)), max_size=3))
def test_the_fast_path_and_the_dissection_agree(version: int, changes: list[tuple[int, int]]) -> None:
    packet = bytearray(probes.error(version, probes.udp_probe(version), mpls=probes.STACK))
    start = 20 if version == 4 else 40
    for at, value in changes:
        packet[start + 8 + at % (len(packet) - start - 8)] = value
    data = bytes(packet)
    answer, dissection = read(data), dissect(data)
    verdict = next(check.status for check in dissection.checks if check.start == start + 2)
    assert answer.is_checksum_good == (verdict is CheckStatus.GOOD)
    labels = [span.value for span in dissection.spans_named("icmp.mpls.label")]
    assert [entry.label for entry in answer.mpls] == labels
    assert dissection.source == str(answer.source)
    quoted = [layer for layer in dissection.layers if layer.is_quoted and layer.name in ("ip", "ipv6")]
    if answer.quote is not None:
        assert quoted
        name = "ip.src" if version == 4 else "ipv6.src"
        assert [span.value for span in dissection.spans_named(name)][1] == answer.quote.source
