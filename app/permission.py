"""What a user may ask of the network: as ping has it, the fastest is for root alone, and for no crowd of hosts at once.

Asked before privileges are dropped. A simulation bears everything.
"""

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import IPv4Address

from app.arguments import Request
from app.argumenttypes import UsageError
from app.config import USUAL_PRELOAD
from app.engine.command import Target
from app.engine.pacing.making import Mode
from app.packet.compose import Address

_BROADCAST = IPv4Address("255.255.255.255")


def permitted(request: Request, *, is_root: bool) -> Request:
    """The request as this user may have it. Raises UsageError where it is for root alone."""
    course = request.course
    if request.simulate is not None or is_root:
        return replace(request, course=replace(course, gap=0))
    if course.mode is Mode.FLOOD:
        raise UsageError("-f floods the network, which is for root alone; with -i 0.002 or longer it is for all")
    if course.preload > USUAL_PRELOAD:
        raise UsageError(f"-l {course.preload} is for root alone: {USUAL_PRELOAD} is the most for all others")
    return request


def crowds_among(targets: Iterable[Target], mode: Mode) -> dict[str, str]:
    """Why some of the targets may not be asked as fast as they answer, by their keys: many would answer each probe."""
    if mode is Mode.TIMED:
        return {}
    option = "-A" if mode is Mode.ADAPTIVE else "-f"
    return {
        target.key: f"{target.host} is {name}: {option} is for single hosts"
        for target in targets
        if (name := _crowd(target.address)) is not None
    }


def _crowd(address: Address) -> str | None:
    if address == _BROADCAST:
        return "the broadcast address"
    return "a multicast group" if address.is_multicast else None
