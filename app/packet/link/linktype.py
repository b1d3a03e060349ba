"""The numbers by which capture files name what a packet begins with. Apart from its readers, for a quick start."""

from app.packet.registry import Registry


class LinkType(Registry):
    """https://www.tcpdump.org/linktypes.html"""

    NULL = 0
    ETHERNET = 1
    PPP = 9
    RAW_BSD = 12
    RAW_OPENBSD = 14
    PPP_HDLC = 50
    PPP_ETHER = 51
    RAW = 101
    CISCO_HDLC = 104
    LOOP = 108
    LINUX_SLL = 113
    IPV4 = 228
    IPV6 = 229
    LINUX_SLL2 = 276

    @property
    def words(self) -> str:
        """The name; of a link type that is not read here, its number."""
        return super().words if self.is_assigned else f"link type {self._value_}"
