"""Every filter that docs/filter.md shows can be used as it stands there."""

import re
from pathlib import Path

import pytest

from app.packet.filter.expression import compile_filter
from app.packet.filter.names import known
from app.packet.filter.operands import FUNCTIONS
from app.packet.filter.pseudo import PSEUDO

PAGE = (Path(__file__).parents[3] / "docs" / "filter.md").read_text()
BLOCKS = re.findall(r"```filter\n(.*?)```", PAGE, re.DOTALL)
EXAMPLES = [re.split(r" {2,}", line)[0] for block in BLOCKS for line in block.splitlines()]


@pytest.mark.parametrize("expression", EXAMPLES)
def test_an_example_compiles(expression: str) -> None:
    compile_filter(expression)


def test_every_name_of_a_whole_packet_and_every_function_is_on_the_page() -> None:
    assert [name for name in PSEUDO if f"`{name}`" not in PAGE] == []
    assert [name for name in FUNCTIONS if f"`{name}(" not in PAGE] == []


def test_every_name_on_the_page_is_known() -> None:
    section = PAGE.partition("## Names that are no field")[2].partition("##")[0]
    names = re.findall(r"`([a-z_]+\.[a-z_.]+)`", section)
    assert names
    assert [name for name in names if name not in PSEUDO and known(name) is None] == []
