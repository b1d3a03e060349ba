"""The labs that several tests share, each built once, and what they demand of the machine."""

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.program import ROOT
from tests.lab.topology import Lab, chain, diamond
from tests.privileges import lack, require_programs, require_root

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks, from wherever the tests are started
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.lab)
            # A file in one process, one test after another; each process that runs any of them has labs of its own.
            place = item.path.relative_to(HERE).parts[0].removesuffix(".py")
            item.add_marker(pytest.mark.xdist_group(f"lab {place}"))


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


@pytest.fixture(scope="session")
def as_nobody(machine: None) -> Iterator[tuple[str, ...]]:
    """hopscope as nobody runs it: a copy that nobody may read, by a Python that nobody may run."""
    user = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps=-all", "env")
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([*user, python, "-c", "import tomllib"], capture_output=True, check=False).returncode == 0:
            break
    else:
        lack("no Python 3.11 here may be run by nobody")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        netlink = importlib.util.find_spec("pyroute2")
        assert netlink is not None
        assert netlink.submodule_search_locations is not None
        for package in (ROOT / "app", Path(netlink.submodule_search_locations[0])):
            shutil.copytree(package, Path(folder) / package.name, ignore=shutil.ignore_patterns("__pycache__"))
        yield (*user, f"HOME={folder}", f"PYTHONPATH={folder}", python, "-P", "-m", "app")
