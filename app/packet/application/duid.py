"""DHCP unique identifiers: who a client or server is, whatever its interface (RFC 8415, section 11; RFC 6355)."""

from app.packet.application.dhcp import HardwareType
from app.packet.application.pieces import Message, Piece, hardware, moment, number, octets, read_pieces
from app.packet.dissection import Part
from app.packet.registry import Registry

#: Seconds from 1970 to 2000, where the time of a DUID starts.
_TO_2000 = 946_684_800


class DuidType(Registry):
    """https://www.iana.org/assignments/dhcpv6-parameters (DUID)"""

    LINK_LAYER_ADDRESS_PLUS_TIME = 1
    VENDOR_ASSIGNED = 2
    LINK_LAYER_ADDRESS = 3
    UUID = 4


def _since_2000(seconds: int) -> str:
    return moment(seconds + _TO_2000)


#: The names of DHCPv6; DHCPv4 has others for the same in its client identifier (RFC 4361).
_NAMES6 = {
    "type": "dhcpv6.duid.type",
    "llt": "dhcpv6.duidllt.hwtype",
    "time": "dhcpv6.duidllt.time",
    "llt address": "dhcpv6.duidllt.link_layer_addr",
    "enterprise": "dhcpv6.duiden.enterprise",
    "identifier": "dhcpv6.duiden.identifier",
    "ll": "dhcpv6.duidll.hwtype",
    "ll address": "dhcpv6.duidll.link_layer_addr",
    "uuid": "dhcpv6.duiduuid.bytes",
    "rest": "dhcpv6.duid.unknown",
}
_NAMES4 = {
    "type": "dhcp.client_id.duid_type",
    "llt": "dhcp.client_id.duid_llt_hw_type",
    "time": "dhcp.client_id.time",
    "llt address": "dhcp.client_id.link_layer_address",
    "enterprise": "dhcp.client_id.enterprise_num",
    "identifier": "dhcp.client_id",
    "ll": "dhcp.client_id.duid_ll_hw_type",
    "ll address": "dhcp.client_id.link_layer_address",
    "uuid": "dhcp.client_id.uuid",
    "rest": "dhcp.client_id.undef",
}


def _duid(names: dict[str, str]) -> Piece:
    """A whole identifier, to the end."""
    head = number(names["type"], "DUID type", 2, registry=DuidType)
    kinds: dict[int, tuple[Piece, ...]] = {
        DuidType.LINK_LAYER_ADDRESS_PLUS_TIME: (
            number(names["llt"], "hardware type", 2, registry=HardwareType),
            number(names["time"], "time", 4, words=_since_2000),
            hardware(names["llt address"], "link-layer address"),
        ),
        DuidType.VENDOR_ASSIGNED: (
            number(names["enterprise"], "enterprise", 4),
            octets(names["identifier"], "identifier"),
        ),
        DuidType.LINK_LAYER_ADDRESS: (
            number(names["ll"], "hardware type", 2, registry=HardwareType),
            hardware(names["ll address"], "link-layer address"),
        ),
        DuidType.UUID: (octets(names["uuid"], "UUID"),),
    }

    def read(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
        found = head(message, at, stop)
        if found is None:
            return None
        kind = int.from_bytes(message.data[at : at + 2], "big")
        rest = kinds.get(kind, (octets(names["rest"], "identifier"),))
        return found[0] + read_pieces(message, rest, at + 2, stop, names["rest"]), stop

    return read


DUID6 = _duid(_NAMES6)
DUID4 = _duid(_NAMES4)
