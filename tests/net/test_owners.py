"""Whose packet it is, asked of a real kernel about sockets that the tests open on a loopback of their own."""

import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

import pytest

from app.engine.errors.snapshot import CachedRoute, Flow
from app.net.host.owners import RealKernel
from app.net.host.processes import Processes
from app.net.host.routecache import redirects_refused
from app.net.host.shortlived import ShortLived, open_short_lived, syn_flow
from app.net.host.sockdiag import SocketDiagnosis
from app.net.host.sockettables import find_listed
from app.net.host.transitions import is_known
from app.packet.compose import Address, Envelope, ip_datagram
from tests.net.descriptors import descriptors_left, open_descriptors
from tests.net.namespace import own_network
from tests.privileges import require_root

HERE4, HERE6 = IPv4Address("127.0.0.1"), IPv6Address("::1")
VERSIONS = pytest.mark.parametrize("here", [HERE4, HERE6], ids=["4", "6"])
FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
UDP, TCP = 17, 6


@pytest.fixture
def kernel() -> Iterator[RealKernel]:
    with own_network():
        asked = RealKernel()
        yield asked
        asked.close()


def opened(here: Address, kind: socket.SocketKind = socket.SOCK_DGRAM, protocol: int = 0) -> socket.socket:
    return socket.socket(FAMILIES[here.version], kind, protocol)


def flow(protocol: int, here: Address, local_port: int, remote_port: int) -> Flow:
    return Flow(protocol, here, here, local_port, remote_port, interface="lo")


@VERSIONS
def test_a_connected_socket_is_found_with_this_process(kernel: RealKernel, here: Address) -> None:
    with opened(here) as sock:
        sock.connect((str(here), 9))
        owner = kernel.owner(flow(UDP, here, sock.getsockname()[1], 9))
    assert owner is not None
    assert (owner.state, owner.uid) == ("connected", 0)
    assert owner.process is not None
    assert f"/proc/{owner.process.pid}" == str(Path("/proc/self").resolve())


@VERSIONS
def test_a_connected_socket_with_another_peer_is_none(kernel: RealKernel, here: Address) -> None:
    with opened(here) as sock:
        sock.connect((str(here), 9))
        assert kernel.owner(flow(UDP, here, sock.getsockname()[1], 10)) is None


@VERSIONS
def test_an_unconnected_socket_is_found_by_its_port(kernel: RealKernel, here: Address) -> None:
    with opened(here) as sock:
        sock.bind(("", 0))
        owner = kernel.owner(flow(UDP, here, sock.getsockname()[1], 9))
    assert owner is not None
    assert owner.state == "unconnected"


def test_a_socket_of_ipv6_that_speaks_ipv4_is_found(kernel: RealKernel) -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        sock.connect(("::ffff:127.0.0.1", 9))
        owner = kernel.owner(flow(UDP, HERE4, sock.getsockname()[1], 9))
    assert owner is not None
    assert owner.process is not None


@VERSIONS
def test_a_port_that_is_only_listened_at_has_sent_nothing(kernel: RealKernel, here: Address) -> None:
    with opened(here, socket.SOCK_STREAM) as sock:
        sock.bind((str(here), 0))
        sock.listen()
        assert kernel.owner(flow(TCP, here, sock.getsockname()[1], 9)) is None


@VERSIONS
def test_both_ends_of_a_connection_and_its_time_wait_are_found(kernel: RealKernel, here: Address) -> None:
    with opened(here, socket.SOCK_STREAM) as listener:
        listener.bind((str(here), 0))
        listener.listen()
        port = listener.getsockname()[1]
        with opened(here, socket.SOCK_STREAM) as sock:
            sock.connect((str(here), port))
            accepted, _ = listener.accept()
            own = sock.getsockname()[1]
            established = kernel.owner(flow(TCP, here, own, port))
        accepted.close()
        waiting = kernel.owner(flow(TCP, here, own, port))
    assert established is not None
    assert established.state == "established"
    assert waiting is not None
    assert (waiting.state, waiting.uid, waiting.process) == ("time-wait", None, None)


@VERSIONS
def test_a_ping_socket_is_found_by_its_identifier(kernel: RealKernel, here: Address) -> None:
    protocol = socket.IPPROTO_ICMP if here.version == 4 else socket.IPPROTO_ICMPV6
    with opened(here, socket.SOCK_DGRAM, protocol) as sock:
        sock.bind((str(here), 777))
        owner = kernel.owner(Flow(protocol, here, here, identifier=777))
        assert kernel.owner(Flow(protocol, here, here, identifier=778)) is None
    assert owner is not None
    assert owner.state == "ping"
    assert owner.process is not None


