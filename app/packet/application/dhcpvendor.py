"""Vendor options of DHCP that many networks carry: those of PXE, and iSNS (RFC 4174)."""

from app.packet.application.pieces import (
    Message,
    Piece,
    address4,
    branch,
    counted,
    each,
    head,
    number,
    octets,
    read_pieces,
    text,
    under,
)
from app.packet.dissection import Part
from app.packet.layout import Group, Header, flag, header, unsigned

_PXE = "dhcp.option.vendor.pxeclient"
_ISNS = "dhcp.option.isns"
CONTROL = Group(f"{_PXE}.discovery_control", "discovery control")
FUNCTIONS = Group(f"{_ISNS}.functions", "functions")
ACCESS = Group(f"{_ISNS}.discovery_domain_access", "discovery domain access")
ADMINISTRATION = Group(f"{_ISNS}.administrative_flags", "administrative flags")
SECURITY = Group(f"{_ISNS}.server_security_bitmap", "server security")


@header(_PXE, "discovery control", "PXE 2.1, table 2-1")
class DiscoveryControl(Header):
    """How a boot client may look for boot servers."""

    reserved: int = unsigned(4, name=f"{CONTROL.name}.reserved", group=CONTROL, default=0)
    download: int = flag("boot file without prompt", name=f"{CONTROL.name}.bstrap", group=CONTROL, default=0)
    listed: int = flag("listed servers only", name=f"{CONTROL.name}.serverlist", group=CONTROL, default=0)
    no_multicast: int = flag("no multicast", name=f"{CONTROL.name}.multicast", group=CONTROL, default=0)
    no_broadcast: int = flag("no broadcast", name=f"{CONTROL.name}.broadcast", group=CONTROL, default=0)


@header(_ISNS, "iSNS", "RFC 4174, section 2")
class Isns(Header):
    """What a name server of storage offers."""

    functions_reserved: int = unsigned(13, "reserved", name=f"{FUNCTIONS.name}.reserved", group=FUNCTIONS, default=0)
    policies: int = flag(
        "security policies", name=f"{FUNCTIONS.name}.sec_policy_distribution", group=FUNCTIONS, default=0
    )
    authorization: int = flag("by domain", name=f"{FUNCTIONS.name}.dd_base_authorization", group=FUNCTIONS, default=0)
    functions_enabled: int = flag("enabled", name=f"{FUNCTIONS.name}.enabled", group=FUNCTIONS, default=0)
    access_reserved: int = unsigned(10, "reserved", name=f"{ACCESS.name}.reserved", group=ACCESS, default=0)
    ifcp_initiator: int = flag("iFCP initiator", name=f"{ACCESS.name}.initiator_target_port", group=ACCESS, default=0)
    ifcp_target: int = flag("iFCP target", name=f"{ACCESS.name}.ifcp_target_port", group=ACCESS, default=0)
    iscsi_initiator: int = flag("iSCSI initiator", name=f"{ACCESS.name}.iscsi_initiator", group=ACCESS, default=0)
    iscsi_target: int = flag("iSCSI target", name=f"{ACCESS.name}.iscsi_target", group=ACCESS, default=0)
    control_node: int = flag(name=f"{ACCESS.name}_control.node", group=ACCESS, default=0)
    access_enabled: int = flag("enabled", name=f"{ACCESS.name}.enabled", group=ACCESS, default=0)
    flags_reserved: int = unsigned(
        12, "reserved", name=f"{ADMINISTRATION.name}.reserved", group=ADMINISTRATION, default=0
    )
    default_domain: int = flag(name=f"{ADMINISTRATION.name}.default_discovery_domain", group=ADMINISTRATION, default=0)
    management: int = flag(name=f"{ADMINISTRATION.name}.management_scns", group=ADMINISTRATION, default=0)
    heartbeat: int = flag(name=f"{ADMINISTRATION.name}.heartbeat", group=ADMINISTRATION, default=0)
    flags_enabled: int = flag("enabled", name=f"{ADMINISTRATION.name}.enabled", group=ADMINISTRATION, default=0)
    unused: int = unsigned(16, "reserved", name=f"{SECURITY.name}.reserved_first", group=SECURITY, default=0)
    security_reserved: int = unsigned(9, "reserved", name=f"{SECURITY.name}.reserved", group=SECURITY, default=0)
    tunnel: int = flag("tunnel mode", name=f"{SECURITY.name}.tunnel_mode", group=SECURITY, default=0)
    transport: int = flag("transport mode", name=f"{SECURITY.name}.transport_mode", group=SECURITY, default=0)
    forward_secrecy: int = flag(name=f"{SECURITY.name}.pfs", group=SECURITY, default=0)
    aggressive: int = flag("aggressive mode", name=f"{SECURITY.name}.aggressive_mode", group=SECURITY, default=0)
    main: int = flag("main mode", name=f"{SECURITY.name}.main_mode", group=SECURITY, default=0)
    ipsec: int = flag("IKE and IPsec", name=f"{SECURITY.name}.ike_ipsec_enabled", group=SECURITY, default=0)
    security_enabled: int = flag("enabled", name=f"{SECURITY.name}.enabled", group=SECURITY, default=0)


