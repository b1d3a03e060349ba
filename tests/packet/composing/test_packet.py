import pytest

from app.packet.composing.packet import Composed
from app.packet.composing.values import ComposeError
from app.packet.dissect import dissect
from app.packet.dissection import CheckStatus
from app.packet.link.linktype import LinkType
from tests.packet.composing.origin import packet


def value(made: Composed, name: str) -> object:
    return next(made.dissection.spans_named(name)).value


def statuses(made: Composed) -> list[CheckStatus]:
    return [check.status for check in made.dissection.checks]


def test_a_dns_query_is_whole() -> None:
    made = packet("ip/udp/dns", "ip.dst=10.0.0.53", "dns.qry.name=host.lab", "dns.qry.type=AAAA")

    assert made.data.hex() == (
        "45000036123400004011544e0a0000010a000035"  # 10.0.0.1 to 10.0.0.53, 54 bytes
        "d234003500224f78"
        "12340100000100000000000004686f7374036c616200001c0001"
    )


def test_what_is_not_given_comes_from_the_host_and_the_protocol() -> None:
    assert value(packet("ip/icmp"), "ip.src") == packet("ip/udp").dissection.layers[0].parts[0].header.source  # type: ignore[union-attr]
    assert value(packet("ip/icmp"), "ip.ttl") == 64
    assert value(packet("ip/ospf"), "ip.ttl") == 1
    assert str(value(packet("ip/ospf"), "ip.dst")) == "224.0.0.5"
    assert value(packet("ip/vrrp"), "ip.ttl") == 255
    solicitation = packet("ipv6/icmpv6", "icmpv6.type=135", "icmpv6.nd.ns.target_address=2001:db8::5")
    assert value(solicitation, "ipv6.hlim") == 255
    assert str(value(solicitation, "ipv6.dst")) == "ff02::1:ff00:5"


def test_a_checksum_that_is_given_stays() -> None:
    made = packet("ip/icmp", "icmp.checksum=0x1111")

    assert value(made, "icmp.checksum") == 0x1111
    assert statuses(made) == [CheckStatus.GOOD, CheckStatus.BAD]
    assert made.kept == {22}


def test_a_udp_checksum_of_zero_says_that_there_is_none() -> None:
    assert statuses(packet("ip/udp", "udp.checksum=0", "data=hi")) == [CheckStatus.GOOD, CheckStatus.NONE]


@pytest.mark.parametrize(
    ("template", "field", "whole"),
    [
        ("ip/udp", "ip.len=99", ["good", "unverified"]),
        ("ip/udp", "udp.length=99", ["good", "unverified"]),
        ("ip/icmp", "ip.hdr_len=24", ["good"]),
        ("ip/icmp", "ip.proto=200", ["good"]),
        ("ip/icmp", "ip.frag_offset=3", ["good"]),
    ],
)
def test_a_length_or_number_that_is_given_stays_and_is_covered(template: str, field: str, whole: list[str]) -> None:
    made = packet(template, field, "data=0x0102030405060708")

    assert [status.value for status in statuses(made)][: len(whole)] == whole


def test_checksums_of_inner_layers_are_made_before_a_length_goes_wrong() -> None:
    right, wrong = packet("ip/udp", "data=hello"), packet("ip/udp", "data=hello", "ip.len=99")

    assert wrong.data[20:] == right.data[20:]


def test_a_checksum_covers_what_is_given_late_as_rfc_1624_has_it() -> None:
    made = packet("ip/icmp", "ip.flags.mf=1", "ip.frag_offset=2")
    whole = made.data[:6] + b"\0\0" + made.data[8:]

    (check,) = dissect(made.data).checks
    assert check.status is CheckStatus.GOOD
    assert dissect(whole).checks[1].status is CheckStatus.GOOD  # the echo itself is right when it is put together


def test_options_are_laid_out_and_padded() -> None:
    made = packet("ip/tcp", "tcp.options.mss_val=1460", "tcp.options.sack_perm=true", "tcp.options.wscale.shift=7")

    assert made.data[40:].hex() == "020405b4" + "0402" + "030307" + "000000"
    assert value(made, "tcp.hdr_len") == 8


def test_a_route_has_as_many_stops_as_are_given() -> None:
    made = packet("ip/icmp", "ip.cur_rt=10.0.0.9", "ip.src_rt=10.0.0.10")

    assert made.data[20:32].hex() == "830b04" + "0a000009" + "0a00000a" + "00"


def test_record_route_leaves_room_for_nine() -> None:
    made = packet("ip/icmp", "ip.options.record_route=true")

    assert made.data[20:23].hex() == "072704"
    assert value(made, "ip.hdr_len") == 15


def test_an_extension_header_pads_its_options() -> None:
    made = packet("ipv6/ipv6.hopopts/icmpv6", "ipv6.opt.router_alert=0", "icmpv6.type=130")

    assert made.data[40:48].hex() == "3a00" + "05020000" + "0100"


