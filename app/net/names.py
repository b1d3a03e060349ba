"""Reverse DNS in the background: no caller ever waits, each address is asked for once at a time.

Names are text from outside; they leave here safe to show. The resolver of the C library is asked, so
/etc/hosts and nsswitch.conf count as they do everywhere else on the host.
"""

import queue
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from app.net.family import socket_address
from app.packet.compose import Address
from app.packet.text import safe

_KEEP_NAME = 3600.0  #: seconds
_KEEP_NOTHING = 120.0
_WORKERS = 4
_QUEUE = 1024
_LONGEST_NAME = 255  #: RFC 1035, section 2.3.4


@dataclass(slots=True)
class _Entry:
    name: str | None = None
    stale_at: float = 0.0
    is_asked: bool = False


def ask_resolver(address: Address) -> str | None:
    """The name of an address by the host's resolver; may wait for seconds. None where it has none."""
    try:
        return socket.getnameinfo(socket_address(address), socket.NI_NAMEREQD)[0]
    except (OSError, UnicodeError):
        return None


class BackgroundNames:
    """Names of addresses, the most recently wanted kept. Any thread may ask."""

    def __init__(
        self,
        ask: Callable[[Address], str | None] = ask_resolver,
        *,
        capacity: int = 8192,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask = ask
        self._capacity = capacity
        self._now = now
        self._lock = threading.Lock()
        self._entries: OrderedDict[Address, _Entry] = OrderedDict()
        self._wanted: queue.Queue[Address | None] = queue.Queue(_QUEUE)
        self._workers: list[threading.Thread] = []
        self._is_closed = False

    def name(self, address: Address) -> str | None:
        """The name, as far as it is known by now; an old one while it is asked for again."""
        with self._lock:
            entry = self._entries.setdefault(address, _Entry())
            self._entries.move_to_end(address)
            if len(self._entries) > self._capacity:
                self._entries.popitem(last=False)
            if not entry.is_asked and self._now() >= entry.stale_at and not self._is_closed:
                self._want(address, entry)
            return entry.name

    def _want(self, address: Address, entry: _Entry) -> None:
        """Have it asked; where too many wait already, a later call tries again."""
        try:
            self._wanted.put_nowait(address)
        except queue.Full:
            return
        entry.is_asked = True
        # Threads start with the first question: after privileges are dropped, and in no run without names.
        if len(self._workers) < _WORKERS:
            worker = threading.Thread(target=self._work, name=f"names-{len(self._workers)}", daemon=True)
            self._workers.append(worker)
            worker.start()

    def _work(self) -> None:
        while (address := self._wanted.get()) is not None:
            name = self._ask(address)
            with self._lock:
                entry = self._entries.get(address)
                if entry is not None:
                    entry.name = None if name is None else safe(name, _LONGEST_NAME)
                    entry.stale_at = self._now() + (_KEEP_NOTHING if name is None else _KEEP_NAME)
                    entry.is_asked = False

    def close(self) -> None:
        """Ask no more. A question that is with the resolver is not waited for."""
        with self._lock:
            self._is_closed = True
            workers = len(self._workers)
        while not self._wanted.empty():
            try:
                self._wanted.get_nowait()
            except queue.Empty:
                break
        for _ in range(workers):
            self._wanted.put(None)
