"""The command line, read: argv becomes one frozen Request, or a sentence on what is wrong with it."""

import argparse
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from functools import partial
from typing import Any, NoReturn

from app import config
from app.argumenttypes import UsageError, dscp, number, typed
from app.attaching import ATTACHING, Attachment, read_attachment
from app.config import Config, Course
from app.engine.pacing.making import Mode
from app.packet.text import safe
from app.targets import Choice
from app.wirearguments import ERRING, LISTENING, MRINFO, NEIGHBOURING, SENDING, Wire, read_wire


class Action(Enum):
    """What the program is asked to do."""

    SCREENS = ""
    PING = "ping"
    TRACE = "trace"
    DECODE = "decode"
    INSPECT = "inspect"
    LISTEN = "listen"
    NEIGHBOURS = "neighbours"
    MRINFO = "mrinfo"
    MTRACE = "mtrace"
    SEND = "send"
    ERRORS = "errors"
    SIMULATE = "simulate"


#: Those that listen to the wire or write to it by hand.
WIRE_ACTIONS = (Action.LISTEN, Action.NEIGHBOURS, Action.MRINFO, Action.MTRACE, Action.SEND, Action.ERRORS)


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
    course: Course = field(default_factory=Course)
    choice: Choice = field(default_factory=Choice)
    via: str | None = None  #: an interface or a source address
    receive_buffer: int | None = None  #: bytes; None: what is enough for a busy machine
    simulate: str | None = None  #: a scenario's file; "" is the built-in one, None the real network
    seed: int | None = None
    save: str | None = None
    filter: str | None = None
    verbose: bool = False
    hex: bool = False
    wire: Wire = field(default_factory=Wire)
    attachment: Attachment = field(default_factory=Attachment)


def read_arguments(argv: Sequence[str], defaults: Callable[[], Config] = Config) -> Request:
    """The request that argv makes. Raises UsageError, and ConfigError where `defaults` does."""
    command, words = _command(list(argv))
    if command is Action.DECODE:
        return _decode_request(_parsed(command, words))
    options = _parsed(command, words)
    if command is Action.INSPECT:
        return _inspect_request(options, defaults)
    if command is Action.SIMULATE:
        return Request(command, seed=options.seed, attachment=read_attachment(options))
    if command in WIRE_ACTIONS:
        return _wire_request(command, options, defaults)
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
        course=_course(options),
        choice=Choice(options.ip, options.both),
        via=options.via,
        receive_buffer=options.receive_buffer,
        simulate=options.simulate,
        seed=options.seed,
        save=options.save,
    )


