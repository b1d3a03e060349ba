"""The catalogue: any packet at once, while the file grows, by many threads."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.packet.capture.catalogue import Catalogue
from tests.packet.capture.making import (
    SAMPLES,
    START,
    Growing,
    catalogued,
    everything,
    listed,
    pcap,
    read_until_fault,
)

#: Captures of others, beside the checkout where there are any.
SHARED = Path(__file__).parents[4] / "shared" / "pcaps"


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("step", [1, 3, 17])
def test_a_file_that_grows_by_a_few_bytes_is_read_as_one_that_was_always_whole(name: str, step: int) -> None:
    data = SAMPLES[name]
    assert listed(catalogued(data, list(range(step, len(data), step)))) == read_until_fault(data)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(sorted(SAMPLES)), st.lists(st.integers(1, 900), max_size=6).map(sorted))
def test_it_does_not_matter_where_a_file_was_cut_when_it_grew(name: str, cuts: list[int]) -> None:
    data = SAMPLES[name]
    assert listed(catalogued(data, [min(cut, len(data)) for cut in cuts])) == read_until_fault(data)


def test_a_packet_that_is_not_whole_yet_is_no_fault_until_the_file_has_ended() -> None:
    whole = pcap("<", 0xA1B2C3D4, b"one", b"second")
    file = Growing(whole[:-2])
    catalogue = Catalogue(file.read_at)
    catalogue.grow()
    assert len(catalogue) == 1
    assert catalogue.fault is None
    catalogue.finish()
    assert str(catalogue.fault) == "at byte 43: the file ends within a packet: 22 bytes wanted, 20 are there"
    file.data = whole
    catalogue.grow()
    assert (len(catalogue), catalogue.fault) == (2, None)


def test_times_are_known_without_reading_the_packet() -> None:
    file = Growing(everything("<"))
    catalogue = Catalogue(file.read_at)
    catalogue.grow()
    file.data = b""
    assert [catalogue.time_ns(place) for place in range(4)] == [START, -4_500_000_000, -4_000_000_000, None]


def test_growth_keeps_to_its_budget() -> None:
    file = Growing(pcap("<", 0xA1B2C3D4, *[bytes(1000)] * 2000))
    catalogue = Catalogue(file.read_at)
    first = catalogue.grow(1)
    assert 0 < first < 300_000
    assert 0 < len(catalogue) < 2000
    assert catalogue.position == first
    while catalogue.grow(1):
        pass
    assert len(catalogue) == 2000


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_that_was_changed_behind_our_back_gives_packets_without_data(name: str) -> None:
    file = Growing(SAMPLES[name])
    catalogue = Catalogue(file.read_at)
    catalogue.grow()
    for data in (b"", SAMPLES[name][:40], b"\xff" * len(SAMPLES[name])):
        file.data = data
        packets = [catalogue.packet(place) for place in range(len(catalogue))]
        assert packets[-1].data == b""
        assert packets[-1].comments == ("the file has changed since it was opened: this packet is gone",)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared captures are not here")
def test_reader_and_catalogue_agree_on_the_shared_captures_whole_and_damaged() -> None:
    for path in SHARED.glob("*.pcap*"):
        data = path.read_bytes()
        packets, fault = read_until_fault(data)
        assert packets
        assert fault is None
        for at in range(0, len(data), max(1, len(data) // 40)):
            damaged = data[:at] + bytes((data[at] ^ 0x41,)) + data[at + 1 :]
            assert read_until_fault(damaged) == listed(catalogued(damaged))
