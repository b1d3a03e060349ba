"""Frames as readers hear them: those of golden.jsonl, with bytes changed where a test wants them changed."""

import json
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from app.engine.datagram import Clock, Datagram
from app.engine.neighbourhood.overhearing import overheard
from app.engine.neighbourhood.readers import linklayer, multicast, ospf, redundancy, routing
from app.engine.neighbourhood.saying import Said, Saying
from app.packet.compose import Envelope, ip_datagram
from app.packet.editing import with_checksums
from app.packet.link.linktype import LinkType

READERS = {
    **ospf.READERS,
    **multicast.READERS,
    **redundancy.READERS,
    **routing.READERS,
    **linklayer.READERS,
}
#: Where an Ethernet frame has its IP header's TTL, and its addresses.
TTL4, HOP_LIMIT, SOURCE4, DESTINATION4, SOURCE6, DESTINATION6 = 22, 21, 26, 30, 22, 38


@cache
def golden() -> list[dict[str, Any]]:
    """Frames of real daemons, who sent each, and what tshark 4.0.17 says of its fields."""
    return [json.loads(line) for line in (Path(__file__).parent / "golden.jsonl").read_text().splitlines()]


def frame(sender: str, *fields: str) -> bytes:
    """The first golden frame of a sender of which tshark says these fields, such as "pim.holdtime=0"."""
    wanted = [field.split("=") for field in fields]
    for packet in golden():
        told = packet["tshark"]
        if sender in packet["from"] and all(value in told.get(name, ()) for name, value in wanted):
            return bytes.fromhex(packet["hex"])
    raise LookupError(f"no frame of {sender} with {fields}")


def changed(data: bytes, at: int, value: bytes) -> bytes:
    """The frame with other bytes from `at` on, checksums made right."""
    return with_checksums(data[:at] + value + data[at + len(value) :], LinkType.ETHERNET)


def said(data: bytes, link: LinkType = LinkType.ETHERNET, *, rebuilt: int = 0) -> list[Said]:
    """What a frame says."""
    datagram = Datagram(data, 0, Clock.KERNEL, interface="eth0", link=link, rebuilt=rebuilt)
    return [each for heard in overheard(datagram, READERS, None) for each in READERS[heard.layer.name](heard)]


def saying(data: bytes, link: LinkType = LinkType.ETHERNET) -> Saying:
    """The one thing that the sender says of itself."""
    (one,) = said(data, link)
    assert isinstance(one, Saying)
    return one


def datagram(source: str, destination: str, protocol: int, payload: str | bytes, *, ttl: int = 1) -> bytes:
    """An IP datagram around a payload whose checksum is made right."""
    data = payload if isinstance(payload, bytes) else bytes.fromhex(payload)
    envelope = Envelope(ip_address(source), ip_address(destination), ttl)
    return with_checksums(ip_datagram(envelope, protocol, data))
