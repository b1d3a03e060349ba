"""Named network namespaces, as ip-netns(8) makes and finds them: /run/netns/NAME, and /etc/netns/NAME for files.

What is made here is taken away by a child process that waits for nothing but the end of this one: so it goes whatever
ends the program, and the program itself may give up its privileges.
"""

import ctypes
import os
import signal
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from app.net.link import LinkError
from app.packet.text import safe

NAMED = Path("/run/netns")
FILES = Path("/etc/netns")

_CLONE_NEWNET = 0x40000000
_MS_BIND, _MS_REC, _MS_SHARED, _MNT_DETACH = 0x1000, 0x4000, 0x100000, 2
_OWN = "/proc/thread-self/ns/net"
_LONGEST_NAME = 255  #: bytes

_libc = ctypes.CDLL(None, use_errno=True)


class Namespace:
    """A named network namespace that other programs can be run in. Belongs to the main thread."""

    def __init__(self, name: str) -> None:
        """Find it or make it. Raises LinkError."""
        if (
            not name
            or "/" in name
            or name in (".", "..")
            or not name.isprintable()
            or len(os.fsencode(name)) > _LONGEST_NAME
        ):
            raise LinkError(f"{safe(name)!r} is no name for a network namespace")
        self.name = name
        self._path = NAMED / name
        self.is_ours = not self._path.exists()
        self._keeper: _Keeper | None = None
        try:
            if self.is_ours:
                self._make()
        except OSError as error:
            self.close()
            raise LinkError(_refusal("made", name, error)) from None

    def _make(self) -> None:
        _share(NAMED)
        self._path.touch(0o444, exist_ok=False)
        self._keeper = _Keeper(self._path, FILES / self.name)
        with _going_back():
            _called(_libc.unshare(_CLONE_NEWNET))
            _mount(_OWN, self._path, _MS_BIND)
        self._keeper.keep_namespace()

    def write(self, files: Mapping[str, str]) -> None:
        """Give programs that `ip netns exec` runs files of their own in /etc; only where this namespace is ours."""
        folder = FILES / self.name
        if self._keeper is None or folder.exists():
            return
        try:
            folder.mkdir(parents=True)
            self._keeper.keep_files(files)
            for name, text in files.items():
                (folder / name).write_text(text, encoding="utf-8")
        except OSError as error:
            raise LinkError(f"{folder} cannot be written: {error.strerror}") from None

    @contextmanager
    def entered(self) -> Iterator[None]:
        """While this lasts, sockets and devices are opened in the namespace, where they stay. Raises LinkError."""
        with _going_back():
            try:
                descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
                try:
                    _called(_libc.setns(descriptor, _CLONE_NEWNET))
                finally:
                    os.close(descriptor)
            except OSError as error:
                raise LinkError(_refusal("entered", self.name, error)) from None
            yield

    def close(self) -> None:
        """Take away what was made; programs that still run in it keep it, without a name."""
        if self._keeper is not None:
            self._keeper.end()
            self._keeper = None


def _refusal(what: str, name: str, error: OSError) -> str:
    """Why it cannot be made or entered, and what to do."""
    if isinstance(error, PermissionError):
        return (
            "a network namespace needs CAP_SYS_ADMIN: run it as root (sudo hopscope simulate); "
            "hopscope --simulate measures the same internet without any privilege"
        )
    return f"the network namespace {safe(name)} cannot be {what}: {error.strerror}"


class _Keeper:
    """The child that takes a namespace away when this process has ended, or says so.

    It takes away what it was told of and nothing else: by then somebody else may have a namespace of that name, or
    files in the folder.
    """

    def __init__(self, path: Path, folder: Path) -> None:
        self._path = path
        ours, self._end = os.pipe2(os.O_CLOEXEC)
        self._child = os.fork()
        if self._child:
            os.close(ours)
            return
        os.close(self._end)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        try:
            os.setsid()
            made = {_identity(path)}  # the file that the namespace is to be mounted on
            with os.fdopen(ours, encoding="utf-8") as told:
                identity, *files = told.read().splitlines() or [""]
            _take_away(path, made | {identity})
            _take_files_away(folder, files)
        finally:
            os._exit(0)

    def keep_namespace(self) -> None:
        """What stands there now is ours."""
        os.write(self._end, f"{_identity(self._path)}\n".encode())

    def keep_files(self, names: Iterable[str]) -> None:
        """The folder of files is ours as well, with these in it."""
        os.write(self._end, "".join(f"{name}\n" for name in names).encode())

    def end(self) -> None:
        """Have everything taken away."""
        os.close(self._end)
        os.waitpid(self._child, 0)


def _identity(path: Path) -> str:
    """By which what stands at a path is known again."""
    found = path.lstat()
    return f"{found.st_dev}:{found.st_ino}"


def _take_away(path: Path, made: Container[str]) -> None:
    with suppress(OSError):
        if _identity(path) in made:
            _libc.umount2(os.fsencode(path), _MNT_DETACH)
            path.unlink()


def _take_files_away(folder: Path, names: Sequence[str]) -> None:
    with suppress(OSError):
        for name in names:
            (folder / name).unlink(missing_ok=True)
        if names:
            folder.rmdir()


@contextmanager
def _going_back() -> Iterator[None]:
    """Be in this process's own network namespace again at the end. Raises OSError where that is not to be had."""
    home = os.open(_OWN, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield
    finally:
        try:
            _called(_libc.setns(home, _CLONE_NEWNET))
        finally:
            os.close(home)


def _share(folder: Path) -> None:
    """Let all mount namespaces see what is mounted in a folder, as ip-netns(8) does."""
    folder.mkdir(mode=0o755, exist_ok=True)
    try:
        _mount("", folder, _MS_SHARED | _MS_REC)
    except OSError:
        _mount(str(folder), folder, _MS_BIND | _MS_REC)
        _mount("", folder, _MS_SHARED | _MS_REC)


def _mount(what: str, where: Path, flags: int) -> None:
    _called(_libc.mount(what.encode(), os.fsencode(where), b"none", ctypes.c_ulong(flags), None))


def _called(result: int) -> None:
    """Raise what a call of the C library failed with."""
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
