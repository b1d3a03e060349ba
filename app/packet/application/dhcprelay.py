"""What relay agents add to DHCP messages: the suboptions of option 82 (RFC 3046 and those that came later).

https://www.iana.org/assignments/bootp-dhcp-parameters (DHCP Relay Agent Sub-Option Codes)
"""

from app.packet.application.pieces import (
    Message,
    Piece,
    address4,
    branch,
    counted,
    each,
    number,
    octets,
    read_pieces,
    text,
)
from app.packet.dissection import Part
from app.packet.registry import Registry

_AGENT = "dhcp.option.agent_information_option"


class RelaySuboption(Registry):
    """https://www.iana.org/assignments/bootp-dhcp-parameters (DHCP Relay Agent Sub-Option Codes)"""

    AGENT_CIRCUIT_ID = 1
    AGENT_REMOTE_ID = 2
    DOCSIS_DEVICE_CLASS = 4
    LINK_SELECTION = 5
    SUBSCRIBER_ID = 6
    RADIUS_ATTRIBUTES = 7
    AUTHENTICATION = 8
    VENDOR_SPECIFIC_INFORMATION = 9
    RELAY_AGENT_FLAGS = 10
    SERVER_IDENTIFIER_OVERRIDE = 11
    RELAY_AGENT_IDENTIFIER = 12
    ACCESS_TECHNOLOGY_TYPE = 13
    ACCESS_NETWORK_NAME = 14
    ACCESS_POINT_NAME = 15
    ACCESS_POINT_BSSID = 16
    OPERATOR_IDENTIFIER = 17
    OPERATOR_REALM = 18
    RELAY_SOURCE_PORT = 19
    VIRTUAL_SUBNET_SELECTION = 151
    VIRTUAL_SUBNET_SELECTION_CONTROL = 152


_SUBOPTIONS: dict[int, Piece] = {
    1: octets(f"{_AGENT}.agent_circuit_id", "circuit"),
    2: octets(f"{_AGENT}.agent_remote_id", "remote"),
    4: number(f"{_AGENT}.docsis_device_class", "class", 4, style="hex"),
    5: address4(f"{_AGENT}.link_selection", "address"),
    6: text(f"{_AGENT}.subscriber_id", "subscriber"),
    7: octets(f"{_AGENT}.radius_attributes", "attributes"),
    8: octets(f"{_AGENT}.authentication", "authentication"),
    9: each(
        number(f"{_AGENT}.vi.enterprise", "enterprise", 4),
        counted(f"{_AGENT}.vi.data_length", octets(f"{_AGENT}.value", "value")),
    ),
    10: number(f"{_AGENT}.flags", "flags", 1, style="hex"),
    11: address4(f"{_AGENT}.server_id_override", "server"),
    12: octets(f"{_AGENT}.relay_agent_id", "identifier"),
    13: number(f"{_AGENT}.ani_att", "access technology", 2),
    14: text(f"{_AGENT}.ani_network_name", "network"),
    15: text(f"{_AGENT}.ani_ap_name", "access point"),
    16: octets(f"{_AGENT}.ani_ap_bssid", "BSSID"),
    17: octets(f"{_AGENT}.ani_operator_id", "operator"),
    18: text(f"{_AGENT}.ani_operator_realm", "realm"),
    150: address4(f"{_AGENT}.link_selection_cisco", "address"),
    152: address4(f"{_AGENT}.server_id_override_cisco", "server"),
}
_HEAD = (
    number(f"{_AGENT}.suboption", "suboption", 1, registry=RelaySuboption),
    number("dhcp.option.suboption_length", "length", 1),
)


def _network(message: Message, at: int, stop: int) -> tuple[list[Part], int]:
    """Which virtual network the client is in: by name, by VPN identifier, or the global one (RFC 6607, section 3.1)."""
    if at == stop:
        return [], stop
    kinds: dict[int, Piece] = {
        0: text(f"{_AGENT}.vrf_name", "VRF name"),
        1: octets(f"{_AGENT}.vrf_name.vpn_id", "VPN identifier"),
        255: octets(f"{_AGENT}.vrf_name.global", "global"),
    }
    kind = number(f"{_AGENT}.vrf_name.type", "type", 1)
    rest = kinds.get(message.data[at], octets(f"{_AGENT}.value", "value"))
    parts = read_pieces(message, (kind, rest), at, stop, f"{_AGENT}.value")
    return [branch(f"{_AGENT}.vrf_name", "virtual network", at, stop, parts)], stop


_SUBOPTIONS[151] = _network


def _suboption(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
    """Code, length, value."""
    if at + 2 > stop or at + 2 + message.data[at + 1] > stop:
        return None
    end = at + 2 + message.data[at + 1]
    code = RelaySuboption(message.data[at])
    parts = read_pieces(message, _HEAD, at, at + 2, f"{_AGENT}.value")
    value = _SUBOPTIONS.get(code, octets(f"{_AGENT}.value", "value"))
    parts += read_pieces(message, (value,), at + 2, end, f"{_AGENT}.value")
    return [branch(f"{_AGENT}.suboption", code.words, at, end, parts, skip=2)], end


RELAY_OPTIONS: tuple[Piece, ...] = (each(_suboption),)
