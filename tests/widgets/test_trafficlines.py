"""The strip of what was heard, line by line."""

from dataclasses import replace

import pytest
from rich.cells import cell_len

from app.engine.listen import ListenSnapshot
from app.engine.traffic import ProtocolCount, Talker
from widgets.glyphs import ASCII, UNICODE
from widgets.trafficlines import NARROW_LINES, Strip, bars, octets, status_words, strip_lines

HEARD = ListenSnapshot(
    at=0,
    started_at=0,
    link="packet",
    total=ProtocolCount("", 1_234, 99_000, (3, 0, 12)),
    dropped=0,
    protocols=tuple(ProtocolCount(name, 100, 6_400, (1, 0, 4)) for name in ("icmp", "ospf", "arp", "vrrp", "igmp")),
    talkers=(Talker("192.0.2.1", 700, 60_000), Talker("2001:db8:1111:2222:3333:4444:5555:6666", 500, 39_000)),
    directions=(1_000, 200, 34),
)


def text(snapshot: ListenSnapshot, width: int, height: int) -> list[str]:
    return ["".join(piece for _, piece in line) for line in strip_lines(snapshot, Strip(width, height, UNICODE))]


def test_a_narrow_strip_has_the_rate_the_protocols_and_the_senders() -> None:
    total, protocols, senders = text(HEARD, 80, NARROW_LINES)
    assert "▃·█  in 1,000 out 200 other 34" in total
    assert protocols.startswith(" heard icmp 100      ▃·█  ospf 100")
    assert protocols.endswith("+2")
    assert senders == " from  192.0.2.1 60.0 kB  2001:db8:1111:2222:3333:4444:5555:6666 39.0 kB  "


def test_a_wide_strip_has_two_tables() -> None:
    lines = text(HEARD, 120, 6)
    assert lines[0].startswith(" protocol     packets   per s  the last 37 s")
    assert lines[1].startswith(" all            1,234      12  ")
    assert lines[2].split("│")[0].rstrip().endswith("100       4                                    ▃·█")
    assert "192.0.2.1" in lines[1]
    assert lines[1].endswith("700   60.0 kB")


def test_what_has_no_line_of_its_own_is_counted_together() -> None:
    assert text(HEARD, 120, 5)[-1].startswith(" +3 more          300      12  ")


@pytest.mark.parametrize(("width", "height"), [(60, 3), (80, 3), (109, 3), (110, 6), (120, 6), (200, 10)])
@pytest.mark.parametrize("snapshot", [HEARD, replace(HEARD, protocols=(), talkers=())])
def test_no_line_is_wider_than_the_strip(width: int, height: int, snapshot: ListenSnapshot) -> None:
    lines = text(snapshot, width, height)
    assert len(lines) == height
    assert all(cell_len(line) <= width for line in lines)


def test_drops_are_said_in_the_ink_of_trouble() -> None:
    assert ("muted", "0 dropped") in status_words(HEARD)
    assert ("down", "7,000 dropped") in status_words(replace(HEARD, dropped=7_000))


@pytest.mark.parametrize(("link", "words"), [("packet", "AF_PACKET"), ("raw", "raw sockets"), ("replay", "replay")])
def test_it_is_said_which_ear_hears(link: str, words: str) -> None:
    assert words in [piece for _, piece in status_words(replace(HEARD, link=link))]


def test_bars_rise_from_the_least_to_the_most_and_nothing_is_a_dot() -> None:
    assert bars((1, 50, 100, 0), 6, UNICODE) == "  ▂▅█·"
    assert bars((9, 9, 9), 2, UNICODE) == "██"
    assert bars((), 3, UNICODE) == "   "
    assert bars((5, 0), 0, UNICODE) == ""
    assert bars((1, 0), 2, ASCII).isascii()


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 B"), (999, "999 B"), (1_000, "1.00 kB"), (999_600, "1.00 MB"), (10**18, "1000 PB")]
)
def test_bytes_are_said_in_the_unit_that_reads_best(count: int, words: str) -> None:
    assert octets(count) == words
