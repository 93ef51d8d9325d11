"""A deal: what may be sold to whom, for how much, by when, how likely; and the facts its history is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from salesctl.domain.kinds import DATE, LINE, MONEY, NAME, NOTE, PERCENT, TAGS, Choice, Reference
from salesctl.domain.lines import LINES
from salesctl.domain.noun import Field, Noun
from salesctl.i18n import N_

OUTCOME = Choice(
    {"won": N_("Won"), "lost": N_("Lost")},
    {"won": ("赢", "赢单", "成交", "win", "closed won"), "lost": ("输", "输单", "丢单", "lose", "closed lost")},
)
CHANCE_SOURCE = Choice(
    {"stage": N_("stage"), "hand": N_("by hand"), "import": N_("imported")},
    {"stage": ("阶段",), "hand": ("手工",), "import": ("导入",)},
)
FORECAST = Choice(
    {"omitted": N_("left out"), "pipeline": N_("pipeline"), "best_case": N_("best case"), "commit": N_("commit")},
    {
        "omitted": ("不计", "排除"),
        "pipeline": ("在谈", "管道"),
        "best_case": ("乐观", "最好情况", "best-case", "best case"),
        "commit": ("承诺",),
    },
)

DEAL = Noun(
    "deal",
    "D",
    fields=(
        Field("name", NAME, N_("Name"), ("商机", "商机名称", "名称", "opportunity"), required=True, screen=True),
        Field("customer", Reference("customer"), N_("Customer"), ("客户", "account", "company"), screen=True),
        Field("pipeline", Reference("pipeline"), N_("Pipeline"), ("流程", "管道")),
        Field("stage", Reference("stage"), N_("Stage"), ("阶段",), screen=True),
        Field(
            "product",
            LINES,
            N_("Product"),
            ("产品", "products", "lines"),
            help=N_('As "GTX Pro x 3 = 5000; MG Special".'),
        ),
        Field("amount", MONEY, N_("Amount"), ("金额", "value"), screen=True),
        Field("expected_close", DATE, N_("Close"), ("预计", "预计成交", "预计签约", "close", "due"), screen=True),
        Field("probability", PERCENT, N_("Win %"), ("赢率", "概率", "chance", "p")),
        Field("probability_source", CHANCE_SOURCE, N_("Win % from"), ("赢率来源",), fixed=True),
        Field(
            "forecast",
            FORECAST,
            N_("Forecast"),
            ("预测", "预测类别", "category"),
            help=N_("In which column of the forecast; by its chance where nothing is said."),
        ),
        Field("owner", Reference("rep"), N_("Owner"), ("负责人", "销售", "业务员", "rep"), screen=True),
        Field("contact", Reference("contact"), N_("Contact"), ("联系人",)),
        Field("outcome", OUTCOME, N_("Outcome"), ("结果", "结局"), fixed=True),
        Field("closed", DATE, N_("Closed"), ("成交日期", "关闭", "关闭日期", "closed_on"), fixed=True),
        Field("lost_reason", LINE, N_("Lost reason"), ("输单原因", "丢单原因", "reason")),
        Field("competitor", LINE, N_("Competitor"), ("竞品", "竞争对手")),
        Field("lost_to", LINE, N_("Lost to"), ("输给",)),
        Field("channel", LINE, N_("Channel"), ("来源", "渠道", "source")),
        Field(
            "playbook",
            LINE,
            N_("Playbook"),
            ("打法", "策略"),
            help=N_("How it is worked; sop show lists those of your process."),
        ),
        Field("created", DATE, N_("Created"), ("创建", "创建日期", "开始", "created_on", "start")),
        Field("tags", TAGS, N_("Tags"), ("标签", "tag")),
        Field("note", NOTE, N_("Note"), ("备注", "说明", "notes")),
    ),
    label=N_("Deal"),
    plural=N_("Deals"),
    words=("商机", "opportunity"),
    similar=True,
)

# What an event of a deal carries, whole: the columns that change over its life. The rest never moves in a report.
STATE = (
    "pipeline_id",
    "stage_id",
    "amount",
    "amount_currency",
    "expected_close",
    "owner_id",
    "probability",
    "probability_source",
    "outcome",
    "closed",
    "lost_reason",
    "competitor",
    "lost_to",
    "forecast",
)
BEFORE = "0001-01-01T00:00:00Z"  # since ever: where the time of an event is unknown
AFTER = "9999-12-31T00:00:00Z"  # until now and on


class Event(NamedTuple):
    """A fact of a deal: `at` is a UTC ISO instant or None for unknown, `state` the values of STATE after it."""

    at: str | None
    state: tuple[Any, ...]


class Span(NamedTuple):
    """Half-open [start, end) of UTC ISO instants in which `state` held."""

    start: str
    end: str
    state: tuple[Any, ...]


def spans(events: Sequence[Event]) -> list[Span]:
    """The stretches of a deal's life, from its events in the order they were recorded.

    What an event changed, compared with the one recorded before it, takes effect at its business time; so a win that
    is entered late still begins on its day, and an edit made meanwhile keeps what it said of other things. At any time a
    field is what was recorded last of it among what had taken effect by then; in the end that is the deal as it is.
    """
    if len(events) == 1:  # most of an import
        return [Span(events[0].at or BEFORE, AFTER, events[0].state)]
    told = [event.at or ("" if place else BEFORE) for place, event in enumerate(events)]
    if all(one < later for one, later in pairwise(told)):  # recorded as they happened: each holds until the next
        until = [*told[1:], AFTER]
        return [Span(at, end, event.state) for event, at, end in zip(events, told, until, strict=False)]
    deltas = list(_deltas(events))
    moments = sorted({at for at, _delta in deltas})
    found = []
    for start, end in pairwise([*moments, AFTER]):
        state: list[Any] = [None] * len(STATE)
        for at, delta in deltas:
            if at <= start:
                for place, value in delta:
                    state[place] = value
        found.append(Span(start, end, tuple(state)))
    return found


def _deltas(events: Sequence[Event]) -> Iterable[tuple[str, list[tuple[int, Any]]]]:
    """When each event took effect and what it changed.

    A deal that closed on the day it was written down began by then, whatever the hour; what happened at an unknown time
    happened when it began.
    """
    began = min((event.at for event in events if event.at), default=None) if events and events[0].at else None
    before: tuple[Any, ...] | None = None
    for event in events:
        places = range(len(STATE))
        changed = [(i, event.state[i]) for i in places if before is None or event.state[i] != before[i]]
        yield (began if before is None or event.at is None else event.at) or BEFORE, changed
        before = event.state
