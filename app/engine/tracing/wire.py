"""Between a trace's rows and its bytes: makes the probes and finds the probe that an answer is about."""

from collections.abc import Callable
from typing import NamedTuple

from app.engine.command import Method
from app.engine.tracing.flow import FLOWS, HEADER, Ends, Flow
from app.packet.answer import Answer
from app.packet.compose import Address

_PORTS = {Method.UDP: 33_434, Method.TCP: 80}
REMEMBERED = 1 << 12  #: probes of one method that can still be recognised: of 30 hops a second, those of two minutes
_IP_HEADER = {4: 20, 6: 40}


class Shape(NamedTuple):
    """What some probes of a method have in common and others have not."""

    flow: int = 0  #: which of several flows
    length: int | None = None  #: bytes of a whole datagram that nobody may fragment; None: of the size asked for


PLAIN = Shape()


class Recognised(NamedTuple):
    """What an answer is about: whether it names a probe of ours, and which it proves to know."""

    is_named: bool
    token: int | None = None
    flow: int = 0
    sent: bytes = b""  #: from the transport header on


class Wire:
    """The flows to one target, one of each method and shape that was used. `ports`: ours, and theirs or None."""

    def __init__(
        self,
        target: Address,
        source: Callable[[Address], Address],
        *,
        identifier: int,
        ports: tuple[int, int | None],
        size: int,
        dscp: int,
        secret: bytes,
    ) -> None:
        self._target = target
        self._ask_source = source
        self._source: Address | None = None
        self._identifier = identifier
        self._ports = ports
        self._size = size
        self._dscp = dscp
        self._secret = secret
        self._serial = 0
        self._flows: dict[tuple[Method, Shape], Flow] = {}
        self._readers: dict[Method, Flow] = {}  # of each method the newest
        self._probes: dict[Method, dict[int, tuple[int, Shape, Flow]]] = {method: {} for method in Method}  # by key

    @property
    def source(self) -> Address:
        """The address that probes leave from."""
        return self._target if self._source is None else self._source

    def port(self, method: Method) -> int | None:
        """The port that probes of a method go to; None where the method has none."""
        return (self._ports[1] or _PORTS[method]) if method in _PORTS else None

    def probe(self, method: Method, ttl: int, token: int, *, shape: Shape = PLAIN, is_new_round: bool = False) -> bytes:
        """A whole probe, to be recognised as `token`. Raises an OSError where there is no source address.

        The source address is asked for again in each round: while routes change, it may.
        """
        if self._source is None or is_new_round:
            self.settle_source()
        flow = self._flows.get((method, shape))
        if flow is None:
            flow = self._flows[method, shape] = self._readers[method] = FLOWS[method](self._ends(method, shape))
        key = flow.key(self._serial)
        self._serial += 1
        probes = self._probes[method]
        probes.pop(key, None)  # so that the newest stand last
        probes[key] = token, shape, flow
        if len(probes) > REMEMBERED:
            del probes[next(iter(probes))]
        return flow.datagram(ttl, key)

    def settle_source(self) -> Address:
        """Ask again which address probes leave from. Raises an OSError where there is none."""
        source = self._ask_source(self._target)
        if self._source is None or source.packed != self._source.packed:
            self._source = source
            self._flows.clear()  # probes from the old address can no longer be answered there
            self._readers.clear()
        return self._source

    def _ends(self, method: Method, shape: Shape) -> Ends:
        is_whole = shape.length is not None
        port = (self.port(method) or 0) + (shape.flow if method is Method.UDP else 0)
        size = self._size if shape.length is None else shape.length - _IP_HEADER[self._target.version] - HEADER
        return Ends(
            source=self.source,
            target=self._target,
            identifier=self._identifier,
            source_port=self._ports[0] + (shape.flow if method is Method.TCP else 0),
            destination_port=(port - 1) % 0xFFFF + 1,
            size=size,
            dscp=self._dscp,
            secret=self._secret,
            dont_fragment=is_whole,
            flow=shape.flow,
        )

    def recognise(self, answer: Answer) -> Recognised:
        """What an answer is about. Nothing of it is to be believed where no token comes of it."""
        is_named = False
        for method, reader in self._readers.items():
            for key in reader.keys(answer):
                known = self._probes[method].get(key)
                if known is None or not known[2].fits(answer):
                    continue
                token, shape, flow = known
                is_named = True
                if flow.proves(answer, key):
                    return Recognised(is_named, token, shape.flow, flow.transport(key))
        return Recognised(is_named)
