"""A scenario written in a test, and probes into it: what was sent is kept beside what came back."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from app.engine.datagram import Datagram, Outgoing
from app.net.simulated.link import SimulatedLink
from app.net.simulated.network import SimulatedNetwork, open_simulation
from app.packet.answer import Answer, read_answer
from app.packet.checksum import ones_sum
from app.packet.compose import Envelope, covered, echo_message, icmp_protocol, ip_datagram, with_checksum
from app.packet.registry import Protocol
from app.packet.transport.tcp import Tcp
from app.packet.transport.udp import Udp

SECOND = 1_000_000_000
MILLISECOND = 1_000_000


@dataclass(frozen=True)
class Arrived:
    after: int
    data: bytes

    @property
    def answer(self) -> Answer:
        answer = read_answer(self.data)
        assert answer is not None
        return answer


def network(tmp_path: Path, text: str, seed: int | None = None) -> SimulatedNetwork:
    path = tmp_path / "test.toml"
    path.write_text(text, encoding="utf-8")
    return open_simulation(path, seed=seed, virtual=True)


def echo(link: SimulatedLink, to: str, *, ttl: int = 64, sequence: int = 1, size: int = 16, df: bool = False) -> bytes:
    destination = ip_address(to)
    envelope = Envelope(link.source(destination), destination, ttl=ttl, identification=7, dont_fragment=df)
    message = echo_message(envelope, link.identifier, sequence, bytes(range(256)) * 6)[: 8 + size]
    message = with_checksum(envelope, icmp_protocol(destination), message)
    return ip_datagram(envelope, icmp_protocol(destination), message)


def udp(link: SimulatedLink, to: str, port: int, *, ttl: int = 64, source_port: int | None = None) -> bytes:
    destination = ip_address(to)
    envelope = Envelope(link.source(destination), destination, ttl=ttl)
    head = Udp(source_port=source_port or link.port, destination_port=port, length=12).build()
    return ip_datagram(envelope, Protocol.UDP, with_checksum(envelope, Protocol.UDP, head + b"ping"))


def syn(link: SimulatedLink, to: str, port: int, *, ttl: int = 64) -> bytes:
    destination = ip_address(to)
    envelope = Envelope(link.source(destination), destination, ttl=ttl)
    head = Tcp(source_port=link.port, destination_port=port, sequence=1000, synchronize=1, window=1024).build()
    return ip_datagram(envelope, Protocol.TCP, with_checksum(envelope, Protocol.TCP, head))


def answers(link: SimulatedLink, data: bytes, wait: int = 3 * SECOND) -> list[Arrived]:
    """Send one datagram and wait in virtual time; all that came, each checked to carry right checksums."""
    destination = ip_address(data[16:20] if data[0] >> 4 == 4 else data[24:40])
    sent_at = link.now()
    link.send([Outgoing(1, destination, data)])
    arrived: list[Arrived] = []
    while link.now() < sent_at + wait:
        events = [event for event in link.receive(sent_at + wait) if isinstance(event, Datagram)]
        arrived += [Arrived(event.received_at - sent_at, event.data) for event in events]
    assert all(is_sound(each.data) for each in arrived)
    return arrived


def addresses(link: SimulatedLink, probes: Sequence[bytes]) -> list[str | None]:
    """Who answered each probe, None where nobody did."""
    found = [answers(link, probe) for probe in probes]
    return [str(arrived[0].answer.source) if arrived else None for arrived in found]


def is_sound(data: bytes) -> bool:
    """Whether a generated datagram has the right lengths and checksums, by the RFCs' own sums."""
    is_v4 = data[0] >> 4 == 4
    start = (data[0] & 15) * 4 if is_v4 else 40
    length = int.from_bytes(data[2:4] if is_v4 else data[4:6], "big") + (0 if is_v4 else 40)
    ends = (data[12:16], data[16:20]) if is_v4 else (data[8:24], data[24:40])
    envelope = Envelope(ip_address(ends[0]), ip_address(ends[1]))
    protocol = data[9] if is_v4 else data[6]
    is_head_good = not is_v4 or ones_sum(data[:start]) == 0xFFFF
    return is_head_good and length == len(data) and ones_sum(covered(envelope, protocol, data[start:])) == 0xFFFF
