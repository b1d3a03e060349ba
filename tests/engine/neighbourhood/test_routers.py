from ipaddress import IPv4Address, IPv6Address, IPv6Network

import pytest

from app.engine.neighbourhood.facts import (
    AdvertisedPrefix,
    AdvertisedRoute,
    AdvertisedRouter,
    RoleKind,
    RouterAdvertisement,
    RouterDiscovery,
)
from tests.engine.neighbourhood.packets import (
    SECOND,
    advertisement,
    after,
    discovery,
    frame,
    heard,
    machine,
    mtu,
    prefix,
)

RDNSS = "1903000000000e10 fd000000000000000000000000000053".replace(" ", "")


def test_every_option_of_an_advertisement_is_a_fact() -> None:
    route = "1802300800000708 20010db801000000".replace(" ", "")
    pref64 = "26020708 0064ff9b0000000000000000".replace(" ", "")
    names = "1f02000000000e10 036c616200000000".replace(" ", "")
    packet = advertisement(flags=0xC8, options=[prefix("fd00::"), mtu(1480), RDNSS, names, route, pref64], lifetime=600)

    (neighbour,) = after(packet).neighbours

    (role,) = neighbour.roles
    assert role.facts == RouterAdvertisement(
        router_lifetime_s=600,
        hop_limit=64,
        managed=True,
        other=True,
        preference="high",
        reachable_ms=0,
        retransmit_ms=0,
        mtu=1480,
        prefixes=(AdvertisedPrefix(IPv6Network("fd00::/64"), True, True, 86400, 14400),),
        rdnss=(IPv6Address("fd00::53"),),
        dnssl=("lab",),
        routes=(AdvertisedRoute(IPv6Network("2001:db8:100::/48"), "high", 1800),),
        pref64=(IPv6Network("64:ff9b::/96"),),
    )
    assert (role.kind, role.expires_at, role.suspicious) == (RoleKind.ROUTER_ADVERTISEMENT, 600 * SECOND, ())


@pytest.mark.parametrize(("flags", "preference"), [(0x08, "high"), (0x00, "medium"), (0x18, "low"), (0x10, "medium")])
def test_the_reserved_preference_is_medium(flags: int, preference: str) -> None:
    (neighbour,) = after(advertisement(flags=flags)).neighbours

    facts = neighbour.roles[0].facts
    assert isinstance(facts, RouterAdvertisement)
    assert facts.preference == preference


def test_a_hop_limit_below_255_is_suspicious() -> None:
    (neighbour,) = after(advertisement(hop_limit=64)).neighbours

    assert neighbour.roles[0].suspicious == ("hop limit 64 instead of 255: it may come from afar, hosts drop it",)


def test_a_source_that_is_not_link_local_is_suspicious() -> None:
    (neighbour,) = after(advertisement("2001:db8::1")).neighbours

    assert neighbour.roles[0].suspicious == ("source 2001:db8::1 is not link-local: hosts drop it",)


def test_a_link_layer_address_of_somebody_else_is_suspicious() -> None:
    (neighbour,) = after(advertisement(options=["0101020000000099"])).neighbours

    assert neighbour.roles[0].suspicious == (
        "it says that its link-layer address is 02:00:00:00:00:99, and was sent by 02:00:00:00:00:01",
    )


def test_a_virtual_router_may_name_its_virtual_address() -> None:
    (neighbour,) = after(advertisement(options=["010100005e000205"])).neighbours

    assert neighbour.roles[0].suspicious == ()


def test_a_wrong_checksum_is_suspicious() -> None:
    packet = bytearray(advertisement())
    packet[42] ^= 0xFF

    (neighbour,) = after(bytes(packet)).neighbours

    assert neighbour.roles[0].suspicious == ("wrong checksum: hosts drop it",)


def test_a_prefix_that_is_preferred_for_longer_than_it_is_valid_is_suspicious() -> None:
    (neighbour,) = after(advertisement(options=[prefix("fd00::", valid=60, preferred=120)])).neighbours

    assert neighbour.roles[0].suspicious == ("prefix fd00::/64 is preferred for 120 s, valid for 60 s only",)


def test_a_prefix_of_more_than_128_bits_is_passed_over() -> None:
    (neighbour,) = after(advertisement(options=[prefix("fd00::", 129), prefix("fd01::")])).neighbours

    facts = neighbour.roles[0].facts
    assert isinstance(facts, RouterAdvertisement)
    assert [str(each.prefix) for each in facts.prefixes] == ["fd01::/64"]


def test_an_option_of_length_0_makes_the_whole_advertisement_void() -> None:
    assert after(advertisement(options=["0500000000000000"])).neighbours == ()


def test_names_with_escapes_are_made_safe() -> None:
    names = "1f02000000000e10 051b5b316d4100 00".replace(" ", "")

    (neighbour,) = after(advertisement(options=[names])).neighbours

    facts = neighbour.roles[0].facts
    assert isinstance(facts, RouterAdvertisement)
    assert all(name.isprintable() for name in facts.dnssl)
    assert len(facts.dnssl) == 1


