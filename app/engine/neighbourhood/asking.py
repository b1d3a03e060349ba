"""The only questions that are ever asked, and only when somebody wants them asked.

A router solicitation by ICMPv6 (RFC 4861, section 6.3.7) and one by RFC 1256 (section 5.1) on each interface, as often
as a host may send them and no longer than until an advertisement has come; mrinfo's question to one router
(draft-ietf-idmr-dvmrp-v3-11, appendix B.3), and mtrace's (draft-fenner-traceroute-ipm, section 3). The delay before
the first solicitation, which keeps hosts that start together from asking together, is left out: a person asks, not a
power failure.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from app.engine.command import AskMulticastPath
from app.engine.datagram import Outgoing
from app.engine.host import Interface
from app.engine.neighbourhood.facts import RoleKind
from app.packet.compose import Address, Envelope, ip_datagram, with_checksum
from app.packet.icmp.neighbour import LinkAddressOption
from app.packet.icmp.neighbouroption import OptionType
from app.packet.icmp.types import IcmpType, Icmpv6Type
from app.packet.icmp.v4messages import RouterSolicitation
from app.packet.icmp.v6messages import Unextended
from app.packet.multicast.dvmrp import Dvmrp, DvmrpCode, Reserved, Version
from app.packet.multicast.igmp import IgmpType
from app.packet.multicast.mtrace import Trace
from app.packet.registry import Protocol

SECOND = 1_000_000_000
#: RFC 4861, section 10, and RFC 1256, section 5.1: MAX_RTR_SOLICITATIONS, MAX_SOLICITATIONS.
MOST_SOLICITATIONS = 3
#: How often, and at which distance, a multicast router is asked.
MOST_ASKED, ASK_INTERVAL = 3, SECOND
#: Of so many questions it is remembered when they were asked.
MOST_REMEMBERED = 256
_ALL_ROUTERS_4, _BROADCAST = IPv4Address("224.0.0.2"), IPv4Address("255.255.255.255")
_ALL_ROUTERS_6, _NOBODY = IPv6Address("ff02::2"), IPv6Address("::")
_UNICAST_TTL = 64
#: So many routers of a path may add what they know.
_MOST_HOPS = 32


@dataclass(slots=True, eq=False)
class Question:
    """What is asked, how often it still may be, and when next."""

    key: tuple[object, ...]
    destination: Address
    data: bytes
    interface: str | None
    interval: int
    left: int
    due: int


class Asker:
    """The questions under way. Owned by the machine's thread."""

    def __init__(self, source: Callable[[Address], Address] | None = None) -> None:
        self._source = source
        self._questions: dict[tuple[object, ...], Question] = {}
        self._asked_at: dict[tuple[object, ...], int] = {}  # when each was last asked, answered or not
        self._tokens = 0

    @property
    def is_waiting(self) -> bool:
        """Whether an answer may still come to a question that is repeated."""
        return bool(self._questions)

    def solicit(self, interfaces: Iterable[Interface], now: int) -> None:
        """Ask the routers of these interfaces to advertise themselves."""
        for interface in interfaces:
            if interface.is_up and not interface.is_loopback:
                for make in (_solicitation6, _solicitation4):
                    if (question := make(interface, now)) is not None:
                        self._put(question)

    def ask(self, router: Address, now: int) -> None:
        """Ask a multicast router for its interfaces. Raises OSError where there is no way to it."""
        if isinstance(router, IPv4Address) and self._source is not None:
            source = self._source(router)
            key = (router,)
            data = _inquiry(source, router)
            self._put(Question(key, router, data, None, ASK_INTERVAL, MOST_ASKED, now))

    def trace(self, command: AskMulticastPath, now: int) -> None:
        """Ask a router for the way of a source's packets. Raises OSError where there is no way to it."""
        router = command.router
        if isinstance(router, IPv4Address) and self._source is not None:
            source = self._source(router)
            key = (command.identifier,)
            data = _path_inquiry(source, router, command)
            self._put(Question(key, router, data, None, ASK_INTERVAL, MOST_ASKED, now))

    def traced(self, identifier: int) -> bool:
        """Whether the answer of that identifier was waited for."""
        question = self._questions.get((identifier,))
        if question is None or question.left == MOST_ASKED:
            return False
        del self._questions[question.key]
        return True

    def _put(self, question: Question) -> None:
        """Take a question, unless it is being asked; no sooner than a host may ask it again."""
        if question.key not in self._questions:
            asked_at = self._asked_at.get(question.key)
            if asked_at is not None:
                question.due = max(question.due, asked_at + question.interval)
            self._questions[question.key] = question

    def answered(self, interface: str, kind: RoleKind) -> None:
        """An advertisement with a lifetime has come: no more solicitations there (RFC 4861, section 6.3.7)."""
        question = self._questions.get((interface, kind))
        if question is not None and question.left < MOST_SOLICITATIONS:
            del self._questions[question.key]

    def told(self, router: IPv4Address, named: Iterable[IPv4Address]) -> IPv4Address | None:
        """Who of those that were asked has answered: by its address, or by one that the answer names."""
        for address in (router, *named):
            question = self._questions.get((address,))
            if question is not None and question.left < MOST_ASKED:
                del self._questions[question.key]
                return address
        return None

    def poll(self, now: int) -> Iterator[Outgoing]:
        """The questions that are due."""
        for question in list(self._questions.values()):
            if question.due > now:
                continue
            if not question.left:
                del self._questions[question.key]  # it was waited for as long as it would have been asked again
                continue
            question.left -= 1
            question.due = now + question.interval
            self._asked_at[question.key] = now
            if len(self._asked_at) > MOST_REMEMBERED:
                del self._asked_at[next(iter(self._asked_at))]
            self._tokens += 1
            yield Outgoing(self._tokens, question.destination, question.data, interface=question.interface)

    def deadline(self) -> int | None:
        """When `poll` next has something to do."""
        return min((question.due for question in self._questions.values()), default=None)

    def stop(self) -> None:
        """Ask no more."""
        self._questions.clear()


