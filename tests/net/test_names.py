"""Names in the background, with a resolver that answers when the test says so."""

import queue
import threading
from ipaddress import IPv4Address

import pytest

from app.net.names import BackgroundNames
from app.packet.compose import Address

ROUTER = IPv4Address("192.0.2.1")


class Resolver:
    """Takes a question, and holds it until it is given an answer."""

    def __init__(self) -> None:
        self.questions: queue.Queue[Address] = queue.Queue()
        self.answers: queue.Queue[str | None] = queue.Queue()

    def __call__(self, address: Address) -> str | None:
        self.questions.put(address)
        return self.answers.get(timeout=10)


class Time:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def settled(names: BackgroundNames, address: Address) -> str | None:
    """The name once the question is no longer with the resolver."""
    for _ in range(10_000):
        with names._lock:
            entry = names._entries.get(address)
            if entry is not None and not entry.is_asked:
                return entry.name
        threading.Event().wait(0.001)
    pytest.fail("the answer never arrived")


def test_the_first_call_returns_at_once_and_a_later_one_knows() -> None:
    resolver = Resolver()
    names = BackgroundNames(resolver)
    assert names.name(ROUTER) is None
    resolver.answers.put("router.example")
    assert settled(names, ROUTER) == "router.example"
    assert names.name(ROUTER) == "router.example"
    names.close()


def test_an_address_is_asked_for_once_however_often_it_is_wanted() -> None:
    resolver = Resolver()
    names = BackgroundNames(resolver)
    for _ in range(100):
        names.name(ROUTER)
    resolver.answers.put("router.example")
    settled(names, ROUTER)
    assert resolver.questions.qsize() == 1
    names.close()


def test_a_name_from_outside_is_made_safe() -> None:
    names = BackgroundNames(lambda address: "evil\x1b[2J\u202e.example")
    names.name(ROUTER)
    assert settled(names, ROUTER) == "evil\u241b[2J\ufffd.example"
    names.close()


def test_no_name_is_asked_for_again_after_two_minutes_and_a_name_after_an_hour() -> None:
    resolver, time = Resolver(), Time()
    names = BackgroundNames(resolver, now=time)
    names.name(ROUTER)
    resolver.answers.put(None)
    settled(names, ROUTER)
    time.seconds = 119
    names.name(ROUTER)
    assert resolver.questions.qsize() == 1
    time.seconds = 121
    names.name(ROUTER)
    resolver.answers.put("router.example")
    settled(names, ROUTER)
    time.seconds = 3600
    assert names.name(ROUTER) == "router.example"
    assert resolver.questions.qsize() == 2
    names.close()


def test_an_old_name_is_shown_while_it_is_asked_for_again() -> None:
    resolver, time = Resolver(), Time()
    names = BackgroundNames(resolver, now=time)
    names.name(ROUTER)
    resolver.answers.put("old.example")
    settled(names, ROUTER)
    time.seconds = 4000
    assert names.name(ROUTER) == "old.example"
    resolver.answers.put("new.example")
    assert settled(names, ROUTER) == "new.example"
    names.close()


def test_the_names_wanted_least_recently_are_forgotten() -> None:
    names = BackgroundNames(lambda address: "some.example", capacity=10)
    for number in range(100):
        names.name(IPv4Address(number))
    assert len(names._entries) == 10
    names.close()


def test_nothing_is_asked_after_close() -> None:
    resolver = Resolver()
    names = BackgroundNames(resolver)
    names.close()
    names.close()
    assert names.name(ROUTER) is None
    assert resolver.questions.empty()
