"""ICMP in words: IANA's registries, sentence by sentence."""

import pytest

from app.packet.icmp.codes import icmp_words
from app.packet.icmp.types import IcmpType, Icmpv6Type


@pytest.mark.parametrize(
    ("version", "kind", "code", "words"),
    [
        (4, 0, 0, "echo reply"),
        (4, 3, 0, "network unreachable"),
        (4, 3, 1, "host unreachable"),
        (4, 3, 3, "port unreachable"),
        (4, 3, 4, "fragmentation needed and don't fragment was set"),
        (4, 3, 10, "communication with destination host administratively prohibited"),
        (4, 3, 13, "communication administratively prohibited"),
        (4, 3, 16, "destination unreachable code 16"),
        (4, 5, 1, "redirect for the host"),
        (4, 11, 0, "ttl exceeded in transit"),
        (4, 11, 1, "fragment reassembly time exceeded"),
        (4, 12, 2, "parameter problem, bad length"),
        (4, 40, 0, "photuris, bad SPI"),
        (4, 43, 2, "no such interface"),
        (4, 99, 3, "type 99 code 3"),
        (6, 1, 0, "no route to destination"),
        (6, 1, 1, "communication with destination administratively prohibited"),
        (6, 1, 6, "reject route to destination"),
        (6, 2, 0, "packet too big"),
        (6, 3, 0, "hop limit exceeded in transit"),
        (6, 4, 1, "unrecognized next header type"),
        (6, 129, 0, "echo reply"),
        (6, 138, 255, "router renumbering sequence number reset"),
        (6, 200, 0, "type 200 code 0"),
    ],
)
def test_a_type_and_code_in_words(version: int, kind: int, code: int, words: str) -> None:
    assert icmp_words(version, kind, code) == words


@pytest.mark.parametrize(("version", "registry"), [(4, IcmpType), (6, Icmpv6Type)])
def test_every_registered_type_has_words_for_every_code(version: int, registry: type[IcmpType | Icmpv6Type]) -> None:
    for kind in registry:
        for code in range(256):
            words = icmp_words(version, kind, code)
            assert words
            assert not words.startswith("type ")
