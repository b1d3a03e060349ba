"""Hands each ICMP error to the programs that have asked for their own ports, as the daemon of UNP 28.7 does.

A program asks for a port that a socket of its own user has; root may ask for any. Whose the socket is, is looked at
again for every error. A program that does not read, or is gone, or asks too much, stands in nobody's way.
"""

import json
import os
import queue
import select
import socket
import threading
from collections import OrderedDict
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from app.engine.errors.snapshot import ErrorRow
from app.engine.errors.wording import protocol_name
from app.net import clock
from app.net.errordesk.janitor import Janitor
from app.net.errordesk.socket import Asked, RefusedError, connected, next_request, open_error_socket
from app.net.host.sockdiag import DIAGNOSED, FoundSocket, SocketDiagnosis, UnixDiagnosis
from app.net.link import LinkError
from app.net.privileges import drop_kept
from app.net.refusal import words
from app.packet.compose import Address
from app.packet.text import safe

MOST_CLIENTS, MOST_OF_ONE_USER, MOST_PORTS = 256, 32, 64
#: Requests that one user may make at once, and the nanoseconds in which one more is allowed.
_MOST_REQUESTS, _REQUEST_EVERY = 64, 50_000_000
_MOST_USERS = 1024
_MOST_AT_ONCE, _MOST_WAITING = 64, 4096
_ROOT = 0
_PROTOCOLS = {protocol_name(protocol): int(protocol) for protocol in DIAGNOSED}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a program asks for; an address of None is any."""

    protocol: int
    port: int
    address: Address | None

    def fits(self, row: ErrorRow) -> bool:
        """Whether an error is about it."""
        flow = row.flow
        return (
            flow is not None
            and (flow.protocol, flow.local_port) == (self.protocol, self.port)
            and self.address in (None, flow.local)
        )


@dataclass(slots=True)
class _Client:
    sock: socket.socket
    uid: int
    wanted: set[Wanted] = field(default_factory=set)


class ErrorService:
    """The socket at a path, and a thread that serves it. To be made before privileges are dropped. Raises LinkError."""

    def __init__(self, path: Path) -> None:
        with ExitStack() as opened:
            try:
                self._socket = opened.enter_context(open_error_socket(path))
                self._janitor = Janitor(path)
                opened.callback(self._janitor.close)
                self._sockets = SocketDiagnosis()
                opened.callback(self._sockets.close)
                self._unix = UnixDiagnosis()
                opened.callback(self._unix.close)
                self._wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
            except LinkError:
                raise
            except OSError as error:
                raise LinkError(f"{safe(str(path))} cannot be served: {words(error)}") from None
            opened.pop_all()
        self._rows: queue.Queue[tuple[ErrorRow, str]] = queue.Queue(_MOST_WAITING)
        self._is_ending = False
        # Of the thread alone:
        self._clients: dict[bytes, _Client] = {}
        self._allowed_at: OrderedDict[int, int] = OrderedDict()  # user -> when all his requests are forgotten
        self._thread = threading.Thread(target=self._serve, name="errors", daemon=True)

    def start(self) -> None:
        """Begin to serve, once privileges are dropped: capabilities belong to threads."""
        self._thread.start()

    def hand(self, row: ErrorRow, text: str) -> None:
        """Have an error handed out as this text, from any thread. More than can be handed out is left out."""
        with suppress(queue.Full):
            self._rows.put_nowait((row, text))
            os.eventfd_write(self._wake, 1)

    def close(self) -> None:
        """Serve no more, and remove the path."""
        self._is_ending = True
        os.eventfd_write(self._wake, 1)
        if self._thread.is_alive():
            self._thread.join()
        self._janitor.close()
        for client in self._clients.values():
            client.sock.close()
        for each in (self._socket, self._sockets, self._unix):
            each.close()
        os.close(self._wake)

    # The thread

    def _serve(self) -> None:
        drop_kept()  # strangers' requests are read here, and no process is looked at
        while True:
            ready, _, _ = select.select([self._socket.fileno(), self._wake], (), ())
            if self._wake in ready:
                os.eventfd_read(self._wake)
                self._hand_out()
                if self._is_ending:
                    return
            if self._socket.fileno() in ready:
                self._take_requests()

    def _hand_out(self) -> None:
        while True:
            try:
                row, text = self._rows.get_nowait()
            except queue.Empty:
                return
            for name, client in list(self._clients.items()):
                if _may_see(client, row) and any(wanted.fits(row) for wanted in client.wanted):
                    self._send(name, client, text)

    def _take_requests(self) -> None:
        """Some of those that wait; between them, errors are handed out."""
        for _ in range(_MOST_AT_ONCE):
            try:
                asked = next_request(self._socket)
            except OSError:
                return
            if asked is not None and self._is_allowed(asked.uid):
                self._answer(asked)

    def _is_allowed(self, uid: int) -> bool:
        """Whether a user has not asked too often; who has, is not even answered."""
        now = clock.now()
        at = max(now, self._allowed_at.get(uid, 0))
        if at - now > _MOST_REQUESTS * _REQUEST_EVERY:
            return False
        self._allowed_at[uid] = at + _REQUEST_EVERY
        self._allowed_at.move_to_end(uid)
        if len(self._allowed_at) > _MOST_USERS:
            self._allowed_at.popitem(last=False)
        return True

    def _answer(self, asked: Asked) -> None:
        try:
            client = self._client(asked)
        except RefusedError as refused:
            with suppress(OSError):
                self._socket.sendto(_refusal(refused), socket.MSG_DONTWAIT, asked.name)
            return
        except OSError:
            return  # it is gone already
        try:
            wanted = read_request(asked)
            self._check(wanted, asked.uid)
            if len(client.wanted | {wanted}) > MOST_PORTS:
                raise RefusedError(f"one socket may ask for {MOST_PORTS} ports")
            client.wanted.add(wanted)
            answer = json.dumps({"ok": True})
        except RefusedError as refused:
            answer = _refusal(refused).decode()
        self._send(asked.name, client, answer)
        if not client.wanted:
            self._forget(asked.name)

    def _client(self, asked: Asked) -> _Client:
        """The client of a name: the one that there is, while its socket is the same, or a new one."""
        client = self._clients.get(asked.name)
        if client is not None and client.uid == asked.uid and self._is_alive(client):
            return client
        self._forget(asked.name)
        sock = connected(asked, self._unix)
        if not self._has_room(asked.uid):
            sock.close()
            raise RefusedError(f"too many programs ask: {MOST_CLIENTS} may, and {MOST_OF_ONE_USER} of one user")
        client = self._clients[asked.name] = _Client(sock, asked.uid)
        return client

    def _has_room(self, uid: int) -> bool:
        for _ in range(2):
            mine = sum(client.uid == uid for client in self._clients.values())
            if len(self._clients) < MOST_CLIENTS and mine < MOST_OF_ONE_USER:
                return True
            for name in [name for name, client in self._clients.items() if not self._is_alive(client)]:
                self._forget(name)
        return False

    def _is_alive(self, client: _Client) -> bool:
        peer = self._unix.peer(os.fstat(client.sock.fileno()).st_ino)
        return peer is not None and self._unix.uid(peer) is not None

    def _check(self, wanted: Wanted, uid: int) -> None:
        """Whether a socket of this user has the port. Raises RefusedError."""
        if uid == _ROOT:
            return
        try:
            found = list(self._sockets.holders(wanted.protocol, wanted.port))
        except OSError:
            raise RefusedError("the kernel does not tell who has the port: ask again") from None
        holders = [each for each in found if _is_at(each, wanted.address)]
        if not any(each.uid == uid and each.inode for each in holders):
            whose = "is another user's" if holders else "is no socket's"
            raise RefusedError(f"{protocol_name(wanted.protocol)} port {wanted.port} {whose}: bind yours first")

    def _send(self, name: bytes, client: _Client, text: str) -> None:
        """To a client; one that does not read misses it, one that is gone is forgotten."""
        try:
            client.sock.send(text.encode(), socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            self._forget(name)

    def _forget(self, name: bytes) -> None:
        client = self._clients.pop(name, None)
        if client is not None:
            client.sock.close()


def _may_see(client: _Client, row: ErrorRow) -> bool:
    """Whether the socket that an error is about is the client's user's, now."""
    return client.uid == _ROOT or (row.owner is not None and row.owner.uid == client.uid)


def _is_at(found: FoundSocket, address: Address | None) -> bool:
    return address is None or found.local == address or found.local.is_unspecified


def _refusal(refused: RefusedError) -> bytes:
    return json.dumps({"ok": False, "text": str(refused)}).encode()


def read_request(asked: Asked) -> Wanted:
    """What a datagram asks for. Raises RefusedError."""
    if asked.is_cut:
        raise RefusedError("a request is one short line of JSON")
    try:
        request = json.loads(asked.data)
    except (ValueError, RecursionError):
        raise RefusedError('a request is a line of JSON such as {"protocol": "udp", "port": 5300}') from None
    if not isinstance(request, dict):
        raise RefusedError('a request is an object such as {"protocol": "udp", "port": 5300}')
    protocol, port, address = (request.get(key) for key in ("protocol", "port", "address"))
    if not isinstance(protocol, str) or protocol not in _PROTOCOLS:
        raise RefusedError(f"protocol is one of {', '.join(sorted(_PROTOCOLS))}")
    if type(port) is not int or not 0 < port < 65_536:
        raise RefusedError("port is a number from 1 to 65535")
    if address is None:
        return Wanted(_PROTOCOLS[protocol], port, None)
    try:
        return Wanted(_PROTOCOLS[protocol], port, ip_address(str(address)))
    except ValueError:
        raise RefusedError("address is an IPv4 or IPv6 address of this host") from None
