"""The engine's questions about ICMP errors, answered by the kernel of this host: sockets, processes, routes."""

from dataclasses import replace

from app.engine.errors.snapshot import CachedRoute, Flow, Owner
from app.net.host.processes import Processes
from app.net.host.routecache import RouteCache, redirects_refused
from app.net.host.shortlived import ShortLived
from app.net.host.sockdiag import DIAGNOSED, FoundSocket, SocketDiagnosis
from app.net.host.sockettables import find_listed, find_ping, find_raw
from app.packet.compose import Address


class RealKernel:
    """A Kernel. Belongs to one thread; `short_lived` is None where nobody may watch for sockets that vanish."""

    def __init__(self, short_lived: ShortLived | None = None) -> None:
        self._diagnosis = SocketDiagnosis()
        self._processes = Processes()
        self._routes = RouteCache()
        self._short_lived = short_lived

    def owner(self, flow: Flow) -> Owner | None:
        """The socket that sent such packets: one that has the ports, one that had them, one that sends by hand."""
        found = self._with_ports(flow) or find_ping(flow)
        if found is not None:
            owned = self._owned(found, "ping" if flow.local_port is None else found.state)
            if owned.process is not None or (remembered := self._gone(flow)) is None:
                return owned
            return replace(owned, process=remembered[0].process)  # it closed its end while that was looked up
        gone = self._gone(flow)
        if gone is not None:
            owner, inode = gone
            return owner if owner.process else replace(owner, process=self._processes.find(inode, owner.uid))
        return self._by_hand(flow)

    def _gone(self, flow: Flow) -> tuple[Owner, int] | None:
        """Who had the socket of a flow, as far as that was remembered."""
        return None if self._short_lived is None else self._short_lived.find(flow)

    def _with_ports(self, flow: Flow) -> FoundSocket | None:
        if flow.protocol not in DIAGNOSED:
            return None
        lacks = flow.protocol in self._diagnosis.lacks
        found = find_listed(flow) if lacks else self._diagnosis.find(flow)
        # What waits for connections gets strangers' packets, and has sent nothing to them.
        return None if found is None or found.is_listening else found

    def _by_hand(self, flow: Flow) -> Owner | None:
        """A raw socket may have sent anything of its protocol; its process is named where it can be no other."""
        candidates = [self._owned(found, "raw") for found in find_raw(flow)]
        if flow.identifier is not None:
            # Programs that send pings take their process id as the identifier.
            fitting = [each for each in candidates if each.process and each.process.pid & 0xFFFF == flow.identifier]
            candidates = fitting or candidates
        if not candidates:
            return None
        first = candidates[0]
        if all((each.process, each.uid) == (first.process, first.uid) for each in candidates):
            return first
        is_one_user = all(each.uid == first.uid for each in candidates)
        return Owner("raw", first.uid if is_one_user else None, None)

    def _owned(self, found: FoundSocket, state: str) -> Owner:
        process = self._processes.find(found.inode, found.uid)
        # What no process holds any more has no user either, whatever number stands there.
        uid: int | None = found.uid if found.inode else None
        return Owner(state, uid, process)

    def route(self, destination: Address, interface: str | None) -> CachedRoute | None:
        """How the kernel would send to a destination now."""
        return self._routes.find(destination, interface)

    def redirects_refused(self, version: int, interface: str | None) -> str:
        """Why redirects that come by an interface are ignored."""
        return redirects_refused(version, interface)

    def close(self) -> None:
        """Ask no more."""
        for each in (self._diagnosis, self._processes, self._routes):
            each.close()
        if self._short_lived is not None:
            self._short_lived.close()
