"""The options of DHCP, each a tuple of pieces (RFC 2132 and those that came later).

https://www.iana.org/assignments/bootp-dhcp-parameters. What is not in the table is shown as bytes under IANA's name.
"""

from app.packet.application.dhcp import Architecture, HardwareType, MessageType, NodeType, OptionCode, Overload
from app.packet.application.dhcprelay import RELAY_OPTIONS
from app.packet.application.dhcpvendor import ISNS
from app.packet.application.duid import DUID4
from app.packet.application.location import CIVIC_LOCATION, COORDINATES
from app.packet.application.name import domain, domains, partial_domain
from app.packet.application.pieces import (
    Message,
    Piece,
    address4,
    address6,
    branch,
    counted,
    each,
    hardware,
    head,
    moment,
    named_field,
    number,
    octets,
    read_pieces,
    text,
)
from app.packet.dissection import Part
from app.packet.layout import Group, Header, Span, flag, header, unsigned
from app.packet.registry import Registry

_OPTION = "dhcp.option"
NAME_FLAGS = Group("dhcp.fqdn.flags", "flags")
SELECTION = Group("dhcp.option.rdnss.flags", "flags")


@header("dhcp.fqdn", "client FQDN", "RFC 4702, section 2")
class ClientName(Header):
    """Who updates DNS, and the two results that no longer mean anything."""

    reserved: int = unsigned(4, name="dhcp.fqdn.mbz", group=NAME_FLAGS, default=0)
    no_update: int = flag("server updates nothing", name="dhcp.fqdn.n", group=NAME_FLAGS, default=0)
    encoded: int = flag("name is encoded as in DNS", name="dhcp.fqdn.e", group=NAME_FLAGS, default=0)
    override: int = flag("server overrides", name="dhcp.fqdn.o", group=NAME_FLAGS, default=0)
    server: int = flag("server updates A", name="dhcp.fqdn.s", group=NAME_FLAGS, default=0)
    forward: int = unsigned(8, "A result", name="dhcp.fqdn.rcode1", default=0)
    reverse: int = unsigned(8, "PTR result", name="dhcp.fqdn.rcode2", default=0)


@header("dhcp.option.rdnss", "DNS server selection", "RFC 6731, section 4.3")
class ServerSelection(Header):
    """How much these servers are preferred."""

    reserved: int = unsigned(6, default=0)
    preference: int = unsigned(2, default=0)


def _servers(name: str) -> tuple[Piece, ...]:
    return (each(address4(f"{_OPTION}.{name}", "address")),)


def _address(name: str) -> tuple[Piece, ...]:
    return (address4(f"{_OPTION}.{name}", "address"),)


def _text(name: str, label: str = "text") -> tuple[Piece, ...]:
    return (text(f"{_OPTION}.{name}", label),)


def _number(name: str, size: int, unit: str = "", registry: type[Registry] | None = None) -> tuple[Piece, ...]:
    return (number(f"{_OPTION}.{name}", "value", size, unit=unit, registry=registry),)


def _switch(name: str) -> tuple[Piece, ...]:
    return (number(f"{_OPTION}.{name}", "value", 1, words=lambda value: "on" if value else "off"),)


def _signed(value: int) -> str:
    return f"{value - (1 << 32) if value >> 31 else value} s"


def _pairs(first: tuple[str, str], second: tuple[str, str]) -> tuple[Piece, ...]:
    return (each(address4(f"{_OPTION}.{first[0]}", first[1]), address4(f"{_OPTION}.{second[0]}", second[1])),)


_HARDWARE_ID = (
    number("dhcp.hw.type", "hardware type", 1, registry=HardwareType),
    hardware("dhcp.hw.mac_addr", "hardware address"),
)
_NODE_ID = (
    number("dhcp.client_id.type", "type", 1),
    octets("dhcp.client_id.iaid", "IAID", 4),
    DUID4,
)
_OTHER_ID = (number("dhcp.client_id.type", "type", 1), text("dhcp.client_id.undef", "identifier"))


