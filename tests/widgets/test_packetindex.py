from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.datagram import Clock, Direction
from app.engine.packetlog import Packet, PacketLog
from app.engine.verdict import Meaning
from widgets.packetindex import PacketIndex


def packet(number: int, token: int | None, direction: Direction, row: str | None = "a") -> Packet:
    return Packet(number, number * 1_000, Clock.KERNEL, direction, b"", 0, row, token, Meaning.REPLY)


def filled(tokens: Sequence[int], capacity: int = 65_536) -> PacketLog:
    log = PacketLog(capacity)
    for number, token in enumerate(tokens, start=1):
        direction = Direction.IN if token in tokens[: number - 1] else Direction.OUT
        log.append(packet(number, token, direction, "ab"[token % 2]))
    return log


def test_a_reply_finds_its_probe_and_the_time_between() -> None:
    log = filled([1, 2, 2, 1])
    index = PacketIndex(log, None)
    index.update()
    reply = log.get(4)
    assert reply is not None
    assert index.partner(reply) is log.get(1)
    assert index.rtt(reply) == 3_000
    probe = log.get(2)
    assert probe is not None
    assert index.partner(probe) is log.get(3)
    assert index.rtt(probe) is None


@given(st.lists(st.integers(0, 12), max_size=60), st.integers(1, 20), st.integers(1, 5), st.sampled_from([None, "a"]))
@settings(max_examples=100, deadline=None)
def test_looking_often_finds_what_looking_once_finds(
    tokens: list[int], capacity: int, step: int, row: str | None
) -> None:
    whole = filled(tokens, capacity)
    log = PacketLog(capacity)
    often = PacketIndex(log, row)
    for number, token in enumerate(tokens, start=1):
        direction = Direction.IN if token in tokens[: number - 1] else Direction.OUT
        log.append(packet(number, token, direction, "ab"[token % 2]))
        if number % step == 0:
            often.update()
    often.update()
    kept = [each.number for each in whole.since(1) if row is None or each.row == row]
    assert [often.number(place) for place in range(len(often))] == kept
    assert all(often.packet(place) is not None for place in range(len(often)))


def test_probes_are_forgotten_with_their_last_packet() -> None:
    index = PacketIndex(filled(range(100), capacity=10), None)
    index.update()
    assert index.of_probe(5) == []
    assert index.of_probe(95) == [96]
    assert len(index._of_probe) == 10


class StillFound:
    def __init__(self, numbers: list[int]) -> None:
        self.numbers = numbers


def test_all_packets_are_there_without_a_list_of_them() -> None:
    log = PacketLog(1_000)
    for number in range(1, 2_001):
        log.append(packet(number, None, Direction.OUT))
    index = PacketIndex(log)
    index.update()

    assert (len(index), index.number(0), index.place(1_500)) == (1_000, 1_001, 499)
    assert index.numbers == range(1_001, 2_001)
    assert index._of_row == []


def test_what_is_found_elsewhere_is_shown_as_far_as_it_is_found() -> None:
    found = StillFound([2, 5])
    index = PacketIndex(filled(range(20), capacity=10), found=found)
    index.update()
    assert len(index) == 0

    found.numbers += [12, 15, 18]
    index.update()
    assert list(index.numbers) == [12, 15, 18]
    assert [index.nearest(number) for number in (1, 12, 13, 99)] == [0, 0, 1, 2]
    assert [index.place(number) for number in (12, 13)] == [0, None]


def test_packets_that_fell_out_are_counted_once() -> None:
    log = filled(range(10), capacity=10)
    index = PacketIndex(log, "a")
    index.update()
    for number in range(11, 15):
        log.append(packet(number, number, Direction.OUT, "a"))

    assert index.update() == 2
    assert index.update() == 0
    assert list(index.numbers) == [5, 7, 9, 11, 12, 13, 14]


def test_a_time_is_found_among_many() -> None:
    index = PacketIndex(filled(range(50)))
    index.update()

    assert index.place_at(10_500) == 10
    assert index.place_at(0) == 0
    assert index.place_at(10**12) == 49
