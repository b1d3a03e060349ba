"""Waiting for sockets: what is ready, how soon, and by which descriptors."""

import os
import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from app.net.clock import now
from app.net.waiter import Waiter

SECOND = 1_000_000_000


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with near, far:
        yield near, far


@pytest.mark.parametrize("gather", [True, False])
def test_what_can_be_read_is_told(ends: tuple[socket.socket, socket.socket], *, gather: bool) -> None:
    near, far = ends
    waiter = Waiter([near.fileno()])
    far.send(b"x")
    assert waiter.wait(now() + 60 * SECOND, gather=gather) == {near.fileno()}
    waiter.close()


def test_nothing_is_told_when_time_is_up(ends: tuple[socket.socket, socket.socket]) -> None:
    waiter = Waiter([ends[0].fileno()])
    assert waiter.wait(now() - SECOND, gather=True) == set()
    waiter.close()


def test_a_wake_is_told_as_nothing_to_read(ends: tuple[socket.socket, socket.socket]) -> None:
    waiter = Waiter([ends[0].fileno()])
    waiter.wake()
    assert waiter.wait(now() + 3600 * SECOND, gather=True) == set()
    waiter.close()
    waiter.wake()


def test_large_descriptors_can_be_waited_for() -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limits[1] < 1_200:
        pytest.skip("this user may not open so many files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(limits[0], 1_200), limits[1]))
    with ExitStack() as opened:
        opened.callback(resource.setrlimit, resource.RLIMIT_NOFILE, limits)
        for _ in range(1_050):
            opened.callback(os.close, os.open(os.devnull, os.O_RDONLY))
        near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        opened.enter_context(near)
        opened.enter_context(far)
        waiter = Waiter([near.fileno()])
        opened.callback(waiter.close)
        assert waiter.wait(now(), gather=True) == set()
        far.send(b"x")
        assert waiter.wait(now() + 60 * SECOND, gather=True) == {near.fileno()}
