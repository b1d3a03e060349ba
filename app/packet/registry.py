"""What an IANA registry is here: an IntEnum that keeps the values nobody has assigned.

The wire may carry any number. A number outside the registry becomes a pseudo-member that still
compares, hashes and prints as itself, so an unknown value stays visible and is never an error.
"""

from enum import IntEnum
from typing import Self


class Registry(IntEnum):
    """A registry of numbers. Member names are IANA's, in capitals; `words` is how a person says one."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_ = f"UNASSIGNED_{value}"
        member._value_ = value
        return member

    @property
    def is_assigned(self) -> bool:
        """Whether the registry names this value."""
        return self._value_ in type(self)._value2member_map_

    @property
    def words(self) -> str:
        """The name in lower case with spaces, as it stands in a sentence."""
        return self._name_.lower().replace("_", " ")


class Protocol(Registry):
    """https://www.iana.org/assignments/protocol-numbers"""

    HOPOPT = 0
    ICMP = 1
    IGMP = 2
    IPV4 = 4
    TCP = 6
    EGP = 8
    UDP = 17
    DCCP = 33
    IPV6 = 41
    IPV6_ROUTE = 43
    IPV6_FRAG = 44
    RSVP = 46
    GRE = 47
    ESP = 50
    AH = 51
    IPV6_ICMP = 58
    IPV6_NONXT = 59
    IPV6_OPTS = 60
    EIGRP = 88
    OSPF = 89
    PIM = 103
    VRRP = 112
    SCTP = 132
    MOBILITY_HEADER = 135
    UDPLITE = 136
    HIP = 139
    SHIM6 = 140
