"""An approval: a quote that gives more discount than its maker may, and those who decide on it one after the other."""

from __future__ import annotations

from salesctl.domain.kinds import INT, MONEY, NAME, NOTE, Choice, Reference
from salesctl.domain.noun import Field, Noun
from salesctl.domain.rate import RATE
from salesctl.i18n import N_

STATE = Choice(
    {
        "waiting": N_("Waiting"),
        "approved": N_("Approved"),
        "rejected": N_("Rejected"),
        "withdrawn": N_("Withdrawn"),
    },
    {
        "waiting": ("待批", "等待"),
        "approved": ("已批", "通过"),
        "rejected": ("驳回", "拒绝"),
        "withdrawn": ("撤回",),
    },
)

APPROVAL = Noun(
    "approval",
    "A",
    fields=(
        Field("name", NAME, N_("What"), ("内容", "标题", "what"), required=True, fixed=True, screen=True),
        Field("quote", Reference("quote"), N_("Quote"), ("报价",), required=True, fixed=True),
        Field("deal", Reference("deal"), N_("Deal"), ("商机",), required=True, fixed=True),
        Field("asked_by", Reference("rep"), N_("Asked by"), ("申请人", "requester"), fixed=True, screen=True),
        Field("discount", RATE, N_("Discount"), ("折扣",), fixed=True, screen=True),
        Field("amount", MONEY, N_("Amount"), ("金额", "净额", "net"), fixed=True, screen=True),
        Field("list_total", MONEY, N_("List total"), ("目录价合计",), fixed=True),
        Field("state", STATE, N_("State"), ("状态",), default="waiting", fixed=True, screen=True),
        Field("waits_for", Reference("rep"), N_("Waits for"), ("待谁批", "approver"), fixed=True, screen=True),
        Field("step", INT, N_("Step"), ("步骤",), fixed=True),
        Field("steps", INT, N_("Steps"), ("总步骤",), fixed=True),
        Field("allowed", RATE, N_("May give"), ("可给折扣", "allowance"), fixed=True),
        Field("band_over", RATE, N_("Band over"), ("超过",), fixed=True),
        Field("band_to", RATE, N_("Band to"), ("不超过",), fixed=True),
        Field("band_amount", INT, N_("Band from amount"), ("起始金额",), fixed=True),
        Field("sop", INT, N_("SOP version"), ("SOP版本",), fixed=True),
        Field("note", NOTE, N_("Note"), ("备注", "说明", "reason"), fixed=True),
    ),
    label=N_("Approval"),
    plural=N_("Approvals"),
    words=("审批",),
    similar=True,
)
