"""What the common TLVs of organizations hold: IEEE 802.1Q, annex D; IEEE 802.3, clause 79; LLDP-MED (ANSI/TIA-1057)."""

from dataclasses import dataclass

from app.packet.layout import Field, Header, flag, header, unsigned
from app.packet.link.lldptypes import Organization, flag_bits
from app.packet.registry import Registry

_AGGREGATION = (("cap", "capable"), ("enabled", "in use"))
_NEGOTIATION = (("supported", "supported"), ("enabled", "in use"))
#: IEEE 802.3, table 79-2, from the lowest bit on: tshark's names, the standard's words.
_ADVERTISED = (
    ("1000base_tfd", "1000BASE-T full duplex"),
    ("1000base_t", "1000BASE-T"),
    ("1000base_xfd", "1000BASE-X full duplex"),
    ("1000base_x", "1000BASE-X"),
    ("fdx_bpause", "asymmetric and symmetric pause"),
    ("fdx_spause", "symmetric pause"),
    ("fdx_apause", "asymmetric pause"),
    ("fdx_pause", "pause"),
    ("100base_t2fd", "100BASE-T2 full duplex"),
    ("100base_t2", "100BASE-T2"),
    ("100base_txfd", "100BASE-TX full duplex"),
    ("100base_tx", "100BASE-TX"),
    ("100base_t4", "100BASE-T4"),
    ("10base_tfd", "10BASE-T full duplex"),
    ("10base_t", "10BASE-T"),
    ("other", "other"),
)
_POWER = (
    ("port_class", "power sourcing"),
    ("supported", "supported"),
    ("enabled", "in use"),
    ("pse_pairs", "pairs can be chosen"),
)
_MEDIA = (
    ("llpd", "capabilities"),
    ("network_policy", "network policy"),
    ("location_id", "location"),
    ("mdi_pse", "power sourcing"),
    ("mid_pd", "powered device"),
    ("inventory", "inventory"),
)


class MediaClass(Registry):
    """ANSI/TIA-1057, table 11."""

    NOT_DEFINED = 0
    ENDPOINT_CLASS_I = 1
    ENDPOINT_CLASS_II = 2
    ENDPOINT_CLASS_III = 3
    NETWORK_CONNECTIVITY = 4


class MediaApplication(Registry):
    """ANSI/TIA-1057, table 12."""

    VOICE = 1
    VOICE_SIGNALING = 2
    GUEST_VOICE = 3
    GUEST_VOICE_SIGNALING = 4
    SOFTPHONE_VOICE = 5
    VIDEO_CONFERENCING = 6
    STREAMING_VIDEO = 7
    VIDEO_SIGNALING = 8


@header("lldp", "port VLAN", "IEEE 802.1Q, section D.2.1")
class PortVlan(Header):
    """The VLAN of untagged frames."""

    identifier: int = unsigned(16, "VLAN", name="lldp.ieee.802_1.port_vlan.id")


@header("lldp", "port and protocol VLAN", "IEEE 802.1Q, section D.2.2")
class ProtocolVlan(Header):
    """The VLAN of frames of certain protocols; the lowest bit of the flags is reserved."""

    flags: int = unsigned(
        8,
        name="lldp.ieee.802_1.port_and_vlan_id_flag",
        style="hex",
        inner=flag_bits("lldp.ieee.802_1.port_and_vlan_id_flag", 7, _NEGOTIATION),
    )
    identifier: int = unsigned(16, "VLAN", name="lldp.ieee.802_1.port_proto_vlan.id")


@header("lldp", "VLAN name", "IEEE 802.1Q, section D.2.3")
class VlanName(Header):
    """A VLAN whose name follows."""

    identifier: int = unsigned(16, "VLAN", name="lldp.ieee.802_1.vlan.id")
    size: int = unsigned(8, "name length", name="lldp.ieee.802_1.vlan.name_len", unit="bytes")


@header("lldp", "protocol identity", "IEEE 802.1Q, section D.2.4")
class ProtocolIdentity(Header):
    """The first bytes of a protocol's frames follow."""

    size: int = unsigned(8, "length", name="lldp.ieee.802_1.proto.id_length", unit="bytes")


@header("lldp", "link aggregation", "IEEE 802.1AX, section F.1")
class Aggregation1(Header):
    """Whether this port is one of several that act as one."""

    status: int = unsigned(
        8,
        name="lldp.ieee.802_1.aggregation_status",
        style="hex",
        inner=(
            Field("", "lldp.ieee.802_1.aggregation_status.porttype", "port type", 4, 2, "unsigned"),
            *flag_bits("lldp.ieee.802_1.aggregation_status", 8, _AGGREGATION),
        ),
    )
    port: int = unsigned(32, "aggregated port", name="lldp.ieee.802_1.aggregated_port_id")


@header("lldp", "link aggregation", "IEEE 802.3, section 79.3.3")
class Aggregation3(Header):
    """The same as IEEE 802.3 had it."""

    status: int = unsigned(
        8,
        name="lldp.ieee.802_3.aggregation_status",
        style="hex",
        inner=flag_bits("lldp.ieee.802_3.aggregation_status", 8, _AGGREGATION),
    )
    port: int = unsigned(32, "aggregated port", name="lldp.ieee.802_3.aggregated_port_id")


