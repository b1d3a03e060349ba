"""Work on many packets beside the screen: one thread that does a little of the first job that has any.

A job belongs to this thread once it was given; what it found is read by the screen as far as it is found.
No job waits: where there is nothing to do the thread sleeps until it is woken.
"""

import threading
from typing import Protocol


class Job(Protocol):
    """Work that can be done little by little."""

    def advance(self) -> bool:
        """Do a few milliseconds of it; whether there is more to do now."""


class Background:
    """A thread for the jobs of one screen. Its methods are called by the screen's thread."""

    def __init__(self, name: str) -> None:
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._jobs: tuple[Job, ...] = ()
        self._wake = threading.Event()
        self._is_ending = False

    def set_jobs(self, *jobs: Job) -> None:
        """From now on do these, the first of them first."""
        self._jobs = jobs
        if not self._thread.ident:
            self._thread.start()
        self.wake()

    def wake(self) -> None:
        """There may be more to do."""
        self._wake.set()

    def end(self) -> None:
        """Do no more; the thread ends within a few milliseconds, and nobody waits for it."""
        self._is_ending = True
        self._wake.set()

    def _work(self) -> None:
        while not self._is_ending:
            self._wake.clear()
            if not any(job.advance() for job in self._jobs):
                self._wake.wait()
