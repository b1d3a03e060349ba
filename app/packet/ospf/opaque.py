"""What opaque LSAs of OSPF version 2 hold, by their opaque type (RFC 5250); grace LSAs of both versions (RFC 3623).

https://www.iana.org/assignments/ospf-opaque-types
"""

from dataclasses import dataclass
from ipaddress import IPv4Address

from app.packet.dissection import Part
from app.packet.layout import Header, header, ipv4_address, unsigned
from app.packet.ospf.registry import OpaqueType, RestartReason
from app.packet.ospf.ri import INFORMATION_TLVS
from app.packet.ospf.segment import LINK_TLVS, PREFIX_TLVS
from app.packet.ospf.sheet import Sheet
from app.packet.ospf.tetables import TRAFFIC_TLVS
from app.packet.ospf.tlv import TlvTable, Value, read_tlvs
from app.packet.registry import Registry


class GraceTlv(Registry):
    """RFC 3623, appendix A."""

    GRACE_PERIOD = 1
    RESTART_REASON = 2
    INTERFACE_ADDRESS = 3


@header("ospf", "grace TLV", "RFC 3623, appendix A")
class GraceHead(Header):
    """Type and length."""

    type: int = unsigned(16, name="tlv_type", registry=GraceTlv)
    length: int = unsigned(16, name="tlv_length", unit="bytes")


@header("ospf.v2.grace", "grace period", "RFC 3623, appendix A")
class GracePeriod(Header):
    """How long neighbours go on as if the router were there."""

    period: int = unsigned(32, "grace period", unit="s")


@header("ospf.v2.grace", "restart reason", "RFC 3623, appendix A")
class GraceReason(Header):
    """Why it restarts."""

    reason: int = unsigned(8, registry=RestartReason)


@header("ospf.v2.grace", "interface address", "RFC 3623, appendix A")
class GraceAddress(Header):
    """By which of its addresses neighbours on a LAN know it."""

    address: IPv4Address = ipv4_address("interface address", name="ip")


GRACE_TLVS = TlvTable(
    GraceHead,
    {
        GraceTlv.GRACE_PERIOD: Value("grace period", GracePeriod),
        GraceTlv.RESTART_REASON: Value("restart reason", GraceReason),
        GraceTlv.INTERFACE_ADDRESS: Value("interface address", GraceAddress),
    },
    "ospf.v2.grace",
    is_padding_inside=True,
)


@dataclass(frozen=True, slots=True)
class Opaque:
    """One kind of opaque LSA."""

    title: str
    table: TlvTable
    name: str

    def parts(self, sheet: Sheet, at: int, stop: int) -> list[Part]:
        """The TLVs within [at, stop)."""
        return read_tlvs(sheet, self.table, at, stop)


OPAQUE: dict[int, Opaque] = {
    OpaqueType.TRAFFIC_ENGINEERING: Opaque("traffic engineering", TRAFFIC_TLVS, "ospf.lsa.mpls"),
    OpaqueType.GRACE: Opaque("graceful restart", GRACE_TLVS, "ospf.lsa.grace"),
    OpaqueType.ROUTER_INFORMATION: Opaque("router information", INFORMATION_TLVS, "ospf.lsa.ri"),
    OpaqueType.INTER_AS_TRAFFIC_ENGINEERING: Opaque("inter-AS traffic engineering", TRAFFIC_TLVS, "ospf.lsa.mpls"),
    OpaqueType.EXTENDED_PREFIX: Opaque("extended prefixes", PREFIX_TLVS, "ospf.lsa.extpfx"),
    OpaqueType.EXTENDED_LINK: Opaque("extended links", LINK_TLVS, "ospf.lsa.extlink"),
}
