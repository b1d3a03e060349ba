import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.packet.dissect import dissect
from app.packet.dissection import CheckStatus
from app.packet.editing import rebuilt, with_checksums, with_field
from app.packet.errors import PacketError
from app.packet.link.linktype import LinkType
from tests.packet.probes import INTERFACE, STACK, echo_request, error, tcp_probe, udp_probe

PACKETS = [
    *(make(version) for make in (echo_request, udp_probe, tcp_probe) for version in (4, 6)),
    *(error(version, udp_probe(version), mpls=STACK, interfaces=(INTERFACE,)) for version in (4, 6)),
]


def bad(data: bytes) -> list[int]:
    return [check.start for check in dissect(data).checks if check.status is CheckStatus.BAD]


def test_a_field_is_changed_in_its_bits_and_nowhere_else() -> None:
    assert with_field(b"\x00\x00\x00", 3, 5, 0b11) == b"\x18\x00\x00"
    assert with_field(b"\xff\xff\xff", 4, 20, 0) == b"\xf0\x00\x0f"
    assert with_field(b"\x00\x00\x00", 8, 24, b"\xab\xcd") == b"\x00\xab\xcd"


@given(st.binary(min_size=1, max_size=8), st.data())
@settings(max_examples=100, deadline=None)
def test_a_changed_field_reads_as_it_was_written(data: bytes, draw: st.DataObject) -> None:
    bits = len(data) * 8
    start = draw.draw(st.integers(0, bits - 1))
    stop = draw.draw(st.integers(start + 1, bits))
    value = draw.draw(st.integers(0, (1 << stop - start) - 1))

    text = f"{int.from_bytes(with_field(data, start, stop, value)):0{bits}b}"

    before = f"{int.from_bytes(data):0{bits}b}"
    assert text == before[:start] + f"{value:0{stop - start}b}" + before[stop:]


@pytest.mark.parametrize(("start", "stop", "value"), [(0, 4, 16), (0, 4, -1), (0, 16, b"a"), (20, 30, 0), (4, 4, 0)])
def test_what_does_not_fit_is_refused(start: int, stop: int, value: int | bytes) -> None:
    with pytest.raises(PacketError):
        with_field(b"\x00\x00\x00", start, stop, value)


@pytest.mark.parametrize("data", PACKETS, ids=range(len(PACKETS)))
def test_mended_checksums_are_all_good_and_good_ones_stay(data: bytes) -> None:
    is_v4 = data[0] >> 4 == 4
    changed = with_field(data, 64, 72, 99) if is_v4 else with_field(data, 56, 64, 99)
    changed = with_field(changed, len(data) * 8 - 8, len(data) * 8, data[-1] ^ 0x55)

    assert bad(changed)
    assert not bad(with_checksums(changed))
    assert with_checksums(data) == data


def test_an_outer_checksum_is_mended_after_the_inner_one_that_it_covers() -> None:
    quoted = udp_probe(4)
    changed = with_field(error(4, quoted), (28 + 8) * 8, (28 + 9) * 8, 77)

    assert with_checksums(changed) == error(4, with_checksums(with_field(quoted, 64, 72, 77)))


def test_checksums_behind_a_link_header_are_mended_too() -> None:
    ethernet = bytes.fromhex("0200000000010200000000020800")
    changed = with_field(udp_probe(4), 64, 72, 9)

    assert with_checksums(ethernet + changed, LinkType.ETHERNET) == ethernet + with_checksums(changed)


@given(st.sampled_from(PACKETS), st.binary(max_size=4), st.integers(0, 200), st.integers(0, 200))
@settings(max_examples=150, deadline=None)
def test_every_header_builds_back_into_the_bytes_it_was_read_from(data: bytes, noise: bytes, at: int, cut: int) -> None:
    mutated = (data[:at] + noise + data[at + len(noise) :])[: len(data) - cut]

    assert rebuilt(dissect(mutated)) == mutated


@given(st.binary(max_size=120), st.sampled_from([LinkType.RAW, LinkType.ETHERNET, LinkType.LINUX_SLL2]))
@settings(max_examples=100, deadline=None)
def test_any_bytes_build_back_and_have_their_checksums_mended(data: bytes, link: LinkType) -> None:
    assert rebuilt(dissect(data, link)) == data
    assert len(with_checksums(data, link)) == len(data)
