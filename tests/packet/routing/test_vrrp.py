"""VRRP, written from RFC 2338, RFC 3768 and RFC 9568."""

from app.packet.checksum import internet_checksum, pseudo_header
from app.packet.compose import Envelope
from app.packet.dissect import dissect
from app.packet.registry import Protocol
from tests.packet.link.frames import shown, texts
from tests.packet.routing.datagrams import V4, V6, ip, summed


def sealed(text: str, envelope: Envelope) -> bytes:
    """A datagram of version 3, its checksum taken over the pseudo-header too."""
    message = bytes.fromhex(text)
    front = pseudo_header(envelope.source, envelope.destination, Protocol.VRRP, len(message))
    checksum = internet_checksum(front + message).to_bytes(2, "big")
    return ip(Protocol.VRRP, (message[:6] + checksum + message[8:]).hex(), envelope)


def verdict(data: bytes) -> str:
    """The verdict on the last checksum."""
    return dissect(data).checks[-1].status.value


def test_version_2_counts_seconds_and_may_carry_a_password() -> None:
    data = summed(Protocol.VRRP, f"2133960201010000 0a00006e 0a00006f {b'secret'.hex()}0000", 6)

    dissection = dissect(data)

    assert dissection.summary == "VRRPv2 advertisement, group 51, priority 150, 10.0.0.110, 10.0.0.111"
    assert shown(dissection, "vrrp.auth_string") == ["secret"]
    assert shown(dissection, "vrrp.adver_int") == ["1 s"]
    assert verdict(data) == "good"


def test_version_3_sums_the_pseudo_header() -> None:
    data = sealed("3105c801 0032 0000 0a0000fe", V4)

    assert dissect(data).summary == "VRRPv3 advertisement, group 5, priority 200, 10.0.0.254"
    assert shown(dissect(data), "vrrp.short_adver_int") == ["50  0.5 s"]
    assert verdict(data) == "good"


def test_version_3_over_ipv6_carries_ipv6_addresses() -> None:
    data = sealed("3105ff01 0064 0000 fe8000000000000000000000000000fe", V6)

    assert dissect(data).summary == "VRRPv3 advertisement, group 5, priority 255, fe80::fe"
    assert shown(dissect(data), "vrrp.prio") == ["255  owns the addresses"]
    assert verdict(data) == "good"


def test_a_sum_without_pseudo_header_is_wrong_and_recognised() -> None:
    data = summed(Protocol.VRRP, "31050001 0064 0000 0a0000fe", 6)

    assert verdict(data) == "bad"
    assert texts(dissect(data))[1] == "it would be right without the pseudo-header (RFC 9568, section 5.2.8)"


def test_a_wrong_checksum_says_the_right_one() -> None:
    data = ip(Protocol.VRRP, "31050001 0064 1234 0a0000fe", V4)

    assert verdict(data) == "bad"
    assert texts(dissect(data))[0].startswith("checksum 0x1234 is wrong, it should be 0x")


def test_fewer_addresses_than_counted_are_an_error() -> None:
    data = sealed("31050007 0064 0000 0a0000fe", V4)

    assert dissect(data).summary == "VRRPv3 advertisement, group 5, priority 0, cut short"
    assert shown(dissect(data), "vrrp.ip_addr") == ["10.0.0.254"]
