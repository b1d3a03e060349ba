"""The options of a PIM hello (RFC 7761, section 4.9.2, and those that came later)."""

from ipaddress import IPv4Address

from app.packet.layout import Header, flag, header, ipv4_address, unsigned
from app.packet.multicast.pim import take_unicast
from app.packet.registry import Registry
from app.packet.walk import Walk

_FOREVER = 0xFFFF


class HelloOption(Registry):
    """https://www.iana.org/assignments/pim-parameters (PIM-Hello Options)"""

    HOLD_TIME = 1
    LAN_PRUNE_DELAY = 2
    DR_PRIORITY = 19
    GENERATION_ID = 20
    STATE_REFRESH_CAPABLE = 21
    BIDIR_CAPABLE = 22
    ADDRESS_LIST = 24
    NEIGHBOR_LIST = 25
    JOIN_ATTRIBUTE = 26
    PIM_OVER_TCP_CAPABLE = 27
    PIM_OVER_SCTP_CAPABLE = 28
    POP_COUNT = 29
    PIM_MT_ID = 30
    INTERFACE_ID = 31
    ECMP_REDIRECT = 32
    VPC_PEER_ID = 33
    DR_LOAD_BALANCING_CAPABILITY = 34
    DR_LOAD_BALANCING_LIST = 35
    HIERARCHICAL_JOIN_PRUNE_ATTRIBUTE = 36
    DR_ADDRESS = 37
    BDR_ADDRESS = 38
    BFD_DISCRIMINATOR = 39
    PACKED_ASSERT_CAPABILITY = 40
    GSI_TLV_SUPPORT = 41
    PFM_OPTIMIZATION = 42
    OLD_ADDRESS_LIST = 65001
    RPF_PROXY_VECTOR = 65004


def hold_words(seconds: int) -> str:
    """A hold time as a person says it: 0 is a farewell, all ones are no limit."""
    if seconds == _FOREVER:
        return f"{seconds}  forever"
    return f"{seconds} s" if seconds else "0  goodbye"


@header("pim", "hello option", "RFC 7761, section 4.9.2")
class OptionHead(Header):
    """What stands in front of an option's value."""

    type: int = unsigned(16, "option type", name="pim.optiontype", registry=HelloOption)
    length: int = unsigned(16, "option length", name="pim.optionlength", unit="bytes", default=0)


@header("pim", "hold time", "RFC 7761, section 4.9.2")
class HoldTime(Header):
    """How long the neighbour is to be believed (1)."""

    hold: int = unsigned(16, "hold time", name="pim.holdtime", words=hold_words, default=105)


@header("pim", "LAN prune delay", "RFC 7761, section 4.9.2")
class LanPruneDelay(Header):
    """How long a prune has to wait for somebody to override it (2)."""

    can_disable: int = flag("can disable join suppression", name="pim.t", default=0)
    propagation: int = unsigned(15, "propagation delay", name="pim.propagation_delay", unit="ms", default=500)
    override: int = unsigned(16, "override interval", name="pim.override_interval", unit="ms", default=2500)


@header("pim", "DR priority", "RFC 7761, section 4.9.2")
class DrPriority(Header):
    """Who is to be the designated router: the highest (19)."""

    priority: int = unsigned(32, "DR priority", name="pim.dr_priority", default=1)


@header("pim", "generation identifier", "RFC 7761, section 4.9.2")
class GenerationId(Header):
    """A number that changes when the router has started anew (20)."""

    identifier: int = unsigned(32, "generation identifier", name="pim.generation_id", style="hex", default=0)


@header("pim", "state refresh", "RFC 3973, section 4.7.5.4")
class StateRefreshCapable(Header):
    """That the router knows state refresh messages (21)."""

    version: int = unsigned(8, name="pim.state_refresh_version", default=1)
    interval: int = unsigned(8, name="pim.state_refresh_interval", unit="s", default=60)
    reserved: int = unsigned(16, name="pim.state_refresh_reserved", default=0)


