"""Patterns of `matches`: Perl's regular expressions, and an end to each search."""

import pytest

from app.packet.filter.pattern import LONGEST, MOST_OCTETS, PatternError, searcher


@pytest.mark.parametrize(
    ("pattern", "text", "is_found"),
    [
        (b"", b"", True),
        (b"google", b"www.GOOGLE.com", True),
        (b"^[[:digit:]]+$", b"123", True),
        (b"^[[:^digit:]]+$", b"123", False),
        (b"[^]a]", b"]a", False),
        (b"(?<name>a)(?:b)", b"ab", True),
        (b"(.)\\1", b"abb", True),
        (b"a(?=b)", b"ab", True),
        (b"(?<!a)b", b"ab", False),
        (b"\\Aab\\Z", b"ab", True),
        (b"\\x41", b"a", True),
        (b"\\0", b"\0", True),
        (b"\xff", b"\xff", True),
        (b"a.b", b"a\nb", False),
    ],
)
def test_patterns_mean_what_they_mean_to_perl(pattern: bytes, text: bytes, is_found: bool) -> None:
    assert searcher(pattern)(text) is is_found


@pytest.mark.parametrize("pattern", [b"(a*)*b", b"(a|a)*b", b"(a+)+$b", b".*.*.*.*b", b"(.*a){12}b"])
def test_no_search_goes_on_for_ever(pattern: bytes) -> None:
    assert searcher(pattern)(b"a" * (2 * MOST_OCTETS)) is False


def test_no_more_than_the_first_octets_are_looked_at() -> None:
    assert not searcher(b"b")(b"a" * MOST_OCTETS + b"b")


@pytest.mark.parametrize("pattern", [b"(", b")", b"[a", b"*", b"a{2,1}", b"[b-a]", b"\\", b"a" * (LONGEST + 1)])
def test_what_is_not_understood_is_refused(pattern: bytes) -> None:
    with pytest.raises(PatternError):
        searcher(pattern)
