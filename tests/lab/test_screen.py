"""The dashboard in a real terminal, over real routers: what is seen when they fail, and what is left behind."""

import os
import signal
import sys

import pytest

from tests.lab.terminal import Terminal
from tests.lab.topology import Lab

PROGRAM = f"{sys.executable} -m app"


def test_the_dashboard_tells_of_an_interface_that_went_down_and_leaves_no_trace(six_hops: Lab) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"]
    names = ("r1.lab", "r5.lab", "t.lab")

    with Terminal(host) as terminal:
        terminal.type(f"{PROGRAM} -i 0.2 {' '.join(names)}; echo status $?", "Enter")
        terminal.wait_for(*names, "3 up")
        target.ip("link set to-r5 down")
        terminal.wait_for("1 down", "down")
        target.reconnect()
        terminal.wait_for("3 up")
        terminal.type("q")
        terminal.wait_for("status 0", "ready>")

        assert terminal.is_clean()


def test_every_target_has_its_row_on_a_wide_terminal(six_hops: Lab) -> None:
    names = [f"r{number}.lab" for number in range(1, 6)]

    with Terminal(six_hops.nodes["h"], columns=200, rows=50) as terminal:
        terminal.type(f"{PROGRAM} -i 0.2 {' '.join(names)}", "Enter")
        terminal.wait_for(*(f"● {name}" for name in names), "5 up")
        terminal.type("q")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_clean(six_hops: Lab, number: signal.Signals) -> None:
    with Terminal(six_hops.nodes["h"], columns=80, rows=24) as terminal:
        terminal.type(f"{PROGRAM} t.lab; echo status $?", "Enter")
        terminal.wait_for("t.lab", "1 up")
        (program,) = terminal.programs()
        os.kill(program, number)
        terminal.wait_for(f"status {128 + number}", "ready>")

        assert terminal.is_clean()


def test_a_byte_that_is_no_text_does_not_end_the_program(six_hops: Lab) -> None:
    with Terminal(six_hops.nodes["h"], columns=80, rows=24) as terminal:
        terminal.type(f"{PROGRAM} t.lab; echo status $?", "Enter")
        terminal.wait_for("t.lab", "1 up")
        terminal.type("-H", "ff", "c3", "28")
        terminal.type("Space")
        terminal.wait_for("frozen")
        terminal.type("q")
        terminal.wait_for("status 0", "ready>")
