"""What VRRP masters say (RFC 9568; version 2: RFC 3768). Whether they preempt is told by nothing on the wire."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address

from app.engine.neighbourhood.facts import RoleKind, Vrrp
from app.engine.neighbourhood.readers.headers import headers, is_readable
from app.engine.neighbourhood.readers.manners import Manners, breaches
from app.engine.neighbourhood.saying import Heard, Reader, Said, Saying
from app.packet.routing.vrrp import Address4, Address6, VrrpType, VrrpV2, VrrpV3

_MILLISECOND = 1_000_000
_CHECKSUM = 6
#: An interval counts seconds in version 2, hundredths of one in version 3.
_UNIT_MS: Mapping[int, int] = {2: 1000, 3: 10}
#: RFC 9568, section 5.1.1.4: a router "MUST discard the packet" of any other TTL.
_MANNERS = Manners(ttl=255, groups=frozenset((IPv4Address("224.0.0.18"), IPv6Address("ff02::12"))), checksum=_CHECKSUM)


def read_vrrp(heard: Heard) -> Iterator[Said]:
    """An advertisement: of the master of a group, or that it stops being it (priority 0)."""
    head = next(headers(heard.layer.parts), None)
    if not isinstance(head, VrrpV2 | VrrpV3) or head.type != VrrpType.ADVERTISEMENT or head.version not in _UNIT_MS:
        return
    if not is_readable(heard):
        return
    found = headers(heard.layer.parts)
    facts = Vrrp(
        version=head.version,
        group=head.group,
        priority=head.priority,
        interval_ms=head.interval * _UNIT_MS[head.version],
        addresses=tuple(header.address for header in found if isinstance(header, Address4 | Address6)),
    )
    doubts = breaches(_MANNERS, heard)
    if not facts.addresses:
        doubts = (*doubts, "it names no address")
    family = f" IPv{heard.source.version}" if heard.source is not None else ""
    is_goodbye = facts.priority == 0
    yield Saying(
        RoleKind.VRRP,
        facts,
        0 if is_goodbye else _master_down(facts),
        doubts,
        is_goodbye=is_goodbye,
        instance=f"{facts.group} v{facts.version}{family}",
    )


def _master_down(facts: Vrrp) -> int:
    """After this a backup takes the master to be down (RFC 9568, section 6.1): three intervals and the skew time.

    The skew follows from the backup's own priority; that of the master stands for it, as nobody tells another.
    """
    interval = facts.interval_ms * _MILLISECOND
    skewed = 1000 * _MILLISECOND if facts.version == 2 else interval  # RFC 3768, section 6.1: parts of a second
    return 3 * interval + (256 - facts.priority) * skewed // 256


READERS: Mapping[str, Reader] = {"vrrp": read_vrrp}
