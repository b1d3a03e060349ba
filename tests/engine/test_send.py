from collections.abc import Sequence

import pytest

from app.engine.command import Finish, Transmit
from app.engine.datagram import Clock, Datagram, Departure, Direction, Failure, Outgoing
from app.engine.sending.machine import SendMachine
from app.engine.sending.shot import Shot
from app.engine.verdict import Meaning
from app.packet.composing.kernel import as_sent
from app.packet.composing.packet import Composed
from app.packet.link.linktype import LinkType
from tests.packet.composing.origin import packet

SECOND = 1_000_000_000
NOW = 1_700_000_000 * SECOND


def shot(made: Composed, *, trouble: str = "", front: bytes = b"") -> Shot:
    destination = next(made.dissection.spans_named("ip.dst")).value
    return Shot(made, destination, trouble=trouble, front=front)  # type: ignore[arg-type]


def ping() -> Shot:
    return shot(packet("ip/icmp", "ip.dst=192.0.2.9", "icmp.ident=7"))


def pong(sequence: int = 1) -> bytes:
    ends = ("ip.src=192.0.2.9", "ip.dst=10.0.0.1")
    return packet("ip/icmp", *ends, "icmp.type=0", "icmp.ident=7", f"icmp.seq={sequence}").data


def heard(data: bytes, at: int, direction: Direction = Direction.IN, link: LinkType = LinkType.RAW) -> Datagram:
    return Datagram(data, at, Clock.KERNEL, interface="eth0", direction=direction, link=link)


def machine(*shots: Shot, count: int = 1, interval: int = SECOND) -> SendMachine:
    return SendMachine([Transmit(shots, count, interval)], wait=SECOND)


def departed(sending: SendMachine, batch: Sequence[Outgoing], at: int = NOW) -> None:
    for outgoing in batch:
        sending.receive(Departure(outgoing.token, at, Clock.USER))


