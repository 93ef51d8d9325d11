"""A team of reps, with the one who leads it."""

from __future__ import annotations

from salesctl.domain.kinds import LINE, NAME, NOTE, Reference
from salesctl.domain.noun import Field, Noun
from salesctl.domain.rep import FUNCTION
from salesctl.i18n import N_

TEAM = Noun(
    "team",
    "TM",
    fields=(
        Field("name", NAME, N_("Name"), ("团队", "名称"), required=True, screen=True),
        Field("manager", Reference("rep"), N_("Manager"), ("主管", "经理", "负责人", "lead"), screen=True),
        Field("region", LINE, N_("Region"), ("地区", "区域", "大区"), screen=True),
        Field("function", FUNCTION, N_("Function"), ("职能",), default="sales", screen=True),
        Field("parent", Reference("team"), N_("Parent"), ("上级", "上级团队")),
        Field("note", NOTE, N_("Note"), ("备注", "说明", "notes")),
    ),
    label=N_("Team"),
    plural=N_("Teams"),
    words=("团队", "小组"),
)
