"""What a host is given so that it stands where `here` is."""

from pathlib import Path

from app.net.simulated import vantage
from app.net.simulated.reading import read_scenario
from app.net.simulated.scenario import Scenario

SCENARIO = """
[here]
address = ["10.0.0.2", "2001:db8::2"]
[routers.r]
address = ["10.0.1.0", "2001:db8:1::1"]
networks = "10.0.2.0/24"
{dns}
[hosts]
h = {{ address = "10.0.1.1", block = "10.0.3.0/24" }}
[[links]]
path = ["here", "r", "h"]
mtu = [1400, 900]
"""


def scenario(tmp_path: Path, dns: str = "") -> Scenario:
    path = tmp_path / "test.toml"
    path.write_text(SCENARIO.format(dns=dns), encoding="utf-8")
    return read_scenario(path)


def test_the_first_router_resolves_where_nobody_else_does(tmp_path: Path) -> None:
    found = vantage.resolvers(vantage.with_resolver(scenario(tmp_path)))

    assert [str(address) for address in found] == ["10.0.1.0", "2001:db8:1::1"]


def test_a_scenario_with_a_resolver_keeps_its_own(tmp_path: Path) -> None:
    own = scenario(tmp_path, "dns = true")

    assert vantage.with_resolver(own) is own


def test_a_namespace_is_told_its_resolvers(tmp_path: Path) -> None:
    files = vantage.files(scenario(tmp_path, "dns = true"))

    assert files == {"resolv.conf": "nameserver 10.0.1.0\nnameserver 2001:db8:1::1\n"}


def test_only_what_is_in_the_scenario_is_routed(tmp_path: Path) -> None:
    routed = [str(prefix) for prefix in vantage.prefixes(scenario(tmp_path))]

    assert routed == ["10.0.1.0/31", "10.0.2.0/23", "2001:db8:1::1/128"]


def test_the_device_takes_what_the_first_link_takes(tmp_path: Path) -> None:
    assert vantage.first_mtu(scenario(tmp_path)) == 1400
