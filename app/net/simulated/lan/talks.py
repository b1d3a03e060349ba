"""The table of all that is said on a LAN again and again: how often, by whom, and how it ends."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from app.net.simulated.lan import advertising, distance, household, membership, naming, ospf, pim, redundancy
from app.net.simulated.lan.voice import Room, Said, Voice

#: What a manner makes a voice say at a moment.
Say = Callable[[Voice, Any, Room, int], Iterable[Said]]


def _nothing(_: Voice, __: Any, ___: Room, ____: int) -> Iterable[Said]:
    return ()


@dataclass(frozen=True, slots=True)
class Talk:
    """One message that is repeated while the speaker's field `setting` is not None."""

    setting: str
    say: Say
    farewell: Say = _nothing
    every: Callable[[Any], int] = attrgetter("every")
    jitter: float = 0.1  #: how much of the interval chance may take away


TALKS: Mapping[str, Talk] = {
    "router advertisement": Talk(
        "router_advertisement", advertising.advertise, advertising.stop_advertising, jitter=0.25
    ),
    "router discovery": Talk("router_discovery", advertising.discover, advertising.stop_discovering, jitter=0.25),
    "OSPFv2 hello": Talk("ospf", ospf.say_hello(ospf.OSPF2)),
    "OSPFv2 description": Talk("ospf", ospf.say_descriptions(ospf.OSPF2), every=lambda _: ospf.RETRANSMISSION),
    "OSPFv2 update": Talk("ospf", ospf.say_lsas(ospf.OSPF2), every=attrgetter("refresh")),
    "OSPFv3 hello": Talk("ospf6", ospf.say_hello(ospf.OSPF3)),
    "OSPFv3 description": Talk("ospf6", ospf.say_descriptions(ospf.OSPF3), every=lambda _: ospf.RETRANSMISSION),
    "OSPFv3 update": Talk("ospf6", ospf.say_lsas(ospf.OSPF3), every=attrgetter("refresh")),
    "IGMP query": Talk("igmp_querier", membership.query_of(membership.IGMP)),
    "MLD query": Talk("mld_querier", membership.query_of(membership.MLD)),
    "PIM hello": Talk("pim", pim.say_hello, pim.stop_greeting),
    "PIM bootstrap": Talk("pim", pim.say_bootstrap, every=lambda manner: manner.bootstrap_every),
    "VRRP": Talk("vrrp", redundancy.advertise, redundancy.resign, jitter=0.02),
    "RIP": Talk("rip", distance.say_routes, distance.withdraw, jitter=0.15),
    "BFD": Talk("bfd", redundancy.say_control, redundancy.stop_control, jitter=0.25),
    "LLDP": Talk("lldp", naming.say_lldp, naming.stop_lldp),
    "multicast DNS": Talk("mdns", naming.speak_mdns, naming.stop_mdns),
    "DHCP": Talk("dhcp", household.ask_for_address),
    "resolving": Talk("resolve", household.resolve, jitter=0.5),
}
