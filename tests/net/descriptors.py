"""The file descriptors of this process, and how it is when there are no more."""

import fcntl
import itertools
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress


def open_descriptors() -> set[int]:
    """Those of this process."""
    found = set()
    for number in range(1024):
        with suppress(OSError):
            fcntl.fcntl(number, fcntl.F_GETFD)
            found.add(number)
    return found


@contextmanager
def descriptors_left(count: int) -> Iterator[None]:
    """This process may open so many files more."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken = open_descriptors()
    free = (number for number in itertools.count() if number not in taken)
    resource.setrlimit(resource.RLIMIT_NOFILE, (next(itertools.islice(free, count, None)), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
