"""Regular expressions for `matches`: those of the `regex` library, which are Perl's as Wireshark's are.

Any engine of that kind finds patterns and bytes for which it would search for years. A search is given up after
`PATIENCE`, and then has found nothing. Letters match in either case, as in Wireshark.
"""

from collections.abc import Callable

import regex

from app.packet.errors import PacketError

#: No more of a text is looked at.
MOST_OCTETS = 65_536
#: Seconds that one search may take.
PATIENCE = 0.05
#: Characters of a pattern: what is longer takes long to be compiled.
LONGEST = 1_000


class PatternError(PacketError):
    """A pattern that cannot be understood, or that is too much."""


def searcher(pattern: bytes) -> Callable[[bytes], bool]:
    """Whether bytes hold what the pattern says. Raises PatternError."""
    if len(pattern) > LONGEST:
        raise PatternError(f"it has more than {LONGEST} characters")
    try:
        search = regex.compile(pattern, regex.IGNORECASE | regex.VERSION0, cache_pattern=False).search
    except regex.error as error:
        where = "" if error.pos is None else f" at its character {error.pos + 1}"
        raise PatternError(f"{error.msg}{where}") from None
    except (RecursionError, OverflowError):
        raise PatternError("it is too deep or too large") from None

    def is_found(text: bytes) -> bool:
        try:
            return search(text[:MOST_OCTETS], timeout=PATIENCE) is not None
        except TimeoutError:
            return False

    return is_found
