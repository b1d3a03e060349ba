"""A flood of small datagrams, as fast as asked: `python -m tests.lab.flooding ADDRESS SECONDS RATE [PORTS]`.

UDP to closed ports from as many ports of its own, 64 to a system call (sendmmsg by ctypes), in steps of 2 ms.
It prints how many it sent.
"""

import ctypes
import socket
import sys
import time

STEP = 0.002
MOST = 64


class _Vector(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _Header(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("vectors", ctypes.POINTER(_Vector)),
        ("vector_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )


class _Message(ctypes.Structure):
    _fields_ = (("header", _Header), ("length", ctypes.c_uint32))


def flood(address: str, seconds: float, rate: int, ports: int = 8) -> int:
    """Send; how many the kernel took."""
    libc = ctypes.CDLL(None, use_errno=True)
    payload = ctypes.create_string_buffer(b"flood" * 4)
    vector = _Vector(ctypes.cast(payload, ctypes.c_void_p), 20)
    messages = (_Message * MOST)(*(_Message(_Header(None, 0, ctypes.pointer(vector), 1)) for _ in range(MOST)))
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    senders = [socket.socket(family, socket.SOCK_DGRAM) for _ in range(ports)]
    for number, sender in enumerate(senders):
        sender.connect((address, 9_000 + number))
    began, sent, turn = time.monotonic(), 0, 0
    while (passed := time.monotonic() - began) < seconds:
        due = int(passed * rate) - sent
        while due > 0:
            took = libc.sendmmsg(senders[turn % ports].fileno(), messages, min(due, MOST), 0)
            turn += 1
            if took > 0:  # an error about a datagram before, such as port unreachable, is told once
                sent += took
                due -= took
        time.sleep(STEP)
    return sent


if __name__ == "__main__":
    took = flood(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), *map(int, sys.argv[4:]))
    sys.stdout.write(f"{took}\n")
