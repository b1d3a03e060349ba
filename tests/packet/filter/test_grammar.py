"""The grammar of filters: what binds tighter, and that a printed tree reads as itself."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.packet.filter.grammar import parse
from app.packet.filter.tokens import SIGNS, tokens
from app.packet.filter.tree import (
    Among,
    Called,
    Character,
    Compared,
    Computed,
    Joined,
    Layered,
    Negative,
    Not,
    Piece,
    Sliced,
    Span,
    Text,
    Word,
)


@pytest.mark.parametrize(
    ("expression", "alike"),
    [
        ("a or b and c", "a or (b and c)"),
        ("a and b or c", "(a and b) or c"),
        ("a xor b and c", "a xor (b and c)"),
        ("a or b xor c", "a or (b xor c)"),
        ("not a and b", "(not a) and b"),
        ("!a == 1", "!(a == 1)"),
        ("a & 1 == 1", "(a & 1) == 1"),
        ("a & 1 + 1", "a & (1 + 1)"),
        ("a + 1 * 2", "a + (1 * 2)"),
        ("a - 1 - 2", "(a - 1) - 2"),
        ("-a + 1", "(-a) + 1"),
        ("a + {1 * 2}", "a + (1 * 2)"),
        ("a and(b)or(c)", "(a and b) or c"),
        ("a==1&&b", "a == 1 && b"),
        ("a eq 1", "a == 1"),
        ("a any_eq 1", "a == 1"),
        ("a ne 1", "a != 1"),
        ("a all_ne 1", "a != 1"),
        ("a ~= 1", "a !== 1"),
        ("a any_ne 1", "a !== 1"),
        ("a all_eq 1", "a === 1"),
        ('a ~ "x"', 'a matches "x"'),
        ("a in {1 2}", "a in {1, 2}"),
        ("a in {1..2}", "a in {1 .. 2}"),
        ("a ! in {1}", "a not in {1}"),
        ("a#1", "a#[1:1]"),
        ("a#[2]", "a#[2:1]"),
        ("a[2]", "a[2:1]"),
        ("a[:2]", "a[0:2]"),
        ("a [ 0 : 2 , 4 ]", "a[0:2,4]"),
        ('a == "\\x41\\102\\u0043"', 'a == "ABC"'),
        ('a == r"\\d"', 'a == "\\\\d"'),
        ('a == "\\"\\\\\\n"', 'a == "\\x22\\x5c\\x0a"'),
        ("a == +1", "a == 1"),
    ],
)
def test_it_reads_as(expression: str, alike: str) -> None:
    assert parse(expression) == parse(alike)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("1..5", ["1", "..", "5"]),
        ("10.0.0.0..10.0.0.9", ["10.0.0.0", "..", "10.0.0.9"]),
        ("10.0.0.0/8", ["10.0.0.0/8"]),
        ("ip.ttl/2", ["ip.ttl", "/", "2"]),
        ("2001:db8::/32", ["2001:db8::/32"]),
        ("::/0", ["::/0"]),
        ("::1", ["::1"]),
        ("::ffff:10.0.0.1", ["::ffff:10.0.0.1"]),
        ("fe80::", ["fe80::"]),
        ("aa-bb-cc", ["aa-bb-cc"]),
        ("a - b", ["a", "-", "b"]),
        ("ip.ttl==-1", ["ip.ttl", "==", "-", "1"]),
        ("a&&!b", ["a", "&&", "!", "b"]),
        ("a!==b", ["a", "!==", "b"]),
        ("a!=!b", ["a", "!=", "!", "b"]),
        ("a[0:2]#3", ["a", "[0:2]", "#", "3"]),
        ("in_use", ["in_use"]),
        ('r"\\"', []),
    ],
)
def test_it_is_cut_into_words(expression: str, words: list[str]) -> None:
    if words:
        assert [token.text for token in tokens(expression)[:-1]] == words
    else:
        with pytest.raises(ValueError, match="missing"):
            tokens(expression)


def test_an_empty_filter_has_no_tree() -> None:
    assert parse("  ") is None


WORD = (
    st.text(string.ascii_lowercase + string.digits + "._", min_size=1, max_size=6)
    .filter(lambda text: text[0].isalpha() and ".." not in text and text not in SIGNS)
    .map(Word)
)
PIECES = st.lists(
    st.builds(Piece, st.integers(-9, 9), st.none() | st.integers(1, 9))
    | st.integers(0, 9).flatmap(lambda first: st.builds(Piece, st.just(first), st.none(), st.integers(first, 20))),
    min_size=1,
    max_size=3,
).map(tuple)
VALUES = st.recursive(
    WORD
    | st.binary(max_size=6).map(Text)
    | st.integers(0, 255).map(Character)
    | st.integers(0, 99).map(lambda number: Word(str(number)))
    | st.builds(Layered, WORD, PIECES),
    lambda inner: (
        st.builds(Sliced, inner, PIECES)
        | st.builds(Called, st.sampled_from(("len", "max")), st.lists(inner, max_size=3).map(tuple))
        | st.builds(Negative, inner)
        | st.builds(Computed, st.sampled_from("&+-*/%"), inner, inner)
    ),
    max_leaves=6,
)
RESTS = st.lists(st.tuples(st.sampled_from(("==", "!=", "===", "!==", "<", "contains", "matches")), VALUES), min_size=1)
QUANTIFIERS = st.sampled_from(("", "any", "all"))
TESTS = st.recursive(
    VALUES
    | st.builds(Compared, QUANTIFIERS, VALUES, RESTS.map(tuple))
    | st.builds(
        Among,
        QUANTIFIERS,
        VALUES,
        st.lists(VALUES | st.builds(Span, VALUES, VALUES), min_size=1).map(tuple),
        st.booleans(),
    ),
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(Joined, st.sampled_from(("&&", "||", "^^")), st.lists(inner, min_size=2, max_size=4).map(tuple))
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(TESTS)
def test_a_printed_tree_reads_as_itself(tree: Word | Joined) -> None:
    assert parse(str(tree)) == tree
