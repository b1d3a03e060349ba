"""The worst that anyone could think of costs no more than what a person can look at, in every dissector.

Bounds here are counts and bytes of memory, not times; `make fuzz` watches those. See `tests.packet.monsters`.
"""

import tracemalloc

import pytest

from app.packet.application.pieces import MOST_NOTES
from app.packet.compiled import JsonWriters
from app.packet.dissect import MOST_LAYERS, dissect
from app.packet.filter.expression import FilterError, compile_filter
from app.packet.finding import parse_needle, places
from app.packet.layout import Span, group_field
from app.packet.shape import MOST_PARTS, part_count
from app.packet.transport.udp import Udp
from tests.packet.damage import seeds
from tests.packet.fuzzing import MOST_BYTES, complaints
from tests.packet.monsters import LARGEST, MONSTERS, WRAPPERS, four, monster, nested

#: Those that took the most when each was measured; `make fuzz` measures all.
HUNGRIEST = (
    "P2P routes of single bytes",
    "search lists",
    "TFTP options",
    "OSPF empty LSAs",
    "OSPF prefixes in TLVs",
    "compact routes",
    "RPL routes of single bytes",
    "router alerts",
    "traces of nodes",
    "small metrics",
    "label stacks",
    "DNS pointers in a stream",
    "DHCPv6 relays in relays",
    "SCTP chunks of nothing",
)
NESTED = (
    "SCTP parameters in parameters",
    "DHCPv6 options in options",
    "SNMP sequences in sequences",
    "OSPF links in links",
    "OSPF extended TLVs",
    "small metrics",
    "traces of nodes",
    "PIM joins",
    "IGMP records",
)
#: Headings within headings: what walks them may recurse so far.
DEEPEST = 12


@pytest.mark.parametrize("name", MONSTERS)
def test_a_monster_is_shown_within_bounds(name: str) -> None:
    link, data = monster(name)

    assert list(complaints(data, link)) == []


@pytest.mark.parametrize("name", HUNGRIEST)
def test_a_monster_takes_little_memory(name: str) -> None:
    link, data = monster(name)
    dissect(data, link)  # compiles what it meets

    tracemalloc.start()
    dissect(data, link)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < MOST_BYTES / 2


@pytest.mark.parametrize("name", NESTED)
def test_what_is_nested_on_the_wire_is_shown_in_few_levels(name: str) -> None:
    link, data = monster(name)

    dissection = dissect(data, link)

    assert max(depth(layer.spans) for layer in dissection.layers) <= DEEPEST


def depth(spans: tuple[Span, ...]) -> int:
    return max((1 + depth(span.children) for span in spans), default=0)


def test_options_of_a_whole_frame_are_counted_together() -> None:
    link, data = monster("router alerts")

    dissection = dissect(data, link)

    assert sum(part_count(layer.parts) for layer in dissection.layers) < 2 * MOST_PARTS
    assert [note.text for note in dissection.notes[-2:]] == [
        "too many options before these: they are not shown",
        "the bytes end here: IPv6 hop-by-hop options needs 2 bytes, 0 are there",
    ]


def test_messages_of_one_stream_share_what_may_be_said() -> None:
    link, data = monster("DNS pointers in a stream")

    dissection = dissect(data, link)

    assert dissection.layers[-1].summary.startswith("part of a DNS stream")
    assert len(dissection.notes) <= MOST_NOTES


def test_text_that_has_no_bytes_is_not_found() -> None:
    link, data = monster("ICMP in ICMP")

    assert places(parse_needle('"\ud800"'), data, dissect(data, link)) == []


def test_what_is_said_of_a_filter_can_be_printed() -> None:
    with pytest.raises(FilterError) as fault:
        compile_filter('ip.ttl == "\0\x1b[2J"')

    assert str(fault.value).isprintable()
    assert fault.value.sentence.isprintable()


def test_headers_at_more_places_than_functions_are_made_for_are_written_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    head = Udp.decode(bytes(range(8)))
    quick = head.JSON[0](head)

    monkeypatch.setattr(JsonWriters, "MOST_OF_ALL", JsonWriters.made)
    writers = JsonWriters(Udp, group_field)

    assert writers[0](head) == quick
    assert writers == {}


def test_monsters_are_as_large_as_a_datagram_can_be() -> None:
    sizes = {name: len(monster(name)[1]) for name in MONSTERS}

    assert max(sizes.values()) <= LARGEST
    assert sum(size > LARGEST * 0.8 for size in sizes.values()) > len(sizes) * 0.9


@pytest.mark.parametrize("number", range(len(WRAPPERS)))
def test_a_nest_of_any_kind_ends_at_the_most_layers(number: int) -> None:
    inside = four(17, b"\0\x35\0\x35\0\x0c\0\0ping")

    data = nested(WRAPPERS[number], 400, inside)

    assert list(complaints(data)) == []
    assert len(dissect(data).layers) <= 2 * MOST_LAYERS  # GRE and ERSPAN are put down in one step


@pytest.mark.parametrize("part", range(10))
def test_a_packet_of_any_family_cut_anywhere_is_shown_as_far_as_it_reaches(part: int) -> None:
    for number, seed in enumerate(seeds()[part::10]):
        for size in range(number % 41, len(seed.data), 41):
            assert list(complaints(seed.data[:size], seed.link)) == [], seed.data[:size].hex()
