"""What hostile neighbours can do to memory, and what they cannot do to those who were there before."""

import random
import tracemalloc

from app.engine.datagram import Clock, Datagram
from app.engine.host import Surroundings
from app.engine.neighbourhood.agenda import Agenda
from app.engine.neighbourhood.attention import may_tell
from app.engine.neighbourhood.machine import NeighbourhoodMachine
from app.engine.neighbourhood.overhearing import overheard
from app.engine.neighbourhood.readers.table import READERS
from tests.engine.neighbourhood.packets import (
    SECOND,
    advertisement,
    frame,
    heard,
    hello,
    machine,
    prefix,
    report,
    vrrp,
)
from tests.packet.damage import damaged, seeds

MANY = 20_000


def _mac(number: int) -> str:
    return (0x06_00_00_00_00_00 + number).to_bytes(6).hex(":")


def _fake(number: int, *, lifetime: int = 1800, hop_limit: int = 255) -> bytes:
    source = f"fe80::{number >> 16:x}:{number & 0xFFFF:x}"
    return frame(advertisement(source, lifetime=lifetime, hop_limit=hop_limit), _mac(number))


def test_fake_routers_by_the_ten_thousand_are_bounded_and_counted() -> None:
    made = machine()
    made.receive(heard(frame(advertisement())))
    made.receive(heard(frame(hello())))

    for number in range(MANY):
        made.receive(heard(_fake(number), number))

    snapshot = made.snapshot(MANY)
    assert len(snapshot.neighbours) == 1024
    assert snapshot.omitted.neighbours == MANY + 1 - 1024
    assert snapshot.neighbours[0].mac == "02:00:00:00:00:01"
    assert len(snapshot.neighbours[0].roles) == 2
    assert len(snapshot.log) == 200


def test_a_flood_of_fakes_costs_no_more_than_a_few_megabytes() -> None:
    packets = [_fake(number) for number in range(4000)]
    made = machine()
    tracemalloc.start()
    for number, packet in enumerate(packets):
        made.receive(heard(packet, number))
    made.snapshot(len(packets))
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size < 12_000_000


def test_suspicious_routers_make_room_for_a_sound_one() -> None:
    made = machine()
    for number in range(1500):
        made.receive(heard(_fake(number, hop_limit=64)))

    made.receive(heard(frame(advertisement("fe80::aaaa"), "02:00:00:00:00:aa")))

    snapshot = made.snapshot(0)
    assert len(snapshot.neighbours) == 1024
    assert snapshot.neighbours[-1].mac == "02:00:00:00:00:aa"
    assert snapshot.omitted.neighbours == 1500 - 1023


def test_those_who_have_gone_make_room_for_anybody() -> None:
    made = machine()
    for number in range(1024):
        made.receive(heard(_fake(number, lifetime=3)))
    made.expire(3 * SECOND)

    made.receive(heard(frame(advertisement()), 3 * SECOND))

    snapshot = made.snapshot(3 * SECOND)
    assert snapshot.neighbours[-1].mac == "02:00:00:00:00:01"
    assert snapshot.omitted.neighbours == 0


def test_one_neighbour_of_many_roles_and_addresses_is_bounded() -> None:
    made = machine()
    for group in range(256):
        made.receive(heard(frame(vrrp(f"10.0.{group}.1", group))))

    (neighbour,) = made.snapshot(0).neighbours
    assert (len(neighbour.roles), len(neighbour.addresses)) == (64, 16)


def test_prefixes_by_the_ten_thousand_are_bounded() -> None:
    made = machine()
    for number in range(0, 10_000, 40):
        options = [prefix(f"fd00:0:0:{each:x}::") for each in range(number, number + 40)]
        made.receive(heard(frame(advertisement(options=options))))

    (neighbour,) = made.snapshot(0).neighbours
    assert len(neighbour.roles) == 1


def test_groups_and_their_members_are_bounded_and_counted() -> None:
    made = machine()
    for number in range(3000):
        made.receive(heard(frame(report("10.0.0.9", f"239.1.{number >> 8}.{number & 255}"))))
    for number in range(200):
        made.receive(heard(frame(report(f"10.0.1.{number}", "239.1.0.0"))))

    snapshot = made.snapshot(0)
    assert (len(snapshot.groups), snapshot.omitted.groups) == (1024, 3000 - 1024)
    assert len(snapshot.groups[0].reporters) == 64
    assert str(snapshot.groups[0].reporters[0]) == "10.0.1.199"


def test_findings_are_bounded_and_counted() -> None:
    made = machine()
    for number in range(600):
        made.receive(heard(_fake(number, hop_limit=64)))

    snapshot = made.snapshot(0)
    assert (len(snapshot.findings), snapshot.omitted.findings) == (256, 600 - 256)
    assert len(snapshot.log) == 8 + 1
    assert snapshot.log[-1].text == "and 248 more findings"


def test_an_agenda_does_not_grow_with_changes_of_mind() -> None:
    agenda: Agenda[str] = Agenda()
    for moment in range(100_000, 0, -1):
        agenda.set("thing", moment)

    assert len(agenda._heap) < 2_000  # its size is what is promised
    assert agenda.due(1) == ["thing"]
    assert agenda.next() is None


def test_damaged_packets_of_every_protocol_raise_nothing() -> None:
    chance = random.Random(11)
    for number in range(6):
        made = NeighbourhoodMachine(Surroundings)
        for moment in range(500):
            seed = chance.choice(seeds())
            data = damaged(seed.data, chance) if chance.randrange(4) else seed.data
            now = moment * SECOND * (number + 1)
            made.expire(now)
            made.receive(Datagram(data, now, Clock.KERNEL, link=seed.link, interface=chance.choice(("eth0", "eth1"))))
            made.snapshot(now)


def test_what_is_turned_away_unread_would_have_said_nothing() -> None:
    says = 0
    for seed in seeds():
        datagram = Datagram(seed.data, 0, Clock.KERNEL, link=seed.link, interface="eth0")
        told = [
            said
            for each in overheard(datagram, READERS.keys(), None)
            for reader in READERS[each.layer.name]
            for said in reader(each)
        ]
        says += bool(told)
        assert may_tell(datagram) or not told, seed.data.hex()

    assert says > 100
