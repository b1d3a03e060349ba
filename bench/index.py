"""How fast a capture file is indexed, and what the index weighs: CPU of one core, each format in a process of its own.

    python -m bench.index [PACKETS]

"peak" is what the process grew by at most while it indexed; "at once" is one packet at a random place.
"""

import multiprocessing
import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from app.packet.capture.catalogue import Catalogue
from app.packet.capture.reader import read_capture
from bench.capturemaker import make
from bench.report import machine, show, table

FIRST_PAGE = 100
LOOKS = 20_000


def measured(path: Path) -> tuple[str, ...]:
    """A row of figures on one file."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    descriptor = os.open(path, os.O_RDONLY)
    catalogue = Catalogue(lambda offset, count: os.pread(descriptor, count, offset))
    began = time.process_time()
    while len(catalogue) < FIRST_PAGE and catalogue.grow():
        pass
    paged = time.process_time()
    while catalogue.grow():
        pass
    indexed = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    places = random.Random(1).choices(range(len(catalogue)), k=LOOKS)
    looked = time.process_time()
    for place in places:
        catalogue.packet(place)
    looks = time.process_time() - looked
    return (
        f"{(paged - began) * 1e3:.0f}",
        f"{(indexed - began) * 1e3:.0f}",
        f"{len(catalogue) / (indexed - began) / 1e3:.0f}",
        f"{peak / 1024:.0f}",
        f"{looks / LOOKS * 1e6:.1f}",
        f"{len(catalogue) / _reading(path) / 1e3:.0f}",
    )


def _reading(path: Path) -> float:
    """The seconds of CPU that reading all packets from front to end takes."""
    began = time.process_time()
    with path.open("rb") as file:
        for _ in read_capture(file):
            pass
    return time.process_time() - began


def main(packets: int) -> None:
    """Measure and show."""
    show(machine(), f"{packets} packets, CPU time of one core")
    heading = ("", "first page ms", "index ms", "index k/s", "peak MB", "at once us", "reading k/s")
    with tempfile.TemporaryDirectory() as folder:
        rows = []
        for form in ("pcap", "pcapng"):
            path = Path(folder) / f"it.{form}"
            make(path, packets, form)
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                rows.append((form, *pool.apply(measured, (path,))))
    table(heading, rows)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
