"""The numbers of OSPF that both versions, or several kinds of LSA, share, and what they mean.

https://www.iana.org/assignments/ospfv2-parameters, ospfv3-parameters, ospf-opaque-types, ospf-traffic-eng-tlvs
"""

import re

from app.packet.registry import Registry


def _abbreviated(words: str) -> str:
    """Words with what is an abbreviation in capitals."""
    return re.sub(r"\b(as|te|l1vpn)\b", lambda found: found[0].upper(), words)


class PacketType(Registry):
    """RFC 2328, section A.3.1; RFC 5340, section A.3.1."""

    HELLO = 1
    DATABASE_DESCRIPTION = 2
    LINK_STATE_REQUEST = 3
    LINK_STATE_UPDATE = 4
    LINK_STATE_ACKNOWLEDGMENT = 5


class AuthenticationType(Registry):
    """RFC 2328, appendix D; RFC 7474."""

    NULL_AUTHENTICATION = 0
    SIMPLE_PASSWORD = 1
    CRYPTOGRAPHIC = 2
    CRYPTOGRAPHIC_WITH_EXTENDED_SEQUENCE_NUMBERS = 3


class LsaType(Registry):
    """https://www.iana.org/assignments/ospfv2-parameters (link state types)"""

    ROUTER = 1
    NETWORK = 2
    SUMMARY_NETWORK = 3
    SUMMARY_ASBR = 4
    AS_EXTERNAL = 5
    GROUP_MEMBERSHIP = 6
    NSSA_EXTERNAL = 7
    EXTERNAL_ATTRIBUTES = 8
    OPAQUE_LINK = 9
    OPAQUE_AREA = 10
    OPAQUE_AS = 11

    @property
    def words(self) -> str:
        """As people say it."""
        if not self.is_assigned:
            return f"type {self.value}"
        return _LSA_WORDS.get(self, super().words)


_LSA_WORDS: dict[Registry, str] = {
    LsaType.SUMMARY_NETWORK: "summary",
    LsaType.SUMMARY_ASBR: "summary ASBR",
    LsaType.AS_EXTERNAL: "external",
    LsaType.NSSA_EXTERNAL: "NSSA external",
    LsaType.OPAQUE_LINK: "opaque (link)",
    LsaType.OPAQUE_AREA: "opaque (area)",
    LsaType.OPAQUE_AS: "opaque (AS)",
}


class OpaqueType(Registry):
    """https://www.iana.org/assignments/ospf-opaque-types"""

    TRAFFIC_ENGINEERING = 1
    SYCAMORE_OPTICAL_TOPOLOGY = 2
    GRACE = 3
    ROUTER_INFORMATION = 4
    L1VPN = 5
    INTER_AS_TRAFFIC_ENGINEERING = 6
    EXTENDED_PREFIX = 7
    EXTENDED_LINK = 8
    TOPOLOGY_TRANSPARENT_ZONE = 9

    @property
    def words(self) -> str:
        """As people say it."""
        return _abbreviated(super().words.replace("inter as", "inter-as"))


class LinkType(Registry):
    """RFC 2328, section A.4.2; RFC 5340, section A.4.3."""

    POINT_TO_POINT = 1
    TRANSIT = 2
    STUB = 3
    VIRTUAL = 4


class VertexType(Registry):
    """RFC 1584, section A.3."""

    ROUTER = 1
    TRANSIT_NETWORK = 2


class FloodingScope(Registry):
    """RFC 5340, section A.4.2.1."""

    LINK_LOCAL = 0
    AREA = 1
    AS = 2
    RESERVED = 3


class FunctionCode(Registry):
    """https://www.iana.org/assignments/ospfv3-parameters (LSA function codes)"""

    ROUTER = 1
    NETWORK = 2
    INTER_AREA_PREFIX = 3
    INTER_AREA_ROUTER = 4
    AS_EXTERNAL = 5
    GROUP_MEMBERSHIP = 6
    NSSA = 7
    LINK = 8
    INTRA_AREA_PREFIX = 9
    INTRA_AREA_TE = 10
    GRACE = 11
    ROUTER_INFORMATION = 12
    INTER_AS_TE_V3 = 13
    OSPFV3_L1VPN = 14
    OSPFV3_AUTOCONFIGURATION = 15
    DYNAMIC_FLOODING = 16
    E_ROUTER = 33
    E_NETWORK = 34
    E_INTER_AREA_PREFIX = 35
    E_INTER_AREA_ROUTER = 36
    E_AS_EXTERNAL = 37
    E_NSSA = 39
    E_LINK = 40
    E_INTRA_AREA_PREFIX = 41
    SRV6_LOCATOR = 42

    @property
    def words(self) -> str:
        """As people say it."""
        if not self.is_assigned:
            return f"type {self.value}"
        words = super().words.replace("inter area", "inter-area").replace("intra area", "intra-area")
        words = words.replace("nssa", "NSSA").replace("srv6", "SRv6").replace("ospfv3", "OSPFv3")
        return _abbreviated(re.sub("^e ", "E-", words))


class RestartReason(Registry):
    """RFC 3623, appendix A."""

    UNKNOWN = 0
    SOFTWARE_RESTART = 1
    SOFTWARE_RELOAD_OR_UPGRADE = 2
    SWITCH_TO_REDUNDANT_CONTROL_PROCESSOR = 3


class Algorithm(Registry):
    """https://www.iana.org/assignments/igp-parameters (IGP algorithm types)"""

    SHORTEST_PATH_FIRST = 0
    STRICT_SHORTEST_PATH_FIRST = 1

    @property
    def words(self) -> str:
        """Those from 128 on are each network's own (RFC 9350)."""
        return f"flexible algorithm {self.value}" if self.value >= 128 else super().words


class MsdType(Registry):
    """https://www.iana.org/assignments/igp-parameters (IGP MSD-Types)"""

    BASE_MPLS_IMPOSITION = 1
    ENTROPY_READABLE_LABEL_DEPTH = 2
    SRH_MAX_SEGMENTS_LEFT = 41
    SRH_MAX_END_POP = 42
    SRH_MAX_H_ENCAPS = 44
    SRH_MAX_END_D = 45


class SwitchingType(Registry):
    """https://www.iana.org/assignments/gmpls-sig-parameters (switching types)"""

    PSC_1 = 1
    PSC_2 = 2
    PSC_3 = 3
    PSC_4 = 4
    EVPL = 30
    PBB_TE = 40
    L2SC = 51
    TDM = 100
    OTN_TDM = 110
    DCSC = 125
    LSC = 150
    FLEXI_GRID_LSC = 152
    FSC = 200


class EncodingType(Registry):
    """https://www.iana.org/assignments/gmpls-sig-parameters (LSP encoding types)"""

    PACKET = 1
    ETHERNET = 2
    ANSI_ETSI_PDH = 3
    SDH_SONET = 5
    DIGITAL_WRAPPER = 7
    LAMBDA = 8
    FIBER = 9
    FIBERCHANNEL = 11
    G_709_ODUK = 12
    G_709_OPTICAL_CHANNEL = 13
    LINE = 14
