"""The IPv4 header (RFC 791, section 3.1). Its options are read by `app.packet.dissect`."""

from ipaddress import IPv4Address

from app.packet.ip.services import Dscp, Ecn
from app.packet.layout import Group, Header, flag, header, ipv4_address, unsigned
from app.packet.registry import Protocol

SERVICES = Group("ip.dsfield", "differentiated services")
FLAGS = Group("ip.flags", "flags")


@header("ip", "Internet Protocol version 4", "RFC 791, section 3.1")
class Ipv4(Header):
    """An IPv4 header of five words; `header_length` counts 32-bit words, options included."""

    version: int = unsigned(4, default=4)
    header_length: int = unsigned(4, "header length", name="hdr_len", unit="words", default=5)
    dscp: int = unsigned(6, "DSCP", name="ip.dsfield.dscp", registry=Dscp, group=SERVICES, default=0)
    ecn: int = unsigned(2, "ECN", name="ip.dsfield.ecn", registry=Ecn, group=SERVICES, default=0)
    total_length: int = unsigned(16, name="len", unit="bytes")
    identification: int = unsigned(16, name="id", style="hex", default=0)
    reserved: int = flag("reserved", name="ip.flags.rb", group=FLAGS, default=0)
    dont_fragment: int = flag("don't fragment", name="ip.flags.df", group=FLAGS, default=0)
    more_fragments: int = flag("more fragments", name="ip.flags.mf", group=FLAGS, default=0)
    fragment_offset: int = unsigned(13, name="frag_offset", unit="times 8 bytes", default=0)
    ttl: int = unsigned(8, "time to live", unit="hops", default=64)
    protocol: int = unsigned(8, name="proto", registry=Protocol)
    checksum: int = unsigned(16, style="hex", default=0)
    source: IPv4Address = ipv4_address(name="src")
    destination: IPv4Address = ipv4_address(name="dst")

    def ends(self) -> str:
        """Who sends to whom."""
        return f"{self.source!s} → {self.destination!s}"  # past the formatting of ipaddress, which is slow
