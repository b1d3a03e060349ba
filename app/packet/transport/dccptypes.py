"""The registries of DCCP's packet types and reset codes (RFC 4340).

https://www.iana.org/assignments/dccp-parameters
"""

from app.packet.registry import Registry


class DccpType(Registry):
    """https://www.iana.org/assignments/dccp-parameters (Packet Types)"""

    REQUEST = 0
    RESPONSE = 1
    DATA = 2
    ACK = 3
    DATA_ACK = 4
    CLOSE_REQUEST = 5
    CLOSE = 6
    RESET = 7
    SYNC = 8
    SYNC_ACK = 9


class ResetCode(Registry):
    """https://www.iana.org/assignments/dccp-parameters (Reset Codes)"""

    UNSPECIFIED = 0
    CLOSED = 1
    ABORTED = 2
    NO_CONNECTION = 3
    PACKET_ERROR = 4
    OPTION_ERROR = 5
    MANDATORY_ERROR = 6
    CONNECTION_REFUSED = 7
    BAD_SERVICE_CODE = 8
    TOO_BUSY = 9
    BAD_INIT_COOKIE = 10
    AGGRESSION_PENALTY = 11
