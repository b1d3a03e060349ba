"""Captures of a lab's wires by tcpdump, and what tshark and capinfos say of a capture file."""

import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self
from xml.etree import ElementTree as ET

from tests.lab.topology import Node

#: Every checksum is to be judged, and each packet by itself.
_JUDGING = (
    "ip.check_checksum:TRUE",
    "udp.check_checksum:TRUE",
    "tcp.check_checksum:TRUE",
    "ip.defragment:FALSE",
    "ipv6.defragment:FALSE",
)


class Capturing:
    """tcpdump writing a file as it hears, to be entered as a context manager. It ends by itself after 20 s."""

    def __init__(self, node: Node, interface: str, path: Path, *words: str) -> None:
        options = ("-n", "-p", "-U", "-Z", "root", "--immediate-mode", "--print", "-l")
        self._process = node.start("timeout", "20", "tcpdump", *options, "-i", interface, "-w", str(path), *words)

    def __enter__(self) -> Self:
        assert self._process.stderr is not None
        said = self._process.stderr.readline()
        assert "listening on" in said, said
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.communicate(timeout=10)

    def wait_for(self, *words: str) -> None:
        """Listen until each of the words was heard, in whatever order."""
        assert self._process.stdout is not None
        missing = set(words)
        for line in self._process.stdout:
            missing -= {word for word in missing if word in line}
            if not missing:
                return
        raise AssertionError(f"never heard: {missing}")


def tshark(path: Path, *words: str) -> str:
    """What tshark prints of a capture; it must have nothing to complain of."""
    preferences = [word for each in _JUDGING for word in ("-o", each)]
    done = subprocess.run(
        ["tshark", "-n", "-r", str(path), *preferences, *words],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if not line.startswith("Running as user")]
    assert (done.returncode, said) == (0, []), done.stderr
    return done.stdout


def rows(path: Path, *fields: str) -> list[dict[str, list[str]]]:
    """The values of some of tshark's fields, a row a packet."""
    words = [word for field in fields for word in ("-e", field)]
    lines = tshark(path, "-T", "fields", "-E", "separator=/t", "-E", "aggregator=;", *words).splitlines()
    return [
        {field: cell.split(";") if cell else [] for field, cell in zip(fields, line.split("\t"), strict=True)}
        for line in lines
    ]


def places(path: Path) -> list[set[tuple[str, int, int]]]:
    """Of each packet the name, first byte and number of bytes of every field that tshark shows."""
    packets = ET.fromstring(tshark(path, "-T", "pdml"))
    return [
        {place for proto in packet if proto.get("name") not in ("geninfo", "frame") for place in _places(proto)}
        for packet in packets
    ]


def _places(element: ET.Element) -> set[tuple[str, int, int]]:
    fields = (each for each in element.iter("field") if each.get("hide") != "yes")
    found = {(each.get("name", ""), int(each.get("pos", 0)), int(each.get("size", 0))) for each in fields}
    return {place for place in found if place[0] and not place[0].startswith("_ws.") and place[2]}


def count(path: Path) -> int:
    """How many packets capinfos finds."""
    done = subprocess.run(["capinfos", "-rcTM", str(path)], capture_output=True, text=True, timeout=30, check=True)
    return int(done.stdout.split("\t")[1])
