"""ICMP errors of real routers, joined with real sockets, and handed to the programs of two users."""

import json
import signal
import socket
import struct
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.lab.erring import (
    PATIENCE,
    Erring,
    Row,
    as_user,
    code_blocks,
    effective_capabilities,
    inside,
    send_error,
    udp_quote,
)
from tests.lab.lan import Host, Lans, Port
from tests.lab.program import PROGRAM, ROOT, hopscope
from tests.privileges import require_programs

VERSIONS = pytest.mark.parametrize("version", [4, 6])
ICMP = {4: socket.IPPROTO_ICMP, 6: socket.IPPROTO_ICMPV6}
ECHO = {4: b"\x08\0\0\0\0\0\0\1", 6: b"\x80\0\0\0\0\0\0\1"}
FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
FAR = {4: "10.78.2.0/24", 6: "fd78:0:0:2::/64"}
SYSTEM_PYTHON = "/usr/bin/python3"


@pytest.fixture(scope="module")
def place(machine: None) -> Iterator[Lans]:
    """h asks r1 for everything, which sends it on to r2 on the same LAN; behind that, by a narrow link, is t."""
    lab = Lans()
    near, far = lab.lan("near"), lab.lan("far")
    h, r1 = lab.plug("h", near), lab.plug("r1", near, forwards=True)
    r2, t = lab.plug("r2", near, Port(far, mtu=1400), forwards=True), lab.plug("t", Port(far, mtu=1400))
    for settings in (r1.settings, r2.settings):
        settings |= {"net.ipv4.conf.all.send_redirects": "0", "net.ipv4.conf.default.send_redirects": "0"}
    with lab:
        for version in (4, 6):
            forget(lab, version)
            way = r2.address() if version == 4 else r2.link_local
            r1.ip(f"route add {FAR[version]} via {way} dev near")
            back = "10.78.1.0/24" if version == 4 else "fd78:0:0:1::/64"
            gateway = far.address(r2.number) if version == 4 else far.link_local(r2.number)
            t.ip(f"route add {back} via {gateway} dev far")
            h.run("ping", "-q", "-c", "1", "-w", "5", t.address(version))
            h.run("ping", "-q", "-c", "1", "-w", "5", near.address(r2.number, version))
        yield lab


def forget(place: Lans, version: int) -> None:
    """h knows its way to t by r1 and nothing else: a route that was flushed learns nothing any more, a new one does."""
    h, r1 = host(place, "h"), host(place, "r1")
    h.run("ip", "route", "del", FAR[version], check=False)
    h.ip(f"route add {FAR[version]} via {r1.address() if version == 4 else r1.link_local} dev near")


def host(place: Lans, name: str) -> Host:
    found = place.nodes[name]
    assert isinstance(found, Host)
    return found


def client(
    node: Host, version: int, kind: socket.SocketKind = socket.SOCK_DGRAM, *, protocol: int = 0
) -> socket.socket:
    with inside(node):
        return socket.socket(FAMILIES[version], kind, protocol)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may look into."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_each_user_gets_its_own_errors_and_nobody_elses(place: Lans, open_folder: Path) -> None:
    require_programs("cc")
    h, target = host(place, "h"), host(place, "t").address()
    (open_folder / "client.c").write_text(code_blocks("c"))
    (open_folder / "client.py").write_text(code_blocks("python"))
    program = str(open_folder / "client")
    subprocess.run(["cc", "-Wall", "-Werror", "-o", program, str(open_folder / "client.c")], check=True)
    path = open_folder / "errors.sock"
    with Erring(h, "--socket", str(path)):
        assert path.stat().st_mode & 0o777 == 0o600
        path.chmod(0o666)
        clients = [
            as_user(h, 4001, SYSTEM_PYTHON, str(open_folder / "client.py"), str(path), "5301", target),
            as_user(h, 4002, program, str(path), "5302", target),
        ]
        said = [each.communicate(timeout=PATIENCE)[0].splitlines() for each in clients]

    assert [lines[0] for lines in said] == ['{"ok": true}', '{"ok": true}']
    python, c = said[0][1], json.loads(said[1][1])
    assert python == f"port unreachable from {target}: python3 (pid {clients[0].pid}), UDP {target}:9"
    assert (c["local"]["port"], c["process"]) == (5302, {"pid": clients[1].pid, "name": "client", "uid": 4002})
    assert not path.exists()


