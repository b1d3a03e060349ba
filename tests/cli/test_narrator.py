"""What happens to probes is told once each, and adds up to what the machine counts."""

from collections import Counter
from ipaddress import IPv4Address

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.command import Target
from app.engine.datagram import Clock, Datagram, Departure, Drops, Failure, Outgoing
from app.engine.pinging.ping import PingMachine
from app.engine.pinging.pingconfig import PingConfig
from app.engine.snapshot import PingSnapshot
from app.net.link import LinkError
from app.packet.compose import Address, Envelope, ip_datagram, with_checksum
from app.packet.icmp.error import icmp_error
from app.packet.icmp.types import IcmpType
from app.packet.registry import Protocol
from app.report.narrator import Happening, Narrator, Story

US, THEM, ROUTER = IPv4Address("10.0.0.2"), IPv4Address("10.0.0.1"), IPv4Address("10.0.0.9")
TARGET = Target("them", "them", THEM)
MS = 1_000_000
TIMEOUT = 100 * MS


class Told:
    """A narrator over a real ping machine, and all that it told."""

    def __init__(self, count: int = 1, *, has_route: bool = True) -> None:
        def source(address: Address) -> Address:
            if not has_route:
                raise LinkError("no route to it")
            return US

        config = PingConfig(interval=10 * MS, timeout=TIMEOUT, count=count)
        machine = PingMachine([TARGET], config, source=source, identifier=7, secret=bytes(16))
        self.stories: list[Story] = []
        self.narrator: Narrator[PingSnapshot] = Narrator(machine, TIMEOUT, self.stories.append, excuse=machine.excuse)

    def kinds(self) -> list[str]:
        return [story.happening.value for story in self.stories]

    def departed(self, outgoing: Outgoing, at: int) -> None:
        self.narrator.receive(Departure(outgoing.token, at, Clock.KERNEL))


def reply(outgoing: Outgoing, at: int) -> Datagram:
    envelope = Envelope(THEM, US, ttl=60)
    message = with_checksum(envelope, Protocol.ICMP, bytes([IcmpType.ECHO_REPLY]) + outgoing.data[21:])
    return Datagram(ip_datagram(envelope, Protocol.ICMP, message), at, Clock.KERNEL)


def refusal(outgoing: Outgoing, at: int) -> Datagram:
    envelope = Envelope(ROUTER, US, ttl=61)
    message = icmp_error(envelope, IcmpType.DESTINATION_UNREACHABLE, 1, outgoing.data)
    return Datagram(ip_datagram(envelope, Protocol.ICMP, message), at, Clock.KERNEL)


def test_a_reply_is_told_with_all_that_is_known_of_it() -> None:
    told = Told()
    (probe,) = told.narrator.poll(1000)
    told.departed(probe, 2000)
    told.narrator.receive(reply(probe, 5000))
    sent, answer = told.stories
    assert (sent.happening, sent.probe.sequence, sent.probe.ttl) == (Happening.SENT, 1, 64)
    assert (answer.happening, answer.at, answer.rtt) == (Happening.REPLY, 5000, 3000)
    assert (answer.source, answer.reply_ttl, answer.length) == (THEM, 60, 64)
    assert (answer.probe.clock, answer.received_clock) == (Clock.KERNEL, Clock.KERNEL)


def test_a_second_reply_is_a_duplicate() -> None:
    told = Told()
    (probe,) = told.narrator.poll(0)
    told.departed(probe, 0)
    for _ in range(2):
        told.narrator.receive(reply(probe, 5000))
    assert told.kinds() == ["sent", "reply", "duplicate"]


def test_a_probe_without_an_answer_is_lost_at_its_deadline() -> None:
    told = Told()
    (probe,) = told.narrator.poll(0)
    told.departed(probe, 1000)
    told.narrator.expire(TIMEOUT + 500)
    assert told.kinds() == ["sent"]
    told.narrator.expire(2 * TIMEOUT)
    told.narrator.finish(2 * TIMEOUT)
    assert told.kinds() == ["sent", "lost"]
    assert told.stories[-1].at == TIMEOUT + 1000


def test_a_late_reply_is_lost_first_and_then_late() -> None:
    told = Told()
    (probe,) = told.narrator.poll(0)
    told.departed(probe, 0)
    told.narrator.receive(reply(probe, TIMEOUT + MS))
    assert told.kinds() == ["sent", "lost", "late"]
    assert told.stories[-1].rtt == TIMEOUT + MS


