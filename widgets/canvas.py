"""A widget that is drawn line by line, as segments, from inks that the stylesheet mixes.

An ink is a class in the stylesheet: Python says what a piece of text means (`ink--loss`), styles/theme.tcss says
how that looks. Drawing line by line, past Textual's own styles cache, was measured to be some thirty
times cheaper than its tables; so a canvas has no border and no padding.
"""

from collections.abc import Sequence
from typing import ClassVar, Protocol, Self

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.dom import DOMNode
from textual.filter import ANSIToTruecolor, LineFilter
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget


class Palette(Protocol):
    """Whoever can mix an ink."""

    def ink(self, name: str) -> Style:
        """The style of an ink."""


class Canvas(Widget):
    """A widget whose every line is a list of segments. A subclass gives `paint`."""

    ALLOW_SELECT = False
    #: The inks that there are. Textual's component classes could be these, but it mixes them all for each widget ahead
    #: of time, and again at every change of focus: that took most of the time in which a screen opens (measured).
    INKS: ClassVar[frozenset[str]] = frozenset(
        (
            "plain",
            "strong",
            "muted",
            "faint",
            "heading",
            "rule",
            "accent",
            "lit",
            "badge",
            "up",
            "slow",
            "losing",
            "down",
            "waiting",
            "frozen",
            "unknown",
            "rtt",
            "area",
            "raised",
            "late",
            "loss",
            "flight",
            "failed",
            "median",
            "cursor",
            "focused",
            "match",
        )
    )

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._inks: dict[str, Style] = {}
        self._base: Style | None = None
        self._ground: Color | None = None
        self._painted: dict[int, Strip] = {}
        self._painted_for: tuple[Size, Sequence[LineFilter]] = (Size(), ())

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """Line `y` of the widget, counted from its top, `width` cells at most."""
        raise NotImplementedError

    @property
    def base(self) -> Style:
        """The style of what no ink is named for. Textual works it out anew each time it is asked."""
        if self._base is None:
            self._base = self.rich_style
        return self._base

    def ink(self, name: str) -> Style:
        """The style of an ink; without a background where the stylesheet names none for it. KeyError: there is none."""
        if (style := self._inks.get(name)) is None:
            if name not in self.INKS:
                raise KeyError(name)
            component = f"ink--{name}"
            drop = DOMNode(classes=component)
            drop._attach(self)  # noqa: SLF001  # as a stylesheet does it for component classes
            self.app.stylesheet.apply(drop)
            self._component_styles[component] = drop.styles
            style = self.get_component_rich_style(component)
            if not self.get_component_styles(component).has_rule("background"):
                style = style.without_color + Style.from_color(style.color)
            self._inks[name] = style
        return style

    def notify_style_update(self) -> None:
        """Mix the inks anew: the theme changed."""
        super().notify_style_update()
        self._inks.clear()
        self._base = self._ground = None
        self._painted.clear()

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Paint these regions anew, or everything; what else was painted stays as it is."""
        if repaint and not regions:
            self._base = self._ground = None
            self._painted.clear()
        for region in regions:
            for y in region.line_range:
                self._painted.pop(y, None)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The app's filters without the one for ANSI colours: every ink is 24 bits deep already."""
        if self.app.native_ansi_color:
            return super().get_line_filters()
        return [each for each in super().get_line_filters() if not isinstance(each, ANSIToTruecolor)]

    def render_lines(self, crop: Region) -> list[Strip]:
        """The visible lines, drawn past the styles cache.

        Textual asks for every line of every widget as soon as one cell of the screen is due: what was painted
        before is handed out again, so that a frame costs what has changed.
        """
        size, filters = self.size, self.get_line_filters()
        if (size, filters) != self._painted_for:
            self._painted.clear()
            self._painted_for = size, filters
        strips = [self._line(y, size.width, filters) for y in crop.line_range]
        if crop.column_span != (0, size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _line(self, y: int, width: int, filters: Sequence[LineFilter]) -> Strip:
        if (strip := self._painted.get(y)) is None:
            strip = self.strip(y, width)
            if self._ground is None:
                self._ground = self.background_colors[1]
            for each in filters:
                strip = strip.apply_filter(each, self._ground)
            self._painted[y] = strip
        return strip

    def strip(self, y: int, width: int) -> Strip:
        """Line `y`, as wide as the widget."""
        return Strip(self.paint(y, width)).adjust_cell_length(width).apply_style(self.base)


def fit(text: str, width: int, *, right: bool = False) -> str:
    """`text` in exactly `width` cells: padded, or cut with an ellipsis."""
    if width <= 0:
        return ""
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + "…"
    padding = " " * (width - length)
    return padding + text if right else text + padding
