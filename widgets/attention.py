"""What is odd in the neighbourhood, in words, and what stands in the way of knowing more; where there is room, groups.

A sentence is wrapped, and every line of it leads to the packet behind it. New findings come below the others.
"""

from collections.abc import Hashable, Iterator, Sequence
from textwrap import wrap

from textual.geometry import Size

from app.engine.neighbourhood.snapshot import NeighbourFinding, NeighbourhoodSnapshot
from app.engine.wording import clock
from widgets.glyphs import UNICODE, Glyphs
from widgets.neighbourlines import Kind, Line, Wanted
from widgets.neighbours import FoldedLines
from widgets.neighbourtables import group_lines

MARGIN = 4  #: the cursor's mark and the sign before a sentence, and an empty cell behind it
NARROWEST = 20


class Attention(FoldedLines):
    """The findings. No line high while there is nothing to say."""

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(glyphs, id=id)
        self.trouble: tuple[str, ...] = ()  #: sentences
        self.has_groups = False

    @property
    def has_mark(self) -> bool:
        """A pane beside another: without the keys it has no cursor."""
        return self.has_focus

    def form(self) -> Hashable:
        """What is in the way, what stands here besides, and the width that sentences are wrapped to."""
        return self.trouble, self.has_groups, self.size.width

    def show(self, snapshot: NeighbourhoodSnapshot, now: int) -> None:
        """Show a snapshot; the pane grows and shrinks with it."""
        before = self.lines()
        super().show(snapshot, now)
        if self.lines() != before:
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there are at this width."""
        return 0 if self._snapshot is None else len(self._at(self._snapshot, width))

    def lines_of(self, snapshot: NeighbourhoodSnapshot) -> Sequence[Line]:
        """Sentences first."""
        return self._at(snapshot, self.size.width)

    def _at(self, snapshot: NeighbourhoodSnapshot, width: int) -> Sequence[Line]:
        lines = [*trouble_lines(self.trouble, width), *finding_lines(snapshot, width)]
        if self.has_groups:
            lines += group_lines(snapshot, Wanted(self.folds))
        return lines


def trouble_lines(sentences: Sequence[str], width: int) -> Iterator[Line]:
    """What stands in the way of knowing more."""
    for number, sentence in enumerate(sentences):
        for index, text in enumerate(wrap(sentence, max(NARROWEST, width - MARGIN))):
            yield Line(Kind.TROUBLE, f"trouble/{number}/{index}", "", text=text, is_first=index == 0)


def finding_lines(snapshot: NeighbourhoodSnapshot, width: int) -> Iterator[Line]:
    """The findings, in the order in which they were found."""
    for finding in sorted(snapshot.findings, key=lambda each: each.since):
        yield from _sentence(finding, snapshot.started_at, max(NARROWEST, width - MARGIN))
    if count := snapshot.omitted.findings:
        yield Line(Kind.TROUBLE, "more/findings", "", text=f"and {count:,} more findings")


def _sentence(finding: NeighbourFinding, started_at: int, room: int) -> Iterator[Line]:
    since = f"since {clock(finding.since - started_at)}"
    pieces = wrap(f"{finding.interface}: {finding.text}", room) or [""]
    if len(pieces[-1]) + 2 + len(since) > room:
        pieces.append("")
    for index, text in enumerate(pieces):
        is_last = index == len(pieces) - 1
        yield Line(
            Kind.FINDING,
            f"finding/{finding.kind}/{finding.interface}/{finding.text}/{index}",
            "",
            finding,
            text=text,
            place=(f"  {since}" if text else since) if is_last else "",
            is_first=index == 0,
            packet=finding.packet,
        )
