"""One TTL of a trace, and who answers at it."""

from ipaddress import ip_address

from app.engine.samples.rttcode import time_code
from app.engine.samples.series import KEPT
from app.engine.tracing.hop import Speaker


def test_the_percentiles_of_a_responder_forget_its_oldest_answer_first() -> None:
    speaker = Speaker(ip_address("192.0.2.1"), is_target=False)
    rtts = [1_000_000 + 10_000 * number for number in range(KEPT + 2)]
    for rtt in rtts:
        speaker.time(rtt)
    assert sorted(speaker.kept) == [time_code(rtt) for rtt in rtts[2:]]
