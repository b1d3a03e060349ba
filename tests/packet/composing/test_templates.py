"""Every template is a legal packet: its layers are those that it names, and hopscope itself has nothing to object."""

import pytest

from app.packet.composing.recipes import RECIPES
from app.packet.dissection import CheckStatus, Severity
from app.packet.protocols import DISSECTORS
from app.packet.reading import Space
from tests.packet.composing.origin import packet

TEMPLATES = [
    "ip", "ip/icmp", "ip/igmp", "ip/tcp", "ip/udp", "ip/dccp", "ip/gre/ip/icmp", "ip/esp", "ip/ah/icmp", "ip/eigrp",
    "ip/ospf", "ip/pim", "ip/vrrp", "ip/sctp", "ip/udplite", "ip/ip/icmp", "ip/ipv6/icmpv6", "ip/mpls/ip/icmp",
    "ip/udp/dns", "ip/udp/dhcp", "ip/udp/tftp", "ip/udp/ntp", "ip/udp/snmp", "ip/udp/rip", "ip/udp/hsrp",
    "ip/udp/bfd", "ip/udp/bfd_echo", "ip/udp/mdns", "ip/udp/llmnr", "ipv6", "ipv6/icmpv6", "ipv6/tcp", "ipv6/udp",
    "ipv6/udp/dns", "ipv6/udp/dhcpv6", "ipv6/udp/ripng", "ipv6/ospf", "ipv6/pim", "ipv6/vrrp", "ipv6/eigrp",
    "ipv6/ipv6.hopopts/icmpv6", "ipv6/ipv6.dstopts/udp", "ipv6/ipv6.routing/icmpv6", "ipv6/ipv6.fraghdr/udp",
    "ipv6/mip6", "ipv6/hip", "ipv6/shim6", "ipv6/ip/icmp", "eth/arp", "eth/ip/icmp", "eth/ipv6/icmpv6",
    "eth/vlan/ip/udp/ntp", "eth/ieee8021ad/vlan/arp", "eth/mpls/ip/icmp", "eth/lldp", "eth/pppoe",
]  # fmt: skip
#: The kinds of message that a type chooses.
KINDS = [
    *(("ip/icmp", f"icmp.type={kind}") for kind in (0, 4, 5, 8, 9, 10, 12, 13, 14, 15, 16, 17, 18, 30, 37, 42, 43)),
    *(("ipv6/icmpv6", f"icmpv6.type={kind}") for kind in (128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 143, 160)),
    *(("ip/igmp", f"igmp.type={kind}") for kind in ("0x11", "0x12", "0x16", "0x17", "0x22")),
    *(("ip/ospf", f"ospf.msg={kind}") for kind in (1, 2, 3, 4, 5)),
    *(("ipv6/ospf", f"ospf.msg={kind}") for kind in (1, 2, 3, 4, 5)),
    *(("ipv6/mip6", f"mip6.mhtype={kind}") for kind in range(8)),
    ("ip/vrrp", "vrrp.version=2"),
    ("ip/udp/dns", "dns.qry.type=AAAA"),
]
#: They quote a packet, and there is none.
QUOTING = {"icmp.type=4", "icmp.type=5", "icmp.type=12"}


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_plain_template_is_a_legal_packet(template: str) -> None:
    dissection = packet(template).dissection

    assert [layer.name for layer in dissection.layers][: template.count("/") + 1] == template.split("/")
    assert [note.text for note in dissection.notes if note.severity is Severity.ERROR] == []
    assert {check.status for check in dissection.checks} <= {CheckStatus.GOOD}


@pytest.mark.parametrize(("template", "kind"), KINDS)
def test_a_kind_of_message_is_whole_and_its_checksums_hold(template: str, kind: str) -> None:
    dissection = packet(template, kind).dissection

    name, _, value = kind.partition("=")
    assert next(dissection.spans_named(name)).value == (28 if value == "AAAA" else int(value, 0))
    assert [note.text for note in dissection.notes if note.severity is Severity.ERROR] == []
    assert {check.status for check in dissection.checks} <= {CheckStatus.GOOD}


def test_every_protocol_that_is_read_has_a_template() -> None:
    numbers = {(space, number) for recipe in RECIPES.values() for space, number in recipe.numbers.items()}
    readers = {id(DISSECTORS[space][number]) for space, number in numbers}
    names = {getattr(each, "_function", getattr(each, "__name__", "")) for each in _readers() if id(each) in readers}

    missing = {getattr(each, "_function", getattr(each, "__name__", "")) for each in _readers()} - names
    assert missing == {"read_nothing", "read_ppp", "read_pppoe_session"}


def _readers() -> list[object]:
    spaces = (Space.ETHERTYPE, Space.PPP, Space.IP_VERSION, Space.PROTOCOL, Space.UDP_PORT, Space.TCP_PORT)
    return [reader for space in spaces for reader in DISSECTORS[space].values()]
