"""The names of what can be heard."""

import pytest

from app.engine.hearing import Ear, Hearing, UnknownProtocolError
from app.engine.wanted import for_raw_sockets, wanted_of


def test_no_name_is_everything() -> None:
    assert wanted_of([]) is None


def test_names_are_heard_together() -> None:
    wanted = wanted_of(["icmp", "ARP", "103"])
    assert wanted is not None
    assert wanted.ether_types == {0x0806}
    assert {version: set(inner.protocols) for version, inner in wanted.ip.items()} == {4: {1, 103}, 6: {103}}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ospff", "no protocol is called ospff: did you mean ospf?"),
        ("zzzzzz", "no protocol is called zzzzzz: icmp, igmp"),
        ("256", "256 is no IP protocol: they are 0 to 255"),
        ("1" * 5000, "is no IP protocol"),
        ("²", "no protocol is called"),
    ],
)
def test_an_unknown_name_is_told_with_what_to_do(name: str, words: str) -> None:
    with pytest.raises(UnknownProtocolError, match=words.replace("?", r"\?")):
        wanted_of([name])


def test_raw_sockets_hear_no_frames() -> None:
    with pytest.raises(UnknownProtocolError, match="arp is no protocol over IP"):
        for_raw_sockets(Hearing(("arp",), ear=Ear.RAW))


def test_raw_sockets_hear_the_usual_protocols_where_none_is_named() -> None:
    assert {2, 89, 103} <= for_raw_sockets(Hearing(ear=Ear.RAW))[4].protocols
