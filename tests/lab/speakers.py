"""Speakers that no package provides: a correct RFC 1256 router, LLDP, members of groups, a second querier, forgers.

Run in a host's namespace as `python -m tests.lab.speakers WHO INTERFACE ...`; they go on until SIGTERM, if nothing
bounds them. Packets are made here byte by byte, with nothing of the program that reads them.
"""

import random
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_interface
from pathlib import Path

from tests.lab.hostile import checksum

ALL_HOSTS, ALL_ROUTERS, ALL_NODES = "224.0.0.1", "224.0.0.2", "ff02::1"
ADVERTISEMENT, SOLICITATION = 9, 10
ETH_IPV4, ETH_IPV6, ETH_LLDP = 0x0800, 0x86DD, 0x88CC
#: The multicast MAC address of a group (RFC 1112, section 6.4; RFC 2464, section 7).
NEAREST_BRIDGE = bytes.fromhex("0180c200000e")
JOIN_GROUP, JOIN_SOURCE_GROUP = 42, 46  # MCAST_JOIN_GROUP and MCAST_JOIN_SOURCE_GROUP, ip(7)


def mac(interface: str) -> bytes:
    """The MAC address of an interface."""
    return bytes.fromhex(Path(f"/sys/class/net/{interface}/address").read_text().strip().replace(":", ""))


def group_mac(group: IPv4Address | IPv6Address) -> bytes:
    """The MAC address that a group's packets go to."""
    if group.version == 4:
        return b"\x01\x00\x5e" + bytes([group.packed[1] & 0x7F]) + group.packed[2:]
    return b"\x33\x33" + group.packed[12:]


def ipv4(source: str, destination: str, protocol: int, body: bytes, *, ttl: int = 1, options: bytes = b"") -> bytes:
    """A datagram of IPv4."""
    size = 20 + len(options)
    head = struct.pack("!BBHHHBBH", 0x40 | size // 4, 0xC0, size + len(body), 0, 0, ttl, protocol, 0)
    head += IPv4Address(source).packed + IPv4Address(destination).packed + options
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body


def icmpv6(source: str, destination: str, message: bytes, *, hop_limit: int = 255) -> bytes:
    """A datagram of IPv6 with an ICMPv6 message whose checksum field is made right."""
    ends = IPv6Address(source).packed + IPv6Address(destination).packed
    summed = checksum(ends + struct.pack("!II", len(message), 58) + message)
    head = struct.pack("!IHBB", 0x60000000, len(message), 58, hop_limit) + ends
    return head + message[:2] + struct.pack("!H", summed) + message[4:]


def summed(message: bytes, place: int = 2) -> bytes:
    """A message with its checksum put in place."""
    return message[:place] + struct.pack("!H", checksum(message)) + message[place + 2 :]


def advertisement(
    options: bytes = b"", *, lifetime: int = 1800, hop_limit: int = 64, flags: int = 0, reachable: int = 0
) -> bytes:
    """A router advertisement (RFC 4861, section 4.2) without its checksum."""
    return struct.pack("!BBHBBHII", 134, 0, 0, hop_limit, flags, lifetime, reachable, 0) + options


def prefix(text: str, *, valid: int = 3600, preferred: int = 1800) -> bytes:
    """A prefix information option (RFC 4861, section 4.6.2), on-link and autonomous."""
    network = ip_interface(text)
    return struct.pack("!BBBBIII", 3, 4, network.network.prefixlen, 0xC0, valid, preferred, 0) + network.ip.packed


class Device:
    """An interface that frames are written to."""

    def __init__(self, interface: str) -> None:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self._socket.bind((interface, 0))
        self.mac = mac(interface)

    def send(self, datagram: bytes, *, source: bytes | None = None) -> None:
        """Send an IP datagram to its group."""
        version = datagram[0] >> 4
        to = ip_address(datagram[16:20] if version == 4 else datagram[24:40])
        kind = struct.pack("!H", ETH_IPV4 if version == 4 else ETH_IPV6)
        self._socket.send(group_mac(to) + (source or self.mac) + kind + datagram)

    def frame(self, destination: bytes, kind: int, body: bytes) -> None:
        """Send any frame."""
        self._socket.send(destination + self.mac + struct.pack("!H", kind) + body)


def discovery(interface: str, seconds: str, lifetime: str, *routers: str) -> None:
    """A router of RFC 1256: says which ADDRESS=PREFERENCE it is, every so often, and at once to who solicits."""
    pairs = [(IPv4Address(address), int(level)) for address, _, level in (each.partition("=") for each in routers)]
    speaker = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    index = socket.if_nametoindex(interface)
    membership = IPv4Address(ALL_ROUTERS).packed + bytes(4) + struct.pack("=i", index)
    speaker.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
    speaker.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, bytes(8) + struct.pack("=i", index))
    speaker.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)

    def advertise(alive: int, to: str = ALL_HOSTS) -> None:
        said = b"".join(struct.pack("!4si", address.packed, level) for address, level in pairs)
        speaker.sendto(summed(struct.pack("!BBHBBH", ADVERTISEMENT, 0, 0, len(pairs), 2, alive) + said), (to, 0))

    try:
        while True:
            advertise(int(lifetime))
            until = time.monotonic() + float(seconds)
            while (left := until - time.monotonic()) > 0:
                speaker.settimeout(left)
                try:
                    datagram, (sender, _) = speaker.recvfrom(1500)
                except TimeoutError:
                    break
                if datagram[20:22] == bytes((SOLICITATION, 0)) and sender != "0.0.0.0":
                    advertise(int(lifetime), sender)
    except SystemExit:
        advertise(0)


