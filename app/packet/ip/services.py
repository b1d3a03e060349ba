"""What the byte of differentiated services says (RFC 2474, section 3; RFC 3168, section 5), in both versions of IP."""

from app.packet.registry import Registry


class Acronyms(Registry):
    """A registry whose names are said as they are written."""

    @property
    def words(self) -> str:
        """The name."""
        return self._name_.replace("_", "-") if self.is_assigned else super().words


class Dscp(Acronyms):
    """https://www.iana.org/assignments/dscp-registry"""

    CS0 = 0
    LE = 1
    CS1 = 8
    AF11 = 10
    AF12 = 12
    AF13 = 14
    CS2 = 16
    AF21 = 18
    AF22 = 20
    AF23 = 22
    CS3 = 24
    AF31 = 26
    AF32 = 28
    AF33 = 30
    CS4 = 32
    AF41 = 34
    AF42 = 36
    AF43 = 38
    CS5 = 40
    VOICE_ADMIT = 44
    NQB = 45
    EF = 46
    CS6 = 48
    CS7 = 56


class Ecn(Acronyms):
    """RFC 3168, section 5: whether the ends understand ECN, and whether a router met congestion."""

    NOT_ECT = 0
    ECT_1 = 1
    ECT_0 = 2
    CE = 3
