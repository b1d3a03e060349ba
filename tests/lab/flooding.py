"""A flood of small datagrams, as fast as asked: `python -m tests.lab.flooding ADDRESS SECONDS RATE [PORTS|icmp]`.

UDP to closed ports from as many ports of its own, or ICMP that answers what others sent; 64 to a system call
(sendmmsg by ctypes), in steps of 2 ms. It prints how many it sent.
"""

import ctypes
import itertools
import socket
import struct
import sys
import time
from collections.abc import Sequence

STEP = 0.002
MOST = 64
_STRANGERS = range(0x100, 0x110)  #: their identifiers


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
    """Send UDP from so many ports; how many datagrams the kernel took."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    senders = [socket.socket(family, socket.SOCK_DGRAM) for _ in range(ports)]
    for number, sender in enumerate(senders):
        sender.connect((address, 9_000 + number))
    return _pour(senders, [b"flood" * 4], seconds, rate)


def flood_with_icmp(address: str, seconds: float, rate: int) -> int:
    """Send what answers other programs' probes: echo replies, and errors that quote echo requests; IPv4, as root."""
    sender = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    sender.connect((address, 0))
    request = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 84, 0, 0, 1, 1, 0, socket.inet_aton(address), bytes(4))
    quotes = (request + struct.pack("!BBHHH", 8, 0, 0, identifier, 1) for identifier in _STRANGERS)
    replies = (struct.pack("!HH", identifier, 1) + b"flood" * 4 for identifier in _STRANGERS)
    messages = [_icmp(11, bytes(4) + quote) for quote in quotes] + [_icmp(0, reply) for reply in replies]
    return _pour([sender], messages, seconds, rate)


def _icmp(kind: int, body: bytes) -> bytes:
    """An ICMP message whose checksum holds (RFC 1071)."""
    words = struct.unpack(f"!{len(body) // 2}H", body)
    total = (kind << 8) + sum(words)
    total = (total & 0xFFFF) + (total >> 16)
    return struct.pack("!BBH", kind, 0, ~(total + (total >> 16)) & 0xFFFF) + body


def _pour(senders: Sequence[socket.socket], payloads: Sequence[bytes], seconds: float, rate: int) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    kept = [ctypes.create_string_buffer(payload, len(payload)) for payload in payloads]
    vectors = [_Vector(ctypes.cast(buffer, ctypes.c_void_p), len(buffer)) for buffer in kept]
    turns = itertools.islice(itertools.cycle(vectors), MOST)
    messages = (_Message * MOST)(*(_Message(_Header(None, 0, ctypes.pointer(vector), 1)) for vector in turns))
    began, sent, turn = time.monotonic(), 0, 0
    while (passed := time.monotonic() - began) < seconds:
        due = int(passed * rate) - sent
        while due > 0:
            took = libc.sendmmsg(senders[turn % len(senders)].fileno(), messages, min(due, MOST), 0)
            turn += 1
            if took > 0:  # an error about a datagram before, such as port unreachable, is told once
                sent += took
                due -= took
        time.sleep(STEP)
    return sent


if __name__ == "__main__":
    address, seconds, rate, *rest = sys.argv[1:]
    if rest == ["icmp"]:
        took = flood_with_icmp(address, float(seconds), int(rate))
    else:
        took = flood(address, float(seconds), int(rate), *map(int, rest))
    sys.stdout.write(f"{took}\n")
