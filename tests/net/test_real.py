"""The real network: which sockets it opens, how it counts them, what it resolves and what it depends on."""

import subprocess
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest

from app.engine.command import Method
from app.net.host import dependencies
from app.net.host.dependencies import gateways, resolvers
from app.net.link import LinkError
from app.net.options import LinkOptions
from app.net.raw import RawSockets
from app.net.real import RealNetwork, open_network
from app.net.sockets import source_address
from tests.net.namespace import own_network


def without_sockets(version: int | None = None) -> RealNetwork:
    return RealNetwork(LinkOptions(version=version), None)


def refuse(options: LinkOptions) -> None:
    raise PermissionError(1, "Operation not permitted")


def test_as_root_the_links_are_raw_and_a_closed_one_makes_room() -> None:
    with own_network():
        network = open_network(LinkOptions(engines=2))
        assert network.badge == "raw"
        first, second = network.link(), network.link()
        assert {first.name, second.name} == {"raw"}
        with pytest.raises(LinkError, match="all 2 sets of raw sockets are in use"):
            network.link()
        first.close()
        network.link().close()
        network.close()
        second.close()


def test_without_raw_sockets_the_links_are_datagram_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RawSockets, "open", refuse)
    with own_network():
        network = open_network(LinkOptions())
        assert network.badge == "unprivileged"
        link = network.link()
        assert link.name == "dgram"
        link.close()
        network.close()


def test_without_any_sockets_the_sentence_says_what_would_allow_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RawSockets, "open", refuse)
    with own_network():
        Path("/proc/sys/net/ipv4/ping_group_range").write_text("1 0")
        with pytest.raises(LinkError, match="setcap cap_net_raw"):
            open_network(LinkOptions())


def test_what_shows_more_than_probes_opens_without_any_sockets_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RawSockets, "open", refuse)
    with own_network():
        Path("/proc/sys/net/ipv4/ping_group_range").write_text("1 0")
        network = open_network(LinkOptions(must_probe=False))
        assert [interface.name for interface in network.surroundings().interfaces] == ["lo"]
        network.close()


def test_an_interface_that_is_not_there_is_named() -> None:
    with own_network(), pytest.raises(LinkError, match="there is no interface nosuch0"):
        open_network(LinkOptions(interface="nosuch0"))


def test_a_source_that_is_not_this_hosts_is_named() -> None:
    with own_network(), pytest.raises(LinkError, match=r"192\.0\.2\.77 is no address of this host"):
        open_network(LinkOptions(source=IPv4Address("192.0.2.77")))


def test_a_link_local_address_without_its_interface_is_explained() -> None:
    with own_network():
        network = open_network(LinkOptions(engines=1))
        link = network.link()
        with pytest.raises(LinkError, match="a link-local address needs its interface, as in fe80::1%eth0"):
            link.source(IPv6Address("fe80::1"))
        link.close()
        network.close()


def test_one_version_alone_can_be_used() -> None:
    with own_network():
        network = open_network(LinkOptions(version=6, engines=1))
        link = network.link()
        assert [link.can(method, version) for method in Method for version in (4, 6)] == [False, True] * 3
        link.close()
        network.close()


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("192.0.2.7", IPv4Address("192.0.2.7")),
        ("2001:db8::7", IPv6Address("2001:db8::7")),
        ("[2001:db8::7]", IPv6Address("2001:db8::7")),
        ("fe80::1%lo", IPv6Address("fe80::1%lo")),
    ],
)
def test_a_literal_is_its_own_address(host: str, address: IPv4Address | IPv6Address) -> None:
    assert list(without_sockets().resolve(host)) == [address]


def test_a_literal_of_the_other_version_is_refused() -> None:
    with pytest.raises(LinkError, match=r"192\.0\.2\.7 is no IPv6 address"):
        without_sockets(6).resolve("192.0.2.7")


@pytest.mark.parametrize("host", ["a..b", "x" * 64, "", "\x1b[2Jx"])
def test_an_impossible_name_is_refused_in_a_safe_sentence(host: str) -> None:
    with own_network(), pytest.raises(LinkError) as caught:
        without_sockets().resolve(host)
    assert str(caught.value).isprintable()


def test_localhost_is_resolved_without_a_network() -> None:
    with own_network():
        assert IPv4Address("127.0.0.1") in without_sockets(4).resolve("localhost")


def test_the_defaults_are_gateways_resolvers_and_loopback_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dependencies, "gateways", lambda: iter([IPv4Address("192.0.2.1"), IPv6Address("fe80::1%lo")]))
    monkeypatch.setattr(
        dependencies, "resolvers", lambda: iter([IPv4Address("192.0.2.1"), IPv6Address("2001:db8::53")])
    )
    with own_network():
        assert without_sockets().defaults() == ["192.0.2.1", "fe80::1%lo", "2001:db8::53", "127.0.0.1", "::1"]
        assert without_sockets(6).defaults() == ["fe80::1%lo", "2001:db8::53", "::1"]


def test_gateways_are_those_of_the_default_routes() -> None:
    with own_network():
        for line in (
            "link add d0 type veth peer name d1",
            "link set d1 up",
            "link set d0 up",
            "addr add 192.0.2.2/24 dev d0",
            "route add default via 192.0.2.1",
            "-6 route add default via fe80::9 dev d0",
        ):
            subprocess.run(["ip", *line.split()], check=True)
        assert list(gateways()) == [IPv4Address("192.0.2.1"), IPv6Address("fe80::9%d0")]


def test_resolvers_are_read_from_resolv_conf_and_nonsense_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "resolv.conf"
    file.write_text(
        "# comment\nnameserver 192.0.2.53\nnameserver nonsense\nsearch example\nnameserver 2001:db8::53 x\n"
    )
    assert list(resolvers(file)) == [IPv4Address("192.0.2.53"), IPv6Address("2001:db8::53")]
    assert list(resolvers(tmp_path / "missing")) == []


def test_an_address_to_send_from_serves_its_own_ip_version_only() -> None:
    options = LinkOptions(source=IPv6Address("::1"))

    assert source_address(IPv6Address("::1"), options) == IPv6Address("::1")
    with pytest.raises(LinkError, match="nothing goes from ::1 to an IPv4 address"):
        source_address(IPv4Address("127.0.0.1"), options)
