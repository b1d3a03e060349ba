"""What the kernel and the interpreter say of this process."""

import gc
import os
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from app.engine.condition import EngineCondition, ProcessCondition, ThreadUse

_STATM = Path("/proc/self/statm")  #: proc(5): pages in all, pages in memory, ...
_PAGE = os.sysconf("SC_PAGESIZE")

#: What the thread is called that the program begins in: it draws the screens.
SCREENS = "screens"


def process_condition(engines: Iterable[EngineCondition]) -> ProcessCondition:
    """How this process is doing; some system calls for each thread."""
    return ProcessCondition(
        at=time.monotonic_ns(),
        cpu=time.process_time_ns(),
        threads=tuple(_threads()),
        memory=_memory(),
        collections=gc.get_stats()[-1]["collections"],
        switch_interval=round(sys.getswitchinterval() * 1e9),
        engines=tuple(engines),
    )


def _threads() -> Iterable[ThreadUse]:
    for thread in threading.enumerate():
        if thread.ident is None:
            continue
        try:
            cpu = time.clock_gettime_ns(time.pthread_getcpuclockid(thread.ident))
        except OSError:
            continue  # it has just ended
        yield ThreadUse(SCREENS if thread is threading.main_thread() else thread.name, cpu)


def _memory() -> int | None:
    try:
        return int(_STATM.read_text().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return None
