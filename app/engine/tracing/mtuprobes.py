"""The datagrams of a search for the path MTU: between what counts lengths (`app.engine.tracing.mtu`) and a wire.

They are no samples of any hop. They go to the target with a TTL that is enough, by the trace's method; only TCP, whose
SYNs carry nothing, asks by ICMP echo. What a router says of the next MTU is shown at its hop.
"""

from collections.abc import Iterable, Iterator

from app.engine.command import Method, Target
from app.engine.datagram import Datagram, Departure, Failure, Outgoing
from app.engine.refusal import is_too_big, words
from app.engine.snapshot import End, Finding, HopRow
from app.engine.tracing.hop import Hop, ending
from app.engine.tracing.mtu import MtuSearch, story
from app.engine.tracing.table import HOP_BITS, Table
from app.engine.tracing.wire import Shape, Wire
from app.engine.verdict import NOTHING, Meaning, Verdict
from app.packet.answer import Answer

ROW = "mtu"  #: what the packet log calls them
FIRST_TOKEN = 1 << 61  #: above those of all hops
TTL = 255
LEAST_PATIENCE = 200_000_000


class MtuProbes:
    """The search of one trace. `restart` begins another; answers to the one before count no more.

    `number` is that of a row that nobody else has, `whose` what its key says beside "mtu".
    """

    def __init__(self, target: Target, wire: Wire, timeout: int, *, number: int = 0, whose: str = "") -> None:
        self._target = target
        self._wire = wire
        self._timeout = timeout
        self.number = number
        self._row = f"{ROW}{whose}"
        self._token = FIRST_TOKEN | number << HOP_BITS
        self._method = Method.ICMP
        self.search = MtuSearch(target.address.version)

    def restart(self, method: Method) -> None:
        """Forget what was found out; `method` is the trace's."""
        self._token += self.search.asked
        self._method = Method.ICMP if method is Method.TCP else method
        self.search = MtuSearch(self._target.address.version)

    def begin(self, now: int, rtt: int) -> None:
        """The target was reached, and has answered within `rtt`."""
        # Hosts answer UDP by ICMP errors, of which they may send one a second only.
        is_limited = self._method is Method.UDP
        self.search.begin(now, self._timeout if is_limited else min(self._timeout, max(LEAST_PATIENCE, rtt * 3)))

    def poll(self, now: int) -> Iterator[Outgoing]:
        """The question that is due."""
        length = self.search.due(now)
        if length is None:
            return
        token = self._token + self.search.launch(now)
        try:
            data = self._wire.probe(self._method, TTL, token, shape=Shape(length=length))
        except OSError:
            return  # without a way out it counts as unanswered, and is asked again
        yield Outgoing(token, self._target.address, data, self._row, is_whole=True)

    @staticmethod
    def owns(token: int) -> bool:
        """Whether a token names a question of a search."""
        return token >= FIRST_TOKEN

    def tell(self, event: Departure | Failure) -> Verdict:
        """What the link says of a question."""
        number = event.token - self._token
        if self.search.sent_at(number) is None:
            return NOTHING
        if isinstance(event, Departure):
            self.search.depart(number, event.sent_at)
            return Verdict(Meaning.NOTHING, self._row, event.token)
        self.search.fail(number, event.errno, event.at)
        return Verdict(Meaning.NOTHING, self._row, event.token, event.text)

    def read(self, token: int, answer: Answer, event: Datagram, table: Table) -> Verdict:
        """What an answer to a question says."""
        number = token - self._token
        sent_at = self.search.sent_at(number)
        if sent_at is None:
            return Verdict(Meaning.NOTHING, None, token, "about a search that is over")
        length = self.search.length(number)
        if answer.quote is not None and is_too_big(answer):
            self.search.refuse(number, answer.mtu, answer.source, event.received_at)
            self._mark(answer, event, table)
            return Verdict(Meaning.ERROR, self._row, token, f"{words(answer)}: {length} bytes do not pass")
        if ending(answer, self._target.address) is not End.REACHED:
            return Verdict(Meaning.ERROR, self._row, token, words(answer))
        self.search.arrive(number, event.received_at)
        rtt = max(0, event.received_at - sent_at)
        return Verdict(Meaning.REPLY, self._row, token, f"{length} bytes arrive", rtt)

    def _mark(self, answer: Answer, event: Datagram, table: Table) -> None:
        """Show the MTU at the hop of the router that named it; at the hop that was silent, the router as well."""
        hop = next(table.hops_of(answer.source), None)
        if hop is None and (hop := _silent_hop(answer, event, table)) is not None:
            speaker = hop.speaker(answer, self._target.address)
            speaker.hear(answer, nat=None, has_quoted_header=True)
        if hop is not None and answer.mtu is not None:
            hop.speaker(answer, self._target.address).mtu = answer.mtu
            hop.changed()

    def place(self, table: Table) -> int | None:
        """The hop of the router that named the path MTU."""
        if self.search.namer is None:
            return None
        return next((hop.ttl for hop in table.hops_of(self.search.namer)), None)

    def findings(self) -> Iterator[Finding]:
        """A black hole, where there is one."""
        if self.search.vanishing is not None:
            text = f"datagrams of {self.search.vanishing} bytes vanish, and nobody says so; {self.search.path_mtu} pass"
            yield Finding("mtu-black-hole", None, text)

    def story(self, table: Table) -> str:
        """What came of the search."""
        return story(self.search, self.place(table))


def named_mtu(rows: Iterable[HopRow]) -> int | None:
    """The least MTU that a router named, searched for or not."""
    return min((said.mtu for row in rows for said in row.responders if said.mtu is not None), default=None)


def _silent_hop(answer: Answer, event: Datagram, table: Table) -> Hop | None:
    """The hop that a router stands at by the TTL that it quotes, if nobody has answered there."""
    has_header = event.rebuilt <= len(event.data) - len(answer.transport) + 8
    if answer.quote is None or not has_header:
        return None
    hop = table.hops.get(TTL - answer.quote.ttl + 1)
    return hop if hop is not None and not hop.speakers else None
