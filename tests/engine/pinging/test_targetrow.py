"""What a row hands out of its history."""

from ipaddress import ip_address

from app.engine.command import Target
from app.engine.pinging.targetrow import Row
from app.engine.samples.rollup import MINUTE

SECOND = 1_000_000_000


def test_no_probe_of_a_history_is_between_its_samples_and_its_roll_ups() -> None:
    row = Row(Target(key="a", host="a", address=ip_address("192.0.2.1")), 0, offset=0, kept=600)
    row.watch(is_watched=True)
    for number in range(1_200):
        row.series.launch(number * SECOND)
        row.series.reply(number, number * SECOND + 1_000_000, SECOND)

    history = row.history()

    rolled = sum(rollup.replied for rollup in history.rollups)
    assert 1_200 - MINUTE // SECOND <= rolled + len(history.samples) <= 1_200
