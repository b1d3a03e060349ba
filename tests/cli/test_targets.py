"""Words become targets; a wrong one is named and stands in nobody's way."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.net.link import LinkError
from app.packet.compose import Address
from app.targets import Choice, Found, HostError, find_targets, hosts_of, lines_of

HOSTS: Mapping[str, Sequence[str]] = {
    "one.example": ("192.0.2.1",),
    "dual.example": ("2001:db8::1", "192.0.2.2", "192.0.2.3"),
    "six.example": ("2001:db8::6",),
}


def resolve(host: str) -> Sequence[Address]:
    if host not in HOSTS:
        raise LinkError(f"{host} is not known")
    return [ip_address(address) for address in HOSTS[host]]


def found(*words: str, choice: Choice = Choice()) -> Found:  # noqa: B008  # frozen
    return find_targets(words, resolve, choice)


def rows(result: Found) -> list[tuple[str, str]]:
    return [(target.host, str(target.address)) for target in result.targets]


@pytest.mark.parametrize(
    ("word", "host"),
    [
        ("one.example", "one.example"),
        ("one.example.", "one.example."),
        ("under_score.example", "under_score.example"),
        ("192.0.2.1", "192.0.2.1"),
        ("2001:DB8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1%eth0"),
        ("fe80::1%br-lan", "fe80::1%br-lan"),
        ("10-20.example", "10-20.example"),
        ("https://user@one.example:8443/path?query#part", "one.example"),
        ("https://[2001:db8::1]:8443/", "2001:db8::1"),
        ("bücher.example", "bücher.example"),
        (" 192.0.2.1 ", "192.0.2.1"),
    ],
)
def test_a_word_means_one_host(word: str, host: str) -> None:
    assert list(hosts_of(word)) == [host]


@pytest.mark.parametrize(
    ("block", "count", "first"),
    [
        ("192.0.2.0/30", 2, "192.0.2.1"),
        ("192.0.2.7/24", 254, "192.0.2.1"),
        ("192.0.2.4/31", 2, "192.0.2.4"),
        ("192.0.2.4/32", 1, "192.0.2.4"),
        ("10.0.0.0/20", 4094, "10.0.0.1"),
        ("2001:db8::/126", 3, "2001:db8::1"),
        ("192.0.2.250-192.0.3.9", 16, "192.0.2.250"),
        ("2001:db8::f-2001:db8::10", 2, "2001:db8::f"),
    ],
)
def test_a_block_means_its_hosts(block: str, count: int, first: str) -> None:
    hosts = list(hosts_of(block))
    assert (len(hosts), hosts[0]) == (count, first)


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("10.0.0.0/15", "65,536 addresses, a /16, are the most"),
        ("2001:db8::/64", "65,536 addresses, a /112, are the most"),
        ("10.0.0.0-10.1.0.0", "65,536 addresses are the most"),
        ("10.0.0.2-10.0.0.1", "no range"),
        ("10.0.0.1-::1", "no range"),
        ("10.0.0.0/33", "no block of addresses"),
        ("one.example/24", "no block of addresses"),
        ("https:///path", "a URL without a host"),
        ("http://[::1", "no URL"),
        ("[::1", "no address in brackets"),
        ("[one.example]", "no address in brackets"),
        ("1:2", "no IPv6 address"),
        ("-x", "no host name"),
        ("two words", "no host name"),
        ("a..b", "no host name"),
        ("x" * 64, "no host name"),
        ("", "no host name"),
        ("evil\x1b[2J", "no host name"),
    ],
)
def test_what_is_no_host_is_named_with_the_reason(word: str, says: str) -> None:
    with pytest.raises(HostError, match=says) as caught:
        list(hosts_of(word))
    assert str(caught.value).isprintable()


@given(st.text(max_size=40) | st.from_regex(r"[0-9a-f:.\[\]/%]{1,40}", fullmatch=True))
@settings(max_examples=100, deadline=None)
def test_any_word_means_hosts_or_raises_host_error(word: str) -> None:
    said = ""
    try:
        hosts = list(hosts_of(word))
    except HostError as error:
        hosts, said = [], str(error)
    assert all(hosts)
    assert said.isprintable()


def test_a_file_has_a_host_a_line_and_comments() -> None:
    text = "# all of them\none.example\n\n  192.0.2.1  # the gateway\nhttps://x.example/#part\n"
    assert list(lines_of(text)) == ["one.example", "192.0.2.1", "https://x.example/#part"]


def test_a_name_becomes_its_preferred_address() -> None:
    assert rows(found("dual.example")) == [("dual.example", "2001:db8::1")]


def test_an_asked_version_chooses_the_address() -> None:
    assert rows(found("dual.example", choice=Choice(version=4))) == [("dual.example", "192.0.2.2")]


def test_both_gives_a_row_for_each_version_with_keys_of_their_own() -> None:
    result = found("dual.example", "six.example", choice=Choice(both=True))
    assert rows(result) == [
        ("dual.example", "192.0.2.2"),
        ("dual.example", "2001:db8::1"),
        ("six.example", "2001:db8::6"),
    ]
    assert len({target.key for target in result.targets}) == 3


def test_a_version_that_a_host_has_not_is_a_sentence() -> None:
    assert found("one.example", "::1", choice=Choice(version=6)) == Found(
        (found("::1").targets[0],), ("one.example has no IPv6 address",)
    )
    assert found("::1", choice=Choice(version=4)).wrong == ("::1 has no IPv4 address",)


def test_a_host_that_is_named_twice_is_one_target() -> None:
    assert rows(found("one.example", "one.example", "http://one.example/")) == [("one.example", "192.0.2.1")]


def test_of_a_thousand_names_five_are_wrong_and_the_others_run() -> None:
    def known(host: str) -> Sequence[Address]:
        if host.startswith("wrong"):
            raise LinkError(f"{host} is not known")
        return [IPv4Address(int(host.removeprefix("host")) + (198 << 24))]

    words = [f"host{number}" for number in range(995)]
    for number in range(5):
        words.insert(number * 200, f"wrong{number}")
    result = find_targets(words, known, Choice())
    assert [target.host for target in result.targets] == [word for word in words if word.startswith("host")]
    assert result.wrong == tuple(f"wrong{number} is not known" for number in range(5))


def test_literals_are_never_looked_up() -> None:
    def never(host: str) -> Sequence[Address]:
        raise AssertionError(host)

    targets = find_targets(["192.0.2.0/29", "::1"], never, Choice()).targets
    assert [target.address for target in targets] == [
        *(IPv4Address(f"192.0.2.{number}") for number in range(1, 7)),
        IPv6Address("::1"),
    ]


def test_blocks_and_what_was_named_come_once_and_the_swept_are_counted() -> None:
    result = found("192.0.2.1", "192.0.2.0/30", "192.0.2.2-192.0.2.4", "one.example")
    assert [target.host for target in result.targets] == [
        "192.0.2.1",
        "192.0.2.2",
        "192.0.2.3",
        "192.0.2.4",
        "one.example",
    ]
    assert result.swept == 4


def test_all_blocks_together_have_65536_addresses_at_most() -> None:
    result = found("10.0.0.0/17", "10.1.0.0/17", "10.2.0.0/30", "10.3.0.0/29")
    assert (len(result.targets), result.swept) == (65_534, 65_534)
    assert result.wrong == ("10.3.0.0/29 is too much: 65,536 addresses in all are the most",)


def test_a_block_of_the_other_version_is_one_sentence() -> None:
    assert found("2001:db8::/120", choice=Choice(version=4)).wrong == ("2001:db8::/120 has no IPv4 address",)
