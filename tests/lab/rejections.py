"""Every way in which a Linux router rejects a packet, and the ICMP error that comes of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rejection:
    """What nftables calls a reject code, and the type and code on the wire."""

    version: int
    word: str
    type: int
    code: int
    is_prohibition: bool = False

    @property
    def rule(self) -> str:
        """The rule that rejects all packets of the family with it."""
        family, kind = ("ipv4", "icmp") if self.version == 4 else ("ipv6", "icmpv6")
        return f"meta nfproto {family} reject with {kind} type {self.word}"

    def __str__(self) -> str:
        return f"v{self.version}-{self.word}"


REJECTIONS = (
    Rejection(4, "net-unreachable", 3, 0),
    Rejection(4, "host-unreachable", 3, 1),
    Rejection(4, "prot-unreachable", 3, 2),
    Rejection(4, "port-unreachable", 3, 3),
    Rejection(4, "net-prohibited", 3, 9, is_prohibition=True),
    Rejection(4, "host-prohibited", 3, 10, is_prohibition=True),
    Rejection(4, "admin-prohibited", 3, 13, is_prohibition=True),
    Rejection(6, "no-route", 1, 0),
    Rejection(6, "admin-prohibited", 1, 1, is_prohibition=True),
    Rejection(6, "addr-unreachable", 1, 3),
    Rejection(6, "port-unreachable", 1, 4),
    # RFC 4443, section 3.1: 5 and 6 are more informative subsets of 1.
    Rejection(6, "policy-fail", 1, 5, is_prohibition=True),
    Rejection(6, "reject-route", 1, 6, is_prohibition=True),
)
