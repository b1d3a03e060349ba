"""The Unix datagram socket at which other programs ask for the errors of their own ports (unix(7)).

The kernel itself tells with each datagram who sent it (SCM_CREDENTIALS). An answer goes through a socket that is
connected to the asking one, and so to that very socket for good: whoever takes its name when it is gone gets nothing.
"""

import errno
import os
import socket
import stat
import struct
from dataclasses import dataclass
from pathlib import Path

from app.net.host.sockdiag import UnixDiagnosis
from app.net.link import LinkError
from app.packet.text import safe

_CREDENTIALS = struct.Struct("@iII")  #: process, user, group
#: A request that is longer is none.
LONGEST_REQUEST = 1024
#: Room for the credentials alone: file descriptors that somebody sends along do not fit, and are closed unseen.
_ROOM = socket.CMSG_SPACE(_CREDENTIALS.size)
_ROOT = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """One datagram, and who sent it."""

    data: bytes
    name: bytes  #: of the sender's socket
    uid: int
    is_cut: bool  #: it was longer than LONGEST_REQUEST


class RefusedError(Exception):
    """Why a program cannot be answered as it wants, as a sentence for it."""


def open_error_socket(path: Path) -> socket.socket:
    """The socket at a path, for its owner alone (mode 0600). A dead one is replaced. Raises LinkError."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    before = os.umask(0o177)
    try:
        try:
            sock.bind(os.fsencode(path))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            _remove_dead(path)
            sock.bind(os.fsencode(path))
    except (OSError, ValueError) as error:
        sock.close()
        if isinstance(error, LinkError):
            raise
        is_known = isinstance(error, OSError) and error.errno
        reason = os.strerror(is_known).lower() if is_known else "its path is no name for a socket"
        raise LinkError(f"{safe(str(path))} cannot be made: {reason}; choose another path") from None
    finally:
        os.umask(before)
    return sock


def _remove_dead(path: Path) -> None:
    """Remove a socket that nobody listens at any more. Raises LinkError where there is anything else."""
    shown = safe(str(path))
    if not stat.S_ISSOCK(path.lstat().st_mode):
        raise LinkError(f"{shown} is there already, and is no socket: choose another path")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(os.fsencode(path))
        except ConnectionRefusedError:
            path.unlink()
            return
        except OSError as error:
            if error.errno != errno.EPROTOTYPE:
                raise
    raise LinkError(f"{shown} is in use by another program: end that, or choose another path")


def next_request(sock: socket.socket) -> Asked | None:
    """The next datagram; None where it came from a socket without a name, which nobody can answer.

    Raises BlockingIOError where there is none.
    """
    data, notes, flags, name = sock.recvmsg(LONGEST_REQUEST, _ROOM, socket.MSG_DONTWAIT | socket.MSG_CMSG_CLOEXEC)
    for level, kind, note in notes:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS) and name:
            _, uid, _ = _CREDENTIALS.unpack(note)
            return Asked(data, os.fsencode(name), uid, bool(flags & socket.MSG_TRUNC))
    return None


def connected(asked: Asked, diagnosis: UnixDiagnosis) -> socket.socket:
    """A socket whose other end is the asking one and no other. Raises RefusedError, and OSError where it is gone."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    try:
        sock.connect(asked.name)
        peer = diagnosis.peer(os.fstat(sock.fileno()).st_ino)
        maker = None if peer is None else diagnosis.uid(peer)
        if maker is None:
            raise RefusedError("this kernel does not tell whose socket yours is: it must be Linux 5.3 or newer")
        # Between the request and the connection the name may have become somebody else's.
        if maker not in (asked.uid, _ROOT):
            raise RefusedError("your socket was made by another user")
    except PermissionError as error:
        sock.close()
        how = "do not connect your socket, use sendto" if error.errno == errno.EPERM else "bind yours to no path"
        raise RefusedError(f"your socket takes nothing from this one: {how}") from None
    except BaseException:
        sock.close()
        raise
    return sock
