"""What readers say of packets of real daemons is what tshark says of the same bytes.

golden.jsonl was recorded in network namespaces with `tcpdump -w` from FRR 8.4.4 (ospfd, ospf6d, pimd, ripd, ripngd,
bfdd), BIRD 2.0.12, keepalived 2.2.7, Debian's pimd 2.3.2, Linux 6.18 as a member of groups and a bridge of it as
querier; two LLDP frames were written by hand. "tshark" holds the fields that tshark 4.0.17 shows. IGMPv3 queries of
Debian's pimd have a wrong checksum, as tshark says too.
"""

from collections.abc import Callable
from ipaddress import IPv4Address
from typing import Any

import pytest

from app.engine.neighbourhood.facts import Bfd, Bootstrap, Lldp, Ospf, Pim, Querier, Rip, RoleKind, Vrrp
from app.engine.neighbourhood.saying import LinkState, Membership, MtuTold, Saying
from tests.engine.neighbourhood.frames import golden, said

Fields = dict[str, list[str]]
PACKETS = golden()


def _ospf(facts: Ospf, saying: Saying) -> Fields:
    version = 3 if saying.kind is RoleKind.OSPF6 else 2
    fields = {
        "ospf.version": [str(version)],
        "ospf.srcrouter": [facts.router_id],
        "ospf.area_id": [facts.area],
        "ospf.hello.router_priority": [str(facts.priority)],
        "ospf.hello.designated_router": [facts.dr],
        "ospf.hello.backup_designated_router": [facts.bdr],
        "ospf.hello.hello_interval": [str(facts.hello_s)],
        "ospf.hello.router_dead_interval": [str(facts.dead_s)],
        "ospf.hello.active_neighbor": list(facts.neighbours),
    }
    if version == 2:
        fields["ospf.auth.type"] = [str(("none", "simple", "cryptographic").index(facts.auth))]
        fields["ospf.hello.network_mask"] = [facts.mask or ""]
    return fields


