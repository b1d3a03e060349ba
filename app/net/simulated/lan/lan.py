"""A LAN at work: its speakers take turns by their timers, and what they say comes out in the order of time.

Nothing here waits: who listens asks for all that was said until a moment. Times are nanoseconds since the simulation
began. Timers start when somebody begins to listen, each within its first seconds; events keep the time of the scenario.
"""

import heapq
import itertools
from collections.abc import Callable, Iterable
from random import Random
from typing import NamedTuple

from app.net.simulated.lan.manners import SECOND
from app.net.simulated.lan.membership import change_groups
from app.net.simulated.lan.talks import TALKS, Talk
from app.net.simulated.lan.voice import Room, Said, Voice
from app.net.simulated.scenario import Scenario
from app.net.simulated.schedule import FOREVER

#: Within this time after somebody begins to listen, everybody has said everything once.
_OPENING = 4 * SECOND
#: How long after its speaker came up a message is said.
_GREETING = SECOND


class Frame(NamedTuple):
    """A frame on the wire."""

    at: int
    data: bytes


class Turn(NamedTuple):
    """Something that a LAN does at a moment; `order` tells those of one moment apart."""

    at: int
    order: int
    act: Callable[[int], None]


class Lan:
    """Speakers and what is due. Belongs to one thread."""

    def __init__(self, scenario: Scenario, seed: str, began: int) -> None:
        assert scenario.lan is not None
        nodes = scenario.nodes
        voices = tuple(Voice(speaker, nodes[speaker.key], seed) for speaker in scenario.lan.speakers)
        self.room = Room(scenario.lan, voices)
        self._chance = Random(f"{seed}/lan")
        self._order = itertools.count()
        self._turns: list[Turn] = []
        self._frames: list[tuple[int, int, bytes]] = []
        self._running: set[tuple[str, str]] = set()
        for voice in voices:
            self._start(voice, began, _OPENING)
            self._watch(voice, began)

    def due(self) -> int:
        """When something will be said, or may be; FOREVER where nothing ever will."""
        return min(self._turns[0].at if self._turns else FOREVER, self._frames[0][0] if self._frames else FOREVER)

    def heard(self, until: int) -> list[Frame]:
        """All frames up to a moment, in order, that were not handed out before."""
        frames = []
        while (due := self.due()) <= until:
            if self._turns and self._turns[0].at <= due:
                turn = heapq.heappop(self._turns)
                turn.act(turn.at)
            else:
                at, _, data = heapq.heappop(self._frames)
                frames.append(Frame(at, data))
        return frames

    def put(self, at: int, said: Iterable[Said]) -> None:
        """Frames that are made now are on the wire after their time."""
        for each in said:
            heapq.heappush(self._frames, (at + each.after, next(self._order), each.frame))

    def plan(self, at: int, act: Callable[[int], None]) -> None:
        """Do something at a moment; it is given the moment."""
        heapq.heappush(self._turns, Turn(at, next(self._order), act))

    def _start(self, voice: Voice, at: int, within: int) -> None:
        """Let timers run of all that a speaker says and that does not run yet."""
        if not voice.is_up(at):
            return
        speaker = voice.at(at)
        for name, talk in TALKS.items():
            manner = getattr(speaker, talk.setting)
            if manner and (voice.key, name) not in self._running:
                self._running.add((voice.key, name))
                first = int(self._chance.random() * min(within, talk.every(_first(manner))))
                self.plan(at + first, self._turn_of(voice, name, talk))

    def _turn_of(self, voice: Voice, name: str, talk: Talk) -> Callable[[int], None]:
        def act(at: int) -> None:
            manner = getattr(voice.at(at), talk.setting)
            if not manner or not voice.is_up(at):
                self._running.discard((voice.key, name))
                return
            self.put(at, talk.say(voice, manner, self.room, at))
            every = talk.every(_first(manner))
            self.plan(at + every - int(voice.chance.random() * talk.jitter * every), act)

        return act

    def _watch(self, voice: Voice, at: int) -> None:
        """Come again when something changes for a speaker."""
        change = voice.stays_until(at)
        if change < FOREVER:
            self.plan(change, lambda now: self._changed(voice, now))

    def _changed(self, voice: Voice, at: int) -> None:
        before, was_up = voice.at(at - 1), voice.is_up(at - 1)
        after, is_up = voice.at(at), voice.is_up(at)
        if was_up and not is_up and after.goodbye:
            for talk in TALKS.values():
                if manner := getattr(before, talk.setting):
                    self.put(at, talk.farewell(voice, manner, self.room, at))
            self.put(at, change_groups(voice, before.groups, ()))
        elif was_up and is_up:
            for talk in TALKS.values():
                old, new = getattr(before, talk.setting), getattr(after, talk.setting)
                if old and not new and after.goodbye:
                    self.put(at, talk.farewell(voice, old, self.room, at))
                elif old and new and old != new:
                    self.put(at, talk.say(voice, new, self.room, at))
            self.put(at, change_groups(voice, before.groups, after.groups))
        elif is_up:
            self.put(at, change_groups(voice, (), after.groups))
        self._start(voice, at, _GREETING)
        self._watch(voice, at)


def _first(manner: object) -> object:
    """The manner that a timer goes by, where there are several."""
    return manner[0] if isinstance(manner, tuple) else manner
