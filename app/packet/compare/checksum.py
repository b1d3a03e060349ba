"""Whether a checksum that changed follows from the other fields that did, by arithmetic (RFC 1624).

The sum of all covered words, the checksum's own among them, stays the same modulo 0xffff when a field is changed
and the checksum mended. So two packets are held against each other without being whole: what both have is enough.
"""

from app.packet.checksum import ones_sum
from app.packet.compare.remark import Case, Remark, Side, Weight, where
from app.packet.dissection import CheckStatus, Layer, every

_MODULUS = 0xFFFF
_ADDRESSES = {"ip": slice(12, 20), "ipv6": slice(8, 40)}
#: How a sentence names the fields that it follows from.
_SPOKEN = {
    "src": "the source address",
    "dst": "the destination address",
    "srcport": "the source port",
    "dstport": "the destination port",
    "len": "the length",
    "id": "the identification",
    "ident": "the identifier",
    "mss_val": "the MSS",
    "data": "the payload",
}
_MOST_NAMED = 3


def ip_checksum(case: Case) -> Remark | None:
    """The checksum of the IPv4 header itself."""
    before, after = case.pair.before.octets(case.layer), case.pair.after.octets(case.layer)
    if len(after) < len(before) and not _has_other_length(case):
        return None  # the header is cut
    if not case.numbers[0] and ones_sum(after) == _MODULUS:
        return Remark(Weight.EXPECTED, "filled in by the kernel that sent it")
    if _balance(before) == _balance(after) or ones_sum(after) == _MODULUS:
        return None if case.is_same else Remark(Weight.EXPECTED, f"follows from {_changed(case)}")
    if not case.numbers[1]:
        return Remark(Weight.NOTABLE, "zeroed by the router that quotes")
    if case.is_same:
        return Remark(Weight.NOTABLE, f"not updated: {_changed(case)} changed")
    target = 0 if ones_sum(before) == _MODULUS else _balance(before)
    for restored, words in _restorations(before, after):
        ttl = _explaining_ttl(restored, target)
        if ttl == restored[8]:
            return Remark(Weight.NOTABLE, f"right before {words} changed")
        if ttl is not None and words:
            return Remark(Weight.NOTABLE, f"right with ttl {ttl}, before {words} changed")
        if ttl is not None:
            return Remark(Weight.NOTABLE, f"belongs to ttl {ttl}, not to the {restored[8]} that is quoted")
    return Remark(Weight.ALARMING, "differs in a way no TTL change explains")


def _has_other_length(case: Case) -> bool:
    """Whether options were taken out or put in."""
    before, after = (side.value(case.layer, "ip.hdr_len") for side in (case.pair.before, case.pair.after))
    return before != after


def _restorations(before: bytes, after: bytes) -> list[tuple[bytes, str]]:
    """The quoted header, and the same with length, flags and offset as they were sent: what kernels rewrite late."""
    if len(before) < 20 or len(after) < 20:
        return []
    length = after[:2] + before[2:4] + after[4:]
    offset = after[:6] + before[6:8] + after[8:]
    both = length[:6] + before[6:8] + length[8:]
    found = [(after, "")]
    if length != after:
        found.append((length, "the length"))
    if offset != after:
        found.append((offset, "the flags and the offset"))
    if length != after != offset:
        found.append((both, "length, flags and offset"))
    return found


def _explaining_ttl(header: bytes, target: int) -> int | None:
    """The TTL with which the header's checksum would be right; its own, if it is."""
    missing = (target - _balance(header)) % _MODULUS
    for ttl in sorted(range(256), key=lambda ttl: abs(ttl - header[8])):
        if ((ttl - header[8]) << 8) % _MODULUS == missing:
            return ttl
    return None


