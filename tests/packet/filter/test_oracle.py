"""Every filter that tshark understands as well finds the same packets: asked of both, in captures of all kinds."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.packet.capture.captured import CapturedPacket, Way
from app.packet.capture.reader import read_capture
from app.packet.capture.writer import PcapngWriter
from app.packet.dissect import dissect
from app.packet.dissection import Dissection
from app.packet.filter.expression import FilterError, compile_filter
from app.packet.filter.facts import Facts
from app.packet.link.linktype import LinkType
from tests.packet import probes
from tests.packet.filter.expressions import EVERYWHERE, OURS, REFUSED
from tests.privileges import require_programs

CAPTURES = sorted((Path(__file__).parents[4] / "shared" / "pcaps").glob("*.pcap*"))
SECOND = 1_000_000_000
HEADER = {4: bytes.fromhex("0123456789ab00005e0053010800"), 6: bytes.fromhex("0123456789ab00005e00530186dd")}
#: tshark says nothing of checksums, and hides fragments' own ports, unless told to.
PREFERENCES = ("ip.check_checksum", "udp.check_checksum", "tcp.check_checksum")


@dataclass(frozen=True, slots=True)
class Asked:
    """A capture, and what both made of it: its packets as we read them, and tshark's answer to each filter."""

    packets: tuple[tuple[Dissection, Facts], ...]
    answers: dict[str, set[int] | None]


def packets(path: Path) -> Iterator[tuple[Dissection, Facts]]:
    first = before = 0
    with path.open("rb") as file:
        for number, packet in enumerate(read_capture(file), 1):
            at = packet.time_ns or 0
            if number == 1:
                first = before = at
            facts = Facts(
                number=number,
                length=packet.length,
                time_ns=at,
                relative_ns=at - first,
                delta_ns=at - before,
                comment=packet.comments[0] if packet.comments else None,
                interface=packet.interface or None,
                direction=packet.direction,
            )
            before = at
            yield dissect(packet.data, packet.link), facts


def ask_tshark(path: Path, expressions: tuple[str, ...], folder: Path) -> dict[str, set[int] | None]:
    """The packets that tshark finds for each filter, in one run; None for filters that it does not understand."""
    script = folder / "filters.lua"
    listed = ",\n".join(f"[==[{expression}]==]" for expression in expressions)
    script.write_text(
        f"for number, text in ipairs({{\n{listed}\n}}) do\n"
        "  local is_good, tap = pcall(Listener.new, nil, text)\n"
        "  if is_good then\n"
        "    print('GOOD', number, 0)\n"
        "    function tap.packet(pinfo) print('FOUND', number, pinfo.number) end\n"
        "  end\n"
        "end\n"
    )
    command = ["tshark", "-q", "-X", f"lua_script:{script}", "-r", str(path), "-o", "ip.defragment:FALSE"]
    for preference in PREFERENCES:
        command += ["-o", f"{preference}:TRUE"]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    answers: dict[str, set[int] | None] = dict.fromkeys(expressions)
    for word, index, number in re.findall(r"^(GOOD|FOUND)\t(\d+)\t(\d+)$", told, re.MULTILINE):
        found = answers[expressions[int(index) - 1]]
        if word == "GOOD":
            answers[expressions[int(index) - 1]] = set()
        elif found is not None:
            found.add(int(number))
    return answers


def own_frames() -> list[bytes]:
    whole = [
        HEADER[version] + datagram
        for version in (4, 6)
        for datagram in (
            probes.udp_probe(version),
            probes.tcp_probe(version, bytes.fromhex("020405b4 0101080a 00000001 00000002")),
            probes.echo_request(version),
            probes.echo_reply(version),
            probes.error(version, probes.tcp_probe(version), mpls=probes.STACK),
            probes.error(version, probes.udp_probe(version), probes.PORT_UNREACHABLE[version]),
            probes.error(version, probes.echo_request(version), probes.TOO_BIG[version], rest=1400),
        )
    ]
    wrong = whole[2][:-1] + b"!"
    return [*whole, wrong, whole[0].ljust(100, b"\0")]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    require_programs("tshark")
    folder = tmp_path_factory.mktemp("own")
    path = folder / "own.pcapng"
    with path.open("wb") as file:
        writer = PcapngWriter(file)
        for index, frame in enumerate(own_frames()):
            writer.write(
                CapturedPacket(
                    1_700_000_000 * SECOND + index * SECOND // 4,
                    frame,
                    len(frame) + index % 3,
                    LinkType.ETHERNET,
                    comments=("a remark",) if index % 4 == 0 else (),
                    direction=Way.OUT if index % 2 else Way.IN,
                    interface="eth0",
                )
            )
    return Asked(tuple(packets(path)), ask_tshark(path, (*EVERYWHERE, *OURS, *REFUSED), folder))


@pytest.mark.parametrize("expression", [*EVERYWHERE, *OURS])
def test_tshark_finds_the_same_in_a_capture_of_our_own(own: Asked, expression: str) -> None:
    passes = compile_filter(expression)
    found = {facts.number for dissection, facts in own.packets if passes(dissection, facts)}
    assert own.answers[expression] == found


@pytest.mark.parametrize("expression", REFUSED)
def test_what_tshark_refuses_is_refused(own: Asked, expression: str) -> None:
    with pytest.raises(FilterError):
        compile_filter(expression)
    assert own.answers[expression] is None


@pytest.mark.skipif(not CAPTURES, reason="the captures of other people are not here")
@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.name)
def test_tshark_finds_the_same_in_captures_of_other_people(path: Path, tmp_path: Path) -> None:
    require_programs("tshark")
    read = list(packets(path))
    answers = ask_tshark(path, EVERYWHERE, tmp_path)
    last = len(read)  # tshark counts blocks that are no packets
    different = {}
    for expression in EVERYWHERE:
        passes = compile_filter(expression)
        found = {number for number, (dissection, facts) in enumerate(read, 1) if passes(dissection, facts)}
        answer = answers[expression]
        if answer is None or found != {number for number in answer if number <= last}:
            different[expression] = (found, answer)
    assert different == {}
