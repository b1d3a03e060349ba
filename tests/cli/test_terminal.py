"""On a terminal the same command line opens the screens."""

import os
import pty
import re
import select
import signal
import subprocess
import termios
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.program import COMMAND, ENVIRONMENT

ALTERNATE_SCREEN, MAIN_SCREEN = "\x1b[?1049h", "\x1b[?1049l"


class Terminal:
    """A program on a terminal of 80x24, and all that it wrote there."""

    def __init__(self, *arguments: str, stderr: int | None = None, within: Sequence[str] = ()) -> None:
        self._ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (24, 80))
        self.modes = termios.tcgetattr(theirs)
        self.process = subprocess.Popen(
            (*within, *COMMAND, *arguments),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs if stderr is None else stderr,
            env={**ENVIRONMENT, "TERM": "xterm-256color", "TEXTUAL_ANIMATIONS": "none"},
            start_new_session=True,
        )
        self._theirs = theirs
        self.written = ""

    def until(self, pattern: str) -> None:
        """Read until the pattern has been written."""
        while not re.search(pattern, self.written):
            assert select.select([self._ours], (), (), 60)[0], f"{pattern} was not written"
            self.written += os.read(self._ours, 65_536).decode("utf-8", "replace")

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def end(self) -> int:
        """The exit status, when the program is gone."""
        self.until(re.escape(MAIN_SCREEN))
        status = self.process.wait(30)
        assert termios.tcgetattr(self._theirs) == self.modes
        return status

    def hang_up(self) -> int:
        """Take the terminal away; the exit status, when the program is gone."""
        with Path(os.devnull).open() as nothing:
            os.dup2(nothing.fileno(), self._ours)
        return self.process.wait(30)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)
        os.close(self._theirs)


@contextmanager
def terminal(*arguments: str, stderr: int | None = None, within: Sequence[str] = ()) -> Iterator[Terminal]:
    opened = Terminal(*arguments, stderr=stderr, within=within)
    try:
        yield opened
    finally:
        opened.close()


def test_without_a_host_the_dashboard_opens_and_q_leaves_it() -> None:
    with terminal("--simulate", "--seed", "7") as screen:
        screen.until("lossy.example")
        assert ALTERNATE_SCREEN in screen.written
        assert "SIMULATED" in screen.written
        screen.type("q")
        assert screen.end() == 0


def test_trace_opens_its_screen() -> None:
    with terminal("trace", "--simulate", "--seed", "7", "v6.example") as screen:
        screen.until("one flow")
        screen.type("q")
        assert screen.end() == 0


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_leaves_the_terminal_as_it_was(number: int, status: int) -> None:
    with terminal("--simulate", "--seed", "7", "gateway.example") as screen:
        screen.until("gateway.example")
        screen.process.send_signal(number)
        assert screen.end() == status


def test_ping_is_plain_text_even_on_a_terminal() -> None:
    with terminal("ping", "--simulate", "-c", "1", "gateway.example") as screen:
        screen.until("rtt min/avg/max/mdev")
        assert ALTERNATE_SCREEN not in screen.written


def test_without_a_terminal_for_errors_the_report_is_plain_text() -> None:
    with terminal("--simulate", "gateway.example", stderr=subprocess.DEVNULL) as screen:
        screen.until("bytes from")
        assert ALTERNATE_SCREEN not in screen.written
        screen.process.send_signal(signal.SIGINT)
        assert screen.process.wait(30) == 130


def test_a_recording_that_ended_is_told_again_when_the_screens_close(tmp_path: Path) -> None:
    small = ("sh", "-c", 'ulimit -f 1; exec "$@"', "sh")
    with terminal("--simulate", "--save", str(tmp_path / "it.pcapng"), "gateway.example", within=small) as screen:
        screen.until("the recording ends here")
        screen.type("q")
        assert screen.end() == 2
        screen.until("the recording ended before the screens did: File too large")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("listen", "--filter", "ospf.msg =="), "hopscope: a field or a value is wanted, not the end"),
        (("listen", "-I", "nosuch0"), "hopscope: this simulation has no interface nosuch0: it has sim0 alone"),
        (("neighbours", "-I", "nosuch0"), "hopscope: this simulation has no interface nosuch0: it has sim0 alone"),
    ],
)
def test_what_no_screen_can_show_is_a_sentence(words: tuple[str, ...], sentence: str) -> None:
    with terminal("--simulate", *words) as screen:
        screen.until(sentence)
        assert screen.process.wait(30) == 2
        assert ALTERNATE_SCREEN not in screen.written


def test_a_theme_that_is_not_there_is_a_sentence() -> None:
    with terminal("--simulate", "--theme", "nosuch") as screen:
        screen.until("there is no theme nosuch: choose from ")
        assert screen.process.wait(30) == 2
