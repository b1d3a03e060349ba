"""What was heard, in a few lines above the packets: each protocol with its rate, who sends most, what was dropped.

Narrow, protocols and talkers are a line each; from 110 columns on they stand in two tables side by side. Pure text in
inks, so that a test reads it without a program around it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.engine.listen import ListenSnapshot
from app.engine.traffic import ProtocolCount, Talker
from app.engine.wording import significant
from app.packet.text import safe
from widgets.canvas import fit
from widgets.glyphs import Glyphs
from widgets.masthead import Words

#: Columns from which on the two tables stand side by side.
TABLES = 110
#: Lines of the strip: where it is narrow; as tables; on a tall terminal.
NARROW_LINES, TABLE_LINES, TALL_LINES = 3, 6, 10

_NAME, _PACKETS, _RATE = 9, 11, 8
_TALKERS_SHARE = 0.4  #: of the width
_INLINE_SPARK = 8
#: By the link's name: which ear it is, and what that hears.
_EARS = {
    "packet": ("AF_PACKET", ": own packets and the link layer too"),
    "raw": ("raw sockets", ": what is for this host, without the link layer"),
    "simulated": ("simulated", ": a link of its own"),
}


@dataclass(frozen=True, slots=True)
class Strip:
    """How the strip is to be drawn."""

    width: int
    height: int
    glyphs: Glyphs


def status_words(snapshot: ListenSnapshot) -> Words:
    """What was heard and what was not, and by which ear."""
    drops = ("down", f"{snapshot.dropped:,} dropped") if snapshot.dropped else ("muted", "0 dropped")
    return (
        ("strong", f"{snapshot.seen:,} heard"),
        ("muted", "  "),
        drops,
        ("muted", "  "),
        ("accent", f"{snapshot.total.rate:,}/s"),
        ("muted", "  "),
        *(("muted", words) for words in _EARS.get(snapshot.link, (safe(snapshot.link),))),
    )


def strip_lines(snapshot: ListenSnapshot, strip: Strip) -> list[Words]:
    """The lines, as many as the strip is high."""
    if strip.width < TABLES:
        return _narrow(snapshot, strip)
    talkers = int(strip.width * _TALKERS_SHARE)
    left = _protocol_table(snapshot, strip, strip.width - talkers - 3)
    right = _talker_table(snapshot.talkers, strip, talkers)
    gap = ("rule", f" {strip.glyphs.edge} ")
    return [[*before, gap, *behind] for before, behind in zip(left, right, strict=True)]


def _narrow(snapshot: ListenSnapshot, strip: Strip) -> list[Words]:
    inward, outward, other = snapshot.directions
    spark = strip.width - 40
    total: list[tuple[str, str]] = [
        ("heading", " per s "),
        ("rtt", bars(snapshot.total.rates, max(10, spark), strip.glyphs)),
        ("muted", fit(f"  in {inward:,} out {outward:,} other {other:,}", 33)),
    ]
    protocols = [_inline(row, strip.glyphs) for row in snapshot.protocols]
    talkers: list[Words] = [
        (("plain", each.address), ("muted", f" {octets(each.octets)}")) for each in snapshot.talkers
    ]
    return [total, _in_line(" heard ", protocols, strip.width), _in_line(" from  ", talkers, strip.width)]


def _inline(row: ProtocolCount, glyphs: Glyphs) -> Words:
    return (
        ("strong" if row.rate else "plain", row.name),
        ("muted", f" {row.packets:,} "),
        ("rtt", bars(row.rates, _INLINE_SPARK, glyphs)),
    )


def _in_line(heading: str, items: Sequence[Words], width: int) -> Words:
    """As many items as fit, and how many there are beside them."""
    line: list[tuple[str, str]] = [("heading", heading)]
    room = width - len(heading)
    for index, item in enumerate(items):
        size = sum(len(text) for _, text in item) + 2
        left = len(items) - index - 1
        if size > room - (len(f"+{left}") if left else 0):
            line.append(("faint", f"+{left + 1}"))
            break
        line += [*item, ("muted", "  ")]
        room -= size
    if not items:
        line.append(("faint", "nothing yet"))
    return line


def _protocol_table(snapshot: ListenSnapshot, strip: Strip, width: int) -> list[Words]:
    spark = width - _NAME - _PACKETS - _RATE - 4
    lines: list[Words] = [
        [("heading", fit(f" {'protocol':<{_NAME}}{'packets':>{_PACKETS}}{'per s':>{_RATE}}  {_ago(spark)}", width))]
    ]
    every = [snapshot.total, *snapshot.protocols]
    shown = every[: strip.height - 1]
    for row in shown:
        ink = "strong" if row is snapshot.total else "plain" if row.rate else "muted"
        name = "all" if row is snapshot.total else row.name
        if row is shown[-1] and len(every) > len(shown):
            name, row = f"+{len(every) - len(shown) + 1} more", _together(every[len(shown) - 1 :])
        numbers = f" {fit(name, _NAME)}{row.packets:>{_PACKETS},}{row.rate:>{_RATE},}  "
        lines.append([(ink, numbers), ("rtt", bars(row.rates, spark, strip.glyphs)), ("plain", " ")])
    return _filled(lines, strip.height, width)


def _ago(width: int) -> str:
    return f"the last {width} s"


def _together(rows: Sequence[ProtocolCount]) -> ProtocolCount:
    """Some protocols as one."""
    length = max((len(row.rates) for row in rows), default=0)
    rates = [0] * length
    for row in rows:
        for place, rate in enumerate(row.rates, length - len(row.rates)):
            rates[place] += rate
    packets, size = sum(row.packets for row in rows), sum(row.octets for row in rows)
    return ProtocolCount("", packets, size, tuple(rates))


def _talker_table(talkers: Sequence[Talker], strip: Strip, width: int) -> list[Words]:
    address = width - _PACKETS - 10
    heading = f"{'sends most':<{address}}{'packets':>{_PACKETS}}{'bytes':>10}"
    lines: list[Words] = [[("heading", fit(heading, width))]]
    for each in talkers[: strip.height - 1]:
        numbers = f"{each.packets:>{_PACKETS},}{octets(each.octets):>10}"
        lines.append([("plain", fit(each.address, address)), ("muted", fit(numbers, width - address))])
    return _filled(lines, strip.height, width)


def _filled(lines: list[Words], height: int, width: int) -> list[Words]:
    return [*lines, *([[("plain", " " * width)]] * (height - len(lines)))]


def bars(rates: Iterable[int], width: int, glyphs: Glyphs) -> str:
    """The newest rates, a cell a second, right-aligned; the highest is the full bar, and nothing is a dot."""
    newest = list(rates)[-width:] if width > 0 else []
    most = max(newest, default=0)
    top = len(glyphs.bars) - 1
    signs = [glyphs.bars[-(-rate * top // most)] if rate else glyphs.flight for rate in newest]
    return " " * (width - len(signs)) + "".join(signs)


_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def octets(count: int) -> str:
    """Bytes in the unit that reads best: "512 B", "1.24 MB"."""
    size, unit = float(count), 0
    while size >= 999.5 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{count} B" if unit == 0 else f"{significant(size)} {_UNITS[unit]}"
