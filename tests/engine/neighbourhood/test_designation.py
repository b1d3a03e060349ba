"""The designated router of PIM as the machine tells it."""

from app.engine.neighbourhood.facts import Pim, RoleKind
from app.engine.neighbourhood.snapshot import NeighbourhoodSnapshot
from tests.engine.neighbourhood.frames import datagram
from tests.engine.neighbourhood.packets import SECOND, frame, heard, machine


def hello(address: str, priority: int | None, hold: int = 105, *, ttl: int = 1) -> bytes:
    """A frame with a PIM hello; the last byte of its MAC address is that of its IP address."""
    option = "" if priority is None else f"0013 0004 {priority:08x}"
    to = "ff02::d" if ":" in address else "224.0.0.13"
    message = datagram(address, to, 103, f"2000 0000 0001 0002 {hold:04x} {option}", ttl=ttl)
    return frame(message, f"02:00:00:00:00:0{address[-1]}")


def designated(snapshot: NeighbourhoodSnapshot) -> list[str]:
    """The MAC addresses of those who are designated."""
    return [
        neighbour.mac or ""
        for neighbour in snapshot.neighbours
        for role in neighbour.roles
        if role.kind is RoleKind.PIM and isinstance(role.facts, Pim) and role.facts.dr
    ]


def after(*frames: bytes) -> NeighbourhoodSnapshot:
    made = machine()
    for data in frames:
        made.receive(heard(data))
    return made.snapshot(0)


def test_the_highest_priority_is_designated_and_a_new_one_takes_over() -> None:
    made = machine()
    made.receive(heard(hello("10.0.0.1", 1)))
    assert designated(made.snapshot(0)) == ["02:00:00:00:00:01"]

    made.receive(heard(hello("10.0.0.2", 9), 1))

    assert designated(made.snapshot(1)) == ["02:00:00:00:00:02"]


def test_when_the_designated_router_goes_the_next_one_is() -> None:
    made = machine()
    made.receive(heard(hello("10.0.0.1", 1)))
    made.receive(heard(hello("10.0.0.2", 9, hold=3)))

    made.expire(3 * SECOND)

    assert designated(made.snapshot(3 * SECOND)) == ["02:00:00:00:00:01"]


def test_who_says_goodbye_or_is_not_to_be_believed_is_not_designated() -> None:
    assert designated(after(hello("10.0.0.1", 1), hello("10.0.0.2", 9, hold=0))) == ["02:00:00:00:00:01"]
    assert designated(after(hello("10.0.0.1", 1), hello("10.0.0.2", 9, ttl=64))) == ["02:00:00:00:00:01"]


def test_each_family_has_a_designated_router_of_its_own() -> None:
    both = after(hello("10.0.0.1", 1), hello("10.0.0.2", 9), hello("fe80::1", 9), hello("fe80::2", 1))

    assert designated(both) == ["02:00:00:00:00:01", "02:00:00:00:00:02"]


def test_a_router_that_did_not_change_is_the_same_object() -> None:
    made = machine()
    made.receive(heard(hello("10.0.0.1", 1)))
    made.receive(heard(hello("10.0.0.2", 9)))
    before = made.snapshot(0).neighbours

    made.receive(heard(hello("10.0.0.2", 9), 1))

    assert made.snapshot(1).neighbours[0] is before[0]
