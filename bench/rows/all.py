"""All rows in their order, and the peers they are held against."""

import re
import shutil
import subprocess

from bench.rows import closedloop, faults, flood, glass, growth, pace, simulate, start, trace, traces, truth

ROWS = (
    *pace.ROWS,
    *closedloop.ROWS,
    *truth.ROWS,
    *glass.ROWS,
    *trace.ROWS,
    *traces.ROWS,
    *growth.ROWS,
    *flood.ROWS,
    *simulate.ROWS,
    *start.ROWS,
    *faults.ROWS,
)

#: How each peer says its version; None: it does not.
PEERS = {
    "ping": "-V",
    "fping": "-v",
    "mtr": "-v",
    "traceroute": "-V",
    "nmap": "-V",
    "scamper": "-v",
    "trip": "-V",
    "tcpdump": "--version",
}


def version(peer: str) -> str:
    """What a peer calls its version; "" where it is not installed."""
    if shutil.which(peer) is None:
        return ""
    said = subprocess.run([peer, PEERS[peer]], capture_output=True, text=True, check=False)
    found = re.search(r"\d[\w.]*\d\w*", said.stdout + said.stderr)
    return found[0] if found else "?"
