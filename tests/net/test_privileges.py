"""What is left of root after it was given up, asked of a process that did."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.net import privileges
from tests.privileges import require_programs, require_root

ROOT = Path(__file__).parent.parent.parent

DROP = """
import os, socket, sys
from app.net.privileges import Capability, capabilities, drop
{before}
drop({keep})
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


def dropped(before: str, *, keep: str = "", **environment: str) -> list[str]:
    require_root()
    done = subprocess.run(
        [sys.executable, "-c", DROP.format(before=before, keep=keep)],
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


def test_root_keeps_what_it_was_told_to_keep_and_nothing_else() -> None:
    kept = "keep=(Capability.SYS_PTRACE, Capability.DAC_READ_SEARCH)"
    lines = dropped("sys.path[:] = ['/usr']", keep=kept)
    assert lines[0].endswith(f" {1 << 19 | 1 << 2}")
    assert lines[0].startswith("65534 65534 65534 ")
    assert lines[1:] == ["1 0 0", "no raw sockets", "not root again"]


def test_root_that_stays_root_keeps_the_same(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    lines = dropped(
        f"sys.path[:] = ['{tmp_path}']", keep="keep=(Capability.SYS_PTRACE,)", SUDO_UID="4242", SUDO_GID="1"
    )
    assert lines[:3] == [f"0 0 0 0 0 0 0 {1 << 19}", "1 0 0", "no raw sockets"]


def test_nobody_else_keeps_anything() -> None:
    lines = dropped("sys.path[:] = ['/usr']; os.setuid(4242)", keep="keep=(Capability.SYS_PTRACE,)")
    assert lines[0].startswith("4242 4242 4242 ")
    assert lines[0].endswith(" 0")


@pytest.mark.parametrize(("keep", "sees"), [("", False), ("keep=Capability", True)])
def test_the_kept_capabilities_show_the_files_of_other_users(keep: str, sees: bool) -> None:
    require_root()
    require_programs("setpriv")
    sleeper = subprocess.Popen(["setpriv", "--reuid", "4444", "--clear-groups", "--inh-caps=-all", "cat"], stdin=-1)
    try:
        look = f"""
import os, sys, time
from app.net.privileges import Capability, drop
while os.stat("/proc/{sleeper.pid}").st_uid != 4444: time.sleep(0.002)
sys.path[:] = ['/usr']
drop({keep})
try: print(os.readlink("/proc/{sleeper.pid}/fd/0"))
except PermissionError: print("no")
"""
        done = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True)
        assert done.stdout.startswith("pipe:") is sees
    finally:
        sleeper.kill()
        sleeper.communicate()


@pytest.mark.parametrize("number", ["0", "", "-1", "root"])
def test_a_strange_sudo_user_is_nobody(monkeypatch: pytest.MonkeyPatch, number: str) -> None:
    monkeypatch.setenv("SUDO_UID", number)
    monkeypatch.setenv("SUDO_GID", "100")
    assert privileges._lesser_user()[0] == 65_534


def test_the_sentence_names_three_commands_and_the_simulation() -> None:
    sentence = privileges.how_to_allow()
    for part in ("sudo hopscope", "setcap cap_net_raw+ep /", "net.ipv4.ping_group_range", "--simulate"):
        assert part in sentence
