"""Pipelines and their stages, and the rules of moving a deal along them.

A win or a loss is an outcome, never a stage. The signing stage is the last one an open deal can stand in; what comes
after it belongs to after-sales.
"""

from __future__ import annotations

from salesctl.domain.kinds import INT, LINE, NAME, NOTE, PERCENT, Choice, Reference
from salesctl.domain.noun import Field, Noun
from salesctl.i18n import N_, _
from salesctl.plain import Data

PIPELINE = Noun(
    "pipeline",
    "PL",
    fields=(
        Field("name", NAME, N_("Name"), ("流程", "管道", "名称"), required=True, screen=True),
        Field("note", NOTE, N_("Note"), ("备注", "说明", "notes"), screen=True),
    ),
    label=N_("Pipeline"),
    plural=N_("Pipelines"),
    words=("销售流程", "流程", "管道"),
)

PHASE = Choice(
    {"open": N_("Open"), "signing": N_("Signing"), "after": N_("After the win")},
    {"open": ("在谈",), "signing": ("签约",), "after": ("售后", "after-sales")},
)

STAGE = Noun(
    "stage",
    "SG",
    fields=(
        Field("name", NAME, N_("Name"), ("阶段", "名称"), required=True, screen=True),
        Field("pipeline", Reference("pipeline"), N_("Pipeline"), ("流程", "管道"), screen=True),
        Field("position", INT, N_("Position"), ("顺序", "次序", "pos"), screen=True),
        Field("probability", PERCENT, N_("Win %"), ("赢率", "概率", "p"), screen=True),
        Field("age_limit", INT, N_("Age limit"), ("阶段天数", "限期"), screen=True, help=N_("Days in the stage.")),
        Field("idle_limit", INT, N_("Idle limit"), ("停滞天数",), screen=True, help=N_("Days without a touch.")),
        Field("phase", PHASE, N_("Phase"), ("性质",), default="open", screen=True),
        Field("key", LINE, N_("Key"), ("代码",), fixed=True),
        Field("aim", NOTE, N_("Aim"), ("目标", "目的", "goal")),
        Field("note", NOTE, N_("Note"), ("备注", "说明", "notes")),
    ),
    label=N_("Stage"),
    plural=N_("Stages"),
    words=("阶段",),
    similar=True,
)

# The default stages by key: (name, short name); stored in the language of the store, answering to both.
SHORT = {
    "prospecting": (N_("Prospecting"), N_("Prospect."), ("潜在客户识别", "识别", "prospect")),
    "contact": (N_("First contact"), N_("1st cont."), ("初步联系", "初联", "contact", "first contact")),
    "discovery": (N_("Discovery"), N_("Discov."), ("需求分析", "需求", "needs")),
    "solution": (N_("Solution"), N_("Solut."), ("方案定制", "方案", "proposal")),
    "quote": (N_("Quote"), N_("Quote"), ("报价", "quotation")),
    "negotiation": (N_("Negotiation"), N_("Negot."), ("谈判",)),
    "signing": (N_("Signing"), N_("Signing"), ("签约", "contract")),
    "after_sales": (N_("After-sales"), N_("After-s."), ("售后服务", "售后", "aftersales")),
}
IDLE_LIMIT = 14  # days without a touch after which a deal is stalled, where its stage says nothing else


class Step(Data, frozen=True):
    """A stage as the rules see it: `position` counts from 1 within its pipeline, `probability` is 0..100 or None."""

    id: int
    name: str
    key: str | None
    position: int
    probability: int | None
    phase: str
    age_limit: int | None = None
    idle_limit: int | None = None

    def answers(self, word: str) -> bool:
        """Whether people mean this stage by `word`: its name, or for a default stage either language, long or short."""
        from salesctl.text import name_key

        wanted = name_key(word)
        names = {name_key(self.name)}
        if self.key in SHORT:
            long, short, words = SHORT[self.key]
            names |= {name_key(n) for n in (self.key, long, _(long), short, _(short), *words)}
        return wanted in names

    @property
    def shown(self) -> str:
        """The name in the language of the answer; a renamed stage keeps its own."""
        return self._in_language(0)

    @property
    def short(self) -> str:
        """The short name for narrow places."""
        return self._in_language(1)

    def _in_language(self, which: int) -> str:
        if self.key not in SHORT:
            return self.name
        from salesctl.text import name_key

        known = SHORT[self.key]
        mine = {name_key(n) for n in (known[0], *known[2])}
        return _(str(known[which])) if name_key(self.name) in mine else self.name


def move(steps: list[Step], now: Step | None, to: Step) -> str:
    """What going from `now` to `to` is: "same", "next", "skip" or "back" among the steps an open deal can stand in."""
    if now is None:
        return "next"
    order = [step.id for step in steps]
    here, there = order.index(now.id), order.index(to.id)
    if there == here:
        return "same"
    if there < here:
        return "back"
    return "next" if there == here + 1 else "skip"
