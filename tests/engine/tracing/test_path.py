"""Loops and findings, on handmade rows."""

from ipaddress import ip_address

import pytest

from app.engine.snapshot import End, HopRow, Ledger, Responder, Samples
from app.engine.tracing.path import findings, loop
from app.packet.answer import MplsEntry
from app.packet.compose import Address


def path(letters: str) -> dict[int, Address]:
    """Who answered, a letter each from TTL 1 on; "-" is silence."""
    return {ttl: ip_address(f"10.0.0.{ord(who)}") for ttl, who in enumerate(letters, 1) if who != "-"}


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("ABCDEFGH", None),
        ("ABABAB", (1, 4)),
        ("XYABCABC", (3, 8)),
        ("XABCABC", (2, 7)),
        ("XAB-BAB", None),  # of each cycle two must be seen to repeat
        ("XABCA-CAB", (2, 7)),
        ("XA-A-A-", None),  # one router and silence: no proof
        ("AABBCC", None),
        ("XAAA", None),
        ("XAAAA", (2, 5)),
        ("ABCA", None),
        ("", None),
    ],
)
def test_a_loop_is_a_cycle_seen_twice_over(letters: str, expected: tuple[int, int] | None) -> None:
    assert loop(path(letters)) == expected


def responder(address: str, **more: object) -> Responder:
    known: dict[str, object] = {
        "replied": 1, "rtt": None, "type": 11, "code": 0, "text": "", "is_target": False, "reply_ttl": None,
        "quoted_ttl": 1,
    }  # fmt: skip
    return Responder(address=ip_address(address), **(known | more))  # type: ignore[arg-type]


def row(ttl: int, *responders: Responder, replied: int = 10, lost: int = 0) -> HopRow:
    ledger = Ledger(sent=replied + lost, replied=replied, lost=lost)
    return HopRow(f"hop {ttl}", ttl, ledger, None, Samples(), responders)


def kinds(*rows: HopRow, end: End | None = End.REACHED, unsteady: dict[int, int] | None = None) -> list[object]:
    return [(found.kind, found.ttl) for found in findings(rows, end, None, unsteady or {})]


def test_a_plain_path_has_no_findings() -> None:
    assert kinds(row(1, responder("10.0.0.1")), row(2, responder("10.0.0.2", type=0, is_target=True))) == []


def test_a_hop_that_loses_more_than_later_ones_limits_its_icmp() -> None:
    rows = row(1, responder("10.0.0.1"), replied=4, lost=6), row(2, responder("10.0.0.2"), replied=9, lost=1)

    assert kinds(*rows) == [("rate-limited", 1)]


def test_a_hop_whose_loss_goes_on_behind_it_is_no_limiter() -> None:
    rows = row(1, responder("10.0.0.1"), replied=4, lost=6), row(2, responder("10.0.0.2"), replied=4, lost=6)

    assert kinds(*rows) == []


def test_a_silent_hop_forwards_only_if_a_later_one_answers() -> None:
    assert kinds(row(1, replied=0, lost=3), row(2, responder("10.0.0.2"))) == [("silent-hop", 1)]
    assert kinds(row(1, responder("10.0.0.2")), row(2, replied=0, lost=3)) == []


def test_responders_in_turn_are_balancing_and_one_after_the_other_a_change() -> None:
    rows = [row(1, responder("10.0.0.1"), responder("10.0.0.2"))]

    assert kinds(*rows, unsteady={1: 7}) == [("ecmp", 1)]
    assert kinds(*rows, unsteady={1: 1}) == [("path-changed", 1)]


def test_labels_mtu_and_translation_are_told() -> None:
    label = MplsEntry(24_001, 0, True, 1)
    rows = [
        row(1, responder("10.0.0.1", mpls=(label,))),
        row(2, responder("10.0.0.2", nat=True, mtu=1_400)),
        row(3, responder("10.0.0.3", nat=True)),
    ]

    assert kinds(*rows) == [("mpls", 1), ("mtu", 2), ("nat", 2)]


def test_a_target_that_says_time_exceeded_is_a_nat() -> None:
    rows = row(1, responder("10.0.0.9", is_target=True)), row(2, responder("10.0.0.9", is_target=True, type=0))

    assert kinds(*rows) == [("nat", 1)]


def test_a_return_path_of_another_length_is_asymmetric() -> None:
    assert kinds(row(1, responder("10.0.0.1", reply_ttl=255)), row(2, responder("10.0.0.2", reply_ttl=58))) == [
        ("asymmetric", 2)
    ]


def test_a_prohibition_says_who_and_why() -> None:
    words = "communication administratively prohibited"
    rows = [row(1, responder("10.0.0.1", text=words, type=3, code=13))]

    [found] = findings(rows, End.PROHIBITED, None, {})

    assert (found.kind, found.text) == ("prohibited", f"{words}, said 10.0.0.1")


def test_a_router_that_refuses_for_a_moment_is_no_other_path() -> None:
    refuser = responder("10.0.0.8", type=3, code=1, reply_ttl=248)
    rows = [row(ttl, responder(f"10.0.0.{ttl}", reply_ttl=256 - ttl), refuser) for ttl in (9, 10, 11, 12)]

    assert kinds(*rows, unsteady={12: 7}) == []
