"""One TTL of a trace: its probes, who answered them, and the frozen row made of both."""

from collections import deque
from dataclasses import dataclass, field

from app.engine.refusal import PORT_UNREACHABLE, PROTOCOL_UNREACHABLE, TIME_EXCEEDED, UNREACHABLE, is_prohibited, words
from app.engine.series import KEPT, Series
from app.engine.snapshot import End, HopRow, Responder
from app.engine.stats import RttStatistics
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
    kept: deque[int] = field(default_factory=deque)
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
        self.kept.append(rtt)
        if len(self.kept) > KEPT:
            self.rtt.forget(self.kept.popleft())

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


class Hop:
    """What the engine's thread knows of one TTL."""

    def __init__(self, ttl: int, token: int) -> None:
        self.ttl = ttl
        self.key = f"hop {ttl}"
        self.token = token
        self.series = Series(token)
        self.speakers: dict[bytes, Speaker] = {}
        self.tracks: dict[int, Track] = {}  #: by flow, of those that were answered
        self.tries = 0  #: probes of the first round
        self.first_sent_at = self.last_sent_at = 0
        self.is_given_up = False
        self._view: HopRow | None = None

    @property
    def has_answered(self) -> bool:
        """Whether anybody ever answered at this TTL, late or not."""
        return bool(self.tracks)

    @property
    def ends(self) -> list[End]:
        """How the paths end of the flows that end here."""
        return [end for track in self.tracks.values() if (end := track.end) is not None]

    @property
    def end(self) -> End | None:
        """How the path ends here, if it does for every flow that comes as far."""
        ends = self.ends
        return ends[0] if ends and len(ends) == len(self.tracks) else None

    @property
    def longest_rtt(self) -> int | None:
        """The longest RTT in time so far, of any responder."""
        summary = self.series.rtt.summary()
        return None if summary is None else summary.maximum

    @property
    def switches(self) -> int:
        """The most often that answers to one flow came from another address than the one before."""
        return max((track.switches for track in self.tracks.values()), default=0)

    @property
    def abreast(self) -> list[Address]:
        """The routers that the flows come by here, each once."""
        latest = [track.latest for track in self.tracks.values() if track.latest and not track.latest.is_target]
        return list({speaker.address: None for speaker in latest})

    def hear(self, answer: Answer, target: Address, flow: int = 0) -> tuple[Speaker, str | None]:
        """Who answered, and the sentence for the log where that means another path."""
        speaker = self.speaker(answer, target)
        before = self.tracks.setdefault(flow, Track()).hear(speaker, ending(answer, target))
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
        self.series = Series(self.token, first=self.series.following)

    def changed(self) -> None:
        """The frozen row no longer says the truth."""
        self._view = None

    def view(self) -> HopRow:
        """The row, frozen; the same object until `changed`."""
        if self._view is None:
            self._view = HopRow(
                key=self.key,
                ttl=self.ttl,
                ledger=self.series.ledger(),
                rtt=self.series.rtt.summary(),
                recent=self.series.samples(RECENT),
                responders=tuple(speaker.view() for speaker in self.speakers.values()),
            )
        return self._view
