"""What the event log calls a role and whoever has it."""

from collections.abc import Callable, Mapping
from typing import Any

from app.engine.neighbourhood.entry import Entry
from app.engine.neighbourhood.facts import RoleKind
from app.engine.neighbourhood.saying import Saying
from app.packet.text import safe

_NAMES: Mapping[RoleKind, Callable[[Any, str], str]] = {
    RoleKind.ROUTER_ADVERTISEMENT: lambda facts, who: f"router {who}",
    RoleKind.ROUTER_DISCOVERY: lambda facts, who: f"RFC 1256 router {who}",
    RoleKind.OSPF: lambda facts, who: f"OSPF neighbour {facts.router_id}",
    RoleKind.OSPF6: lambda facts, who: f"OSPFv3 neighbour {facts.router_id}",
    RoleKind.IGMP_QUERIER: lambda facts, who: f"IGMP querier {who}",
    RoleKind.MLD_QUERIER: lambda facts, who: f"MLD querier {who}",
    RoleKind.PIM: lambda facts, who: f"PIM neighbour {who}",
    RoleKind.PIM_BOOTSTRAP: lambda facts, who: f"PIM bootstrap router {facts.bsr}, told by {who},",
    RoleKind.VRRP: lambda facts, who: f"VRRP master {who} of group {facts.group}",
    RoleKind.RIP: lambda facts, who: f"RIP speaker {who}",
    RoleKind.RIPNG: lambda facts, who: f"RIPng speaker {who}",
    RoleKind.BFD: lambda facts, who: f"BFD session {facts.my_discriminator} of {who}",
    RoleKind.LLDP: lambda facts, who: f"LLDP neighbour {facts.system_name or who}",
}
_VERSION_6 = frozenset((RoleKind.ROUTER_ADVERTISEMENT, RoleKind.MLD_QUERIER, RoleKind.RIPNG))
#: How the instance of a role ends that is there for both versions of IP, where it is IPv6's.
_OF_VERSION_6 = "IPv6"


def role_name(entry: Entry, saying: Saying) -> str:
    """The role, who has it and on which interface, as the subject of a sentence."""
    version = 6 if saying.kind in _VERSION_6 or saying.instance.endswith(_OF_VERSION_6) else 4
    addresses = sorted(entry.addresses, key=lambda address: address.version != version)
    who = str(addresses[0]) if addresses else entry.mac or entry.key
    return safe(f"{_NAMES[saying.kind](saying.facts, who)} on {entry.interface}")
