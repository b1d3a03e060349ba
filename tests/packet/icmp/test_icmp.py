"""ICMP for IPv4: messages in a line, their fields, and the objects behind quotations."""

import pytest

from app.packet.dissection import CheckStatus
from app.packet.icmp.extensionreader import extension_start
from tests.packet import probes
from tests.packet.icmp.messages import icmp
from tests.packet.link.frames import shown, texts

QUOTE = probes.udp_probe(4).hex()
PADDED = (probes.udp_probe(4)[:48] + bytes(80)).hex()
STACK = "2000ca8500080101 05dc71ff".replace(" ", "")


@pytest.mark.parametrize(
    ("digits", "summary"),
    [
        ("0800 00040009", "echo request, id 4, seq 9"),
        ("0000 00040009 616263", "echo reply, id 4, seq 9"),
        (
            f"0304 00000578 {QUOTE}",
            "fragmentation needed and don't fragment was set, mtu 1400, quotes udp 40000 → 33434",
        ),
        (f"0501 0a0000fe {QUOTE}", "redirect for the host, by 10.0.0.254, quotes udp 40000 → 33434"),
        (f"0b00 00000000 {QUOTE}", "ttl exceeded in transit, quotes udp 40000 → 33434"),
        (
            f"0c00 14000000 {QUOTE}",
            "parameter problem, pointer indicates the error, at byte 20, quotes udp 40000 → 33434",
        ),
        (
            "0900 02020708 0a000001 00000000 0a000002 80000000",
            "router advertisement, lifetime 1800 s, routers 10.0.0.1, 10.0.0.2",
        ),
        ("0a00 00000000", "router solicitation"),
        ("0d00 00010002 000003e8 00000000 00000000", "timestamp, id 1, seq 2"),
        ("1200 00010002 ffffff00", "address mask reply, 255.255.255.0, id 1, seq 2"),
        ("2600 00010002 0000012c 04686f7374036c616200", "domain name reply"),
        ("2a00 00010201 2000d2a2 00080301 65746830", "extended echo request, id 1, seq 2, interface eth0"),
        ("2b02 00010200", "no such interface, id 1, seq 2"),
        ("6300 61626364", "type 99 code 0"),
    ],
)
def test_a_message_in_a_line(digits: str, summary: str) -> None:
    assert icmp(digits).summary == summary


@pytest.mark.parametrize(
    ("digits", "name", "values"),
    [
        ("0900 01020708 0a000001 80000000", "icmp.pref_level", ["not to be a default router"]),
        ("0900 01020708 0a000001 fffffffb", "icmp.pref_level", ["-5"]),
        ("0900 01020708 0a000001 00000000 100a 0001 0e10 b400 0a000005", "icmp.mip.coa", ["10.0.0.5"]),
        ("0900 01020708 0a000001 00000000 1301 18 00", "icmp.mip.prefixlength", ["24 bits"]),
        ("0d00 00010002 00abcdef 80000001 00000000", "icmp.originate_timestamp", ["03:07:39.375 UT"]),
        (
            "0d00 00010002 00abcdef 80000001 00000000",
            "icmp.receive_timestamp",
            ["1, not in milliseconds since midnight UT"],
        ),
        ("2600 00010002 0000012c 04686f7374036c616200", "icmp.domain.name", ["host.lab"]),
        ("1e00 00010000 0003ffff 0013 12d0 000005dc", "icmp.trace.mtu", ["1500 bytes"]),
        ("2b00 00010246", "icmp.ext.echo.rsp.state", ["2  reachable"]),
    ],
)
def test_a_field_says_what_its_rfc_says(digits: str, name: str, values: list[str]) -> None:
    assert shown(icmp(digits), name) == values


@pytest.mark.parametrize(
    ("payload", "moment"),
    [
        ("00f15365 40e20100", ["2023-11-14 22:13:20.123456 UTC"]),
        ("6553f100 0001e240", ["2023-11-14 22:13:20.123456 UTC"]),
        ("00f15365 00000000 40e2010000000000", ["2023-11-14 22:13:20.000000 UTC"]),
        ("6162636465666768", []),
        ("00f15365 40420f00", []),
        ("0000000000000000", []),
        ("00f15365", []),
    ],
)
def test_the_time_in_front_of_a_ping_is_a_guess_that_has_to_be_likely(payload: str, moment: list[str]) -> None:
    assert shown(icmp(f"0800 00040009 {payload}"), "icmp.data_time") == moment


def test_objects_without_a_length_are_shown_even_where_their_checksum_is_wrong() -> None:
    dissection = icmp(f"0b00 00000000 {PADDED} {STACK}")

    assert shown(dissection, "icmp.mpls.label") == ["24007"]
    assert dissection.checks[2].status in (CheckStatus.BAD, CheckStatus.GOOD)


def test_bytes_that_have_not_the_shape_of_objects_are_no_extension() -> None:
    message = bytes.fromhex(f"0b000000 00000000 {PADDED} 20000000 00ff0101")

    assert extension_start(message, 4) is None


def test_a_version_that_nobody_knows_is_shown_and_not_read() -> None:
    dissection = icmp(f"0b00 00200000 {PADDED} 1000 0000 0008 0101 05dc71ff")

    assert "extension version 1, RFC 4884 knows 2" in texts(dissection)
    assert shown(dissection, "icmp.mpls.label") == []


@pytest.mark.parametrize(
    ("objects", "name", "values"),
    [
        ("00080401 00000014", "icmp.ext.pointer", ["20"]),
        ("0010 0506 00010000 0a000007 04723100", "icmp.int_info.ipv4", ["10.0.0.7"]),
        ("0010 0506 00010000 0a000007 04723100", "icmp.int_info.name", ["r1"]),
        ("0008 6301 aabbccdd", "icmp.ext.data", ["aabbccdd"]),
        ("0008 0208 00000003", "icmp.int_info.index", ["3"]),
        ("00ff 0101 05dc7105", "icmp.ext.data", ["05dc7105"]),
    ],
)
def test_an_object_of_every_class(objects: str, name: str, values: list[str]) -> None:
    assert shown(icmp(f"0b00 00200000 {PADDED} 20000000 {objects}"), name) == values


def test_a_quotation_of_the_other_version_is_read_as_what_it_is() -> None:
    dissection = icmp(f"0303 00000000 {probes.udp_probe(6).hex()}")

    assert [layer.name for layer in dissection.layers] == ["ip", "icmp", "ipv6", "udp", "data"]


def test_the_checksum_of_a_quoted_message_is_not_judged() -> None:
    dissection = icmp(f"0303 00000000 {probes.echo_request(4).hex()}")

    assert dissection.checks[-1].status is CheckStatus.UNVERIFIED
