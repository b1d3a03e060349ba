"""The ledger under each fault: where every probe went, beside what nftables counted at both doors."""

from bench.row import Effort, Figure, Measured, Row
from tests.lab.faults import COUNTED, FAULTS, run
from tests.lab.topology import chain


def _faults(_: Effort) -> Measured:
    with chain(5) as lab:
        tallies = {fault: run(lab, fault) for fault in FAULTS}
    unaccounted = sum(tally.unaccounted for tally in tallies.values())
    return Measured(
        (Figure("probes and answers that are not accounted for", unaccounted, "", 0),),
        ("fault", *(name.replace("_", " ") for name in COUNTED), "dropped here", "nft out", "nft in", "unaccounted"),
        tuple(
            (
                fault.name,
                *(str(tally[name]) for name in COUNTED),
                *map(str, (tally.dropped, tally.left, tally.came, tally.unaccounted)),
            )
            for fault, tally in tallies.items()
        ),
        {
            options: f"hopscope ping HOST... {options} --jsonl"
            for options in sorted({fault.options for fault in FAULTS})
        },
        (
            "sent = replied + lost + in flight + failed; sent less what never left = nft out (the next router's door);",
            "replied + late + duplicates + dropped here = nft in (our own door); unknown are failed ones that left.",
        ),
    )


ROWS = (
    Row(
        "faults",
        "the ledger under faults, beside nftables",
        "every probe and every answer accounted for",
        _faults,
        is_quick=False,
    ),
)
