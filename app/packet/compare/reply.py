"""What an answer owes to the packet that it answers: ends exchanged, numbers echoed, payload returned (RFC 792).

Also the little that can be said where two packets have nothing to do with each other but the eye of the reader.
"""

from app.packet.compare.remark import Case, Judge, Judges, Remark, Weight, nothing
from app.packet.dissection import CheckStatus

_EXPECTED, _NOTABLE, _ALARMING = Weight.EXPECTED, Weight.NOTABLE, Weight.ALARMING

#: Which type answers which request.
_REPLIES = {
    "icmp.type": {8: 0, 10: 9, 13: 14, 15: 16, 17: 18, 37: 38, 42: 43},
    "icmpv6.type": {128: 129, 133: 134, 135: 136, 139: 140, 141: 142, 144: 145, 146: 147, 160: 161},
}
#: What senders begin to count down from, as far as anyone knows.
_INITIAL = (64, 128, 255)


def _swap(other: str, words: str) -> Judge:
    """A judge of one end: the answer has to come from, or go to, the other end of the question."""

    def judge(case: Case) -> Remark:
        assert case.after is not None
        wanted = case.pair.before.value(case.layer, other)
        if case.after.value == wanted:
            return Remark(_EXPECTED, "expected: the ends are exchanged")
        return Remark(_ALARMING, words)

    return judge


def _source(case: Case) -> Remark:
    """The address that answers; a group or broadcast address is answered by its members."""
    assert case.after is not None
    asked = case.pair.before.value(case.layer, case.name.replace("src", "dst"))
    if case.after.value == asked:
        return Remark(_EXPECTED, "expected: the ends are exchanged")
    if getattr(asked, "is_multicast", False):
        return Remark(_EXPECTED, "expected: a member of the group answers")
    return Remark(_NOTABLE, "another address answers than was asked")


def _count_left(case: Case) -> Remark:
    left = case.numbers[1]
    began = next(start for start in _INITIAL if start >= left)
    return Remark(_EXPECTED, f"its own count: {began - left} away, if it began at {began}")


def _kind(case: Case) -> Remark:
    asked, answered = case.numbers
    if _REPLIES[case.name].get(asked) == answered:
        return Remark(_EXPECTED, "expected: the answer to this request")
    return Remark(_NOTABLE, "no answer to this request")


def _echoed(case: Case) -> Remark:
    if case.is_same:
        return Remark(_EXPECTED, "echoed as it was sent")
    return Remark(_ALARMING, "not ours: it has to be echoed as it was sent")


def _returned(case: Case) -> Remark | None:
    """The payload of an echo comes back as it was sent; other answers have payloads of their own."""
    if not {"icmp 1", "icmpv6 1"} & case.pair.before.layers.keys():
        return None
    before = case.bytes_of(case.before, case.pair.before)
    after = case.bytes_of(case.after, case.pair.after)
    if before == after:
        return Remark(_EXPECTED, "echoed as it was sent")
    if before.startswith(after):
        return Remark(_NOTABLE, f"cut: {len(after)} of {len(before)} bytes came back")
    first = next((at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), len(before))
    return Remark(_ALARMING, f"damaged from its byte {first} on")


def _checksum(case: Case) -> Remark | None:
    assert case.after is not None
    verdict = case.pair.after.verdict(case.after)
    if verdict is CheckStatus.BAD:
        return Remark(_ALARMING, "bad: damaged on the way back, or made wrong")
    return Remark(_EXPECTED, "good for what it covers") if verdict is CheckStatus.GOOD else None


def _acknowledged(case: Case) -> Remark | None:
    """TCP acknowledges the next number that it expects (RFC 9293, section 3.4)."""
    before = case.pair.before
    sent = before.value(case.layer, "tcp.seq_raw", "tcp.seq")
    if not isinstance(sent, int) or not case.pair.after.value(case.layer, "tcp.flags.ack"):
        return None
    size = before.stop - before.layers[case.layer].stop
    flags = sum(1 for name in ("tcp.flags.syn", "tcp.flags.fin") if before.value(case.layer, name))
    if case.numbers[1] == sent + size + flags & 0xFFFFFFFF:
        return Remark(_EXPECTED, "acknowledges all that was sent")
    return Remark(_NOTABLE, f"acknowledges {case.numbers[1] - sent & 0xFFFFFFFF} from the first number that was sent")


