"""Which process holds a socket, by the file descriptors that /proc shows (proc_pid_fd(5)).

A socket that several hold, as parent and child do, is said to be the youngest's. What was found before is looked at
again, never trusted. Processes come and go while they are looked at; those of other users are shown to nobody without
CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH.
"""

import os
import re
import time
from collections import OrderedDict
from pathlib import Path

from app.engine.errors.snapshot import Process
from app.packet.text import safe_bytes

_MOST_KEPT = 4096
#: A search takes so many seconds at most; all searches together a part of all time, once they have used what they had.
_LONGEST, _SHARE, _MOST_CREDIT = 0.5, 0.2, 1.0
_LONGEST_NAME = 64
_LONGEST_STATUS = 4096
_NAME = re.compile(rb"^Name:\t(.*)$", re.MULTILINE)
_USERS = re.compile(rb"^Uid:\t\d+\t(\d+)", re.MULTILINE)


class Processes:
    """Look-ups of processes. Belongs to one thread."""

    def __init__(self, root: Path = Path("/proc")) -> None:
        self._root = os.open(root, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        self._places: OrderedDict[int, tuple[int, str]] = OrderedDict()  # inode -> process and descriptor
        self._credit, self._credited_at = _MOST_CREDIT, time.monotonic()

    def find(self, inode: int, uid: int | None = None) -> Process | None:
        """The process that holds a socket; those of a user are asked first. None where none is to be seen."""
        if not inode:
            return None
        place = self._places.get(inode)
        if place is not None and self._holds(place, inode):
            return self.named(place[0])
        self._places.pop(inode, None)
        return self._search(inode, uid)

    def _holds(self, place: tuple[int, str], inode: int) -> bool:
        try:
            return os.readlink(f"{place[0]}/fd/{place[1]}", dir_fd=self._root) == f"socket:[{inode}]"
        except OSError:
            return False

    def _search(self, inode: int, uid: int | None) -> Process | None:
        began = time.monotonic()
        self._credit = min(_MOST_CREDIT, self._credit + (began - self._credited_at) * _SHARE)
        self._credited_at = began
        if self._credit <= 0:
            return None
        try:
            for pid in self._candidates(uid):
                self._learn(pid)
                if inode in self._places:
                    return self.named(pid)
                if time.monotonic() - began > _LONGEST:
                    break
            return None
        finally:
            self._credit -= time.monotonic() - began

    def _candidates(self, uid: int | None) -> list[int]:
        """All processes: a user's own before others, of each the youngest first."""
        pids = sorted((int(name) for name in self._names(".") if name.isdecimal()), reverse=True)
        return pids if uid is None else sorted(pids, key=lambda pid: self._user(pid) != uid)

    def _user(self, pid: int) -> int | None:
        try:
            return os.stat(str(pid), dir_fd=self._root).st_uid
        except OSError:
            return None

    def _names(self, folder: str) -> list[str]:
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=self._root)
        except OSError:
            return []
        try:
            with os.scandir(descriptor) as entries:
                return [entry.name for entry in entries]
        except OSError:
            return []
        finally:
            os.close(descriptor)

    def _learn(self, pid: int) -> None:
        """Remember which sockets a process holds."""
        for name in self._names(f"{pid}/fd"):
            try:
                target = os.readlink(f"{pid}/fd/{name}", dir_fd=self._root)
            except OSError:
                continue
            if target.startswith("socket:["):
                self._keep(int(target[8:-1]), (pid, name))

    def _keep(self, inode: int, place: tuple[int, str]) -> None:
        self._places[inode] = place
        self._places.move_to_end(inode)
        if len(self._places) > _MOST_KEPT:
            self._places.popitem(last=False)

    def shares_network(self, pid: int) -> bool:
        """Whether a process lives in this thread's network; of one that is not to be seen it is believed."""
        try:
            theirs = os.stat(f"{pid}/ns/net", dir_fd=self._root)
            return theirs.st_ino == os.stat("thread-self/ns/net", dir_fd=self._root).st_ino
        except OSError:
            return True

    def named(self, pid: int) -> Process | None:
        """The process by the name that it gives itself, which may be any bytes, and its effective user."""
        try:
            descriptor = os.open(f"{pid}/status", os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._root)
        except OSError:
            return None
        try:
            status = os.read(descriptor, _LONGEST_STATUS)
        except OSError:
            return None
        finally:
            os.close(descriptor)
        name, user = _NAME.search(status), _USERS.search(status)
        return Process(pid, safe_bytes(name[1], _LONGEST_NAME), int(user[1])) if name and user else None

    def close(self) -> None:
        """Look no more."""
        os.close(self._root)
