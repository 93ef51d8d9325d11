"""Texts that want to drive a terminal, a spreadsheet or a page, through every format there is."""

from __future__ import annotations

import os
import random

from salesctl.output import rich_
from tests.faults.conftest import Tell
from tests.output.test_gate import HOSTILE, OURS
from tests.output.test_renderers import ACTS, rendered, table

LONG = os.environ.get("SALESCTL_FAULTS") == "long"
MARKS = "\x1b\x07\x9b\x90\x9d\x7f\x00\r\n\t\u202e\u2066\u200b\ufeff\u2028\ud800\udcff[]|<>&`*_\\=+-@'\",;:(){}m0123456789Jh客户é\u0301\U0001f4a3 "


def hostile(rng: random.Random) -> str:
    """A hostile value of the list, a part of one with marks put into it, or marks alone."""
    kind = rng.randrange(4)
    text = "".join(rng.choices(MARKS, k=rng.randint(0, 30))) if kind == 0 else rng.choice(HOSTILE)[:80]
    for _turn in range(kind):
        place = rng.randint(0, len(text))
        text = (
            text[:place]
            + rng.choice((rng.choice(MARKS), chr(rng.randrange(0x3000)), rng.choice(HOSTILE)[:20]))
            + text[place:]
        )
    return text


def test_no_text_acts_in_any_format(told: Tell) -> None:
    """P10: as TSV, CSV, JSON, text, Markdown, HTML, and as a coloured table of a terminal."""
    rng, times = random.Random(10), 100_000 if LONG else 1_000
    for turn in range(times):
        text = hostile(rng)
        for name, answer in rendered(text).items():
            assert not ACTS.search(answer), (name, text, answer)
        if turn % 4 == 0:
            answer = OURS.sub("", "".join(rich_.render(table(text), "en", 60, "…")))
            assert not ACTS.search(answer), ("terminal", text, answer)
    told("hostile texts through eight formats and a coloured terminal", times)