@header("pim", "reliable transport", "RFC 6559, section 3")
class ReliableTransport(Header):
    """That joins can go over TCP or SCTP, and to which address (27 and 28)."""

    family: int = unsigned(16, "connection identifier's family", name="pim.port.afi", default=1)
    reserved: int = unsigned(8, name="pim.port.reserved", default=0)
    experimental: int = unsigned(8, name="pim.port.exp", default=0)


@header("pim", "multi-topology", "RFC 6420, section 4.2")
class Topology(Header):
    """The topology that the router uses (30)."""

    reserved: int = unsigned(4, name="pim.mtid.reserved", default=0)
    identifier: int = unsigned(12, "MT-ID", name="pim.mtid", default=0)


@header("pim", "interface identifier", "RFC 6395, section 2.2")
class InterfaceId(Header):
    """Router and interface, where they have no address of their own (31)."""

    router: IPv4Address = ipv4_address("router identifier", name="pim.interface_id.router")
    interface: int = unsigned(32, "local interface identifier", name="pim.interface_id.local", default=0)


@header("pim", "DR load balancing", "RFC 8775, section 5.3.1")
class LoadBalancing(Header):
    """By which hash designated routers share groups (34)."""

    reserved: int = unsigned(24, name="pim.drlb.reserved", default=0)
    algorithm: int = unsigned(8, "hash algorithm", name="pim.drlb.hash", default=0)


#: Options whose value has fields of its own in everybody's reading.
_PLAIN: dict[int, type[Header]] = {
    HelloOption.HOLD_TIME: HoldTime,
    HelloOption.LAN_PRUNE_DELAY: LanPruneDelay,
    HelloOption.DR_PRIORITY: DrPriority,
    HelloOption.GENERATION_ID: GenerationId,
    HelloOption.STATE_REFRESH_CAPABLE: StateRefreshCapable,
}
#: Options whose fields stand under "pim.optionvalue", which is all that others know of them.
_VALUES: dict[int, type[Header]] = {
    HelloOption.PIM_OVER_TCP_CAPABLE: ReliableTransport,
    HelloOption.PIM_OVER_SCTP_CAPABLE: ReliableTransport,
    HelloOption.PIM_MT_ID: Topology,
    HelloOption.INTERFACE_ID: InterfaceId,
    HelloOption.DR_LOAD_BALANCING_CAPABILITY: LoadBalancing,
}
_LISTS = (HelloOption.ADDRESS_LIST, HelloOption.OLD_ADDRESS_LIST)


def read_hello(walk: Walk) -> str:
    """The options of a hello; the message says those that everybody looks for."""
    while walk.lasts():
        with walk.under("pim.option", "hello option") as words:
            head = walk.take(OptionHead)
            kind = HelloOption(head.type)
            words.append(kind.words)
            with walk.within(head.length):
                _read_value(walk, kind)
    return walk.says


def _read_value(walk: Walk, kind: HelloOption) -> None:
    """The value of an option; what a list should show is added to what the message says."""
    size = walk.stop - walk.at
    plain, value = _PLAIN.get(kind), _VALUES.get(kind)
    if plain is not None and size >= plain.LAYOUT.size:
        _say(walk, _told(walk.take(plain)))
    elif kind in _LISTS:
        while walk.lasts():
            take_unicast(walk, "pim.address_list", "address")
    elif value is not None and size >= value.LAYOUT.size:
        with walk.under("pim.optionvalue", "value"):
            walk.take(value)
            walk.rest("pim.port.connection", "connection identifier")
    elif kind == HelloOption.BIDIR_CAPABLE:
        _say(walk, "bidirectional")
    walk.rest("pim.optionvalue", "value")


def _say(walk: Walk, words: str) -> None:
    """Add words to those of the message, once."""
    if words and words not in walk.says:
        walk.says += f", {words}"


def _told(option: Header) -> str:
    if isinstance(option, HoldTime):
        return "goodbye" if not option.hold else f"holdtime {hold_words(option.hold).replace('65535  ', '')}"
    return f"DR priority {option.priority}" if isinstance(option, DrPriority) else ""
