"""The host that packets of these tests leave from: nothing about it is left to chance."""

from ipaddress import ip_address

from app.packet.compose import Address
from app.packet.composing.packet import Composed, compose
from app.packet.composing.plan import Origin

OURS, THEIRS = bytes.fromhex("020000000001"), bytes.fromhex("020000000002")


def _source(destination: Address) -> Address:
    return ip_address("10.0.0.1" if destination.version == 4 else "2001:db8::1")


def _hardware(_destination: Address | None) -> tuple[bytes, bytes]:
    return OURS, THEIRS


ORIGIN = Origin(_source, _hardware, lambda bits: 0x1234)


def packet(template: str, *fields: str) -> Composed:
    pairs = [(name, value) for name, _, value in (each.partition("=") for each in fields)]
    return compose(template, pairs, ORIGIN)
