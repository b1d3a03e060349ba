"""The programs of the simulated machine: what they send, and whose socket a packet came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from app.engine.errors.snapshot import CachedRoute, Flow, Owner, Process
from app.net.simulated import toml
from app.net.simulated.internet import Internet
from app.net.simulated.lan.framing import udp
from app.net.simulated.lan.readers import EVERY, Readers
from app.net.simulated.scenario import Node
from app.net.simulated.toml import Reader, Table
from app.packet.compose import Address, Envelope, ip_datagram, with_checksum
from app.packet.registry import Protocol
from app.packet.text import safe
from app.packet.transport.tcp import Tcp

_WINDOW = 64_240
_PAYLOAD = b"a datagram of the simulation; "
_PROTOCOLS = {"udp": Protocol.UDP, "tcp": Protocol.TCP}
_STATES = {Protocol.UDP: "connected", Protocol.TCP: "syn-sent"}


@dataclass(frozen=True, slots=True)
class Program:
    """A program that sends one datagram after the other from one socket. Durations are nanoseconds."""

    name: str
    pid: int
    uid: int
    protocol: Protocol  #: UDP, or TCP, of which it sends a SYN
    port: int
    to: Address
    to_port: int
    every: int
    size: int = 32  #: bytes of its payload
    closed: bool = False  #: the socket is closed before any answer comes: nobody owns it then


_PROGRAM: Readers = {
    "name": toml.text,
    "pid": toml.number(1, 2**22),
    "uid": toml.number(0, 2**32 - 2),
    "port": toml.number(1, 0xFFFF),
    "to_port": toml.number(1, 0xFFFF),
    "every": EVERY,
}


def read_program(table: Table, nodes: Mapping[str, Node]) -> Program:
    """A table of `programs`."""
    program = Program(
        protocol=_PROTOCOLS[table.take("protocol", toml.one_of(*_PROTOCOLS), "udp")],
        to=table.need("to", _destination_in(nodes)),
        size=table.take("size", toml.number(0, 65_000), 32),
        closed=table.take("closed", toml.truth, False),  # noqa: FBT003  # the default of a truth
        **{key: table.need(key, read) for key, read in _PROGRAM.items()},
    )
    table.finish()
    return program


def _destination_in(nodes: Mapping[str, Node]) -> Reader[Address]:
    """An address, or a router or host by its key, which stands for its first address."""

    def read(value: object) -> Address:
        word = toml.text(value)
        if word in nodes:
            return nodes[word].addresses[0]
        try:
            return toml.address(word)
        except ValueError:
            hint = toml.suggestion(word, nodes)
            raise ValueError(f"there is no router or host {word!r}{hint}") from None

    return read


class ProgramAtWork:
    """A program with its timer and chance. Belongs to one thread."""

    def __init__(self, program: Program, seed: str) -> None:
        self.program = program
        self._chance = Random(f"{seed}/programs/{program.name}/{program.port}")

    def first(self) -> int:
        """How long after somebody begins to listen it first sends."""
        return int(self._chance.random() * self.program.every)

    def pause(self) -> int:
        """How long it waits until it sends again."""
        return self.program.every - int(self._chance.random() * self.program.every / 10)

    def datagram(self, source: Address) -> bytes:
        """What it sends; of UDP a payload that means nothing, never to be fragmented (RFC 1191)."""
        program = self.program
        envelope = Envelope(
            source, program.to, identification=self._chance.getrandbits(16), dont_fragment=program.to.version == 4
        )
        if program.protocol == Protocol.TCP:
            head = Tcp(
                source_port=program.port,
                destination_port=program.to_port,
                sequence=self._chance.getrandbits(32),
                synchronize=1,
                window=_WINDOW,
            )
            return ip_datagram(envelope, Protocol.TCP, with_checksum(envelope, Protocol.TCP, head.build()))
        return udp(
            envelope, (program.port, program.to_port), (_PAYLOAD * (program.size // len(_PAYLOAD) + 1))[: program.size]
        )


class SimulatedKernel:
    """The engine of errors' questions, answered for the simulated machine (app.engine.errors.kernel.Kernel)."""

    def __init__(self, programs: Sequence[Program], internet: Internet) -> None:
        self._programs = programs
        self._internet = internet

    def owner(self, flow: Flow) -> Owner | None:
        """The socket that sent such packets; None where no program did, or it is closed by now."""
        if flow.local != self._internet.source(flow.local.version):
            return None
        for program in self._programs:
            there = (program.protocol, program.port, program.to, program.to_port)
            if there == (flow.protocol, flow.local_port, flow.remote, flow.remote_port) and not program.closed:
                process = Process(program.pid, safe(program.name), program.uid)
                return Owner(_STATES[program.protocol], program.uid, process)
        return None

    def route(self, destination: Address, interface: str | None) -> CachedRoute | None:
        """How this machine would send to a destination, by what its path takes where that is less than its link."""
        if destination == self._internet.source(destination.version):
            return CachedRoute(None, None, is_local=True)
        way = self._internet.way(destination, 0)
        return None if way is None else CachedRoute(*way)

    def redirects_refused(self, version: int, interface: str | None) -> str:
        """Redirects have no meaning for routes that are computed."""
        return "the routes of a simulated host do not change"

    def close(self) -> None:
        """Nothing to give back."""
