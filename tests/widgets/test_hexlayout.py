import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widgets.hexlayout import HexLayout, bit_pieces

LAYOUTS = st.builds(
    HexLayout.fitting,
    st.integers(24, 160),
    columns=st.sampled_from([None, 8, 16, 32]),
    is_bits=st.booleans(),
    size=st.sampled_from([0, 100, 70_000]),
)


@given(LAYOUTS, st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_the_digits_of_every_byte_stand_where_the_layout_says(layout: HexLayout, data: bytes) -> None:
    dump = [layout.text(data, line) for line in range(layout.lines(len(data)))]
    for byte, value in enumerate(data):
        line, column = divmod(byte, layout.columns)
        digits = "".join(dump[line][layout.cell(column, digit)] for digit in range(layout.digits))
        assert int(digits, 2 if layout.is_bits else 16) == value
        if layout.has_text and 32 <= value < 127:
            assert dump[line][layout.text_cell(column)] == chr(value)


@given(LAYOUTS)
@settings(max_examples=50, deadline=None)
def test_a_cell_of_a_digit_leads_back_to_its_first_bit(layout: HexLayout) -> None:
    for column in range(layout.columns):
        for digit in range(layout.digits):
            bit = column * 8 + digit * layout.digit_bits
            assert layout.bit_at(layout.cell(column, digit)) == bit
        assert layout.column_at(layout.cell(column)) == column
        if layout.has_text:
            assert layout.bit_at(layout.text_cell(column)) == column * 8
    assert layout.bit_at(0) is None


@pytest.mark.parametrize(
    ("width", "layout"),
    [
        (140, HexLayout(32, has_text=True)),
        (74, HexLayout(16, has_text=True)),
        (60, HexLayout(16, has_text=False)),
        (42, HexLayout(8, has_text=True)),
        (20, HexLayout(4, has_text=False)),
    ],
)
def test_a_pane_shows_as_many_bytes_as_it_holds(width: int, layout: HexLayout) -> None:
    assert HexLayout.fitting(width) == layout


def test_a_width_that_was_chosen_is_kept_where_it_fits() -> None:
    assert HexLayout.fitting(140, columns=8) == HexLayout(8, has_text=True)
    assert HexLayout.fitting(105, columns=32) == HexLayout(32, has_text=False)
    assert HexLayout.fitting(80, columns=32) == HexLayout(16, has_text=True)


def test_bits_stand_eight_a_byte_and_four_or_eight_bytes_a_line() -> None:
    wide, narrow = HexLayout.fitting(110, is_bits=True), HexLayout.fitting(74, is_bits=True)

    assert (wide.columns, narrow.columns) == (8, 4)
    assert narrow.text(b"\x45\x01", 0).split() == ["0000", "0100", "0101", "0000", "0001", "E."]


def test_offsets_have_five_digits_where_four_do_not_do() -> None:
    assert HexLayout.fitting(80, size=0x10000).offset_digits == 4
    assert HexLayout.fitting(80, size=0x10001).offset_digits == 5
    assert HexLayout.fitting(80, size=0x10001).text(bytes(0x10001), 0x1000).startswith(" 10000  00")


@given(st.binary(min_size=4, max_size=4), st.integers(0, 31), st.integers(1, 32))
@settings(max_examples=100, deadline=None)
def test_the_lit_bits_are_those_of_the_field(data: bytes, start: int, size: int) -> None:
    stop = min(32, start + size)
    lit = "".join(text for text, is_lit in bit_pieces(data, start, stop) if is_lit).replace(" ", "")
    assert lit == f"{int.from_bytes(data):032b}"[start:stop]
