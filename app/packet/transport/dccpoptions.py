"""DCCP's options (RFC 4340, section 5.8) and those of CCID 3 (RFC 4342, section 8).

https://www.iana.org/assignments/dccp-parameters
"""

from app.packet.layout import Header, header, unsigned
from app.packet.registry import Registry
from app.packet.walk import Walk


class DccpOption(Registry):
    """https://www.iana.org/assignments/dccp-parameters (Option Types)"""

    PADDING = 0
    MANDATORY = 1
    SLOW_RECEIVER = 2
    CHANGE_L = 32
    CONFIRM_L = 33
    CHANGE_R = 34
    CONFIRM_R = 35
    INIT_COOKIE = 36
    NDP_COUNT = 37
    ACK_VECTOR_NONCE_0 = 38
    ACK_VECTOR_NONCE_1 = 39
    DATA_DROPPED = 40
    TIMESTAMP = 41
    TIMESTAMP_ECHO = 42
    ELAPSED_TIME = 43
    DATA_CHECKSUM = 44
    CCID3_LOSS_EVENT_RATE = 192
    CCID3_LOSS_INTERVALS = 193
    CCID3_RECEIVE_RATE = 194

    @property
    def field(self) -> str:
        """The filter name of the value."""
        other = "dccp.ccid_option_data" if self._value_ >= 128 else "dccp.option_reserved"
        return _FIELDS.get(self._value_, other)


_FIELDS = {
    0: "dccp.padding",
    1: "dccp.mandatory",
    2: "dccp.slow_receiver",
    32: "dccp.feature_value",
    33: "dccp.feature_value",
    34: "dccp.feature_value",
    35: "dccp.feature_value",
    36: "dccp.init_cookie",
    37: "dccp.ndp_count",
    38: "dccp.ack_vector.nonce_0",
    39: "dccp.ack_vector.nonce_1",
    40: "dccp.data_dropped",
    41: "dccp.timestamp",
    42: "dccp.timestamp_echo",
    43: "dccp.elapsed_time",
    44: "dccp.checksum_data",
    192: "dccp.ccid3_loss_event_rate",
    193: "dccp.ccid3_loss_intervals",
    194: "dccp.ccid3_receive_rate",
}


class DccpFeature(Registry):
    """https://www.iana.org/assignments/dccp-parameters (Feature Numbers)"""

    CCID = 1
    ALLOW_SHORT_SEQUENCE_NUMBERS = 2
    SEQUENCE_WINDOW = 3
    ECN_INCAPABLE = 4
    ACK_RATIO = 5
    SEND_ACK_VECTOR = 6
    SEND_NDP_COUNT = 7
    MINIMUM_CHECKSUM_COVERAGE = 8
    CHECK_DATA_CHECKSUM = 9
    SEND_LOSS_EVENT_RATE = 192


@header("dccp", "option", "RFC 4340, section 5.8")
class Kind(Header):
    """What every option from 32 on starts with; the length counts these two bytes."""

    kind: int = unsigned(8, "type", name="dccp.option_type", registry=DccpOption)
    length: int = unsigned(8, name="dccp.option_length", unit="bytes", default=2)


@header("dccp", "feature", "RFC 4340, section 6")
class Feature(Header):
    """Which feature is negotiated; its values follow, the preferred one first."""

    number: int = unsigned(8, "feature", name="feature_number", registry=DccpFeature)


#: How many bytes the value of an option that is a number may have.
_NUMBERS: dict[int, range | tuple[int, ...]] = {
    DccpOption.NDP_COUNT: range(1, 7),
    DccpOption.TIMESTAMP: (4,),
    DccpOption.ELAPSED_TIME: (2, 4),
    DccpOption.DATA_CHECKSUM: (4,),
    DccpOption.CCID3_LOSS_EVENT_RATE: (4,),
    DccpOption.CCID3_RECEIVE_RATE: (4,),
}


def read_value(walk: Walk) -> str:
    """An option that has a length, within its bytes; what it says."""
    kind = DccpOption(walk.take(Kind).kind)
    size = walk.stop - walk.at
    if DccpOption.CHANGE_L <= kind <= DccpOption.CONFIRM_R and size:
        with walk.under("dccp.feature", "feature") as words:
            number = DccpFeature(walk.take(Feature).number)
            values = walk.reading.data[walk.at : walk.stop]
            walk.rest(kind.field, "values")
            words.append(f"{number.words} {values[:8].hex(' ')}")
        return words[0]
    if kind is DccpOption.TIMESTAMP_ECHO and size >= 4:
        echoed = _number(walk, kind.field, "timestamp echo", 4)
        if size in (6, 8):
            return f"{echoed}, elapsed {_number(walk, 'dccp.elapsed_time', 'elapsed time', size - 4)}"
        return str(echoed)
    if size in _NUMBERS.get(kind, ()):
        return str(_number(walk, kind.field, kind.words, size))
    walk.rest(kind.field, "value")
    return ""


def _number(walk: Walk, name: str, label: str, size: int) -> int:
    value = int.from_bytes(walk.bytes_here(size))
    walk.put(name, label, size, value)
    return value
