"""tshark reads what the simulated LAN says: no message is malformed, no checksum wrong, and it sees the same in it."""

import struct
import subprocess
from pathlib import Path

import pytest

from app.net.simulated.network import open_simulation
from tests.privileges import require_programs
from tests.simulated.listening import Heard, listened
from tests.simulated.probing import SECOND

CHECKED = ("ip.check_checksum", "udp.check_checksum", "tcp.check_checksum")
#: Twelve minutes: restarts, take-overs and rogues are all among them.
SECONDS = 720


@pytest.fixture(scope="module")
def frames() -> list[Heard]:
    return listened(open_simulation(None, virtual=True), SECONDS)


@pytest.fixture(scope="module")
def capture(frames: list[Heard], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The frames as a capture file in nanoseconds."""
    require_programs("tshark")
    parts = [struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65_535, 1)]
    for frame in frames:
        seconds, rest = divmod(frame.after, SECOND)
        parts += [struct.pack("<IIII", seconds, rest, len(frame.data), len(frame.data)), frame.data]
    path = tmp_path_factory.mktemp("lan") / "lan.pcap"
    path.write_bytes(b"".join(parts))
    return path


def tshark(capture: Path, expression: str, *fields: str) -> list[str]:
    """A line for each frame that the filter finds: its number and the fields."""
    options = [word for name in CHECKED for word in ("-o", f"{name}:TRUE")]
    wanted = [word for field in ("frame.number", *fields) for word in ("-e", field)]
    command = ["tshark", "-n", "-r", str(capture), *options, "-Y", expression, "-T", "fields", *wanted]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()


def test_tshark_finds_no_error(capture: Path) -> None:
    assert tshark(capture, "_ws.malformed or _ws.expert.severity == error", "_ws.expert.message") == []


def test_tshark_finds_every_checksum_right(capture: Path) -> None:
    names = ("ip", "udp", "tcp", "icmp", "icmpv6", "igmp", "vrrp")

    assert tshark(capture, " or ".join(f"{name}.checksum.status == bad" for name in names)) == []
    assert tshark(capture, "ospf and _ws.expert.group == checksum") == []


@pytest.mark.parametrize(
    ("expression", "start"),
    [
        ("icmpv6.type == 134", "router advertisement, lifetime"),
        ("ospf.version == 2 and ospf.msg.hello", "OSPFv2 hello"),
        ("ospf.version == 3 and ospf.msg.lsupdate", "OSPFv3 LSU"),
        ("igmp.type == 0x11", "IGMPv3 query"),
        ("pim.type == 0", "PIMv2 hello"),
        ("pim.type == 4", "PIMv2 bootstrap"),
        ("vrrp", "VRRPv3"),
        ("bfd.sta == 3", "BFD up"),
        ("lldp", "LLDP"),
        ("ripng", "RIPng"),
        ("rip", "RIPv2"),
        ("dhcp", "DHCP"),
    ],
)
def test_tshark_finds_the_same_frames(capture: Path, frames: list[Heard], expression: str, start: str) -> None:
    own = [str(number) for number, frame in enumerate(frames, 1) if frame.summary.startswith(start)]
    is_v6 = {str(number) for number, frame in enumerate(frames, 1) if frame.data[12:14] == b"\x86\xdd"}
    if start.startswith("router advertisement"):
        own = [number for number in own if number in is_v6]

    assert own
    assert tshark(capture, expression) == own


def test_tshark_reads_the_options_of_a_router_advertisement(capture: Path) -> None:
    fields = (
        "icmpv6.opt.prefix",
        "icmpv6.opt.mtu",
        "icmpv6.opt.rdnss",
        "icmpv6.opt.dnssl",
        "icmpv6.nd.ra.router_lifetime",
    )
    line = tshark(capture, "icmpv6.type == 134 and ipv6.src == fe80::1", *fields)[0].split("\t")

    assert line[1:] == ["2001:db8::,2001:db8:100::", "1500", "2001:db8:100::53", "example", "1800"]


def test_tshark_reads_the_lsas_of_the_designated_router(capture: Path) -> None:
    line = tshark(capture, "ospf.lsa.network and ospf.version == 2", "ospf.lsa.network.attchrtr")[-1].split("\t")

    assert line[1:] == ["1.1.1.1,1.1.1.4"]
