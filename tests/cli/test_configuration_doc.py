"""docs/configuration.md names every key of the file and every binding, and its example can be used as it is."""

import re
from dataclasses import fields
from pathlib import Path

from textual.binding import Binding

from app.config import Config, read_config
from app.explorer import Explorer
from app.screens.compare import CompareScreen
from app.screens.compose import ComposeScreen
from app.screens.dashboard import DashboardScreen
from app.screens.errors import ErrorsScreen
from app.screens.links import LinksScreen
from app.screens.listen import ListenScreen
from app.screens.packets import PacketsScreen
from app.screens.panes import Panes
from app.screens.target import TargetScreen
from app.screens.trace import TraceScreen
from widgets.editing import EditDump, EditTree
from widgets.fieldtree import FieldTree
from widgets.grid import TargetGrid
from widgets.hexdump import HexDump
from widgets.neighbours import FoldedLines

SCREENS = (
    Explorer,
    DashboardScreen,
    TargetScreen,
    TraceScreen,
    PacketsScreen,
    CompareScreen,
    ListenScreen,
    LinksScreen,
    ErrorsScreen,
    ComposeScreen,
    TargetGrid,
    Panes,
    FieldTree,
    HexDump,
    EditTree,
    EditDump,
    FoldedLines,
)
DOC = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text()
EXAMPLE = DOC.split("```toml\n")[1].split("```")[0]


def test_the_example_is_read_and_has_every_key(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(EXAMPLE)

    assert read_config(path).keys["page.freeze"] == "f,space"
    for entry in fields(Config):
        assert re.search(rf"^\[?{entry.name}\b", EXAMPLE, re.MULTILINE), entry.name


def test_every_binding_is_named() -> None:
    for kind in (*SCREENS, *(base for screen in SCREENS for base in screen.__mro__ if base.__module__[:4] == "app.")):
        for binding in vars(kind).get("BINDINGS", ()):
            assert isinstance(binding, Binding)
            assert f"`{binding.id}`" in DOC
