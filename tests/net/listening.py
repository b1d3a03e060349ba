"""A pair of interfaces in a network of a test's own, links that listen to it, and frames to be heard."""

import fcntl
import os
import socket
import struct
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

from app.engine.datagram import Datagram, Event, Outgoing
from app.net.link import Link
from app.packet.compose import Address, Envelope, ip_datagram
from tests.net.namespace import own_network

PATIENCE = 3_000_000_000
_TUNSETIFF, _IFF_TUN = 0x400454CA, 1
_QUIET = ("all", "default")


@contextmanager
def pair() -> Iterator[None]:
    """Interfaces near and far, joined to each other, in a network that says nothing by itself."""
    with own_network():
        for which in _QUIET:
            Path(f"/proc/sys/net/ipv6/conf/{which}/accept_dad").write_text("0")
            Path(f"/proc/sys/net/ipv6/conf/{which}/router_solicitations").write_text("0")
            Path(f"/proc/sys/net/ipv4/conf/{which}/rp_filter").write_text("0")
            Path(f"/proc/sys/net/ipv4/conf/{which}/accept_local").write_text("1")
        add_pair("near", "far")
        yield


def add_pair(first: str, second: str) -> None:
    """Two more interfaces that are joined to each other."""
    ip(
        f"link add {first} address 02:00:00:00:00:01 type veth peer name {second} address 02:00:00:00:00:02",
        f"addr add 192.0.2.1/24 dev {first}",
        f"addr add 192.0.2.2/24 dev {second}",
        f"link set {first} up",
        f"link set {second} up",
    )
    until = time.monotonic() + 3
    while time.monotonic() < until and not {first, second} <= _with_addresses():
        time.sleep(0.005)  # what IPv6 needs comes a moment after the link


def _with_addresses() -> set[str]:
    """The interfaces that have an IPv6 address."""
    return {line.split()[-1] for line in Path("/proc/thread-self/net/if_inet6").read_text().splitlines()}


def ip(*lines: str) -> None:
    """Have `ip` carry out lines here."""
    subprocess.run(["ip", "-batch", "-"], input="\n".join(lines) + "\n", text=True, check=True)


def datagram(source: str, destination: str, protocol: int, payload: bytes = b"payload!", *, ttl: int = 1) -> bytes:
    """A whole datagram, with nothing in its header that the kernel would fill in."""
    envelope = Envelope(ip_address(source), ip_address(destination), ttl=ttl, identification=0x1234)
    return ip_datagram(envelope, protocol, payload)


def outgoing(token: int, data: bytes, *, by: str | None = "near", to: Address | None = None) -> Outgoing:
    """A datagram to send by an interface."""
    stands = data[16:20] if data[0] >> 4 == 4 else data[24:40]
    return Outgoing(token, to or ip_address(stands), data, interface=by)


def say(*frames: bytes, by: str = "near") -> None:
    """Put frames on the wire as they are."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as sock:
        for frame in frames:
            sock.sendto(frame, (by, int.from_bytes(frame[12:14], "big")))


def frame(ether_type: int, payload: bytes) -> bytes:
    """A frame from near to far."""
    return bytes.fromhex("020000000002020000000001") + ether_type.to_bytes(2, "big") + payload


def hear(link: Link, count: int) -> list[Datagram]:
    """The next datagrams, in the order of their numbers; fewer where no more come."""
    return [event for event in events(link, count) if isinstance(event, Datagram)]


def events(link: Link, count: int) -> Sequence[Event]:
    """What the link tells, up to so many datagrams or until nothing comes any more."""
    told: list[Event] = []
    ends_at = link.now() + PATIENCE
    while sum(isinstance(event, Datagram) for event in told) < count and link.now() < ends_at:
        told += link.receive(min(ends_at, link.now() + 100_000_000))
    return told


def silence(link: Link) -> list[Event]:
    """What the link tells within the time that a frame may lie in the kernel."""
    told: list[Event] = []
    until = time.monotonic() + 0.15
    while time.monotonic() < until:
        told += link.receive(link.now() + 20_000_000)
    return told


@contextmanager
def tunnel(name: str) -> Iterator[int]:
    """An interface without a link layer: what is written into its descriptor has arrived on it."""
    descriptor = os.open("/dev/net/tun", os.O_RDWR)
    try:
        fcntl.ioctl(descriptor, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _IFF_TUN))
        ip(f"addr add 198.51.100.1/24 dev {name}", f"link set {name} up")
        yield descriptor
    finally:
        os.close(descriptor)
