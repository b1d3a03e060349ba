"""Real routers and daemons at work in the namespaces of a lab, without an init system, and what they say of themselves.

Each has a folder of its own for configuration, sockets and log. A daemon that refuses a line of its
configuration goes on without it: `Yard.complaints` reads the logs, and the lab that is built on them
must have none.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.lab.program import ROOT
from tests.lab.topology import Node
from tests.privileges import lack, require_programs

FRR = Path("/usr/lib/frr")
#: Debian's pimd cannot be installed beside FRR: its package is unpacked here, or where this variable says.
PIMD = Path(os.environ.get("HOPSCOPE_PIMD", ROOT / "build" / "pimd" / "usr" / "sbin" / "pimd"))
_PATIENCE = 10.0


def require_daemons() -> None:
    """All that the labs of the neighbourhood run."""
    require_programs("vtysh", "bird", "birdc", "radvd", "keepalived", "smcrouted")
    if not FRR.joinpath("zebra").exists():
        lack("this test needs frr")
    if not PIMD.exists():
        lack(f"this test needs Debian's pimd at {PIMD}: apt-get download pimd && dpkg -x pimd_*.deb build/pimd")


class Daemon:
    """A process in a namespace, in a session of its own, whose output goes into a log."""

    def __init__(self, node: Node, log: Path, *words: str | Path) -> None:
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                node.command(*map(str, words)),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def terminate(self) -> None:
        """Ask it to end, and wait until it has said goodbye."""
        self._process.terminate()
        self._process.wait(_PATIENCE)

    def kill(self) -> None:
        """End it and its children before any of them can say anything."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(_PATIENCE)

    @property
    def is_running(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None


class Yard:
    """Where daemons are kept, to be entered as a context manager; all end with it."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="hopscope-yard-"))
        self._folder.chmod(0o755)
        self._daemons: list[Daemon] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for daemon in self._daemons:
            daemon.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def at_once(self, *starts: Callable[[], object]) -> None:
        """Start several daemons at the same time."""
        with ThreadPoolExecutor(len(starts)) as pool:
            for done in [pool.submit(start) for start in starts]:
                done.result()

    def start(self, node: Node, name: str, *words: str | Path) -> Daemon:
        """Start any program as a daemon."""
        daemon = Daemon(node, self._place(node) / f"{name}.log", *words)
        self._daemons.append(daemon)
        return daemon

    def python(self, node: Node, name: str, module: str, *words: str) -> Daemon:
        """Start a module of these tests as a daemon."""
        return self.start(node, name, "env", f"PYTHONPATH={ROOT}", sys.executable, "-m", module, *words)

    def frr(self, node: Node, *, modules: str = "", **configurations: str) -> "Frr":
        """Start zebra and FRR's daemons of the configurations' names; "/" in these stands for a new line."""
        folder = self._place(node)
        shutil.chown(folder, "frr", "frr")
        frr = Frr(folder)
        for name in ("zebra", *(name for name in configurations if name != "zebra")):
            self._configure(folder / f"{name}.conf", configurations.get(name, "")).chmod(0o644)
            options = ("-M", modules) if name == "zebra" and modules else ()
            files = ("-f", folder / f"{name}.conf", "-i", folder / f"{name}.pid", "--log", "stdout")
            sockets = ("--vty_socket", folder, "-P", "0", "-z", folder / "zserv")
            frr.daemons[name] = self.start(node, name, FRR / name, *options, *files, *sockets)
            if name == "zebra":
                until(folder.joinpath("zserv").exists, "zebra's socket")
        return frr

    def bird(self, node: Node, configuration: str) -> "Bird":
        """Start BIRD. Its own identifier is the host's number."""
        folder = self._place(node)
        file = folder / "bird.conf"
        file.write_text(f"log stderr all;\nprotocol device {{ }}\n{configuration}\n")
        control = folder / "bird.ctl"
        daemon = self.start(node, "bird", "bird", "-f", "-c", file, "-s", control, "-P", folder / "bird.pid")
        return Bird(daemon, control)

    def radvd(self, node: Node, configuration: str) -> Daemon:
        """Start radvd."""
        file = self._configure(self._place(node) / "radvd.conf", configuration)
        return self.start(node, "radvd", "radvd", "-n", "-C", file, "-p", file.with_suffix(".pid"), "-m", "stderr")

    def keepalived(self, node: Node, configuration: str) -> Daemon:
        """Start keepalived; "/" in its configuration does not stand for a new line, for it has prefixes."""
        file = self._place(node) / "keepalived.conf"
        file.write_text(configuration)
        pids = ("-p", file.with_suffix(".pid"), "-r", file.with_suffix(".vrrp.pid"))
        return self.start(node, "keepalived", "keepalived", "-n", "-l", "-D", "-P", "-f", file, *pids)

    def pimd(self, node: Node, configuration: str) -> Daemon:
        """Start Debian's pimd."""
        file = self._configure(self._place(node) / "pimd.conf", configuration)
        return self.start(node, "pimd", PIMD, "-f", "-c", file, "-s", "info")

    def smcroute(self, node: Node, configuration: str) -> Daemon:
        """Start smcroute's daemon."""
        folder = self._place(node)
        file = self._configure(folder / "smcroute.conf", configuration)
        places = ("-P", folder / "smcroute.pid", "-u", folder / "smcroute.sock")
        return self.start(node, "smcroute", "smcrouted", "-n", "-N", "-f", file, *places, "-l", "info")

    def complaints(self) -> list[str]:
        """What the daemons found wrong in their configurations, and which of them have ended."""
        wrong = re.compile(
            r"unknown command|failed to read|refused|must be|syntax|unknown keyword|bird\.conf|^% ", re.IGNORECASE
        )
        lines = [
            f"{daemon.log.parent.name}/{daemon.log.name}: {line}"
            for daemon in self._daemons
            for line in daemon.log.read_text(errors="replace").splitlines()
            if wrong.search(line)
        ]
        return lines + [f"{daemon.log} has ended" for daemon in self._daemons if not daemon.is_running]

    def file(self, node: Node, name: str) -> Path:
        """A file in the folder of a host's daemons."""
        return self._place(node) / name

    def _place(self, node: Node) -> Path:
        folder = self._folder / node.name
        folder.mkdir(mode=0o755, exist_ok=True)
        return folder

    def _configure(self, file: Path, configuration: str) -> Path:
        file.write_text("\n".join(line.strip() for line in re.split(r"\s/\s|\n", configuration)) + "\n")
        return file


class Frr:
    """FRR's daemons of one host; `daemons` by name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.daemons: dict[str, Daemon] = {}

    def show(self, what: str) -> Any:
        """What `show WHAT json` says."""
        return json.loads(self._vtysh(f"show {what} json"))

    def text(self, what: str) -> str:
        """What `show WHAT` says where there is no JSON."""
        return self._vtysh(f"show {what}")

    def configure(self, *lines: str) -> None:
        """Change the configuration while it runs."""
        self._vtysh("configure terminal", *lines)

    def _vtysh(self, *commands: str) -> str:
        words = [word for command in commands for word in ("-c", command)]
        done = subprocess.run(
            ["vtysh", "--vty_socket", str(self._folder), *words],
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=True,
        )
        return done.stdout


class Bird:
    """BIRD of one host."""

    def __init__(self, daemon: Daemon, control: Path) -> None:
        self.daemon = daemon
        self._control = control

    def show(self, what: str) -> str:
        """What `birdc show WHAT` says, without the greeting."""
        done = subprocess.run(
            ["birdc", "-s", str(self._control), "show", *what.split()],
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=True,
        )
        return done.stdout.partition("\n")[2]

    def sections(self, what: str) -> dict[str, dict[str, str]]:
        """What it says of each interface, as `Name: value` lines under a title."""
        return dict(_sections(self.show(what)))


def _sections(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    for block in re.split(r"^(?=Interface )", text, flags=re.MULTILINE)[1:]:
        title, *lines = block.splitlines()
        pairs = (line.strip().partition(":") for line in lines if ":" in line)
        yield title.split()[1], {name: value.strip() for name, _, value in pairs}


def until(claim: Callable[[], object], what: str, patience: float = _PATIENCE) -> None:
    """Wait until something holds; raises where it does not in time."""
    deadline = time.monotonic() + patience
    while True:
        with suppress(subprocess.CalledProcessError, json.JSONDecodeError, KeyError, IndexError):
            if claim():
                return
        if time.monotonic() > deadline:
            raise AssertionError(f"it took too long: {what}")
        time.sleep(0.02)
