"""What is wrong with how this host measures, in words: what it dropped, sends late, cannot stamp or cannot afford."""

from collections.abc import Iterator

from app.engine.condition import EngineCondition, LinkCondition, ProcessCondition, Stamping
from app.engine.datagram import Clock
from app.engine.wording import duration

#: A probe in a hundred later than this, and later than three turns: something holds the engine up.
LATE = 15_000_000
#: Probes a second from which on one in a hundred is worth a word.
BUSY = 100.0
#: A receive buffer that was ever so full is close to dropping.
FULL = 0.75


def ailments(process: ProcessCondition) -> tuple[str, ...]:
    """A sentence for each thing that is wrong, the worst first; none where all is well."""
    return tuple(
        dict.fromkeys(
            (
                *(each for engine in process.engines for each in _dropped(engine)),
                *(each for engine in process.engines for each in _late(engine)),
                *(each for engine in process.engines for each in _unstamped(engine.link)),
                *(each for engine in process.engines for each in _filling(engine)),
            )
        )
    )


def is_late(engine: EngineCondition) -> bool:
    """Whether probes leave so late after their moment that the pace is not what was asked for."""
    late = engine.lateness
    if late is None:
        return False
    # Where few are sent, one in a hundred is the one that a new screen held up, and nobody asked for so even a pace.
    worst = late.p99 if engine.rate >= BUSY else late.median
    return worst > max(LATE, 3 * (engine.tick or 0))


def _dropped(engine: EngineCondition) -> Iterator[str]:
    if count := engine.link.dropped:
        packets = "1 packet" if count == 1 else f"{count:,} packets"
        yield (
            f"{packets} dropped here, not on the network: a receive buffer of {engine.name} was full; "
            "what waited for an answer then is unknown, and no loss"
        )


def _late(engine: EngineCondition) -> Iterator[str]:
    late = engine.lateness
    if late is not None and is_late(engine):
        yield (
            f"{engine.name} sends late: half of its probes more than {duration(late.median)} after their moment, "
            f"one in a hundred more than {duration(late.p99)}; this host is busy, or cannot keep the rate"
        )


def _unstamped(link: LinkCondition) -> Iterator[str]:
    for stamping in link.stampings:
        if (lacking := _lacking(stamping)) is not None:
            reason = f" ({stamping.reason})" if stamping.reason else ""
            yield f"{stamping.device} does not stamp {lacking}: user clock there{reason}"


def _lacking(stamping: Stamping) -> str | None:
    sent, received = stamping.sent is Clock.USER, stamping.received is Clock.USER
    if sent and received:
        return "packets"
    return "what leaves" if sent else "what arrives" if received else None


def _filling(engine: EngineCondition) -> Iterator[str]:
    for buffer in engine.link.buffers:
        if not buffer.dropped and buffer.room and buffer.most > FULL * buffer.room:
            share = 100 * buffer.most // buffer.room
            yield f"a receive buffer of {engine.name}, {buffer.socket}, was {share} % full: a full one drops packets"