def test_a_port_of_another_user_is_refused(place: Lans, open_folder: Path) -> None:
    h = host(place, "h")
    ask = f"""
import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind("")
for line in (b'{{"protocol": "udp", "port": 5303}}', b'{{"protocol": "udp", "port": 5304}}', b'[' * 1000, b'x' * 2000):
    s.sendto(line, "{open_folder}/errors.sock"); print(s.recv(999).decode())
"""
    with Erring(h, "--socket", str(open_folder / "errors.sock")), client(h, 4) as theirs:
        (open_folder / "errors.sock").chmod(0o666)
        theirs.bind(("", 5303))
        said = as_user(h, 4003, SYSTEM_PYTHON, "-c", ask).communicate(timeout=PATIENCE)[0].splitlines()
    texts = [json.loads(line) for line in said]
    assert [text["ok"] for text in texts] == [False] * 4
    assert "another user's" in texts[0]["text"]
    assert "no socket's" in texts[1]["text"]
    assert "line of JSON" in texts[2]["text"]
    assert "one short line" in texts[3]["text"]


@VERSIONS
@pytest.mark.parametrize("wait", [0, 1])
def test_a_rejected_connection_is_named_with_its_process(place: Lans, version: int, wait: int) -> None:
    h, t = host(place, "h"), host(place, "t")
    target = t.address(version)

    connects = f"""
import socket
with socket.socket(socket.AF_INET if {version} == 4 else socket.AF_INET6) as sock:
    sock.settimeout({wait} or None)
    assert sock.connect_ex(("{target}", 8080))
"""
    with t.rules("tcp dport 8080 reject", hook="input"), Erring(h) as erring:
        client = as_user(h, 4005, SYSTEM_PYTHON, "-c", connects)
        row = erring.until(lambda row: row["protocol"] == "tcp", lambda: None)
        assert client.wait(timeout=PATIENCE) == 0

    assert row["text"] == f"port unreachable from {target}: python3 (pid {client.pid}), TCP {endpoint(row['remote'])}"
    assert row["remote"] == {"address": target, "port": 8080}
    assert row["process"] == {"pid": client.pid, "name": "python3", "uid": 4005}


def endpoint(end: dict[str, object]) -> str:
    return f"{end['address']}:{end['port']}".replace("fd78:0:0:2::4", "[fd78:0:0:2::4]")


@VERSIONS
def test_a_learnt_path_mtu_is_the_one_of_the_kernels_route(place: Lans, version: int) -> None:
    h, target = host(place, "h"), host(place, "t").address(version)
    forget(place, version)
    too_big = {4: (3, 4), 6: (2, 0)}[version]
    with client(h, version) as sock, Erring(h) as erring:
        level, option = {4: (socket.IPPROTO_IP, 10), 6: (socket.IPPROTO_IPV6, 23)}[version]
        sock.setsockopt(level, option, 3)  # IP_PMTUDISC_PROBE: never fragment, whatever is known already
        sock.connect((target, 9))

        def send() -> None:
            with suppress(OSError):  # what the last one taught
                sock.send(bytes(1440))

        row = erring.until(lambda row: (row["type"], row["code"]) == too_big, send)
        route = h.run("ip", "route", "get", target).stdout

    assert (row["mtu"], row["cached_mtu"], row["known"]) == (1400, 1400, True)
    assert "mtu 1400" in route
    assert row["remote"] == {"address": target, "port": 9}


def test_a_forged_error_is_about_no_socket(place: Lans) -> None:
    h, t = host(place, "h"), host(place, "t")
    with client(h, 4) as connected, Erring(h) as erring:
        connected.connect((t.address(), 9))
        port = connected.getsockname()[1]
        with inside(t), socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
            quotes = [
                udp_quote(h.address(), 4444, t.address(), 53),
                udp_quote(h.address(), port, t.address(), 10),
                udp_quote("192.0.2.7", port, t.address(), 9),
                udp_quote(h.address(), port, t.address(), 9),
            ]
            rows = [erring.until(_quotes(quote), _forging(raw, h, quote)) for quote in quotes]

    assert [row["known"] for row in rows] == [False, False, False, True]
    assert [row["process"] is None for row in rows] == [True, True, True, False]
    assert [row["doubt"] for row in rows] == [
        "no such socket: forged, or too late",
        "no such socket: forged, or too late",
        "192.0.2.7 is no address of this host",
        None,
    ]
    assert rows[3]["socket"] == "connected"


def _quotes(quote: bytes) -> Callable[[Row], bool]:
    ends = socket.inet_ntoa(quote[12:16]), *struct.unpack("!HH", quote[20:24])
    return lambda row: (row["local"]["address"], row["local"]["port"], row["remote"]["port"]) == ends


