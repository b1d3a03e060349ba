"""What is asked for of a trace, whichever engine it runs in."""

from dataclasses import dataclass

from app.engine.command import Method


@dataclass(frozen=True, slots=True)
class TraceConfig:
    """How to trace. Durations in nanoseconds, `size` in bytes of payload (TCP has none)."""

    method: Method = Method.ICMP
    rounds: int | None = None  #: None: without end
    interval: int = 1_000_000_000
    timeout: int = 1_000_000_000
    first: int = 1
    max_hops: int = 30
    size: int = 32
    port: int | None = None  #: destination port; None: 33434 for UDP, 80 for TCP
    dscp: int = 0
    flows: int = 1  #: 1..64: each TTL is asked by so many, each constant in itself
    mtu: bool = False  #: search for the path MTU as well