def _client_identifier(message: Message, at: int, stop: int) -> tuple[list[Part], int]:
    """A hardware address, or IAID and DUID (RFC 4361, section 6.1), or what the client likes."""
    kind = message.data[at] if at < stop else 0
    if kind == 255 and stop - at > 7:
        pieces: tuple[Piece, ...] = _NODE_ID
    elif stop - at == 7 and 0 < kind < 48:
        pieces = _HARDWARE_ID
    else:
        pieces = _OTHER_ID
    return read_pieces(message, pieces, at, stop, "dhcp.client_id.undef"), stop


def _user_class(message: Message, at: int, stop: int) -> tuple[list[Part], int]:
    """Counted classes (RFC 3004, section 4), or plain text, which many clients send instead."""
    counts = at
    while counts < stop and message.data[counts]:
        counts += 1 + message.data[counts]
    if counts != stop:
        return read_pieces(message, _text("user_class.text"), at, stop, "dhcp.option.user_class.text"), stop
    parts: list[Part] = []
    while at < stop and message.left > 0:
        end = at + 1 + message.data[at]
        value = octets("dhcp.option.user_class.data", "class")
        inner = read_pieces(message, (counted(f"{_OPTION}.user_class.length", value),), at, end, _OPTION)
        one = branch(f"{_OPTION}.user_class", "user class", at, end, inner)
        parts.append(one)
        at = end
    return parts, stop