def lldp(interface: str, chassis: str, port: str, name: str, seconds: str) -> None:
    """IEEE 802.1AB: chassis and port by local name, a time to live, a system name; 0 s to live at the end."""
    device = Device(interface)

    def told(kind: int, value: bytes) -> bytes:
        return struct.pack("!H", kind << 9 | len(value)) + value

    def unit(alive: int) -> bytes:
        text = name.encode().decode("unicode_escape").encode("latin-1")
        head = told(1, b"\x07" + chassis.encode()) + told(2, b"\x07" + port.encode())
        return head + told(3, struct.pack("!H", alive)) + told(5, text) + told(0, b"")

    try:
        while True:
            device.frame(NEAREST_BRIDGE, ETH_LLDP, unit(int(seconds)))
            time.sleep(1)
    except SystemExit:
        device.frame(NEAREST_BRIDGE, ETH_LLDP, unit(0))


def member(interface: str, *groups: str) -> None:
    """A program that is in groups; GROUP=SOURCE is in one for one source alone."""
    index = socket.if_nametoindex(interface)
    sockets = []
    for group, _, source in (each.partition("=") for each in groups):
        address = ip_address(group)
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        level = socket.IPPROTO_IP if address.version == 4 else socket.IPPROTO_IPV6
        sockets.append(socket.socket(family, socket.SOCK_DGRAM))
        wanted = [address, *([ip_address(source)] if source else [])]
        option = JOIN_SOURCE_GROUP if source else JOIN_GROUP
        sockets[-1].setsockopt(level, option, struct.pack("@I4x", index) + b"".join(map(_sockaddr, wanted)))
    try:
        signal.pause()
    except SystemExit:
        for each in sockets:
            each.close()


def _sockaddr(address: IPv4Address | IPv6Address) -> bytes:
    """A struct sockaddr_storage."""
    if address.version == 4:
        return struct.pack("=HH4s120x", socket.AF_INET, 0, address.packed)
    return struct.pack("=HHI16sI100x", socket.AF_INET6, 0, 0, address.packed, 0)


def querier(interface: str, source: str, seconds: str) -> None:
    """A querier of IGMPv2 (RFC 2236) that asks every so often, whoever else does."""
    query = summed(struct.pack("!BBHI", 0x11, 100, 0, 0))
    _repeat(interface, lambda: [ipv4(source, ALL_HOSTS, 2, query, options=b"\x94\x04\0\0")], float(seconds))


def routers(interface: str, count: str) -> None:
    """Router advertisements by as many routers as asked for, none of which is there."""
    device = Device(interface)
    for number in range(int(count)):
        source = f"fe80::{random.getrandbits(16):x}:{number:x}"
        said = icmpv6(source, ALL_NODES, advertisement(prefix(f"2001:db8:{number & 0xFFFF:x}::/64")))
        device.send(said, source=b"\x06" + random.randbytes(1) + struct.pack("!I", number))
        if number % 100 == 99:
            time.sleep(0.01)


