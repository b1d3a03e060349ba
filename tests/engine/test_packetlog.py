"""The log of packets: what is kept is made into a packet when somebody reads it."""

from ipaddress import IPv4Address

from app.engine.datagram import Clock, Datagram, Departure, Direction, Failure, Outgoing
from app.engine.packetlog import PacketLog
from app.engine.verdict import Meaning, Verdict

HERE = IPv4Address("192.0.2.1")


def batch(*tokens: int) -> list[Outgoing]:
    return [Outgoing(token, HERE, b"probe %d" % token, "here") for token in tokens]


def test_the_oldest_fall_out_one_by_one_and_in_batches() -> None:
    log = PacketLog(5)
    numbers = [
        log.sent(batch(1, 2, 3), 7),
        log.sent(batch(4, 5), 8),
        log.sent(batch(6), 9),
        log.sent(batch(7, 8, 9), 9),
    ]

    kept = [(packet.number, packet.token, packet.data) for packet in log.since(1)]

    assert numbers == [1, 4, 6, 7]
    assert kept == [(number, number, b"probe %d" % number) for number in range(5, 10)]
    assert (log.first, log.last, log.get(4), log.get(10)) == (5, 9, None, None)


def test_a_packet_says_when_it_left_as_soon_as_that_is_told() -> None:
    log = PacketLog()
    log.sent(batch(1, 2), 7)
    log.tell(1, Departure(1, 9, Clock.KERNEL))
    log.tell(2, Failure(2, 8, "EPERM", "not permitted"))

    told = [(packet.at, packet.clock, packet.text, packet.direction) for packet in log.since(1)]

    assert told == [
        (9, Clock.KERNEL, "", Direction.OUT),
        (8, Clock.USER, "not sent: EPERM", Direction.OUT),
    ]


def test_a_reply_is_put_into_words_when_it_is_read() -> None:
    log = PacketLog()
    number = log.arrived([Datagram(b"reply", 9, Clock.KERNEL)], [Verdict(Meaning.REPLY, "here", 1, rtt=2_000_000)])

    packet = log.get(number)

    assert packet is not None
    assert (packet.text, packet.row, packet.token, packet.direction) == (
        "answered after 2.00 ms",
        "here",
        1,
        Direction.IN,
    )


def test_what_is_read_twice_is_the_same_object_until_something_is_told_of_it() -> None:
    log = PacketLog()
    log.sent(batch(1), 7)
    before = log.get(1)

    assert log.get(1) is before
    log.tell(1, Departure(1, 9, Clock.KERNEL))
    assert log.get(1) is not before


def test_what_is_told_of_a_packet_that_has_fallen_out_changes_none() -> None:
    log = PacketLog(2)
    log.sent(batch(1, 2, 3), 7)

    assert not log.tell(1, Departure(1, 9, Clock.KERNEL))
    assert [packet.at for packet in log.since(1)] == [7, 7]
