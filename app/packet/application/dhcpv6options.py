"""The options of DHCPv6, each a tuple of pieces; options may hold options (RFC 8415, section 21 and later).

What is not in the table is shown as bytes under IANA's name.
"""

from app.packet.application.dhcp import Architecture
from app.packet.application.dhcpv6 import MessageType, OptionCode, StatusCode
from app.packet.application.dhcpv6transition import TRANSITION_OPTIONS
from app.packet.application.duid import DUID6
from app.packet.application.name import domains, partial_domain
from app.packet.application.options6 import options
from app.packet.application.pieces import (
    Message,
    Piece,
    address6,
    branch,
    counted,
    each,
    hardware,
    head,
    number,
    octets,
    read_pieces,
    text,
    under,
)
from app.packet.dissection import Part
from app.packet.layout import Group, Header, flag, header, unsigned

NAME_FLAGS = Group("dhcpv6.client_fqdn_flags", "flags")
FOREVER = 0xFFFFFFFF


@header("dhcpv6.clientfqdn", "client FQDN", "RFC 4704, section 4.1")
class ClientName(Header):
    """Who updates DNS."""

    reserved: int = unsigned(5, group=NAME_FLAGS, default=0)
    no_update: int = flag("server updates nothing", name="dhcpv6.clientfqdn.client.n", group=NAME_FLAGS, default=0)
    override: int = flag("server overrides", name="dhcpv6.clientfqdn.server.o", group=NAME_FLAGS, default=0)
    server: int = flag("server updates AAAA", name="dhcpv6.clientfqdn.client.s", group=NAME_FLAGS, default=0)


@header("dhcpv6.clientfqdn", "client FQDN", "RFC 4704, section 4.1")
class ClientNameAnswer(ClientName):
    """The same as a server answers."""

    no_update: int = flag("server updates nothing", name="dhcpv6.clientfqdn.server.n", group=NAME_FLAGS, default=0)
    server: int = flag("server updates AAAA", name="dhcpv6.clientfqdn.server.s", group=NAME_FLAGS, default=0)


def _lifetime(seconds: int) -> str:
    return "forever" if seconds == FOREVER else f"{seconds} s"


def _servers(name: str) -> tuple[Piece, ...]:
    return (each(address6(f"dhcpv6.{name}", "address")),)


def _seconds(name: str, label: str, size: int = 4) -> Piece:
    return number(f"dhcpv6.{name}", label, size, words=_lifetime)


def _names(name: str, title: str) -> tuple[Piece, ...]:
    return (domains(f"dhcpv6.{name}", "domain", f"dhcpv6.{name}s", title),)


