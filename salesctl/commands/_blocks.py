"""The blocks that reports are made of: each is a function that is asked and says values and how they are shown.

A report is a list of `Use`: the name of a block and its options. A new block is an entry here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from salesctl.commands import _blocks_deals as deals
from salesctl.commands import _blocks_figures as figures
from salesctl.commands import _blocks_gaps as missing
from salesctl.commands import _blocks_goals as goals
from salesctl.i18n import N_, _
from salesctl.output.views import Topic
from salesctl.plain import Data, replace

if TYPE_CHECKING:
    from salesctl.commands._brief import Brief, Told

UNITS = ("month", "quarter", "year")
SPANS = ("period", *UNITS)
VERSUS = ("previous", "same-length", "lastyear")


class Block(Data, frozen=True):
    """What a report can be made of: its label, the function behind it, and for each option its words, the usual first."""

    label: str
    ask: Callable[[Brief, Mapping[str, str]], Told]
    about: str
    options: Mapping[str, tuple[str, ...]] = {}


class Use(Data, frozen=True):
    """A block as a report uses it."""

    block: str
    options: Mapping[str, str] = {}


BLOCKS: dict[str, Block] = {
    "won": Block(N_("Won"), deals.won, N_("deals won, with names")),
    "lost": Block(N_("Lost"), deals.lost, N_("deals lost, with reasons and names")),
    "pipeline": Block(N_("Open deals"), deals.pipeline, N_("how the open pipeline moved")),
    "goal": Block(N_("Goal"), goals.goal, N_("revenue against its goal"), {"of": ("quarter", "month", "year")}),
    "forecast": Block(N_("Forecast"), goals.forecast, N_("the line of the forecast"), {"of": ("quarter", "month", "year")}),
    "win_rate": Block(N_("Win rate"), figures.win_rate, N_("win rate and its change"), {"of": ("quarter", "period", "month", "year")}),
    "activity": Block(N_("Activity"), figures.activity, N_("follow-ups done, by type and rep")),
    "watch": Block(N_("Watch"), deals.watch, N_("stalled deals, no next step, approvals, goals at risk")),
    "left_out": Block(N_("Not in it"), missing.brief_gaps, N_("what the figures leave out, in a line")),
    "corrections": Block(N_("Corrected"), missing.corrections, N_("what was changed in a period after it was closed")),
    "kpis": Block(N_("KPIs"), figures.kpis, N_("the headline KPIs"), {"of": SPANS, "vs": VERSUS}),
    "goals": Block(N_("Goals"), goals.goals, N_("all goals that run")),
    "reps": Block(N_("Reps"), figures.reps, N_("the reps side by side")),
    "stages": Block(N_("Open pipeline by stage"), figures.stages, N_("the board")),
    "funnel": Block(N_("From stage to stage"), figures.funnel, N_("how many deals go on from each stage")),
    "trend": Block(N_("Trend"), figures.trend, N_("the last twelve months")),
    "gaps": Block(N_("What is missing"), missing.gaps, N_("every gap in the data, and how to fill it")),
}  # fmt: skip


def told(brief: Brief, uses: Iterable[Use]) -> tuple[list[Topic], dict[str, Any]]:
    """What the blocks say, in their order: for people, and by key for scripts.

    A block that is used twice has its options in its key; one that says nothing is only in what scripts get.
    """
    asked = [(use.block, _options(use)) for use in uses]
    with brief.app.ahead(lambda twin: _tasks(replace(brief, app=twin, _known={}), asked)):
        return _told(brief, asked)


def _options(use: Use) -> Mapping[str, str]:
    return {name: use.options.get(name, words[0]) for name, words in BLOCKS[use.block].options.items()}


def _tasks(brief: Brief, asked: Sequence[tuple[str, Mapping[str, str]]]) -> list[Callable[[], object]]:
    return [partial(BLOCKS[name].ask, brief, options) for name, options in asked]


def _told(brief: Brief, asked: Sequence[tuple[str, Mapping[str, str]]]) -> tuple[list[Topic], dict[str, Any]]:
    topics: list[Topic] = []
    data: dict[str, Any] = {}
    for key, options in asked:
        block = BLOCKS[key]
        found = block.ask(brief, options)
        if key in ("goal", "forecast"):
            key = f"{key}_{options['of']}"
        while key in data:
            key += "_more"
        data[key] = found.data
        label = found.label or _(block.label)
        if not found.lines and found.table is None:
            continue
        topics.append(Topic(key, label, found.lines, found.table, found.chart, found.big))
    brief.app.shows(brief.into)
    return topics, data