def test_a_reply_in_time_that_is_read_late_is_no_loss() -> None:
    told = Told()
    (probe,) = told.narrator.poll(0)
    told.departed(probe, 0)
    told.narrator.expire(TIMEOUT + MS)
    told.narrator.receive(reply(probe, TIMEOUT - MS))
    told.narrator.finish(3 * TIMEOUT)
    assert told.kinds() == ["sent", "reply"]


def test_what_a_router_refused_is_told_with_its_words_and_lost_once() -> None:
    told = Told()
    (probe,) = told.narrator.poll(0)
    told.departed(probe, 0)
    told.narrator.receive(refusal(probe, 5000))
    told.narrator.finish(6000)
    assert told.kinds() == ["sent", "error", "lost"]
    assert (told.stories[1].source, told.stories[1].text) == (ROUTER, "host unreachable")


def test_what_was_not_sent_is_told_with_the_reason() -> None:
    told = Told()
    (probe,) = told.narrator.poll(0)
    told.narrator.receive(Failure(probe.token, 10, "ENOBUFS", "the queue of the interface is full"))
    told.narrator.finish(3 * TIMEOUT)
    assert told.kinds() == ["sent", "failed"]
    assert told.stories[-1].text == "the queue of the interface is full"


def test_what_never_came_to_the_link_is_told_from_the_ledger() -> None:
    told = Told(count=2, has_route=False)
    assert list(told.narrator.poll(0)) == []
    for failed in (1, 1, 2):
        told.narrator.unsent("them", 64, failed, (5, "no route to it"))
    assert told.kinds() == ["sent", "failed", "sent", "failed"]
    assert [story.probe.sequence for story in told.stories] == [1, 1, 2, 2]


fates = st.lists(st.sampled_from(["reply", "lost", "late", "refused", "failed", "twice"]), min_size=1, max_size=12)


@given(fates)
@settings(max_examples=60, deadline=None)
def test_stories_add_up_to_the_ledger(fates: list[str]) -> None:
    told = Told(count=len(fates))
    now = 0
    for fate in fates:
        (probe,) = told.narrator.poll(now)
        if fate == "failed":
            told.narrator.receive(Failure(probe.token, now, "ENETUNREACH", "no route to it"))
        else:
            told.departed(probe, now)
        for _ in range({"reply": 1, "twice": 2}.get(fate, 0)):
            told.narrator.receive(reply(probe, now + MS))
        if fate == "refused":
            told.narrator.receive(refusal(probe, now + MS))
        if fate == "late":
            told.narrator.receive(reply(probe, now + TIMEOUT + MS))
        now += 10 * MS
        told.narrator.expire(now)
    now += 2 * TIMEOUT
    told.narrator.expire(now)
    ledger = told.narrator.snapshot(now).rows[0].ledger
    told.narrator.finish(now)
    counts = Counter(told.kinds())
    assert (counts["sent"], counts["reply"], counts["lost"]) == (ledger.sent, ledger.replied, ledger.lost)
    assert (counts["failed"], counts["late"], counts["duplicate"]) == (ledger.failed, ledger.late, ledger.duplicates)


def test_what_this_host_may_have_dropped_is_unknown_and_not_lost() -> None:
    told = Told()
    (probe,) = told.narrator.poll(0)
    told.departed(probe, 0)
    told.narrator.receive(Drops(2000, 1000, 3))
    told.narrator.expire(2 * TIMEOUT)
    assert told.kinds() == ["sent", "unknown"]


def test_what_was_lost_before_this_host_dropped_anything_is_told_as_lost() -> None:
    told = Told()
    (probe,) = told.narrator.poll(0)
    told.departed(probe, 0)
    told.narrator.expire(TIMEOUT + MS)
    told.narrator.receive(Drops(TIMEOUT + 3 * MS, TIMEOUT + 2 * MS, 3))
    told.narrator.expire(2 * TIMEOUT)
    assert told.kinds() == ["sent", "lost"]


def test_what_never_left_by_a_way_that_stamps_failed() -> None:
    told = Told()
    (probe,) = told.narrator.poll(0)
    told.narrator.receive(Departure(probe.token, 0, Clock.USER, is_stamp_due=True))
    told.narrator.expire(2 * TIMEOUT)
    assert told.kinds() == ["sent", "failed"]
