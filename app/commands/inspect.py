"""`hopscope inspect`: opens the capture, gets the keys from the terminal, gives up every privilege, shows it.

A capture on standard input and keys are two things: the capture keeps its descriptor under another number,
and the terminal takes its place.
"""

import os
import sys

from app.arguments import Request
from app.net.intake import Intake, open_intake
from app.net.privileges import drop
from app.opening import UnusableError, refuse_unknown_theme
from app.packet.filter.expression import compile_filter
from app.packet.filter.fault import FilterError

_STANDARD_INPUT = 0
_TERMINAL = "/dev/tty"


def inspect(request: Request) -> int:
    """Show a capture until the user leaves; the exit status. Raises UnusableError, and LinkError for the file."""
    if not all(stream.isatty() for stream in (sys.stdout, sys.stderr)):
        raise UnusableError("hopscope inspect draws on a terminal, and there is none: hopscope decode prints packets")
    try:
        compile_filter(request.filter or "")
    except FilterError as error:
        raise UnusableError(str(error)) from None
    intake = _opened(request)
    try:
        drop()
        return _show(intake, request)
    finally:
        intake.close()


def _opened(request: Request) -> Intake:
    (name,) = request.files
    if sys.stdin.isatty():
        return open_intake(name)
    capture = os.dup(_STANDARD_INPUT)
    try:
        terminal = os.open(_TERMINAL, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        raise UnusableError("hopscope inspect takes its keys from a terminal, and there is none") from None
    os.dup2(terminal, _STANDARD_INPUT)
    os.close(terminal)
    return open_intake(name, standard_input=capture)


def _show(intake: Intake, request: Request) -> int:
    from app.inspector import Inspector

    inspector = Inspector(intake, request.config, expression=request.filter or "")
    refuse_unknown_theme(request.config.theme, inspector.available_themes)
    inspector.run()
    fault = intake.failure or intake.catalogue.fault
    if fault is not None and not len(intake.catalogue) and not inspector.return_code:
        raise UnusableError(fault)
    return inspector.return_code or 0
