"""The listen screen: what is heard above the packets themselves."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import pytest
from textual.pilot import Pilot

from app.engine.command import Reset
from app.engine.datagram import Clock, Direction
from app.engine.listen import ListenSnapshot
from app.engine.packetlog import Packet, PacketLog
from app.engine.snapshot import LogLine
from app.engine.traffic import ProtocolCount, Talker
from app.engine.verdict import Meaning
from app.packet.link.linktype import LinkType
from app.screens.listen import ListenScreen
from tests.screens.linkstage import glass
from tests.screens.stage import Scene, explorer, play, settle
from tests.screens.still import NOW, START, StillFeed

ARP = bytes.fromhex("ffffffffffff0200000000010806") + bytes.fromhex(
    "0001080006040001020000000001c0000201000000000000c0000209"
)
Feed: TypeAlias = StillFeed[ListenSnapshot]


def heard(number: int, data: bytes = ARP, *, way: Direction = Direction.IN) -> Packet:
    return Packet(
        number=number,
        at=START + number * 1_000,
        clock=Clock.KERNEL,
        direction=way,
        data=data,
        rebuilt=0,
        row=None,
        token=None,
        meaning=Meaning.NOTHING,
        link=LinkType.ETHERNET,
        interface="eth0",
    )


def feed(count: int = 40) -> Feed:
    log = PacketLog()
    for number in range(1, count + 1):
        log.append(heard(number))
    return StillFeed(
        ListenSnapshot(
            at=NOW,
            started_at=START,
            link="packet",
            total=ProtocolCount("", count, count * 42, (0, count)),
            dropped=0,
            protocols=(ProtocolCount("arp", count, count * 42, (0, count)),) if count else (),
            talkers=(Talker("02:00:00:00:00:01", count, count * 42),) if count else (),
            directions=(count, 0, 0),
        ),
        log,
    )


def stage(still: Feed, scene: Scene, size: tuple[int, int] = (120, 35), *, expression: str = "") -> None:
    """A listen screen over the dashboard."""
    app = explorer()

    async def opened(pilot: Pilot[None]) -> None:
        await app.push_screen(ListenScreen(still, expression=expression))
        await settle(pilot)
        await scene(pilot)

    play(app, opened, size)


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 35), (200, 50)])
def test_counts_stand_above_the_packets(size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        text = glass(pilot).split("\n")
        assert "40 heard  0 dropped" in text[1]
        assert any("arp" in line for line in text[2:5])
        assert any("who has 192.0.2.9?" in line or "arp" in line for line in text[7:])

    stage(feed(), scene, size)


def test_there_are_three_lines_of_them_on_a_small_terminal() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert glass(pilot).split("\n")[5].split()[:3] == ["#", "time", "s"]

    stage(feed(), scene, (80, 24))


def test_the_ear_is_named() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert "AF_PACKET: own packets and the link layer too" in glass(pilot)

    stage(feed(), scene)


def test_a_key_gives_the_room_of_the_counts_to_the_packets_and_back() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("T")
        await settle(pilot)
        assert "sends most" not in glass(pilot)
        await pilot.press("T")
        await settle(pilot)
        assert "sends most" in glass(pilot)

    stage(feed(), scene)


def test_a_key_counts_anew() -> None:
    still = feed()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("R")
        assert still.told == [Reset()]

    stage(still, scene)


def test_new_counts_are_shown_at_the_next_frame_and_a_frozen_picture_stays() -> None:
    still = feed()

    async def scene(pilot: Pilot[None]) -> None:
        still.latest = replace(still.latest, dropped=12_345)
        await settle(pilot)
        assert "12,345 dropped" in glass(pilot)
        await pilot.press("space")
        still.latest = replace(still.latest, protocols=(ProtocolCount("ospf", 7, 700, (7,)), *still.latest.protocols))
        await settle(pilot)
        assert "ospf" not in glass(pilot)

    stage(still, scene)


def test_the_interface_and_the_way_of_a_packet_are_said() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert "eth0 in" in glass(pilot)

    stage(feed(), scene)


def test_it_begins_with_the_filter_that_was_given() -> None:
    still = feed()
    still.packets.append(heard(41, way=Direction.OUT, data=ARP[:21] + b"\2" + ARP[22:]))

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.pause(0.2)
        await settle(pilot)
        assert "1 of 1" in glass(pilot) or "following" in glass(pilot)
        assert "who has" not in glass(pilot)

    stage(still, scene, expression="arp.opcode == 2")


def test_an_answer_is_joined_with_its_question_and_its_time_is_told() -> None:
    still = feed(1)
    answer = ARP[6:12] + bytes.fromhex("020000000009") + ARP[12:21] + b"\2" + bytes.fromhex("020000000009c0000209")
    still.packets.append(replace(heard(2, answer + ARP[6:12] + bytes.fromhex("c0000201")), at=START + 3_001_000))

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.pause(0.2)
        await settle(pilot)
        await pilot.press("end")
        await settle(pilot)
        assert "answers #1 after 3.00 ms" in glass(pilot)
        await pilot.press("p")
        await settle(pilot)
        assert "answered by #2" in glass(pilot)

    stage(still, scene)


def test_a_fault_of_the_link_is_said() -> None:
    still = feed()
    still.latest = replace(still.latest, log=(LogLine(NOW, None, "nothing is \x1b[2Jheard"),))

    async def scene(pilot: Pilot[None]) -> None:
        assert "nothing is ␛[2Jheard" in glass(pilot)

    stage(still, scene, (200, 50))


def test_why_nothing_is_heard_any_more_is_said() -> None:
    still = feed(0)
    still.failure = "listen stopped by an error of its own"

    async def scene(pilot: Pilot[None]) -> None:
        assert "stopped by an error of its own" in glass(pilot)

    stage(still, scene)


def test_before_the_first_packet_it_says_so() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert "nothing yet" in glass(pilot)
        assert "0 heard" in glass(pilot)

    stage(feed(0), scene, (80, 24))


@pytest.mark.parametrize("size", [(80, 24), (120, 35), (200, 50)], ids=["80x24", "120x35", "200x50"])
def test_the_picture_of_listening(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await app.push_screen(ListenScreen(feed()))
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=scene)
