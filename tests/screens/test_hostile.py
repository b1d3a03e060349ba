"""Text from outside on the glass: nothing of it may reach the terminal as more than text."""

import unicodedata

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from app.engine.snapshot import LogLine, State
from app.explorer import Explorer
from tests.screens.stage import explorer, lines, play, settle, shown
from tests.screens.still import NOW, FocusingFeed, StillNetwork, samples, snapshot, target_row

HOSTILE = {
    "escape": "a\x1b[2Jb\x1b]52;c;cm0gLXJm\x07",
    "c1": "a\x9b2Jb\x9d52;c;x\x9c",
    "bidi": "moc.elpmaxe\u202ereverse\u2066",
    "markup": "[@click=app.quit]x[/]",
    "spaced markup": "[ @click=app.quit]x[/",
    "newline": "a\nb\rc\td",
    "wide": "例え.example" * 4,
    "marks": "e" + "\u0301" * 40,
    "nothing": "",
}


def all_text(app: Explorer) -> str:
    return "".join(
        "".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips(app.size)
    )


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("is_open", [False, True], ids=["dashboard", "target"])
def test_a_hostile_name_is_only_text(name: str, is_open: bool) -> None:
    text = HOSTILE[name]
    row = target_row(text, "198.18.0.1", State.UP, samples("-x-", [1, 2]))
    other = target_row("honest", "198.18.0.2", State.UP, samples("--", [1, 2]))
    feed = FocusingFeed(snapshot([row, other]))
    app = explorer(feed, network=StillNetwork(names={"198.18.0.1": text}))

    async def scene(pilot: Pilot[None]) -> None:
        feed.latest = feed.latest.__class__(
            at=NOW, started_at=NOW, interval=10**9, rows=feed.latest.rows, log=(LogLine(NOW, row.target.key, text),)
        )
        if is_open:
            await pilot.press("enter")
        await settle(pilot)
        bad = {sign for sign in all_text(app) if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co"}}
        assert not bad
        assert is_open or "honest" in shown(app)
        width = app.size.width
        assert all(cell_len(line) <= width for line in lines(app))

    play(app, scene)


def test_clicking_on_markup_runs_nothing() -> None:
    row = target_row(HOSTILE["markup"], "198.18.0.1", State.UP, samples("--", [1, 2]))
    app = explorer(FocusingFeed(snapshot([row])))

    async def scene(pilot: Pilot[None]) -> None:
        y = next(index for index, line in enumerate(lines(app)) if "[@click" in line)
        await pilot.click(offset=(8, y))
        await pilot.pause()
        assert app.is_running
        assert "[@click=app.quit]x[/]" in shown(app)

    play(app, scene)
