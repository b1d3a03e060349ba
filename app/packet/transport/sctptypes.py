"""The numbers of SCTP: chunks, parameters, error causes and what stands in them (RFC 9260 and its extensions).

https://www.iana.org/assignments/sctp-parameters
"""

from app.packet.registry import Registry


class ChunkType(Registry):
    """https://www.iana.org/assignments/sctp-parameters (Chunk Types)"""

    DATA = 0
    INIT = 1
    INIT_ACK = 2
    SACK = 3
    HEARTBEAT = 4
    HEARTBEAT_ACK = 5
    ABORT = 6
    SHUTDOWN = 7
    SHUTDOWN_ACK = 8
    ERROR = 9
    COOKIE_ECHO = 10
    COOKIE_ACK = 11
    ECNE = 12
    CWR = 13
    SHUTDOWN_COMPLETE = 14
    AUTH = 15
    NR_SACK = 16
    I_DATA = 64
    ASCONF_ACK = 128
    PKTDROP = 129
    RE_CONFIG = 130
    PAD = 132
    FORWARD_TSN = 192
    ASCONF = 193
    I_FORWARD_TSN = 194

    @property
    def words(self) -> str:
        """The name as the RFCs write it, in capitals."""
        return self._name_.replace("_", " ") if self.is_assigned else f"chunk {self._value_}"


class ParameterType(Registry):
    """https://www.iana.org/assignments/sctp-parameters (Chunk Parameter Types)"""

    HEARTBEAT_INFORMATION = 1
    IPV4_ADDRESS = 5
    IPV6_ADDRESS = 6
    STATE_COOKIE = 7
    UNRECOGNIZED_PARAMETER = 8
    COOKIE_PRESERVATIVE = 9
    HOST_NAME_ADDRESS = 11
    SUPPORTED_ADDRESS_TYPES = 12
    OUTGOING_SSN_RESET_REQUEST = 13
    INCOMING_SSN_RESET_REQUEST = 14
    SSN_TSN_RESET_REQUEST = 15
    RE_CONFIGURATION_RESPONSE = 16
    ADD_OUTGOING_STREAMS_REQUEST = 17
    ADD_INCOMING_STREAMS_REQUEST = 18
    ECN_CAPABLE = 0x8000
    ZERO_CHECKSUM_ACCEPTABLE = 0x8001
    RANDOM = 0x8002
    CHUNK_LIST = 0x8003
    REQUESTED_HMAC_ALGORITHM = 0x8004
    PADDING = 0x8005
    SUPPORTED_EXTENSIONS = 0x8008
    FORWARD_TSN_SUPPORTED = 0xC000
    ADD_IP_ADDRESS = 0xC001
    DELETE_IP_ADDRESS = 0xC002
    ERROR_CAUSE_INDICATION = 0xC003
    SET_PRIMARY_ADDRESS = 0xC004
    SUCCESS_INDICATION = 0xC005
    ADAPTATION_LAYER_INDICATION = 0xC006


class CauseCode(Registry):
    """https://www.iana.org/assignments/sctp-parameters (Error Cause Codes)"""

    INVALID_STREAM_IDENTIFIER = 1
    MISSING_MANDATORY_PARAMETER = 2
    STALE_COOKIE = 3
    OUT_OF_RESOURCE = 4
    UNRESOLVABLE_ADDRESS = 5
    UNRECOGNIZED_CHUNK_TYPE = 6
    INVALID_MANDATORY_PARAMETER = 7
    UNRECOGNIZED_PARAMETERS = 8
    NO_USER_DATA = 9
    COOKIE_RECEIVED_WHILE_SHUTTING_DOWN = 10
    RESTART_WITH_NEW_ADDRESSES = 11
    USER_INITIATED_ABORT = 12
    PROTOCOL_VIOLATION = 13
    REQUEST_TO_DELETE_LAST_ADDRESS = 0xA0
    REFUSED_DUE_TO_RESOURCE_SHORTAGE = 0xA1
    REQUEST_TO_DELETE_SOURCE_ADDRESS = 0xA2
    ABORTED_DUE_TO_ILLEGAL_ASCONF_ACK = 0xA3
    NO_AUTHORIZATION = 0xA4
    UNSUPPORTED_HMAC_IDENTIFIER = 0x105


class PayloadProtocol(Registry):
    """https://www.iana.org/assignments/sctp-parameters (Payload Protocol Identifiers), the common ones."""

    UNSPECIFIED = 0
    IUA = 1
    M2UA = 2
    M3UA = 3
    SUA = 4
    M2PA = 5
    V5UA = 6
    H_248 = 7
    BICC = 8
    DUA = 10
    ENRP = 12
    S1AP = 18
    RUA = 19
    HNBAP = 20
    RANAP = 23
    X2AP = 27
    DIAMETER = 46
    DIAMETER_OVER_DTLS = 47
    WEBRTC_CONTROL = 50
    WEBRTC_STRING = 51
    WEBRTC_BINARY = 53
    WEBRTC_STRING_EMPTY = 56
    WEBRTC_BINARY_EMPTY = 57
    NGAP = 60
    XNAP = 61
    F1AP = 62


class HmacIdentifier(Registry):
    """https://www.iana.org/assignments/sctp-parameters (HMAC Identifiers)"""

    SHA_1 = 1
    SHA_256 = 3


class ReconfigurationResult(Registry):
    """RFC 6525, section 4.4."""

    SUCCESS_NOTHING_TO_DO = 0
    SUCCESS_PERFORMED = 1
    DENIED = 2
    ERROR_WRONG_SSN = 3
    ERROR_REQUEST_ALREADY_IN_PROGRESS = 4
    ERROR_BAD_SEQUENCE_NUMBER = 5
    IN_PROGRESS = 6
