from hypothesis import given, settings
from hypothesis import strategies as st

from widgets.hexink import LineInks, shades_of, split
from widgets.hexlayout import HexLayout

ROW = bytes.fromhex("00417fffa0") + b"abc"
LAYOUT = HexLayout(8, has_text=True)
BITS = HexLayout(8, has_text=True, digits=8)


def inked(layout: HexLayout, *stretches: tuple[int, int], state: str = "match") -> list[str]:
    """The state of every digit."""
    inks = LineInks(layout, ROW, 0, 0)
    for stretch in stretches:
        inks.state(stretch, state)
    return [split(code)[2] for code in inks.digits]


def test_bytes_have_classes_and_those_not_from_the_wire_are_faint() -> None:
    inks = LineInks(LAYOUT, ROW, 16, 17)

    assert [split(code)[0] for code in inks.letters] == [
        "faint",
        "byte-text",
        "byte-control",
        "byte-full",
        "byte-high",
        "byte-text",
        "byte-text",
        "byte-text",
    ]


def test_a_field_is_lit_to_the_bit_where_digits_are_bits() -> None:
    assert inked(BITS, (9, 12)) == [""] * 9 + ["match"] * 3 + [""] * 52


def test_a_digit_that_is_a_fields_in_part_is_marked_so() -> None:
    assert inked(LAYOUT, (9, 10))[:6] == ["", "", "part", "", "", ""]
    assert inked(LAYOUT, (11, 24))[:7] == ["", "", "part", "match", "match", "match", ""]
    assert inked(LAYOUT, (8, 16))[:5] == ["", "", "match", "match", ""]


def test_only_what_stands_on_the_line_is_inked() -> None:
    inks = LineInks(LAYOUT, ROW, 8, 0)
    inks.state((0, 64), "match")
    inks.state((127, 200), "match")

    assert [split(code)[2] for code in inks.digits] == [""] * 15 + ["part"]


@given(st.sampled_from([LAYOUT, BITS, HexLayout(4, has_text=False)]), st.binary(min_size=1, max_size=8), st.data())
@settings(max_examples=100, deadline=None)
def test_the_pieces_of_a_line_are_the_line(layout: HexLayout, row: bytes, draw: st.DataObject) -> None:
    row = row[: layout.columns]
    inks = LineInks(layout, row, 0, draw.draw(st.integers(0, 4)))
    bits = st.tuples(st.integers(0, 64), st.integers(0, 64))
    inks.shade(draw.draw(bits), 1)
    inks.state(draw.draw(bits), "found")
    inks.state(draw.draw(bits), "match")
    inks.cursor(draw.draw(st.integers(0, 70)))
    text = layout.text(row, 0)

    joined = "".join(piece for piece, _ in inks.pieces(text))
    assert text == joined.ljust(len(text))


def test_a_field_over_several_bytes_is_one_stretch_and_bytes_of_one_look_are_one_piece() -> None:
    inks = LineInks(LAYOUT, b"abcdefgh", 0, 0)
    inks.state((16, 40), "match")

    pieces = [(text, split(code)[2]) for text, code in inks.pieces(LAYOUT.text(b"abcdefgh", 0)) if code is not None]

    assert ("63 64 65", "match") in pieces
    assert len(pieces) == 6


def test_the_layer_and_the_innermost_groups_have_a_shade_each() -> None:
    assert shades_of((1, 3), [(8, 24), (8, 20), (8, 16)]) == [((8, 24), 1), ((8, 20), 2), ((8, 16), 3)]
