"""What reading packets costs beside its peers: one capture, one minute, CPU of one core.

    python -m bench.decode [PACKETS] [ROUNDS]

The capture is bench/capturemaker.py's: echoes, time exceeded with quotations and MPLS objects, unreachables.
Programs are timed whole, from their start to their end; the trees of hopscope and of dpkt in a process that has
imported what it needs. dpkt and scapy are peers where they are installed (pip install dpkt scapy); scapy reads a
tenth of the packets. The least of the rounds is shown, since what else the machine does makes it only dearer.
"""

import importlib
import importlib.util
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.packet.capture.reader import read_capture
from app.packet.dissect import dissect
from app.packet.dissection import Dissection, every
from bench import capturemaker
from bench.report import machine, show, table

_FIELDS = ("frame.number", "frame.time_epoch", "ip.src", "ip.dst", "ip.proto", "icmp.type", "icmp.code", "frame.len")


@dataclass(frozen=True, slots=True)
class Row:
    """One way to read the capture."""

    what: str
    command: tuple[str, ...]
    share: float = 1.0  #: of the packets


def rows(path: str) -> Iterator[Row]:
    """All that is installed here."""
    ours = (sys.executable, "-m", "app", "decode", path)
    within = (sys.executable, "-m", "bench.decode", "--within")
    yield Row("summaries: hopscope decode", ours)
    yield Row("summaries: tcpdump", ("tcpdump", "-nn", "-r", path))
    yield Row("summaries: tshark", ("tshark", "-n", "-r", path))
    yield Row("summaries: tshark -T fields", ("tshark", "-n", "-r", path, "-T", "fields", *_flags("-e", _FIELDS)))
    yield Row("trees: hopscope", (*within, "tree", path))
    yield Row("trees, every span made: hopscope", (*within, "spans", path))
    if importlib.util.find_spec("dpkt"):
        yield Row("trees: dpkt", (*within, "dpkt", path))
    yield Row("JSON: hopscope decode --json", (*ours, "--json"))
    yield Row("JSON: tshark -T pdml", ("tshark", "-n", "-r", path, "-T", "pdml"))
    if importlib.util.find_spec("scapy"):
        yield Row("JSON: scapy", (*within, "scapy", path), 0.1)


def _flags(flag: str, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for value in values for word in (flag, value))


def main(packets: int, rounds: int) -> int:
    """Measure and show."""
    show(machine(), f"{packets} packets, the least of {rounds} rounds")
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "capture.pcap")
        capturemaker.make(Path(path), packets, "pcap")
        ways = [row for row in rows(path) if shutil.which(row.command[0])]
        least = {row.what: float("inf") for row in ways}
        for _ in range(rounds):
            for row in ways:
                least[row.what] = min(least[row.what], cpu_of(row) / (packets * row.share))
    lines = [(what, f"{1 / each:,.0f}", f"{each * 1e6:.1f}") for what, each in least.items()]
    table(("", "packets/s of one core", "µs a packet"), lines)
    for ours, peer, bar in BARS:
        if ours in least and peer in least:
            ratio = least[peer] / least[ours]
            show(f"{ours} is {ratio:.2f} times as fast as {peer.split(': ')[1]}; the bar is {bar:g}")
    return 0


#: What is to be so many times as fast as what.
BARS = (
    ("trees: hopscope", "trees: dpkt", 2),
    ("summaries: hopscope decode", "summaries: tshark -T fields", 1),
    ("JSON: hopscope decode --json", "JSON: tshark -T pdml", 2),
    ("JSON: hopscope decode --json", "JSON: scapy", 20),
)


def cpu_of(row: Row) -> float:
    """The CPU seconds that a command used, or says that its loop used."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    output = subprocess.PIPE if "--within" in row.command else subprocess.DEVNULL
    done = subprocess.run(row.command, check=True, stdout=output, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if "--within" in row.command:
        return float(done.stdout)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def within(way: str, path: str) -> float:
    """CPU seconds of one loop over the packets, in this process."""
    with Path(path).open("rb") as file:
        packets = [(packet.data, packet.link) for packet in read_capture(file)]
    if way in ("tree", "spans"):
        read = _make_spans if way == "spans" else _leave_spans
        return _timed(lambda: [read(dissect(data, link)) for data, link in packets])
    if way == "dpkt":
        ethernet = importlib.import_module("dpkt.ethernet").Ethernet
        return _timed(lambda: [ethernet(data) and None for data, _ in packets])
    for above in ("inet", "inet6"):
        importlib.import_module(f"scapy.layers.{above}")  # so that Ether knows what it carries
    ether = importlib.import_module("scapy.layers.l2").Ether
    return _timed(lambda: [ether(data).json() and None for data, _ in packets[: len(packets) // 10]])


def _leave_spans(_dissection: Dissection) -> None:
    """The tree as it is: every header a record of its values at its place, every checksum verified."""


def _make_spans(dissection: Dissection) -> None:
    for layer in dissection.layers:
        for _ in every(layer.spans):
            pass


def _timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    if sys.argv[1:2] == ["--within"]:
        sys.stdout.write(str(within(*sys.argv[2:])))
    else:
        raise SystemExit(
            main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, int(sys.argv[2]) if len(sys.argv) > 2 else 3)
        )