def test_packets_leave_at_their_rate() -> None:
    sending = machine(ping(), count=3, interval=SECOND // 10)

    assert len(sending.poll(NOW)) == 1
    assert len(sending.poll(NOW)) == 0
    assert sending.deadline() == NOW + SECOND // 10
    assert len(sending.poll(NOW + SECOND // 10)) == 1
    assert len(sending.poll(NOW + 2 * SECOND // 10)) == 1
    assert len(sending.poll(NOW + SECOND)) == 0


def test_no_rate_is_above_a_thousand_a_second() -> None:
    sending = machine(ping(), count=10_000, interval=1)

    sent = sum(len(sending.poll(NOW + milliseconds * 1_000_000)) for milliseconds in range(1_000))
    assert sent == 1_000


def test_who_was_held_up_makes_up_for_little() -> None:
    sending = machine(ping(), count=10_000, interval=SECOND // 1_000)
    sending.poll(NOW)

    assert len(sending.poll(NOW + 10 * SECOND)) <= 51


def test_what_is_asked_for_later_begins_at_its_own_pace() -> None:
    sending = machine(ping(), count=2, interval=SECOND // 1_000)
    sending.poll(NOW)
    sending.poll(NOW + SECOND // 1_000)
    sending.obey(Transmit((ping(),), 10, SECOND // 100), NOW + 60 * SECOND)

    assert len(sending.poll(NOW + 60 * SECOND)) == 1


def test_several_packets_take_turns() -> None:
    one, two = ping(), shot(packet("ip/udp", "ip.dst=192.0.2.9"))
    sending = machine(one, two, count=2, interval=SECOND)

    lengths = [len(sending.poll(NOW + turn * SECOND)[0].data) for turn in range(4)]
    assert lengths == [28, 28, 28, 28]
    assert [sent.shot for sent in sending.sent] == [one, two, one, two]


def test_an_answer_is_joined_with_what_it_answers() -> None:
    sending = machine(ping(), count=2, interval=SECOND // 10)
    departed(sending, sending.poll(NOW))
    departed(sending, sending.poll(NOW + SECOND // 10), NOW + SECOND // 10)

    verdict = sending.receive(heard(pong(2), NOW + SECOND // 10 + 5_000))

    assert (verdict.meaning, verdict.token, verdict.rtt) == (Meaning.REPLY, 2, 5_000)
    assert [sent.replies for sent in sending.sent] == [0, 1]
    assert sending.snapshot(NOW).answered == 1


def test_it_ends_when_all_are_answered_or_the_wait_is_over() -> None:
    sending = machine(ping())
    departed(sending, sending.poll(NOW))
    assert sending.deadline() == NOW + SECOND

    sending.receive(heard(pong(), NOW + 1_000))

    assert sending.deadline() is None


def test_what_nobody_answers_is_given_up() -> None:
    sending = machine(ping())
    departed(sending, sending.poll(NOW))
    sending.expire(NOW + SECOND)

    assert sending.deadline() is None
    assert sending.receive(heard(pong(), NOW + 2 * SECOND)).meaning is Meaning.STRANGER


def test_a_group_is_listened_to_until_the_wait_is_over() -> None:
    sending = machine(shot(packet("ip/igmp")))
    departed(sending, sending.poll(NOW))
    report = packet("ip/igmp", "igmp.type=0x16", "ip.src=192.0.2.9", "ip.dst=239.1.1.1").data

    assert sending.receive(heard(report, NOW + 1_000)).meaning is Meaning.REPLY
    assert sending.deadline() == NOW + SECOND
    assert sending.receive(heard(report, NOW + 2_000)).meaning is Meaning.REPLY


def test_what_left_is_compared_with_what_was_made() -> None:
    made = packet("ip/icmp", "ip.dst=192.0.2.9", "ip.id=0", "icmp.ident=7")
    sending = machine(shot(made))
    departed(sending, sending.poll(NOW))
    left = as_sent(made.data[:4] + b"\x12\x34" + made.data[6:])

    verdict = sending.receive(heard(b"\2" * 12 + b"\x08\x00" + left, NOW + 10, Direction.OUT, LinkType.ETHERNET))

    assert sending.sent[0].changed == ("ip.id", "ip.checksum")
    assert (verdict.is_own, verdict.token) == (True, 1)


def test_what_passes_the_loopback_device_is_seen_leaving_and_answers_nothing() -> None:
    made = packet("ip/udp", "ip.dst=10.0.0.1", "udp.srcport=7", "udp.dstport=7")
    sending = machine(shot(made))
    departed(sending, sending.poll(NOW))

    verdict = sending.receive(heard(bytes(12) + b"\x08\x00" + made.data, NOW + 10, link=LinkType.ETHERNET))

    assert (verdict.is_own, verdict.token) == (True, 1)
    assert sending.sent[0].changed == ()
    assert sending.snapshot(NOW).answered == 0


def test_what_nobody_can_answer_is_waited_for_until_it_was_seen() -> None:
    fragment = shot(packet("ip", "ip.dst=192.0.2.9", "ip.proto=icmp", "ip.frag_offset=2", "data=89abcdef"))
    sending = machine(fragment)
    departed(sending, sending.poll(NOW))
    assert sending.deadline() == NOW + SECOND // 10

    sending.receive(heard(fragment.packet.data, NOW + 20_000_000, Direction.OUT))

    assert sending.sent[0].changed == ()
    assert sending.deadline() is None


def test_what_was_not_seen_in_time_is_looked_for_no_longer() -> None:
    sending = SendMachine([Transmit((ping(),), 1, SECOND)], wait=SECOND // 1_000)
    departed(sending, sending.poll(NOW))
    sending.expire(NOW + SECOND // 10)

    assert sending.deadline() is None


def test_what_failed_is_not_taken_for_the_next_one_that_leaves() -> None:
    made = shot(packet("ip/icmp", "ip.dst=192.0.2.9", "ip.id=9", "icmp.ident=7", "icmp.seq=1"))
    sending = machine(made, count=2)
    (first,) = sending.poll(NOW)
    sending.receive(Failure(first.token, NOW, "ENOBUFS", "no room"))
    departed(sending, sending.poll(NOW + SECOND))

    assert sending.receive(heard(made.packet.data, NOW + SECOND, Direction.OUT)).token == 2


def test_what_nobody_saw_leave_is_not_known() -> None:
    sending = machine(ping())
    departed(sending, sending.poll(NOW))

    assert sending.sent[0].changed is None


def test_what_cannot_be_sent_is_told_and_takes_no_time() -> None:
    sending = machine(shot(packet("ip/icmp", "ip.dst=192.0.2.9"), trouble="there is no way"))

    assert sending.poll(NOW) == []
    assert sending.sent[0].failure == ("EINVAL", "there is no way")
    assert sending.deadline() is None


def test_what_the_kernel_refuses_is_told() -> None:
    sending = machine(ping())
    (outgoing,) = sending.poll(NOW)
    sending.receive(Failure(outgoing.token, NOW, "ENETUNREACH", "no route to it"))

    snapshot = sending.snapshot(NOW)
    assert (snapshot.sent, snapshot.failed) == (0, 1)
    assert sending.deadline() is None


def test_a_frame_stands_in_front_of_what_the_kernel_would_mend() -> None:
    sending = machine(shot(packet("ip/icmp", "ip.dst=192.0.2.9", "ip.checksum=1"), front=b"\2" * 12 + b"\x08\x00"))
    (outgoing,) = sending.poll(NOW)

    assert outgoing.link is LinkType.ETHERNET
    assert len(outgoing.data) == 42


def test_our_own_packet_on_loopback_is_no_answer() -> None:
    made = packet("ip/pim", "ip.src=127.0.0.1", "ip.dst=127.0.0.1")
    sending = machine(shot(made))
    departed(sending, sending.poll(NOW))

    assert sending.receive(heard(made.data, NOW + 10)).meaning is Meaning.STRANGER


def test_a_screen_tells_it_what_to_send() -> None:
    sending = SendMachine(wait=SECOND)
    assert sending.deadline() is None

    sending.obey(Transmit((ping(),), 1, 0), NOW)
    assert len(sending.poll(NOW)) == 1

    sending.obey(Transmit((ping(),), 5, 0), NOW)
    sending.obey(Finish(), NOW)
    assert len(sending.poll(NOW + SECOND)) == 0


@pytest.mark.parametrize("data", [b"", b"\0", b"\x45", b"\xff" * 40, bytes(range(60))])
def test_nonsense_is_heard_without_harm(data: bytes) -> None:
    sending = machine(ping())
    departed(sending, sending.poll(NOW))

    for direction in Direction:
        for link in (LinkType.RAW, LinkType.ETHERNET):
            assert sending.receive(heard(data, NOW + 1, direction, link)).meaning is not Meaning.REPLY


def test_packets_of_a_run_differ_where_answers_repeat_it() -> None:
    sending = machine(ping(), count=3, interval=1)
    for turn in range(3):
        sending.poll(NOW + turn * 1_000_000)

    assert [sent.data[26:28].hex() for sent in sending.sent] == ["0001", "0002", "0003"]
