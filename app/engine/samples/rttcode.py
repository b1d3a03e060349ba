"""Times in two bytes and in one: what the history of ten thousand targets has room for.

`time_code` is a floating point number of fifteen bits without a sign, as `half` is one: eleven significant bits and a
shift. Below 2,048 ns it is exact, above within 1/2048 (0.049 %) of the time, up to 2^41 ns (36 minutes), where it
stays. Codes are in the order of the times they stand for. `gap_code` has four significant bits in eight: within 1/16
of the time and a unit of 16 µs, up to three days.
"""

from array import array
from collections.abc import Iterable

EXACT_BELOW = 2_048  #: nanoseconds; also the first code that is not its own time
CODES = 1 << 15  #: time codes there are
LONGEST = 2_047 << 30  #: nanoseconds: the longest time that has a code of its own

_GAP_UNIT_BITS = 14
_LONGEST_GAP = 15 << 30 + _GAP_UNIT_BITS


def time_code(nanoseconds: int) -> int:
    """The code of the time nearest to this one that has a code; it must not be negative."""
    if nanoseconds < EXACT_BELOW:
        return nanoseconds
    if nanoseconds > LONGEST:
        return CODES - 1
    shift = nanoseconds.bit_length() - 11
    return (shift << 10) + ((nanoseconds + (1 << shift >> 1)) >> shift)


def time_of(code: int) -> int:
    """The time in nanoseconds that a code stands for."""
    return code if code < EXACT_BELOW else ((code & 1_023) + 1_024) << ((code >> 10) - 1)


def times_of(codes: Iterable[int]) -> "array[int]":
    """The times of many codes."""
    return array("q", [code if code < 2_048 else ((code & 1_023) + 1_024) << ((code >> 10) - 1) for code in codes])


def gap_code(nanoseconds: int) -> int:
    """The code, 0..255, of a time between two probes; 0 where it is negative."""
    if nanoseconds < 0:
        return 0
    units = (nanoseconds + (1 << _GAP_UNIT_BITS >> 1)) >> _GAP_UNIT_BITS
    if units < 16:
        return units
    if nanoseconds > _LONGEST_GAP:
        return 255
    shift = units.bit_length() - 4
    return (shift << 3) + ((units + (1 << shift >> 1)) >> shift)


def _gap_of(code: int) -> int:
    return (code if code < 16 else ((code & 7) + 8) << ((code >> 3) - 1)) << _GAP_UNIT_BITS


#: The time in nanoseconds that each gap code stands for.
GAPS = tuple(_gap_of(code) for code in range(256))