def _counted_text(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
    """Vendor classes, each behind a length of two bytes."""
    return each(counted("dhcpv6.vendorclass.length", text("dhcpv6.vendorclass.data", "class"), 2))(message, at, stop)


def _user_classes(message: Message, at: int, stop: int) -> tuple[list[Part], int]:
    """User classes, each under a heading behind its length."""
    parts: list[Part] = []
    while at + 2 <= stop and message.left > 0:
        end = at + 2 + int.from_bytes(message.data[at : at + 2], "big")
        if end > stop:
            break
        value = counted("dhcpv6.userclass.length", octets("dhcpv6.userclass.opaque_data", "class"), 2)
        inner = read_pieces(message, (value,), at, end, "dhcpv6.userclass.opaque_data")
        parts.append(branch("dhcpv6.userclass", "user class", at, end, inner))
        message.left -= 1
        at = end
    return parts, at


def _tlvs(prefix: str, title: str, values: dict[int, Piece], names: tuple[str, str, str]) -> Piece:
    """Suboptions of two bytes type and two bytes length, each under a heading."""
    kind, length, rest = (f"{prefix}.{name}" for name in names)
    fixed = (number(kind, "suboption", 2), number(length, "length", 2))

    def read(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
        end = at + 4 + int.from_bytes(message.data[at + 2 : at + 4], "big")
        if at + 4 > stop or end > stop:
            return None
        value = values.get(int.from_bytes(message.data[at : at + 2], "big"), octets(rest, "value"))
        return under(prefix, title, *fixed, value, rest=rest)(message, at, end)

    return each(read)


def _client_name(message: Message, at: int, stop: int) -> tuple[list[Part], int]:
    """Flags, whose names differ by who sends them, and a name."""
    is_answer = message.data[message.start] in (MessageType.ADVERTISE, MessageType.REPLY)
    pieces = (
        head(ClientNameAnswer if is_answer else ClientName),
        partial_domain("dhcpv6.client_domain", "client name"),
    )
    return read_pieces(message, pieces, at, stop, "dhcpv6.client_domain"), stop


def _vendor_options() -> Piece:
    names = ("option_code", "option_length", "option_data")
    return _tlvs("dhcpv6.vendoropts.enterprise", "vendor option", {}, names)


_NTP: dict[int, Piece] = {
    1: address6("dhcpv6.ntpserver.addr", "server"),
    2: address6("dhcpv6.ntpserver.mc_addr", "multicast group"),
    3: domains("dhcpv6.ntpserver.fqdn", "server"),
}
_IA = (
    octets("dhcpv6.iaid", "IAID", 4),
    _seconds("iaid.t1", "T1"),
    _seconds("iaid.t2", "T2"),
    options,
)
_IAADDR = (
    address6("dhcpv6.iaaddr.ip", "address"),
    _seconds("iaaddr.pref_lifetime", "preferred lifetime"),
    _seconds("iaaddr.valid_lifetime", "valid lifetime"),
    options,
)
_IAPREFIX = (
    _seconds("iaprefix.pref_lifetime", "preferred lifetime"),
    _seconds("iaprefix.valid_lifetime", "valid lifetime"),
    number("dhcpv6.iaprefix.pref_len", "prefix length", 1, unit="bits"),
    address6("dhcpv6.iaprefix.pref_addr", "prefix"),
    options,
)
_AUTH = (
    number("dhcpv6.auth.protocol", "protocol", 1),
    number("dhcpv6.auth.algorithm", "algorithm", 1),
    number("dhcpv6.auth.rdm", "replay detection method", 1),
    octets("dhcpv6.auth.replay_detection", "replay detection", 8),
    octets("dhcpv6.auth.info", "information"),
)
_REQUESTED = (each(number("dhcpv6.requested_option_code", "asks for", 2, registry=OptionCode)),)
_REMOTE = (
    number("dhcpv6.remoteid.enterprise", "enterprise", 4),
    octets("dhcpv6.remoteid_enterprise_id", "remote"),
)
_QUERY = (
    number("dhcpv6.lq_query", "query type", 1),
    address6("dhcpv6.lq_query_link_address", "link address"),
    options,
)
_INTERFACE = (
    number("dhcpv6.nii.type", "type", 1),
    number("dhcpv6.nii.major", "major version", 1),
    number("dhcpv6.nii.minor", "minor version", 1),
)

DHCPV6_OPTIONS: dict[int, tuple[Piece, ...]] = {
    1: (under("dhcpv6.duid.bytes", "DUID", DUID6),),
    2: (under("dhcpv6.duid.bytes", "DUID", DUID6),),
    3: _IA,
    4: (octets("dhcpv6.iata", "IAID", 4), options),
    5: _IAADDR,
    6: _REQUESTED,
    7: (number("dhcpv6.option_preference", "preference", 1),),
    8: (number("dhcpv6.elapsed_time", "elapsed time", 2, unit="times 10 ms"),),
    11: _AUTH,
    12: (address6("dhcpv6.unicast", "server"),),
    13: (
        number("dhcpv6.status_code", "status", 2, registry=StatusCode),
        text("dhcpv6.status_msg", "message"),
    ),
    15: (_user_classes,),
    16: (number("dhcpv6.vendorclass.enterprise", "enterprise", 4), _counted_text),
    17: (number("dhcpv6.vendoropts.enterprise", "enterprise", 4), _vendor_options()),
    18: (octets("dhcpv6.interface_id", "interface"),),
    19: (number("dhcpv6.reconf_msg", "message", 1, registry=MessageType),),
    21: _names("sip_server_domain_search_fqdn", "SIP servers"),
    22: _servers("sip_server_a"),
    23: _servers("dns_server"),
    24: _names("search_list_entry", "search list"),
    25: _IA,
    26: _IAPREFIX,
    27: _servers("nis_server"),
    28: _servers("nisp_server"),
    29: _names("nis_fqdn", "NIS domain"),
    30: _names("nisp_fqdn", "NIS+ domain"),
    31: _servers("sntp_server"),
    32: (_seconds("lifetime", "lifetime"),),
    33: _names("bcmcs_server_fqdn", "servers"),
    34: _servers("bcmcs_server_a"),
    37: _REMOTE,
    38: (text("dhcpv6.subscriber_id", "subscriber"),),
    39: (_client_name,),
    40: _servers("pana_agent"),
    41: (text("dhcpv6.timezone", "time zone"),),
    42: (text("dhcpv6.tzdb", "time zone"),),
    43: _REQUESTED,
    44: _QUERY,
    45: (options,),
    46: (_seconds("clt_time", "since the last transaction"),),
    47: (
        address6("dhcpv6.lq_relay_data_peer_addr", "peer address"),
        octets("dhcpv6.lq_relay_data_msg", "message"),
    ),
    48: _servers("lq_client_link"),
    52: _servers("capwap_ac_v6"),
    53: (under("dhcpv6.duid.bytes", "DUID", DUID6),),
    56: (_tlvs("dhcpv6.ntpserver", "NTP server", _NTP, ("option.type", "option.length", "option.data")),),
    59: (text("dhcpv6.bootfile_url", "URL"),),
    60: (each(counted("dhcpv6.bootfile_param.length", text("dhcpv6.bootfile_param", "parameter"), 2)),),
    61: (each(number("dhcpv6.client_arch_type", "architecture", 2, registry=Architecture)),),
    62: _INTERFACE,
    64: (partial_domain("dhcpv6.aftr_name", "name"),),
    66: (options,),
    67: (
        number("dhcpv6.pd_exclude.pref_len", "prefix length", 1, unit="bits"),
        octets("dhcpv6.pd_exclude.subnet_id", "subnet"),
    ),
    79: (
        number("dhcpv6.client_linklayer.hwtype", "hardware type", 2),
        hardware("dhcpv6.client_linklayer.addr", "link-layer address"),
    ),
    82: (_seconds("sol_max_rt", "longest retransmission time"),),
    83: (_seconds("inf_max_rt", "longest retransmission time"),),
    88: _servers("dhcp4o6_server"),
    103: (text("dhcpv6.captive_portal", "URI"),),
    112: (text("dhcpv6.mudurl", "URL"),),
    135: (number("dhcpv6.relay_port", "port", 2),),
    **TRANSITION_OPTIONS,
}
