"""One TTL of a trace: its probes, who answered them, and the frozen row made of both."""

from array import array
from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from app.engine.refusal import PORT_UNREACHABLE, PROTOCOL_UNREACHABLE, TIME_EXCEEDED, UNREACHABLE, is_prohibited, words
from app.engine.samples.added import Added
from app.engine.samples.rttcode import time_code, time_of
from app.engine.samples.series import KEPT, NARROW, Series
from app.engine.samples.stats import RttStatistics
from app.engine.snapshot import End, HopRow, Responder
from app.packet.answer import Answer, AnswerKind, InterfaceInformation, MplsEntry
from app.packet.compose import Address
from app.packet.transport.tcp import Tcp

RECENT = 240
STEADY_AFTER = 3  #: answers in a row from a new address before a path counts as changed
RESPONDERS = 64  #: addresses that one hop remembers
#: Whoever refuses where another forwarded has no way on for now: an outage, not another path.
REFUSALS = (End.UNREACHABLE, End.PROHIBITED)


def ending(answer: Answer, target: Address) -> End | None:
    """How an answer ends a path; None for a router's "time exceeded", behind which it goes on."""
    if answer.quote is None:
        return End.REACHED
    version = answer.source.version
    if answer.type == TIME_EXCEEDED[version]:
        return None
    if answer.type == UNREACHABLE[version] and answer.source.packed == target.packed:
        codes = (PORT_UNREACHABLE[version],) + ((PROTOCOL_UNREACHABLE,) if version == 4 else ())
        if answer.code in codes:
            return End.REACHED
    return End.PROHIBITED if is_prohibited(answer) else End.UNREACHABLE


def in_words(answer: Answer) -> str:
    """An answer as a hop's row says it; "" for a plain "time exceeded in transit"."""
    if answer.kind is AnswerKind.TCP:
        return "RST: port closed" if Tcp.decode(answer.transport).reset else "SYN/ACK: port open"
    if answer.kind is AnswerKind.ECHO_REPLY:
        return "echo reply"
    if answer.kind is AnswerKind.UDP:
        return "UDP echo: port open"
    if answer.type == TIME_EXCEEDED[answer.source.version] and answer.code == 0:
        return ""
    return words(answer)


@dataclass(slots=True)
class Speaker:
    """One address that answered at a hop, as the engine's thread keeps it."""

    address: Address
    is_target: bool
    rtt: RttStatistics = field(default_factory=RttStatistics)
    kept: "array[int]" = field(default_factory=lambda: array("H"))  #: codes of the RTTs that the percentiles are of
    replied: int = 0
    type: int | None = None
    code: int | None = None
    text: str = ""
    reply_ttl: int | None = None
    quoted_ttl: int | None = None
    mtu: int | None = None
    mpls: tuple[MplsEntry, ...] = ()
    interface: InterfaceInformation | None = None
    nat: bool | None = None

    def hear(self, answer: Answer, *, nat: bool | None, has_quoted_header: bool) -> None:
        """Keep what the latest answer says."""
        is_icmp = answer.kind in (AnswerKind.ICMP_ERROR, AnswerKind.ECHO_REPLY)
        self.type, self.code = (answer.type, answer.code) if is_icmp else (None, None)
        self.text = in_words(answer)
        self.reply_ttl = answer.ttl
        self.quoted_ttl = answer.quote.ttl if answer.quote is not None and has_quoted_header else None
        self.mtu = answer.mtu if answer.mtu is not None else self.mtu
        self.mpls = answer.mpls
        self.interface = min(answer.interfaces, key=lambda said: said.role, default=None)
        self.nat = nat

    def time(self, rtt: int) -> None:
        """Take the RTT of one reply in."""
        self.rtt.add(rtt)
        if len(self.kept) < KEPT:
            self.kept.append(time_code(rtt))
            return
        place = (self.rtt.count - 1) % KEPT
        self.rtt.forget(time_of(self.kept[place]))
        self.kept[place] = time_code(rtt)

    def view(self) -> Responder:
        """The responder, frozen."""
        return Responder(
            address=self.address,
            replied=self.replied,
            rtt=self.rtt.summary(),
            type=self.type,
            code=self.code,
            text=self.text,
            is_target=self.is_target,
            reply_ttl=self.reply_ttl,
            quoted_ttl=self.quoted_ttl,
            mtu=self.mtu,
            mpls=self.mpls,
            interface=self.interface,
            nat=self.nat,
        )


@dataclass(slots=True)
class Track:
    """What one flow has met at a hop, as the engine's thread keeps it."""

    ends: deque[End | None] = field(default_factory=lambda: deque(maxlen=STEADY_AFTER))  #: by the latest answers
    latest: Speaker | None = None
    steady: Speaker | None = None
    run: int = 0  #: answers in a row from `latest`
    switches: int = 0  #: answers that came from another address than the one before

    @property
    def end(self) -> End | None:
        """How the path of this flow ends here, if all of the latest answers say that it does."""
        return self.ends[-1] if self.ends and None not in self.ends else None

    def hear(self, speaker: Speaker, end: End | None) -> Speaker | None:
        """Take an answer in; who answered before, where that has changed for good."""
        self.ends.append(end)
        if end in REFUSALS and self.latest is not None:
            return None
        if speaker is self.latest:
            self.run += 1
        else:
            self.switches += self.latest is not None
            self.run = 1
        self.latest = speaker
        before = self.steady or speaker
        self.steady = speaker if self.run >= STEADY_AFTER else before
        return before if self.steady is not before else None


