"""Whatever goes wrong, every probe has one fate: the ledger held against what nftables counted at both doors."""

import pytest

from tests.lab import faults
from tests.lab.faults import FAULTS, STOPPED, Fault, Tally
from tests.lab.topology import Lab

SECOND = 1_000_000_000


class Under:
    """Runs under faults, each run once."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._tallies: dict[str, Tally] = {}

    def __call__(self, fault: Fault) -> Tally:
        if fault.name not in self._tallies:
            self._tallies[fault.name] = faults.run(self._lab, fault)
        return self._tallies[fault.name]


@pytest.fixture(scope="session")
def under(six_hops: Lab) -> Under:
    return Under(six_hops)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_ledger_is_what_was_counted_on_the_wire(under: Under, fault: Fault) -> None:
    tally = under(fault)

    assert tally["sent"] == tally["replied"] + tally["lost"] + tally["in_flight"] + tally["failed"]
    assert tally["sent"] - (tally["failed"] - tally["unknown"]) == tally.left
    assert tally["replied"] + tally["late"] + tally["duplicates"] + tally.dropped == tally.came


@pytest.mark.parametrize(
    "fault",
    [faults.FIREWALL, faults.INTERFACE, faults.ADDRESS, faults.QUEUE, faults.MTU, faults.NEIGHBOUR],
    ids=lambda fault: fault.name,
)
def test_what_never_left_this_host_is_failed_and_not_lost(under: Under, fault: Fault) -> None:
    tally = under(fault)

    assert tally["failed"] > 0
    assert tally["unknown"] == 0
    assert tally["lost"] <= 1  # one that was under way when its way back was gone


@pytest.mark.parametrize("fault", [faults.DUPLICATES, faults.REORDERING, faults.STOP], ids=lambda fault: fault.name)
def test_what_only_comes_twice_or_late_is_not_lost(under: Under, fault: Fault) -> None:
    tally = under(fault)

    assert (tally["replied"], tally["failed"]) == (tally["sent"], 0)


def test_a_stop_of_the_program_is_in_no_round_trip_time(under: Under) -> None:
    assert 0 < under(faults.STOP).slowest < STOPPED * SECOND / 2


def test_after_a_stop_no_burst_makes_up_for_it(under: Under) -> None:
    tally = under(faults.STOP)

    assert tally.document["ended_at"] - tally.document["started_at"] > STOPPED * SECOND


def test_what_found_our_own_buffer_full_is_unknown_and_not_lost(under: Under) -> None:
    tally = under(faults.BUFFER)

    assert tally.dropped > 0
    assert tally["unknown"] >= tally.dropped
    assert tally["lost"] == 0
