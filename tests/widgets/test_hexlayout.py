from hypothesis import given, settings
from hypothesis import strategies as st

from widgets.hexlayout import HexLayout, bit_pieces, digit_cover

LAYOUTS = st.integers(24, 120).map(HexLayout.fitting)


@given(LAYOUTS, st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_the_digits_of_every_byte_stand_where_the_layout_says(layout: HexLayout, data: bytes) -> None:
    dump = [layout.text(data, line) for line in range(layout.lines(len(data)))]
    for byte, value in enumerate(data):
        line, column = divmod(byte, layout.columns)
        cell = layout.cell(column)
        assert dump[line][cell : cell + 2] == f"{value:02x}"


@given(LAYOUTS)
@settings(max_examples=50, deadline=None)
def test_a_cell_of_a_byte_leads_back_to_it(layout: HexLayout) -> None:
    for column in range(layout.columns):
        assert layout.column_at(layout.cell(column)) == column
        assert layout.column_at(layout.cell(column) + 1) == column
        if layout.has_text:
            assert layout.column_at(layout.text_cell(column)) == column
    assert layout.column_at(0) is None


def test_a_wide_pane_shows_sixteen_bytes_and_their_text() -> None:
    assert HexLayout.fitting(74) == HexLayout(16, has_text=True)
    assert HexLayout.fitting(60) == HexLayout(16, has_text=False)
    assert HexLayout.fitting(42) == HexLayout(8, has_text=True)


@given(st.integers(0, 100), st.integers(0, 100))
@settings(max_examples=100, deadline=None)
def test_the_digits_together_cover_every_bit_of_a_field_once(start: int, size: int) -> None:
    assert sum(sum(digit_cover(start, start + size, byte)) for byte in range(26)) == size


@given(st.binary(min_size=4, max_size=4), st.integers(0, 31), st.integers(1, 32))
@settings(max_examples=100, deadline=None)
def test_the_lit_bits_are_those_of_the_field(data: bytes, start: int, size: int) -> None:
    stop = min(32, start + size)
    lit = "".join(text for text, is_lit in bit_pieces(data, start, stop) if is_lit).replace(" ", "")
    assert lit == f"{int.from_bytes(data):032b}"[start:stop]
