"""A host that speaks no IPv6: a thread whose kernel refuses such sockets, as where IPv6 is not built in or a service is
confined (systemd's RestrictAddressFamilies). It takes seccomp(2).
"""

import ctypes
import errno
import os
import platform
import socket
import struct
import threading
from collections.abc import Callable

from app.net.bpf import Instruction, assemble, jump_if, load_beside
from tests.privileges import lack

_SOCKET = {"x86_64": 41, "aarch64": 198}  #: the number of the call
_NUMBER_AT, _FAMILY_AT = 0, 16  #: where struct seccomp_data has the call and its first argument
_SET_NO_NEW_PRIVILEGES, _SET_SECCOMP, _BY_FILTER = 38, 22, 2
_REFUSE, _ALLOW = 0x00050000 | errno.EAFNOSUPPORT, 0x7FFF0000


def without_ipv6(work: Callable[[], None]) -> None:
    """Run it on such a host; what it raises is raised here."""
    raised: list[BaseException] = []

    def run() -> None:
        _refuse_ipv6()
        try:
            work()
        except BaseException as error:  # noqa: BLE001  # it belongs to who waits
            raised.append(error)

    if platform.machine() not in _SOCKET:
        lack("the numbers of this machine's calls are not known")
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]


def _refuse_ipv6() -> None:
    program = assemble(
        [
            load_beside(_NUMBER_AT),
            jump_if(_SOCKET[platform.machine()], 0, "allow"),
            load_beside(_FAMILY_AT),
            jump_if(socket.AF_INET6, 0, "allow"),
            Instruction(0x06, _REFUSE),
            "allow",
            Instruction(0x06, _ALLOW),
        ]
    )
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(program, len(program))
    described = struct.pack("@HP", len(program) // 8, ctypes.addressof(buffer))
    assert libc.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0
    assert libc.prctl(_SET_SECCOMP, _BY_FILTER, described, 0, 0) == 0, os.strerror(ctypes.get_errno())
