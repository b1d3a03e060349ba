"""What a program costs while it runs and until its end, and what it sent meanwhile: read from /proc and by wait4."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.row import Unmeasurable
from tests.lab.program import ENVIRONMENT, ROOT
from tests.lab.topology import Node

SECOND = 1_000_000_000
_OURS = {"hopscope": ("-m", "app"), "python": ()}


@dataclass(frozen=True, slots=True)
class Ended:
    """A run to its end. Seconds; `cpu` is of the process itself and of what it waited for."""

    output: str
    status: int
    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Steady:
    """A while of a run, its start and end left out."""

    seconds: float
    cpu: float  #: seconds
    sent: int  #: packets that left its network namespace
    received: int

    @property
    def share(self) -> float:
        """Of one core."""
        return self.cpu / self.seconds

    @property
    def per_probe(self) -> float:
        """CPU time of a packet sent and its reply, in microseconds."""
        return self.cpu / self.sent * 1e6 if self.sent else float("nan")


def words(command: str) -> list[str]:
    """A command line as words; "hopscope" is this tree's, by this Python. Raises Unmeasurable where it is missing."""
    program, *options = shlex.split(command)
    if program in _OURS:
        return [sys.executable, *_OURS[program], *options]
    if shutil.which(program) is None:
        raise Unmeasurable(f"{program} is not installed")
    return [program, *options]


def start(node: Node, command: str) -> subprocess.Popen[str]:
    """Start a program in a namespace, its output piped."""
    return subprocess.Popen(
        node.command(*words(command)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env=ENVIRONMENT,
    )


def end(process: subprocess.Popen[str], began: float) -> Ended:
    """Read what a program says until it ends, and ask the kernel what it cost."""
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Ended(output, process.returncode, time.monotonic() - began, usage.ru_utime + usage.ru_stime)


def run(node: Node, command: str) -> Ended:
    """Run a program to its end."""
    began = time.monotonic()
    return end(start(node, command), began)


def watched(node: Node, command: str, *, warm_up: float, seconds: float) -> tuple[Steady, Ended]:
    """Run a program that ends by itself, and look at a while of it."""
    began = time.monotonic()
    process = start(node, command)
    try:
        time.sleep(warm_up)
        steady = look(process.pid, seconds)
        return steady, end(process, began)
    finally:
        if process.returncode is None:
            process.kill()
            process.wait()


def look(pid: int, seconds: float) -> Steady:
    """What a process does for a while. Packets are all those of its namespace, loopback left out."""
    before, sent, received, began = cpu_seconds(pid)["all"], *packets(pid), time.monotonic()
    time.sleep(seconds)
    after, sent_now, received_now, ended = cpu_seconds(pid)["all"], *packets(pid), time.monotonic()
    return Steady(ended - began, after - before, sent_now - sent, received_now - received)


def threads(pid: int) -> dict[int, float]:
    """The CPU time of each thread, in seconds."""
    used = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):
            used[int(task.name)] = int((task / "schedstat").read_text().split()[0]) / SECOND
    return used


def cpu_seconds(pid: int) -> dict[str, float]:
    """The CPU time of a process: in all, of its first thread, which draws, and of the others."""
    used = threads(pid)
    whole = sum(used.values())
    return {"all": whole, "glass": used[pid], "engine": whole - used[pid]}


def resident(pid: int) -> float:
    """Its memory, in MiB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def arrive(pid: int) -> None:
    """Wait until a process that was started in a namespace is in it."""
    here = Path("/proc/self/ns/net").readlink()
    while Path(f"/proc/{pid}/ns/net").readlink() == here:
        time.sleep(0.001)


def packets(pid: int) -> tuple[int, int]:
    """How many packets its network namespace has sent and received so far, loopback left out."""
    sent = received = 0
    for line in Path(f"/proc/{pid}/net/dev").read_text().splitlines()[2:]:
        name, _, counters = line.partition(":")
        if name.strip() != "lo":
            numbers = [int(number) for number in counters.split()]
            received, sent = received + numbers[1], sent + numbers[9]
    return sent, received


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """So many processes that do nothing but compute, for as long as the block runs."""
    spinning: Sequence[subprocess.Popen[bytes]] = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)
    ]
    try:
        yield
    finally:
        for process in spinning:
            process.send_signal(signal.SIGKILL)
            process.wait()
