from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from app.engine.sending.answering import answers_of, question_of
from app.packet.compose import Envelope, ip_datagram
from app.packet.composing.packet import Composed
from app.packet.icmp.error import icmp_error
from app.packet.link.linktype import LinkType
from app.packet.registry import Protocol
from tests.packet.composing.origin import packet

HERE, THERE = "10.0.0.1", "192.0.2.9"


def answered(question: Composed, answer: Composed) -> bool:
    keys = question_of(question.data, question.link).keys
    return any(key in keys for key in answers_of(answer.data, answer.link))


def asked(template: str, *fields: str) -> Composed:
    return packet(template, f"ip.dst={THERE}", *fields)


def told(template: str, *fields: str) -> Composed:
    return packet(template, f"ip.src={THERE}", f"ip.dst={HERE}", *fields)


def to_all(template: str, *fields: str) -> Composed:
    return packet(template, f"ip.src={THERE}", *fields)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (asked("ip/icmp", "icmp.ident=7"), told("ip/icmp", "icmp.type=0", "icmp.ident=7")),
        (asked("ip/icmp", "icmp.type=13"), told("ip/icmp", "icmp.type=14")),
        (asked("ip/icmp", "icmp.type=17"), told("ip/icmp", "icmp.type=18")),
        (asked("ip/udp", "udp.srcport=4000", "udp.dstport=9"), told("ip/udp", "udp.srcport=9", "udp.dstport=4000")),
        (
            asked("ip/tcp", "tcp.srcport=4000", "tcp.seq=5"),
            told("ip/tcp", "tcp.srcport=80", "tcp.dstport=4000", "tcp.flags.ack=1", "tcp.ack=6"),
        ),
        (asked("ip/pim"), told("ip/pim")),
        (asked("ip/gre/ip/icmp"), told("ip/gre/ip/icmp")),
        (packet("ip/igmp"), to_all("ip/igmp", "igmp.type=0x16", "ip.dst=239.1.1.1")),
        (packet("ip/udp/mdns", "udp.srcport=5353"), told("ip/udp/mdns", "udp.srcport=5353")),
    ],
)
def test_what_answers_is_known(question: Composed, answer: Composed) -> None:
    assert answered(question, answer)


@pytest.mark.parametrize(
    ("question", "other"),
    [
        (asked("ip/icmp", "icmp.ident=7"), told("ip/icmp", "icmp.type=0", "icmp.ident=8")),
        (asked("ip/icmp", "icmp.ident=7"), asked("ip/icmp", "icmp.ident=7")),
        (asked("ip/udp", "udp.srcport=4000"), told("ip/udp", "udp.srcport=53", "udp.dstport=4000")),
        (asked("ip/icmp", "icmp.type=13"), told("ip/icmp", "icmp.type=0")),
        (asked("ip/pim"), packet("ip/pim", "ip.src=192.0.2.8", f"ip.dst={HERE}")),
    ],
)
def test_what_does_not_answer_is_told_apart(question: Composed, other: Composed) -> None:
    assert not answered(question, other)


def quotations() -> Iterator[Composed]:
    yield asked("ip/icmp", "ip.ttl=1")
    yield asked("ip/udp", "data=hello")
    yield asked("ip/tcp")
    yield asked("ip/sctp")
    yield asked("ip/ospf")


@pytest.mark.parametrize("question", quotations())
def test_an_error_answers_what_it_quotes(question: Composed) -> None:
    router = Envelope(ip_address("10.0.0.254"), ip_address(HERE))
    error = ip_datagram(router, Protocol.ICMP, icmp_error(router, 11, 0, question.data))

    assert answered(question, Composed(error, LinkType.RAW))


def test_a_later_fragment_is_answered_by_nothing() -> None:
    later = asked("ip/icmp", "ip.frag_offset=3")

    assert question_of(later.data, later.link).keys == ()


def test_a_group_may_answer_more_than_once() -> None:
    query = packet("ip/igmp")

    assert question_of(query.data, query.link).is_open
    assert not question_of(asked("ip/icmp").data, LinkType.RAW).is_open
