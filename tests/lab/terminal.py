"""A terminal with a person's keys and eyes: tmux, with a shell in a namespace."""

import itertools
import os
import subprocess
import time
from types import TracebackType
from typing import Self

from tests.lab.program import ENVIRONMENT, ROOT
from tests.lab.topology import Node

_serial = itertools.count(1)


class Terminal:
    """A shell in a terminal of a given size, to be entered as a context manager."""

    def __init__(self, node: Node, *, columns: int = 120, rows: int = 35) -> None:
        # A name of its own: the server of the terminal before may still be on its way out, and take a guest along.
        self._server = f"lab-{os.getpid()}-{next(_serial)}"
        self._shell = node.command("env", "PS1=ready>", "sh")
        self._size = ("-x", str(columns), "-y", str(rows))

    def __enter__(self) -> Self:
        self._tmux("-f", "/dev/null", "new-session", "-d", *self._size, *self._shell)
        self.wait_for("ready>")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tmux("kill-server")

    def type(self, *keys: str) -> None:
        """Press keys, as tmux names them; a word is typed as it is."""
        self._tmux("send-keys", *keys)

    def screen(self) -> str:
        """What can be seen."""
        return self._tmux("capture-pane", "-p")

    def wait_for(self, *words: str, seconds: float = 20) -> str:
        """Look until all the words can be seen."""
        until = time.monotonic() + seconds
        while not all(word in (seen := self.screen()) for word in words):
            assert time.monotonic() < until, f"{words} cannot be seen:\n{seen}"
            time.sleep(0.1)
        return seen

    def is_clean(self) -> bool:
        """Whether no program has left the terminal in a state of its own: alternate screen, mouse, hidden cursor."""
        flags = "#{alternate_on}#{mouse_any_flag}#{mouse_all_flag}#{?cursor_flag,0,1}#{keypad_flag}"
        return self._tmux("display-message", "-p", flags).strip() == "00000"

    def programs(self) -> list[int]:
        """The process ids below the shell."""
        done = subprocess.run(["pgrep", "-P", str(self.shell())], capture_output=True, text=True, check=False)
        return [int(pid) for pid in done.stdout.split()]

    def shell(self) -> int:
        """The process id of the shell."""
        return int(self._tmux("display-message", "-p", "#{pane_pid}"))

    def _tmux(self, *words: str) -> str:
        environment = ENVIRONMENT | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        environment.pop("NO_COLOR")
        done = subprocess.run(
            ["tmux", "-u", "-L", self._server, *words],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env=environment,
        )
        return done.stdout
