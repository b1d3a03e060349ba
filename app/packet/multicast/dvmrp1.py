"""DVMRP version 1 (RFC 1075): a message is a list of commands, each of which sets something for those behind it."""

from ipaddress import IPv4Address

from app.packet.layout import Group, Header, flag, header, ipv4_address, unsigned
from app.packet.registry import Registry
from app.packet.walk import Walk

_RFC = "RFC 1075, section 3.3"
ROUTE_FLAGS = Group("dvmrp.flags0", "flags")


class OldCode(Registry):
    """RFC 1075, section 3.2."""

    RESPONSE = 1
    REQUEST = 2
    NON_MEMBERSHIP_REPORT = 3
    NON_MEMBERSHIP_CANCELLATION = 4


class Command(Registry):
    """RFC 1075, section 3.3."""

    NULL = 0
    ADDRESS_FAMILY = 2
    SUBNETMASK = 3
    METRIC = 4
    FLAGS0 = 5
    INFINITY = 6
    DESTINATION_ADDRESS = 7
    REQUESTED_DESTINATION_ADDRESS = 8
    NON_MEMBERSHIP_REPORT = 9
    NON_MEMBERSHIP_REPORT_CANCEL = 10


@header("dvmrp", "DVMRP", "RFC 1075, section 3.2")
class OldDvmrp(Header):
    """The header of version 1."""

    type: int = unsigned(8, style="hex", default=0x13)
    code: int = unsigned(8, name="dvmrp.v1.code", registry=OldCode)
    checksum: int = unsigned(16, style="hex", default=0)


@header("dvmrp", "command", _RFC)
class CommandHead(Header):
    """The number of a command."""

    command: int = unsigned(8, registry=Command, default=0)


@header("dvmrp", "null", _RFC)
class NullCommand(Header):
    """Padding (0)."""

    ignored: int = unsigned(8, name="dvmrp.ignored", default=0)


@header("dvmrp", "address family", _RFC)
class FamilyCommand(Header):
    """The family of the addresses that follow (2)."""

    family: int = unsigned(8, "address family", name="dvmrp.afi", default=2)


@header("dvmrp", "count", _RFC)
class CountCommand(Header):
    """How many things follow (3, 7, 8, 9 and 10)."""

    count: int = unsigned(8, default=0)


@header("dvmrp", "metric", _RFC)
class MetricCommand(Header):
    """The metric of the destinations that follow (4)."""

    metric: int = unsigned(8, default=1)


@header("dvmrp", "flags", _RFC)
class FlagsCommand(Header):
    """The flags of the destinations that follow (5)."""

    reserved: int = unsigned(6, name="dvmrp.flags0.reserved", group=ROUTE_FLAGS, default=0)
    split_horizon: int = flag("split horizon", name="dvmrp.split_horiz", group=ROUTE_FLAGS, default=0)
    unreachable: int = flag("destination unreachable", name="dvmrp.dest_unreach", group=ROUTE_FLAGS, default=0)


@header("dvmrp", "infinity", _RFC)
class InfinityCommand(Header):
    """The metric that means unreachable (6)."""

    infinity: int = unsigned(8, default=16)


@header("dvmrp", "netmask", _RFC)
class OldMask(Header):
    """The netmask of the destinations that follow (3); without one, that of the address's class."""

    mask: IPv4Address = ipv4_address("netmask", name="dvmrp.netmask")


@header("dvmrp", "destination", _RFC)
class Destination(Header):
    """A destination (7 and 8)."""

    address: IPv4Address = ipv4_address("destination address", name="dvmrp.daddr")


@header("dvmrp", "non-membership report", _RFC)
class NonMember(Header):
    """A group that nobody listens to, and for how long that is so (9)."""

    group: IPv4Address = ipv4_address("group address", name="dvmrp.maddr")
    hold: int = unsigned(32, "hold time", name="dvmrp.hold", unit="s", default=0)


@header("dvmrp", "non-membership cancellation", _RFC)
class Member(Header):
    """A group that somebody listens to again (10)."""

    group: IPv4Address = ipv4_address("group address", name="dvmrp.maddr")


#: What follows a command's number, and what that counts, if anything.
_COMMANDS: dict[int, tuple[type[Header], type[Header] | None]] = {
    Command.NULL: (NullCommand, None),
    Command.ADDRESS_FAMILY: (FamilyCommand, None),
    Command.SUBNETMASK: (CountCommand, OldMask),
    Command.METRIC: (MetricCommand, None),
    Command.FLAGS0: (FlagsCommand, None),
    Command.INFINITY: (InfinityCommand, None),
    Command.DESTINATION_ADDRESS: (CountCommand, Destination),
    Command.REQUESTED_DESTINATION_ADDRESS: (CountCommand, Destination),
    Command.NON_MEMBERSHIP_REPORT: (CountCommand, NonMember),
    Command.NON_MEMBERSHIP_REPORT_CANCEL: (CountCommand, Member),
}


def read_commands(walk: Walk) -> str:
    """A whole message of version 1."""
    head = walk.take(OldDvmrp)
    told = 0
    walk.says = f"DVMRPv1 {OldCode(head.code).words.replace('non ', 'non-')}"
    if walk.lasts():
        with walk.under("dvmrp.commands", "commands"):
            while walk.lasts():
                told += _command(walk)
    return f"{walk.says}, {told} {'address' if told == 1 else 'addresses'}"


def _command(walk: Walk) -> int:
    """One command; how many addresses it lists."""
    with walk.under("dvmrp.command.entry", "command") as words:
        number = walk.take(CommandHead).command
        words.append(Command(number).words)
        if number not in _COMMANDS:
            walk.rest("dvmrp.data")
            return 0
        kind, listed = _COMMANDS[number]
        head = walk.take(kind)
        if listed is None or not isinstance(head, CountCommand):
            return 0
        for _ in range(head.count):
            walk.take(listed)
        return head.count if number != Command.SUBNETMASK else 0
