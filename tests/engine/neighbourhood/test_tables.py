"""Groups with their members, and the link-state table."""

from ipaddress import IPv4Address

from app.engine.neighbourhood.facts import Querier
from app.engine.neighbourhood.linkstates import LinkStates
from app.engine.neighbourhood.membership import membership_interval
from app.engine.neighbourhood.saying import Heard, LinkState
from app.packet.dissect import dissect
from tests.engine.neighbourhood.packets import SECOND, addresses, frame, heard, machine, report


def test_members_are_told_the_last_one_first() -> None:
    made = machine()
    made.receive(heard(frame(report("10.0.0.9", "239.7.7.7")), 1))
    made.receive(heard(frame(report("10.0.0.8", "239.7.7.7")), 2))
    made.receive(heard(frame(report("10.0.0.9", "239.7.7.7")), 3))

    (group,) = made.snapshot(3).groups
    assert (group.interface, group.group) == ("eth0", IPv4Address("239.7.7.7"))
    assert (group.reporters, group.last_heard, group.packet) == (addresses("10.0.0.9", "10.0.0.8"), 3, 3)


def test_who_leaves_a_group_is_gone_from_its_members() -> None:
    made = machine()
    made.receive(heard(frame(report("10.0.0.9", "239.7.7.7"))))
    made.receive(heard(frame(report("10.0.0.8", "239.7.7.7"))))
    made.receive(heard(frame(report("10.0.0.9", "239.7.7.7", kind=3))))

    (group,) = made.snapshot(0).groups
    assert group.reporters == addresses("10.0.0.8")


def test_an_empty_group_is_forgotten_after_a_minute() -> None:
    made = machine()
    made.receive(heard(frame(report("10.0.0.9", "239.7.7.7"))))
    made.receive(heard(frame(report("10.0.0.9", "239.7.7.7", kind=3)), SECOND))
    made.expire(61 * SECOND - 1)
    before = made.snapshot(60 * SECOND).groups
    made.expire(61 * SECOND)

    assert [group.reporters for group in before] == [()]
    assert made.snapshot(61 * SECOND).groups == ()


def test_a_report_holds_for_the_group_membership_interval() -> None:
    made = machine()
    made.receive(heard(frame(report("10.0.0.9", "239.7.7.7"))))
    made.expire(260 * SECOND - 1)
    before = made.snapshot(260 * SECOND - 1).groups[0].reporters
    made.expire(260 * SECOND)

    assert before == addresses("10.0.0.9")
    assert made.snapshot(260 * SECOND).groups[0].reporters == ()


def test_the_interval_follows_from_what_the_querier_says() -> None:
    assert membership_interval(None) == 260 * SECOND
    assert membership_interval(Querier(3, 10, 2000, 3)) == 32 * SECOND
    assert membership_interval(Querier(2, None, 10_000, None)) == 260 * SECOND


def test_what_cannot_be_believed_does_not_empty_a_group() -> None:
    made = machine()
    made.receive(heard(frame(report("10.0.0.9", "239.7.7.7"))))
    leave = bytearray(report("10.0.0.9", "239.7.7.7", kind=3))
    leave[8] = 64  # a TTL that no host of this link sends it with
    made.receive(heard(frame(bytes(leave))))

    assert made.snapshot(0).groups[0].reporters == addresses("10.0.0.9")


def test_a_leave_of_a_group_that_nobody_is_in_says_nothing() -> None:
    made = machine()
    made.receive(heard(frame(report("10.0.0.9", "239.7.7.7", kind=3))))

    assert made.snapshot(0).groups == ()


def _told(*lsas: tuple[int, int, int]) -> LinkStates:
    """A table that heard one LSA at these moments with these sequence numbers and ages."""
    table = LinkStates()
    for at, sequence, age in lsas:
        dissection = dissect(bytes.fromhex("4500001400000000400100000a0000010a000002"))
        here = Heard(dissection, dissection.layers[0], at, "eth0")
        table.hear(here, LinkState(2, "0.0.0.0", 1, "router", "1.1.1.1", "1.1.1.1", sequence, age), 7)
    return table


def test_a_newer_instance_replaces_an_older_one() -> None:
    (lsa,) = _told((0, 0x8000_0001, 5), (10, 0x8000_0002, 1)).views()

    assert (lsa.sequence, lsa.age, lsa.heard_at, lsa.packet) == (0x8000_0002, 1, 10, 7)


def test_sequence_numbers_are_signed() -> None:
    (lsa,) = _told((0, 0x8000_0001, 5), (10, 0x0000_0001, 1)).views()

    assert lsa.sequence == 1


def test_an_older_instance_changes_nothing() -> None:
    table = _told((0, 0x8000_0002, 5))
    before = table.views()
    again = _told((0, 0x8000_0002, 5), (10, 0x8000_0001, 1), (11, 0x8000_0002, 9)).views()

    assert [(lsa.sequence, lsa.age, lsa.heard_at) for lsa in again] == [
        (lsa.sequence, lsa.age, lsa.heard_at) for lsa in before
    ]


def test_an_lsa_of_maximum_age_is_flushed() -> None:
    assert _told((0, 0x8000_0002, 5), (10, 0x8000_0002, 3600)).views() == ()
    assert _told((0, 0x8000_0002, 3600)).views() == ()


def test_an_lsa_ages_until_it_is_flushed() -> None:
    table = _told((0, 0x8000_0002, 3590))
    table.expire(10 * SECOND - 1)
    before = len(table.views())
    table.expire(10 * SECOND)

    assert (before, len(table.views())) == (1, 0)


def test_an_lsa_that_does_not_age_stays() -> None:
    table = _told((0, 0x8000_0002, 0x8000 | 10))
    table.expire(5000 * SECOND)

    assert [lsa.age for lsa in table.views()] == [10]


def test_link_states_are_bounded_and_counted() -> None:
    table = LinkStates(capacity=3)
    dissection = dissect(bytes.fromhex("4500001400000000400100000a0000010a000002"))
    here = Heard(dissection, dissection.layers[0], 0, "eth0")
    for number in range(10):
        table.hear(here, LinkState(2, "0.0.0.0", 5, "external", f"10.0.{number}.0", "1.1.1.1", 1, 1), 1)

    assert (len(table.views()), table.omitted) == (3, 7)
