"""Takes a capture in beside the screens: a file, a fifo or standard input, indexed as far as it is there.

A file is read where it stands, and watched for growth. What can be read only once (pipes, gzip) is kept in
a file without a name as it comes, so that any packet can be read again. One thread does both.
"""

import os
import select
import stat
import tempfile
import threading
from pathlib import Path

from app.net.link import LinkError
from app.packet.capture.catalogue import Catalogue
from app.packet.capture.compression import MAGIC, SWALLOW, Unpacker
from app.packet.text import safe

#: Bytes indexed in one go: some 10 ms.
SLICE = 1 << 22
#: How often a file is looked at for growth, in milliseconds.
_PACE = 250
_SPOOL_FOLDER = Path("/var/tmp")  #: large files go there: /tmp often is memory
_NEXT_STEPS: dict[type[Exception], str] = {
    FileNotFoundError: "check its name",
    IsADirectoryError: "name a file in it",
    PermissionError: "run as a user who may read it",
}


class Intake:
    """A capture being taken in. `start` and `close` belong to one thread; everything else may be read by any."""

    def __init__(self, descriptor: int, name: str, *, owns: bool = True) -> None:
        self.name = name
        self.catalogue = Catalogue(self._read_at)
        self.failure: str | None = None  #: why no more can be read, as a sentence; what was read stays
        self.is_complete = False  #: the end was reached; a file that is written to may grow all the same
        self.taken = 0  #: bytes of the source that were read
        self._source = descriptor
        self._owns = owns
        status = os.fstat(descriptor)
        self._is_file = stat.S_ISREG(status.st_mode)
        self._start = os.lseek(descriptor, 0, os.SEEK_CUR) if self._is_file else 0
        self._is_spooled = not self._is_file or os.pread(descriptor, len(MAGIC), self._start) == MAGIC
        self._spool = _spool() if self._is_spooled else -1
        self._is_closing = False
        self._wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._thread = threading.Thread(target=self._work, name=f"intake {name}", daemon=True)

    @property
    def total(self) -> int | None:
        """Bytes of the source, of which `taken` were read; None where nobody knows."""
        if not self._is_file or self._is_closing:
            return None
        return max(0, os.fstat(self._source).st_size - self._start)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def close(self) -> None:
        """End, and give everything back; returns when the thread has ended. A second call does nothing."""
        if self._is_closing:
            return
        self._is_closing = True
        os.eventfd_write(self._wake, 1)
        if self._thread.is_alive():
            self._thread.join()
        # A packet that is asked for later must not come out of a file that got the same number.
        source, spool, self._source, self._spool = self._source, self._spool, -1, -1
        for descriptor in (source if self._owns else -1, spool, self._wake):
            if descriptor >= 0:
                os.close(descriptor)

    def _read_at(self, offset: int, count: int) -> bytes:
        """Bytes of the capture; none where they cannot be read."""
        try:
            if self._is_spooled:
                return os.pread(self._spool, count, offset)
            return os.pread(self._source, count, self._start + offset)
        except OSError as error:
            if not self._is_closing:
                self._fail(error)
            return b""

    def _fail(self, error: OSError) -> None:
        self.failure = self.failure or f"{self.name} cannot be read any further: {error.strerror or error}"

    def _work(self) -> None:
        if self._is_spooled:
            self._take_once()
        else:
            self._take_file()

    # Files, read where they stand

    def _take_file(self) -> None:
        """Index the file, then what is added to it."""
        is_quiet = True
        while not self._is_closing:
            if self.catalogue.grow(SLICE):
                self.taken = self.catalogue.position
                continue
            if is_quiet:  # else somebody may be about to write the rest of the last packet
                self.catalogue.finish()
            self.is_complete = True
            before = self.total
            self._wait(_PACE)
            is_quiet = before == self.total
            if (self.total or 0) < self.taken and not self._is_closing:
                self.failure = f"{self.name} has become shorter while it was read: some packets are gone"
                return

    def _wait(self, milliseconds: int | None, *descriptors: int) -> None:
        """Wait until there is something to read, or this is to end, or time is up."""
        poll = select.poll()
        for descriptor in (self._wake, *descriptors):
            poll.register(descriptor, select.POLLIN)
        poll.poll(milliseconds)

    # What can be read only once

    def _take_once(self) -> None:
        """Keep and index what comes, until no more does."""
        unpacker = Unpacker()
        try:
            while not (unpacker.fault or self.catalogue.fault or self.failure):
                self._wait(None, self._source)
                if self._is_closing:
                    return
                try:
                    data = os.read(self._source, SWALLOW)
                except BlockingIOError:
                    continue
                if not data:
                    break
                self.taken += len(data)
                for piece in unpacker.feed(data):
                    self._keep(piece)
            for piece in unpacker.finish():
                self._keep(piece)
        except OSError as error:
            self._fail(error)
        self.failure = self.failure or unpacker.fault
        if self.failure is None:
            self.catalogue.finish()
        self.is_complete = True

    def _keep(self, data: bytes) -> None:
        left = memoryview(data)
        try:
            while left and not (self._is_closing or self.failure):
                left = left[os.write(self._spool, left) :]
        except OSError as error:
            reason = error.strerror or str(error)
            self.failure = f"{self.name} cannot be kept any further: {reason}; set TMPDIR to a folder with more room"
        self.catalogue.grow(SLICE)


def open_intake(name: str, *, standard_input: int = 0) -> Intake:
    """Open a capture by name, "-" is standard input; nothing is read of it before `start`. Raises LinkError."""
    shown = safe(name)
    if name == "-":
        if os.isatty(standard_input):
            raise LinkError("standard input is a terminal: pipe a capture into it, as tcpdump -U -w - writes one")
        return _opened(standard_input, "standard input", owns=False)
    try:
        # Without O_NONBLOCK, a fifo would be opened only when somebody writes to it.
        descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise LinkError(_sentence(shown, error)) from None
    try:
        return _opened(descriptor, shown, owns=True)
    except LinkError:
        os.close(descriptor)
        raise


def _opened(descriptor: int, name: str, *, owns: bool) -> Intake:
    try:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise IsADirectoryError(0, "it is a directory")
        return Intake(descriptor, name, owns=owns)
    except OSError as error:
        raise LinkError(_sentence(name, error)) from None


def _sentence(name: str, error: Exception) -> str:
    reason = getattr(error, "strerror", None) or str(error)
    return f"cannot read {name}: {reason}; {_NEXT_STEPS.get(type(error), 'name a pcap or pcapng file')}"


def _spool() -> int:
    """A new file without a name. The user's TMPDIR is where the user wants such files."""
    wanted = _SPOOL_FOLDER if "TMPDIR" not in os.environ and os.access(_SPOOL_FOLDER, os.W_OK) else None
    with tempfile.TemporaryFile(buffering=0, dir=wanted) as file:
        return os.dup(file.fileno())
