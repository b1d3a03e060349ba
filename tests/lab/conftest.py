"""The labs that several tests share, each built once, and what they demand of the machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.topology import Lab, chain, diamond
from tests.privileges import require_programs, require_root

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.lab)
            item.add_marker(pytest.mark.xdist_group("lab"))


@pytest.fixture(scope="session", autouse=True)
def machine() -> None:
    """Root, Linux's own tools and the peers that hopscope is held against."""
    require_root()
    require_programs("ip", "nft", "ethtool", "sysctl", "setpriv", "ping", "traceroute", "mtr", "tmux")


@pytest.fixture(scope="session")
def six_hops(machine: None) -> Iterator[Lab]:
    """h, five routers, t. A test that changes it puts it back."""
    with chain(5) as lab:
        yield lab


@pytest.fixture(scope="session")
def two_ways(machine: None) -> Iterator[Lab]:
    """A diamond of equal cost."""
    with diamond() as lab:
        yield lab