def _course(options: argparse.Namespace) -> Course:
    """How one run of pings goes; a flood with an interval is timed, as ping's."""
    mode = Mode.ADAPTIVE if options.adaptive else Mode.TIMED
    if options.flood and options.interval is None:
        mode = Mode.FLOOD
    return Course(
        mode=mode,
        is_flood=options.flood,
        preload=options.preload,
        sizes=options.sizes,
        deadline=options.deadline,
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


def _wire_request(command: Action, options: argparse.Namespace, defaults: Callable[[], Config]) -> Request:
    _refuse_contradictions(command, options)
    chosen = {name: value for name in ("ascii", "theme") if (value := getattr(options, name, None)) is not None}
    return Request(
        command,
        config=replace(defaults(), **chosen),
        form=options.form,
        count=options.count,
        simulate=options.simulate,
        seed=options.seed,
        save=options.save,
        filter=options.filter,
        verbose=options.verbose,
        hex=options.hex,
        wire=read_wire(command.value, options),
    )


def _refuse_contradictions(command: Action, options: argparse.Namespace) -> None:
    if options.both and options.ip:
        raise UsageError(f"-{options.ip} and --both contradict each other: give one of them")
    if options.seed is not None and options.simulate is None:
        raise UsageError("--seed is for a simulation: add --simulate")
    if options.save == "-":
        raise UsageError("--save needs the name of a file: standard output has the results")
    _refuse_contradicting_modes(options)
    if options.via is not None and options.simulate is not None:
        raise UsageError("-I is for the real network: a simulation has its own way out")
    if options.receive_buffer is not None and options.simulate is not None:
        raise UsageError("--receive-buffer is for the real network: a simulation has no sockets")
    if command is Action.SCREENS or command in WIRE_ACTIONS:
        return
    if not options.hosts and not options.file and options.simulate is None:
        raise UsageError(f"{command.value} needs a host: hopscope {command.value} HOST")
    if command is not Action.TRACE:
        return
    if (options.first_ttl or 1) > (options.max_hops or 30):
        raise UsageError("-f is beyond -m: there is no hop to ask")


def _refuse_contradicting_modes(options: argparse.Namespace) -> None:
    """What cannot be asked of one run of pings."""
    mode = "-A" if options.adaptive else "-f" if options.flood else None
    if options.adaptive and options.flood:
        raise UsageError("-A and -f contradict each other: an adaptive ping waits for answers, a flood does not")
    if mode and not (options.hosts or options.file) and options.simulate is None:
        raise UsageError(f"{mode} is for hosts that you name, and not for what this machine depends on")
    if options.sizes and options.size is not None:
        raise UsageError("-s and --sweep contradict each other: give one of them")
    if mode and options.backoff is not None and options.interval is None:
        raise UsageError(f"{mode} asks no sooner than answers come: --backoff is for probes by the clock")


def _command(words: list[str]) -> tuple[Action, list[str]]:
    """Which command the words are for, and the words without its name; none stands behind `--`."""
    commands = {action.value: action for action in Action if action is not Action.SCREENS}
    if words and words[0] in commands:
        return commands[words[0]], words[1:]
    before = words[: words.index("--")] if "--" in words else words
    named = next((word for word in before if word in commands), None)
    if named is None:
        return Action.SCREENS, words
    at = words.index(named)
    # What stands behind it is the command's own, and may mean something else there.
    if vars(_parsed(Action.SCREENS, words[: at + 1], known_only=True))["hosts"] == [named]:
        return commands[named], words[:at] + words[at + 1 :]
    return Action.SCREENS, words


class _Parser(argparse.ArgumentParser):
    """A parser that raises what it has to say."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(safe(re.sub(r"^argument ([^:]*): ", r"\1: ", message)))


def _parsed(command: Action, words: list[str], *, known_only: bool = False) -> argparse.Namespace:
    # Nobody needs to find out a width that is known: what argparse loads to do so takes longer than all our parsing.
    known = partial(argparse.HelpFormatter, width=80)
    parser = _Parser(prog="hopscope", add_help=False, allow_abbrev=False, formatter_class=known)
    parser.add_argument("hosts", nargs="*")
    # What some command knows and this one does not, as if it had not been said.
    parser.set_defaults(file=None, both=False, ip=None, count=None, via=None, simulate=None, seed=None, save=None)
    parser.set_defaults(receive_buffer=None)
    parser.set_defaults(filter=None, verbose=False, hex=False)
    parser.set_defaults(adaptive=False, flood=False, preload=1, sizes=(), deadline=None, backoff=None)
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


_Options = Mapping[str, dict[str, Any]]

_FORMS: _Options = {
    "--json": {"action": "store_const", "const": Form.JSON, "dest": "form", "default": Form.TEXT},
}
_LINES: _Options = {
    "--jsonl": {"action": "store_const", "const": Form.LINES, "dest": "form"},
}
_SIMULATING: _Options = {
    "--simulate": {},
    "--seed": {"type": number(0, 2**63 - 1)},
}
_MEASURING: _Options = {
    **_FORMS,
    **_LINES,
    "-4": {"action": "store_const", "const": 4, "dest": "ip"},
    "-6": {"action": "store_const", "const": 6, "dest": "ip"},
    "-c --count": {"type": number(1, 1_000_000_000)},
    "-i --interval": {"type": typed(config.interval)},
    "-W --timeout": {"type": typed(config.seconds)},
    "-s --size": {"type": number(0, config.LARGEST_SIZE)},
    "-Q --dscp": {"type": typed(dscp)},
    "-I --interface": {"dest": "via"},
    "--receive-buffer": {"type": number(4_096, 1 << 30)},
    "-n --numeric": {"action": "store_const", "const": False, "dest": "names"},
    **_SIMULATING,
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
    "-t --ttl": {"type": number(1, 255)},
    "-A --adaptive": {"action": "store_true"},
    "-f --flood": {"action": "store_true"},
    "-l --preload": {"type": number(1, config.MOST_PRELOAD)},
    "--sweep": {"type": typed(config.sweep), "dest": "sizes"},
    "-w --deadline": {"type": typed(config.seconds)},
    "--rate": {"type": number(1, config.FASTEST_RATE)},
    "--backoff": {"type": typed(config.factor)},
}
_TRACING: _Options = {
    **_MEASURING,
    **_SHOWING,
    "-F --file": {"action": "append"},
    "-f --first": {"type": number(1, 255), "dest": "first_ttl"},
    "--rate": {"type": number(1, config.FASTEST_RATE)},
    "-m --max-hops": {"type": number(1, 255)},
    "--method": {"type": typed(config.method)},
    "--port": {"type": number(1, 65_535)},
    "--flows": {"type": number(1, config.MOST_FLOWS)},
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
    Action.LISTEN: {**_FORMS, **_LINES, **_SIMULATING, **_SHOWING, **LISTENING},
    Action.NEIGHBOURS: {**_FORMS, **_SIMULATING, **_SHOWING, **NEIGHBOURING},
    Action.MRINFO: {**_FORMS, **_SIMULATING, **MRINFO},
    Action.MTRACE: {**_FORMS, **_SIMULATING, **MRINFO},
    Action.SEND: {**_FORMS, **_SIMULATING, **SENDING},
    Action.ERRORS: {**_FORMS, **_LINES, **_SIMULATING, **ERRING},
    Action.SIMULATE: {"--seed": _SIMULATING["--seed"], **ATTACHING},
}
