"""`hopscope inspect` on a terminal, and what it says where it cannot be shown."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.program import hopscope
from tests.cli.test_terminal import Terminal, terminal
from tests.screens.still_capture import PACKETS, file_of, many

#: Gives the program a controlling terminal, and the capture by a pipe.
PIPED = (
    sys.executable,
    "-c",
    """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execlp("sh", "sh", "-c", 'cat "$0" | "$@"', *sys.argv[1:])
""",
)


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    path = tmp_path / "some.pcapng"
    path.write_bytes(file_of())
    return path


@contextmanager
def shown(*arguments: str) -> Iterator[Terminal]:
    with terminal("inspect", *arguments) as screen:
        yield screen
        screen.type("q")
        assert screen.end() == 0


def test_a_capture_is_shown_and_q_leaves_it(capture: Path) -> None:
    with shown(str(capture), "--ascii", "--filter", "icmp") as screen:
        screen.until("REPLAY some.pcapng")
        screen.until("of 6")
        screen.until("10.3.0.1")


def test_of_a_broken_capture_what_stands_before_the_fault_is_shown(capture: Path) -> None:
    capture.write_bytes(file_of(many(30))[:-10])
    with shown(str(capture)) as screen:
        screen.until("the file ends within")
        screen.until("1 of 29")


def test_a_capture_on_standard_input_leaves_the_keys_to_the_terminal(capture: Path) -> None:
    with terminal("inspect", "-", within=(*PIPED, str(capture))) as screen:
        screen.until("REPLAY standard input")
        screen.until(f"{len(PACKETS)} packets")
        screen.type("q")
        assert screen.end() == 0


def test_a_program_ends_with_its_terminal_also_where_no_signal_says_so(capture: Path) -> None:
    with terminal("inspect", str(capture)) as screen:  # which does not control it: the kernel sends no SIGHUP
        screen.until("REPLAY some.pcapng")
        assert screen.hang_up() == 128 + signal.SIGHUP


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nosuchfile",), "draws on a terminal"),
        ((), "inspect shows one FILE"),
        (("a", "b"), "inspect shows one FILE"),
        (("a", "--json"), "--json"),
    ],
)
def test_without_a_terminal_or_a_file_it_is_a_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    ended = hopscope("inspect", *arguments)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert sentence in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(("nosuchfile",), "cannot read nosuchfile"), (("--filter", "icmp.type == ", "x"), "at column")],
)
def test_what_cannot_be_shown_is_a_sentence_before_the_screen(arguments: tuple[str, ...], sentence: str) -> None:
    with terminal("inspect", *arguments) as screen:
        screen.until(sentence)
        assert screen.process.wait(30) == 2


def test_it_loads_no_engine_and_no_socket() -> None:
    code = "import sys, app.commands.inspect, app.inspector; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    engines = {"app.engines", "app.net.runner", "app.net.raw", "app.engine.pinging.ping", "app.engine.tracing.trace"}
    assert not engines & set(loaded)
    assert "pyroute2" not in loaded


def test_a_file_that_is_no_capture_could_not_be_shown(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("no packets are in here")
    with terminal("inspect", str(path)) as screen:
        screen.until("starts neither a pcap nor a pcapng file")
        screen.type("q")
        assert screen.end() == 2
