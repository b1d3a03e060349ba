"""The network that this host is on, by the best sockets that this process may open."""

import errno
import socket
from collections import deque
from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

from app.net.family import interface_name
from app.net.link import DeafError, Link, LinkError, ListeningLink
from app.net.network import Names
from app.net.options import LinkOptions
from app.net.privileges import how_to_allow, may_open
from app.net.raw import RawSockets
from app.net.refusal import words
from app.packet.compose import Address
from app.packet.text import safe

if TYPE_CHECKING:
    from app.engine.errors.kernel import Kernel
    from app.engine.hearing import Hearing
    from app.engine.host import Surroundings
    from app.net.host.owners import RealKernel
    from app.net.host.shortlived import ShortLived
    from app.net.host.tables import LinkTables
    from app.net.listening.ears import Listening

_FAMILY = {None: socket.AF_UNSPEC, 4: socket.AF_INET, 6: socket.AF_INET6}


class RealNetwork:
    """A Network over sockets. `sets` holds the raw ones, all opened while it was allowed; None: there are none.

    `ears` are those of links that listen; `short_lived` remembers sockets that ICMP errors may be about. What a ping
    does not need is imported when somebody asks for it: it would take longer than all that a ping needs.
    """

    def __init__(
        self,
        options: LinkOptions,
        sets: Sequence[RawSockets] | None,
        ears: "Listening | None" = None,
        short_lived: "ShortLived | None" = None,
    ) -> None:
        self.badge = "unprivileged" if sets is None else "raw"
        self._options = options
        self._free = None if sets is None else deque(sets)
        self._ears = ears
        self._names: Names | None = None
        self._tables: LinkTables | None = None
        self._short_lived = short_lived
        self._owners: RealKernel | None = None
        self._is_closed = False

    @property
    def names(self) -> Names:
        """Names of addresses, by the resolver of the C library."""
        if self._names is None:
            from app.net.names import BackgroundNames

            self._names = BackgroundNames()
        return self._names

    def link(self) -> Link:
        """A link for one more engine. Raises LinkError where all raw sockets are in use."""
        if self._free is None:
            from app.net.dgram import open_datagram_link

            return open_datagram_link(self._options)
        if not self._free:
            raise LinkError(
                f"all {self._options.engines} sets of raw sockets are in use: end a trace before you start another"
            )
        return self._free.popleft().link(self._take_back)

    def _take_back(self, sockets: RawSockets) -> None:
        if self._free is None or self._is_closed:
            sockets.close()
        else:
            self._free.append(sockets)

    def listen(self, hearing: "Hearing") -> ListeningLink:
        """A link that hears what passes this host, and sends by hand. Raises LinkError."""
        if self._ears is None:
            raise DeafError("no socket was opened to listen")
        return self._ears.listen(hearing)

    def surroundings(self) -> "Surroundings":
        """What this host knows of its links."""
        if self._tables is None:
            from app.net.host.tables import LinkTables

            self._tables = LinkTables()
        return self._tables.surroundings()

    def kernel(self) -> "Kernel":
        """What this host answers to the engine of ICMP errors."""
        from app.net.host.owners import RealKernel

        if self._owners is None:
            if self._short_lived is not None:
                self._short_lived.start()
            self._owners = RealKernel(self._short_lived)
        return self._owners

    def resolve(self, host: str) -> Sequence[Address]:
        """The addresses of a name or literal, preferred ones first (RFC 6724). May wait; raises LinkError."""
        version = self._options.version
        try:
            literal = ip_address(host.strip("[]"))
        except ValueError:
            return _by_name(host, version)
        if version not in (None, literal.version):
            raise LinkError(f"{safe(host)} is no IPv{version} address")
        return (literal,)

    def defaults(self) -> Sequence[str]:
        """Gateways, resolvers and loopback addresses of the versions that are used, each once."""
        from app.net.host.dependencies import gateways, loopbacks, resolvers

        found = dict.fromkeys((*gateways(), *resolvers(), *loopbacks()))
        return [str(address) for address in found if self._options.version in (None, address.version)]

    def close(self) -> None:
        """Close what no link uses; the rest closes with its link."""
        self._is_closed = True
        for opened in (self._names, self._ears, self._tables, self._owners):
            if opened is not None:
                opened.close()
        if self._owners is None and self._short_lived is not None:
            self._short_lived.close()
        while self._free:
            self._free.popleft().close()


def _by_name(host: str, version: int | None) -> Sequence[Address]:
    try:
        found = socket.getaddrinfo(host, None, _FAMILY[version], socket.SOCK_DGRAM)
    except (socket.gaierror, UnicodeError) as error:
        reason = error.strerror if isinstance(error, socket.gaierror) else "it is no host name"
        raise LinkError(f"{safe(host)} is not known: {(reason or '').lower()}") from None
    return list(dict.fromkeys(_with_zone(address) for *_, address in found))


def _with_zone(address: tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]) -> Address:
    host = str(address[0]).partition("%")[0]
    zone = address[3] if len(address) == 4 else 0
    return IPv6Address(f"{host}%{interface_name(zone) or zone}") if zone else ip_address(host)


def _ears(options: LinkOptions) -> "Listening | None":
    if not options.ears:
        return None
    from app.net.listening.ears import open_ears

    return open_ears(options)


def _short_lived(options: LinkOptions) -> "ShortLived | None":
    if not options.errors:
        return None
    from app.net.host.shortlived import open_short_lived

    return open_short_lived()


def open_network(options: LinkOptions) -> RealNetwork:
    """Open all that needs privileges, or what there is without. Raises LinkError that says what would allow it."""
    ears = _ears(options)
    sets: list[RawSockets] = []
    try:
        sets.extend(RawSockets.open(options) for _ in range(options.engines))
        return RealNetwork(options, sets, ears, _short_lived(options))
    except PermissionError:
        if options.must_probe and not may_open(socket.SOCK_DGRAM):
            if ears is not None:
                ears.close()
            raise LinkError(how_to_allow()) from None
    except OSError as error:
        for opened in (*sets, *(() if ears is None else (ears,))):
            opened.close()
        if isinstance(error, LinkError):
            raise
        if options.interface is not None and error.errno == errno.ENODEV:
            raise LinkError(f"there is no interface {safe(options.interface)}: `ip link` lists them") from None
        if options.source is not None and error.errno == errno.EADDRNOTAVAIL:
            raise LinkError(f"{options.source} is no address of this host: `ip address` lists them") from None
        raise LinkError(f"sockets cannot be opened: {words(error)}") from None
    return RealNetwork(options, None, ears)
