"""How an engine and its link are doing: what our own machine adds to, or takes from, what is measured.

Everything here is about this host and this process. Durations and moments are nanoseconds, `None` is what cannot be
known.
"""

from dataclasses import dataclass

from app.engine.datagram import Clock


@dataclass(frozen=True, slots=True, eq=False)
class Stamping:
    """Who stamps what leaves by a device and what arrives by it; None where that was not seen yet."""

    device: str
    sent: Clock | None
    received: Clock | None
    reason: str = ""  #: why it is not the kernel, as a clause


def clock_words(sent: Clock | None, received: Clock | None) -> str:
    """Who stamped the packets of a row: "kernel clock", or both where they are two; nothing before the first."""
    known = [each.value for each in (sent, received) if each is not None]
    if not known:
        return ""
    return f"{known[0]} clock" if len(set(known)) == 1 else f"sent by {known[0]}, received by {known[1]} clock"


@dataclass(frozen=True, slots=True, eq=False)
class BufferUse:
    """The receive buffer of one socket."""

    socket: str  #: "ICMPv4", "TCP over IPv6", ...
    waiting: int  #: bytes in it when it was last looked at
    most: int  #: the most bytes that were seen in it
    room: int  #: bytes
    dropped: int  #: packets that found it full, so far


@dataclass(frozen=True, slots=True, eq=False)
class LinkCondition:
    """How a link works, and how it is doing."""

    name: str  #: as the link is called
    calls: str = ""  #: "sendmmsg, recvmmsg", or "sendmsg, recvmsg" where batches cannot be had; "" without sockets
    filter: str = ""  #: what the kernel lets through to us, in words; "" where it does not filter
    privileges: str = ""  #: what this process may still do, in words
    buffers: tuple[BufferUse, ...] = ()
    stampings: tuple[Stamping, ...] = ()
    dropped: int = 0  #: packets that found a full buffer of ours, so far


@dataclass(frozen=True, slots=True, eq=False)
class Lateness:
    """How long after their moment probes were handed to the kernel, over the last while."""

    median: int
    p99: int
    most: int


@dataclass(frozen=True, slots=True, eq=False)
class EngineCondition:
    """How an engine works, and how it is doing."""

    name: str  #: of its thread
    at: int
    cpu: int | None  #: CPU time of its thread so far
    sent: int  #: datagrams handed to the link so far
    received: int  #: datagrams that arrived and were logged, so far
    rate: float  #: probes a second, over the last while
    tick: int | None  #: the mean time between two of its turns, over the last while; None before the second
    lateness: Lateness | None  #: None before the first probe that had a moment
    link: LinkCondition


@dataclass(frozen=True, slots=True, eq=False)
class ThreadUse:
    """A thread of this process: an engine's, that of the screens, or one that helps."""

    name: str
    cpu: int  #: CPU time so far


@dataclass(frozen=True, slots=True, eq=False)
class ProcessCondition:
    """How this process is doing, and its engines."""

    at: int  #: on a clock that nobody sets
    cpu: int  #: CPU time of all its threads so far
    threads: tuple[ThreadUse, ...]  #: those of Python, by their names
    memory: int | None  #: bytes of it that are in the machine's memory
    collections: int  #: so many times the garbage collector went through everything
    switch_interval: int  #: after which a thread that computes lets another one run
    engines: tuple[EngineCondition, ...] = ()
