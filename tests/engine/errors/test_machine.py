"""The engine of errors: what it says of each, whose it is, and what it counts."""

from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.command import Finish, Reset
from app.engine.datagram import Clock, Datagram, Direction
from app.engine.errors.ledger import MOST_MTUS, MOST_ROWS, MOST_TALLIES
from app.engine.errors.machine import SETTLING, ErrorsMachine
from app.engine.errors.snapshot import CachedRoute, ErrorRow, Owner
from app.engine.verdict import Meaning
from app.packet.link.linktype import LinkType
from tests.engine.errors.making import (
    FIREFOX,
    ROUTER,
    START,
    THEM,
    THEM6,
    US6,
    KnownKernel,
    error,
    redirect6,
    udp,
)

UDP = 17


def told(kernel: KnownKernel, *datagrams: Datagram) -> list[ErrorRow]:
    rows: list[ErrorRow] = []
    machine = ErrorsMachine(kernel, START, tell=rows.append)
    for datagram in datagrams:
        machine.receive(datagram)
    machine.expire(START + SETTLING)
    return rows


def test_an_error_names_the_process_and_what_it_wanted() -> None:
    kernel = KnownKernel({(UDP, 5300): FIREFOX})
    (row,) = told(kernel, error(3, 3, udp()))
    assert row.text == "port unreachable from 192.0.2.1: firefox (pid 4242), UDP 198.51.100.9:53"
    assert (row.known, row.doubt, row.mtu, row.packet) == (True, "", None, 1)
    (flow,) = kernel.asked
    assert (flow.local_port, flow.remote, flow.remote_port, flow.interface) == (5300, THEM, 53, "eth0")


def test_an_error_of_ipv6_names_the_port_behind_brackets() -> None:
    (row,) = told(KnownKernel({(UDP, 5300): FIREFOX}), error(1, 4, udp(US6, THEM6), source=THEM6, destination=US6))
    assert row.text == "port unreachable from 2001:db8:9::9: firefox (pid 4242), UDP [2001:db8:9::9]:53"


def test_a_process_that_cannot_be_seen_leaves_its_user() -> None:
    (row,) = told(KnownKernel({(UDP, 5300): Owner("connected", 1000, None)}), error(3, 3, udp()))
    assert row.text == "port unreachable from 192.0.2.1: a connected socket of user 1000, UDP 198.51.100.9:53"
    assert row.known


def test_what_no_socket_sent_is_forged_or_too_late() -> None:
    kernel = KnownKernel()
    (row,) = told(kernel, error(3, 3, udp(ports=(4444, 53))))
    assert not row.known
    assert row.text == (
        "port unreachable from 192.0.2.1: UDP 198.51.100.9:53 from 192.0.2.10:4444: no such socket: forged, or too late"
    )
    assert len(kernel.asked) == 2


def test_a_socket_that_turns_out_to_have_just_closed_is_known() -> None:
    kernel = KnownKernel()
    rows: list[ErrorRow] = []
    machine = ErrorsMachine(kernel, START, tell=rows.append)
    machine.receive(error(3, 3, udp()))
    assert (rows, machine.deadline()) == ([], START + SETTLING)
    kernel.owners[UDP, 5300] = Owner("closed", 1000, None)
    machine.expire(START + SETTLING)
    assert [row.known for row in rows] == [True]


def test_a_quoted_sender_that_is_not_this_host_is_never_looked_for() -> None:
    kernel = KnownKernel({(UDP, 5300): FIREFOX})
    (row,) = told(kernel, error(3, 3, udp(ip_address("203.0.113.7"))))
    assert (row.known, row.doubt, kernel.asked) == (False, "203.0.113.7 is no address of this host", [])


def test_a_damaged_error_is_believed_no_more_than_the_kernel_believes_it() -> None:
    (row,) = told(KnownKernel({(UDP, 5300): FIREFOX}), error(3, 3, udp(), damage=1))
    assert (row.known, row.doubt) == (False, "its checksum is wrong")


def test_an_error_that_quotes_nothing_readable_says_so() -> None:
    (row,) = told(KnownKernel(), error(3, 3, b"\x00" * 12))
    assert row.text == "port unreachable from 192.0.2.1: it quotes nothing that can be read"


