"""Removes the path of a socket when the program behind it has ended, however it ended.

A program that gives up its privileges could not remove what it made as root, and one that is killed removes nothing.
So a small process of its own waits for the end of a pipe, removes the path and ends too. It reads nothing else.
"""

import os
import signal
from contextlib import ExitStack, suppress
from pathlib import Path

from app.net.link import LinkError
from app.net.privileges import Capability, drop

_MOST_DESCRIPTORS = 4096


class Janitor:
    """The process that waits. To be made before any thread is started, and before privileges are dropped."""

    def __init__(self, path: Path) -> None:
        place = path.absolute()
        with ExitStack() as opened:
            folder = os.open(place.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
            opened.callback(os.close, folder)
            made = os.stat(place.name, dir_fd=folder, follow_symlinks=False)
            reading, self._writing = os.pipe()
            opened.callback(os.close, reading)
            self._pid = os.fork()
            if self._pid == 0:
                _wait(folder, place.name, (made.st_dev, made.st_ino), reading)

    def close(self) -> None:
        """Have the path removed; returns when it is."""
        os.close(self._writing)
        with suppress(ChildProcessError):
            os.waitpid(self._pid, 0)


def _wait(folder: int, name: str, made: tuple[int, int], reading: int) -> None:
    """Wait for the end and remove the path, if it still is what was made. Never returns."""
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, signal.SIG_IGN)
        os.setsid()
        os.dup2(folder, 0)
        os.dup2(reading, 1)
        os.closerange(2, _MOST_DESCRIPTORS)
        with suppress(LinkError):
            drop(keep=(Capability.DAC_OVERRIDE, Capability.FOWNER))
        os.read(1, 1)
        there = os.stat(name, dir_fd=0, follow_symlinks=False)
        if (there.st_dev, there.st_ino) == made:
            os.unlink(name, dir_fd=0)
    finally:
        os._exit(0)
