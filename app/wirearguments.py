"""What argv says to the commands that listen to the wire or write to it by hand."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from app import config
from app.argumenttypes import UsageError, number, typed
from app.engine.command import FASTEST
from app.engine.hearing import Ear

#: What a command that measures no host offers in its stead.
_CHOICES = {
    "listen": ": -I chooses interfaces, --filter packets",
    "neighbours": ": -I chooses interfaces",
}


@dataclass(frozen=True, slots=True)
class Wire:
    """The choices. Durations are nanoseconds."""

    seconds: int | None = None  #: how long to listen; None: the command's own, or until it is ended
    protocols: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()
    ear: Ear = Ear.PACKET
    solicit: bool = False
    router: str = ""  #: whom mrinfo and mtrace ask
    source: str = ""  #: whose packets mtrace is about
    group: str = "0.0.0.0"  #: and to which group; nobody's address is any group
    template: str = ""  #: what send begins with: layers from the outside in
    fields: tuple[tuple[str, str], ...] = ()  #: names and values in the filter's words
    packets: str | None = None  #: a file of whole packets as hex digits, - is standard input
    rate: int = 1  #: packets a second
    wait: int = config.SECOND  #: for answers, behind the last packet
    is_dry: bool = False
    is_confirmed: bool = False
    socket: str | None = None  #: where errors are handed to other programs


def read_wire(command: str, options: argparse.Namespace) -> Wire:
    """The choices that argv makes. Raises UsageError."""
    given = {key: value for key, value in vars(options).items() if key in Wire.__slots__ and value is not None}
    words = tuple(options.hosts)
    if command == "send":
        return Wire(**given, **_what_to_send(words, options.packets))
    if command == "mrinfo":
        if len(words) != 1:
            raise UsageError("mrinfo asks one router: hopscope mrinfo ROUTER")
        return Wire(**given, router=words[0])
    if command == "mtrace":
        if len(words) not in (2, 3):
            raise UsageError("mtrace asks a router for the way from a source: hopscope mtrace ROUTER SOURCE [GROUP]")
        return Wire(**given, **dict(zip(("router", "source", "group"), words, strict=False)))
    if words:
        raise UsageError(f"{command} takes no host{_CHOICES.get(command, '')}")
    return Wire(**given)


def _what_to_send(words: tuple[str, ...], packets: str | None) -> dict[str, Any]:
    template, assignments = (words[0], words[1:]) if words and "=" not in words[0] else ("", words)
    if bool(template) == (packets is not None):
        raise UsageError("send needs a TEMPLATE such as ip/udp/dns, or --hex FILE, and not both")
    fields = []
    for word in assignments:
        name, equals, value = word.partition("=")
        if not (name and equals):
            raise UsageError(f"{word} is no FIELD=VALUE such as ip.ttl=3")
        fields.append((name, value))
    return {"template": template, "fields": tuple(fields)}


def _names(value: str) -> tuple[str, ...]:
    """Names between commas. None at all would be taken for a choice of everything."""
    if names := tuple(name for name in value.split(",") if name):
        return names
    raise argparse.ArgumentTypeError(f"'{value}' has no name: leave the option out to take all")


_Options = Mapping[str, dict[str, Any]]

_SECONDS: _Options = {"-t --seconds": {"type": typed(config.seconds)}}
_INTERFACES: _Options = {"-I --interface": {"type": _names, "dest": "interfaces"}}
LISTENING: _Options = {
    **_SECONDS,
    **_INTERFACES,
    "-n --count": {"type": number(1, 1_000_000_000)},
    "--protocol": {"type": _names, "dest": "protocols"},
    "--filter": {},
    "--raw": {"action": "store_const", "const": Ear.RAW, "dest": "ear"},
    "--save": {},
    "-V --verbose": {"action": "store_true"},
    "-x --bytes": {"action": "store_true", "dest": "hex"},
}
NEIGHBOURING: _Options = {
    **_SECONDS,
    **_INTERFACES,
    "--solicit": {"action": "store_true"},
}
MRINFO: _Options = {"--wait": {"type": typed(config.seconds)}}
SENDING: _Options = {
    **_INTERFACES,
    "--count": {"type": number(1, 1_000_000)},
    "--rate": {"type": number(1, FASTEST)},
    "--wait": {"type": typed(partial(config.seconds, least=0))},
    "--hex": {"dest": "packets"},
    "--dry-run": {"action": "store_true", "dest": "is_dry"},
    "--yes-really": {"action": "store_true", "dest": "is_confirmed"},
    "--save": {},
    "-V --verbose": {"action": "store_true"},
}
ERRING: _Options = {
    **_SECONDS,
    "--socket": {},
}
