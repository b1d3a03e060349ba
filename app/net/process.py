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

_OF_THREAD, _SCHEDULED = 4, 2  #: in the number of a clock: CPUCLOCK_PERTHREAD_MASK, CPUCLOCK_SCHED

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
        if thread.native_id is None:
            continue
        try:
            cpu = time.clock_gettime_ns(_clock_of(thread.native_id))
        except OSError:
            continue  # it has just ended
        yield ThreadUse(SCREENS if thread is threading.main_thread() else thread.name, cpu)


def _clock_of(thread: int) -> int:
    """The clock of a thread's time on processors, as the kernel numbers it (linux/posix-timers_types.h).

    pthread_getcpuclockid(3) gives the same, but looks into the memory of a thread that may have just ended.
    """
    return ~thread << 3 | _OF_THREAD | _SCHEDULED


def _memory() -> int | None:
    try:
        return int(_STATM.read_text().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return None
