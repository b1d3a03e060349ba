"""The reference page of a header, made from its declaration: the RFCs' bit diagram and a table of the fields.

`docs/headers.md` holds all of them; `python -m app.packet.reference` prints it anew.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import app.packet
from app.packet.layout import Field, Header, declared
from app.packet.registry import Registry

_WORD = 32
_EDGE = "+" + "-+" * _WORD
_RULER = (
    " " + " ".join(f"{bit // 10}" if bit % 10 == 0 else " " for bit in range(_WORD)),
    " " + " ".join(f"{bit % 10}" for bit in range(_WORD)),
)


def headers() -> list[type[Header]]:
    """Every header that is declared in this package, by the filter's name."""
    for module in pkgutil.walk_packages(app.packet.__path__, "app.packet."):
        importlib.import_module(module.name)
    ours = {record for record in declared() if record.__module__.startswith(app.packet.__name__)}
    return sorted(ours, key=lambda record: (record.LAYOUT.name, record.__module__, record.__name__))


def page(record: type[Header]) -> Iterator[str]:
    """The lines of one header's page, as Markdown."""
    layout = record.LAYOUT
    yield f"## {layout.title}: {record.__name__}"
    yield ""
    yield f"`{layout.name}`, {layout.reference}, {layout.size} bytes. {inspect.getdoc(record) or ''}".replace("\n", " ")
    yield ""
    yield "```"
    yield from diagram(layout.fields)
    yield "```"
    yield ""
    yield "| bits | field | filter | |"
    yield "| --- | --- | --- | --- |"
    for field in layout.fields:
        last = field.offset + field.width - 1
        bits = f"{field.offset}" if field.width == 1 else f"{field.offset}-{last}"
        yield f"| {bits} | {field.label} | `{field.name}` | {_remark(field)} |"
    yield ""


def diagram(fields: tuple[Field, ...]) -> Iterator[str]:
    """The fields over words of 32 bits, as RFC 791 draws them; a field over several words is named in its first."""
    total = fields[-1].offset + fields[-1].width
    yield from (line.rstrip() for line in _RULER)
    yield _EDGE[: 2 * min(total, _WORD) + 1]
    for start in range(0, total, _WORD):
        stop = min(start + _WORD, total)
        cells = [_cell(field, start, stop) for field in fields if field.offset < stop and _end(field) > start]
        yield "|" + "|".join(cells) + "|"
        is_split = any(field.offset < stop < _end(field) for field in fields)
        width = 2 * (stop - start) + 1
        yield "+" + " " * (width - 2) + "+" if is_split else _EDGE[:width]


def _cell(field: Field, start: int, stop: int) -> str:
    """The part of a field within one word: two characters a bit, less the line to its right."""
    width = 2 * (min(stop, _end(field)) - max(start, field.offset)) - 1
    words = field.label if field.offset >= start else ""
    return words[:width].center(width)


def _end(field: Field) -> int:
    return field.offset + field.width


def _remark(field: Field) -> str:
    registry = "" if field.registry is None else f"values: {field.registry.__name__}"
    return "; ".join(part for part in (field.doc, field.unit, registry) if part)


def values(registry: type[Registry]) -> Iterator[str]:
    """The values that a registry names, as Markdown."""
    yield f"## Values: {registry.__name__}"
    yield ""
    yield (inspect.getdoc(registry) or "").replace("\n", " ")
    yield ""
    yield ", ".join(f"{int(member)} {member.words}" for member in sorted(registry)) + "."
    yield ""


def book() -> str:
    """All pages, and the values of all registries behind them, as docs/headers.md holds them."""
    opening = (
        "# Headers",
        "",
        "Every header that hopscope reads and builds, as it is declared, and the values of each registry at the end:",
        "made by `python -m app.packet.reference`.",
        "",
    )
    records = headers()
    named = {field.registry for record in records for field in record.LAYOUT.fields if field.registry is not None}
    registries = sorted(named, key=lambda registry: (registry.__name__, registry.__module__))
    pages = (line for record in records for line in page(record))
    return "\n".join([*opening, *pages, *(line for registry in registries for line in values(registry))])


if __name__ == "__main__":
    print(book())  # noqa: T201
