"""BFD, written from RFC 5880."""

import pytest

from app.packet.dissect import dissect
from tests.packet.link.frames import shown, texts
from tests.packet.routing.datagrams import V4, udp

REST = "00000001 00000002 000493e0 000493e0 0000c350"


@pytest.mark.parametrize("port", [3784, 4784, 6784, 7784])
def test_what_a_control_packet_says(port: int) -> None:
    dissection = dissect(udp(port, f"20c00318 {REST}", V4))

    assert dissection.summary == "BFD up, discriminators 1 → 2"
    assert shown(dissection, "bfd.desired_min_tx_interval") == ["300000 µs"]
    assert shown(dissection, "bfd.sta") == ["3  up"]


@pytest.mark.parametrize(
    ("start", "state"),
    [
        ("21400318", "down, discriminators 1 → 2, control detection time expired"),
        ("20e00318", "up poll, discriminators 1 → 2"),
        ("20900318", "init final, discriminators 1 → 2"),
        ("27000018", "admin down, discriminators 1 → 2, administratively down"),
        ("00800318", "I hear you, discriminators 1 → 2"),
    ],
)
def test_states_flags_and_diagnostics(start: str, state: str) -> None:
    assert dissect(udp(3784, f"{start} {REST}")).summary == f"BFD {state}"


@pytest.mark.parametrize(
    ("section", "words"),
    [
        (f"0109 07 {b'secret'.hex()}", "simple password"),
        (f"0218 07 00 01020304 {'ab' * 16}", "keyed md5"),
        (f"051c 07 00 01020304 {'ab' * 20}", "meticulous keyed sha1"),
        ("0904 07 00", "unassigned 9"),
    ],
)
def test_what_authenticates(section: str, words: str) -> None:
    length = 24 + len(bytes.fromhex(section))

    dissection = dissect(udp(3784, f"20c403{length:02x} {REST} {section}"))

    assert shown(dissection, "bfd.auth") == [words]
    assert shown(dissection, "bfd.auth.key") == ["7"]
    assert texts(dissection) == []


def test_a_section_that_is_too_short_is_shown_as_far_as_it_goes() -> None:
    dissection = dissect(udp(3784, f"20c4031b {REST} 030007"))

    assert dissection.summary == "BFD up, discriminators 1 → 2"
    assert texts(dissection) == ["the bytes end here: authentication needs 8 bytes, 3 are there"]


def test_an_echo_packet_is_bytes() -> None:
    dissection = dissect(udp(3785, "6162"))

    assert dissection.summary == "BFD echo, 2 bytes"
    assert shown(dissection, "bfd_echo.packet") == ["6162"]
