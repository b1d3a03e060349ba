"""A range of round-trip times as a bar on a scale that all rows share: best, mean and worst at a glance."""

#: Where a scale may end, as multiples of a power of ten.
_STEPS = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)


def scale_end(longest: float, current: int = 0) -> int:
    """The end of a scale in nanoseconds that holds `longest`, a round number of three steps a doubling.

    `current` is kept while it still fits and is not three times too long, so that the scale does not
    jump with every sample.
    """
    if current and longest <= current <= longest * 3:
        return current
    power = 1_000
    while power * 10 < longest:
        power *= 10
    return int(next((step * power for step in _STEPS if step * power >= longest), power * 10))


def whisker(best: float, mean: float, worst: float, *, scale: int, width: int) -> tuple[int, str, str, str]:
    """The bar as (cells before it, left arm, mark at the mean, right arm); it never exceeds `width` cells.

    A worst value beyond the scale ends in an arrow.
    """
    last = width - 1
    left, middle, right = (min(last, int(value * width / scale)) for value in (best, mean, worst))
    before = "├" + "─" * (middle - left - 1) if middle > left else ""
    if right == middle:
        return left, before, "┃", ""
    after = "─" * (right - middle - 1) + ("→" if worst > scale else "┤")
    return left, before, "┃", after
