"""The numbers of LLDP: TLVs, kinds of identifiers, capabilities, organizations (IEEE 802.1AB, section 8)."""

from collections.abc import Sequence

from app.packet.layout import Field
from app.packet.registry import Registry


class LldpTlv(Registry):
    """IEEE 802.1AB, table 8-1."""

    END = 0
    CHASSIS_IDENTIFIER = 1
    PORT_IDENTIFIER = 2
    TIME_TO_LIVE = 3
    PORT_DESCRIPTION = 4
    SYSTEM_NAME = 5
    SYSTEM_DESCRIPTION = 6
    SYSTEM_CAPABILITIES = 7
    MANAGEMENT_ADDRESS = 8
    ORGANIZATION_SPECIFIC = 127


class ChassisSubtype(Registry):
    """IEEE 802.1AB, table 8-2."""

    CHASSIS_COMPONENT = 1
    INTERFACE_ALIAS = 2
    PORT_COMPONENT = 3
    MAC_ADDRESS = 4
    NETWORK_ADDRESS = 5
    INTERFACE_NAME = 6
    LOCALLY_ASSIGNED = 7


class PortSubtype(Registry):
    """IEEE 802.1AB, table 8-3."""

    INTERFACE_ALIAS = 1
    PORT_COMPONENT = 2
    MAC_ADDRESS = 3
    NETWORK_ADDRESS = 4
    INTERFACE_NAME = 5
    AGENT_CIRCUIT_IDENTIFIER = 6
    LOCALLY_ASSIGNED = 7


class InterfaceSubtype(Registry):
    """IEEE 802.1AB, section 8.5.9.5."""

    UNKNOWN = 1
    INTERFACE_INDEX = 2
    SYSTEM_PORT_NUMBER = 3


class AddressFamily(Registry):
    """https://www.iana.org/assignments/address-family-numbers, as far as anybody manages a station by them."""

    IPV4 = 1
    IPV6 = 2
    IEEE_802 = 6


class Organization(Registry):
    """Those whose TLVs are common (https://standards-oui.ieee.org)."""

    IEEE_802_1 = 0x0080C2
    IEEE_802_3 = 0x00120F
    LLDP_MED = 0x0012BB
    CISCO = 0x000142
    PROFINET = 0x000ECF
    IANA = 0x00005E

    @property
    def subtype_field(self) -> str:
        """The filter name of the byte behind the organization."""
        return _SUBTYPES.get(self._value_, "lldp.unknown_subtype")


_SUBTYPES = {
    0x0080C2: "lldp.ieee.802_1.subtype",
    0x00120F: "lldp.ieee.802_3.subtype",
    0x0012BB: "lldp.media.subtype",
    0x000142: "lldp.cisco.subtype",
    0x000ECF: "lldp.profinet.subtype",
    0x00005E: "lldp.iana.subtype",
}

#: IEEE 802.1AB, table 8-4, from the lowest bit on.
_CAPABILITIES = (
    ("other", "other"),
    ("repeater", "repeater"),
    ("bridge", "bridge"),
    ("wlan_access_pt", "WLAN access point"),
    ("router", "router"),
    ("telephone", "telephone"),
    ("docsis_cable_device", "DOCSIS cable device"),
    ("station_only", "station only"),
)


def capability_bits(name: str) -> tuple[Field, ...]:
    """The bits of a capability field of that filter name, highest first."""
    return flag_bits(name, 16, _CAPABILITIES)


def flag_bits(name: str, width: int, labels: Sequence[tuple[str, str]]) -> tuple[Field, ...]:
    """The flags in a field of so many bits: last parts of their filter names and labels, from the lowest bit on."""
    return tuple(
        Field("", f"{name}.{part}", label, width - 1 - bit, 1, "unsigned", style="flag")
        for bit, (part, label) in reversed(tuple(enumerate(labels)))
    )
