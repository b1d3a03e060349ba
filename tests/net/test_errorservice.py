"""The socket at which programs ask for their errors: who is answered, who is refused, what cannot stall it."""

import json
import os
import socket
import stat
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import pytest

from app.engine.errors.snapshot import ErrorRow, Flow, Owner
from app.net.errordesk.service import (
    MOST_OF_ONE_USER,
    MOST_PORTS,
    ErrorService,
    Wanted,
    _Client,
    _may_see,
    read_request,
)
from app.net.errordesk.socket import LONGEST_REQUEST, Asked, RefusedError
from app.net.link import LinkError
from tests.net.descriptors import descriptors_left, open_descriptors
from tests.privileges import require_root

HERE, THERE = ip_address("192.0.2.10"), ip_address("198.51.100.9")
ROW = ErrorRow(
    at=1,
    source=THERE,
    version=4,
    type=3,
    code=3,
    reason="port unreachable",
    text="",
    flow=Flow(17, HERE, THERE, 5300, 53),
    owner=Owner("connected", 1000, None),
    known=True,
    doubt="",
    mtu=None,
    cached_mtu=None,
    redirect=None,
    packet=1,
    interface=None,
)
REQUEST = {"protocol": "udp", "port": 5300}


@contextmanager
def served(path: Path) -> Iterator[ErrorService]:
    service = ErrorService(path)
    service.start()
    try:
        yield service
    finally:
        service.close()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[ErrorService]:
    with served(tmp_path / "errors.sock") as service:
        yield service


@pytest.fixture
def client() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind("")
        sock.settimeout(5)
        yield sock


def ask(client: socket.socket, path: Path, request: object) -> dict[str, object]:
    data = request if isinstance(request, bytes) else json.dumps(request).encode()
    client.sendto(data, str(path / "errors.sock"))
    answer: dict[str, object] = json.loads(client.recv(4096))
    return answer


