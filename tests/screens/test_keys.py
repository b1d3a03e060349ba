"""Every key: it is named and explained, it reaches its action, and a test presses it for what it does."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

import pytest
from textual.binding import Binding
from textual.dom import DOMNode
from textual.events import Key
from textual.pilot import Pilot

import app.explorer
import app.program
import app.screens
import widgets
from tests.screens.stage import explorer, play
from tests.screens.still import FocusingFeed, snapshot
from tests.screens.still_composer import StillComposer
from tests.screens.still_packets import log

HERE = Path(__file__).parent

#: Where the keys of a module are pressed for what they do.
PRESSED_IN = {
    "app.explorer": ("test_commands", "test_packets", "test_engine"),
    "app.program": ("test_commands", "test_marking"),
    "app.screens.compare": ("test_compare",),
    "app.screens.compose": ("test_compose",),
    "app.screens.copying": ("test_copying",),
    "app.screens.dashboard": ("test_dashboard", "test_commands", "test_map"),
    "app.screens.engine": ("test_engine",),
    "app.screens.errors": ("test_errors",),
    "app.screens.finding": ("test_finding",),
    "app.screens.headerpage": ("test_headerpage",),
    "app.screens.help": ("test_commands",),
    "app.screens.page": ("test_dashboard", "test_trace", "test_packets", "test_target", "test_marking"),
    "app.screens.filtering": ("test_filtering",),
    "app.screens.listen": ("test_listen",),
    "app.screens.links": ("test_links_keys",),
    "app.screens.listing": ("test_packets", "test_marking"),
    "app.screens.packets": ("test_packets", "test_marking", "test_compose"),
    "app.screens.panes": ("test_packets",),
    "app.screens.steering": ("test_commands",),
    "app.screens.target": ("test_target",),
    "app.screens.trace": ("test_trace",),
    "widgets.chart": ("test_target",),
    "widgets.editing": ("test_compose",),
    "widgets.fieldtree": ("test_packets", "test_panes"),
    "widgets.filterbar": ("test_filtering",),
    "widgets.grid": ("test_map",),
    "widgets.hexdump": ("test_packets", "test_panes"),
    "widgets.hops": ("test_trace",),
    "widgets.neighbours": ("test_links_keys",),
    "widgets.lines": ("test_dashboard", "test_packets"),
    "widgets.targets": ("test_dashboard",),
}


def modules() -> Iterator[ModuleType]:
    yield app.program
    yield app.explorer
    for package in (app.screens, widgets):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(found.name)


def declared() -> Iterator[tuple[str, Binding]]:
    """Each binding with the module that declares it."""
    for module in modules():
        for _, each in inspect.getmembers(module, inspect.isclass):
            if issubclass(each, DOMNode) and each.__module__ == module.__name__:
                for binding in each.__dict__.get("BINDINGS", ()):
                    assert isinstance(binding, Binding), f"{each.__name__}: {binding}"
                    yield module.__name__, binding


def pressed(test: str) -> set[str]:
    """The words of all calls of `press` in a test module."""
    tree = ast.parse((HERE / f"{test}.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    presses = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "press"]
    words = [node for call in presses for node in ast.walk(call) if isinstance(node, ast.Constant)]
    return {word.value for word in words if isinstance(word.value, str)}


@pytest.mark.parametrize(("module", "binding"), declared(), ids=lambda each: getattr(each, "id", ""))
def test_a_binding_is_named_explained_and_pressed(module: str, binding: Binding) -> None:
    assert binding.id
    assert binding.description
    assert binding.tooltip
    keys = {key.strip() for key in binding.key.split(",")}
    assert keys & set().union(*map(pressed, PRESSED_IN[module])), f"no test presses {binding.key}"


#: A way through all places that have keys of their own: each with the keys that lead there from the one before.
WAY: dict[str, tuple[str, ...]] = {
    "dashboard": (),
    "map": ("g",),
    "help": ("g", "question_mark"),
    "target": ("escape", "enter"),
    "trace": ("escape", "t"),
    "list": ("escape", "i"),
    "filter": ("slash",),
    "find": ("escape", "f"),
    "compare": ("escape", "a", "home", "c"),
    "copy": ("escape", "y"),
    "tree": ("escape", "tab"),
    "header": ("question_mark",),
    "bytes": ("escape", "tab"),
    "byte": ("g",),
    "composed fields": ("escape", "e"),
    "composed bytes": ("tab",),
    "composed answers": ("tab",),
    "links": ("n",),
    "listen": ("l",),
    "errors": ("exclamation_mark",),
    "engine": ("E",),
}


async def press_at_once(pilot: Pilot[None], keys: Sequence[str]) -> None:
    """Keys whose actions change nothing: there is nothing to wait for between them."""
    for key in keys:
        pilot.app.post_message(Key(key, key if len(key) == 1 else None))
    await pilot.pause()


def test_every_key_reaches_its_action_and_none_is_hidden_by_another() -> None:
    ids = {binding.id or "" for _, binding in declared()}
    reached: set[str] = set()
    asked: list[object] = []
    program = explorer(FocusingFeed(snapshot(), log()), hand=StillComposer())
    run_action = program.run_action

    async def listen(action: object, *_: object) -> bool:
        asked.append(action)
        return True

    async def scene(pilot: Pilot[None]) -> None:
        for keys in WAY.values():
            program.run_action = run_action  # type: ignore[method-assign]  # as it was
            await pilot.press(*keys)
            program.run_action = listen  # type: ignore[assignment]  # to hear what would be done
            active = [(each.binding, key) for key, each in program.screen.active_bindings.items()]
            fresh = [(binding, key) for binding, key in active if binding.id in ids - reached]
            asked.clear()
            await press_at_once(pilot, [key for _, key in fresh])
            assert asked == [binding.action for binding, _ in fresh]
            reached.update(binding.id or "" for binding, _ in fresh)

    play(program, scene)
    assert reached == ids
