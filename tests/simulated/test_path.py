"""What routers and hosts on a path say, in bytes, to probes of every kind and both IP versions."""

from pathlib import Path

import pytest

from app.net.simulated.link import SimulatedLink
from app.net.simulated.network import SCENARIOS, open_simulation
from app.net.simulated.scenario import REFUSALS
from app.packet.answer import AnswerKind
from app.packet.editing import with_field
from app.packet.transport.tcp import Tcp
from tests.simulated.probing import MILLISECOND, addresses, answers, echo, network, syn, udp

END = {4: "10.0.9.9", 6: "2001:db8:9::9"}

ONE_ROUTER = """
[here]
address = ["10.0.0.2", "2001:db8::2"]
[routers.r]
address = ["10.0.1.1", "2001:db8:1::1"]
{router}
[hosts.h]
address = ["10.0.9.9", "2001:db8:9::9"]
{host}
[[links]]
path = ["here", "r", "h"]
{links}
"""

TWO_ROUTERS = """
[here]
address = ["10.0.0.2", "2001:db8::2"]
[routers.bleaching]
address = ["10.0.1.1", "2001:db8:1::1"]
dscp = 0
[routers.next]
address = ["10.0.2.1", "2001:db8:2::1"]
[hosts.h]
address = ["10.0.9.9", "2001:db8:9::9"]
[[links]]
path = ["here", "bleaching", "next", "h"]
"""


@pytest.fixture
def chain() -> SimulatedLink:
    return open_simulation(SCENARIOS / "chain.toml", virtual=True).link()


def one_router(tmp_path: Path, *, router: str = "", host: str = "", links: str = "", more: str = "") -> SimulatedLink:
    return network(tmp_path, ONE_ROUTER.format(router=router, host=host, links=links) + more).link()


def test_each_ttl_is_answered_by_its_own_hop(chain: SimulatedLink) -> None:
    assert addresses(chain, [echo(chain, END[4], ttl=ttl) for ttl in range(1, 8)]) == [
        "10.0.1.1",
        "10.0.2.1",
        "10.0.3.1",
        "10.0.4.1",
        "10.0.5.1",
        "10.0.9.9",
        "10.0.9.9",
    ]
    assert addresses(chain, [echo(chain, END[6], ttl=ttl) for ttl in (1, 5, 6)]) == [
        "2001:db8:1::1",
        "2001:db8:5::1",
        "2001:db8:9::9",
    ]


def test_round_trip_is_the_sum_of_the_links(chain: SimulatedLink) -> None:
    [reply] = answers(chain, echo(chain, END[4]))
    [error] = answers(chain, echo(chain, END[4], ttl=3))

    assert reply.after == 12 * MILLISECOND
    assert error.after == 6 * MILLISECOND


def test_answers_lose_a_hop_at_each_router(chain: SimulatedLink) -> None:
    [reply] = answers(chain, echo(chain, END[4]))
    [error] = answers(chain, echo(chain, END[6], ttl=3))

    assert reply.answer.ttl == 64 - 5
    assert error.answer.ttl == 255 - 2


def test_echo_reply_carries_the_request_back(chain: SimulatedLink) -> None:
    request = echo(chain, END[6], sequence=777, size=100)
    [reply] = answers(chain, request)

    assert reply.answer.kind is AnswerKind.ECHO_REPLY
    assert reply.answer.transport[4:] == request[44:]


@pytest.mark.parametrize(("version", "kind", "most"), [(4, 11, 576), (6, 3, 1280)])
def test_time_exceeded_quotes_the_probe_as_it_arrived(chain: SimulatedLink, version: int, kind: int, most: int) -> None:
    probe = echo(chain, END[version], ttl=2, size=1400)
    [error] = answers(chain, probe)

    start = 20 if version == 4 else 40
    quoted = error.data[start + 8 :]
    assert (error.answer.type, error.answer.code) == (kind, 0)
    assert len(error.data) == most
    assert error.answer.quote is not None
    assert error.answer.quote.ttl == 1
    assert quoted[start:] == probe[start : len(quoted)]


