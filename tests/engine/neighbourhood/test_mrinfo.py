from ipaddress import IPv4Address

from app.engine.command import AskMulticastRouter
from app.engine.datagram import Outgoing
from app.engine.host import Surroundings
from app.engine.neighbourhood.facts import MulticastInterface, MulticastRouter
from app.engine.neighbourhood.machine import NeighbourhoodMachine
from app.packet.compose import Address
from app.packet.dissect import dissect
from tests.engine.neighbourhood.packets import SECOND, heard_raw

#: Debian's pimd 2.3.2 in the lab, as tshark 4.0.17 reads it too, the wrong checksum included: 12, the query interval,
#: stands where the checksum still knows the second byte of 10.0.0.3.
ANSWER = bytes.fromhex(
    "46c000441ff40000ff02f1f30a0000030a0000099404000013067ce5000001020a0c0003010104010a0000020a0300010101400100000000"
    "0a0000030101000100000000"
)
ROUTER = IPv4Address("10.0.0.3")


def _source(_: Address) -> Address:
    return IPv4Address("10.0.0.9")


def _asking(*routers: Address) -> tuple[NeighbourhoodMachine, list[Outgoing]]:
    made = NeighbourhoodMachine(Surroundings, source=_source, ends_answered=True)
    for router in routers:
        made.obey(AskMulticastRouter(router), 0)
    return made, list(made.poll(0))


def test_a_router_is_asked_in_dvmrps_words() -> None:
    _, (asked,) = _asking(ROUTER)

    dissection = dissect(asked.data)
    assert asked.destination == ROUTER
    assert dissection.ends == ("10.0.0.9", "10.0.0.3")
    assert dissection.summary == "DVMRP ask neighbours 2"
    assert [check.status.value for check in dissection.checks] == ["good", "good"]


def test_an_answer_is_told_interface_by_interface() -> None:
    made, _ = _asking(ROUTER)

    made.receive(heard_raw(ANSWER, SECOND // 2))

    assert made.snapshot(SECOND).mrinfo == (
        MulticastRouter(
            router=ROUTER,
            version="2.1",
            interfaces=(
                MulticastInterface(IPv4Address("10.12.0.3"), 1, 1, ("pim",), (IPv4Address("10.0.0.2"),)),
                MulticastInterface(IPv4Address("10.3.0.1"), 1, 1, ("querier",)),
                MulticastInterface(IPv4Address("10.0.0.3"), 1, 1),
            ),
            suspicious=("wrong checksum",),
            packet=2,
        ),
    )


def test_an_answer_with_a_right_checksum_is_not_suspicious() -> None:
    made, _ = _asking(ROUTER)

    made.receive(heard_raw(ANSWER.replace(bytes.fromhex("0a0c0003"), bytes.fromhex("0a000003"))))

    (answer,) = made.snapshot(0).mrinfo
    assert (answer.suspicious, str(answer.interfaces[0].address)) == ((), "10.0.0.3")


def test_a_router_may_answer_from_another_of_its_addresses() -> None:
    made, _ = _asking(IPv4Address("10.12.0.3"))

    made.receive(heard_raw(ANSWER))

    assert [answer.router for answer in made.snapshot(0).mrinfo] == [IPv4Address("10.12.0.3")]


def test_an_answer_that_nobody_asked_for_is_not_believed() -> None:
    made, _ = _asking(IPv4Address("192.0.2.1"))

    made.receive(heard_raw(ANSWER))

    assert made.snapshot(0).mrinfo == ()


def test_a_silent_router_is_asked_three_times_and_then_given_up() -> None:
    made, asked = _asking(ROUTER)
    moments = [0] * len(asked)
    now = 0
    while (due := made.deadline()) is not None and now < 20 * SECOND:
        now = due
        made.expire(now)
        moments += [now for _ in made.poll(now)]
    assert moments == [0, SECOND, 2 * SECOND]
    assert made.deadline() is None
    assert now == 3 * SECOND


def test_a_run_that_only_asks_ends_with_the_answer() -> None:
    made, _ = _asking(ROUTER)
    made.expire(1)
    is_asking = made.deadline() is not None

    made.receive(heard_raw(ANSWER))
    made.expire(2)

    assert (is_asking, made.deadline()) == (True, None)


def test_a_router_without_a_way_to_it_is_logged() -> None:
    def nowhere(_: Address) -> Address:
        raise OSError("no route to it")

    made = NeighbourhoodMachine(Surroundings, source=nowhere)

    made.obey(AskMulticastRouter(ROUTER), 0)

    assert [line.text for line in made.snapshot(0).log] == ["10.0.0.3 cannot be asked: no route to it"]
    assert list(made.poll(0)) == []
