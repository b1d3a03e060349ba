"""The machine that sends what somebody composed, at a rate that has a limit, and joins it with what answers.

It hears everything that passes this host, its own packets included: what was sent is compared with what was made,
field by field. A packet that was answered, or was given up after the time to wait, is no longer looked for.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.engine.command import FASTEST, Command, Finish, Transmit
from app.engine.datagram import Datagram, Departure, Direction, Event, Failure, Outgoing
from app.engine.leaving import Leaver, Leaving, views
from app.engine.sending.answering import answers_of, question_of
from app.engine.sending.shot import Shot
from app.engine.verdict import NOTHING, Meaning, Verdict
from app.packet.composing.kernel import changes
from app.packet.link.linktype import LinkType

_LEAST_INTERVAL = 1_000_000_000 // FASTEST
#: A machine that was held up makes up for so many nanoseconds, no more.
_MOST_BEHIND = 50_000_000
#: The newest packets that a snapshot shows, and the answers that are kept.
MOST_ROWS = 512
MOST_REPLIES = 10_000
ROW = "send"
#: How long a packet that left may take to be seen: links tell of frames in blocks.
_SIGHT = 100_000_000
_UNSEEN = Verdict(Meaning.NOTHING, is_logged=False)
_STRANGER = Verdict(Meaning.STRANGER, is_logged=False)


@dataclass(frozen=True, slots=True, eq=False)
class Reply:
    """A packet that answers one that was sent."""

    number: int  #: of the packet that it answers, counted from 1
    at: int
    data: bytes
    link: LinkType
    length: int
    rtt: int
    interface: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Sent:
    """One packet that was sent, or not: `failure` is an errno's name and a sentence."""

    number: int
    at: int | None
    data: bytes
    link: LinkType
    shot: Shot
    changed: tuple[str, ...] | None = None  #: the fields that the kernel changed; None: nobody has seen it leave
    failure: tuple[str, str] | None = None
    replies: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class SendSnapshot:
    """What was sent and what came back; of long runs the newest packets."""

    at: int
    rows: tuple[Sent, ...]
    sent: int
    answered: int
    failed: int
    replies: tuple[Reply, ...]
    replied: int  #: all of them, those that are not kept included
    is_busy: bool  #: whether packets are still due, or waited for
    is_finished: bool = False


@dataclass(slots=True)
class _Flight:
    """A packet that may still be answered."""

    number: int
    sent_at: int
    is_open: bool
    keys: tuple[tuple[object, ...], ...] = field(default=())


