"""Long lines of a screen, folded to a terminal between their parts, which two blanks or more keep apart."""

from __future__ import annotations

import re

from salesctl.text import width

HANG = 12  # the most that a continued line is moved in


def fold(line: str, room: int) -> list[str]:
    """Lines of at most so many columns. What continues stands under the first part after the label."""
    if width(line) <= room:
        return [line]
    lead = line[: len(line) - len(line.lstrip())]
    parts = re.split(r"( {2,})", line[len(lead) :])
    label = width(lead + "".join(parts[:2]))
    hang = " " * (label if len(parts) > 2 and label <= HANG else len(lead) + 2)
    lines, current, gap = [], lead, ""
    for part, after in zip(parts[::2], [*parts[1::2], ""], strict=True):
        fits = width(part) <= room - width(hang)
        if fits and current.strip() and width(current + gap + part) > room:
            lines.append(current)
            current, gap = hang, ""
        elif not fits and width(current + gap) <= HANG:
            hang = " " * width(current + gap)
        for piece in _fit(part, room - width(hang), room - width(current + gap)):
            if piece is None:
                lines.append((current + gap).rstrip())
                current, gap = hang, ""
            else:
                current, gap = current + gap + piece, ""
        gap = after
    return [*lines, current] if current.strip() else lines


def _fit(part: str, room: int, first: int) -> list[str | None]:
    """A part whole, or in pieces of at most `room` columns (the first of `first`) with None for each new line."""
    if width(part) <= first:
        return [part]
    pieces: list[str | None] = []
    current, left = "", first
    for word in re.findall(r"[\u2e80-\uffff]|[^\u2e80-\uffff ]+ ?| ", part):
        if width(current + word.rstrip()) > left and (current or left < room):
            pieces += [current.rstrip(), None] if current else [None]
            current, left = "", room
        current += word
    return [*pieces, current.rstrip()] if current.strip() else pieces


def fewer(refs: str, room: int) -> str:
    """Refs in a room, the first of them whole and how many more there are: D3 D9 D4 +2 -> D3 +4; one at least."""
    some = refs.split()
    rest = int(some.pop()[1:].replace(",", "")) if some and some[-1].startswith("+") else 0
    while len(some) > 1 and width(refs) > room:
        some.pop()
        rest += 1
        refs = f"{' '.join(some)} +{rest:,}"
    return refs
