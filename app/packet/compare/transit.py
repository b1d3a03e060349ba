"""What may have happened to a packet on its way, seen from what a router quoted of it (RFC 792, RFC 4443).

Routers count TTL down and mend the IP checksum (RFC 1812, section 5.3.1). Whatever else differs was done by
something on the way, or by the router that quotes: old BSDs quote the header as their kernel keeps it, with
lengths in host order. Checksums are judged by arithmetic (RFC 1624): only what follows is said to follow.
"""

from app.packet.checksum import ones_sum
from app.packet.compare.checksum import ip_checksum, transport_checksum
from app.packet.compare.remark import Case, Judge, Judges, Remark, Side, Weight, always, count_words, swapped, where
from app.packet.layout import Span

_TIME_EXCEEDED = {"icmp": 11, "icmpv6": 3}
_CONGESTION_EXPERIENCED = 3
_TCP_OPTIONS = "tcp.options"

_EXPECTED, _NOTABLE, _ALARMING = Weight.EXPECTED, Weight.NOTABLE, Weight.ALARMING


def _counted_down(case: Case) -> Remark | None:
    """TTL or hop limit: one for each router before the one that quotes."""
    before, after = case.numbers
    has_expired = _is_time_exceeded(case.pair.after)
    if after > before:
        return Remark(_ALARMING, f"raised by {after - before}: no router may")
    if before == after:
        if has_expired and after > 1:
            return Remark(_NOTABLE, "not counted down, and yet expired: quoted as it was sent")
        return None
    taken = before - after
    routers = "router" if taken == 1 else "routers"
    if has_expired and after > 1:
        text = f"expired with {after} left: MPLS or a tunnel may hide routers"
        return Remark(_NOTABLE, text)
    if after == 0:
        return Remark(_EXPECTED, f"expected: {count_words(taken)} {routers} took one each, the last before it quoted")
    return Remark(_EXPECTED, f"expected: {count_words(taken)} {routers} took one{' each' if taken > 1 else ''}")


def _is_time_exceeded(side: Side) -> bool:
    """Whether the message that quotes says that the packet's time ran out."""
    for layer in side.dissection.layers:
        if not layer.is_quoted and layer.name in _TIME_EXCEEDED:
            return side.dissection.data[layer.start] == _TIME_EXCEEDED[layer.name]
    return False


def _service(case: Case) -> Remark:
    """DSCP: bleached to zero, stripped of its precedence bits, or set to something else."""
    before, after = case.numbers
    if after == 0:
        return Remark(_NOTABLE, f"bleached {where(case)}")
    if after == before & 0b000111:
        return Remark(_NOTABLE, f"upper three bits bleached {where(case)}, as for precedence")
    return Remark(_NOTABLE, f"rewritten {where(case)}")


def _congestion(case: Case) -> Remark:
    """ECN (RFC 3168): congestion may be marked where it was offered; nothing else may change."""
    before, after = case.numbers
    if after == _CONGESTION_EXPERIENCED and before:
        return Remark(_NOTABLE, f"congestion marked {where(case)}")
    if after == 0:
        return Remark(_NOTABLE, f"bleached {where(case)}: congestion could not be marked")
    if before == 0:
        return Remark(_ALARMING, f"set {where(case)}, though not offered")
    return Remark(_NOTABLE, f"rewritten {where(case)}")


def _total_length(case: Case) -> Remark:
    """IPv4's total length, as wire and old kernels have it."""
    before, after = case.numbers
    header = case.pair.before.value(case.layer, "ip.hdr_len")
    size = header * (4 if header <= 15 else 1) if isinstance(header, int) else 20
    known = {
        swapped(before): "byte-swapped: in the router's own byte order",
        before - size: "less by the header, as old BSDs quote it",
        swapped(max(0, before - size)): "less by the header and byte-swapped, as old BSDs quote it",
        before + size: "more by the header: it was added once too often",
    }
    if after in known:
        return Remark(_NOTABLE, known[after])
    if after < before and _is_fragment(case):
        return Remark(_NOTABLE, f"fragmented {where(case)}")
    return Remark(_ALARMING, f"rewritten {where(case)}")


def _is_fragment(case: Case) -> bool:
    return any(case.pair.after.value(case.layer, name) for name in ("ip.flags.mf", "ip.frag_offset"))


def _payload_length(case: Case) -> Remark:
    before, after = case.numbers
    if after == swapped(before):
        return Remark(_NOTABLE, "byte-swapped: in the router's own byte order")
    return Remark(_ALARMING, f"rewritten {where(case)}")


def _identification(case: Case) -> Remark:
    before, after = case.numbers
    if before == 0:
        return Remark(_EXPECTED, "filled in: zero asks the kernel that sends it to")
    if after == swapped(before):
        return Remark(_NOTABLE, "byte-swapped: in the router's own byte order")
    return Remark(_NOTABLE, f"rewritten {where(case)}")


def _unless_swapped(judge: Judge) -> Judge:
    """A judge of a flag or the fragment offset: swapped bytes of their word explain both."""

    def judged(case: Case) -> Remark | None:
        before, after = (_fragment_word(side, case.layer) for side in (case.pair.before, case.pair.after))
        if after == swapped(before):
            return Remark(_NOTABLE, "flags and offset byte-swapped: in the router's own byte order")
        return judge(case)

    return judged


def _fragment_word(side: Side, layer: str) -> int:
    return int.from_bytes(side.octets(layer)[6:8], "big")


