"""Reading PIM version 2 out of a frame: header, body, checksum, and the datagram that a register carries."""

from ipaddress import IPv6Address

from app.packet.checksum import pseudo_sum
from app.packet.dissection import Check, CheckStatus, Severity
from app.packet.multicast.pim import (
    AssertPim,
    ElectionPim,
    ExtendedPim,
    ForwardedPim,
    Pim,
    PimStart,
    PimType,
    RegisterStopPim,
)
from app.packet.multicast.pimmessages import BODIES, Register, is_fragment, read_datagram
from app.packet.reading import CutError, Reading, Space, Step
from app.packet.registry import Protocol
from app.packet.walk import Walk, read_message

_VERSION = 2
_NAMES: dict[int, str] = {
    PimType.HELLO: "hello",
    PimType.REGISTER_STOP: "register-stop",
    PimType.JOIN_PRUNE: "join/prune",
    PimType.BOOTSTRAP: "bootstrap",
    PimType.ASSERT: "assert",
    PimType.GRAFT: "graft",
    PimType.GRAFT_ACK: "graft ack",
    PimType.CANDIDATE_RP_ADVERTISEMENT: "candidate RP",
    PimType.STATE_REFRESH: "state refresh",
    PimType.DF_ELECTION: "DF election",
    PimType.ECMP_REDIRECT: "ECMP redirect",
    PimType.PIM_FLOODING_MECHANISM: "flooding",
    PimType.EXTENDED_13: "type 13",
    PimType.EXTENDED_14: "type 14",
    PimType.EXTENDED_15: "type 15",
}
_HEADS: dict[int, type[PimStart]] = {
    PimType.REGISTER_STOP: RegisterStopPim,
    PimType.BOOTSTRAP: ForwardedPim,
    PimType.ASSERT: AssertPim,
    PimType.DF_ELECTION: ElectionPim,
    PimType.PIM_FLOODING_MECHANISM: ForwardedPim,
    PimType.EXTENDED_13: ExtendedPim,
    PimType.EXTENDED_14: ExtendedPim,
    PimType.EXTENDED_15: ExtendedPim,
}


def read_pim(reading: Reading, at: int, stop: int) -> Step | None:
    """A PIM message."""
    if at >= stop and any(layer.layout is Pim.LAYOUT for layer in reading.layers):
        return None  # a null register of IPv4 carries a header that says PIM, and nothing behind it
    start = reading.take(PimStart, at, stop)
    head = reading.take(_HEADS.get(start.type, Pim), at, stop)
    if start.version != _VERSION:
        _read_other_version(reading, at, stop, head)
        return None
    if start.type == PimType.REGISTER:
        return _read_register(reading, at, stop)
    _verify(reading, at, stop, stop)
    read_message(reading, at, stop, Pim.LAYOUT, _read_body)
    return None


def _read_body(walk: Walk) -> str:
    """A message that is no register."""
    kind = PimType(walk.reading.data[walk.at] & 0x0F)
    head = walk.take(_HEADS.get(kind, Pim))
    walk.says = f"PIMv2 {_NAMES[kind]}"
    with walk.under("pim.option", "body"):
        words = BODIES[kind](walk, head)
        walk.rest("pim.data")
    return words


def _read_other_version(reading: Reading, at: int, stop: int, head: PimStart) -> None:
    walk = Walk(reading, at, stop)
    walk.take(type(head))
    walk.rest("pim.data")
    reading.checks.append(Check(at + 2, CheckStatus.UNVERIFIED))
    reading.note(Severity.WARNING, at, f"PIM of version {head.version} is not known")
    reading.layer(Pim.LAYOUT, at, stop, walk.parts, f"PIM version {head.version}")


def _read_register(reading: Reading, at: int, stop: int) -> Step | None:
    """A register: the datagram of a source on its way to the rendezvous point, or only its header."""
    inner = at + Pim.LAYOUT.size + Register.LAYOUT.size
    _verify(reading, at, inner, stop)
    walk = Walk(reading, at, stop)
    walk.take(Pim)
    words, version = "PIMv2 register", 0
    try:
        with walk.under("pim.option", "body"):
            if walk.take(Register).is_null:
                words = "PIMv2 null register"
            version = read_datagram(walk)
    except CutError:
        words += ", cut short"
    reading.layer(Pim.LAYOUT, at, stop, walk.parts, words)
    return Step(Space.IP_VERSION, (version,), inner, stop) if version else None


def _verify(reading: Reading, at: int, summed: int, stop: int) -> None:
    """Check the checksum over bytes [at, summed) of a message that ends at `stop`.

    "The checksum for Registers is done only on the first 8 bytes of the packet" (RFC 7761, section 4.9).
    """
    field = at + 2
    is_here = reading.is_whole if summed >= stop else not is_fragment(reading)
    if not is_here or summed > stop or reading.source is None or reading.destination is None:
        reading.checks.append(Check(field, CheckStatus.UNVERIFIED))
        return
    front = 0
    if isinstance(reading.source, IPv6Address):
        front = pseudo_sum(reading.source, reading.destination, Protocol.PIM, summed - at)
    before = len(reading.notes)
    reading.verify_sum(field, at, summed, front)
    if len(reading.notes) > before and summed < stop and not _sum_of_all(reading, at, stop):
        reading.notes[before:] = []
        text = "the checksum covers the datagram too: it should not, and is accepted (RFC 7761, section 4.9)"
        reading.note(Severity.WARNING, field, text)


def _sum_of_all(reading: Reading, at: int, stop: int) -> int:
    """What is left of the sum over a whole register, pseudo-header included: nothing where it holds."""
    total = int.from_bytes(reading.data[at:stop]) << 8 * (stop - at & 1)
    if isinstance(reading.source, IPv6Address) and reading.destination is not None:
        total += pseudo_sum(reading.source, reading.destination, Protocol.PIM, stop - at)
    return total % 0xFFFF
