"""The command line, read: argv becomes one frozen Request, or a sentence on what is wrong with it."""

import argparse
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from typing import Any, NoReturn

from app import config
from app.config import Config, ConfigError
from app.packet.text import safe
from app.targets import Choice


class UsageError(ValueError):
    """An argument that cannot be followed: one sentence."""


class Action(Enum):
    """What the program is asked to do."""

    SCREENS = ""
    PING = "ping"
    TRACE = "trace"
    DECODE = "decode"
    INSPECT = "inspect"


class Form(Enum):
    """What a report looks like."""

    TEXT = "text"
    JSON = "json"
    LINES = "jsonl"


@dataclass(frozen=True, slots=True)
class Request:
    """All that argv says; what it does not say of Config is as the user's file has it."""

    action: Action
    hosts: tuple[str, ...] = ()
    files: tuple[str, ...] = ()  #: of hosts, one a line; of packets for decode and inspect
    config: Config = field(default_factory=Config)
    form: Form = Form.TEXT
    count: int | None = None
    choice: Choice = field(default_factory=Choice)
    via: str | None = None  #: an interface or a source address
    simulate: str | None = None  #: a scenario's file; "" is the built-in one, None the real network
    seed: int | None = None
    save: str | None = None
    filter: str | None = None
    verbose: bool = False
    hex: bool = False


def read_arguments(argv: Sequence[str], defaults: Callable[[], Config] = Config) -> Request:
    """The request that argv makes. Raises UsageError, and ConfigError where `defaults` does."""
    command, words = _command(list(argv))
    if command is Action.DECODE:
        return _decode_request(_parsed(command, words))
    options = _parsed(command, words)
    if command is Action.INSPECT:
        return _inspect_request(options, defaults)
    _refuse_contradictions(command, options)
    given = {key: value for key, value in vars(options).items() if value is not None}
    chosen = {entry.name: given[entry.name] for entry in fields(Config) if entry.name in given}
    return Request(
        action=command,
        hosts=tuple(options.hosts),
        files=tuple(options.file or ()),
        config=replace(defaults(), **chosen),
        form=options.form,
        count=options.count,
        choice=Choice(options.ip, options.both),
        via=options.via,
        simulate=options.simulate,
        seed=options.seed,
        save=options.save,
    )


def _decode_request(options: argparse.Namespace) -> Request:
    if len(options.hosts) != 1:
        raise UsageError("decode reads one FILE: a pcap or pcapng file, or - for standard input")
    return Request(
        Action.DECODE,
        files=tuple(options.hosts),
        form=options.form,
        filter=options.filter,
        verbose=options.verbose,
        hex=options.hex,
    )


def _inspect_request(options: argparse.Namespace, defaults: Callable[[], Config]) -> Request:
    if len(options.hosts) != 1:
        raise UsageError("inspect shows one FILE: a pcap or pcapng file, or - for standard input")
    looks = {name: getattr(options, name) for name in ("ascii", "theme") if getattr(options, name) is not None}
    return Request(
        Action.INSPECT,
        files=tuple(options.hosts),
        config=replace(defaults(), **looks),
        filter=options.filter,
    )


def _refuse_contradictions(command: Action, options: argparse.Namespace) -> None:
    if options.ip and options.both:
        raise UsageError(f"-{options.ip} and --both contradict each other: give one of them")
    if options.seed is not None and options.simulate is None:
        raise UsageError("--seed is for a simulation: add --simulate")
    if options.save == "-":
        raise UsageError("--save needs the name of a file: standard output has the results")
    if options.via is not None and options.simulate is not None:
        raise UsageError("-I is for the real network: a simulation has its own way out")
    if command is Action.SCREENS:
        return
    if not options.hosts and not options.file and options.simulate is None:
        raise UsageError(f"{command.value} needs a host: hopscope {command.value} HOST")
    if command is not Action.TRACE:
        return
    if len(options.hosts) != 1:
        raise UsageError("trace follows the path to one host: hopscope trace HOST")
    if (options.first_ttl or 1) > (options.max_hops or 30):
        raise UsageError("-f is beyond -m: there is no hop to ask")


def _command(words: list[str]) -> tuple[Action, list[str]]:
    """Which command the words are for, and the words without its name; none stands behind `--`."""
    commands = {action.value: action for action in (Action.PING, Action.TRACE, Action.DECODE, Action.INSPECT)}
    if words and words[0] in commands:
        return commands[words[0]], words[1:]
    before = words[: words.index("--")] if "--" in words else words
    named = next((word for word in before if word in commands), None)
    if named is not None and vars(_parsed(Action.SCREENS, before, known_only=True))["hosts"][:1] == [named]:
        at = words.index(named)
        return commands[named], words[:at] + words[at + 1 :]
    return Action.SCREENS, words


