"""Where the addresses of a map stand."""

import pytest

from app.engine.command import Target
from app.targets import Choice, find_targets
from widgets.blocks import Block, Map, map_of


def targets(*words: str) -> tuple[Target, ...]:
    return find_targets(words, lambda host: (), Choice()).targets


def arranged(*words: str, width: int = 80, height: int = 17) -> Map:
    found = targets(*words)
    return map_of(found, range(len(found)), width, height)


@pytest.mark.parametrize(
    ("width", "height", "shape", "first"),
    [
        (80, 17, (16, 64, 4), "198.18.0.0/24"),
        (120, 22, (16, 64, 4), "198.18.0.0/24"),
        (200, 36, (32, 128, 1), "198.18.0.0/25"),
    ],
)
def test_a_block_is_seen_whole_with_as_few_addresses_a_cell_as_fit(
    width: int, height: int, shape: tuple[int, int, int], first: str
) -> None:
    found = arranged("198.18.0.0/20", width=width, height=height)
    assert (len(found.lines), found.columns, found.share) == shape
    assert found.lines[0].label == first
    assert found.margin + found.columns * found.pitch <= width


def test_an_address_stands_in_the_cell_that_its_number_says() -> None:
    found = arranged("198.18.4.0/24")
    place = [str(target.address) for target in targets("198.18.4.0/24")].index("198.18.4.83")
    assert found.find(place) == (83 // 16, 83 % 16)
    assert (found.columns, found.pitch, str(found.around)) == (16, 3, "198.18.4.0/24")


def test_what_is_left_out_of_a_block_leaves_its_cell_empty() -> None:
    found = arranged("198.18.4.0/24")
    assert found.lines[0].cells == range(1, 16)
    assert found.lines[-1].cells == range(15)


def test_blocks_far_apart_and_of_both_versions_have_lines_of_their_own() -> None:
    found = arranged("10.1.0.0/26", "10.9.0.0/26", "2001:db8::/122")
    labels = [line.label for line in found.lines]
    assert labels[0] == "10.1.0.0/28"
    assert labels[4] == "10.9.0.0/28"
    assert labels[-1] == "2001:db8::30/124"
    assert found.around is None


def test_addresses_that_are_strewn_about_follow_one_another() -> None:
    found = arranged("10.0.0.1", "192.0.2.1", "198.18.4.1", "2001:db8::1")
    assert [line.label for line in found.lines] == ["10.0.0.1"]
    assert found.lines[0].cells == range(4)


def test_a_map_of_nobody_has_no_line() -> None:
    assert map_of((), (), 80, 20).lines == ()


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (Block(4, 0xC6120400, 256), "198.18.4.0/24"),
        (Block(4, 0xC6120453, 1), "198.18.4.83"),
        (Block(4, 0xC6120401, 3), "198.18.4.1 - 198.18.4.3"),
        (Block(6, 0x20010DB8 << 96, 16), "2001:db8::/124"),
    ],
)
def test_a_block_is_written_as_a_prefix_where_it_is_one(block: Block, said: str) -> None:
    assert str(block) == said
