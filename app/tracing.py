"""The machines of paths that a Config asks for, over a link: what a choice means to them.

It stands beside `app.measuring`, as a ping need not wait for it to be loaded.
"""

import os
from collections.abc import Iterable

from app.config import Config
from app.engine.command import Method, Target
from app.engine.tracing.trace import TraceMachine
from app.engine.tracing.traceconfig import TraceConfig
from app.engine.tracing.traces import RATE, TracesMachine
from app.measuring import SECRET
from app.net.link import Link, LinkError


def refuse_method(link: Link, method: Method, version: int) -> None:
    """Raise LinkError where probes of a method cannot be sent."""
    if not link.can(method, version):
        raise LinkError(
            f"{method.value} probes to IPv{version} need raw sockets: run hopscope as root, or choose another --method"
        )


def trace_config(config: Config, rounds: int | None = None) -> TraceConfig:
    """What a Config means to a trace of some rounds, or without end."""
    return TraceConfig(
        method=config.method,
        rounds=rounds,
        interval=config.interval,
        timeout=config.timeout,
        first=config.first_ttl,
        max_hops=config.max_hops,
        size=config.size,
        port=config.port,
        dscp=config.dscp,
        flows=config.flows,
        mtu=config.mtu,
    )


def trace_machine(
    target: Target, config: Config, link: Link, *, rounds: int | None = None, secret: bytes | None = None
) -> TraceMachine:
    """A machine that follows the path to a target, for some rounds or without end. Raises LinkError."""
    refuse_method(link, config.method, target.address.version)
    return TraceMachine(
        target,
        trace_config(config, rounds),
        source=link.source,
        identifier=link.identifier,
        port=link.port,
        secret=os.urandom(SECRET) if secret is None else secret,
    )


def traces_machine(
    targets: Iterable[Target],
    config: Config,
    link: Link,
    *,
    rounds: int | None = None,
    secret: bytes | None = None,
    is_lazy: bool = False,
) -> TracesMachine:
    """A machine that follows the paths to many targets. Raises LinkError."""
    targets = tuple(targets)
    for target in targets:
        refuse_method(link, config.method, target.address.version)
    return TracesMachine(
        targets,
        trace_config(config, rounds),
        source=link.source,
        identifier=link.identifier,
        port=link.port,
        secret=os.urandom(SECRET) if secret is None else secret,
        rate=config.rate or RATE,
        is_lazy=is_lazy,
    )