@pytest.mark.parametrize(
    "datagram",
    [
        error(3, 3, udp(), direction=Direction.OUT),
        error(3, 3, udp(), direction=Direction.OTHER),
        error(3, 3, udp(), destination=THEM),
        error(0, 0, udp()),
        error(3, 3, udp())._replace(data=b"E"),
        error(3, 3, udp())._replace(link=LinkType.PPP),
    ],
    ids=["sent", "others'", "passing", "echo reply", "cut", "unknown link"],
)
def test_what_is_no_error_for_this_host_counts_as_none(datagram: Datagram) -> None:
    machine = ErrorsMachine(KnownKernel({(UDP, 5300): FIREFOX}), START)
    assert machine.receive(datagram).meaning is Meaning.STRANGER
    assert machine.snapshot(START).seen == 0


def test_a_frame_of_ethernet_is_read_behind_its_tags() -> None:
    heard = error(3, 3, udp())
    frame = bytes(12) + b"\x88\xa8\x00\x05" + b"\x81\x00\x00\x07" + b"\x08\x00" + heard.data
    (row,) = told(KnownKernel({(UDP, 5300): FIREFOX}), heard._replace(data=frame, link=LinkType.ETHERNET))
    assert row.known


def test_packets_are_numbered_as_the_log_numbers_them() -> None:
    sent = error(3, 3, udp(), direction=Direction.OUT)
    rows = told(KnownKernel({(UDP, 5300): FIREFOX}), sent, error(3, 3, udp()), sent, error(3, 1, udp()))
    assert [row.packet for row in rows] == [2, 4]


def test_a_path_mtu_is_told_with_what_the_kernel_made_of_it() -> None:
    kernel = KnownKernel({(UDP, 5300): FIREFOX}, {THEM: CachedRoute(ROUTER, None)})
    rows: list[ErrorRow] = []
    machine = ErrorsMachine(kernel, START, tell=rows.append)
    machine.receive(error(3, 4, udp(), rest=b"\0\0\x05\x78"))
    kernel.routes[THEM] = CachedRoute(ROUTER, 1400)
    machine.expire(START + SETTLING)
    (row,) = rows
    assert (row.mtu, row.cached_mtu) == (1400, 1400)
    assert row.text.startswith("fragmentation needed and don't fragment was set, MTU 1400 from 192.0.2.1: firefox")
    (learnt,) = machine.snapshot(START).mtus
    assert (learnt.destination, learnt.mtu, learnt.cached_mtu, learnt.count) == (THEM, 1400, 1400, 1)


def test_a_redirect_is_accepted_where_the_route_leads_there_now() -> None:
    gateway = ip_address("192.0.2.2")
    kernel = KnownKernel({(UDP, 5300): FIREFOX}, {THEM: CachedRoute(gateway, None)})
    (row,) = told(kernel, error(5, 1, udp(), rest=gateway.packed))
    assert row.redirect is not None
    assert (row.redirect.gateway, row.redirect.is_accepted) == (gateway, True)
    assert "redirect of 198.51.100.9 to 192.0.2.2, accepted, from 192.0.2.1: firefox (pid 4242)" in row.text


@pytest.mark.parametrize("refused", ["", "net.ipv4.conf.eth0.accept_redirects is 0"])
def test_a_redirect_is_ignored_where_the_route_stays_or_settings_refuse_it(refused: str) -> None:
    gateway = ip_address("192.0.2.2")
    kernel = KnownKernel({(UDP, 5300): FIREFOX}, {THEM: CachedRoute(gateway if refused else ROUTER, None)}, refused)
    (row,) = told(kernel, error(5, 1, udp(), rest=gateway.packed))
    assert row.redirect is not None
    assert (row.redirect.is_accepted, row.redirect.why) == (False, refused or "the kernel's route has not changed")


def test_a_redirect_of_ipv6_quotes_in_an_option() -> None:
    kernel = KnownKernel({(UDP, 5300): FIREFOX}, {THEM6: CachedRoute(ip_address("fe80::2"), None)})
    (row,) = told(kernel, redirect6("fe80::2"))
    assert row.redirect is not None
    assert (row.redirect.is_accepted, row.known) == (True, True)