@VERSIONS
def test_a_raw_socket_may_have_sent_what_is_of_its_protocol(kernel: RealKernel, here: Address) -> None:
    with opened(here, socket.SOCK_RAW, 89):
        owner = kernel.owner(Flow(89, here, here))
        assert kernel.owner(Flow(90, here, here)) is None
    assert owner is not None
    assert owner.state == "raw"
    assert owner.process is not None


@VERSIONS
def test_the_tables_of_proc_say_the_same_as_the_diagnosis(kernel: RealKernel, here: Address) -> None:
    diagnosis = SocketDiagnosis()
    with opened(here) as connected, opened(here) as bound:
        connected.connect((str(here), 9))
        bound.bind(("", 0))
        flows = [flow(UDP, here, sock.getsockname()[1], 9) for sock in (connected, bound)]
        assert [find_listed(each) for each in flows] == [diagnosis.find(each) for each in flows]
        assert [find_listed(each) is not None for each in flows] == [True, True]
    diagnosis.close()


def test_all_holders_of_a_port_are_found(kernel: RealKernel) -> None:
    diagnosis = SocketDiagnosis()
    with opened(HERE4) as four, opened(HERE6) as six:
        four.bind(("127.0.0.1", 5300))
        six.bind(("::1", 5300))
        assert {each.local for each in diagnosis.holders(UDP, 5300)} == {HERE4, HERE6}
        assert list(diagnosis.holders(UDP, 5301)) == []
        assert list(diagnosis.holders(132, 5300)) == []
    diagnosis.close()


def test_own_addresses_are_local_and_others_are_not(kernel: RealKernel) -> None:
    assert kernel.route(HERE4, None) == CachedRoute(None, None, is_local=True)
    assert kernel.route(HERE6, None) == CachedRoute(None, None, is_local=True)
    assert kernel.route(ip_address("192.0.2.1"), None) is None


def test_a_route_tells_its_gateway_and_its_mtu(kernel: RealKernel) -> None:
    words = "link add v type veth peer name w", "link set v up", "link set w up", "addr add 192.0.2.10/24 dev v"
    for line in (*words, "route add 198.51.100.0/24 via 192.0.2.1 mtu 1400"):
        subprocess.run(["ip", *line.split()], check=True)
    assert kernel.route(ip_address("198.51.100.7"), None) == CachedRoute(IPv4Address("192.0.2.1"), 1400)
    assert kernel.route(ip_address("192.0.2.7"), None) == CachedRoute(None, None)


@pytest.mark.parametrize(
    ("settings", "version", "refused"),
    [
        ({"all/accept_redirects": 0, "e/accept_redirects": 0}, 4, "net.ipv4.conf.e.accept_redirects is 0"),
        ({"all/accept_redirects": 1, "e/accept_redirects": 0}, 4, ""),
        ({"all/accept_redirects": 1, "e/accept_redirects": 0}, 6, "net.ipv6.conf.e.accept_redirects is 0"),
        ({"all/accept_redirects": 0, "e/accept_redirects": 1}, 6, ""),
        ({"all/accept_redirects": 0, "e/accept_redirects": 1, "e/forwarding": 1}, 4, "this host is a router"),
        ({"all/accept_redirects": 1, "e/accept_redirects": 1, "e/forwarding": 1}, 4, ""),
        ({"all/accept_redirects": 1, "e/accept_redirects": 1, "e/forwarding": 1}, 6, "this host is a router"),
    ],
)
def test_which_settings_refuse_redirects(tmp_path: Path, settings: dict[str, int], version: int, refused: str) -> None:
    for name, value in settings.items():
        place = tmp_path / f"ipv{version}" / "conf" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"{value}\n")
    assert redirects_refused(version, "e", tmp_path) == refused


@pytest.mark.parametrize("as_root", [True, False], ids=["by the tracepoint", "by what is seen to close"])
def test_a_socket_that_is_gone_is_remembered(as_root: bool) -> None:
    with own_network():
        short_lived = ShortLived()
        short_lived.start()
        kernel = RealKernel(short_lived)
        if as_root:
            # A process of this network, not a thread of one that lives elsewhere.
            script = "import socket; s = socket.socket(); s.bind(('127.0.0.1', 4321)); s.connect_ex(('127.0.0.1', 9))"
            subprocess.run([sys.executable, "-c", script], check=True)
            gone = flow(TCP, HERE4, 4321, 9)
        else:
            with opened(HERE4) as sock:
                sock.connect(("127.0.0.1", 9))
                gone = flow(UDP, HERE4, sock.getsockname()[1], 9)
        ends = time.monotonic() + 5
        while (owner := kernel.owner(gone)) is None and time.monotonic() < ends:
            time.sleep(0.002)
        kernel.close()
    assert owner is not None
    assert owner.state == "closed"