def test_neighbour_discovery_has_options() -> None:
    made = packet(
        "ipv6/icmpv6",
        "icmpv6.type=135",
        "icmpv6.nd.ns.target_address=2001:db8::1",
        "icmpv6.opt.linkaddr=02:00:00:00:00:01",
    )

    assert made.data[-8:].hex() == "0101020000000001"


def test_what_is_given_several_times_is_counted() -> None:
    made = packet("ip/vrrp", "vrrp.ip_addr=192.0.2.1", "vrrp.ip_addr=192.0.2.2")

    assert value(made, "vrrp.addr_count") == 2
    assert [str(span.value) for span in made.dissection.spans_named("vrrp.ip_addr")] == ["192.0.2.1", "192.0.2.2"]


def test_an_error_quotes_what_went_the_other_way() -> None:
    made = packet("ip/icmp/ip/udp", "ip.dst=192.0.2.7", "icmp.type=3", "icmp.code=3")

    quoted = [layer for layer in made.dissection.layers if layer.is_quoted]
    assert [layer.name for layer in quoted] == ["ip", "udp"]
    assert quoted[0].summary == "192.0.2.7 → 10.0.0.1"


def test_the_second_header_is_named_by_its_number() -> None:
    made = packet("ip/ip/icmp", "ip.ttl#2=7")

    assert [span.value for span in made.dissection.spans_named("ip.ttl")] == [64, 7]


def test_a_frame_finds_its_next_hop_or_its_group() -> None:
    assert packet("eth/ip/icmp", "ip.dst=192.0.2.1").data[:14].hex() == "020000000002" + "020000000001" + "0800"
    assert packet("eth/ip/igmp").data[:6].hex() == "01005e000001"
    assert packet("eth/ipv6/icmpv6", "icmpv6.type=133").data[:6].hex() == "333300000002"
    assert packet("eth/arp", "arp.dst.proto_ipv4=10.0.0.2").link is LinkType.ETHERNET


def test_the_packets_of_a_run_can_be_told_apart_and_all_are_right() -> None:
    made = packet("ip/udp/dns")

    third = dissect(made.numbered(2))
    assert [check.status for check in third.checks] == [CheckStatus.GOOD, CheckStatus.GOOD]
    assert next(third.spans_named("dns.id")).value == 0x1236
    assert next(third.spans_named("ip.id")).value == 0x1236


def test_what_is_given_is_the_same_in_every_packet_of_a_run() -> None:
    made = packet("ip/icmp", "icmp.seq=7", "ip.id=9", "icmp.ident=1")

    assert made.numbered(5) == made.data


@pytest.mark.parametrize(
    ("template", "fields", "sentence"),
    [
        ("ip/icmq", (), "there is no template for icmq; did you mean icmp?"),
        ("udp/dns", (), "a template begins with eth, ip or ipv6, as in ip/udp/dns"),
        ("ip/udp/icmp", (), "icmp cannot stand in udp: no number there means it"),
        ("ip/icmp", ("ip.tttl=3",), "there is no field ip.tttl; did you mean ip.ttl?"),
        ("ip/icmp", ("udp.dstport=3",), "udp.dstport is in no layer of ip/icmp: add the layer, or leave the field out"),
        ("ip/icmp", ("ip.ttl=300",), "ip.ttl holds 0 to 255, not 300"),
        ("ip/icmp", ("ip.dst=foo",), "ip.dst has an IPv4 address, not foo"),
        ("ip/icmp", ("ip.hdr_len=21",), "ip.hdr_len holds 0 to 60 in steps of 4, not 21"),
        ("ip/icmp", ("ip.addr=192.0.2.1",), "ip.addr is several fields: give ip.src or ip.dst"),
        ("ip/icmp", ("data=0x1",), "0x1 is no hex: give pairs of digits behind 0x, or text"),
        ("ip/udp/dns", ("dns.qry.name=a..b",), "a..b is no domain name: labels have 1 to 63 bytes"),
        (
            "ip/icmp",
            ("icmp.mtu=5",),
            "icmp.mtu has no place in this icmp packet: choose its message first, or leave it out",
        ),
    ],
)
def test_what_cannot_be_made_is_told_in_a_sentence(template: str, fields: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(ComposeError) as error:
        packet(template, *fields)

    assert str(error.value) == sentence


def test_a_packet_that_is_longer_than_its_length_can_count_is_refused() -> None:
    with pytest.raises(ComposeError, match="the packet is too long"):
        packet("ip/udp", f"data={'x' * 66_000}")


@pytest.mark.parametrize(
    ("text", "number"), [("8", 8), ("0x08", 8), ("timestamp", 13), ("0b1000", 8), ("echo", 8), ("010", 8)]
)
def test_numbers_are_written_as_in_filters(text: str, number: int) -> None:
    assert value(packet("ip/icmp", f"icmp.type={text}"), "icmp.type") == number