ISNS: tuple[Piece, ...] = (
    head(Isns),
    address4(f"{_ISNS}.primary_server_addr", "primary server"),
    each(address4(f"{_ISNS}.secondary_server_addr", "other server")),
)

_SERVER = address4(f"{_PXE}.boot_servers.ip", "server")
_SERVERS_HEAD = (
    number(f"{_PXE}.boot_servers.type", "type", 2),
    number(f"{_PXE}.boot_servers.count", "servers", 1),
)


def _boot_servers(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
    """The servers of one type, as many as the count says."""
    end = at + 3 + 4 * message.data[at + 2] if at + 3 <= stop else stop + 1
    if end > stop:
        return None
    return read_pieces(message, (*_SERVERS_HEAD, each(_SERVER)), at, end, f"{_PXE}.boot_servers"), end


_PXE_VALUES: dict[int, Piece] = {
    1: address4(f"{_PXE}.mtftp_ip", "address"),
    2: number(f"{_PXE}.mtftp_client_port", "port", 2),
    3: number(f"{_PXE}.mtftp_server_port", "port", 2),
    4: number(f"{_PXE}.mtftp_timeout", "timeout", 1, unit="s"),
    5: number(f"{_PXE}.mtftp_delay", "delay", 1, unit="s"),
    6: head(DiscoveryControl),
    7: address4(f"{_PXE}.multicast_address", "address"),
    8: under(f"{_PXE}.boot_servers", "servers", each(_boot_servers)),
    9: under(
        f"{_PXE}.boot_menu",
        "menu",
        each(
            number(f"{_PXE}.boot_menu.type", "type", 2),
            counted(f"{_PXE}.boot_menu.length", text(f"{_PXE}.boot_menu.desc", "entry")),
        ),
    ),
    10: under(
        f"{_PXE}.menu_prompt",
        "prompt",
        number(f"{_PXE}.menu_prompt.timeout", "timeout", 1, unit="s"),
        text(f"{_PXE}.menu_prompt.prompt", "prompt"),
    ),
    71: under(
        f"{_PXE}.boot_item",
        "item",
        number(f"{_PXE}.boot_item.type", "type", 2),
        octets(f"{_PXE}.boot_item.layer", "layer"),
    ),
}
_HEAD = (number("dhcp.option.suboption_code", "suboption", 1), number("dhcp.option.suboption_length", "length", 1))
_END = (number(f"{_PXE}.end", "end", 1),)
_REST = f"{_PXE}.padding"


def _pxe(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
    """One suboption; 255 ends them."""
    if at < stop and message.data[at] == 255:
        return read_pieces(message, (*_END, octets(_REST, "padding")), at, stop, _REST), stop
    if at + 2 > stop or at + 2 + message.data[at + 1] > stop:
        return None
    end = at + 2 + message.data[at + 1]
    parts = read_pieces(message, _HEAD, at, at + 2, _REST)
    value = _PXE_VALUES.get(message.data[at], octets("dhcp.option.vendor.value", "value"))
    parts += read_pieces(message, (value,), at + 2, end, "dhcp.option.vendor.value")
    return [branch(f"{_PXE}.suboption", "suboption", at, end, parts)], end


PXE_OPTIONS: tuple[Piece, ...] = (each(_pxe),)
#: What the class of a client that boots by PXE starts with.
PXE_CLASS = b"PXEClient"