class SendMachine:
    """Sends jobs one behind the other. `wait`: nanoseconds after which a packet counts as not answered."""

    def __init__(self, jobs: Sequence[Transmit] = (), *, wait: int) -> None:
        self._wait = wait
        self._jobs: deque[Transmit] = deque()
        self._turn = 0
        self._next_at: int | None = None
        self._flights: dict[int, _Flight] = {}
        self._waiting: dict[tuple[object, ...], deque[int]] = {}
        self._leaving = Leaving()
        self._sight_ends_at: int | None = None
        self._is_finishing = False
        self._answered: set[int] = set()
        self._failed = 0
        self._replied = 0
        self.sent: list[Sent] = []  #: every packet, in the order of sending
        self.replies: list[Reply] = []
        for job in jobs:
            self._take(job)

    def _take(self, job: Transmit) -> None:
        if not job.shots or job.count < 1:
            return
        self._jobs.append(replace(job, interval=max(job.interval, _LEAST_INTERVAL)))

    def obey(self, command: Command, now: int) -> None:
        """Take one more job, or send no more."""
        if isinstance(command, Transmit) and not self._is_finishing:
            self._take(command)
        elif isinstance(command, Finish):
            self._is_finishing = True
            self._jobs.clear()

    def poll(self, now: int) -> Sequence[Outgoing]:
        """The packets that are due."""
        batch: list[Outgoing] = []
        while self._jobs:
            behind = _MOST_BEHIND if self._turn else 0  # nobody is behind with what was only now asked for
            due = now if self._next_at is None else max(self._next_at, now - behind)
            if due > now:
                break
            job = self._jobs[0]
            turn, place = divmod(self._turn, len(job.shots))
            outgoing = self._next(job.shots[place], turn, now)
            if outgoing is not None:
                batch.append(outgoing)
            self._next_at = due + job.interval
            self._turn += 1
            if self._turn >= job.count * len(job.shots):
                self._jobs.popleft()
                self._turn = 0
        return batch

    def _next(self, shot: Shot, turn: int, now: int) -> Outgoing | None:
        """One packet on its way, or written down as one that cannot be sent."""
        number, data = len(self.sent) + 1, shot.made(turn)
        if shot.trouble:
            self._failed += 1
            self.sent.append(Sent(number, None, data, shot.packet.link, shot, failure=("EINVAL", shot.trouble)))
            return None
        self.sent.append(Sent(number, now, data, shot.packet.link, shot))
        question = question_of(data, shot.packet.link)
        self._leaving.hand(number, data, shot.packet.link)
        self._sight_ends_at = now + _SIGHT
        if question.keys:
            self._flights[number] = _Flight(number, now, question.is_open, question.keys)
            for key in question.keys:
                self._waiting.setdefault(key, deque()).append(number)
        whole = shot.front + data
        return Outgoing(number, shot.destination, whole, ROW, interface=shot.interface, link=shot.link)

    def receive(self, event: Event) -> Verdict:
        """Take what the link tells."""
        match event:
            case Failure():
                return self._fail(event)
            case Departure():
                return self._depart(event)
            case Datagram():
                if (leaver := self._leaving.seen(event)) is not None:
                    return self._see(event, leaver)
                return self._hear(event) if event.direction is Direction.IN else _STRANGER
        return NOTHING

    def _fail(self, failure: Failure) -> Verdict:
        sent = self._of(failure.token)
        if sent is None or sent.failure is not None:
            return NOTHING
        self._failed += 1
        self._change(sent, failure=(failure.errno, failure.text))
        self._leaving.forget(sent.number)
        self._look_no_longer(sent.number)
        self._forget(failure.token)
        return NOTHING

    def _depart(self, departure: Departure) -> Verdict:
        sent = self._of(departure.token)
        if sent is not None:
            self._change(sent, at=departure.sent_at)
            if departure.token in self._flights:
                self._flights[departure.token].sent_at = departure.sent_at
        return _UNSEEN

    def _see(self, datagram: Datagram, leaver: Leaver) -> Verdict:
        """One of our own leaves: what did the kernel make of it?"""
        sent = self.sent[leaver.token - 1]
        self._change(sent, changed=changes(sent.data, leaver.data, leaver.link), at=datagram.received_at)
        if sent.number in self._flights:
            self._flights[sent.number].sent_at = datagram.received_at
            self._ask_again(sent.number, leaver.data, leaver.link)
        self._look_no_longer(sent.number)
        return Verdict(Meaning.NOTHING, ROW, sent.number, is_own=True)

    def _look_no_longer(self, number: int) -> None:
        """A packet was seen, or will not be; the last one is what is waited for."""
        if number == len(self.sent):
            self._sight_ends_at = None

    def _ask_again(self, number: int, data: bytes, link: LinkType) -> None:
        """Wait for answers to what was sent, which may differ from what was made."""
        flight = self._flights[number]
        more = tuple(key for key in question_of(data, link).keys if key not in flight.keys)
        flight.keys += more
        for key in more:
            self._waiting.setdefault(key, deque()).append(number)

    def _hear(self, datagram: Datagram) -> Verdict:
        if not self._flights:
            return _STRANGER
        for data, link in views(datagram):
            for key in answers_of(data, link):
                number = self._asker(key)
                if number is not None and data != self.sent[number - 1].data:
                    return self._reply(number, datagram)
        return _STRANGER

    def _asker(self, key: tuple[object, ...]) -> int | None:
        """Who waits for that: the first that has no answer yet, else the last."""
        numbers = self._waiting.get(key)
        if not numbers:
            return None
        return next((number for number in numbers if number not in self._answered), numbers[-1])

    def _reply(self, number: int, datagram: Datagram) -> Verdict:
        flight = self._flights[number]
        rtt = max(0, datagram.received_at - flight.sent_at)
        self._replied += 1
        self._answered.add(number)
        self._look_no_longer(number)
        sent = self.sent[number - 1]
        self._change(sent, replies=sent.replies + 1)
        if len(self.replies) < MOST_REPLIES:
            length = len(datagram.data) if datagram.length is None else datagram.length
            self.replies.append(
                Reply(number, datagram.received_at, datagram.data, datagram.link, length, rtt, datagram.interface)
            )
        return Verdict(Meaning.REPLY, ROW, number, f"answers packet {number}", rtt)

    def expire(self, now: int) -> None:
        """Give up on what was not answered in time."""
        while self._flights:
            first = next(iter(self._flights.values()))
            if first.sent_at + self._wait > now:
                break
            self._forget(first.number)
        if self._sight_ends_at is not None and self._sight_ends_at <= now:
            self._sight_ends_at = None

    def _forget(self, number: int) -> None:
        flight = self._flights.pop(number, None)
        for key in () if flight is None else flight.keys:
            numbers = self._waiting.get(key)
            if numbers is not None:
                if number in numbers:
                    numbers.remove(number)
                if not numbers:
                    del self._waiting[key]

    def deadline(self) -> int | None:
        """When the next packet is due, or the last one has been waited for long enough."""
        if self._jobs:
            return self._next_at or 0
        if not self._is_waited_for():
            return self._sight_ends_at
        answered_by = max(flight.sent_at for flight in self._flights.values()) + self._wait
        return max(answered_by, self._sight_ends_at or 0)

    def _is_waited_for(self) -> bool:
        """Whether some packet may still be answered that was not, or by others than those that have answered."""
        return any(flight.is_open or flight.number not in self._answered for flight in self._flights.values())

    def snapshot(self, now: int) -> SendSnapshot:
        """What is known, of long runs the newest."""
        is_busy = bool(self._jobs) or self._is_waited_for()
        return SendSnapshot(
            at=now,
            rows=tuple(self.sent[-MOST_ROWS:]),
            sent=len(self.sent) - self._failed,
            answered=len(self._answered),
            failed=self._failed,
            replies=tuple(self.replies[-MOST_ROWS:]),
            replied=self._replied,
            is_busy=is_busy,
            is_finished=self._is_finishing and not is_busy,
        )

    def _of(self, token: int) -> Sent | None:
        return self.sent[token - 1] if 0 < token <= len(self.sent) else None

    def _change(self, sent: Sent, **changes: object) -> None:
        self.sent[sent.number - 1] = replace(sent, **changes)  # type: ignore[arg-type]  # the callers name fields of Sent
