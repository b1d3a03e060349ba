import asyncio
from threading import Event

import pytest

from app.screens.aside import aside


def test_what_was_found_is_handed_over() -> None:
    assert asyncio.run(aside(lambda: 7, name="seven")) == 7


def test_what_went_wrong_is_raised_where_it_is_waited_for() -> None:
    def refuse() -> None:
        raise OSError("no such name")

    with pytest.raises(OSError, match="no such name"):
        asyncio.run(aside(refuse, name="refuse"))


def test_a_call_that_never_returns_holds_up_no_exit() -> None:
    hanging = Event()

    async def program() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(aside(hanging.wait, name="hang"), 0.01)

    asyncio.run(program())
    hanging.set()  # the loop is closed: its answer reaches nobody
