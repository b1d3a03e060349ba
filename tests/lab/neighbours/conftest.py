"""One village of daemons for all these tests and one place of changes, each with the one run that listened to it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.lab.neighbours.hamlet import Hamlet, change, hamlet
from tests.lab.neighbours.page import Page, listen
from tests.lab.neighbours.village import Village, village


@pytest.fixture(scope="package")
def built(machine: None) -> Iterator[Village]:
    """The daemons at work."""
    with village() as built:
        yield built


@pytest.fixture(scope="package")
def changing(machine: None) -> Iterator[Hamlet]:
    """The place where things change."""
    with hamlet() as changing:
        yield changing


@pytest.fixture(scope="package")
def pages(built: Village, changing: Hamlet) -> tuple[Page, Page]:
    """Both are listened to at the same time.

    In the village from the first words until zebra, as a router of RFC 1256, has begun at 16 s.
    """
    with ThreadPoolExecutor() as pool:
        settled, changed = pool.submit(listen, built.watcher, 18), pool.submit(change, changing)
        return settled.result(), changed.result()


@pytest.fixture(scope="package")
def page(pages: tuple[Page, Page]) -> Page:
    """What was heard in the village."""
    return pages[0]


@pytest.fixture(scope="package")
def changed(pages: tuple[Page, Page]) -> Page:
    """What was heard where things changed."""
    return pages[1]
