"""Small pictures in text: bars and sparklines, always the last thing on a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

LEVELS = "▁▂▃▄▅▆▇█"


def bar(value: int | Fraction, most: int | Fraction, columns: int) -> str:
    """A bar of at most so many columns; something that is not nothing shows at least one."""
    if most <= 0 or value <= 0:
        return ""
    return "█" * max(1, min(columns, (2 * value * columns + most) // (2 * most)))


def narrower(cells: Sequence[str], columns: int) -> list[str]:
    """Bars one below the other in fewer columns, still in proportion; cells that are no bars stay as they are."""
    most = max(map(len, cells), default=0)
    if most <= columns or any(cell.strip("█") for cell in cells):
        return list(cells)
    return [bar(len(cell), most, columns) for cell in cells]


def spark(values: Sequence[float | int | None]) -> str:
    """One mark a value, from the least to the greatest; a blank where there is none."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    span = high - low
    marks = []
    for value in values:
        if value is None:
            marks.append(" ")
        else:
            marks.append(LEVELS[3] if span == 0 else LEVELS[round((value - low) / span * 7)])
    return "".join(marks)


def track(done: Fraction | None, time: Fraction, columns: int = 12) -> str:
    """Progress with the mark | where time stands: ███████|░░░░░."""
    place = min(columns, max(0, round(time * columns)))
    full = 0 if done is None else min(columns, max(0, round(done * columns)))
    cells = "█" * full + "░" * (columns - full)
    return cells[:place] + "|" + cells[place:]
