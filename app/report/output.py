"""Standard output, a line at a time, for readers that may go away and disks that may be full."""

import os
import sys
from collections.abc import Callable, Iterable
from typing import TextIO


def complain(sentence: str) -> None:
    """A sentence for the user, beside the results. Where nobody can read it, nothing happens."""
    try:
        sys.stderr.write(f"hopscope: {sentence}\n")
        sys.stderr.flush()
    except OSError:
        pass


def replace_closed_streams() -> bool:
    """Open nothing's device in place of each standard stream that the caller closed, lest a socket gets its number.

    Returns whether there was a standard output.
    """
    has_output = sys.stdout is not None
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))
    return has_output


class Output:
    """Writes lines, each flushed. When nobody reads any more it calls `stop` once and is silent from there on."""

    def __init__(self, stream: TextIO, stop: Callable[[], None] = lambda: None) -> None:
        self._stream = stream
        self.stop = stop
        self.is_closed = False
        self.failure: str | None = None  #: why lines were lost, other than that nobody reads them

    def line(self, text: str) -> None:
        """One line."""
        self.lines((text,))

    def lines(self, texts: Iterable[str]) -> None:
        """Some lines, flushed once."""
        self.part("".join(f"{text}\n" for text in texts))

    def part(self, text: str) -> None:
        """A part of a line, or of some."""
        if self.is_closed:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except BrokenPipeError:
            self._close()
        except OSError as error:
            self.failure = f"the results cannot be written: {error.strerror}; make room, or write them elsewhere"
            self._close()

    def _close(self) -> None:
        self.is_closed = True
        _forget(self._stream)
        self.stop()


def _forget(stream: TextIO) -> None:
    """Let what is still in the stream's buffer go to nowhere when the program ends."""
    try:
        descriptor = stream.fileno()
    except OSError:
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


def standard_output() -> Output:
    """Standard output as UTF-8, whatever the locale."""
    stream = sys.stdout
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8", errors="replace")
    return Output(stream)
