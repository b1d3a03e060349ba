"""argv to what runs: the only place where the parts are put together.

What a run does not need is not imported: help and version load next to nothing, reports load no
Textual. That is why imports stand in functions here.
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from app.manual import COMMANDS, asked_page
from app.report.output import complain, replace_closed_streams, standard_output

if TYPE_CHECKING:
    from app.arguments import Request
    from app.budget import Budget
    from app.engine.command import Target
    from app.engine.hearing import Hearing
    from app.net.journal import PacketSink
    from app.net.network import Network
    from app.report.interruption import Interruption
    from app.targets import Found

CANNOT_RUN = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status is the return value."""
    argv = sys.argv[1:] if argv is None else argv
    if not replace_closed_streams():
        complain("standard output is closed: send it to a file, a pipe or a terminal")
        return CANNOT_RUN
    if (page := asked_page(argv)) is not None:
        output = standard_output()
        output.lines(page.splitlines())
        if output.failure is not None:
            complain(output.failure)
            return CANNOT_RUN
        return 0
    from app.report.interruption import Interrupted

    try:
        return _run(argv)
    except Interrupted as interrupted:
        return interrupted.status


def _run(argv: Sequence[str]) -> int:
    from app.arguments import WIRE_ACTIONS, Action, read_arguments
    from app.argumenttypes import UsageError
    from app.config import ConfigError, config_path, read_config
    from app.net.link import LinkError
    from app.opening import UnusableError
    from app.permission import permitted
    from app.report.interruption import Interruption

    interruption = Interruption()
    interruption.watch()
    try:
        request = read_arguments(argv, lambda: read_config(config_path()))
        request = permitted(request, is_root=os.geteuid() == 0)
        if request.action is Action.DECODE:
            return _decode(request)
        if request.action is Action.INSPECT:
            return _inspect(request, interruption)
        if request.action is Action.SIMULATE:
            return _simulate(request, interruption)
        is_shown = _is_shown(request)
        if request.action in WIRE_ACTIONS and not is_shown:
            return _wire(request, interruption)
        return _measure(request, interruption, is_shown=is_shown)
    except UsageError as error:
        command = f"{argv[0]} " if argv and argv[0] in COMMANDS else ""
        complain(f"{error}; see hopscope {command}--help")
    except (ConfigError, LinkError) as error:
        complain(str(error))
    except UnusableError as error:
        for sentence in error.args:
            complain(sentence)
    return CANNOT_RUN


def _measure(request: "Request", interruption: "Interruption", *, is_shown: bool) -> int:
    """Open the network, and measure what is asked for, on the screens or for a report."""
    from app.arguments import Action
    from app.budget import budget_of
    from app.engine.pacing.making import Mode
    from app.opening import end_recording, host_words, opened

    hearing = _hearing(request)
    words = host_words(request)
    network, record = opened(request, hearing, is_shown=is_shown)
    try:
        found = _found(request, network, words)
        budget = budget_of(request.config, found)
        if found.swept or (budget.is_stretched and request.action is not Action.TRACE):
            is_timed = request.action is not Action.TRACE and request.course.mode is Mode.TIMED
            complain(budget.sentence(is_timed=is_timed))
        request = replace(request, config=replace(request.config, rate=budget.rate))
        if is_shown:
            interruption.release()
            return _show(request, network, found.targets, hearing, record, budget)
        return _report(request, network, found.targets, record, interruption)
    finally:
        network.close()
        end_recording(record)


def _decode(request: "Request") -> int:
    from app.opening import UnusableError, capture_file
    from app.packet.errors import PacketError
    from app.report.decode import decoded

    output = standard_output()
    try:
        matches = None
        if request.filter:
            from app.packet.filter.expression import compile_filter

            matches = compile_filter(request.filter)
        with capture_file(request) as file:
            for texts in decoded(file, request, matches):
                output.lines(texts)
                if output.is_closed:
                    break
    except PacketError as error:
        raise UnusableError(str(error)) from None
    if output.failure is not None:
        raise UnusableError(output.failure)
    return 0


