"""What reaches a recording, in whatever order the link tells of it."""

from collections.abc import Sequence
from ipaddress import IPv4Address

from app.engine.datagram import Clock, Datagram, Departure, Event, Failure, Outgoing
from app.engine.packetlog import Packet, PacketLog
from app.engine.verdict import NOTHING, Meaning, Verdict
from app.net.journal import Journal
from app.packet.link.linktype import LinkType

HERE = IPv4Address("192.0.2.1")


class Kept:
    def __init__(self) -> None:
        self.packets: list[tuple[int, int]] = []

    def write(self, packet: Packet) -> None:
        self.packets.append((packet.number, packet.at))


def test_probes_that_leave_in_another_order_than_they_were_sent_are_all_recorded() -> None:
    kept = Kept()
    journal = Journal(PacketLog(), kept)
    for token in (70, 71):
        journal.sent([Outgoing(token, HERE, b"probe", row="here")], 0)
    journal.told([Departure(71, 5, Clock.KERNEL)], [NOTHING])
    journal.told([Departure(70, 6, Clock.KERNEL)], [NOTHING])
    assert kept.packets == [(2, 5), (1, 6)]


def test_a_probe_that_is_stamped_twice_is_recorded_once() -> None:
    kept = Kept()
    journal = Journal(PacketLog(), kept)
    for token in (70, 71):
        journal.sent([Outgoing(token, HERE, b"probe", row="here")], 0)
        journal.told([Departure(token, 5, Clock.USER)], [NOTHING])
    for token in (71, 70):
        journal.told([Departure(token, 6, Clock.KERNEL)], [NOTHING])
    assert kept.packets == [(1, 5), (2, 5)]


def test_what_a_machine_does_not_want_to_keep_is_not_logged() -> None:
    log, kept = PacketLog(), Kept()
    journal = Journal(log, kept)

    datagrams = Datagram(b"foreign", 5, Clock.KERNEL), Datagram(b"ours", 6, Clock.KERNEL)
    journal.told(datagrams, [Verdict(Meaning.STRANGER, is_logged=False), Verdict(Meaning.REPLY)])

    assert [packet.data for packet in log.since(1)] == [b"ours"]
    assert kept.packets == [(1, 6)]


def test_a_frame_is_logged_as_one() -> None:
    log = PacketLog()

    Journal(log).sent([Outgoing(1, HERE, b"frame", interface="eth0", link=LinkType.ETHERNET)], 0)

    packet = log.get(1)
    assert packet is not None
    assert (packet.link, packet.interface) == (LinkType.ETHERNET, "eth0")


def test_what_is_told_together_is_logged_as_it_is_one_by_one() -> None:
    probes = [Outgoing(token, HERE, b"probe", row="here") for token in range(9)]
    clocks = [Clock.KERNEL, Clock.KERNEL, Clock.USER] * 3
    departures = [Departure(token, 10 + token, clock) for token, clock in enumerate(clocks)]
    replies = [Datagram(b"reply", 30 + token, Clock.KERNEL) for token in range(4)]
    verdicts = [Verdict(Meaning.REPLY, "here", token, rtt=20, is_logged=token != 2) for token in range(4)]
    runs: list[tuple[Sequence[Event], Sequence[Verdict]]] = [(departures, [NOTHING] * 9), (replies, verdicts)]
    for capacity in (5, 10, 12, 100):
        together, singly = PacketLog(capacity), PacketLog(capacity)
        for log in (together, singly):
            journal = Journal(log)
            journal.sent(probes, 0)
            for events, meant in runs:
                if log is together:
                    journal.told(events, meant)
                else:
                    for event, verdict in zip(events, meant, strict=True):
                        journal.told([event], [verdict])
        assert list(map(repr, together.since(1))) == list(map(repr, singly.since(1)))


UNSEEN = Verdict(Meaning.NOTHING, is_logged=False)


def test_what_is_seen_leaving_is_kept_once_and_as_it_left() -> None:
    log, kept = PacketLog(), Kept()
    journal = Journal(log, kept)
    journal.sent([Outgoing(7, HERE, b"made", row="here")], 0)
    journal.told([Departure(7, 5, Clock.USER)], [UNSEEN])
    assert kept.packets == []

    frame = Datagram(b"as it left", 6, Clock.KERNEL, interface="eth0", link=LinkType.ETHERNET)
    journal.told([frame], [Verdict(Meaning.NOTHING, "here", 7, is_own=True)])
    journal.end()

    (packet,) = log.since(1)
    assert (packet.data, packet.link, packet.interface, packet.row) == (
        b"as it left",
        LinkType.ETHERNET,
        "eth0",
        "here",
    )
    assert kept.packets == [(1, 6)]


def test_what_left_unseen_is_kept_at_the_end_as_it_was_made() -> None:
    log, kept = PacketLog(), Kept()
    journal = Journal(log, kept)
    for token in (7, 8):
        journal.sent([Outgoing(token, HERE, b"made", row="here")], 0)
    journal.told([Departure(7, 5, Clock.USER)], [UNSEEN])
    journal.told([Failure(8, 6, "ENOBUFS", "no room")], [UNSEEN])

    journal.end()

    assert kept.packets == [(1, 5)]