def _route(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
    """A classless static route: the bits that count of a destination, and a router (RFC 3442)."""
    bits = message.data[at] if at < stop else 33
    size = (bits + 7) // 8
    end = at + 5 + size
    if bits > 32 or end > stop:
        return None
    network = ".".join(str(byte) for byte in message.data[at + 1 : at + 1 + size].ljust(4, b"\0"))
    router = ".".join(str(byte) for byte in message.data[end - 4 : end])
    field = named_field("dhcp.option.classless_static_route", "route", end - at, kind="octets")
    return [Span(field, at * 8, end * 8, f"{network}/{bits} via {router}")], end


def _fqdn(message: Message, at: int, stop: int) -> tuple[list[Part], int]:
    """The client's name, as in DNS where the E flag three bytes before says so, else as text."""
    is_encoded = message.data[at - 3] & 4
    piece = partial_domain("dhcp.fqdn.name", "client name") if is_encoded else text("dhcp.fqdn.name", "client name")
    return read_pieces(message, (piece,), at, stop, "dhcp.fqdn.name"), stop


_SIP = {
    0: domains("dhcp.option.sip_server.name", "server"),
    1: each(address4("dhcp.option.sip_server.address", "server")),
}


def _sip(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
    """Names or addresses, as the byte before says (RFC 3361, section 3)."""
    return _SIP.get(message.data[at - 1], octets("dhcp.option.value", "value"))(message, at, stop)


def _authentication(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
    """RFC 3118, section 2: protocol, algorithm, replay detection and what the protocol makes of the rest."""
    kind = f"{_OPTION}.dhcp_authentication"
    is_delayed = message.data[at : at + 1] == b"\1"
    pieces: tuple[Piece, ...] = (
        number(f"{kind}.protocol", "protocol", 1),
        number(f"{kind}.alg_delay" if is_delayed else f"{kind}.algorithm", "algorithm", 1),
        number(f"{kind}.rdm", "replay detection method", 1),
        number(f"{kind}.rdm_replay_detection", "replay detection", 8, style="hex"),
    )
    if is_delayed and stop - at >= 31:
        pieces += (number(f"{kind}.secret_id", "secret", 4), octets(f"{kind}.hmac_md5_hash", "HMAC"))
    return read_pieces(
        message, (*pieces, octets(f"{kind}.information", "information")), at, stop, "dhcp.option.value"
    ), stop


_VENDOR_CLASS = each(
    number(f"{_OPTION}.vi_class.enterprise", "enterprise", 4),
    counted(f"{_OPTION}.vi_class.length", text(f"{_OPTION}.vi_class.data", "class")),
)
_VENDOR_OPTIONS = each(
    number(f"{_OPTION}.vi.enterprise", "enterprise", 4),
    counted(f"{_OPTION}.vi.length", octets(f"{_OPTION}.vi.value", "value")),
)
_SIX_RD = (
    number(f"{_OPTION}.6RD.ipv4_mask_len", "IPv4 mask length", 1),
    number(f"{_OPTION}.6RD.prefix_len", "6rd prefix length", 1),
    address6(f"{_OPTION}.6RD.prefix", "6rd prefix"),
    each(address4(f"{_OPTION}.6RD.border_relay_ip", "border relay")),
)
_SELECTION = (
    head(ServerSelection),
    address4(f"{_OPTION}.rdnss.primary_dns", "primary server"),
    address4(f"{_OPTION}.rdnss.secondary_dns", "secondary server"),
    domains(f"{_OPTION}.rdnss.domain", "domain"),
)
_PORTS = (
    number(f"{_OPTION}.portparams.offset", "offset", 1),
    number(f"{_OPTION}.portparams.psid_length", "PSID length", 1),
    octets(f"{_OPTION}.portparams.psid", "PSID"),
)
_INTERFACE = (
    number("dhcp.client_network_id_type", "type", 1),
    number("dhcp.client_network_id_major", "major version", 1),
    number("dhcp.client_network_id_minor", "minor version", 1),
)
_SEARCH = (
    number(f"{_OPTION}.slp_service_scope.value", "mandatory", 1),
    text(f"{_OPTION}.slp_service_scope.string", "scopes"),
)
_AGENTS = (
    number(f"{_OPTION}.slp_directory_agent.value", "mandatory", 1),
    each(address4(f"{_OPTION}.slp_directory_agent.slpda_address", "agent")),
)
_STATUS = (
    number(f"{_OPTION}.bulk_lease.status_code", "status", 1),
    text(f"{_OPTION}.bulk_lease.status_code_message", "message"),
)


def _time(name: str) -> tuple[Piece, ...]:
    return (number(f"{_OPTION}.bulk_lease.{name}", "time", 4, words=moment),)


DHCP_OPTIONS: dict[int, tuple[Piece, ...]] = {
    1: _address("subnet_mask"),
    2: (number(f"{_OPTION}.time_offset", "offset", 4, words=_signed),),
    3: _servers("router"),
    4: _servers("time_server"),
    5: _servers("name_server"),
    6: _servers("domain_name_server"),
    7: _servers("log_server"),
    8: _servers("quotes_server"),
    9: _servers("lpr_server"),
    10: _servers("impress_server"),
    11: _servers("resource_location_server"),
    12: _text("hostname"),
    13: _number("boot_file_size", 2, "times 512 bytes"),
    14: _text("merit_dump_file"),
    15: _text("domain_name"),
    16: _address("swap_server"),
    17: _text("root_path"),
    18: _text("extension_path"),
    19: _switch("ip_forwarding"),
    20: _switch("non_local_source_routing"),
    21: _pairs(("policy_filter.ip", "destination"), ("policy_filter.subnet_mask", "mask")),
    22: _number("max_datagram_reassembly_size", 2, "bytes"),
    23: _number("default_ip_ttl", 1),
    24: _number("path_mtu_aging_timeout", 4, "s"),
    25: (each(number(f"{_OPTION}.path_mtu_plateau_table_item", "MTU", 2)),),
    26: _number("interface_mtu", 2, "bytes"),
    27: _switch("all_subnets_are_local"),
    28: _address("broadcast_address"),
    29: _switch("perform_mask_discovery"),
    30: _switch("mask_supplier"),
    31: _switch("perform_router_discover"),
    32: _address("router_solicitation_address"),
    33: _pairs(("static_route.ip", "destination"), ("static_route.router", "router")),
    34: _switch("trailer_encapsulation"),
    35: _number("arp_cache_timeout", 4, "s"),
    36: _switch("ethernet_encapsulation"),
    37: _number("tcp_default_ttl", 1),
    38: _number("tcp_keepalive_interval", 4, "s"),
    39: _switch("tcp_keepalive_garbage"),
    40: _text("nis_domain"),
    41: _servers("nis_server"),
    42: _servers("ntp_server"),
    43: (octets(f"{_OPTION}.vendor.value", "value"),),
    44: _servers("netbios_over_tcpip_name_server"),
    45: _servers("netbios_over_tcpip_dd_name_server"),
    46: _number("netbios_over_tcpip_node_type", 1, registry=NodeType),
    47: _text("netbios_over_tcpip_scope"),
    48: _servers("xwindows_system_font_server"),
    49: _servers("xwindows_system_display_manager"),
    50: _address("requested_ip_address"),
    51: _number("ip_address_lease_time", 4, "s"),
    52: _number("option_overload", 1, registry=Overload),
    53: _number("dhcp", 1, registry=MessageType),
    54: _address("dhcp_server_id"),
    55: (each(number(f"{_OPTION}.request_list_item", "asks for", 1, registry=OptionCode)),),
    56: _text("message"),
    57: _number("dhcp_max_message_size", 2, "bytes"),
    58: _number("renewal_time_value", 4, "s"),
    59: _number("rebinding_time_value", 4, "s"),
    60: _text("vendor_class_id"),
    61: (_client_identifier,),
    62: _text("novell_netware_ip_domain"),
    64: _text("nis_plus_domain"),
    65: _servers("nis_plus_server"),
    66: _text("tftp_server_name"),
    67: _text("bootfile_name"),
    68: _servers("mobile_ip_home_agent"),
    69: _servers("smtp_server"),
    70: _servers("pop3_server"),
    71: _servers("nntp_server"),
    72: _servers("default_www_server"),
    73: _servers("default_finger_server"),
    74: _servers("default_irc_server"),
    75: _servers("streettalk_server"),
    76: _servers("streettalk_da_server"),
    77: (_user_class,),
    78: _AGENTS,
    79: _SEARCH,
    80: (),
    81: (head(ClientName), _fqdn),
    82: RELAY_OPTIONS,
    83: ISNS,
    85: _servers("novell_dss.ip"),
    86: _text("novell_ds_tree_name"),
    87: _text("novell_ds_context"),
    88: (domains(f"{_OPTION}.value", "server"),),
    89: _servers("value.address"),
    90: (_authentication,),
    91: _number("client_last_transaction_time", 4, "s"),
    92: _servers("associated_ip_option"),
    93: (each(number(f"{_OPTION}.client_system_architecture", "architecture", 2, registry=Architecture)),),
    94: _INTERFACE,
    97: (number("dhcp.client_id.uuid_type", "type", 1), octets("dhcp.client_id.uuid", "UUID")),
    99: CIVIC_LOCATION,
    100: _text("tz_pcode"),
    101: _text("tz_tcode"),
    108: _number("value", 4, "s"),
    112: _servers("netinfo_parent_server_address"),
    113: _text("netinfo_parent_server_tag"),
    114: _text("captive_portal"),
    116: _switch("dhcp_auto_configuration"),
    117: (each(number(f"{_OPTION}.dhcp_name_service_search_option", "service", 2, registry=OptionCode)),),
    118: _address("subnet_selection_option"),
    119: (domains(f"{_OPTION}.dhcp_dns_domain_search_list_fqdn", "domain"),),
    120: (number(f"{_OPTION}.sip_server.encoding", "encoding", 1), _sip),
    121: (each(_route),),
    123: COORDINATES,
    124: (_VENDOR_CLASS,),
    125: (_VENDOR_OPTIONS,),
    136: _servers("pana_agent"),
    137: (domain(f"{_OPTION}.lost_server_domain_name", "server"),),
    138: _servers("capwap_access_controller"),
    142: _servers("andsf_server"),
    145: (each(number(f"{_OPTION}.forcerenew_nonce.algorithm", "algorithm", 1)),),
    146: _SELECTION,
    150: _servers("tftp_server_address"),
    151: _STATUS,
    152: _time("base_time"),
    153: _number("bulk_lease.start_time_of_state", 4, "s"),
    154: _time("query_start_time"),
    155: _time("query_end_time"),
    156: _number("bulk_lease.dhcp_state", 1),
    157: _switch("bulk_lease.data_source"),
    158: (each(counted(f"{_OPTION}.pcp.list_length", each(address4(f"{_OPTION}.pcp.server", "server")))),),
    159: _PORTS,
    160: _text("captive_portal"),
    161: _text("mudurl"),
    209: _text("pxe_config_file"),
    210: _text("pxe_path_prefix"),
    211: _number("value", 4, "s"),
    212: _SIX_RD,
    249: (each(_route),),
    252: _text("private_proxy_autodiscovery"),
}
