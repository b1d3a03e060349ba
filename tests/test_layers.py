"""Which part may import which, held by reading the imports of every module."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

#: A module path's prefix and what it may import of this project, most specific first.
MAY_IMPORT = {
    "app/packet": ("app.packet",),
    "app/engine": ("app.packet", "app.engine"),
    "app/net": ("app.packet", "app.engine", "app.net"),
    "widgets": ("app.packet", "app.engine", "widgets"),
    "app/screens": ("app.packet", "app.engine", "widgets", "app.screens", "app.net.network"),
}
PURE = ("app/packet", "app/engine")
IMPURE = {"socket", "time", "threading", "asyncio", "select", "selectors", "os", "textual", "rich", "random"}


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield node.module or ""


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_a_layer_imports_only_what_lies_below_it(folder: str) -> None:
    for path in modules(folder):
        for name in imports(path):
            if name.split(".")[0] in {"app", "widgets", "styles", "tests"}:
                assert name.startswith(MAY_IMPORT[folder]), f"{path.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize("folder", PURE)
def test_packets_and_engines_know_no_clock_socket_or_thread(folder: str) -> None:
    for path in modules(folder):
        assert not IMPURE & {name.split(".")[0] for name in imports(path)}, path.relative_to(ROOT)


def test_only_the_glass_imports_textual() -> None:
    for path in [*modules("app/net"), *modules("app/commands"), *ROOT.glob("app/*.py")]:
        if path.name not in ("keystrokes.py", "program.py", "terminal.py", "explorer.py", "inspector.py"):
            assert "textual" not in {name.split(".")[0] for name in imports(path)}, path.relative_to(ROOT)
