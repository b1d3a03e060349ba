"""Waiting for what may take its time, such as the system's resolver, without holding up the screen or the exit.

A thread of asyncio's own pool is joined when the program ends, so a name server that does not answer would keep
the terminal for half a minute after q. This thread is nobody's: it is left behind.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


async def aside(call: Callable[[], T], *, name: str) -> T:
    """What `call` returns or the OSError that it raises, from a thread that no exit waits for."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: OSError | None) -> None:
        if answer.done():
            return  # nobody waits any more
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(result)  # type: ignore[arg-type]  # there is a result where there is no error

    def work() -> None:
        result, failure = None, None
        try:
            result = call()
        except OSError as error:
            failure = error
        with suppress(RuntimeError):  # the loop is closed: the program has ended
            loop.call_soon_threadsafe(settle, result, failure)

    Thread(target=work, name=name, daemon=True).start()
    return await answer
