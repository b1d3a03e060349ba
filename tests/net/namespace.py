"""A network of a test's own: loopback and nothing else, so that no packet of a test ever leaves the host."""

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.net.family import forget_interfaces
from tests.privileges import require_programs, require_root

CLONE_NEWNET = 0x40000000


@contextmanager
def own_network() -> Iterator[None]:
    """This thread lives in a new network namespace, where everybody may send pings, until the end of the block."""
    require_root()
    require_programs("ip")
    libc = ctypes.CDLL(None, use_errno=True)
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        assert libc.unshare(CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
        forget_interfaces()
        Path("/proc/sys/net/ipv4/ping_group_range").write_text("0 2147483647")
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        yield
    finally:
        assert libc.setns(home, CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
        os.close(home)
