"""`hopscope simulate`: a simulated internet as a network that every program can use, and a log of what it did."""

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext, suppress
from pathlib import Path

from app.arguments import Request
from app.attaching import Attachment as Choices
from app.net import clock
from app.net.link import LinkError
from app.net.privileges import drop
from app.net.simulated import vantage
from app.net.simulated.attachment import Attachment, warm_up
from app.net.simulated.internet import Internet
from app.net.simulated.network import DEFAULT
from app.net.simulated.reading import read_scenario
from app.net.simulated.scenario import HERE, Scenario
from app.net.simulated.truth import TruthLog
from app.net.tun.device import Tun
from app.net.tun.namespace import Namespace
from app.opening import UnusableError
from app.packet.text import safe
from app.report.interruption import Interruption
from app.report.output import Output, complain, standard_output

ENDED, BROKEN = 0, 2
_SECOND = 1_000_000_000
_STANDARD_OUTPUT = "-"
#: A pass over all objects stops the answers for longer than the simulation takes to make one.
_RARELY = 100_000


def simulate(request: Request, interruption: Interruption) -> int:
    """Run it; the exit status. Raises LinkError, UnusableError."""
    choices = request.attachment
    scenario = vantage.with_resolver(read_scenario(Path(choices.scenario) if choices.scenario else DEFAULT))
    seed = scenario.seed if request.seed is None else request.seed
    with ExitStack() as stack:
        log = _log(choices.log, stack)
        namespace = None if choices.netns is None else Namespace(choices.netns)
        if namespace is not None:
            stack.callback(namespace.close)
        tun = _device(choices, namespace, scenario)
        stack.callback(tun.close)
        _be_punctual()
        drop()
        warm_up(scenario)
        standing = Standing(scenario, str(seed), tun, log)
        stack.callback(standing.close)
        if choices.log != _STANDARD_OUTPUT:
            standard_output().lines(_introduction(scenario, seed, choices, namespace))
        return standing.run(choices.seconds, interruption)


def _log(name: str | None, stack: ExitStack) -> Output | None:
    """Where the truth is written. Raises UnusableError."""
    if name is None or name == _STANDARD_OUTPUT:
        return None if name is None else standard_output()
    try:
        return Output(stack.enter_context(Path(name).open("w", encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise UnusableError(f"{safe(name)} cannot be written: {getattr(error, 'strerror', None) or error}") from None


def _device(choices: Choices, namespace: Namespace | None, scenario: Scenario) -> Tun:
    """The device with its addresses and routes. Raises LinkError."""
    with nullcontext() if namespace is None else namespace.entered():
        tun = Tun(choices.tun)
        try:
            if namespace is None:
                routes = vantage.prefixes(scenario)
            else:
                tun.raise_loopback()
                routes = vantage.defaults(scenario)
                namespace.write(vantage.files(scenario))
            tun.configure(vantage.first_mtu(scenario), vantage.addresses(scenario), routes)
        except LinkError:
            tun.close()
            raise
    return tun


def _be_punctual() -> None:
    """Come before other programs: where answers wait for a processor, delays are not those that were asked for."""
    with suppress(OSError):  # the kernel gathers wake-ups of 50 us otherwise
        Path("/proc/self/timerslack_ns").write_text("1")
    with suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


class Standing:
    """A simulation that stands behind its device. Owned by the main thread."""

    def __init__(self, scenario: Scenario, seed: str, tun: Tun, log: Output | None) -> None:
        self._tun = tun
        self._output = log
        self._log = TruthLog()
        tell = None if log is None else self._log.tell
        self._attachment = Attachment(Internet(scenario, seed), tun.descriptor, tell=tell)
        self._log.note("begin", clock.now(), title=scenario.title, seed=seed, device=tun.name)
        self._is_live = sys.stderr.isatty()
        self._next = clock.now()
        self._failure: str | None = None

    def run(self, seconds: int | None, interruption: Interruption) -> int:
        """Go on until the time is over or somebody ends it; the exit status."""
        gc.freeze()
        gc.set_threshold(_RARELY)
        if self._output is not None:
            self._output.stop = self._attachment.stop
        until = None if seconds is None else clock.now() + seconds
        try:
            with interruption.ends(self._attachment.stop):
                self._attachment.run(until, self._pause)
        except OSError as error:
            complain(f"the device {safe(self._tun.name)} is gone: {error.strerror}")
            return BROKEN
        if self._output is not None and self._output.failure is not None:
            complain(self._output.failure)
            return BROKEN
        return ENDED

    def close(self) -> None:
        """Write the rest of the log, and let nothing more be waited for."""
        self._attachment.finish()
        counts = self._attachment.counts
        self._log.note(
            "end",
            clock.now(),
            packets=counts.sent,
            ignored=counts.ignored,
            unanswered=counts.unanswered,
            answers=counts.handed,
            refused=counts.refused,
            unread=self._tun.dropped(),
        )
        self._write()
        if self._is_live:
            sys.stderr.write("\n")
        self._attachment.close()

    def _pause(self) -> int:
        """Before each wait: write what was logged, and once a second how it goes."""
        self._write()
        now = clock.now()
        if now >= self._next:
            self._next = now + _SECOND
            if self._is_live:
                self._show()
        return self._next

    def _write(self) -> None:
        lines = self._log.take()
        if lines and self._output is not None:
            self._output.lines(lines)

    def _show(self) -> None:
        counts = self._attachment.counts
        unread = self._tun.dropped()
        told = f"{counts.sent:,} in, {counts.handed:,} out, {counts.unanswered:,} unanswered"
        told += f", {self._attachment.waiting:,} under way" + (f", {unread:,} came too fast" if unread else "")
        with suppress(OSError):
            sys.stderr.write(f"\r{told}\x1b[K")
            sys.stderr.flush()


def _introduction(scenario: Scenario, seed: int, choices: Choices, namespace: Namespace | None) -> Sequence[str]:
    """What was set up, and what to try."""
    here = ", ".join(map(str, vantage.addresses(scenario)))
    inside, place = "", "beside this host's own network"
    if namespace is not None:
        inside = f"ip netns exec {safe(namespace.name)} "
        place = f"in the namespace {safe(namespace.name)}" + (", made for this run" if namespace.is_ours else "")
    said = [
        f"{safe(scenario.title or 'A simulated internet')}, seed {seed}",
        f"the device {safe(choices.tun)} stands {place}, as {here}",
    ]
    has_names = namespace is not None and namespace.is_ours
    if has_names:
        said.append(f"names are known at {', '.join(map(str, vantage.resolvers(scenario)))}")
    hosts = [node for node in scenario.nodes.values() if not node.forwards and not node.dns and node.key != HERE]
    for host in hosts[:1]:
        there = safe(host.name or host.key) if has_names else str(host.addresses[0])
        said += [f"  {inside}{command} {there}" for command in ("ping", "traceroute -n", "mtr -n")]
    return said
