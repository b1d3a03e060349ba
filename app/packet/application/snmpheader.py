"""The registries of SNMP's numbers, and the flags of a version 3 message (RFC 3416 and RFC 3412)."""

from app.packet.layout import Header, flag, header, unsigned
from app.packet.registry import Registry


class Version(Registry):
    """RFC 1157, section 4; RFC 1901; RFC 3412, section 6.1."""

    V1 = 0
    V2C = 1
    V3 = 3


class PduType(Registry):
    """RFC 3416, section 3; the trap of version 1 by RFC 1157, section 4.1."""

    GET_REQUEST = 0xA0
    GET_NEXT_REQUEST = 0xA1
    RESPONSE = 0xA2
    SET_REQUEST = 0xA3
    TRAP = 0xA4
    GET_BULK_REQUEST = 0xA5
    INFORM_REQUEST = 0xA6
    SNMPV2_TRAP = 0xA7
    REPORT = 0xA8

    @property
    def words(self) -> str:
        """The name as RFC 3416 writes it, with hyphens."""
        return self._name_.lower().replace("_", "-") if self.is_assigned else f"PDU 0x{self._value_:02x}"


class ErrorStatus(Registry):
    """RFC 3416, section 3."""

    NO_ERROR = 0
    TOO_BIG = 1
    NO_SUCH_NAME = 2
    BAD_VALUE = 3
    READ_ONLY = 4
    GENERAL_ERROR = 5
    NO_ACCESS = 6
    WRONG_TYPE = 7
    WRONG_LENGTH = 8
    WRONG_ENCODING = 9
    WRONG_VALUE = 10
    NO_CREATION = 11
    INCONSISTENT_VALUE = 12
    RESOURCE_UNAVAILABLE = 13
    COMMIT_FAILED = 14
    UNDO_FAILED = 15
    AUTHORIZATION_ERROR = 16
    NOT_WRITABLE = 17
    INCONSISTENT_NAME = 18


class GenericTrap(Registry):
    """RFC 1157, section 4.1.6."""

    COLD_START = 0
    WARM_START = 1
    LINK_DOWN = 2
    LINK_UP = 3
    AUTHENTICATION_FAILURE = 4
    EGP_NEIGHBOR_LOSS = 5
    ENTERPRISE_SPECIFIC = 6


@header("snmp", "SNMPv3 flags", "RFC 3412, section 6.4")
class MessageFlags(Header):
    """How the message is protected, and whether an error may be reported."""

    reserved: int = unsigned(5, name="snmp.v3.flags.reserved", default=0)
    reportable: int = flag(name="snmp.v3.flags.report", default=0)
    encrypted: int = flag(name="snmp.v3.flags.crypt", default=0)
    authenticated: int = flag(name="snmp.v3.flags.auth", default=0)
