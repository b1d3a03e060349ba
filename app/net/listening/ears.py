"""All that listens, opened while that is allowed: sockets of the device, a sender by hand, raw sockets where wanted.

Unused they cost a file descriptor each: they are deaf, and their memory is asked for when a link is.
"""

import socket
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Protocol, Self

from app.engine.hearing import Ear, Hearing, UnknownProtocolError
from app.engine.wanted import Wanted, wanted_of
from app.net.link import DeafError, LinkError, ListeningLink
from app.net.listening.handsender import HandSender
from app.net.listening.packetlink import PacketLink
from app.net.listening.packetsocket import open_packet_socket
from app.net.listening.rawears import RawEars, RawLink
from app.net.options import LinkOptions
from app.net.privileges import how_to_allow_listening
from app.net.refusal import words
from app.packet.text import safe


class Listening(Protocol):
    """What a network asks for links that listen."""

    def listen(self, hearing: Hearing) -> ListeningLink:
        """One more of them. Raises LinkError."""

    def close(self) -> None:
        """Close what no link uses."""


class Ears:
    """As many sockets as links may be open at once."""

    def __init__(self, sockets: Sequence[socket.socket], raw: RawEars | None, sender: HandSender) -> None:
        self._count = len(sockets)
        self._free = deque(sockets)
        self._raw = raw
        self._sender = sender
        self._is_closed = False

    @classmethod
    def open(cls, options: LinkOptions) -> Self:
        """Open them all. Raises OSError, of which PermissionError is the one to expect."""
        with ExitStack() as opened:
            sockets = [opened.enter_context(open_packet_socket()) for _ in range(options.ears)]
            raw = None
            if options.hearing is not None and options.hearing.ear is Ear.RAW:
                raw = RawEars.open(options.hearing)
                opened.callback(raw.close)
            sender = HandSender.open(options)
            opened.pop_all()
        return cls(sockets, raw, sender)

    def listen(self, hearing: Hearing) -> ListeningLink:
        """A link that hears what is wanted. Raises LinkError."""
        try:
            wanted = wanted_of(hearing.protocols)
        except UnknownProtocolError as error:
            raise LinkError(safe(str(error))) from None
        try:
            _refuse_absent(hearing.interfaces)
            return self._by_raw_sockets(hearing) if hearing.ear is Ear.RAW else self._by_device(hearing, wanted)
        except LinkError:
            raise
        except OSError as error:
            raise LinkError(f"nothing can be heard: {words(error)}") from None

    def _by_device(self, hearing: Hearing, wanted: Wanted | None) -> ListeningLink:
        if not self._free:
            raise LinkError(f"{self._count} parts listen already: end one of them before you start another")
        sock = self._free.popleft()
        try:
            return PacketLink(sock, hearing, wanted, self._sender, self._take_back)
        except OSError:
            self._take_back(sock)
            raise

    def _by_raw_sockets(self, hearing: Hearing) -> ListeningLink:
        raw, self._raw = self._raw, None
        if raw is None or raw.hearing != hearing:
            self._raw = raw
            raise LinkError("raw sockets hear what they were opened for, once at a time: end that before")
        try:
            return RawLink(raw, self._sender, self._take_raw_back)
        except OSError:
            self._take_raw_back(raw)
            raise

    def _take_raw_back(self, raw: RawEars) -> None:
        if self._is_closed:
            raw.close()
        else:
            self._raw = raw

    def _take_back(self, sock: socket.socket) -> None:
        if self._is_closed:
            sock.close()
        else:
            self._free.append(sock)

    def close(self) -> None:
        """Close what no link uses; the rest closes with its link."""
        self._is_closed = True
        self._sender.close()
        if self._raw is not None:
            self._raw.close()
        while self._free:
            self._free.popleft().close()


class NoEars:
    """What stands in their place where they could not be opened."""

    def __init__(self, trouble: str) -> None:
        self._trouble = trouble

    def listen(self, hearing: Hearing) -> ListeningLink:
        """Say why not. Raises DeafError."""
        raise DeafError(self._trouble)

    def close(self) -> None:
        """There is nothing to close."""


def open_ears(options: LinkOptions) -> Listening:
    """What the options ask for, or what says why there is none."""
    try:
        return Ears.open(options)
    except PermissionError:
        return NoEars(how_to_allow_listening())
    except OSError as error:
        return NoEars(f"this system cannot listen: {words(error)}; --simulate needs nothing")


def _refuse_absent(interfaces: Sequence[str]) -> None:
    """Whoever names an interface means one that is there; it may go and come back later."""
    present = {name for _, name in socket.if_nameindex()}
    for name in interfaces:
        if name not in present:
            raise LinkError(f"there is no interface {safe(name)}: `ip link` lists them")
