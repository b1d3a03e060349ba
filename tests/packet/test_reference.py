"""The reference pages: made from the declarations, and the book in docs/ is the newest."""

from pathlib import Path

import pytest

from app.packet.ip.v4 import Ipv4
from app.packet.layout import Header
from app.packet.reference import book, diagram, headers, page

BOOK = Path(__file__).parents[2] / "docs" / "headers.md"


def test_the_book_is_the_one_that_the_declarations_make() -> None:
    assert BOOK.read_text() == book() + "\n"


def test_a_header_is_drawn_as_its_rfc_draws_it() -> None:
    lines = list(diagram(Ipv4.LAYOUT.fields))

    assert lines[3] == "|version|header |    DSCP   |ECN|          total length         |"
    assert lines[7] == "|  time to live |    protocol   |            checksum           |"


@pytest.mark.parametrize("record", headers(), ids=lambda record: record.__name__)
def test_every_diagram_is_as_wide_as_its_bits(record: type[Header]) -> None:
    words = list(diagram(record.LAYOUT.fields))[3::2]

    assert sum((len(word) - 1) // 2 for word in words) == record.LAYOUT.size * 8
    assert all(any(field.name in line for line in page(record)) for field in record.LAYOUT.fields)
