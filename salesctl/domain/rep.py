"""A rep: somebody who sells, leads, markets or serves; a manager is a rep too."""

from __future__ import annotations

from salesctl.domain.kinds import DATE, EMAIL, LINE, NAME, NOTE, PHONE, ZONE, Choice, Reference
from salesctl.domain.noun import Field, Noun
from salesctl.i18n import N_

FUNCTION = Choice(
    {
        "sales": N_("Sales"),
        "marketing": N_("Marketing"),
        "service": N_("Service"),
        "management": N_("Management"),
        "other": N_("Other"),
    },
    {
        "sales": ("销售", "销售部"),
        "marketing": ("市场", "市场部"),
        "service": ("售后", "服务", "售后部", "support", "after-sales"),
        "management": ("管理",),
        "other": ("其他",),
    },
)

REP = Noun(
    "rep",
    "R",
    fields=(
        Field("name", NAME, N_("Name"), ("姓名", "销售", "业务员", "员工"), required=True, screen=True),
        Field("team", Reference("team"), N_("Team"), ("团队", "小组", "部门"), screen=True),
        Field("manager", Reference("rep"), N_("Manager"), ("主管", "经理", "上级", "领导"), screen=True),
        Field("region", LINE, N_("Region"), ("地区", "区域", "大区", "office"), screen=True),
        Field("function", FUNCTION, N_("Function"), ("职能", "岗位"), default="sales", screen=True),
        Field("email", EMAIL, N_("E-mail"), ("邮箱", "邮件", "mail")),
        Field("phone", PHONE, N_("Phone"), ("电话", "手机", "tel")),
        Field("zone", ZONE, N_("Time zone"), ("时区", "timezone", "time_zone")),
        Field(
            "deputy",
            Reference("rep"),
            N_("Deputy"),
            ("代理人", "副手"),
            help=N_("Who approves while this one is away."),
        ),
        Field("away_from", DATE, N_("Away from"), ("离开", "请假开始")),
        Field("away_until", DATE, N_("Away until"), ("回来", "请假结束")),
        Field("note", NOTE, N_("Note"), ("备注", "说明", "notes")),
    ),
    label=N_("Rep"),
    plural=N_("Reps"),
    words=("销售", "业务员", "user"),
)
