"""The only loop: it turns a machine and a link into a feed, on a thread of its own or on the caller's.

The machine's state belongs to the thread that runs. Up goes one reference to a frozen snapshot, at
most once a frame; down come frozen commands by a queue. Time is the link's, so that a simulated hour
takes as long as its packets take to make.
"""

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from app.engine.command import Command, Finish
from app.engine.datagram import Datagram, Event, Fault, Outgoing
from app.engine.machine import Machine, receiver
from app.engine.packetlog import PacketLog
from app.engine.verdict import Verdict
from app.net.journal import Journal, PacketSink
from app.net.link import Link, LinkError
from app.net.vitals import Vitals
from app.packet.text import safe

if TYPE_CHECKING:
    from app.engine.condition import EngineCondition

S = TypeVar("S")
Observer = Callable[[Event | Outgoing, Verdict | None], None]

FRAME = 100_000_000


class Runner(threading.Thread, Generic[S]):
    """A machine at work over a link: a Feed of its snapshots.

    Started, it runs in its own thread until `stop`, or until nothing is left to do after `finish`.
    Where `run` is called directly, it returns when the machine has no deadline left. Either way it
    closes the link when it ends. `observe` is called in the running thread for each datagram that is
    sent (no verdict) and for each event with the machine's verdict on it; `complain` with the words of each fault.
    """

    def __init__(
        self,
        machine: Machine[S],
        link: Link,
        *,
        name: str,
        frame: int = FRAME,
        observe: Observer | None = None,
        complain: Callable[[str], None] | None = None,
        record: PacketSink | None = None,
    ) -> None:
        super().__init__(name=name, daemon=True)
        self._machine = machine
        self._link = link
        self._frame = frame
        self._observe = observe
        self._complain = complain
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._is_stopping = False
        self._packets = PacketLog()
        self._journal = Journal(self._packets, record)
        self._receive = receiver(machine)
        self._unjudged: deque[Sequence[Event]] = deque()  # runs of one kind
        self._vitals = Vitals(name, link.now())
        self._latest = machine.snapshot(link.now())
        self.failure: str | None = None  #: why it ended before its time, as a sentence

    @property
    def latest(self) -> S:
        """The newest snapshot; a new object at most once a frame."""
        return self._latest

    @property
    def packets(self) -> PacketLog:
        """The packets sent and received, readable from any thread."""
        return self._packets

    @property
    def condition(self) -> "EngineCondition | None":
        """How the engine itself is doing, as of the last time that somebody asked: who asks once a second is served."""
        if self._vitals.ask():
            self._link.wake()
        return self._vitals.condition

    def tell(self, command: Command) -> None:
        """Hand over a command, from any thread; it is obeyed before the next datagram is sent."""
        self._commands.put(command)
        self._link.wake()

    def finish(self) -> None:
        """Send no more, wait for what is in flight, then end."""
        self.tell(Finish())

    def stop(self) -> None:
        """End at once, from any thread; returns when the thread has ended."""
        self._is_stopping = True
        self._link.wake()
        if self.is_alive() and threading.current_thread() is not self:
            self.join()

    def run(self) -> None:
        """Work until there is no more to do. Never raises: `failure` says what went wrong."""
        try:
            self._work()
        except LinkError as error:
            self.failure = str(error)
        except Exception as error:  # noqa: BLE001  # whatever breaks, the glass goes on and says so
            self.failure = _sentence(self.name, error)
        finally:
            self._journal.end()
            self._link.close()

    def _work(self) -> None:
        """Turn after turn, then one last snapshot, whatever ended the turns."""
        lingers = threading.current_thread() is self
        publish_at = self._link.now()
        due: int | None = publish_at
        is_stale = False
        try:
            while not self._is_stopping:
                commands = self._obeyed()
                lingers = lingers and Finish() not in commands
                now = self._link.now()
                self._vitals.turned(now)
                self._vitals.answer(self._link, now, self._packets.last)
                is_stale |= bool(commands) or (due is not None and now >= due)
                self._machine.expire(now)
                is_stale |= self._send(now)
                due = self._machine.deadline()
                if due is None and not lingers and self._commands.empty():
                    break
                if is_stale and now >= publish_at:
                    self._latest = self._machine.snapshot(now)
                    publish_at, is_stale = now + self._frame, False
                is_stale |= self._listen(_earliest(due, publish_at if is_stale else None, now + _LONGEST_WAIT))
        finally:
            self._latest = self._machine.snapshot(self._link.now())

    def _obeyed(self) -> list[Command]:
        commands: list[Command] = []
        while not self._commands.empty():
            commands.append(self._commands.get())
            self._machine.obey(commands[-1], self._link.now())
        return commands

    def _send(self, now: int) -> bool:
        """Send what is due; whether anything was."""
        batch = self._machine.poll(now)
        if batch:
            self._journal.sent(batch, now)
            if self._observe is not None:
                for outgoing in batch:
                    self._observe(outgoing, None)
            self._link.send(batch)
            self._vitals.handed(batch, self._link.now())
        return bool(batch)

    @property
    def unjudged(self) -> int:
        """Datagrams that the link had told when this ended, and the machine was not asked about any more."""
        return sum(isinstance(event, Datagram) for run in self._unjudged for event in run)

    def _listen(self, until: int) -> bool:
        """Wait for events and let the machine judge them; whether there were any.

        Some machines take a millisecond for an event, and links tell thousands at once: commands, deadlines and
        snapshots do not wait for all of them.
        """
        if not self._unjudged:
            self._unjudged.extend(_runs(self._link.receive(until)))
        if not self._unjudged:
            return False
        enough = self._link.now() + _LONGEST_TURN
        while self._unjudged:
            self._judge(self._unjudged.popleft())
            if self._link.now() >= enough:
                break
        return True

    def _judge(self, run: Sequence[Event]) -> None:
        """Let the machine judge events of one kind, and tell everybody."""
        verdicts = self._receive(run) if self._observe is None else [self._observed(event) for event in run]
        if self._complain is not None and isinstance(run[0], Fault):
            for event in run:
                self._complain(cast("Fault", event).text)
        if (trouble := self._journal.told(run, verdicts)) is not None:
            self._unjudged.appendleft((Fault(self._link.now(), trouble),))

    def _observed(self, event: Event) -> Verdict:
        """Who observes may tell the machine to end by what it is shown: before the next event."""
        verdict = self._machine.receive(event)
        if self._observe is not None:
            self._observe(event, verdict)
        return verdict


#: How long one turn may judge events, and how many it judges between two looks at the clock.
_LONGEST_TURN, _AT_ONCE = 50_000_000, 32
#: A machine without a deadline waits for a command; the wait is cut, as some clocks cannot wait for ever.
_LONGEST_WAIT = 3_600_000_000_000


def _runs(events: Iterable[Event]) -> Iterator[Sequence[Event]]:
    """The events in turn, cut where their kind changes, and so that none are too many between two looks at a clock."""
    for _, alike in groupby(events, type):
        while run := list(islice(alike, _AT_ONCE)):
            yield run


def _earliest(*moments: int | None) -> int:
    return min(moment for moment in moments if moment is not None)


def _sentence(name: str, error: Exception) -> str:
    """What to put on the glass, and into a bug report, when the engine itself is broken."""
    import traceback  # until then nobody needs it

    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
    return safe(f"{name} stopped by an error of its own, {type(error).__name__} at {where}: {error}")
