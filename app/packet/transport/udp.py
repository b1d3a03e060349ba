"""The UDP header (RFC 768)."""

from app.packet.layout import Header, header, unsigned


@header("udp", "User Datagram Protocol", "RFC 768")
class Udp(Header):
    """A UDP header; `length` counts header and payload, checksum 0 means that none was sent."""

    source_port: int = unsigned(16, name="srcport")
    destination_port: int = unsigned(16, name="dstport")
    length: int = unsigned(16, unit="bytes")
    checksum: int = unsigned(16, style="hex", default=0)
