"""Text from outside is made safe once, whatever it holds."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.packet.text import safe, safe_bytes


def test_control_characters_become_visible() -> None:
    assert safe("a\x1b[2J\x07b\n") == "a␛[2J␇b␊"


def test_invisible_characters_become_a_replacement() -> None:
    assert safe("‮abc​\x7f\x9b") == "\ufffdabc\ufffd\ufffd\ufffd"


def test_plain_text_is_left_alone() -> None:
    assert safe("Zürich → 東京") == "Zürich → 東京"


def test_long_text_is_cut() -> None:
    assert safe("x" * 600) == "x" * 511 + "…"


def test_bytes_that_are_no_text_become_replacements() -> None:
    assert safe_bytes(b"caf\xc3\xa9 \xff") == "café \ufffd"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80), st.integers(1, 60))
def test_whatever_comes_is_printable_and_no_longer_than_asked(text: str, limit: int) -> None:
    result = safe(text, limit)
    assert result.isprintable()
    assert len(result) <= limit
    assert safe(result, limit) == result