@header("lldp", "MAC and PHY", "IEEE 802.3, section 79.3.1")
class MacPhy(Header):
    """How fast the port could be, and how fast it is."""

    status: int = unsigned(
        8,
        "autonegotiation",
        name="lldp.ieee.802_3.mac_phy_auto_neg_status",
        style="hex",
        inner=flag_bits("lldp.ieee.802_3.mac_phy_auto_neg_status", 8, _NEGOTIATION),
    )
    advertised: int = unsigned(
        16,
        name="lldp.ieee.802_3.pmd_auto_neg_advertised_caps",
        style="hex",
        inner=flag_bits("lldp.ieee.802_3.pmd_auto_neg_advertised_caps", 16, _ADVERTISED),
    )
    kind: int = unsigned(16, "type of the attachment unit", name="lldp.ieee.802_3.pmd_mau_type")


@header("lldp", "power", "IEEE 802.3, section 79.3.2")
class Power(Header):
    """Whether the port gives or takes power."""

    support: int = unsigned(
        8,
        name="lldp.ieee.802_3.mdi_power_support",
        style="hex",
        inner=flag_bits("lldp.ieee.802_3.mdi_power_support", 8, _POWER),
    )
    pair: int = unsigned(8, "power pair", name="lldp.ieee.802_3.mdi_pse_pair")
    power_class: int = unsigned(8, name="lldp.ieee.802_3.mdi_power_class")


@header("lldp", "frame size", "IEEE 802.3, section 79.3.4")
class FrameSize(Header):
    """The largest frame that the port takes."""

    size: int = unsigned(16, "frame size", name="lldp.ieee.802_3.max_frame_size", unit="bytes")


@header("lldp", "media capabilities", "ANSI/TIA-1057, section 10.2.2")
class MediaCapabilities(Header):
    """Which TLVs of LLDP-MED the station knows."""

    capabilities: int = unsigned(
        16, name="lldp.media.subtype.caps", style="hex", inner=flag_bits("lldp.media.subtype.caps", 16, _MEDIA)
    )
    kind: int = unsigned(8, "class", name="lldp.media.subtype.class", registry=MediaClass)


@header("lldp", "network policy", "ANSI/TIA-1057, section 10.2.3")
class MediaPolicy(Header):
    """Which VLAN and which priority an application is to use."""

    application: int = unsigned(8, name="lldp.media.app_type", registry=MediaApplication)
    is_unknown: int = flag("unknown policy", name="lldp.media.policy_flag")
    is_tagged: int = flag("tagged", name="lldp.media.tag_flag")
    reserved: int = unsigned(1, name="lldp.media.reserved", default=0)
    vlan: int = unsigned(12, "VLAN", name="lldp.media.vlan_id")
    priority: int = unsigned(3, name="lldp.media.l2_prio")
    dscp: int = unsigned(6, "DSCP", name="lldp.media.dscp")


@dataclass(frozen=True, slots=True)
class Content:
    """What follows the subtype: a header, then text named `text`, or bytes named `rest`."""

    title: str
    head: type[Header] | None = None
    text: str = ""
    rest: str = "lldp.subtype.content_remaining"


CONTENTS: dict[tuple[int, int], Content] = {
    (Organization.IEEE_802_1, 1): Content("port VLAN", PortVlan),
    (Organization.IEEE_802_1, 2): Content("port and protocol VLAN", ProtocolVlan),
    (Organization.IEEE_802_1, 3): Content("VLAN name", VlanName, text="lldp.ieee.802_1.vlan.name"),
    (Organization.IEEE_802_1, 4): Content("protocol identity", ProtocolIdentity, rest="lldp.ieee.802_1.proto.id"),
    (Organization.IEEE_802_1, 7): Content("link aggregation", Aggregation1),
    (Organization.IEEE_802_3, 1): Content("MAC and PHY", MacPhy),
    (Organization.IEEE_802_3, 2): Content("power", Power),
    (Organization.IEEE_802_3, 3): Content("link aggregation", Aggregation3),
    (Organization.IEEE_802_3, 4): Content("frame size", FrameSize),
    (Organization.LLDP_MED, 1): Content("media capabilities", MediaCapabilities),
    (Organization.LLDP_MED, 2): Content("network policy", MediaPolicy),
    (Organization.LLDP_MED, 5): Content("hardware revision", text="lldp.media.hardware"),
    (Organization.LLDP_MED, 6): Content("firmware revision", text="lldp.media.firmware"),
    (Organization.LLDP_MED, 7): Content("software revision", text="lldp.media.software"),
    (Organization.LLDP_MED, 8): Content("serial number", text="lldp.media.sn"),
    (Organization.LLDP_MED, 9): Content("manufacturer", text="lldp.media.manufacturer"),
    (Organization.LLDP_MED, 10): Content("model", text="lldp.media.model"),
    (Organization.LLDP_MED, 11): Content("asset", text="lldp.media.asset"),
}