#: What the shape of the path depends on: who answered the first flow last, how that was said, how many flows end here.
Standing = tuple[Speaker | None, End | None, int]


class Inference(NamedTuple):
    """What was not asked here, as another trace of this host that comes by the same router has measured it."""

    host: str  #: where that trace leads
    hop: "Hop"  #: its own row

    @property
    def address(self) -> Address | None:
        """The router that answered there; None where none did."""
        track = self.hop.tracks.get(0)
        return track.latest.address if track and track.latest else None


class Hop:
    """What the engine's thread knows of one TTL. `whose` is what its key says beside the TTL."""

    def __init__(self, ttl: int, token: int, whose: str = "") -> None:
        self.ttl = ttl
        self.key = f"hop {ttl}{whose}"
        self.token = token
        self.series = Series(token, width=NARROW)
        self.speakers: dict[bytes, Speaker] = {}
        self.tracks: dict[int, Track] = {}  #: by flow, of those that were answered
        self.ends: list[End] = []  #: how the paths end of the flows that end here
        self.standing: Standing = (None, None, 0)
        self.added = Added()  #: by our own machine
        self.tries = 0  #: probes of the first round
        self.first_sent_at = self.last_sent_at = 0
        self.is_given_up = False
        self.longest_rtt: int | None = None  #: in time so far, of any responder
        self.inference: Inference | None = None  #: until the first probe of our own is decided
        self._view: HopRow | None = None
        self._inferred: HopRow | None = None  # what the view was made of

    @property
    def has_answered(self) -> bool:
        """Whether anybody ever answered at this TTL, late or not."""
        return bool(self.tracks)

    @property
    def end(self) -> End | None:
        """How the path ends here, if it does for every flow that comes as far."""
        return self.ends[0] if self.ends and len(self.ends) == len(self.tracks) else None

    @property
    def is_known(self) -> bool:
        """Whether the first round has nothing left to find out here."""
        return bool(self.tracks) or self.is_given_up or self.inference is not None

    def address(self, flow: int) -> Address | None:
        """Who answered a flow last, or would by what was inferred."""
        if self.inference is not None and not self.tracks:
            return self.inference.address
        track = self.tracks.get(flow)
        return track.latest.address if track and track.latest else None

    @property
    def switches(self) -> int:
        """The most often that answers to one flow came from another address than the one before."""
        return max((track.switches for track in self.tracks.values()), default=0)

    @property
    def abreast(self) -> list[Address]:
        """The routers that the flows come by here, each once."""
        latest = [track.latest for track in self.tracks.values() if track.latest and not track.latest.is_target]
        return list({speaker.address: None for speaker in latest})

    def time(self, rtt: int) -> None:
        """A probe of the first round was answered after so long: its stamps may still change a little."""
        self.longest_rtt = max(self.longest_rtt or 0, rtt)

    def measured(self) -> Inference | None:
        """A probe of our own was decided: what was inferred until now, which is forgotten."""
        inference, self.inference = self.inference, None
        return inference

    def hear(self, answer: Answer, target: Address, flow: int = 0) -> tuple[Speaker, str | None]:
        """Who answered, and the sentence for the log where that means another path."""
        speaker = self.speaker(answer, target)
        track = self.tracks.get(flow)
        if track is None:
            track = self.tracks[flow] = Track()
        before = track.hear(speaker, ending(answer, target))
        self.ends = [end for track in self.tracks.values() if (end := track.end) is not None]
        first = self.tracks.get(0)
        self.standing = (first.latest, first.ends[-1], len(self.ends)) if first else (None, None, len(self.ends))
        if (inferred := self.measured()) is not None and inferred.address not in (None, speaker.address):
            return speaker, f"hop {self.ttl} is {speaker.address}, and not {inferred.address} as to {inferred.host}"
        if before is None:
            return speaker, None
        return speaker, f"path changed at hop {self.ttl}: {before.address} → {speaker.address}"

    def speaker(self, answer: Answer, target: Address) -> Speaker:
        """The responder that an answer comes from."""
        known = self.speakers.get(answer.source.packed)
        if known is None:
            known = Speaker(answer.source, answer.source.packed == target.packed)
            if len(self.speakers) < RESPONDERS:
                self.speakers[answer.source.packed] = known
        return known

    def withdraw(self) -> None:
        """The row is taken from the table: what is in flight is nobody's."""
        self.series = Series(self.token, first=self.series.following, width=NARROW)

    def changed(self) -> None:
        """The frozen row no longer says the truth."""
        self._view = None

    def view(self, interval: int | None = None) -> HopRow:
        """The row, frozen; the same object until `changed`, by us or by whom it was inferred from.

        `interval` is its own, where it is asked at another than all.
        """
        inferred = None if self.inference is None else self.inference.hop.view()
        if self._view is None or inferred is not self._inferred:
            self._inferred = inferred
            self._view = HopRow(
                key=self.key,
                ttl=self.ttl,
                ledger=self.series.ledger(),
                rtt=self.series.rtt.summary() if inferred is None else inferred.rtt,
                recent=self.series.samples(RECENT),
                responders=tuple(speaker.view() for speaker in self.speakers.values())
                if inferred is None
                else inferred.responders,
                inferred_from=None if self.inference is None else self.inference.host,
                inferred_row=None if self.inference is None else self.inference.hop.key,
                interval=interval,
                host=self.added.median,
            )
        return self._view