def test_closed_udp_port_is_unreachable_and_open_one_echoes(tmp_path: Path) -> None:
    link = one_router(tmp_path, host="udp = 7")
    for version, code in ((4, (3, 3)), (6, (1, 4))):
        [refused] = answers(link, udp(link, END[version], 33434))
        [echoed] = answers(link, udp(link, END[version], 7))
        assert (refused.answer.type, refused.answer.code) == code
        assert echoed.data.endswith(b"ping")


@pytest.mark.parametrize("version", [4, 6])
def test_open_tcp_port_accepts_and_closed_one_resets(tmp_path: Path, version: int) -> None:
    link = one_router(tmp_path, host="tcp = [80, 443]")
    [accepted] = answers(link, syn(link, END[version], 443))
    [refused] = answers(link, syn(link, END[version], 22))

    accept, refuse = Tcp.decode(accepted.answer.transport), Tcp.decode(refused.answer.transport)
    assert (accept.synchronize, accept.acknowledge, accept.acknowledgment) == (1, 1, 1001)
    assert accepted.answer.transport[20:22] == bytes((2, 4))
    assert (refuse.reset, refuse.acknowledge, refuse.acknowledgment) == (1, 1, 1001)


def test_host_that_drops_says_nothing(tmp_path: Path) -> None:
    link = one_router(tmp_path, host='echo = false\nclosed = "drop"')
    probes = [echo(link, END[4]), udp(link, END[4], 9), syn(link, END[6], 9)]
    assert addresses(link, probes) == [None, None, None]


def test_silent_router_forwards_and_complains_of_nothing(tmp_path: Path) -> None:
    link = one_router(tmp_path, router="silent = true")
    assert addresses(link, [echo(link, END[4], ttl=1), echo(link, END[4], ttl=2)]) == [None, END[4]]


@pytest.mark.parametrize("word", REFUSALS)
def test_filter_refuses_with_the_code_of_its_word(tmp_path: Path, word: str) -> None:
    link = one_router(tmp_path, more=f'[[filters]]\nat = "r"\nto = "h"\nprotocol = "udp"\nanswer = "{word}"\n')
    [v4], [v6] = answers(link, udp(link, END[4], 9)), answers(link, udp(link, END[6], 9))

    assert (v4.answer.type, v4.answer.code) == (3, REFUSALS[word][0])
    assert (v6.answer.type, v6.answer.code) == (1, REFUSALS[word][1])
    assert addresses(link, [echo(link, END[4])]) == [END[4]]


def test_filter_can_drop_and_reset(tmp_path: Path) -> None:
    filters = '[[filters]]\nat = "r"\nprotocol = "{}"\nanswer = "{}"\n'
    link = one_router(tmp_path, host="tcp = 80", more=filters.format("tcp", "reset") + filters.format("icmp", "drop"))

    [reset] = answers(link, syn(link, END[4], 80))
    assert str(reset.answer.source) == END[4]
    assert Tcp.decode(reset.answer.transport).reset
    assert addresses(link, [echo(link, END[4])]) == [None]


def test_packet_that_does_not_fit_gets_the_mtu_that_does(tmp_path: Path) -> None:
    link = one_router(tmp_path, links="mtu = [1500, 1400]")
    for version, code in ((4, (3, 4)), (6, (2, 0))):
        [error] = answers(link, echo(link, END[version], size=1380, df=True))
        assert (error.answer.type, error.answer.code, error.answer.mtu) == (*code, 1400)
    assert addresses(link, [echo(link, END[4], size=1380), echo(link, END[6], size=1300)]) == [END[4], END[6]]


