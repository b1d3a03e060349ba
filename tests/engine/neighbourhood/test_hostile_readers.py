"""What hostile frames do to readers: nothing is raised, nothing grows without bound, nothing controls a terminal."""

from dataclasses import fields, is_dataclass
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.packet.compose import Envelope, ip_datagram
from app.packet.editing import with_checksums
from app.packet.link.linktype import LinkType
from app.packet.ospf.lsa import fletcher_bytes
from app.packet.ospf.sheet import MOST_SHOWN
from tests.engine.neighbourhood.frames import datagram, golden, said

FRAMES = [bytes.fromhex(packet["hex"]) for packet in golden()]
#: Things said by one packet, and characters of one text in them.
MOST_SAID, MOST_TEXT = 2000, 600


def texts(value: Any) -> list[str]:
    """Every text in what was said."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for each in value for text in texts(each)]
    if is_dataclass(value):
        return [text for field in fields(value) for text in texts(getattr(value, field.name))]
    return []


def assert_is_bounded(data: bytes, link: LinkType = LinkType.ETHERNET) -> None:
    told = said(data, link)
    assert len(told) <= MOST_SAID
    assert all(text.isprintable() and len(text) <= MOST_TEXT for each in told for text in texts(each))


@given(
    data=st.sampled_from(FRAMES),
    changes=st.lists(st.tuples(st.integers(14, 400), st.integers(0, 255)), max_size=8),
    size=st.integers(0, 500),
    is_mended=st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_changed_and_cut_frames_raise_nothing(
    data: bytes, changes: list[tuple[int, int]], size: int, is_mended: bool
) -> None:
    broken = bytearray(data[: size or None])
    for at, value in changes:
        if at < len(broken):
            broken[at] = value
    frame = bytes(broken)
    assert_is_bounded(with_checksums(frame, LinkType.ETHERNET) if is_mended else frame)


@given(
    start=st.sampled_from(
        [(2, b"\x22\0"), (2, b"\x11\x01"), (89, b"\x02\x04"), (89, b"\x03\x01"), (103, b"\x20\0"), (112, b"\x31")]
    ),
    rest=st.binary(max_size=400),
)
@settings(max_examples=300, deadline=None)
def test_noise_behind_a_true_beginning_raises_nothing(start: tuple[int, bytes], rest: bytes) -> None:
    protocol, first = start

    assert_is_bounded(datagram("10.0.0.1", "224.0.0.5", protocol, first + rest), LinkType.RAW)


@pytest.mark.parametrize(
    ("source", "destination", "head", "lsa"),
    [
        ("10.0.0.1", "224.0.0.5", "0204 fe00 01010101 00000000 0000 0000 0000000000000000", "0001 0201"),
        ("fe80::1", "ff02::5", "0304 fe00 01010101 00000000 0000 0000", "0001 2001"),
    ],
)
def test_of_an_update_of_thousands_of_lsas_some_are_told(source: str, destination: str, head: str, lsa: str) -> None:
    one = bytes.fromhex(f"{lsa} 00000000 01010101 80000001 0000 0014")
    one = one[:16] + fletcher_bytes(one[2:], 14).to_bytes(2) + one[18:]
    payload = (bytes.fromhex(f"{head} ffffffff") + one * 3300)[:0xFE00]
    data = ip_datagram(Envelope(ip_address(source), ip_address(destination), 1), 89, payload)

    assert_is_bounded(data, LinkType.RAW)
    assert len(said(data, LinkType.RAW)) == MOST_SHOWN


def test_a_router_lsa_of_thousands_of_links_is_said_in_a_few_words() -> None:
    links = bytes.fromhex("0a000000 ffffff00 03 00 0001") * 5000
    body = bytes.fromhex("0000") + (5000).to_bytes(2) + links
    lsa = bytes.fromhex("0001 0201 01010101 01010101 80000001 0000") + (20 + len(body)).to_bytes(2) + body
    head = bytes.fromhex("0204") + (28 + len(lsa)).to_bytes(2) + bytes.fromhex("01010101 00000000 0000 0000") + bytes(8)

    (told,) = said(datagram("10.0.0.1", "224.0.0.5", 89, head + bytes.fromhex("00000001") + lsa), LinkType.RAW)

    assert max(len(text) for text in texts(told)) < 120
