"""One village of daemons for all these tests, and one run that listened to all of them as they began."""

from collections.abc import Iterator

import pytest

from tests.lab.neighbours.page import Page, listen
from tests.lab.neighbours.village import Village, village


@pytest.fixture(scope="package")
def built(machine: None) -> Iterator[Village]:
    """The daemons at work."""
    with village() as built:
        yield built


@pytest.fixture(scope="package")
def page(built: Village) -> Page:
    """What was heard from their first words until zebra, as a router of RFC 1256, has begun at 16 s."""
    return listen(built.watcher, 18)