def _solicitation6(interface: Interface, now: int) -> Question | None:
    """RFC 4861, section 4.1. From the unspecified address no link-layer address may be told."""
    addresses = [each.ip for each in interface.addresses if each.version == 6]
    if not addresses:
        return None
    source = next((IPv6Address(int(each)) for each in addresses if each.is_link_local), _NOBODY)
    envelope = Envelope(source, _ALL_ROUTERS_6, ttl=255)
    message = Unextended(type=Icmpv6Type.ROUTER_SOLICITATION).build()
    if source != _NOBODY and interface.mac is not None:
        kind = OptionType.SOURCE_LINK_LAYER_ADDRESS
        message += LinkAddressOption(type=kind, address=bytes.fromhex(interface.mac.replace(":", ""))).build()
    data = ip_datagram(envelope, Protocol.IPV6_ICMP, with_checksum(envelope, Protocol.IPV6_ICMP, message))
    key = (interface.name, RoleKind.ROUTER_ADVERTISEMENT)
    return Question(key, _ALL_ROUTERS_6, data, interface.name, 4 * SECOND, MOST_SOLICITATIONS, now)


def _solicitation4(interface: Interface, now: int) -> Question | None:
    """RFC 1256, section 3; to everybody where the link carries no multicast (section 5.1)."""
    source = next((IPv4Address(int(each.ip)) for each in interface.addresses if each.version == 4), None)
    if source is None:
        return None
    destination = _ALL_ROUTERS_4 if interface.is_multicast else _BROADCAST
    envelope = Envelope(source, destination, ttl=1)
    message = RouterSolicitation(type=IcmpType.ROUTER_SOLICITATION).build()
    data = ip_datagram(envelope, Protocol.ICMP, with_checksum(envelope, Protocol.ICMP, message))
    key = (interface.name, RoleKind.ROUTER_DISCOVERY)
    return Question(key, destination, data, interface.name, 3 * SECOND, MOST_SOLICITATIONS, now)


def _inquiry(source: Address, router: IPv4Address) -> bytes:
    """DVMRP, ask neighbours 2."""
    envelope = Envelope(source, router, ttl=_UNICAST_TTL)
    message = Dvmrp(code=DvmrpCode.ASK_NEIGHBORS).build() + Reserved().build() + Version().build()
    return ip_datagram(envelope, Protocol.IGMP, with_checksum(envelope, Protocol.IGMP, message))


def _path_inquiry(source: Address, router: IPv4Address, command: AskMulticastPath) -> bytes:
    """An mtrace query: this host is the receiver, and who is answered."""
    envelope = Envelope(source, router, ttl=_UNICAST_TTL)
    here = IPv4Address(int(source))
    message = Trace(
        type=IgmpType.MULTICAST_TRACEROUTE,
        most_hops=_MOST_HOPS,
        group=command.group,
        source=command.source,
        receiver=here,
        answered=here,
        ttl=_UNICAST_TTL,
        identifier=command.identifier,
    ).build()
    return ip_datagram(envelope, Protocol.IGMP, with_checksum(envelope, Protocol.IGMP, message))
