"""The machines that a Config asks for, over a link: what a choice means to the engine of pings."""

import os
from collections.abc import Iterable

from app.config import USUAL_RATE, Config, Course
from app.engine.command import Target
from app.engine.pinging.ping import PingMachine
from app.engine.pinging.pingconfig import PingConfig
from app.net.link import Link, LinkError

#: Bytes of what nobody else knows: an answer must prove that its sender has seen the probe.
SECRET = 16


def refuse_unreachable(link: Link, targets: Iterable[Target]) -> None:
    """Raise LinkError where there is no way to any of the targets; one way is enough to begin."""
    trouble: LinkError | None = None
    for target in targets:
        try:
            link.source(target.address)
        except LinkError as error:
            trouble = trouble or LinkError(f"nothing can be sent to {target.address}: {error}")
        else:
            return
    if trouble is not None:
        raise trouble


def ping_machine(
    targets: Iterable[Target],
    config: Config,
    link: Link,
    *,
    course: Course | None = None,
    count: int | None = None,
    secret: bytes | None = None,
) -> PingMachine:
    """A machine that pings the targets, `count` times each or without end."""
    course = course or Course()
    choices = PingConfig(
        interval=config.interval,
        timeout=config.timeout,
        count=count,
        size=config.size,
        ttl=config.ttl,
        dscp=config.dscp,
        mode=course.mode,
        preload=course.preload,
        rate=config.rate or USUAL_RATE,
        gap=course.gap,
        backoff=config.backoff,
        sizes=course.sizes,
        deadline=course.deadline,
    )
    return PingMachine(
        targets,
        choices,
        source=link.source,
        identifier=link.identifier,
        secret=os.urandom(SECRET) if secret is None else secret,
    )
