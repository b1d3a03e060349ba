"""What a trace's rows say together: loops, and the findings worth a sentence. Pure functions of frozen rows."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from app.engine.refusal import TIME_EXCEEDED, UNREACHABLE
from app.engine.snapshot import End, Finding, HopRow, Responder
from app.engine.tracing.pathloss import about_loss
from app.packet.compose import Address

LONGEST_CYCLE = 8  #: routers that a loop may go through and still be told from a long path
STUCK = 4  #: TTLs in a row at which one router answers: it loops within itself
JUDGED_FROM = 5  #: decided probes before loss is compared
LIMITED_BY = 0.15  #: how much more a hop loses than a later one before it is called rate-limited
ASYMMETRIC_FROM = 3  #: hops of difference: fewer are within what routers make of TTLs
_INITIAL_TTLS = (64, 128, 255)


def loop(addresses: Mapping[int, Address]) -> tuple[int, int] | None:
    """First and last TTL of a loop: addresses that repeat in a cycle, seen twice over; None without one.

    `addresses` holds who said "time exceeded", by TTL. Silent TTLs within may be anything, but of each cycle
    two different routers must have been seen to repeat. One router that answers at `STUCK` TTLs in a row
    loops within itself; at two or three it may merely not count its own hop.
    """
    if len({int(address) for address in addresses.values()}) == len(addresses):
        return None  # as mostly: nobody answered twice
    for first in sorted(addresses):
        for cycle in range(1, LONGEST_CYCLE + 1):
            last = first + max(2 * cycle, STUCK) - 1
            if last in addresses and _repeats(addresses, first, last, cycle):
                return first, last
    return None


def _repeats(addresses: Mapping[int, Address], first: int, last: int, cycle: int) -> bool:
    pairs = [(addresses.get(ttl), addresses.get(ttl + cycle)) for ttl in range(first, last - cycle + 1)]
    known = [(one, other) for one, other in pairs if one is not None and other is not None]
    distinct = {one for one, _ in known}
    if cycle == 1:
        return len(known) == len(pairs) and len(distinct) == 1 and known[0][0] == known[0][1]
    return len(distinct) >= 2 and all(one == other for one, other in known)


def findings(
    rows: Sequence[HopRow],
    end: End | None,
    looping: tuple[int, int] | None,
    unsteady: Mapping[int, int],
    abreast: Mapping[int, Sequence[Address]] = MappingProxyType({}),
) -> tuple[Finding, ...]:
    """All that is worth saying, by TTL. `unsteady`: how often the responder of a TTL changed within one flow;
    `abreast`: the routers that different flows come by.
    """
    found: list[Finding] = []
    if looping is not None:
        found.append(_loop(rows, looping))
    for index, row in enumerate(rows):
        later = rows[index + 1 :]
        found += _about_silence(row, later)
        for responder in row.responders:
            found += _about_answer(row, responder)
        if changes := unsteady.get(row.ttl, 0):
            found += _about_balance(row, changes)
    found += _about_flows(abreast)
    found += _about_translation(rows)
    found += _about_return(rows)
    found += about_loss(rows)
    if end is End.PROHIBITED:
        found += _about_prohibition(rows)
    return tuple(found)


def _loop(rows: Sequence[HopRow], looping: tuple[int, int]) -> Finding:
    first, last = looping
    seen = {str(row.responders[-1].address) for row in rows if first <= row.ttl <= last and row.responders}
    names = " and ".join(sorted(seen)) if len(seen) < 3 else f"{len(seen)} routers"
    return Finding("loop", first, f"probes go round: {names} answer again and again from hop {first} on")


def _about_silence(row: HopRow, later: Sequence[HopRow]) -> Iterator[Finding]:
    decided = row.ledger.lost + row.ledger.replied
    answering = [other for other in later if other.ledger.replied]
    if not answering or not decided:
        return
    if not row.responders:
        yield Finding("silent-hop", row.ttl, "never answers, but forwards")
        return
    best = min((other.ledger.loss or 0.0 for other in answering), default=0.0)
    if decided >= JUDGED_FROM and (row.ledger.loss or 0.0) - best > LIMITED_BY:
        text = (
            f"answers {row.ledger.replied} of {decided}; later hops answer more: it limits its own ICMP, no path loss"
        )
        yield Finding("rate-limited", row.ttl, text)


def _about_answer(row: HopRow, responder: Responder) -> Iterator[Finding]:
    if responder.mtu is not None:
        yield Finding("mtu", row.ttl, f"{responder.address} passes on at most {responder.mtu} bytes")
    if responder.mpls:
        labels = ", ".join(str(entry.label) for entry in responder.mpls)
        yield Finding("mpls", row.ttl, f"{responder.address} got the probe by MPLS, label {labels}")


def _about_balance(row: HopRow, changes: int) -> Iterator[Finding]:
    responders = [responder for responder in row.responders if not _refuses(responder)]
    if len(responders) < 2:
        return
    names = ", ".join(str(responder.address) for responder in responders[:4])
    if changes >= len(responders) + 1:
        yield Finding("ecmp", row.ttl, f"{len(responders)} routers answer in turn within one flow: {names}")
    else:
        yield Finding("path-changed", row.ttl, f"the path has changed here: {names}")


def _about_flows(abreast: Mapping[int, Sequence[Address]]) -> Iterator[Finding]:
    """One finding for each stretch of hops at which as many routers stand side by side."""
    stretch: list[int] = []
    for ttl in [*sorted(abreast), 0]:
        if stretch and (ttl != stretch[-1] + 1 or len(abreast[ttl]) != len(abreast[stretch[0]])):
            last = f" up to hop {stretch[-1]}" if len(stretch) > 1 else ""
            text = f"{len(abreast[stretch[0]])} addresses side by side{last}, chosen by flow"
            yield Finding("ecmp", stretch[0], text)
            stretch = []
        stretch.append(ttl)


def _refuses(responder: Responder) -> bool:
    """Whether it is no hop that forwards: a router before this hop that had no way on, be it for a moment."""
    return responder.type == UNREACHABLE[responder.address.version] and not responder.is_target


def _about_translation(rows: Sequence[HopRow]) -> Iterator[Finding]:
    """The first hop that shows a translation, of our address in its quotation or of its own into the target's."""
    for row in rows:
        if any(said.is_target and said.type == TIME_EXCEEDED[said.address.version] for said in row.responders):
            yield Finding("nat", row.ttl, "a router answers with the target's address: a NAT hides what lies behind")
            return
        if any(responder.nat for responder in row.responders):
            text = "quotes our probe with another source or checksum: a NAT stands before this hop"
            yield Finding("nat", row.ttl, text)
            return


def _about_return(rows: Sequence[HopRow]) -> Iterator[Finding]:
    """The first hop whose replies had clearly more or fewer hops to go than our probes."""
    for row in rows:
        for responder in row.responders:
            if responder.reply_ttl is None or responder.mpls or _refuses(responder):
                continue
            initial = next((ttl for ttl in _INITIAL_TTLS if ttl >= responder.reply_ttl), 255)
            back = initial - responder.reply_ttl + 1
            if abs(back - row.ttl) >= ASYMMETRIC_FROM:
                text = f"{row.ttl} hops there, about {back} back, by its reply TTL {responder.reply_ttl}"
                yield Finding("asymmetric", row.ttl, text)
                return


def _about_prohibition(rows: Sequence[HopRow]) -> Iterator[Finding]:
    for responder in rows[-1].responders[-1:] if rows else ():
        yield Finding("prohibited", rows[-1].ttl, f"{responder.text}, said {responder.address}")
