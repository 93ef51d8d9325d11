"""A task of a stage: work that the SOP asks for when a deal comes into a stage."""

from __future__ import annotations

from salesctl.domain.kinds import DATE, INSTANT, LINE, NAME, NOTE, Choice, Reference
from salesctl.domain.noun import Field, Live, Noun
from salesctl.i18n import N_

STATE = Choice(
    {"open": N_("To do"), "done": N_("Done"), "skipped": N_("Skipped")},
    {"open": ("待办", "未完成"), "done": ("已完成", "完成"), "skipped": ("跳过",)},
)
REQUIRED = Choice({"yes": N_("yes"), "no": N_("no")}, {"yes": ("是", "必须"), "no": ("否", "可选")})

TASK = Noun(
    "task",
    "TK",
    fields=(
        Field("name", NAME, N_("Task"), ("任务", "名称", "what"), required=True, screen=True),
        Field("deal", Reference("deal"), N_("Deal"), ("商机",), required=True, fixed=True, screen=True),
        Field("stage", Reference("stage"), N_("Stage"), ("阶段",), required=True, fixed=True, screen=True),
        Field("key", LINE, N_("Key"), ("代码",), required=True, fixed=True),
        Field("state", STATE, N_("State"), ("状态",), default="open", fixed=True, screen=True),
        Field("required", REQUIRED, N_("Required"), ("必须",), default="yes", fixed=True),
        Field("owner", Reference("rep"), N_("Owner"), ("负责人", "rep"), screen=True),
        Field("due", DATE, N_("Due"), ("到期", "日期"), screen=True),
        Field("done_at", INSTANT, N_("Done at"), ("完成时间",), fixed=True),
        Field("done_by", LINE, N_("Done by"), ("完成人",), fixed=True),
        Field("note", NOTE, N_("Note"), ("备注", "说明")),
    ),
    label=N_("Stage task"),
    plural=N_("Stage tasks"),
    words=("阶段任务",),
    similar=True,
    live=Live("state", ("open",)),
)