def _to_us(case: Case) -> Remark | None:
    """The destination of an error is who sent the packet (RFC 1122, section 3.2.2)."""
    assert case.after is not None
    if case.after.value == case.pair.before.value(case.layer, case.name.replace("dst", "src")):
        return Remark(_EXPECTED, "expected: back to the source")
    return Remark(_NOTABLE, "not to the source that was sent: it was translated")


def _either(case: Case) -> Remark:
    """Two packets that nothing joins: the difference in numbers, or whose end is whose."""
    assert case.after is not None
    last = case.name.rpartition(".")[2]
    other = {"src": "dst", "dst": "src", "srcport": "dstport", "dstport": "srcport"}.get(last)
    if other and case.after.value == case.pair.before.value(case.layer, case.name.removesuffix(last) + other):
        return Remark(_NOTABLE, "the ends are exchanged")
    if case.name.endswith("checksum") and case.pair.after.verdict(case.after) is CheckStatus.BAD:
        return Remark(_ALARMING, "bad")
    is_count = case.after.field.style == "decimal" and case.after.field.registry is None
    if is_count and isinstance(case.after.value, int):
        before, after = case.numbers
        return Remark(_NOTABLE, f"{after - before:+d}".replace("-", "−"))
    if isinstance(case.after.value, bytes):
        return _first_difference(case)
    return Remark(_NOTABLE, "")


def _first_difference(case: Case) -> Remark:
    before = case.bytes_of(case.before, case.pair.before)
    after = case.bytes_of(case.after, case.pair.after)
    pairs = enumerate(zip(before, after, strict=False))
    first = next((at for at, (one, other) in pairs if one != other), min(len(before), len(after)))
    size = f", {len(after)} bytes instead of {len(before)}" if len(before) != len(after) else ""
    return Remark(_NOTABLE, f"differs from its byte {first} on{size}")


def _only_here(case: Case) -> Remark | None:
    """A field that only one of two unrelated packets has, in a layer that both have."""
    if case.layer not in case.pair.before.layers or case.layer not in case.pair.after.layers:
        return None
    return Remark(_NOTABLE, "only in the first" if case.after is None else "not in the first")


#: What the answer repeats: RFC 792, RFC 4443, section 4.2, RFC 8335, section 3, RFC 1035, section 4.1.1.
_ECHOED = (
    "icmp.ident",
    "icmp.seq",
    "icmp.ext.echo.seq",
    "icmp.originate_timestamp",
    "icmpv6.echo.identifier",
    "icmpv6.echo.sequence_number",
    "dns.id",
)

ANSWERS = Judges(
    {
        "ip.src": _source,
        "ipv6.src": _source,
        "ip.dst": _swap("ip.src", "not to the address that asked"),
        "ipv6.dst": _swap("ipv6.src", "not to the address that asked"),
        "ip.ttl": _count_left,
        "ipv6.hlim": _count_left,
        "icmp.type": _kind,
        "icmpv6.type": _kind,
        "udp.srcport": _swap("udp.dstport", "another port answers than was asked"),
        "tcp.srcport": _swap("tcp.dstport", "another port answers than was asked"),
        "udp.dstport": _swap("udp.srcport", "not to the port that asked"),
        "tcp.dstport": _swap("tcp.srcport", "not to the port that asked"),
        "tcp.ack": _acknowledged,
        "tcp.ack_raw": _acknowledged,
        "data.data": _returned,
        **dict.fromkeys(_ECHOED, _echoed),
        **dict.fromkeys(("ip.checksum", "icmp.checksum", "icmpv6.checksum", "udp.checksum", "tcp.checksum"), _checksum),
    },
    others=nothing,
    lost=nothing,
    watched=frozenset((*_ECHOED, "data.data")),
)
#: An ICMP error is a packet of its own: that it is unlike ours is no news.
ERRORS = Judges({"ip.dst": _to_us, "ipv6.dst": _to_us}, others=nothing, lost=nothing, compares=False)
OTHERS = Judges({}, others=_either, lost=_only_here)
