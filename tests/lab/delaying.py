"""What lies behind a delay: a TUN device that answers every IPv4 echo request, so much later.

    python -m tests.lab.delaying DEVICE PREFIX MILLISECONDS

Run in the namespace that the device is to be in; it says "ready" and answers until it is ended. Its own lateness is
part of the round trip like a network's, and seen by everybody alike.
"""

import fcntl
import os
import select
import struct
import subprocess
import sys
import time
from collections import deque

_TUNSETIFF, _TUN, _NO_INFORMATION = 0x400454CA, 0x0001, 0x1000  # linux/if_tun.h
_REQUEST, _REPLY = 8, 0


def answer(request: bytes) -> bytes | None:
    """The echo reply to a datagram; None where it is no echo request (RFC 792)."""
    if request[0] != 0x45 or request[9] != 1 or request[20] != _REQUEST:
        return None
    reply = bytearray(request)
    reply[12:16], reply[16:20], reply[20] = request[16:20], request[12:16], _REPLY
    # RFC 1624: the only word that changes the sum is the type's, by 0x0800.
    checksum = struct.unpack_from("!H", reply, 22)[0] + (_REQUEST << 8)
    struct.pack_into("!H", reply, 22, (checksum & 0xFFFF) + (checksum >> 16))
    return bytes(reply)


def serve(device: str, prefix: str, delay: float) -> None:
    """Answer until somebody ends it."""
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, _TUNSETIFF, struct.pack("16sH", device.encode(), _TUN | _NO_INFORMATION))
    subprocess.run(["ip", "link", "set", device, "up", "txqueuelen", "10000"], check=True)
    subprocess.run(["ip", "route", "add", prefix, "dev", device], check=True)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    waiting: deque[tuple[float, bytes]] = deque()
    while True:
        left = waiting[0][0] - time.monotonic() if waiting else None
        if left is None or left > 0:
            select.select([tun], [], [], left)
        try:
            while (reply := answer(os.read(tun, 65_535))) is not None:
                waiting.append((time.monotonic() + delay, reply))
        except BlockingIOError:
            pass
        while waiting and waiting[0][0] <= time.monotonic():
            os.write(tun, waiting.popleft()[1])


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2], float(sys.argv[3]) / 1e3)
