"""A program whose terminal goes away ends, and its threads with it."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
from pathlib import Path

CAPTURE = Path(__file__).parents[1] / "screenshots" / "lan.pcapng"


def test_a_program_ends_with_its_terminal_also_where_no_signal_says_so() -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    # A session of its own that nobody gave a terminal to: the kernel sends it no SIGHUP.
    program = subprocess.Popen(
        [sys.executable, "-m", "app", "inspect", str(CAPTURE)],
        cwd=CAPTURE.parents[1],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        seen = b""
        while b"Help" not in seen:
            assert select.select([ours], [], [], 30)[0], "nothing is drawn"
            seen += os.read(ours, 65536)
        os.close(ours)

        assert program.wait(30) == 129
    finally:
        program.kill()
