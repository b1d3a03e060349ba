"""What is said of an engine that drops, sends late, or whose packets nobody but Python stamps."""

from app.engine.ailments import ailments
from app.engine.condition import BufferUse, EngineCondition, Lateness, LinkCondition, ProcessCondition, Stamping
from app.engine.datagram import Clock

MILLISECOND = 1_000_000
BUSY = Lateness(median=MILLISECOND, p99=40 * MILLISECOND, most=90 * MILLISECOND)


def process(
    link: LinkCondition | None = None, late: Lateness | None = None, tick: int = 5 * MILLISECOND, *, rate: float = 500.0
) -> ProcessCondition:
    engine = EngineCondition("ping", 0, 0, 10, 10, rate, tick, late, link or LinkCondition("raw"))
    return ProcessCondition(0, 0, (), None, 0, MILLISECOND, (engine,))


def test_of_a_well_engine_nothing_is_said() -> None:
    stamped = Stamping("eth0", Clock.KERNEL, Clock.HARDWARE)
    link = LinkCondition("raw", buffers=(BufferUse("ICMPv4", 0, 4096, 8 << 20, 0),), stampings=(stamped,))
    assert ailments(process(link, Lateness(MILLISECOND, 4 * MILLISECOND, 200 * MILLISECOND))) == ()


def test_what_was_dropped_here_is_told_apart_from_what_the_network_lost() -> None:
    (said,) = ailments(process(LinkCondition("raw", dropped=12)))
    assert said.startswith("12 packets dropped here, not on the network")


def test_one_in_a_hundred_far_behind_its_moment_is_late() -> None:
    (said,) = ailments(process(late=BUSY))
    assert "one in a hundred more than 40.0 ms" in said


def test_where_few_are_sent_half_of_them_must_be_late() -> None:
    assert ailments(process(late=BUSY, rate=1.0)) == ()
    assert len(ailments(process(late=Lateness(30 * MILLISECOND, 40 * MILLISECOND, 90 * MILLISECOND), rate=1.0))) == 1


def test_what_a_slow_tick_explains_is_not_late() -> None:
    assert ailments(process(late=BUSY, tick=50 * MILLISECOND)) == ()


def test_a_device_that_does_not_stamp_is_named_with_its_reason() -> None:
    link = LinkCondition("raw", stampings=(Stamping("eth1", Clock.USER, Clock.KERNEL, "its driver has no stamps"),))
    assert ailments(process(link)) == ("eth1 does not stamp what leaves: user clock there (its driver has no stamps)",)


def test_a_buffer_that_was_nearly_full_is_a_warning_until_it_drops() -> None:
    nearly, over = BufferUse("ICMPv4", 0, 90, 100, 0), BufferUse("ICMPv4", 0, 100, 100, 3)
    (said,) = ailments(process(LinkCondition("raw", buffers=(nearly,))))
    assert "90 % full" in said
    (said,) = ailments(process(LinkCondition("raw", buffers=(over,), dropped=3)))
    assert "3 packets dropped here" in said
