from ipaddress import IPv4Address

import pytest

from app.packet.composing.kernel import as_sent, changes, predicted, unsendable
from app.packet.link.linktype import LinkType
from tests.packet.composing.origin import packet


def test_of_a_packet_that_is_right_nothing_changes() -> None:
    made = packet("ip/icmp")

    assert predicted(made.data) == ()
    assert unsendable(made.data) == ()


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("ip.len=99", ("ip.len", "ip.checksum")),
        ("ip.checksum=1", ("ip.checksum",)),
        ("ip.id=0", ("ip.id", "ip.checksum")),
        ("ip.src=0.0.0.0", ("ip.checksum", "ip.src")),
    ],
)
def test_the_kernel_fills_in_what_raw_7_says(field: str, names: tuple[str, ...]) -> None:
    assert predicted(packet("ip/icmp", field).data, IPv4Address("10.0.0.1")) == names


def test_an_identification_of_zero_stays_where_nobody_may_fragment() -> None:
    assert predicted(packet("ip/icmp", "ip.id=0", "ip.flags.df=1").data) == ()


def test_of_ipv6_the_kernel_changes_nothing() -> None:
    assert predicted(packet("ipv6/icmpv6", "ipv6.plen=9").data) == ()
    assert unsendable(packet("ipv6/icmpv6", "ipv6.plen=9").data) == ()


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("ip.len=99", ("ip.len", "ip.checksum")),
        ("ip.checksum=1", ("ip.checksum",)),
        ("ip.version=5", ("ip.version",)),
        ("ip.hdr_len=16", ("ip.hdr_len",)),
    ],
)
def test_what_is_wrong_on_purpose_cannot_leave_by_a_raw_socket(field: str, names: tuple[str, ...]) -> None:
    assert unsendable(packet("ip/icmp", field).data) == names


def test_what_changed_is_named_by_its_fields() -> None:
    made = packet("ip/icmp", "ip.len=99")

    assert changes(made.data, as_sent(made.data), LinkType.RAW) == ("ip.len", "ip.checksum")
    assert changes(made.data, made.data + b"\0", LinkType.RAW) == ("frame.len",)
