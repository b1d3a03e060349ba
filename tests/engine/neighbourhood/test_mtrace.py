from ipaddress import IPv4Address

from app.engine.command import AskMulticastPath
from app.engine.host import Surroundings
from app.engine.neighbourhood.facts import MulticastHop, MulticastPath
from app.engine.neighbourhood.machine import NeighbourhoodMachine
from app.packet.dissect import dissect
from tests.engine.neighbourhood.packets import SECOND, heard_raw

#: Made by hand after draft-fenner-traceroute-ipm, sections 3 and 4; tshark 4.0.17 reads the same of it.
ANSWER = bytes.fromhex(
    "46c000500001000001020ddc0a0000010a020209940400001e0f89dcef0102030a0101010a0202020a02020920123456123456780a000001"
    "0a0000020a000101000003e8000007d00000012c03015800"
)
ASKED = AskMulticastPath(
    IPv4Address("10.0.0.2"), IPv4Address("10.1.1.1"), IPv4Address("239.1.2.3"), identifier=0x123456
)


def _asking() -> NeighbourhoodMachine:
    made = NeighbourhoodMachine(Surroundings, source=lambda _: IPv4Address("10.2.2.2"), ends_answered=True)
    made.obey(ASKED, 0)
    return made


def test_a_router_is_asked_for_the_way_of_a_source() -> None:
    (asked,) = _asking().poll(0)

    dissection = dissect(asked.data)
    assert (asked.destination, dissection.ends) == (IPv4Address("10.0.0.2"), ("10.2.2.2", "10.0.0.2"))
    assert dissection.summary == "mtrace query, 10.1.1.1 to 10.2.2.2 by 239.1.2.3"
    assert [check.status.value for check in dissection.checks] == ["good", "good"]


def test_an_answer_is_told_router_by_router() -> None:
    made = _asking()
    made.poll(0)

    made.receive(heard_raw(ANSWER, 5))

    assert made.snapshot(5).mtrace == (
        MulticastPath(
            source=IPv4Address("10.1.1.1"),
            group=IPv4Address("239.1.2.3"),
            receiver=IPv4Address("10.2.2.2"),
            identifier=0x123456,
            hops=(
                MulticastHop(
                    incoming=IPv4Address("10.0.0.1"),
                    outgoing=IPv4Address("10.0.0.2"),
                    previous=IPv4Address("10.0.1.1"),
                    protocol="pim",
                    threshold=1,
                    code="no error",
                    packets_in=1000,
                    packets_out=2000,
                    packets=300,
                ),
            ),
            packet=2,
        ),
    )
    made.expire(SECOND)
    assert made.deadline() is None


def test_an_answer_with_another_identifier_is_a_strangers() -> None:
    made = _asking()
    made.poll(0)
    forged = bytearray(ANSWER)
    forged[24 + 23] ^= 1  # the identifier's last byte
    forged[24 + 3] ^= 1  # and the checksum's, which follows it
    made.receive(heard_raw(bytes(forged)))

    assert made.snapshot(0).mtrace == ()


def test_an_answer_before_the_question_is_a_strangers() -> None:
    made = _asking()

    made.receive(heard_raw(ANSWER))

    assert made.snapshot(0).mtrace == ()
