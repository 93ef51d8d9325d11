"""A goal: a KPI that a company, a team or a rep is to reach in a period.

`target` is stored as a whole number in the KPI's own unit: minor units of money, a count, days, or millionths of a
ratio (0.4 is 400,000). A `product` or a `customer` is a second axis beside whose it is: of the company's revenue, that of
one product. Both axes part the same whole.
"""

from __future__ import annotations

from salesctl.domain.kinds import DATE, INT, LINE, NOTE, Choice, Reference
from salesctl.domain.noun import Field, Noun
from salesctl.i18n import N_

SCOPE = Choice(
    {"company": N_("Company"), "team": N_("Team"), "rep": N_("Rep")},
    {"company": ("公司", "全公司", "org"), "team": ("团队",), "rep": ("个人", "销售")},
)
MILLION = 1_000_000

GOAL = Noun(
    "goal",
    "G",
    fields=(
        Field("kpi", LINE, N_("KPI"), ("指标", "目标"), required=True, fixed=True, screen=True),
        Field("scope", SCOPE, N_("Scope"), ("范围",), fixed=True),
        Field("team", Reference("team"), N_("Team"), ("团队",), fixed=True, screen=True),
        Field("rep", Reference("rep"), N_("Rep"), ("销售", "个人"), fixed=True, screen=True),
        Field("product", Reference("product"), N_("Product"), ("产品",), fixed=True),
        Field("customer", Reference("customer"), N_("Customer"), ("客户",), fixed=True),
        Field("period", LINE, N_("Period"), ("期间", "周期"), fixed=True, screen=True),
        Field("start", DATE, N_("Start"), ("开始",), fixed=True),
        Field("end", DATE, N_("End"), ("结束",), fixed=True),
        Field("target", INT, N_("Target"), ("目标值",), fixed=True, screen=True),
        Field("currency", LINE, N_("Currency"), ("币种",), fixed=True),
        Field("parent", Reference("goal"), N_("Parent"), ("上级目标",)),
        Field("reason", NOTE, N_("Reason"), ("理由", "原因")),
        Field("note", NOTE, N_("Note"), ("备注", "说明", "notes")),
    ),
    label=N_("Goal"),
    plural=N_("Goals"),
    title="kpi",
    words=("目标",),
    similar=True,
)
