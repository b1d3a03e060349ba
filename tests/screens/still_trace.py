"""A trace that stands still: nine hops of every kind, known to the last digit."""

from array import array
from collections.abc import Sequence
from ipaddress import ip_address

from app.engine.command import Method, Target
from app.engine.snapshot import End, Finding, HopRow, Ledger, Outcome, Responder, Samples, TraceSnapshot
from app.packet.answer import MplsEntry
from tests.screens.still import LETTERS, NOW, SECOND, START, noisy, summary

TARGET = Target("lossy.example", "lossy.example", ip_address("198.18.4.2"))
NAMES = {"10.0.0.1": "gw.example", "10.3.0.1": "core.example", "198.18.4.2": "lossy.example"}


def responder(address: str, measured: Samples, *, text: str = "", is_target: bool = False, **more: object) -> Responder:
    rtts = answered(measured)
    facts: dict[str, object] = {
        "type": 3 if is_target else 11,
        "code": 3 if is_target else 0,
        "text": text,
        "is_target": is_target,
        "reply_ttl": 250,
        "quoted_ttl": 1,
    }
    return Responder(ip_address(address), len(rtts), summary(rtts) if rtts else None, **{**facts, **more})  # type: ignore[arg-type]  # facts by name


def answered(measured: Samples) -> list[int]:
    pairs = zip(measured.outcome, measured.rtt, strict=True)
    return [rtt for outcome, rtt in pairs if outcome == Outcome.REPLIED]


def hop(ttl: int, measured: Samples, *responders: Responder) -> HopRow:
    outcomes = measured.outcome
    rtts = answered(measured)
    ledger = Ledger(
        sent=len(outcomes),
        replied=len(rtts),
        lost=outcomes.count(Outcome.LOST),
        in_flight=outcomes.count(Outcome.IN_FLIGHT),
    )
    return HopRow(f"hop {ttl}", ttl, ledger, summary(rtts) if rtts else None, measured, responders)


def of_hop(measured: Samples, wanted: Sequence[int]) -> Samples:
    """Of a hop's samples, those that one of its responders answered."""
    chosen = [index for index in wanted if index < len(measured)]
    return Samples(
        array("q", [measured.sent_at[index] for index in chosen]),
        array("q", [measured.rtt[index] for index in chosen]),
        bytes(measured.outcome[index] for index in chosen),
        array("q", [measured.token[index] for index in chosen]),
    )


def silent(letters: str) -> Samples:
    count = len(letters)
    return Samples(
        array("q", [NOW] * count),
        array("q", [-1] * count),
        bytes(LETTERS[letter] for letter in letters),
        array("q", range(count)),
    )


ROUNDS = 42
STEADY = "-" * (ROUNDS - 1) + "."
LIMITED = "-xx" * 14
LOSSY = "---x--xx-----x------x---xx------x-------x-"
DIAMOND = noisy(14, STEADY, 12.0, 0.4, 2)
GATEWAY, SECOND_HOP, CORE, LAST = (
    noisy(11, STEADY, 0.41, 0.05, 3),
    noisy(12, STEADY, 4.8, 0.1, 2),
    noisy(15, LIMITED, 20.1, 0.3),
    noisy(16, LOSSY, 30.1, 0.6, 2),
)
HOPS = (
    hop(1, GATEWAY, responder("10.0.0.1", GATEWAY)),
    hop(2, SECOND_HOP, responder("10.1.0.1", SECOND_HOP)),
    hop(3, silent("x" * 41 + "."), *()),
    hop(
        4,
        DIAMOND,
        responder("10.2.1.1", of_hop(DIAMOND, range(0, ROUNDS, 2)), mpls=(MplsEntry(24001, 0, True, 1),)),
        responder("10.2.2.1", of_hop(DIAMOND, range(1, ROUNDS, 2))),
    ),
    hop(5, CORE, responder("10.3.0.1", CORE)),
    hop(6, LAST, responder("198.18.4.2", LAST, text="port unreachable", is_target=True)),
)
FINDINGS = (
    Finding("rate-limited", 5, "answers 14 of 42, evenly spaced: it limits its own ICMP. Later hops answer more."),
    Finding("silent-hop", 3, "never answers, but forwards"),
    Finding("loss", 6, "the target loses 19 %; hops before it do not: the loss is at or next to the target"),
)


def trace(hops: Sequence[HopRow] = HOPS, end: End | None = End.REACHED, **more: object) -> TraceSnapshot:
    facts: dict[str, object] = {"round": ROUNDS, "asked": None, "findings": FINDINGS, "path_mtu": 1500}
    return TraceSnapshot(
        at=NOW,
        started_at=START,
        interval=SECOND,
        target=TARGET,
        method=Method.UDP,
        port=33_434,
        hops=tuple(hops),
        end=end,
        **{**facts, **more},  # type: ignore[arg-type]  # facts by name
    )


def building() -> TraceSnapshot:
    """The same path a moment after it was asked for: three hops have answered."""
    one = noisy(21, "-", 0.41, 0.05)
    five = noisy(22, "-", 20.1, 0.3)
    hops = [
        hop(1, one, responder("10.0.0.1", one)),
        *(hop(ttl, silent(".")) for ttl in (2, 3, 4)),
        hop(5, five, responder("10.3.0.1", five)),
        *(hop(ttl, silent(".")) for ttl in range(6, 13)),
    ]
    return trace(hops, None, round=1, asked=(1, 12), findings=(), path_mtu=None)