def test_prefixes_beyond_measure_are_counted_and_cut() -> None:
    options = [prefix(f"fd00:0:0:{number:x}::") for number in range(300)]

    (neighbour,) = after(advertisement(options=options)).neighbours

    (role,) = neighbour.roles
    assert isinstance(role.facts, RouterAdvertisement)
    assert len(role.facts.prefixes) == 64
    assert role.suspicious == ("it names 300 prefixes: 64 are kept",)


def test_an_advertisement_in_a_tunnel_is_not_of_this_link() -> None:
    inner = advertisement()
    outer = bytes.fromhex("60000000") + len(inner).to_bytes(2) + bytes((41, 64)) + inner[8:40]

    assert after(outer + inner).neighbours == ()


def test_an_advertisement_that_an_error_quotes_was_not_said() -> None:
    quoted = advertisement()
    error = bytes.fromhex("0103000000000000") + quoted
    outer = bytes.fromhex("60000000") + len(error).to_bytes(2) + bytes((58, 64)) + quoted[8:40]

    assert after(outer + error).neighbours == ()


def test_routers_of_rfc_1256_are_told_with_their_preferences() -> None:
    (neighbour,) = after(discovery("10.0.0.1", ("10.0.0.1", 10), ("10.0.0.7", -5), lifetime=1800)).neighbours

    (role,) = neighbour.roles
    assert role.facts == RouterDiscovery(
        1800, (AdvertisedRouter(IPv4Address("10.0.0.1"), 10), AdvertisedRouter(IPv4Address("10.0.0.7"), -5))
    )
    assert (role.kind, role.expires_at, role.suspicious) == (RoleKind.ROUTER_DISCOVERY, 1800 * SECOND, ())


def test_a_reversed_source_address_is_called_so() -> None:
    # FRR's speaker: zebra_irdp writes the address in the host's byte order.
    (neighbour,) = after(discovery("1.0.0.10", ("10.0.0.1", 0))).neighbours

    assert neighbour.roles[0].suspicious == ("its source address 1.0.0.10 is 10.0.0.1 reversed",)


def test_a_source_that_an_advertisement_does_not_name_is_suspicious() -> None:
    (neighbour,) = after(discovery("10.0.0.66", ("10.0.0.1", 0))).neighbours

    assert neighbour.roles[0].suspicious == ("its source address 10.0.0.66 is none of the addresses that it names",)


@pytest.mark.parametrize(
    ("packet", "doubt"),
    [
        (discovery("10.0.0.1", ("10.0.0.1", 0), ttl=64), "TTL 64 instead of 1"),
        (discovery("10.0.0.1", count=0), "0 addresses of 2 words each: hosts drop it"),
        (discovery("10.0.0.1", ("10.0.0.1", 0), count=3), "it says 3 addresses, 1 are there: hosts drop it"),
    ],
)
def test_what_hosts_drop_is_suspicious(packet: bytes, doubt: str) -> None:
    (neighbour,) = after(packet).neighbours

    assert neighbour.roles[0].suspicious == (doubt,)


def test_a_real_advertisement_is_read_as_tshark_reads_it() -> None:
    # Frame 1 of icmpv6.pcap from tcpdump's test suite; tshark 4.0.17 agrees with every fact.
    packet = bytes.fromhex(
        "333300000001b09928c8d66c86dd6000000000b03afffe80000000000000b29928fffec8d66cff020000000000000000000000000001"
        "860024014020000f0000000000000000030448c000278d0000093a8000000000222233334444555566000000000000001905000000000005"
        "abcd000000000000000000000000efef123456780000000000000000000000011f07000000000005076578616d706c6503636f6d00"
        "076578616d706c65036f72670004646f6d3104646f6d3203746c64000000000000000005010000000000640101b09928c8d66c"
        "070100000000138808010000c351000f"
    )
    made = machine()

    made.receive(heard(packet))

    (neighbour,) = made.snapshot(0).neighbours
    assert (neighbour.mac, [str(each) for each in neighbour.addresses]) == (
        "b0:99:28:c8:d6:6c",
        ["fe80::b299:28ff:fec8:d66c"],
    )
    assert neighbour.roles[0].facts == RouterAdvertisement(
        router_lifetime_s=15,
        hop_limit=64,
        managed=False,
        other=False,
        preference="medium",
        reachable_ms=0,
        retransmit_ms=0,
        mtu=100,
        prefixes=(AdvertisedPrefix(IPv6Network("2222:3333:4444:5555:6600::/72"), True, True, 2_592_000, 604_800),),
        rdnss=(IPv6Address("abcd::efef"), IPv6Address("1234:5678::1")),
        dnssl=("example.com", "example.org", "dom1.dom2.tld"),
    )


@pytest.mark.parametrize(
    "other",
    [
        bytes.fromhex("ffffffffffff0200000000010806") + bytes(46),  # ARP
        frame(bytes.fromhex("4500001c0000000040010000c0000201c000020208000000")),  # an echo request
        frame(advertisement())[:30],  # the first bytes of one that would say something
    ],
)
def test_other_frames_say_nothing(other: bytes) -> None:
    made = machine()

    made.receive(heard(other))

    assert made.snapshot(0).heard == 0
