"""The IPv6 header (RFC 8200, section 3). Extension headers are read by `app.packet.dissect`."""

from ipaddress import IPv6Address

from app.packet.ip.services import Dscp, Ecn
from app.packet.layout import Group, Header, header, ipv6_address, unsigned
from app.packet.registry import Protocol

TRAFFIC_CLASS = Group("ipv6.tclass", "traffic class")


@header("ipv6", "Internet Protocol version 6", "RFC 8200, section 3")
class Ipv6(Header):
    """An IPv6 header; `payload_length` counts the bytes behind it, extension headers included."""

    version: int = unsigned(4, default=6)
    dscp: int = unsigned(6, "DSCP", name="ipv6.tclass.dscp", registry=Dscp, group=TRAFFIC_CLASS, default=0)
    ecn: int = unsigned(2, "ECN", name="ipv6.tclass.ecn", registry=Ecn, group=TRAFFIC_CLASS, default=0)
    flow_label: int = unsigned(20, name="flow", style="hex", default=0)
    payload_length: int = unsigned(16, name="plen", unit="bytes")
    next_header: int = unsigned(8, name="nxt", registry=Protocol)
    hop_limit: int = unsigned(8, name="hlim", unit="hops", default=64)
    source: IPv6Address = ipv6_address(name="src")
    destination: IPv6Address = ipv6_address(name="dst")

    def ends(self) -> str:
        """Who sends to whom."""
        return f"{self.source!s} → {self.destination!s}"  # past the formatting of ipaddress, which is slow
