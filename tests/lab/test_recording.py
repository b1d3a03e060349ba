"""What hopscope records of a run, whole or from its middle on, as tshark and capinfos read it."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.packet.capture.captured import CapturedPacket, Way
from tests.lab.capturing import count, rows
from tests.lab.program import hopscope
from tests.lab.terminal import Terminal
from tests.lab.topology import Lab
from tests.net.recordable import read
from tests.privileges import require_programs

CHECKSUMS = ("ip.checksum.status", "icmp.checksum.status", "udp.checksum.status", "tcp.checksum.status")
SOUND = {"1", "2"}  #: tshark's words for good, and for cut off
ERROR = "8388608"  #: its severity of what cannot be right
OUT, IN = "0x00000002", "0x00000001"
COMMANDS = ("ping -c 3 -i 0.02", "ping -6 -c 3 -i 0.02", "trace --method udp", "trace --method tcp -6")


@pytest.fixture(scope="module", autouse=True)
def peers() -> None:
    require_programs("tshark", "capinfos")


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that the program can write to, whoever it is once it has dropped its privileges."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


@pytest.mark.parametrize("form", ["pcapng", "pcap"])
@pytest.mark.parametrize("command", COMMANDS)
def test_tshark_reads_what_was_saved_without_a_complaint(
    six_hops: Lab, tmp_path: Path, command: str, form: str
) -> None:
    path = tmp_path / f"saved.{form}"

    run = hopscope(six_hops.nodes["h"], *command.split(), "t.lab", "--json", "--save", str(path))

    told = rows(path, "frame.time_epoch", "_ws.malformed", "_ws.expert.severity", "icmpv6.checksum.status", *CHECKSUMS)
    verdicts = {verdict for row in told for name, cell in row.items() if name.endswith("status") for verdict in cell}
    assert run.status == 0
    assert count(path) == len(told) >= 6
    assert "1" in verdicts <= SOUND
    assert [row for row in told if row["_ws.malformed"] or ERROR in row["_ws.expert.severity"]] == []
    assert any(not row["frame.time_epoch"][0].endswith("000") for row in told)


@pytest.mark.parametrize(("command", "lines"), [("ping -c 2", "targets"), ("trace", "hops")])
def test_tshark_is_told_which_way_each_packet_went_and_which_row_it_fed(
    six_hops: Lab, tmp_path: Path, command: str, lines: str
) -> None:
    path = tmp_path / "saved.pcapng"

    run = hopscope(six_hops.nodes["h"], *command.split(), "-i", "0.02", "t.lab", "--json", "--save", str(path))

    packets = rows(path, "frame.packet_flags_direction", "frame.comment")
    told = {(*row["frame.packet_flags_direction"], row["frame.comment"][0].partition(": ")[0]) for row in packets}
    fed = {f"hop {row['ttl']}" if lines == "hops" else row["host"] for row in run.document[lines]}
    assert {(way, row) for way in (OUT, IN) for row in fed} <= told
    assert {way for way, _ in told} == {OUT, IN}


def test_every_probe_and_every_answer_is_in_the_recording(six_hops: Lab, tmp_path: Path) -> None:
    path = tmp_path / "saved.pcapng"
    addresses = [six_hops.nodes["t"].address(version) for version in (4, 6)]

    run = hopscope(six_hops.nodes["h"], "ping", *addresses, "-c", "20", "-i", "0.01", "--json", "--save", str(path))

    told = [(row_of(packet), packet.direction) for packet in read(path)]
    for row in run.document["targets"]:
        assert told.count((row["address"], Way.OUT)) == row["sent"] == 20
        assert told.count((row["address"], Way.IN)) == row["replied"]


def test_a_recording_begun_in_the_middle_has_what_was_before_with_the_best_stamps(
    six_hops: Lab, shared_folder: Path
) -> None:
    whole, middle = shared_folder / "whole.pcapng", shared_folder / "middle.pcapng"

    with Terminal(six_hops.nodes["h"]) as terminal:
        terminal.type(f"{sys.executable} -m app -4 -i 0.05 --save {whole} t.lab; echo status $?", "Enter")
        terminal.wait_for("1 up", "kernel clock")
        terminal.type("w")
        terminal.wait_for("from the first packet on")
        terminal.type(str(middle), "Enter")
        terminal.wait_for("w ends it")
        terminal.type("a")
        terminal.wait_for("a name or an address")
        terminal.type("r1.lab", "Enter")
        terminal.wait_for("2 up", "recording")
        terminal.type("w")
        terminal.wait_for("packets are in")
        terminal.type("q")
        terminal.wait_for("status 0", "ready>")

    recorded, everything = read(middle), {essence(packet) for packet in read(whole)}
    assert essence(recorded[0]) == min(everything, key=lambda each: each[0])
    assert {essence(packet) for packet in recorded} <= everything
    assert {row_of(packet) for packet in recorded} == {"t.lab", "r1.lab"}
    assert count(middle) == len(recorded)
    replies = [row for row in rows(middle, "icmp.type", "icmp.resp_to") if row["icmp.type"] == ["0"]]
    assert replies != []
    assert [row for row in replies if not row["icmp.resp_to"]] == []


def row_of(packet: CapturedPacket) -> str:
    return packet.comments[0].partition(": ")[0]


def essence(packet: CapturedPacket) -> tuple[int, bytes, tuple[str, ...]]:
    return packet.time_ns or 0, packet.data, packet.comments
