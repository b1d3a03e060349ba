"""What is left of root after it was given up, asked of a process that did."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.net import privileges
from tests.privileges import require_root

ROOT = Path(__file__).parent.parent.parent

DROP = """
import os, socket, sys
from app.net.privileges import capabilities, drop
{before}
drop()
print(*os.getresuid(), *os.getresgid(), len(os.getgroups()), capabilities())
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
print(status["NoNewPrivs"], int(status["CapBnd"], 16), int(status["CapAmb"], 16))
try:
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
except PermissionError:
    print("no raw sockets")
try:
    os.setuid(0) or print("root again", os.getuid())
except PermissionError:
    print("not root again")
"""


def dropped(before: str, **environment: str) -> list[str]:
    require_root()
    done = subprocess.run(
        [sys.executable, "-c", DROP.format(before=before)],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_root_becomes_the_user_behind_sudo_for_good() -> None:
    lines = dropped("sys.path[:] = ['/usr']", SUDO_UID="4242", SUDO_GID="4343")
    assert lines == ["4242 4242 4242 4343 4343 4343 0 0", "1 0 0", "no raw sockets", "not root again"]


def test_root_becomes_nobody_without_sudo() -> None:
    lines = dropped("sys.path[:] = ['/usr']")
    assert lines[0].startswith("65534 65534 65534 ")
    assert lines[1:] == ["1 0 0", "no raw sockets", "not root again"]


def test_root_stays_without_capabilities_where_nobody_could_load_the_program(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    lines = dropped(f"sys.path[:] = ['{tmp_path}']", SUDO_UID="4242", SUDO_GID="4343")
    assert lines[:3] == ["0 0 0 0 0 0 0 0", "1 0 0", "no raw sockets"]


@pytest.mark.parametrize("number", ["0", "", "-1", "root"])
def test_a_strange_sudo_user_is_nobody(monkeypatch: pytest.MonkeyPatch, number: str) -> None:
    monkeypatch.setenv("SUDO_UID", number)
    monkeypatch.setenv("SUDO_GID", "100")
    assert privileges._lesser_user()[0] == 65_534


def test_the_sentence_names_three_commands_and_the_simulation() -> None:
    sentence = privileges.how_to_allow()
    for part in ("sudo hopscope", "setcap cap_net_raw+ep /", "net.ipv4.ping_group_range", "--simulate"):
        assert part in sentence
