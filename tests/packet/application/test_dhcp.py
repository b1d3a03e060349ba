"""DHCP of both versions: options, relays, the line of the list, and messages that lie."""

import struct

from tests.packet.application.messages import dhcp, read, values

DISCOVER, OFFER = bytes([53, 1, 1]), bytes([53, 1, 2])
ADDRESS = bytes([192, 0, 2, 7])
END = b"\xff"
DUID = bytes.fromhex("000300010200000000aa")


def option6(code: int, data: bytes) -> bytes:
    return struct.pack("!HH", code, len(data)) + data


def solicit(*options: bytes) -> bytes:
    return b"\1\x12\x34\x56" + b"".join(options)


def test_a_discover_tells_who_asks_for_what() -> None:
    dissection = read(dhcp(DISCOVER, bytes([50, 4]) + ADDRESS, b"\x0c\4host", END), 67)

    assert dissection.summary == "DHCP discover, from 02:00:00:00:00:01 (host), asks for 192.0.2.7"
    assert dissection.notes == ()


def test_options_may_stand_in_place_of_the_names() -> None:
    names = (b"\x0c\4host" + END).ljust(64, b"\0") + (b"\x0f\3lab" + END).ljust(128, b"\0")
    dissection = read(dhcp(OFFER, bytes([52, 1, 3]), END, operation=2, names=names), 68)

    assert values(dissection, "dhcp.option.hostname") == ["host"]
    assert values(dissection, "dhcp.option.domain_name") == ["lab"]
    assert values(dissection, "dhcp.file") == [None]


def test_the_suboptions_of_a_relay_agent_are_read() -> None:
    dissection = read(dhcp(DISCOVER, bytes([82, 12]) + b"\1\4eth0\5\4" + ADDRESS, END), 67)

    assert values(dissection, "dhcp.option.agent_information_option.agent_circuit_id") == [b"eth0"]
    assert [str(value) for value in values(dissection, "dhcp.option.agent_information_option.link_selection")] == [
        "192.0.2.7"
    ]


def test_an_option_beyond_the_end_is_an_error() -> None:
    dissection = read(dhcp(DISCOVER, b"\x0c\x40host"), 67)

    assert [note.text for note in dissection.notes] == ["option 12 reaches beyond the end"]


def test_a_missing_end_is_noted() -> None:
    assert [note.text for note in read(dhcp(DISCOVER), 67).notes] == ["the end option is missing"]


def test_an_option_of_the_wrong_size_is_shown_as_bytes() -> None:
    dissection = read(dhcp(DISCOVER, b"\1\3abc", END), 67)

    assert values(dissection, "dhcp.option.subnet_mask") == []
    assert values(dissection, "dhcp.option.value") == [b"abc"]
    assert [note.text for note in dissection.notes] == ["3 bytes that do not belong here"]


def test_a_message_without_cookie_is_bootp() -> None:
    dissection = read(dhcp()[:-4] + bytes(64), 67)

    assert dissection.summary == "BOOTP request from 02:00:00:00:00:01"
    assert values(dissection, "dhcp.vendor_specific_options") == [bytes(64)]


def test_the_search_list_points_into_itself() -> None:
    names = b"\3lab\7example\0\3sub\xc0\0"
    dissection = read(dhcp(DISCOVER, bytes([119, len(names)]) + names, END), 67)

    assert values(dissection, "dhcp.option.dhcp_dns_domain_search_list_fqdn") == ["lab.example", "sub.lab.example"]


def test_a_classless_route_says_where_it_leads() -> None:
    dissection = read(dhcp(DISCOVER, bytes([121, 8, 24, 198, 51, 100]) + ADDRESS, END), 67)

    assert values(dissection, "dhcp.option.classless_static_route") == ["198.51.100.0/24 via 192.0.2.7"]


def test_options_within_options_are_read() -> None:
    address = option6(5, bytes.fromhex("20010db8000000000000000000000001") + struct.pack("!II", 3600, 7200))
    dissection = read(solicit(option6(1, DUID), option6(3, struct.pack("!III", 1, 0, 0) + address)), 547)

    assert dissection.summary == "DHCPv6 solicit 0x123456, 2001:db8::1"
    assert values(dissection, "dhcpv6.iaaddr.valid_lifetime") == [7200]
    assert values(dissection, "dhcpv6.duid.type") == [3]


def test_what_a_relay_agent_carries_is_a_layer_of_its_own() -> None:
    inner = option6(9, solicit(option6(1, DUID)))
    dissection = read(b"\x0c\0" + bytes(15) + b"\1" + bytes(15) + b"\2" + inner, 547)

    assert [layer.summary for layer in dissection.layers[2:]] == [
        "DHCPv6 relay-forw, hop 0, for ::2",
        "DHCPv6 solicit 0x123456",
    ]


def test_relay_agents_without_end_are_cut() -> None:
    message = solicit()
    for _ in range(60):
        message = b"\x0c\0" + bytes(32) + option6(9, message)
    dissection = read(message, 547)

    assert any("relay agents" in note.text for note in dissection.notes)
    assert len(dissection.layers) < 30


def test_options_nested_without_end_are_cut() -> None:
    nested = b""
    for _ in range(200):
        nested = option6(3, bytes(12) + nested)
    dissection = read(solicit(nested), 547)

    assert any("deep" in note.text for note in dissection.notes)