def _dont_fragment(case: Case) -> Remark:
    verb = "set" if case.numbers[1] else "cleared"
    return Remark(_NOTABLE, f"{verb} {where(case)}{': it could be fragmented' if verb == 'cleared' else ''}")


def _segment_size(case: Case) -> Remark:
    before, after = case.numbers
    return Remark(_NOTABLE, f"{'clamped' if after < before else 'raised'} {where(case)}")


def _payload(case: Case) -> Remark | None:
    """Payload: quoted whole, in part, or damaged."""
    before = case.bytes_of(case.before, case.pair.before)
    after = case.bytes_of(case.after, case.pair.after)
    if before == after:
        return None
    if before.startswith(after):
        return Remark(_EXPECTED, f"quoted in part: {len(after)} of {len(before)} bytes")
    first = next((at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), len(before))
    if first == len(before):
        return Remark(_NOTABLE, f"{len(after) - first} bytes more than were sent")
    return Remark(_ALARMING, f"differs from its byte {first} on")


def _udp_length(case: Case) -> Remark:
    before, after = case.numbers
    if after == swapped(before):
        return Remark(_NOTABLE, "byte-swapped")
    return Remark(_ALARMING, f"rewritten {where(case)}")


def _sequence(case: Case) -> Remark:
    before, after = case.numbers
    return Remark(_NOTABLE, f"shifted by {after - before & 0xFFFFFFFF} {where(case)}: a firewall or proxy")


def _lost(case: Case) -> Remark | None:
    """A field that only one of both has: cut off, taken out or put in."""
    if case.before is None:
        return Remark(_NOTABLE, f"added {where(case)}") if case.layer in case.pair.before.layers else None
    if case.layer not in case.pair.after.layers or _is_cut_off(case):
        return None
    if ones_sum(case.bytes_of(case.before, case.pair.before)) == 0 and _is_padding(case.before):
        return None
    return Remark(_NOTABLE, f"removed {where(case)}")


def _is_cut_off(case: Case) -> bool:
    """Whether the quotation ends before the field: not where the header itself says that it is shorter."""
    name = f"{case.layer.partition(' ')[0]}.hdr_len"
    is_shorter = case.pair.before.value(case.layer, name) != case.pair.after.value(case.layer, name)
    return not is_shorter and not case.is_quoted


def _is_padding(span: Span) -> bool:
    return "pad" in span.field.name or "pad" in span.field.label


_TRANSLATED = always(_NOTABLE, "translated {where}: a NAT")
_DESTINATION = always(_NOTABLE, "destination changed {where}: sent on to another")
_REWRITTEN = always(_NOTABLE, "rewritten {where}")
_SOURCE = always(_NOTABLE, "source address changed: NAT {where}")
_UNLIKELY = always(_ALARMING, "changed {where}: no router may")

_TABLE: dict[str, Judge] = {
    "ip.ttl": _counted_down,
    "ipv6.hlim": _counted_down,
    "ip.src": _SOURCE,
    "ipv6.src": _SOURCE,
    "ip.dst": _DESTINATION,
    "ipv6.dst": _DESTINATION,
    "ip.dsfield.dscp": _service,
    "ipv6.tclass.dscp": _service,
    "ip.dsfield.ecn": _congestion,
    "ipv6.tclass.ecn": _congestion,
    "ip.len": _total_length,
    "ipv6.plen": _payload_length,
    "ip.id": _identification,
    "ip.flags.rb": _unless_swapped(_REWRITTEN),
    "ip.flags.df": _unless_swapped(_dont_fragment),
    "ip.flags.mf": _unless_swapped(always(_NOTABLE, "fragmented {where}")),
    "ip.frag_offset": _unless_swapped(always(_NOTABLE, "fragmented {where}")),
    "ip.checksum": ip_checksum,
    "ip.proto": _UNLIKELY,
    "ipv6.nxt": _UNLIKELY,
    "ipv6.flow": always(_NOTABLE, "flow label rewritten {where}"),
    "udp.srcport": _TRANSLATED,
    "tcp.srcport": _TRANSLATED,
    "udp.dstport": always(_NOTABLE, "destination port changed {where}"),
    "tcp.dstport": always(_NOTABLE, "destination port changed {where}"),
    "udp.length": _udp_length,
    "udp.checksum": transport_checksum,
    "tcp.checksum": transport_checksum,
    "icmp.checksum": transport_checksum,
    "icmpv6.checksum": transport_checksum,
    "icmp.ident": always(_NOTABLE, "identifier translated {where}: a NAT"),
    "icmpv6.echo.identifier": always(_NOTABLE, "identifier translated {where}: a NAT"),
    "icmp.seq": always(_ALARMING, "rewritten {where}"),
    "icmpv6.echo.sequence_number": always(_ALARMING, "rewritten {where}"),
    "icmp.type": _UNLIKELY,
    "icmpv6.type": _UNLIKELY,
    "tcp.seq": _sequence,
    "tcp.seq_raw": _sequence,
    "tcp.window_size_value": always(_NOTABLE, "window changed {where}"),
    "tcp.options.mss_val": _segment_size,
    "data.data": _payload,
}

TRANSIT = Judges(
    _TABLE,
    others=_REWRITTEN,
    lost=_lost,
    watched=frozenset(("ip.ttl", "ipv6.hlim", *(name for name in _TABLE if name.endswith("checksum")))),
)