def prefixes(interface: str, source: str, count: str) -> None:
    """One router that advertises thousands of prefixes, as many at a time as a packet holds."""
    device = Device(interface)
    for first in range(0, int(count), 44):
        options = b"".join(prefix(f"2001:db8:{first + each:x}::/64") for each in range(44))
        device.send(icmpv6(source, ALL_NODES, advertisement(options)))


def crowd(interface: str, source: str, count: str) -> None:
    """As many groups, link states and RIP routes as asked for, all of one host."""
    device = Device(interface)
    numbers = range(1, int(count) + 1)
    for first in numbers[::40]:
        part = range(first, first + 40)
        groups = b"".join(struct.pack("!BBHI", 4, 0, 0, 0xE8000000 + each) for each in part)
        report = summed(struct.pack("!BBHHH", 0x22, 0, 0, 0, len(part)) + groups)
        device.send(ipv4(source, "224.0.0.22", 2, report, options=b"\x94\x04\0\0"))
        states = b"".join(struct.pack("!HBBIIIHH", 1, 2, 5, each, 0x06060606, 0x80000001, 0, 36) for each in part)
        head = struct.pack("!BBHIIHHQ", 2, 5, 24 + len(states), 0x06060606, 0, 0, 0, 0)
        acknowledgment = summed(head + states, 12)
        device.send(ipv4(source, "224.0.0.5", 89, acknowledgment))
        routes = b"".join(struct.pack("!HHIIII", 2, 0, each << 8, 0xFFFFFF00, 0, 1) for each in part[:25])
        response = struct.pack("!BBH", 2, 2, 0) + routes
        device.send(ipv4(source, "224.0.0.9", 17, struct.pack("!HHHH", 520, 520, 8 + len(response), 0) + response))


def forger(interface: str, source: str, hop_limit: str) -> None:
    """Router advertisements that no router on this link could have sent so."""
    said = icmpv6(source, ALL_NODES, advertisement(prefix("2001:db8:bad::/64")), hop_limit=int(hop_limit))
    _repeat(interface, lambda: [said], 0.5)


def updates(interface: str, source: str) -> None:
    """Link state updates whose lengths and counts are absurd, beside a hello that is well."""

    def ospf(kind: int, body: bytes, length: int | None = None) -> bytes:
        head = struct.pack("!BBHIIHHQ", 2, kind, length or 24 + len(body), 0x06060606, 0, 0, 0, 0)
        return ipv4(source, "224.0.0.5", 89, summed(head + body, 12))

    hello = struct.pack("!IHBBIII", 0xFFFFFF00, 10, 2, 1, 40, 0, 0)
    header = struct.pack("!HBBIIIHH", 1, 2, 1, 1, 0x06060606, 0x80000001, 0, 20)
    absurd = [
        ospf(4, struct.pack("!I", 0xFFFFFFFF)),
        ospf(4, struct.pack("!I", 1) + header[:18] + struct.pack("!H", 0xFFFF)),
        ospf(4, struct.pack("!I", 70) + (header[:18] + struct.pack("!H", 0)) * 70),
        ospf(4, struct.pack("!I", 70) + (header[:18] + struct.pack("!H", 20)) * 70),
        ospf(4, struct.pack("!I", 1) + header, 0xFFFF),
        ospf(4, struct.pack("!I", 1) + header, 3),
        ospf(2, b"\xff" * 8 + header[:7]),
    ]
    _repeat(interface, lambda: [ospf(1, hello), *absurd], 0.5)


def _repeat(interface: str, datagrams: Callable[[], list[bytes]], seconds: float) -> None:
    device = Device(interface)
    try:
        while True:
            for datagram in datagrams():
                device.send(datagram)
            time.sleep(seconds)
    except SystemExit:
        return


SPEAKERS: dict[str, Callable[..., None]] = {
    each.__name__: each for each in (discovery, lldp, member, querier, routers, prefixes, crowd, forger, updates)
}


def _end(number: int, frame: object) -> None:
    sys.exit()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    SPEAKERS[sys.argv[1]](*sys.argv[2:])
