"""The names of fields that no declaration lists: readers write them by hand, in their code and their tables.

They are found by looking through the modules of the packet layer, once. Of names that are put together as a
packet is read, only the pieces stand in the code; those are gathered as well.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, cached_property
from types import CodeType, FunctionType

from app.packet.layout import Field, Layout
from app.packet.protocols import load_all

#: They speak of fields, and make none.
_NO_READERS = ("app.packet.filter", "app.packet.composing")
_NAME = re.compile(r"[a-z][a-z0-9_-]*(?:\.[A-Za-z0-9_-]+)+\Z", re.ASCII)
_BEGIN = re.compile(r"[a-z][a-z0-9_-]*\.(?:[A-Za-z0-9_-]+\.)*\Z", re.ASCII)
_END = re.compile(r"[._][a-z0-9][a-z0-9_.-]*\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Written:
    """What looks like names. A field that a table holds is itself; of a mere text nothing but the name is known."""

    fields: Mapping[str, Field]
    layers: Mapping[str, Layout]
    begins: tuple[str, ...]  #: what names that are put together begin with, such as "dns."
    ends: tuple[str, ...]  #: what they end with, such as "_ip6"


def is_name_like(text: str) -> bool:
    """Whether a text looks like the name of a field."""
    return _NAME.match(text) is not None


@cache
def written() -> Written:
    """All that the packet layer holds."""
    load_all()
    found: dict[str, Field] = {}
    layers: dict[str, Layout] = {}
    begins: set[str] = set()
    ends: set[str] = set()
    for said in _said():
        if isinstance(said, Field):
            found[said.name] = said
        elif isinstance(said, Layout):
            layers[said.name] = said
        elif is_name_like(said):
            found.setdefault(said, Field("", said, "", 0, 0, "octets"))
        elif _BEGIN.match(said):
            begins.add(said)
        elif _END.match(said):
            ends.add(said)
    return Written(found, layers, tuple(sorted(begins)), tuple(sorted(ends)))


def _said() -> Iterator[str | Field | Layout]:
    """Every text, field and layout that a module's code or tables hold. Tables that modules share are read once."""
    seen: set[int] = set()
    for path, module in list(sys.modules.items()):
        if not path.startswith("app.packet.") or path.startswith(_NO_READERS):
            continue
        waiting: list[object] = list(vars(module).values())
        while waiting:
            item = waiting.pop()
            if isinstance(item, str | Field | Layout):
                yield item
            elif id(item) not in seen:
                seen.add(id(item))
                waiting.extend(_parts(item))


def _parts(item: object) -> Iterable[object]:
    """What a table, a function or a class of the packet layer holds."""
    if isinstance(item, FunctionType):
        # A function compiled from a declaration has no module; what it says, the declaration says.
        return (item.__code__, *_enclosed(item)) if _is_ours(item.__module__) else ()
    if isinstance(item, CodeType):
        return item.co_consts
    if isinstance(item, property):
        return (item.fget,)
    if isinstance(item, staticmethod | classmethod):
        return (item.__func__,)
    if isinstance(item, cached_property):
        return (item.func,)
    if isinstance(item, type):
        return list(vars(item).values()) if _is_ours(item.__module__) else ()
    if isinstance(item, Mapping):
        return (*item, *item.values())
    if isinstance(item, tuple | list | frozenset):
        return item
    if is_dataclass(item):
        return [getattr(item, entry.name, None) for entry in fields(item)]
    return ()


def _is_ours(module: str | None) -> bool:
    return module is not None and module.startswith("app.packet.")


def _enclosed(function: FunctionType) -> Iterator[object]:
    """What a function that another one made keeps of it."""
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not filled yet
            continue
