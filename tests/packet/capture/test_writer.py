"""Written captures, read back by our own reader and by the programs that everybody has."""

import io
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.packet.capture.captured import CapturedPacket, CaptureError, Way
from app.packet.capture.writer import PcapngWriter, PcapWriter, writer_for
from app.packet.link.linktype import LinkType
from tests.packet import probes
from tests.packet.capture.making import SAMPLES, START, catalogued, read_until_fault
from tests.privileges import require_programs


def packet(data: bytes, *comments: str, direction: Way | None = None, at: int | None = START) -> CapturedPacket:
    return CapturedPacket(at, data, len(data), LinkType.RAW, comments, direction, "hopscope")


def written(name: str, packets: Sequence[CapturedPacket]) -> bytes:
    file = io.BytesIO()
    writer = writer_for(name, file, system="Linux 6.1")
    for each in packets:
        writer.write(each)
    writer.finish()
    return file.getvalue()


def told(each: CapturedPacket) -> tuple[object, ...]:
    flags = (each.flags or 0) & ~3  # the lowest two are the direction
    return (each.time_ns, each.data, each.length, each.link, each.comments, each.direction, flags, each.dropped)


def test_what_is_written_is_read() -> None:
    packets = [packet(b"out", "probe 1", "é", direction=Way.OUT), packet(b"in!", direction=Way.IN), packet(b"")]
    read, fault = read_until_fault(written("x.pcapng", packets))
    assert [(each.time_ns, each.data, each.comments, each.direction, each.interface) for each in read] == [
        (START, b"out", ("probe 1", "é"), Way.OUT, "hopscope"),
        (START, b"in!", (), Way.IN, "hopscope"),
        (START, b"", (), None, "hopscope"),
    ]
    assert fault is None


captured = st.builds(
    lambda at, data, more, link, comments, name: CapturedPacket(at, data, len(data) + more, link, comments, None, name),
    st.one_of(st.none(), st.integers(0, (1 << 63) - 1)),
    st.binary(max_size=80),
    st.integers(0, 9),
    st.sampled_from([LinkType.RAW, LinkType.ETHERNET, LinkType(147)]),
    st.just(()),
    st.sampled_from(["eth0", "lo"]),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(captured, max_size=6))
def test_any_packets_survive_writing_and_reading(packets: list[CapturedPacket]) -> None:
    read, fault = read_until_fault(written("x.pcapng", packets))
    assert [(*told(each), each.interface) for each in read] == [(*told(each), each.interface) for each in packets]
    assert fault is None


@pytest.mark.parametrize("name", SAMPLES)
def test_packets_of_any_capture_survive_an_export(name: str) -> None:
    packets, _ = read_until_fault(SAMPLES[name])
    read, fault = read_until_fault(written("export.pcapng", packets))
    in_range = [each for each in packets if (each.time_ns or 0) >= 0]
    assert [told(each) for each in read if each.time_ns != 0] == [told(each) for each in in_range]
    assert len(read) == len(packets)
    assert fault is None


def test_every_call_leaves_a_complete_file() -> None:
    file = io.BytesIO()
    writer = PcapngWriter(file)
    assert read_until_fault(file.getvalue()) == ([], None)
    writer.write(packet(b"abc"))
    read, fault = read_until_fault(file.getvalue())
    assert len(read) == 1
    assert fault is None


def test_names_and_counters_are_read_back() -> None:
    file = io.BytesIO()
    writer = PcapngWriter(file, system="Linux 6.1")
    writer.write(packet(b"abc"))
    writer.write_names({"192.0.2.1": "router.example", "2001:db8::1": "router6.example"})
    writer.finish()
    catalogue = catalogued(file.getvalue())
    assert catalogue.names == {"192.0.2.1": "router.example", "2001:db8::1": "router6.example"}
    assert [(each.started_at, each.ended_at, each.delivered) for each in catalogue.statistics] == [(START, START, 1)]
    assert list(catalogue.remarks) == ["written by hopscope, Linux 6.1"]


def test_pcap_has_nanoseconds_and_one_link_type() -> None:
    file = io.BytesIO()
    writer = PcapWriter(file)
    writer.write(packet(b"first"))
    with pytest.raises(CaptureError, match=r"ethernet does not go with raw: save to a name that ends in \.pcapng"):
        writer.write(CapturedPacket(START, b"second", 6, LinkType.ETHERNET))
    (read,), fault = read_until_fault(file.getvalue())
    assert (read.time_ns, read.data, read.link, fault) == (START, b"first", LinkType.RAW, None)


def test_a_pcap_file_without_a_packet_is_a_pcap_file() -> None:
    assert read_until_fault(written("empty.PCAP", [])) == ([], None)


def test_a_comment_that_is_too_long_is_cut_between_characters() -> None:
    (read,), fault = read_until_fault(written("x.pcapng", [packet(b"x", "é" * 70_000)]))
    assert read.comments[0].startswith("éé")
    assert "\ufffd" not in read.comments[0]
    assert fault is None


def said(*command: str) -> str:
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    complaints = [line for line in run.stderr.splitlines() if not line.startswith("Running as user")]
    assert complaints == []
    return run.stdout


def test_tshark_reads_pcapng_without_a_complaint(tmp_path: Path) -> None:
    require_programs("tshark")
    file = tmp_path / "probes.pcapng"
    packets = [packet(probes.udp_probe(4), "probe 1", direction=Way.OUT), packet(probes.udp_probe(6), at=START + 1)]
    file.write_bytes(written(file.name, packets))
    fields = ["frame.time_epoch", "frame.comment", "frame.packet_flags_direction", "udp.checksum.status"]
    wanted = [word for field in (*fields, "frame.interface_name") for word in ("-e", field)]
    options = ["-o", "udp.check_checksum:TRUE", "-T", "fields", "-E", "separator=|", *wanted]
    assert said("tshark", "-r", str(file), *options).splitlines() == [
        "1700000000.123456789|probe 1|0x00000002|1|hopscope",
        "1700000000.123456790|||1|hopscope",
    ]


@pytest.mark.parametrize("name", ["all.pcapng", "all.pcap"])
def test_capinfos_counts_what_was_written(tmp_path: Path, name: str) -> None:
    require_programs("capinfos")
    file = tmp_path / name
    file.write_bytes(written(name, [packet(probes.udp_probe(4)), packet(probes.udp_probe(6))]))
    report = said("capinfos", "-M", str(file))
    assert "Number of packets:   2" in report
    assert "File timestamp precision:  nanoseconds (9)" in report


def test_tshark_reads_an_export_of_several_link_types_and_packets_without_a_time(tmp_path: Path) -> None:
    require_programs("tshark")
    file = tmp_path / "export.pcapng"
    packets, _ = read_until_fault(SAMPLES["pcapng, two sections"])
    file.write_bytes(written(file.name, packets))
    wanted = [word for field in ("frame.len", "frame.comment", "frame.interface_name") for word in ("-e", field)]
    options = ["-T", "fields", "-E", "separator=|", *wanted]
    lines = said("tshark", "-r", str(file), *options).splitlines()
    assert len(lines) == len(packets)
    assert lines[0].startswith("14|first,second|eth0")