#: The fields of tracefs's events/sock/inet_sock_set_state/format on Linux 6.18, x86-64.
FORMAT = b"""\
\tfield:const void * skaddr;\toffset:8;\tsize:8;\tsigned:0;
\tfield:int oldstate;\toffset:16;\tsize:4;\tsigned:1;
\tfield:int newstate;\toffset:20;\tsize:4;\tsigned:1;
\tfield:__u16 sport;\toffset:24;\tsize:2;\tsigned:0;
\tfield:__u16 dport;\toffset:26;\tsize:2;\tsigned:0;
\tfield:__u16 family;\toffset:28;\tsize:2;\tsigned:0;
\tfield:__u16 protocol;\toffset:30;\tsize:2;\tsigned:0;
\tfield:__u8 saddr[4];\toffset:32;\tsize:4;\tsigned:0;
\tfield:__u8 daddr[4];\toffset:36;\tsize:4;\tsigned:0;
\tfield:__u8 saddr_v6[16];\toffset:40;\tsize:16;\tsigned:0;
\tfield:__u8 daddr_v6[16];\toffset:56;\tsize:16;\tsigned:0;
"""


def test_a_kernel_that_tells_of_changes_in_another_form_is_not_read() -> None:
    assert is_known(FORMAT)
    assert not is_known(FORMAT.replace(b"__u16 protocol;\toffset:30;\tsize:2", b"__u8 protocol;\toffset:30;\tsize:1"))
    assert not is_known(FORMAT.replace(b"offset:8;", b"offset:16;"))
    assert not is_known(b"")


def test_what_was_gone_before_the_watch_began_is_not_remembered() -> None:
    with own_network():
        short_lived = ShortLived()
        gone = []
        for port in (4321, 4322):
            with opened(HERE4) as sock:
                sock.bind((str(HERE4), port))
                sock.connect(("127.0.0.1", 9))
            gone.append(flow(UDP, HERE4, port, 9))
            if port == 4321:
                select.select([short_lived._closing], (), (), 5)  # the kernel tells a moment later
                short_lived.start()
        ends = time.monotonic() + 5
        while short_lived.find(gone[1]) is None and time.monotonic() < ends:
            time.sleep(0.002)
        found = [short_lived.find(each) is not None for each in gone]
        short_lived.close()
    assert found == [False, True]


def test_out_of_descriptors_nothing_is_remembered_and_none_is_kept() -> None:
    require_root()
    before = open_descriptors()
    for room in range(4):
        with descriptors_left(room):
            assert open_short_lived() is None
        assert open_descriptors() == before


@VERSIONS
def test_a_syn_is_read_for_its_flow(here: Address) -> None:
    segment = (1234).to_bytes(2, "big") + (80).to_bytes(2, "big") + bytes(16)
    data = ip_datagram(Envelope(here, here), TCP, segment)
    assert syn_flow(data, "lo") == flow(TCP, here, 1234, 80)
    assert [syn_flow(data[:size], "lo") for size in range(20)] == [None] * 20


def test_a_hostile_name_of_a_process_is_made_safe(tmp_path: Path) -> None:
    folder = tmp_path / "4242"
    (folder / "fd").mkdir(parents=True)
    (folder / "fd" / "3").symlink_to("socket:[99]")
    (folder / "status").write_bytes(b"Name:\t\x1b]52;c;x\x07\xff\nUmask:\t0\nUid:\t1000\t1001\t1000\t1000\n")
    processes = Processes(tmp_path)
    found = processes.find(99)
    assert found is not None
    assert (found.pid, found.uid) == (4242, 1001)
    assert found.name.isprintable()


def test_the_youngest_holder_is_named_and_what_is_gone_is_found_again(tmp_path: Path) -> None:
    for pid in ("10", "200", "30"):
        (tmp_path / pid / "fd").mkdir(parents=True)
        (tmp_path / pid / "fd" / "3").symlink_to("socket:[99]")
        (tmp_path / pid / "status").write_text(f"Name:\tp{pid}\nUid:\t0\t0\t0\t0\n")
    processes = Processes(tmp_path)
    first = processes.find(99)
    (tmp_path / "200" / "fd" / "3").unlink()
    second = processes.find(99)
    assert first is not None
    assert second is not None
    assert (first.pid, second.pid) == (200, 30)
    assert processes.find(98) is None
    assert processes.find(0) is None
