"""An attacker on the next hop: it overhears one's probes and answers them with lies, thousands a second.

Run in a router's namespace as `python -m tests.lab.hostile INTERFACE SECONDS RATE`. Its packets are right in all that
a stranger may know (addresses, identifier, sequence, ports) and wrong in what only the prober knows. One
that sends an exact copy of what it overheard is beyond any prober's means and left out. Packets are
made here byte by byte, with nothing of the program under attack.
"""

import json
import random
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

ICMP, ICMPV6 = 1, 58
#: By protocol: echo request, echo reply, and the errors that quote (type, code).
TYPES = {ICMP: (8, 0, ((3, 1), (3, 3), (3, 13), (11, 0))), ICMPV6: (128, 129, ((1, 0), (1, 1), (1, 4), (3, 0)))}
BATCH = 0.005
PACKET, IGNORE_OUTGOING = 263, 23  # SOL_PACKET and PACKET_IGNORE_OUTGOING, linux/if_packet.h


@dataclass(frozen=True)
class Overheard:
    """A probe on its way: whole, and who sent it to whom."""

    data: bytes
    mac: bytes

    @property
    def version(self) -> int:
        """The IP version."""
        return self.data[0] >> 4

    @property
    def header(self) -> int:
        """Where the probe's own header starts."""
        return (self.data[0] & 15) * 4 if self.version == 4 else 40

    @property
    def protocol(self) -> int:
        """The protocol of that header."""
        return self.data[9] if self.version == 4 else self.data[6]

    @property
    def source(self) -> bytes:
        """The victim's address."""
        return self.data[12:16] if self.version == 4 else self.data[8:24]

    @property
    def destination(self) -> bytes:
        """The address of whom it measures."""
        return self.data[16:20] if self.version == 4 else self.data[24:40]


def checksum(data: bytes) -> int:
    """RFC 1071."""
    total: int = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def icmp(probe: Overheard, kind: int, code: int, body: bytes) -> bytes:
    """An ICMP message to the victim in the name of its target; `body` is all behind the checksum."""
    message = struct.pack("!BBH", kind, code, 0) + body
    if probe.version == 4:
        summed = checksum(message)
        header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(message), random.getrandbits(16), 0, 60, ICMP, 0)
        header += probe.destination + probe.source
        header = header[:10] + struct.pack("!H", checksum(header)) + header[12:]
    else:
        summed = checksum(probe.destination + probe.source + struct.pack("!II", len(message), ICMPV6) + message)
        header = struct.pack("!IHBB", 0x60000000, len(message), ICMPV6, 60) + probe.destination + probe.source
    return header + message[:2] + struct.pack("!H", summed) + message[4:]


def family(probe: Overheard) -> int:
    """The ICMP of the probe's IP version."""
    return ICMP if probe.version == 4 else ICMPV6


def forged_reply(probe: Overheard) -> bytes:
    """An echo reply with the very identifier and sequence, and another payload."""
    body = bytearray(probe.data[probe.header + 4 :])
    body[4:] = random.randbytes(len(body) - 4)
    return icmp(probe, TYPES[family(probe)][1], 0, bytes(body))


def strangers_reply(probe: Overheard) -> bytes:
    """An echo reply to somebody else's ping."""
    return icmp(probe, TYPES[family(probe)][1], 0, random.randbytes(60))


def random_message(probe: Overheard) -> bytes:
    """Any type, any code, any bytes; the types of neighbour discovery too, with a hop limit that disarms them."""
    return icmp(probe, random.getrandbits(8), random.getrandbits(8), random.randbytes(random.randrange(0, 96)))


def damaged_reply(probe: Overheard) -> bytes:
    """An echo reply whose checksum is wrong."""
    packet = bytearray(forged_reply(probe))
    packet[22 if probe.version == 4 else 42] ^= 0x55
    return bytes(packet)


def error(probe: Overheard, quote: bytes) -> bytes:
    """An ICMP error that quotes something."""
    kind, code = random.choice(TYPES[family(probe)][2])
    return icmp(probe, kind, code, bytes(4) + quote)


def error_about_others(probe: Overheard) -> bytes:
    """An ICMP error that quotes a packet which the victim sent to somebody else, from another program."""
    quote = bytearray(probe.data)
    quote[probe.header - 1] ^= 0x5A
    quote[probe.header : probe.header + 8] = random.randbytes(8)
    return error(probe, bytes(quote))


def error_with_a_guess(probe: Overheard) -> bytes:
    """An ICMP error that quotes the overheard probe as one who knows its ports or identifier would guess the rest."""
    quote = bytearray(probe.data)
    secret = {ICMP: (2, 4), ICMPV6: (2, 4), 17: (6, 8), 6: (4, 8)}[probe.protocol]
    for position in range(*secret):
        quote[probe.header + position] ^= random.randrange(1, 256)
    if probe.version == 4:
        quote[4:6] = random.randbytes(2)
    del quote[probe.header + 8 :]
    return error(probe, bytes(quote))


def cut_error(probe: Overheard) -> bytes:
    """An ICMP error whose quote ends too early to prove anything."""
    return error(probe, probe.data[: random.randrange(0, probe.header + 4)])


LIES: tuple[Callable[[Overheard], bytes], ...] = (
    forged_reply,
    strangers_reply,
    random_message,
    damaged_reply,
    error_about_others,
    error_with_a_guess,
    cut_error,
)


def attack(interface: str, seconds: float, rate: int) -> dict[str, object]:
    """Lie about the latest probe overheard, `rate` packets a second; what was sent, by kind."""
    ears = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
    ears.setsockopt(PACKET, IGNORE_OUTGOING, 1)
    ears.bind((interface, 3))
    mouth = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    probe: Overheard | None = None
    said: Counter[str] = Counter()
    overheard = 0
    ears.settimeout(seconds)
    began = time.monotonic()
    while (elapsed := time.monotonic() - began) < seconds:
        try:
            data, address = ears.recvfrom(65535)
        except (BlockingIOError, TimeoutError):
            pass
        else:
            ears.setblocking(False)
            if address[2] == socket.PACKET_HOST and is_probe(Overheard(data, address[4])):
                probe, overheard = Overheard(data, address[4]), overheard + 1
            continue
        if probe is None:
            ears.settimeout(max(0.01, seconds - elapsed))
            continue
        for _ in range(min(int(elapsed * rate) - said.total(), int(rate * BATCH * 20))):
            lie = LIES[said.total() % len(LIES)]
            protocol = 0x0800 if probe.version == 4 else 0x86DD
            mouth.sendto(lie(probe), (interface, protocol, 0, 0, probe.mac))
            said[lie.__name__] += 1
        time.sleep(BATCH)
    return {"overheard": overheard, "sent": said.total(), "seconds": elapsed, "kinds": dict(said)}


def is_probe(packet: Overheard) -> bool:
    """Whether a packet is an echo request, UDP or a SYN: no echo reply, no neighbour discovery."""
    if packet.version not in (4, 6) or len(packet.data) < packet.header + 8:
        return False
    if packet.protocol in (ICMP, ICMPV6):
        return packet.data[packet.header] == TYPES[packet.protocol][0]
    return packet.protocol in (6, 17)


if __name__ == "__main__":
    json.dump(attack(sys.argv[1], float(sys.argv[2]), int(sys.argv[3])), sys.stdout)