def _inspect(request: "Request", interruption: "Interruption") -> int:
    from app.commands.inspect import inspect

    interruption.release()
    return inspect(request)


def _simulate(request: "Request", interruption: "Interruption") -> int:
    from app.commands.simulate import simulate

    return simulate(request, interruption)


def _wire(request: "Request", interruption: "Interruption") -> int:
    """Run a command that listens to the wire or writes to it: each has a module that knows how."""
    match request.action.value:
        case "listen":
            from app.commands.listen import listen as run
        case "send":
            from app.commands.send import send as run
        case "errors":
            from app.commands.errors import errors as run
        case "mrinfo":
            from app.commands.neighbours import mrinfo as run
        case "mtrace":
            from app.commands.neighbours import mtrace as run
        case _:
            from app.commands.neighbours import neighbours as run
    return run(request, interruption)


def _is_shown(request: "Request") -> bool:
    """Whether the screens are wanted, and there is a terminal to show them on."""
    from app.arguments import Action, Form

    is_open_end = request.form is Form.TEXT and request.count is None and request.wire.seconds is None
    is_open_end = is_open_end and request.course.deadline is None
    is_screen = request.action in (Action.SCREENS, Action.TRACE, Action.LISTEN, Action.NEIGHBOURS)
    is_screen = is_screen and not (request.verbose or request.hex)
    # Textual reads keys from standard input and draws on standard error; without any of the three nobody would see it.
    return is_open_end and is_screen and all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def _hearing(request: "Request") -> "Hearing":
    """What the screens are to hear. Raises UsageError, and UnusableError for what they are to show of it."""
    from app.engine.hearing import Hearing

    if request.action.value == "listen":
        from app.commands.listen import filter_of, hearing_of

        filter_of(request)
        return hearing_of(request)
    return Hearing(interfaces=request.wire.interfaces)


def _found(request: "Request", network: "Network", words: Sequence[str]) -> "Found":
    """What is to be measured; each host that cannot be is named, and stands in nobody's way."""
    from app.arguments import WIRE_ACTIONS
    from app.hostpace import read_words, with_intervals
    from app.opening import UnusableError
    from app.permission import crowds_among
    from app.targets import find_targets

    read, wrong_words = read_words(words)
    found = find_targets([each.word for each in read] if words else network.defaults(), network.resolve, request.choice)
    crowds = crowds_among(found.targets, request.course.mode)
    targets = [target for target in with_intervals(found.targets, read) if target.key not in crowds]
    wrong = (*wrong_words, *found.wrong, *crowds.values())
    if not targets and request.action not in WIRE_ACTIONS:
        raise UnusableError(*(wrong or ("there is no host to measure: name one",)))
    for sentence in wrong:
        complain(sentence)
    return replace(found, targets=tuple(targets))


def _show(
    request: "Request",
    network: "Network",
    targets: "Sequence[Target]",
    hearing: "Hearing",
    record: "PacketSink | None",
    budget: "Budget",
) -> int:
    from app.showing import show

    return show(request, network, targets, hearing, record, budget)


def _report(
    request: "Request",
    network: "Network",
    targets: "Sequence[Target]",
    record: "PacketSink | None",
    interruption: "Interruption",
) -> int:
    from app.arguments import Action, Form
    from app.headless import Stage, report_document
    from app.measuring import SECRET, ping_machine, refuse_unreachable

    stage = Stage(request, network, standard_output(), interruption, record)
    link = network.link()
    refuse_unreachable(link, targets)
    # Nobody forges answers in a simulation, and the same seed is to give the same bytes.
    secret = None if request.simulate is None else bytes(SECRET)
    if request.action is Action.TRACE:
        from app.pathreport import report_paths

        return report_paths(stage, targets, link, secret)
    pinging = ping_machine(targets, request.config, link, course=request.course, count=request.count, secret=secret)
    if request.form is Form.JSON:
        return report_document(stage, pinging, link)
    from app.pingreport import PingReport

    return PingReport(stage, targets).run(pinging, link)