def _querier(facts: Querier, saying: Saying) -> Fields:
    interval = [] if facts.interval_s is None else [str(facts.interval_s)]
    robustness = [] if facts.robustness is None else [str(facts.robustness)]
    if saying.kind is RoleKind.IGMP_QUERIER:
        return {
            "igmp.type": ["0x11"],
            "igmp.version": [str(facts.version)],
            "igmp.qqic": interval,
            "igmp.qrv": robustness,
            "igmp.max_resp": [str(facts.max_response_ms // 100)],
            "igmp.maddr": ["0.0.0.0"],
            "igmp.checksum.status": ["0" if "wrong checksum" in saying.suspicious else "1"],
        }
    delay = "code" if facts.version == 2 else "delay"
    return {
        "icmpv6.type": ["130"],
        "icmpv6.mld.qqi": interval,
        "icmpv6.mld.flag.qrv": robustness,
        f"icmpv6.mld.maximum_response_{delay}": [str(facts.max_response_ms)],
        "icmpv6.mld.multicast_address": ["::"],
    }


def _pim(facts: Pim, saying: Saying) -> Fields:
    return {
        "pim.type": ["0"],
        "pim.holdtime": [str(facts.holdtime_s)],
        "pim.dr_priority": [str(facts.dr_priority)],
        "pim.generation_id": [str(facts.generation_id)],
    }


def _bootstrap(facts: Bootstrap, saying: Saying) -> Fields:
    return {"pim.type": ["4"], "pim.bsr": [str(facts.bsr)], "pim.bsr_priority": [str(facts.priority)]}


def _vrrp(facts: Vrrp, saying: Saying) -> Fields:
    version = facts.addresses[0].version
    interval = {"vrrp.adver_int": [str(facts.interval_ms // 1000)]}
    if facts.version == 3:
        interval = {"vrrp.short_adver_int": [str(facts.interval_ms // 10)]}
    return {
        "vrrp.version": [str(facts.version)],
        "vrrp.virt_rtr_id": [str(facts.group)],
        "vrrp.prio": [str(facts.priority)],
        "vrrp.ip_addr" if version == 4 else "vrrp.ipv6_addr": [str(address) for address in facts.addresses],
        **interval,
    }


def _rip(facts: Rip, saying: Saying) -> Fields:
    if saying.kind is RoleKind.RIP:
        version_2 = {
            "rip.netmask": [str(route.prefix.netmask) for route in facts.routes],
            "rip.next_hop": [str(route.next_hop or IPv4Address(0)) for route in facts.routes],
        }
        return {
            "rip.version": [str(facts.version)],
            "rip.command": ["2"],
            "rip.ip": [str(route.prefix.network_address) for route in facts.routes],
            "rip.metric": [str(route.metric) for route in facts.routes],
            **(version_2 if facts.version == 2 else {}),
        }
    told, next_hop = [], None
    for route in facts.routes:
        if route.next_hop != next_hop:
            told.append((str(route.next_hop or "::"), "0", "255"))
            next_hop = route.next_hop
        told.append((str(route.prefix.network_address), str(route.prefix.prefixlen), str(route.metric)))
    prefixes, lengths, metrics = zip(*told, strict=True)
    return {
        "ripng.cmd": ["2"],
        "ripng.rte.ipv6_prefix": list(prefixes),
        "ripng.rte.prefix_length": list(lengths),
        "ripng.rte.metric": list(metrics),
    }


def _bfd(facts: Bfd, saying: Saying) -> Fields:
    assert saying.lifetime is not None
    return {
        "bfd.version": ["1"],
        "bfd.sta": [f"0x{('admin down', 'down', 'init', 'up').index(facts.state):02x}"],
        "bfd.my_discriminator": [f"0x{facts.my_discriminator:08x}"],
        "bfd.detect_time_multiplier": [str(facts.detect_multiplier)],
        "bfd.desired_min_tx_interval": [str(saying.lifetime // 1000 // facts.detect_multiplier)],
    }


def _lldp(facts: Lldp, saying: Saying) -> Fields:
    assert saying.lifetime is not None
    return {
        "lldp.chassis.id.mac" if ":" in facts.chassis else "lldp.chassis.id.ip4": [facts.chassis],
        "lldp.port.id.mac" if ":" in facts.port else "lldp.port.id": [facts.port],
        "lldp.tlv.system.name": [] if facts.system_name is None else [facts.system_name],
        "lldp.time_to_live": [str(saying.lifetime // 1_000_000_000)],
    }


_TOLD: dict[type, Callable[[Any, Saying], Fields]] = {
    Ospf: _ospf,
    Querier: _querier,
    Pim: _pim,
    Bootstrap: _bootstrap,
    Vrrp: _vrrp,
    Rip: _rip,
    Bfd: _bfd,
    Lldp: _lldp,
}
_SAYINGS = [
    packet for packet in PACKETS if any(isinstance(each, Saying) for each in said(bytes.fromhex(packet["hex"])))
]
_OTHERS = [packet for packet in PACKETS if packet not in _SAYINGS]


@pytest.mark.parametrize("packet", _SAYINGS, ids=lambda packet: str(packet["from"]))
def test_what_a_sender_says_of_itself_is_what_tshark_reads(packet: dict[str, Any]) -> None:
    (saying,) = said(bytes.fromhex(packet["hex"]))

    assert isinstance(saying, Saying)
    fields = {name: values for name, values in _TOLD[type(saying.facts)](saying.facts, saying).items() if values}
    ignored = {"igmp.num_src"}
    assert fields == {name: values for name, values in packet["tshark"].items() if name not in ignored}


def _lsas(packet: dict[str, Any]) -> list[LinkState]:
    return [each for each in said(bytes.fromhex(packet["hex"])) if isinstance(each, LinkState)]


_LSAS = [packet for packet in _OTHERS if _lsas(packet)]


@pytest.mark.parametrize("packet", _LSAS, ids=lambda packet: str(packet["from"]))
def test_link_states_are_those_that_tshark_reads(packet: dict[str, Any]) -> None:
    told, fields = _lsas(packet), packet["tshark"]

    types = [lsa.type if lsa.version == 2 else lsa.type & 0x1FFF for lsa in told]
    assert types == [int(each) for each in fields.get("ospf.lsa") or fields["ospf.v3.lsa.fc"]]
    assert [lsa.id for lsa in told] == (fields.get("ospf.lsa.id") or fields["ospf.link_state_id"])
    assert [lsa.advertising_router for lsa in told] == fields["ospf.advrouter"]
    assert [lsa.sequence for lsa in told] == [int(each, 0) for each in fields["ospf.lsa.seqnum"]]
    assert [lsa.age for lsa in told] == [int(each) for each in fields["ospf.lsa.age"]]


def test_the_mtu_of_a_description_is_told() -> None:
    told = [each for packet in PACKETS for each in said(bytes.fromhex(packet["hex"])) if isinstance(each, MtuTold)]

    assert [(each.router_id, each.mtu) for each in told] == [("1.1.1.1", 1500), ("4.4.4.4", 1500), ("1.1.1.1", 1500)]


def test_memberships_are_those_that_tshark_reads() -> None:
    told = [
        (str(each.group), each.is_member)
        for packet in PACKETS
        for each in said(bytes.fromhex(packet["hex"]))
        if isinstance(each, Membership)
    ]

    assert told == [
        ("232.7.7.7", True),  # allow 192.0.2.9
        ("239.7.7.1", True),  # to exclude {}
        ("232.7.7.7", False),  # block 192.0.2.9
        ("239.7.7.1", False),  # to include {}
        ("232.7.7.7", True),  # version 2 report
        ("239.7.7.21", False),  # version 2 leave
        ("232.7.7.7", True),  # version 1 report
        ("ff05::7:0", True),  # to exclude {}
        ("ff05::7:0", False),  # to include {}
        ("ff05::7:2", True),  # version 1 report
        ("ff05::7:2", False),  # version 1 done
    ]


def test_nothing_that_a_real_daemon_sent_is_suspicious_but_what_is_wrong_with_it() -> None:
    doubts = {
        (packet["from"], doubt)
        for packet in PACKETS
        for each in said(bytes.fromhex(packet["hex"]))
        if isinstance(each, Saying | Membership)
        for doubt in each.suspicious
    }

    assert doubts == {
        ("Debian's pimd 2.3.2", "wrong checksum"),
        (
            "a bridge of Linux 6.18",
            "source 0.0.0.0: a bridge without an address of its own asks (RFC 4541, section 2.1.1)",
        ),
    }


def test_questions_about_a_group_requests_and_other_ospf_packets_say_nothing() -> None:
    silent = [packet["tshark"] for packet in _OTHERS if not said(bytes.fromhex(packet["hex"]))]

    assert [
        next(name for name in ("igmp.type", "rip.command", "ripng.cmd", "ospf.version") if name in each)
        for each in silent
    ] == [
        "ospf.version",
        "igmp.type",
        "rip.command",
        "ripng.cmd",
    ]