def test_router_names_the_interface_that_a_packet_came_by(tmp_path: Path) -> None:
    link = one_router(tmp_path, router="interface_info = true", links="mtu = 9000")
    [error] = answers(link, echo(link, END[6], ttl=1))

    [interface] = error.answer.interfaces
    assert (str(interface.address), interface.mtu, interface.role) == ("2001:db8:1::1", 9000, 0)


@pytest.mark.parametrize(("version", "bits"), [(4, (8, 14)), (6, (4, 10))])
def test_what_a_router_bleaches_is_quoted_so_by_the_next(tmp_path: Path, version: int, bits: tuple[int, int]) -> None:
    link = network(tmp_path, TWO_ROUTERS).link()
    marked = [with_field(echo(link, END[version], ttl=ttl), *bits, 46) for ttl in (1, 2)]

    quotes = [answer.answer.quote for probe in marked for answer in answers(link, probe)]

    assert [quote.dscp for quote in quotes if quote is not None] == [46, 0]


def test_no_route_and_no_host_are_said_by_the_router_that_knows(tmp_path: Path) -> None:
    link = one_router(tmp_path, router='networks = "10.0.9.0/24"')
    [no_host] = answers(link, echo(link, "10.0.9.77"))
    [no_route] = answers(link, echo(link, "203.0.113.1"))

    assert (no_host.answer.type, no_host.answer.code) == (3, 1)
    assert (no_route.answer.type, no_route.answer.code) == (3, 0)


def test_unknown_protocol_is_told_in_each_version(tmp_path: Path) -> None:
    link = one_router(tmp_path)
    v4, v6 = bytearray(echo(link, END[4])), bytearray(echo(link, END[6]))
    v4[9] = v6[6] = 132

    [error4], [error6] = answers(link, bytes(v4)), answers(link, bytes(v6))
    assert (error4.answer.type, error4.answer.code) == (3, 2)
    assert (error6.answer.type, error6.answer.code) == (4, 1)


def test_static_routes_can_loop_until_the_ttl_ends(tmp_path: Path) -> None:
    link = network(
        tmp_path,
        """
        [here]
        address = "10.0.0.2"
        [routers.a]
        address = "10.0.1.1"
        routes.h = "b"
        [routers.b]
        address = "10.0.2.1"
        routes.h = "a"
        [hosts]
        h = "10.0.9.9"
        [[links]]
        path = ["here", "a", "b", "h"]
        """,
    ).link()
    probes = [echo(link, END[4], ttl=ttl) for ttl in range(1, 5)]
    assert addresses(link, probes) == ["10.0.1.1", "10.0.2.1", "10.0.1.1", "10.0.2.1"]


def test_damaged_probe_is_not_answered(tmp_path: Path) -> None:
    link = one_router(tmp_path)
    for probe in (echo(link, END[4]), echo(link, END[6]), udp(link, END[4], 9)):
        assert answers(link, probe[:-1] + bytes((probe[-1] ^ 1,))) == []


def test_bytes_behind_the_datagram_are_not_part_of_it(tmp_path: Path) -> None:
    link = one_router(tmp_path)
    assert [len(each.data) for each in answers(link, echo(link, END[4]) + b"more")] == [len(echo(link, END[4]))]


def test_link_to_a_host_that_is_down_is_told_by_the_router_before_it(tmp_path: Path) -> None:
    link = one_router(tmp_path, links="down = [false, true]")
    [error] = answers(link, echo(link, END[4]))
    assert (str(error.answer.source), error.answer.type, error.answer.code) == ("10.0.1.1", 3, 1)


def test_echo_reply_keeps_the_class_and_an_error_has_that_of_routers(tmp_path: Path) -> None:
    link = one_router(tmp_path)
    probe = bytearray(echo(link, END[6]))
    probe[0] |= 0x0B
    [reply], [error] = answers(link, bytes(probe)), answers(link, echo(link, END[4], ttl=1))
    assert reply.data[0] & 0x0F == 0x0B
    assert error.data[1] == 48 << 2
