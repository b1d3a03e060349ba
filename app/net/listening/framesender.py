"""Sends whole Ethernet frames as they are, by AF_PACKET (packet(7)): of these the kernel changes nothing.

The socket hears nothing: it has no protocol and a filter that lets nothing through.
"""

import socket
from typing import Self

from app.engine.datagram import Outgoing
from app.net.bpf import REJECT_ALL, attach

_LEAST = 14  #: bytes of an Ethernet header


class FrameSender:
    """One socket for all interfaces. `send` may be called from any thread."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    @classmethod
    def open(cls) -> Self:
        """Open the socket. Raises OSError, of which PermissionError is the one to expect."""
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0)
        attach(sock, REJECT_ALL)
        return cls(sock)

    def send(self, outgoing: Outgoing) -> None:
        """Send a frame by the interface that it names. Raises OSError where the kernel will not have it."""
        protocol = int.from_bytes(outgoing.data[12:_LEAST])
        self._sock.sendto(outgoing.data, (outgoing.interface or "", protocol))

    def close(self) -> None:
        """Close the socket."""
        self._sock.close()
