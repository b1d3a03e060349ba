"""One engine and the process around it, in lines of words: how it works, what it has room for, who stamps."""

from collections.abc import Sequence
from itertools import islice
from textwrap import wrap

from app.engine.condition import BufferUse, Stamping
from app.engine.datagram import Clock
from app.engine.wording import duration, octets, percent, significant
from widgets.gauge import gauge, trail
from widgets.glyphs import Glyphs
from widgets.masthead import Words
from widgets.pulse import Pulse, Pulses

TITLE_WIDTH = 12
GAUGE_WIDTH = 16
NAME_WIDTH = 18
HIGHEST = 5  #: lines of a minute in bars

Lines = list[Words]


def engine_lines(glyphs: Glyphs, pulse: Pulse, width: int, height: int = 0) -> Lines:
    """An engine and its link; where there are many lines, its minute in bars of several."""
    now, link = pulse.now, pulse.now.link
    room = min(60, width - TITLE_WIDTH - 34)
    lines = _known("link", ", ".join(filter(None, (link.name, link.calls))), width)
    lines += _known("filter", link.filter, width) + _known("privileges", link.privileges, width)
    lines += [_stamping_line(title, each) for title, each in zip(_titles("stamps"), link.stampings, strict=False)]
    minute: list[tuple[str, str, Sequence[float]]] = []
    if pulse.cpu:
        minute.append(("CPU", f"{percent(pulse.cpu[-1])} of a core", pulse.cpu))
    if now.sent:
        minute.append(("probes", f"{significant(now.rate)} a second", pulse.rate))
    if (late := now.lateness) is not None:
        minute.append(("late", f"p99 {duration(late.p99)}, most {duration(late.most)}", pulse.late))
    buffers = _buffer_lines(glyphs, link.buffers)
    free = height - len(lines) - len(buffers)
    each = min(HIGHEST, max(1, free // max(1, len(minute))))
    for title, text, values in minute:
        lines += _told(title, text, trail(glyphs, values, room, each))
    return lines + buffers


def process_lines(glyphs: Glyphs, pulses: Pulses, width: int, most: int) -> Lines:
    """The process: its memory, its threads by what they use; `most` lines."""
    if (process := pulses.process) is None:
        return []
    memory = "" if process.memory is None else f"{octets(process.memory)} of memory · "
    told = f"{memory}{process.collections} full collections · turns of {duration(process.switch_interval)}"
    lines = [_line("process", told)]
    if pulses.cpu:
        room = min(60, width - TITLE_WIDTH - 34)
        lines += _told("CPU", f"{percent(pulses.cpu[-1])} of a core", trail(glyphs, pulses.cpu, room))
    for title, (name, share) in zip(_titles("threads"), islice(pulses.threads.items(), most), strict=False):
        words: Words = (("plain", f"{name:<{NAME_WIDTH}.{NAME_WIDTH}} "), *gauge(glyphs, share, share, GAUGE_WIDTH))
        lines.append((_title(title), *words, ("muted", f" {percent(share):>6}")))
    return lines[:most]


def _title(title: str) -> tuple[str, str]:
    return "muted", f" {title:<{TITLE_WIDTH - 1}}"


def _titles(first: str) -> Sequence[str]:
    """A title for the first line of many, and none for the others."""
    return (first, *("" for _ in range(63)))


def _line(title: str, text: str) -> Words:
    return (_title(title), ("plain", text))


def _known(title: str, text: str, width: int) -> Lines:
    """As many lines as the text needs; none where nothing is known."""
    return [
        _line(each, line) for each, line in zip(_titles(title), wrap(text, max(20, width - TITLE_WIDTH)), strict=False)
    ]


def _told(title: str, text: str, bars: Sequence[str]) -> Lines:
    """A number in words, and behind it its minute; several lines begin where the longest does."""
    indent = min((len(line) - len(line.lstrip()) for line in bars), default=0)
    words = (text, *("" for _ in bars[1:]))
    lines = zip(_titles(title), words, bars, strict=False)
    return [(_title(each), ("plain", f"{said:<32}"), ("rtt", line[indent:])) for each, said, line in lines]


def _buffer_lines(glyphs: Glyphs, buffers: Sequence[BufferUse]) -> Lines:
    """A line for each that something has waited in, the fullest first, and one for all others."""
    used = sorted(
        (each for each in buffers if each.most or each.dropped), key=lambda each: -each.most / max(each.room, 1)
    )
    lines = [_buffer_line(glyphs, title, each) for title, each in zip(_titles("buffers"), used, strict=False)]
    if empty := [each for each in buffers if each not in used]:
        names = ", ".join(each.socket for each in empty)
        lines.append(_line("" if used else "buffers", f"{octets(empty[0].room)} for each, nothing has waited: {names}"))
    return lines


def _buffer_line(glyphs: Glyphs, title: str, buffer: BufferUse) -> Words:
    room = max(buffer.room, 1)
    return (
        _title(title),
        ("plain", f"{buffer.socket:<{NAME_WIDTH}.{NAME_WIDTH}} "),
        *gauge(glyphs, buffer.waiting / room, buffer.most / room, GAUGE_WIDTH),
        ("muted", f" at most {octets(buffer.most)} of {octets(buffer.room)}"),
        *((("losing", f"  {buffer.dropped:,} dropped here"),) if buffer.dropped else ()),
    )


def _stamping_line(title: str, stamping: Stamping) -> Words:
    words: list[tuple[str, str]] = [_title(title), ("plain", f"{stamping.device:<{NAME_WIDTH}.{NAME_WIDTH}} ")]
    for way, clock in (("leaves", stamping.sent), ("arrives", stamping.received)):
        words.append(("muted", f"{way} "))
        words.append(("slow" if clock is Clock.USER else "plain", f"{'—' if clock is None else clock.value:<10}"))
    return (*words, ("muted", stamping.reason))
