"""The page of neighbours as JSON, and the questions that tests ask of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

from tests.lab.daemons import until
from tests.lab.lan import Host, Lan
from tests.lab.program import Ended, hopscope

Json = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """What one run told."""

    ended: Ended

    @property
    def document(self) -> Json:
        """All of it."""
        document: Json = self.ended.document
        return document

    def at(self, lan: Lan, mac: str) -> Json:
        """The one neighbour of a MAC address on a LAN."""
        (found,) = (one for one in self.document["neighbours"] if (one["interface"], one["mac"]) == (lan.name, mac))
        return dict(found)

    def of(self, host: Host) -> Json:
        """The one neighbour that a host is, on its first LAN."""
        return self.at(host.main, host.mac)

    def roles(self, host: Host, kind: str) -> list[Json]:
        """A host's roles of one kind."""
        return [role for role in self.of(host)["roles"] if role["kind"] == kind]

    def role(self, host: Host, kind: str) -> Json:
        """A host's one role of a kind."""
        (role,) = self.roles(host, kind)
        return role

    def facts(self, host: Host, kind: str) -> Json:
        """What a host says of itself in one role."""
        return dict(self.role(host, kind)["facts"])

    def findings(self, kind: str, lan: Lan) -> list[str]:
        """The texts of one kind on a LAN."""
        found = self.document["findings"]
        return [one["text"] for one in found if (one["kind"], one["interface"]) == (kind, lan.name)]

    def groups(self, lan: Lan) -> dict[str, set[str]]:
        """Who is in which group on a LAN."""
        groups = (one for one in self.document["groups"] if one["interface"] == lan.name)
        return {one["group"]: set(one["reporters"]) for one in groups}

    def everything(self) -> Iterator[tuple[Json, Json]]:
        """Each role with its neighbour."""
        for neighbour in self.document["neighbours"]:
            for role in neighbour["roles"]:
                yield neighbour, role


def listen(host: Host, seconds: float, *options: str) -> Page:
    """Run it on a host for a while."""
    return Page(hopscope(host, "neighbours", "-t", f"{seconds}", "--json", *options))


def until_listening(host: Host) -> None:
    """Wait until a program on a host hears by AF_PACKET: its socket has a protocol (packet(7))."""
    until(
        lambda: any(line.split()[3] != "0000" for line in host.run("cat", "/proc/net/packet").stdout.splitlines()[1:]),
        f"{host.name} does not listen",
        30,
    )


def mask(length: int) -> str:
    """An IPv4 prefix length as a mask."""
    return str(IPv4Address((0xFFFFFFFF << (32 - length)) & 0xFFFFFFFF))
