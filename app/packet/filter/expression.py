"""Display filters in Wireshark's words: compile an expression once, ask it of every Dissection.

`app.packet.filter.grammar` has the grammar, `docs/filter.md` the language for those who write it.
"""

from typing import Protocol

from app.packet.dissection import Dissection
from app.packet.filter.facts import Facts
from app.packet.filter.fault import FilterError as FilterError  # who compiles a filter catches this, from one place
from app.packet.filter.grammar import parse
from app.packet.filter.meaning import meaning


class Predicate(Protocol):
    """Whether a packet passes a filter. Without facts, a filter that asks for them does not hold."""

    def __call__(self, dissection: Dissection, facts: Facts | None = None) -> bool:
        """Whether this packet does."""


def compile_filter(expression: str) -> Predicate:
    """The predicate that an expression means; every packet passes an empty one. Raises FilterError."""
    tree = parse(expression)
    if tree is None:
        return lambda dissection, facts=None: True
    holds = meaning(tree)

    def passes(dissection: Dissection, facts: Facts | None = None) -> bool:
        return holds(dissection, facts)

    return passes
