"""BFD: control packets of versions 0 and 1 (RFC 5880) with their authentication; echo packets are bytes (RFC 5881)."""

from app.packet.layout import Field, Header, Layout, header, octets, unsigned
from app.packet.reading import Reading
from app.packet.registry import Registry
from app.packet.shape import bytes_span
from app.packet.text import bytes_words, safe_bytes
from app.packet.walk import Walk, read_element, read_message

TITLE = "Bidirectional Forwarding Detection"
ECHO = Layout("bfd_echo", "BFD echo", "RFC 5880, section 5", (), 0)
CONTROL_PORTS = (3784, 4784, 6784, 7784)  #: one hop, several hops (RFC 5883), LAG (RFC 7130), seamless (RFC 7881)
ECHO_PORT = 3785


class Diagnostic(Registry):
    """https://www.iana.org/assignments/bfd-parameters (Diagnostic Codes)"""

    NO_DIAGNOSTIC = 0
    CONTROL_DETECTION_TIME_EXPIRED = 1
    ECHO_FUNCTION_FAILED = 2
    NEIGHBOR_SIGNALED_SESSION_DOWN = 3
    FORWARDING_PLANE_RESET = 4
    PATH_DOWN = 5
    CONCATENATED_PATH_DOWN = 6
    ADMINISTRATIVELY_DOWN = 7
    REVERSE_CONCATENATED_PATH_DOWN = 8
    MIS_CONNECTIVITY_DEFECT = 9


class SessionState(Registry):
    """RFC 5880, section 4.1."""

    ADMIN_DOWN = 0
    DOWN = 1
    INIT = 2
    UP = 3


class BfdAuthentication(Registry):
    """https://www.iana.org/assignments/bfd-parameters (Authentication Types)"""

    RESERVED = 0
    SIMPLE_PASSWORD = 1
    KEYED_MD5 = 2
    METICULOUS_KEYED_MD5 = 3
    KEYED_SHA1 = 4
    METICULOUS_KEYED_SHA1 = 5


def _flag(name: str, label: str, offset: int) -> Field:
    return Field("", f"bfd.flags.{name}", label, offset, 1, "unsigned", style="flag")


_FLAGS_V0 = (_flag("h", "I hear you", 0), _flag("d", "demand", 1), _flag("p", "poll", 2), _flag("f", "final", 3))
_FLAGS = (
    Field("", "bfd.sta", "state", 0, 2, "unsigned", registry=SessionState),
    _flag("p", "poll", 2),
    _flag("f", "final", 3),
    _flag("c", "control plane independent", 4),
    _flag("a", "authentication present", 5),
    _flag("d", "demand", 6),
    _flag("m", "multipoint", 7),
)
_POLL, _FINAL, _AUTHENTICATED = 0x20, 0x10, 0x04


@header("bfd", TITLE, "RFC 5880, section 4.1")
class Bfd(Header):
    """A control packet of version 1; the state stands in front of the flags."""

    version: int = unsigned(3, default=1)
    diagnostic: int = unsigned(5, name="diag", registry=Diagnostic, default=0)
    flags: int = unsigned(8, "state and flags", style="hex", inner=_FLAGS)
    multiplier: int = unsigned(8, "detect multiplier", name="detect_time_multiplier")
    length: int = unsigned(8, name="message_length", unit="bytes", default=24)
    mine: int = unsigned(32, "my discriminator", name="my_discriminator")
    yours: int = unsigned(32, "your discriminator", name="your_discriminator", default=0)
    transmit: int = unsigned(32, "desired transmit interval", name="desired_min_tx_interval", unit="µs")
    receive: int = unsigned(32, "required receive interval", name="required_min_rx_interval", unit="µs")
    echo: int = unsigned(32, "required echo interval", name="required_min_echo_interval", unit="µs", default=0)


@header("bfd", TITLE, "draft-katz-ward-bfd-01, section 4.1")
class BfdV0(Bfd):
    """A control packet of version 0, which had no state: only "I hear you"."""

    flags: int = unsigned(8, style="hex", inner=_FLAGS_V0)


@header("bfd", "authentication", "RFC 5880, section 4.1")
class Authentication(Header):
    """What every authentication section starts with."""

    type: int = unsigned(8, name="bfd.auth.type", registry=BfdAuthentication)
    length: int = unsigned(8, name="bfd.auth.len", unit="bytes")
    key: int = unsigned(8, "key identifier", name="bfd.auth.key")


@header("bfd", "authentication", "RFC 5880, sections 4.3 and 4.4")
class Digest(Authentication):
    """Keyed MD5 and SHA1, meticulous or not: the digest follows."""

    reserved: bytes = octets(1, default=b"\0")
    sequence: int = unsigned(32, "sequence number", name="bfd.auth.seq_num", style="hex")


def read_bfd(reading: Reading, at: int, stop: int) -> None:
    """A BFD control packet."""
    read_message(reading, at, stop, Bfd.LAYOUT, _message)


def read_bfd_echo(reading: Reading, at: int, stop: int) -> None:
    """A BFD echo packet: RFC 5880, section 5: "The payload of a BFD Echo packet is a local matter"."""
    spans = (bytes_span("bfd_echo.packet", "data", reading.data, at, stop),) if at < stop else ()
    reading.layer(ECHO, at, stop, spans, f"BFD echo, {bytes_words(stop - at)}")


def _message(walk: Walk) -> str:
    start = walk.at
    walk.says = "BFD"
    version = walk.bytes_here(1)[0] >> 5
    head: Bfd = walk.take(Bfd) if version else walk.take(BfdV0)
    walk.says = f"BFD {_state(head, version)}, discriminators {head.mine} → {head.yours}"
    if head.diagnostic:
        walk.says += f", {Diagnostic(head.diagnostic).words}"
    end = walk.reading.bounded(start, head.length, walk.stop, least=Bfd.SIZE, what="BFD length")
    if version and head.flags & _AUTHENTICATED and walk.at < end:
        length = walk.bytes_here(2)[1]
        with walk.under("bfd.auth", "authentication") as words:
            words.append(read_element(walk, max(length, 3), _authentication, "bfd.auth.data"))
    walk.rest("bfd.data", "data", end)
    return walk.says


def _state(head: Bfd, version: int) -> str:
    """The state, or what version 0 had instead, with the bits of a poll sequence."""
    words = SessionState(head.flags >> 6).words if version else ("I hear you" if head.flags & 0x80 else "v0")
    return words + (" poll" if head.flags & _POLL else "") + (" final" if head.flags & _FINAL else "")


def _authentication(walk: Walk) -> str:
    kind = BfdAuthentication(walk.bytes_here(1)[0])
    if BfdAuthentication.KEYED_MD5 <= kind <= BfdAuthentication.METICULOUS_KEYED_SHA1:
        walk.take(Digest)
        walk.rest("bfd.checksum", "digest")
        return kind.words
    walk.take(Authentication)
    if kind is BfdAuthentication.SIMPLE_PASSWORD and walk.lasts():
        password = walk.reading.data[walk.at : walk.stop]
        walk.put("bfd.auth.password", "password", len(password), safe_bytes(password))
    return kind.words
