"""A whole packet from a template and what is given of its fields: all that is not given is made right.

Layers are grown one by one, put behind each other, and joined: each names what it carries, lengths count what is
there, checksums cover it. Then what was given on purpose is written over that, lengths and numbers that contradict
the rest included; checksums that nobody gave are right for these too, by the arithmetic of RFC 1624.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import pairwise

from app.packet.composing.growth import Grown, Late, grown
from app.packet.composing.lengths import LENGTHS
from app.packet.composing.plan import EPHEMERAL, Origin, Plan
from app.packet.composing.recipes import RECIPES
from app.packet.composing.values import Assignment, ComposeError, absent, parse_assignment, payload, zone_named
from app.packet.dissect import dissect
from app.packet.dissection import Dissection
from app.packet.editing import with_checksums, with_field
from app.packet.errors import PacketError
from app.packet.filter.names import is_checksum
from app.packet.link.linktype import LinkType
from app.packet.reading import Space
from app.packet.text import safe

#: What a field says that names nothing that follows: numbers for experiments (RFC 3692; IEEE 802), no next header.
_NOTHING = {Space.PROTOCOL: 253, Space.ETHERTYPE: 0x88B5}
_NO_NEXT_HEADER = 59
_PORTS = (Space.UDP_PORT, Space.TCP_PORT)
#: Checksums whose zero says that there is none, and what stands there until they are made.
_UNMADE_AT_ZERO, _UNMADE = frozenset(("udp.checksum", "ospf.checksum")), 1
_MOST_LAYERS = 20
_VARYING = frozenset(("ip.id", "icmp.seq", "icmpv6.echo.sequence_number", "dns.id", "tcp.srcport", "udp.srcport"))


@dataclass(frozen=True, slots=True)
class Covering:
    """A checksum of 16 bits at byte `at`, and the bytes that it covers."""

    at: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Varying:
    """A field of 16 bits that tells a packet from the next one, and the checksums over it."""

    start_bit: int
    is_port: bool
    checks: tuple[Covering, ...]

    def of(self, data: bytes, number: int) -> Late:
        """Its value in the packet of a turn."""
        at = self.start_bit // 8
        value = int.from_bytes(data[at : at + 2]) + number
        value = value & (0xFFFF - EPHEMERAL) | EPHEMERAL if self.is_port else value & 0xFFFF or 1
        return Late(self.start_bit, self.start_bit + 16, value, "")


@dataclass(frozen=True, slots=True)
class Composed:
    """A packet that was made. `kept` are the bytes where checksums stand that were given.

    `varying` are the fields that nobody gave and that tell one such packet from the next. `zone` is the interface that
    the destination names behind its address (RFC 4007, section 11).
    """

    data: bytes
    link: LinkType
    kept: frozenset[int] = frozenset()
    varying: tuple[Varying, ...] = ()
    zone: str | None = None

    def numbered(self, number: int) -> bytes:
        """The same packet for the turn `number`, from 0: what tells one from the next counts on, checksums follow."""
        if not number:
            return self.data
        data = self.data
        for each in self.varying:
            late = each.of(data, number)
            data = _overwritten(data, late, each.checks)
        return data

    @property
    def dissection(self) -> Dissection:
        """What it says."""
        return dissect(self.data, self.link)


def compose(template: str, given: Sequence[tuple[str, str]], origin: Origin) -> Composed:
    """The packet of a template such as "ip/udp/dns". Raises ComposeError with a sentence."""
    names = layer_names(template)
    told = [parse_assignment(name, text) for name, text in given]
    behind = b"".join(payload(each.text) for each in told if each.name == "data")
    shares = _shared(template, names, [each for each in told if each.name != "data"])
    plan = Plan(names, shares, origin)
    layers = [grown(plan.place(index), plan.defaults(index), shares[index]) for index in range(len(names))]
    try:
        return replace(_joined(layers, shares, behind), zone=zone_named(told))
    except ComposeError:
        raise
    except PacketError as error:
        raise ComposeError(str(error)) from None


def layer_names(template: str) -> list[str]:
    """The layers of a template from the outside in. Raises ComposeError where one is none or has no place there."""
    names = [name for name in template.strip("/").lower().split("/") if name]
    if len(names) > 1 and names[-1] == "data":
        names.pop()
    for name in names:
        if name not in RECIPES:
            meant = get_close_matches(name, RECIPES, 1)
            hint = f"; did you mean {meant[0]}?" if meant else f": there are {', '.join(sorted(RECIPES))}"
            raise ComposeError(f"there is no template for {safe(name)}{hint}")
    if not names or names[0] not in ("eth", "ip", "ipv6"):
        raise ComposeError("a template begins with eth, ip or ipv6, as in ip/udp/dns")
    if len(names) > _MOST_LAYERS:
        raise ComposeError(f"a template has {_MOST_LAYERS} layers at most")
    for outer, inner in pairwise(names):
        behind = RECIPES[outer].behind
        if behind is None or behind[0] not in RECIPES[inner].numbers:
            raise ComposeError(f"{inner} cannot stand in {outer}: no number there means it")
    return names


def _shared(template: str, names: Sequence[str], given: Sequence[Assignment]) -> list[list[Assignment]]:
    """What is given, by the layer that it is for: the one whose name says most of the field's name."""
    shares: list[list[Assignment]] = [[] for _ in names]
    for each in given:
        scores = [_likeness(name, each.name) for name in names]
        best = max(scores)
        places = [index for index, score in enumerate(scores) if score == best and best]
        place = (each.ordinal or 1) - 1
        if place >= len(places):
            raise absent(each, f"is in no layer of {safe(template)}: add the layer, or leave the field out")
        shares[places[place]].append(each)
    return shares