def test_a_destination_on_the_link_needs_no_gateway() -> None:
    kernel = KnownKernel({(UDP, 5300): FIREFOX}, {THEM6: CachedRoute(None, None)})
    (row,) = told(kernel, redirect6(str(THEM6)))
    assert row.redirect is not None
    assert row.redirect.is_accepted


def test_a_redirect_from_beyond_the_link_is_not_believed() -> None:
    kernel = KnownKernel({(UDP, 5300): FIREFOX}, {THEM6: CachedRoute(ip_address("fe80::2"), None)})
    (row,) = told(kernel, redirect6("fe80::2", ttl=254))
    assert row.redirect is not None
    assert (row.known, row.redirect.is_accepted) == (False, False)
    assert row.doubt == "it came from beyond the link: its hop limit is 254"


def test_errors_are_counted_by_destination_and_reason() -> None:
    machine = ErrorsMachine(KnownKernel({(UDP, 5300): FIREFOX}), START)
    for datagram in (error(3, 3, udp()), error(3, 3, udp()), error(11, 0, udp())):
        machine.receive(datagram)
    snapshot = machine.snapshot(START)
    assert [(tally.reason, tally.count, tally.packet) for tally in snapshot.tallies] == [
        ("ttl exceeded in transit", 1, 3),
        ("port unreachable", 2, 2),
    ]
    assert (snapshot.seen, snapshot.known) == (3, 3)


def test_a_flood_of_forged_errors_is_bounded_and_counted() -> None:
    machine = ErrorsMachine(KnownKernel(), START)
    many = 3 * MOST_ROWS
    for number in range(many):
        to = ip_address(0x0B00_0000 + number)
        machine.receive(error(3, 4, udp(destination=to), rest=b"\0\0\x05\x78"))
    machine.expire(START + SETTLING)
    snapshot = machine.snapshot(START)
    assert snapshot.seen == many
    assert (len(snapshot.rows), snapshot.omitted.rows) == (MOST_ROWS, many - MOST_ROWS)
    assert (len(snapshot.tallies), snapshot.omitted.tallies) == (MOST_TALLIES, many - MOST_TALLIES)
    assert (len(snapshot.mtus), snapshot.omitted.mtus) == (MOST_MTUS, many - MOST_MTUS)


def test_lines_that_did_not_change_are_the_same_objects() -> None:
    machine = ErrorsMachine(KnownKernel({(UDP, 5300): FIREFOX}), START)
    machine.receive(error(3, 3, udp()))
    before = machine.snapshot(START)
    machine.receive(error(11, 0, udp()))
    after = machine.snapshot(START + 1)
    assert after.tallies[1] is before.tallies[0]
    assert after.rows[0] is before.rows[0]


def test_it_ends_at_its_time_and_tells_of_what_waited() -> None:
    rows: list[ErrorRow] = []
    machine = ErrorsMachine(KnownKernel(), START, until=START + 5, tell=rows.append)
    machine.receive(error(3, 3, udp()))
    machine.expire(START + 5)
    assert (len(rows), machine.deadline()) == (1, None)


def test_it_ends_when_it_is_told_to_finish() -> None:
    machine = ErrorsMachine(KnownKernel(), START)
    assert machine.deadline() is not None
    machine.obey(Finish(), START + 7)
    machine.expire(START + 7)
    assert machine.deadline() is None


def test_it_forgets_when_it_is_told_to() -> None:
    machine = ErrorsMachine(KnownKernel(), START)
    machine.receive(error(3, 3, udp()))
    machine.obey(Reset(), START + 7)
    assert (machine.snapshot(START + 7).seen, machine.snapshot(START + 7).started_at) == (0, START + 7)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=120), st.sampled_from([LinkType.RAW, LinkType.ETHERNET, LinkType.LINUX_SLL2]))
def test_no_bytes_make_it_raise(data: bytes, link: LinkType) -> None:
    machine = ErrorsMachine(KnownKernel(), START)
    machine.receive(Datagram(data, START, Clock.USER, link=link))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=80), st.sampled_from([3, 4, 5, 11, 12]), st.integers(0, 255))
def test_no_quote_makes_it_raise(quote: bytes, kind: int, code: int) -> None:
    machine = ErrorsMachine(KnownKernel(), START)
    machine.receive(error(kind, code, quote))
    machine.expire(START + SETTLING)
    assert machine.snapshot(START).seen == 1
