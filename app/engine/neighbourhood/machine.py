"""The neighbourhood's engine: hears what passes, keeps who said what, and asks only when it is told to.

It never advertises, never queries a group and joins no routing protocol: all that it can send is made in
`app.engine.neighbourhood.asking`.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from app.engine.command import AskMulticastPath, AskMulticastRouter, Command, Finish, Solicit
from app.engine.datagram import Datagram, Event, Failure, Fault, Outgoing
from app.engine.host import Interface, Surroundings, gateways, is_same
from app.engine.leaving import Leaving
from app.engine.neighbourhood.asking import Asker
from app.engine.neighbourhood.attention import may_tell
from app.engine.neighbourhood.book import Book
from app.engine.neighbourhood.choice import chosen_routers
from app.engine.neighbourhood.entry import Change, Standing
from app.engine.neighbourhood.facts import MulticastPath, MulticastRouter, Querier, RoleKind
from app.engine.neighbourhood.findings.finding import Finder, Scene
from app.engine.neighbourhood.findings.table import FINDERS, Findings
from app.engine.neighbourhood.linkstates import LinkStates
from app.engine.neighbourhood.membership import Groups, membership_interval
from app.engine.neighbourhood.naming import role_name
from app.engine.neighbourhood.overhearing import overheard
from app.engine.neighbourhood.readers.table import READERS
from app.engine.neighbourhood.saying import Heard, LinkState, Membership, MtuTold, Reader, Said, Saying
from app.engine.neighbourhood.snapshot import ChosenRouter, Neighbour, NeighbourhoodSnapshot, Omitted
from app.engine.snapshot import LogLine
from app.engine.verdict import NOTHING, Meaning, Verdict
from app.packet.compose import Address
from app.packet.text import safe

SECOND = 1_000_000_000
#: How often the kernel is asked what it knows.
LOOK_INTERVAL = 2 * SECOND
#: Where packets wait to be read, silence is judged by those that were read, at most so far behind the clock.
MOST_BEHIND = 2 * SECOND
#: So many lines of the event log are kept.
LINES = 200
#: So many answers to mrinfo, and to mtrace, are kept.
MOST_ANSWERS = 16
#: So many findings of one moment are logged each by itself.
MOST_FOUND = 8
#: Findings that the log has in other words: a goodbye.
_TOLD_OTHERWISE = frozenset(("router-leaving",))
_ROUTERS = frozenset((RoleKind.ROUTER_ADVERTISEMENT, RoleKind.ROUTER_DISCOVERY))
_QUERIERS = {RoleKind.IGMP_QUERIER: 4, RoleKind.MLD_QUERIER: 6}


class NeighbourhoodMachine:
    """A Machine of neighbourhood snapshots. It ends `duration` nanoseconds after it began, or never.

    `surroundings` tells what the kernel knows. `source` says which address packets to a destination leave from; without
    it no router can be asked. Only what comes by one of `interfaces` is heard, if any are named. With `ends_answered`
    it ends as soon as no answer is waited for.
    """

    def __init__(
        self,
        surroundings: Callable[[], Surroundings],
        *,
        source: Callable[[Address], Address] | None = None,
        interfaces: Iterable[str] = (),
        duration: int | None = None,
        ends_answered: bool = False,
        readers: Mapping[str, Sequence[Reader]] = READERS,
        finders: Iterable[Finder] = FINDERS,
    ) -> None:
        self._look_around = surroundings
        self._wanted = frozenset(interfaces)
        self._duration = duration
        self._ends_answered = ends_answered
        self._readers = readers
        self._book = Book()
        self._groups = Groups()
        self._lsas = LinkStates()
        self._findings = Findings(finders)
        self._asker = Asker(source)
        self._leaving = Leaving()
        self._log: deque[LogLine] = deque(maxlen=LINES)
        self._answers: tuple[MulticastRouter, ...] = ()
        self._paths: tuple[MulticastPath, ...] = ()
        self._neighbours: tuple[Neighbour, ...] = ()
        self._chosen: tuple[ChosenRouter, ...] = ()
        self._intervals: dict[tuple[str, int], int] = {}
        self._started_at: int | None = None
        self._read_until = self._expired_at = 0  # when the newest packet came that was read, and the last `expire`
        self._looks_at = 0
        self._is_over = self._is_stale = False
        self._packets = self._heard = self._asked = 0
        self._surroundings = Surroundings()
        self._interfaces: dict[str, Interface] = {}

    # The clock's calls.

    def poll(self, now: int) -> Sequence[Outgoing]:
        """The questions that are due."""
        self._begin(now)
        batch = [] if self._is_over else list(self._asker.poll(now))
        self._asked += len(batch)
        self._packets += len(batch)
        for outgoing in batch:
            self._leaving.hand(outgoing.token, outgoing.data, outgoing.link)
        return batch

    def expire(self, now: int) -> None:
        """Give up whoever was silent for too long, and look what the kernel knows by now."""
        self._begin(now)
        if now >= self._looks_at:
            self._look()
            self._looks_at = now + LOOK_INTERVAL
        moment = self._silent_until(now)
        for standing in self._book.expire(moment):
            self._tell_of_end(standing)
        self._groups.expire(moment)
        self._lsas.expire(moment)
        if self._duration is not None and self._started_at is not None and now >= self._started_at + self._duration:
            self._is_over = True

    def _silent_until(self, now: int) -> int:
        """Up to when it is known who was silent: where the newest packet that was read had waited for it since before
        the last call, who has not been heard may be among those that still wait.
        """
        is_behind = 0 < self._read_until < self._expired_at
        moment = max(self._read_until, now - MOST_BEHIND) if is_behind else now
        self._read_until, self._expired_at = 0, now
        return moment

    def deadline(self) -> int | None:
        """When there is something to do next; None when the time to listen is over."""
        if self._is_over or (self._ends_answered and not self._asker.is_waiting):
            return None
        moments = [
            self._looks_at,
            self._asker.deadline(),
            self._book.deadline(),
            self._groups.deadline(),
            self._lsas.deadline(),
        ]
        if self._duration is not None and self._started_at is not None:
            moments.append(self._started_at + self._duration)
        return min(moment for moment in moments if moment is not None)

    def obey(self, command: Command, now: int) -> None:
        """Ask, or end."""
        self._begin(now)
        match command:
            case Solicit(interface):
                named = self._interfaces.values()
                self._asker.solicit((each for each in named if interface in (None, each.name)), now)
            case AskMulticastRouter() | AskMulticastPath():
                self._ask(command, now)
            case Finish():
                self._asker.stop()
                self._is_over = True
            case _:
                pass

    def _ask(self, command: AskMulticastRouter | AskMulticastPath, now: int) -> None:
        try:
            if isinstance(command, AskMulticastRouter):
                self._asker.ask(command.router, now)
            else:
                self._asker.trace(command, now)
        except OSError as error:
            self._say(now, f"{command.router} cannot be asked: {error}")

    # What the link tells.

    def receive(self, event: Event) -> Verdict:
        """Take what the link tells."""
        match event:
            case Datagram():
                self._read_until = event.received_at
                if (leaver := self._leaving.seen(event)) is not None:  # the log has it already
                    return self._hear(event)._replace(token=leaver.token, is_own=True)
                self._packets += 1
                return self._hear(event)
            case Failure():
                self._leaving.forget(event.token)
                self._say(event.at, event.text)
            case Fault():
                self._say(event.at, event.text)
            case _:
                pass
        return NOTHING

    def _hear(self, datagram: Datagram) -> Verdict:
        """Ask the readers what a packet says. Its number in the packet log is how many there were until now."""
        if (self._wanted and datagram.interface not in self._wanted) or not may_tell(datagram):
            return NOTHING
        verdict = NOTHING
        for heard in overheard(datagram, self._readers.keys(), self._interfaces.get(datagram.interface or "")):
            for reader in self._readers[heard.layer.name]:
                for said in reader(heard):
                    row = self._take(heard, said)
                    verdict = Verdict(Meaning.NOTHING, row) if row is not None or verdict is NOTHING else verdict
        if verdict is not NOTHING:
            self._heard += 1
        return verdict

    def _take(self, heard: Heard, said: Said) -> str | None:
        """Keep what was said; the key of the neighbour who said it of itself."""
        match said:
            case Saying():
                return None if heard.is_ours else self._take_saying(heard, said)
            case Membership():
                interval = self._intervals.get((heard.interface, said.group.version), membership_interval(None))
                self._groups.hear(heard, said, self._packets, interval)
            case LinkState():
                self._lsas.hear(heard, said, self._packets)
            case MtuTold():
                self._book.told_mtu(heard, said)
                self._is_stale = True
            case MulticastRouter():
                self._take_answer(said)
            case MulticastPath():
                if self._asker.traced(said.identifier):
                    self._paths = (replace(said, packet=self._packets), *self._paths)[:MOST_ANSWERS]
        return None

    def _take_saying(self, heard: Heard, saying: Saying) -> str | None:
        entry, change = self._book.hear(heard, saying, self._packets)
        if entry is None or change is Change.TURNED_AWAY:
            return None
        words = _CHANGES.get(change)
        if words is not None and not (saying.suspicious and change is Change.NEW):  # a finding tells of that
            self._say(heard.at, f"{role_name(entry, saying)} {words}")
        if not saying.suspicious:
            if saying.kind in _ROUTERS and saying.lifetime:
                self._asker.answered(heard.interface, saying.kind)
            if isinstance(saying.facts, Querier):
                self._intervals[heard.interface, _QUERIERS[saying.kind]] = membership_interval(saying.facts)
        return entry.key

    def _take_answer(self, answer: MulticastRouter) -> None:
        asked = self._asker.told(answer.router, (interface.address for interface in answer.interfaces))
        if asked is None:
            return
        answer = replace(answer, router=asked, packet=self._packets)
        others = (each for each in self._answers if each.router != asked)
        self._answers = (answer, *others)[:MOST_ANSWERS]

    # What is handed out.

    def snapshot(self, now: int) -> NeighbourhoodSnapshot:
        """All that is known."""
        self._begin(now)
        self._book.designate()
        neighbours = self._book.views()
        if self._is_stale or neighbours != self._neighbours:  # by identity: see Neighbour
            self._neighbours = neighbours
            scene = Scene(neighbours, tuple(self._interfaces.values()), self._book.mtus())
            new = [found for found in self._findings.look(scene, now) if found.kind not in _TOLD_OTHERWISE]
            for found in new[:MOST_FOUND]:
                self._say(now, found.text)
            if len(new) > MOST_FOUND:
                self._say(now, f"and {len(new) - MOST_FOUND} more findings")
            self._chosen = tuple(chosen_routers(scene))
            self._is_stale = False
        return NeighbourhoodSnapshot(
            at=now,
            started_at=now if self._started_at is None else self._started_at,
            interfaces=tuple(self._interfaces.values()),
            neighbours=neighbours,
            groups=self._groups.views(),
            lsas=self._lsas.views(),
            findings=self._findings.views(),
            surroundings=self._surroundings,
            omitted=Omitted(self._book.omitted, self._groups.omitted, self._lsas.omitted, self._findings.omitted),
            log=tuple(self._log),
            heard=self._heard,
            asked=self._asked,
            chosen=self._chosen,
            mrinfo=self._answers,
            mtrace=self._paths,
        )

    def _begin(self, now: int) -> None:
        if self._started_at is None:
            self._started_at, self._looks_at = now, now + LOOK_INTERVAL
            self._look()

    def _look(self) -> None:
        """Ask the kernel, and join what it says to what was heard."""
        told = self._look_around()
        if self._wanted:
            told = told.by(self._wanted)
        if not is_same(told, self._surroundings):
            self._surroundings, self._is_stale = told, True
            self._interfaces = {each.name: each for each in told.interfaces}
        self._book.look(
            {(each.interface, each.address): each for each in self._surroundings.neighbours},
            gateways(self._surroundings),
        )

    def _tell_of_end(self, standing: Standing) -> None:
        saying = standing.saying
        if not saying.is_goodbye and not saying.suspicious and standing.gone_at is not None:
            silent = (standing.gone_at - standing.last_heard) // SECOND
            self._say(standing.gone_at, f"{role_name(standing.entry, saying)} expired: silent for {silent} s")

    def _say(self, at: int, text: str) -> None:
        self._log.append(LogLine(at, None, safe(text)))


_CHANGES = {
    Change.NEW: "is heard",
    Change.BACK: "is heard again",
    Change.GOODBYE: "is leaving",
}
