"""What readers make of LLDP."""

import pytest

from app.engine.neighbourhood.facts import Lldp
from tests.engine.neighbourhood.frames import said, saying

CHASSIS, PORT, TIME, END = "0207 04 020000000001", f"0405 05 {b'eth0'.hex()}", "0602 0078", "0000"


def frame(*tlvs: str, to: str = "0180c200000e") -> bytes:
    return bytes.fromhex(f"{to} 020000000001 88cc {' '.join(tlvs)}")


def test_a_unit_holds_for_its_time_to_live() -> None:
    told = saying(frame(CHASSIS, PORT, TIME, END))

    assert told.facts == Lldp("02:00:00:00:00:01", "eth0", None)
    assert (told.lifetime, told.is_goodbye, told.suspicious) == (120_000_000_000, False, ())


def test_a_time_to_live_of_0_says_goodbye() -> None:
    told = saying(frame(CHASSIS, PORT, "0602 0000", END))

    assert (told.lifetime, told.is_goodbye) == (0, True)


@pytest.mark.parametrize(
    ("chassis", "expected"),
    [
        ("0206 05 01 0a000001", "10.0.0.1"),
        ("0205 07 1b5b326a", "␛[2j"),
        ("0204 05 06 dead", "de:ad"),
    ],
)
def test_an_identifier_is_said_safely(chassis: str, expected: str) -> None:
    facts = saying(frame(chassis, PORT, TIME, END)).facts

    assert isinstance(facts, Lldp)
    assert facts.chassis == expected


def test_a_long_name_is_cut() -> None:
    name = b"\x1b]0;" + b"x" * 400

    facts = saying(frame(CHASSIS, PORT, TIME, f"0b94 {name.hex()}", END)).facts

    assert isinstance(facts, Lldp)
    assert facts.system_name is not None
    assert len(facts.system_name) == 255
    assert facts.system_name.isprintable()


@pytest.mark.parametrize(
    "tlvs", [(CHASSIS, PORT, END), (CHASSIS, TIME, END), (PORT, TIME, END), (CHASSIS, PORT, "0601 78", END)]
)
def test_a_unit_without_one_of_the_three_that_every_one_has_says_nothing(tlvs: tuple[str, ...]) -> None:
    assert said(frame(*tlvs)) == []


def test_a_unit_that_is_cut_within_a_value_says_nothing() -> None:
    assert said(frame(CHASSIS, PORT, TIME, "0a10 61")) == []


def test_a_unit_to_anybody_is_suspicious() -> None:
    assert saying(frame(CHASSIS, PORT, TIME, END, to="020000000009")).suspicious == (
        "sent to 02:00:00:00:00:09, which is no group of LLDP",
    )
