from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style

from app.engine.snapshot import Samples
from tests.screens.still import samples
from widgets.glyphs import ASCII, UNICODE
from widgets.sparkline import scale_of, sparkline


class InkNames:
    """A palette whose styles say which ink they are."""

    def ink(self, name: str) -> Style:
        return Style(meta={"ink": name})


def draw(measured: Samples, width: int) -> Sequence[Segment]:
    return sparkline(InkNames(), UNICODE, measured, width)


def text(segments: Sequence[Segment]) -> str:
    return "".join(segment.text for segment in segments)


def test_the_newest_probe_stands_at_the_right() -> None:
    assert text(draw(samples("--x.", [10, 10]), 8)) == "    ▂▂×·"


def test_only_the_newest_probes_are_drawn_where_there_are_more_than_cells() -> None:
    assert text(draw(samples("xxxx--", [10, 10]), 3)) == "×▂▂"


def test_a_steady_row_is_flat_whatever_its_distance() -> None:
    near = draw(samples("----", [0.4, 0.41, 0.4, 0.42]), 4)
    far = draw(samples("----", [280, 287, 281, 290]), 4)
    assert text(near) == text(far) == "▂▂▂▂"


def test_on_a_common_scale_the_far_row_stands_higher() -> None:
    near, far = samples("--", [1, 1]), samples("--", [300, 300])
    common = scale_of([*near.rtt, *far.rtt])
    drawn = [text(sparkline(InkNames(), UNICODE, each, 2, scale=common)) for each in (near, far)]
    assert drawn[0] < drawn[1]


def test_lost_late_slow_failed_and_in_flight_are_told_apart() -> None:
    drawn = draw(samples("---xl!-.", [10, 10, 10, 30, 30]), 8)
    told = [(segment.text, segment.style.meta["ink"]) for segment in drawn if segment.style is not None]
    assert told == [("▂▂▂", "rtt"), ("×", "loss"), ("▇", "late"), ("!", "failed"), ("▇", "raised"), ("·", "flight")]


def test_ascii_needs_no_other_sign() -> None:
    assert text(sparkline(InkNames(), ASCII, samples("-xl!-.", [1, 20, 90]), 10)).isascii()


@settings(max_examples=100, deadline=None)
@given(st.text("-xl!.", max_size=60), st.integers(1, 40), st.data())
def test_it_is_always_as_wide_as_asked(letters: str, width: int, data: st.DataObject) -> None:
    times = data.draw(st.lists(st.floats(0, 1e6), min_size=len(letters), max_size=len(letters)))
    assert len(text(draw(samples(letters, times), width))) == width


def test_what_may_have_been_dropped_here_is_a_question_and_no_loss() -> None:
    drawn = draw(samples("-?x", [10]), 3)
    told = [(segment.text, segment.style.meta["ink"]) for segment in drawn if segment.style is not None]
    assert told[1:] == [("?", "unknown"), ("×", "loss")]
    assert text(sparkline(InkNames(), ASCII, samples("?"), 1)) == "?"