def own_port() -> socket.socket:
    """A socket whose port may be asked for by whoever runs the tests."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    return sock


def test_who_asked_is_handed_what_fits(service: ErrorService, client: socket.socket, tmp_path: Path) -> None:
    with own_port() as mine:
        port = mine.getsockname()[1]
        assert ask(client, tmp_path, {"protocol": "udp", "port": port}) == {"ok": True}
        row = replace(ROW, flow=Flow(17, HERE, THERE, port, 53), owner=Owner("connected", os.geteuid(), None))
        service.hand(replace(row, flow=Flow(6, HERE, THERE, port, 53)), "of another protocol")
        service.hand(replace(row, flow=Flow(17, HERE, THERE, port ^ 1, 53)), "of another port")
        service.hand(row, "mine")
        assert client.recv(99) == b"mine"


def test_the_thread_that_reads_requests_has_no_capability(
    service: ErrorService, client: socket.socket, tmp_path: Path
) -> None:
    require_root()
    ask(client, tmp_path, REQUEST)
    (thread,) = (each for each in threading.enumerate() if each.name == "errors")

    status = Path(f"/proc/self/task/{thread.native_id}/status").read_text()

    assert {line.split()[1] for line in status.splitlines() if line.startswith(("CapEff", "CapPrm"))} == {"0" * 16}
    assert Path("/proc/self/status").read_text().count("0" * 16) < status.count("0" * 16)


def test_a_kernel_that_does_not_answer_ends_nothing(
    service: ErrorService, client: socket.socket, tmp_path: Path
) -> None:
    require_root()
    service._sockets.close()
    nobody = struct.pack("@iII", os.getpid(), 65_534, 65_534)  # root may say so
    told = [(socket.SOL_SOCKET, socket.SCM_CREDENTIALS, nobody)]
    client.sendmsg([json.dumps(REQUEST).encode()], told, 0, str(tmp_path / "errors.sock"))

    answer = json.loads(client.recv(4096))

    assert answer == {"ok": False, "text": "the kernel does not tell who has the port: ask again"}
    assert ask(client, tmp_path, REQUEST) == {"ok": True}


def test_out_of_descriptors_there_is_a_sentence_and_no_path(tmp_path: Path) -> None:
    path = tmp_path / "errors.sock"
    before = open_descriptors()
    for room in range(5):
        with descriptors_left(room), pytest.raises(LinkError, match="too many open files"):
            ErrorService(path)
        assert open_descriptors() == before
        path.unlink(missing_ok=True)


def test_the_path_is_for_its_owner_alone_and_goes_away(tmp_path: Path) -> None:
    path = tmp_path / "errors.sock"
    with served(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_ISSOCK(path.stat().st_mode)
    assert not path.exists()


def test_another_file_at_its_path_is_not_removed(tmp_path: Path) -> None:
    path = tmp_path / "errors.sock"
    with served(path):
        path.unlink()
        path.write_text("somebody else's")
    assert path.read_text() == "somebody else's"


def test_a_dead_socket_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "errors.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
        dead.bind(str(path))
    with served(path):
        assert path.exists()


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
def test_a_living_socket_is_left_alone(tmp_path: Path, kind: socket.SocketKind) -> None:
    path = tmp_path / "errors.sock"
    with socket.socket(socket.AF_UNIX, kind) as living:
        living.bind(str(path))
        if kind == socket.SOCK_STREAM:
            living.listen()
        with pytest.raises(LinkError, match="in use by another program"):
            ErrorService(path)
        assert path.exists()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("file", "is there already, and is no socket"),
        ("nowhere/sock", "no such file"),
        ("x" * 200, "no name for a socket"),
    ],
)
def test_a_path_that_will_not_do_is_said_in_a_sentence(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LinkError, match=says):
        ErrorService(tmp_path / name)
    assert (tmp_path / "file").exists()


@pytest.mark.parametrize(
    ("request_data", "says"),
    [
        (b"", "a line of JSON"),
        (b"\xff\xfe", "a line of JSON"),
        (b"[" * LONGEST_REQUEST, "a line of JSON"),
        (b'{"a":' * 200, "a line of JSON"),
        (b"[1]", "an object"),
        (b'{"port": 1}', "protocol is one of"),
        (b'{"protocol": "icmp", "port": 1}', "protocol is one of"),
        (b'{"protocol": ["udp"], "port": 1}', "protocol is one of"),
        (b'{"protocol": "udp"}', "port is a number"),
        (b'{"protocol": "udp", "port": true}', "port is a number"),
        (b'{"protocol": "udp", "port": 65536}', "port is a number"),
        (b'{"protocol": "udp", "port": 1e3}', "port is a number"),
        (b'{"protocol": "udp", "port": 1, "address": "here"}', "address is an IPv4 or IPv6 address"),
    ],
)
def test_what_is_no_request_is_refused_in_words(request_data: bytes, says: str) -> None:
    with pytest.raises(RefusedError, match=says):
        read_request(Asked(request_data, b"\0a", 1000, is_cut=False))


def test_a_request_that_was_cut_is_refused() -> None:
    with pytest.raises(RefusedError, match="one short line"):
        read_request(Asked(json.dumps(REQUEST).encode(), b"\0a", 1000, is_cut=True))


def test_a_request_may_name_an_address() -> None:
    asked = Asked(json.dumps({**REQUEST, "address": "192.0.2.10"}).encode(), b"\0a", 1000, is_cut=False)
    wanted = read_request(asked)
    assert wanted == Wanted(17, 5300, HERE)
    assert wanted.fits(ROW)
    assert not replace(wanted, address=THERE).fits(ROW)


@pytest.mark.parametrize(
    ("uid", "owner", "sees"),
    [
        (1000, Owner("connected", 1000, None), True),
        (1001, Owner("connected", 1000, None), False),
        (1000, Owner("closed", None, None), False),
        (1000, None, False),
        (0, Owner("connected", 1000, None), True),
        (0, None, True),
    ],
)
def test_an_error_is_shown_to_the_user_of_its_socket_and_to_root(uid: int, owner: Owner | None, sees: bool) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        assert _may_see(_Client(sock, uid), replace(ROW, owner=owner)) is sees


def test_whoever_takes_the_name_of_a_client_gets_nothing(service: ErrorService, tmp_path: Path) -> None:
    with own_port() as mine:
        port = mine.getsockname()[1]
        name = b"\0hopscope-test-" + os.urandom(4).hex().encode()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as first:
            first.bind(name)
            first.settimeout(5)
            assert ask(first, tmp_path, {"protocol": "udp", "port": port}) == {"ok": True}
        with (
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as thief,
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as honest,
        ):
            thief.bind(name)
            honest.bind("")
            honest.settimeout(5)
            assert ask(honest, tmp_path, {"protocol": "udp", "port": port}) == {"ok": True}
            row = replace(ROW, flow=Flow(17, HERE, THERE, port, 53), owner=Owner("connected", os.geteuid(), None))
            service.hand(row, "an error")
            assert honest.recv(99) == b"an error"
            with pytest.raises(BlockingIOError):
                thief.recv(99, socket.MSG_DONTWAIT)


def test_a_connected_client_is_told_what_to_do(service: ErrorService, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind("")
        sock.settimeout(5)
        sock.connect(str(tmp_path / "errors.sock"))
        sock.send(json.dumps(REQUEST).encode())
        answer = json.loads(sock.recv(999))
    assert not answer["ok"]
    assert "use sendto" in answer["text"]


def test_one_socket_may_ask_for_so_many_ports(service: ErrorService, tmp_path: Path, client: socket.socket) -> None:
    require_root()  # who may ask for any port
    answers = [ask(client, tmp_path, {"protocol": "udp", "port": port}) for port in range(1, MOST_PORTS + 2)]
    assert [answer["ok"] for answer in answers] == [True] * MOST_PORTS + [False]


def test_one_user_may_ask_with_so_many_programs_and_dead_ones_make_room(
    service: ErrorService, tmp_path: Path, client: socket.socket
) -> None:
    with own_port() as mine:
        request = {"protocol": "udp", "port": mine.getsockname()[1]}
        crowd = [socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(MOST_OF_ONE_USER)]
        for each in crowd:
            each.bind("")
            each.settimeout(5)
            assert ask(each, tmp_path, request) == {"ok": True}
        assert "too many programs" in str(ask(client, tmp_path, request)["text"])
        crowd.pop().close()
        assert ask(client, tmp_path, request) == {"ok": True}
        for each in crowd:
            each.close()


def test_a_client_that_does_not_read_stalls_nobody(
    service: ErrorService, tmp_path: Path, client: socket.socket
) -> None:
    with own_port() as mine, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as deaf:
        port = mine.getsockname()[1]
        deaf.bind("")
        deaf.settimeout(5)
        for each in (deaf, client):
            assert ask(each, tmp_path, {"protocol": "udp", "port": port}) == {"ok": True}
        row = replace(ROW, flow=Flow(17, HERE, THERE, port, 53), owner=Owner("connected", os.geteuid(), None))
        for number in range(2000):
            service.hand(row, str(number))
            assert client.recv(99) == str(number).encode()


def test_a_flood_of_one_user_is_thrown_away(service: ErrorService, tmp_path: Path, client: socket.socket) -> None:
    answered = 0
    client.setblocking(False)
    for _ in range(3000):
        try:
            client.sendto(b"?", str(tmp_path / "errors.sock"))
        except BlockingIOError:
            continue
        try:
            answered += bool(client.recv(999))
        except BlockingIOError:
            continue
    assert answered < 300


def test_descriptors_that_are_sent_along_are_not_kept(
    service: ErrorService, tmp_path: Path, client: socket.socket
) -> None:
    reading, writing = os.pipe()
    client.connect(str(tmp_path / "errors.sock"))
    socket.send_fds(client, [b"?"], [writing])
    os.close(writing)
    assert not json.loads(client.recv(999))["ok"]
    assert os.read(reading, 1) == b""
    os.close(reading)