def transport_checksum(case: Case) -> Remark | None:
    """The checksum of UDP, TCP or ICMP, as far as what it covers is quoted."""
    before, after = case.pair.before, case.pair.after
    if case.is_same and not _covered_changes(case):
        return None
    if case.name.startswith("udp") and not all(case.numbers):  # RFC 768: zero means that none was made
        verb = "made" if case.numbers[1] else "removed"
        return None if case.is_same else Remark(Weight.NOTABLE, f"{verb} {where(case)}")
    assert case.before is not None
    assert case.after is not None
    follows = _covered(before, after, case.layer) == _covered(after, before, case.layer)
    if follows:
        return None if case.is_same else Remark(Weight.EXPECTED, f"follows from {_changed(case)}")
    if before.verdict(case.before) is CheckStatus.BAD:
        if after.verdict(case.after) is CheckStatus.GOOD:
            return Remark(Weight.EXPECTED, "filled in behind the place where ours was recorded")
        return Remark(Weight.NONE, "nothing follows: ours was not right when it was recorded")
    if case.is_same:
        return Remark(Weight.NOTABLE, f"not updated: {_changed(case)} changed")
    if _is_cut(before, after, case.layer):
        return Remark(Weight.NOTABLE, "follows from nothing that is quoted; the rest is cut off")
    return Remark(Weight.ALARMING, "follows from none of the changes")


def _covered(side: Side, other: Side, key: str) -> int:
    """The sum over what both sides have of a transport packet, and over the addresses around it where they count."""
    size = min(_extent(side, key), _extent(other, key)) & ~1
    whole = side.layers[key].start
    total = ones_sum(side.dissection.data[whole : whole + size])
    if not key.startswith("icmp "):
        total += ones_sum(_addresses(side, key))
    return total % _MODULUS


def _addresses(side: Side, key: str) -> bytes:
    envelope = side.envelope(key)
    return side.octets(envelope)[_ADDRESSES[envelope.partition(" ")[0]]] if envelope is not None else b""


def _extent(side: Side, key: str) -> int:
    return side.stop - side.layers[key].start


def _is_cut(before: Side, after: Side, key: str) -> bool:
    return _extent(after, key) < _extent(before, key)


def _balance(data: bytes) -> int:
    return ones_sum(data) % _MODULUS


def _covered_changes(case: Case) -> list[str]:
    """The last names of the fields under a checksum that are not as they were, layer by layer."""
    before, after = case.pair.before, case.pair.after
    own, envelope = case.layer, before.envelope(case.layer)
    names: list[str] = []
    if case.name != "ip.checksum" and own.partition(" ")[0] != "icmp" and envelope is not None:
        names += [name for name in _differing(before, after, envelope) if name.rpartition(".")[2] in ("src", "dst")]
    names += [name for name in _differing(before, after, own) if name != case.name]
    if case.name != "ip.checksum":
        names += _behind(before, after, own)
    return list(dict.fromkeys(name.rpartition(".")[2] for name in names))


def _behind(before: Side, after: Side, own: str) -> list[str]:
    """ "data", where the bytes behind a header differ as far as both have them."""
    if own not in after.layers:
        return []
    one = before.dissection.data[before.layers[own].stop : before.stop]
    other = after.dissection.data[after.layers[own].stop : after.stop]
    size = min(len(one), len(other))
    return ["data"] if one[:size] != other[:size] else []


def _differing(before: Side, after: Side, key: str) -> list[str]:
    if key not in before.layers or key not in after.layers:
        return []
    one, other = _leaves(before.layers[key]), _leaves(after.layers[key])
    return [name for name, value in one.items() if name in other and other[name] != value]


def _leaves(layer: Layer) -> dict[str, object]:
    return {span.field.name: span.value for span in every(layer.spans) if not span.children}


def _changed(case: Case) -> str:
    """The changed fields as a sentence names them: "ttl", "ttl and dscp", "the source port"."""
    spoken = [_SPOKEN.get(name, name) for name in _covered_changes(case)]
    if len(spoken) > _MOST_NAMED:
        spoken = [*spoken[: _MOST_NAMED - 1], f"{len(spoken) - _MOST_NAMED + 1} more"]
    return " and ".join([", ".join(spoken[:-1]), spoken[-1]] if len(spoken) > 1 else spoken) or "what was not quoted"
