import pytest

from app.packet.composing.draft import Draft
from app.packet.composing.edit import edited
from app.packet.composing.values import ComposeError, parse_assignment
from app.packet.dissection import CheckStatus
from app.packet.link.linktype import LinkType
from tests.packet.composing.origin import packet

QUERY = packet("ip/udp/dns", "dns.qry.name=host.lab")


def draft() -> Draft:
    return Draft(QUERY.data, LinkType.RAW)


def with_text(before: Draft, name: str, text: str) -> Draft:
    return before.with_text(next(before.dissection.spans_named(name)), text)


def value(of: Draft, name: str) -> object:
    return next(of.dissection.spans_named(name)).value


def statuses(of: Draft) -> list[CheckStatus]:
    return [check.status for check in of.dissection.checks]


def test_checksums_follow_a_field() -> None:
    after = with_text(draft(), "ip.ttl", "3")

    assert value(after, "ip.ttl") == 3
    assert statuses(after) == [CheckStatus.GOOD, CheckStatus.GOOD]


def test_lengths_follow_a_name_that_grows() -> None:
    after = with_text(draft(), "dns.qry.name", "a.longer.name.example")

    assert value(after, "dns.qry.name") == "a.longer.name.example"
    assert value(after, "udp.length") == len(after.data) - 20
    assert value(after, "ip.len") == len(after.data)
    assert statuses(after) == [CheckStatus.GOOD, CheckStatus.GOOD]


def test_a_length_that_was_wrong_is_left_alone() -> None:
    wrong = Draft(packet("ip/udp/dns", "udp.length=50").data, LinkType.RAW)

    assert value(with_text(wrong, "dns.qry.name", "a.longer.name.example"), "udp.length") == 50


def test_an_element_counts_itself_anew() -> None:
    advertisement = Draft(packet("eth/lldp").data, LinkType.ETHERNET)
    before = next(advertisement.dissection.spans_named("lldp.port.id"))

    after = advertisement.with_text(before, "eth0.100")

    assert value(after, "lldp.port.id") == "eth0.100"
    assert [note.text for note in after.dissection.notes] == []


def test_a_checksum_that_was_edited_stays() -> None:
    after = with_text(with_text(draft(), "udp.checksum", "0x1234"), "ip.ttl", "9")

    assert value(after, "udp.checksum") == 0x1234
    assert statuses(after) == [CheckStatus.GOOD, CheckStatus.BAD]


def test_nothing_follows_once_it_is_not_automatic() -> None:
    after = with_text(draft().turned(), "ip.ttl", "9")

    assert statuses(after) == [CheckStatus.BAD, CheckStatus.GOOD]


def test_all_is_made_right_when_it_is_automatic_again() -> None:
    wrong = with_text(with_text(draft(), "udp.checksum", "0x1234").turned(), "ip.ttl", "9")

    assert statuses(wrong.turned()) == [CheckStatus.GOOD, CheckStatus.GOOD]


def test_digits_overwrite_half_a_byte() -> None:
    after = draft().with_bits(8 * 8 + 4, 4, 0xF)

    assert value(after, "ip.ttl") == 0x4F
    assert statuses(after) == [CheckStatus.GOOD, CheckStatus.GOOD]


def test_a_value_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ComposeError, match=r"ip\.ttl holds 0 to 255, not 256"):
        with_text(draft(), "ip.ttl", "256")


def test_fields_of_a_packet_that_is_there_are_given_as_in_a_template() -> None:
    data, kept = edited(
        QUERY.data, LinkType.RAW, [parse_assignment("ip.ttl", "1"), parse_assignment("udp.checksum", "5")]
    )

    after = Draft(data, LinkType.RAW)
    assert (value(after, "ip.ttl"), value(after, "udp.checksum")) == (1, 5)
    assert kept == {26}


def test_a_field_that_the_packet_has_not_is_told() -> None:
    with pytest.raises(ComposeError, match=r"tcp\.seq is not in this packet"):
        edited(QUERY.data, LinkType.RAW, [parse_assignment("tcp.seq", "1")])


def test_a_datagram_is_taken_out_of_a_header_that_cannot_be_sent() -> None:
    cooked = bytes.fromhex("0000000100060200000000020000" + "0800") + QUERY.data

    taken = Draft.of(cooked, LinkType.LINUX_SLL)

    assert (taken.data, taken.link) == (QUERY.data, LinkType.RAW)


def test_the_interface_that_a_destination_names_stays_with_it() -> None:
    made = packet("ipv6/icmpv6", "ipv6.dst=fe80::9%eth0")
    draft = Draft(made.data, made.link, zone=made.zone)
    (hops,) = draft.dissection.spans_named("ipv6.hlim")
    (destination,) = draft.dissection.spans_named("ipv6.dst")

    assert draft.with_text(hops, "3").turned().packet.zone == "eth0"
    assert draft.with_text(destination, "fe80::9%eth1").packet.zone == "eth1"
    assert draft.with_text(destination, "2001:db8::9").packet.zone is None
