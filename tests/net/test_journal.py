"""What reaches a recording, in whatever order the link tells of it."""

from ipaddress import IPv4Address

from app.engine.datagram import Clock, Datagram, Departure, Outgoing
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
        journal.sent(Outgoing(token, HERE, b"probe", row="here"), 0)
    journal.told(Departure(71, 5, Clock.KERNEL), NOTHING)
    journal.told(Departure(70, 6, Clock.KERNEL), NOTHING)
    assert kept.packets == [(2, 5), (1, 6)]


def test_a_probe_that_is_stamped_twice_is_recorded_once() -> None:
    kept = Kept()
    journal = Journal(PacketLog(), kept)
    for token in (70, 71):
        journal.sent(Outgoing(token, HERE, b"probe", row="here"), 0)
        journal.told(Departure(token, 5, Clock.USER), NOTHING)
    for token in (71, 70):
        journal.told(Departure(token, 6, Clock.KERNEL), NOTHING)
    assert kept.packets == [(1, 5), (2, 5)]


def test_what_a_machine_does_not_want_to_keep_is_not_logged() -> None:
    log, kept = PacketLog(), Kept()
    journal = Journal(log, kept)

    journal.told(Datagram(b"foreign", 5, Clock.KERNEL), Verdict(Meaning.STRANGER, is_logged=False))
    journal.told(Datagram(b"ours", 6, Clock.KERNEL), Verdict(Meaning.REPLY))

    assert [packet.data for packet in log.since(1)] == [b"ours"]
    assert kept.packets == [(1, 6)]


def test_a_frame_is_logged_as_one() -> None:
    log = PacketLog()

    Journal(log).sent(Outgoing(1, HERE, b"frame", interface="eth0", link=LinkType.ETHERNET), 0)

    packet = log.get(1)
    assert packet is not None
    assert (packet.link, packet.interface) == (LinkType.ETHERNET, "eth0")