def _likeness(layer: str, field: str) -> int:
    begins = (layer, *RECIPES[layer].owns)
    return max((len(begin) for begin in begins if field == begin or field.startswith(f"{begin}.")), default=0) or (
        1 if layer == "tcp" and field.startswith("tcp.") else 0
    )


def _joined(layers: Sequence[Grown], shares: Sequence[Sequence[Assignment]], behind: bytes) -> Composed:
    """The layers behind each other, each with its lengths, numbers and checksums, and then what was given late."""
    data, start, late = b"", 0, []
    total = sum(len(layer.data) for layer in layers) + len(behind)
    for index, layer in enumerate(layers):
        rest = total - start - len(layer.data)
        following = layers[index + 1].place.name if index + 1 < len(layers) else ""
        data += _with_numbers(_with_lengths(layer, rest), following, has_more=rest > 0).data
        late += [_moved(each, start) for each in layer.late]
        start += len(layer.data)
    data += behind
    link = LinkType.ETHERNET if layers[0].place.name == "eth" else LinkType.RAW
    kept = frozenset(each.start_bit // 8 for each in late if is_checksum(each.name))
    data = with_checksums(data, link)
    checks = _covering(dissect(data, link))
    for each in late:
        if not is_checksum(each.name):
            data = _overwritten(data, each, [check for check in checks if check.at not in kept])
    for each in late:
        if is_checksum(each.name):
            data = with_field(data, each.start_bit, each.stop_bit, each.value)
    data = with_checksums(data, link, kept)
    return Composed(data, link, kept, _varying(layers, shares, data, link, kept))


def _varying(
    layers: Sequence[Grown],
    shares: Sequence[Sequence[Assignment]],
    data: bytes,
    link: LinkType,
    kept: frozenset[int],
) -> tuple[Varying, ...]:
    """The fields that change from packet to packet: nobody gave them, and answers repeat them."""
    checks = [check for check in _covering(dissect(data, link)) if check.at not in kept]
    found, start = [], 0
    for layer, share in zip(layers, shares, strict=True):
        told = {each.name for each in share}
        for span in layer.spans():
            at = start * 8 + span.start_bit
            if span.field.name in _VARYING and span.field.name not in told:
                over = tuple(check for check in checks if check.start <= at // 8 < check.stop)
                found.append(Varying(at, span.field.name.endswith("port"), over))
        start += len(layer.data)
    return tuple(found)


def _moved(late: Late, start: int) -> Late:
    """The same behind `start` more bytes."""
    return Late(late.start_bit + start * 8, late.stop_bit + start * 8, late.value, late.name)


def _with_lengths(layer: Grown, rest: int) -> Grown:
    """The layer with lengths that count what it carries, and checksums that wait to be made."""
    data = layer.data
    for span in layer.spans():
        length = LENGTHS.get(span.field.name)
        if length is not None:
            value, most = length(len(layer.data), rest), (1 << span.stop_bit - span.start_bit) - 1
            if value > most:
                raise ComposeError(f"the packet is too long: {span.field.name} counts to {most}")
            data = with_field(data, span.start_bit, span.stop_bit, max(0, value))
        elif span.field.name in _UNMADE_AT_ZERO:
            data = with_field(data, span.start_bit, span.stop_bit, _UNMADE)
    return replace(layer, data=data)


def _with_numbers(layer: Grown, following: str, *, has_more: bool) -> Grown:
    """The layer with the number of what follows it."""
    behind = RECIPES[layer.place.name].behind
    if behind is None or behind[0] in _PORTS:
        return layer
    space, field = behind
    number = RECIPES[following].numbers[space] if following else _NOTHING.get(space)
    if not following and space is Space.PROTOCOL and not has_more and layer.place.name != "ip":
        number = _NO_NEXT_HEADER
    span = next((span for span in layer.spans() if span.field.name == field), None)
    if number is None or span is None:
        return layer
    return replace(layer, data=with_field(layer.data, span.start_bit, span.stop_bit, number))


def _covering(dissection: Dissection) -> list[Covering]:
    """What each checksum is taken over: IPv4's over its header, others over all that their layer carries."""
    found = []
    for check in dissection.checks:
        layer = next((each for each in dissection.layers if each.start <= check.start < each.stop), None)
        span = dissection.span_at(check.start * 8)
        if layer is None or span is None or span.stop_bit - span.start_bit != 16:
            continue
        stop = layer.stop if layer.name == "ip" else len(dissection.data)
        found.append(Covering(check.start, layer.start, stop))
    return found


def _overwritten(data: bytes, late: Late, checks: Sequence[Covering]) -> bytes:
    """The bytes with a field written, and the checksums over it by RFC 1624, section 3: HC' = ~(~HC + ~m + m')."""
    changed = with_field(data, late.start_bit, late.stop_bit, late.value)
    first, last = late.start_bit // 8, -(-late.stop_bit // 8)
    for check in checks:
        if check.start <= first and last <= check.stop:
            even = first - (first - check.start) % 2
            stop = last + (last - check.start) % 2
            checksum = ~int.from_bytes(data[check.at : check.at + 2]) & 0xFFFF
            for at in range(even, stop, 2):
                before, after = (int.from_bytes(each[at : at + 2].ljust(2, b"\0")) for each in (data, changed))
                checksum += (~before & 0xFFFF) + after
            while checksum >> 16:
                checksum = (checksum & 0xFFFF) + (checksum >> 16)
            changed = with_field(changed, check.at * 8, check.at * 8 + 16, ~checksum & 0xFFFF)
    return changed
