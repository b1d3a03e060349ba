"""What every screen says where this host spoils what is measured, for as long as that is news."""

from app.engine.condition import EngineCondition, Lateness, LinkCondition
from app.screens.alarm import NEWS, Alarm

MILLISECOND = 1_000_000
PUNCTUAL = Lateness(MILLISECOND, 4 * MILLISECOND, 9 * MILLISECOND)
LATE = Lateness(MILLISECOND, 40 * MILLISECOND, 90 * MILLISECOND)


def condition(at: int, dropped: int, lateness: Lateness = PUNCTUAL) -> EngineCondition:
    return EngineCondition(
        "ping", at, 0, 10, 10, 500.0, 5 * MILLISECOND, lateness, LinkCondition("raw", dropped=dropped)
    )


def test_drops_are_news_for_a_while_after_the_last_of_them() -> None:
    alarm = Alarm()
    alarm.look(condition(0, 0))
    assert alarm.text == ""
    alarm.look(condition(1, 12))
    assert alarm.text == "12 dropped here, not on the network"
    alarm.look(condition(NEWS, 12))
    assert alarm.text
    alarm.look(condition(1 + NEWS, 12))
    assert alarm.text == ""


def test_lateness_is_said_while_it_lasts() -> None:
    alarm = Alarm()
    alarm.look(condition(0, 0, LATE))
    assert alarm.text == "sends up to 40.0 ms late"
    alarm.look(condition(1, 0))
    assert alarm.text == ""


def test_of_an_engine_that_says_nothing_nothing_is_said() -> None:
    alarm = Alarm()
    alarm.look(None)
    assert alarm.text == ""