def _forging(raw: socket.socket, h: Host, quote: bytes) -> Callable[[], None]:
    return lambda: send_error(raw, h.address(), quote)


@VERSIONS
@pytest.mark.parametrize("accepts", [False, True])
def test_a_redirect_is_said_to_be_accepted_or_ignored(place: Lans, version: int, accepts: bool) -> None:
    h, r1, r2 = host(place, "h"), host(place, "r1"), host(place, "r2")
    target = host(place, "t").address(version)
    gateway = r2.address() if version == 4 else r2.link_local
    sender = r1.address() if version == 4 else r1.link_local
    names = [f"net.ipv{version}.conf.{name}.accept_redirects" for name in ("all", "near")]
    h.run("sysctl", "-qw", *(f"{name}={int(accepts)}" for name in names))
    sends = "net.ipv4.conf.{}.send_redirects"
    forget(place, version)
    with (
        r1.setting(sends.format("all"), "1"),
        r1.setting(sends.format("near"), "1"),
        client(h, version, protocol=ICMP[version]) as sock,
        Erring(h) as erring,
    ):
        h.run("ping", "-q", "-c", "1", "-w", "5", r2.address(version))
        if version == 6:
            h.run("ping", "-q", "-c", "1", "-w", "5", f"{gateway}%near")
        row = erring.until(
            lambda row: row["redirect"] is not None and row["redirect"]["accepted"] is accepts,
            lambda: sock.sendto(ECHO[version], (target, 0)),
            again=0.6,
        )
        route = h.run("ip", "route", "get", target).stdout

    assert row["from"] == sender
    assert row["redirect"]["gateway"] == gateway
    assert row["redirect"]["destination"] == target
    assert (f"via {gateway} " in route) is accepts
    assert ("accept_redirects is 0" in row["redirect"]["why"]) is not accepts
    assert row["process"]["uid"] == 0


def test_it_keeps_two_capabilities_and_ends_in_good_order(place: Lans, tmp_path: Path) -> None:
    path = tmp_path / "errors.sock"
    with Erring(host(place, "h"), "--socket", str(path)) as erring:
        assert effective_capabilities(erring.process.pid) == 1 << 19 | 1 << 2
        status, said = erring.end(signal.SIGTERM)
    assert (status, said) == (143, "")
    assert not path.exists()


def test_the_path_is_gone_even_when_it_was_killed(place: Lans, tmp_path: Path) -> None:
    path = tmp_path / "errors.sock"
    with Erring(host(place, "h"), "--socket", str(path)) as erring:
        erring.end(signal.SIGKILL)
        watcher = subprocess.run(["timeout", "5", "sh", "-c", f"while [ -e {path} ]; do sleep 0.02; done"], check=False)
    assert watcher.returncode == 0


def test_nothing_heard_is_status_1(place: Lans) -> None:
    run = host(place, "t").run("env", f"PYTHONPATH={ROOT}", *PROGRAM, "errors", "-t", "0.1", "--jsonl", check=False)
    assert (run.returncode, run.stdout) == (1, "")


def test_who_may_only_listen_knows_the_user_of_a_foreign_process(place: Lans, as_nobody: tuple[str, ...]) -> None:
    h, target = host(place, "h"), host(place, "t").address()
    may_listen = ("--inh-caps=-all,+net_raw", "--ambient-caps=+net_raw")
    at = as_nobody.index("--inh-caps=-all")
    sends = f"""
import socket, time
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.connect(("{target}", 9))
    for _ in range(2):
        try:
            sock.send(b"?"); time.sleep(1)
        except OSError:
            time.sleep(1)
"""
    with Erring(h, program=(*as_nobody[:at], *may_listen, *as_nobody[at + 1 :])) as erring:
        client = as_user(h, 4007, SYSTEM_PYTHON, "-c", sends)
        row = erring.until(lambda row: row["remote"]["port"] == 9, lambda: None)
        assert effective_capabilities(erring.process.pid) == 0
        client.kill()
        client.communicate()
    assert (row["known"], row["process"], row["uid"]) == (True, None, 4007)
    assert row["text"] == f"port unreachable from {target}: a connected socket of user 4007, UDP {target}:9"


def test_nobody_is_told_what_would_allow_it(place: Lans, as_nobody: tuple[str, ...]) -> None:
    run = hopscope(host(place, "h"), "errors", "-t", "1", program=as_nobody)
    assert run.status == 2
    assert "sudo hopscope" in run.stderr
    assert len(run.stderr.splitlines()) == 1