class _Parser(argparse.ArgumentParser):
    """A parser that raises what it has to say."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(safe(re.sub(r"^argument ([^:]*): ", r"\1: ", message)))


def _parsed(command: Action, words: list[str], *, known_only: bool = False) -> argparse.Namespace:
    parser = _Parser(prog="hopscope", add_help=False, allow_abbrev=False)
    parser.add_argument("hosts", nargs="*")
    parser.set_defaults(file=None, both=False)
    for names, says in _OPTIONS[command].items():
        parser.add_argument(*names.split(), **says)
    words = _simulate_without_file(words)
    if known_only:
        return parser.parse_known_intermixed_args(words)[0]
    return parser.parse_intermixed_args(words)


def _simulate_without_file(words: list[str]) -> list[str]:
    """`--simulate HOST` names no scenario: the word behind it is its file only where it ends in .toml."""
    return [
        "--simulate=" if word == "--simulate" and not following.endswith(".toml") else word
        for word, following in zip(words, [*words[1:], ""], strict=False)
    ]


def _typed(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """A reader whose ConfigError argparse tells in its own words."""

    def typed(value: str) -> Any:
        try:
            return read(value)
        except ConfigError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return typed


def dscp(value: str) -> int:
    """A code point by number or by its name in RFC 2474, RFC 2597 and RFC 3246. Raises ConfigError."""
    if match := re.fullmatch(r"CS([0-7])", value, re.IGNORECASE):
        return int(match[1]) << 3
    if match := re.fullmatch(r"AF([1-4])([1-3])", value, re.IGNORECASE):
        return int(match[1]) << 3 | int(match[2]) << 1
    return 46 if value.upper() == "EF" else config.whole(0, 63)(value)


def _number(least: int, most: int) -> Callable[[str], Any]:
    return _typed(config.whole(least, most))


_Options = Mapping[str, dict[str, Any]]

_FORMS: _Options = {
    "--json": {"action": "store_const", "const": Form.JSON, "dest": "form", "default": Form.TEXT},
}
_MEASURING: _Options = {
    **_FORMS,
    "--jsonl": {"action": "store_const", "const": Form.LINES, "dest": "form"},
    "-4": {"action": "store_const", "const": 4, "dest": "ip"},
    "-6": {"action": "store_const", "const": 6, "dest": "ip"},
    "-c --count": {"type": _number(1, 1_000_000_000)},
    "-i --interval": {"type": _typed(config.interval)},
    "-W --timeout": {"type": _typed(config.seconds)},
    "-s --size": {"type": _number(0, config.LARGEST_SIZE)},
    "-Q --dscp": {"type": _typed(dscp)},
    "-I --interface": {"dest": "via"},
    "-n --numeric": {"action": "store_const", "const": False, "dest": "names"},
    "--simulate": {},
    "--seed": {"type": _number(0, 2**63 - 1)},
    "--save": {},
}
_SHOWING: _Options = {
    "--ascii": {"action": "store_const", "const": True},
    "--theme": {},
}
_PINGING: _Options = {
    **_MEASURING,
    "-F --file": {"action": "append"},
    "--both": {"action": "store_true"},
    "-t --ttl": {"type": _number(1, 255)},
}
_TRACING: _Options = {
    **_MEASURING,
    **_SHOWING,
    "-f --first": {"type": _number(1, 255), "dest": "first_ttl"},
    "-m --max-hops": {"type": _number(1, 255)},
    "--method": {"type": _typed(config.method)},
    "--port": {"type": _number(1, 65_535)},
    "--flows": {"type": _number(1, config.MOST_FLOWS)},
    "--mtu": {"action": "store_const", "const": True},
}
_DECODING: _Options = {
    **_FORMS,
    "--filter": {},
    "-V --verbose": {"action": "store_true"},
    "-x --hex": {"action": "store_true"},
}
_INSPECTING: _Options = {
    **_SHOWING,
    "--filter": {},
}
_OPTIONS = {
    Action.SCREENS: {**_PINGING, **_SHOWING},
    Action.PING: _PINGING,
    Action.TRACE: _TRACING,
    Action.DECODE: _DECODING,
    Action.INSPECT: _INSPECTING,
}
