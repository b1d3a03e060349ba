"""The link alone in a closed loop: a batch of echo requests leaves, and the next when all is answered and stamped.

    python -m bench.closedloop HOSTS PROBES BATCH

Each probe is made from the engine's own template, each reply's round-trip time is booked from kernel stamps of both
ends. What the engine adds (ledger, statistics, log) is not in it. It prints JSON: probes, answered, CPU seconds.
"""

import json
import sys
import time
from array import array
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

from app.engine.datagram import Clock, Datagram, Departure, Outgoing
from app.engine.pinging.echo import EchoTemplate
from app.net.link import Link
from app.net.options import LinkOptions
from app.net.real import open_network
from app.packet.compose import Envelope

_PATIENCE = 500_000_000  #: nanoseconds for one batch
_SEQUENCE = 26  #: where it stands in an IPv4 datagram with an echo message


class Loop:
    """Probes by their token, and their round-trip times by the sequence number of the reply."""

    def __init__(self, link: Link, hosts: Sequence[str]) -> None:
        self._link = link
        self._targets = [ip_address(host) for host in hosts]
        source = link.source(self._targets[0])
        self._templates = [
            EchoTemplate(Envelope(source, target), link.identifier, b"closed loop", 56) for target in self._targets
        ]
        self.rtts = array("q")
        self.stamped = 0

    def turn(self, first: int, count: int) -> None:
        """Send a batch, and take what comes of it. Tokens are as an engine's: those of one target are neighbours."""
        targets, templates = self._targets, self._templates
        numbers = range(first, first + count)
        batch = []
        for number in numbers:
            turn, place = divmod(number, len(targets))
            token = (place << 32) + turn
            batch.append(Outgoing(token, targets[place], templates[place].datagram(token, number & 0xFFFF)))
        self._link.send(batch)
        sent_at: dict[int, int] = {}
        received_at: dict[int, int] = {}
        until = self._link.now() + _PATIENCE
        stamped = 0
        while (len(received_at) < count or stamped < count) and self._link.now() < until:
            for event in self._link.receive(until):
                if isinstance(event, Departure):
                    sent_at[event.token] = event.sent_at
                    stamped += event.clock is Clock.KERNEL
                elif isinstance(event, Datagram):
                    sequence = int.from_bytes(event.data[_SEQUENCE : _SEQUENCE + 2], "big")
                    received_at[sequence] = event.received_at
        for number, out in zip(numbers, batch, strict=True):
            at, left = received_at.get(number & 0xFFFF), sent_at.get(out.token)
            if at is not None and left is not None:
                self.rtts.append(at - left)
        self.stamped += stamped


def main(hosts: str, probes: int, batch: int) -> None:
    """Run the loop and say what it cost."""
    network = open_network(LinkOptions(version=4, engines=1, is_prompt=True))
    link = network.link()
    try:
        loop = Loop(link, Path(hosts).read_text().split())
        loop.turn(0, batch)  # what is done once, and the first milliseconds without stamps
        answered, stamped, began = len(loop.rtts), loop.stamped, time.thread_time()
        for first in range(batch, batch + probes, batch):
            loop.turn(first, batch)
        cpu = time.thread_time() - began
    finally:
        link.close()
        network.close()
    said = {"probes": probes, "answered": len(loop.rtts) - answered, "stamped": loop.stamped - stamped, "cpu": cpu}
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
