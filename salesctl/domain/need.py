"""What a customer needs, and the solution that answers it."""

from __future__ import annotations

from salesctl.domain.kinds import DATE, INT, NAME, NOTE, Choice, Reference
from salesctl.domain.noun import Field, Live, Noun
from salesctl.i18n import N_

KIND = Choice(
    {"need": N_("Need"), "pain": N_("Pain"), "wish": N_("Wish")},
    {"need": ("需求",), "pain": ("痛点",), "wish": ("期望", "愿望")},
)
KEY = Choice({"yes": N_("key"), "no": N_("-")}, {"yes": ("关键", "是", "yes"), "no": ("否", "no")})

NEED = Noun(
    "need",
    "N",
    fields=(
        Field("name", NAME, N_("Need"), ("内容", "需求", "what"), required=True, screen=True),
        Field("deal", Reference("deal"), N_("Deal"), ("商机",), required=True, fixed=True, screen=True),
        Field("kind", KIND, N_("Kind"), ("类型",), default="need", screen=True),
        Field("rank", INT, N_("Rank"), ("排名", "优先级", "priority"), fixed=True, screen=True),
        Field("is_key", KEY, N_("Key need"), ("关键", "key"), default="no", fixed=True, screen=True),
        Field("contact", Reference("contact"), N_("Who said so"), ("联系人", "谁说的", "by"), screen=True),
        Field("note", NOTE, N_("Note"), ("备注", "说明", "notes")),
    ),
    label=N_("Need"),
    plural=N_("Needs"),
    words=("需求",),
    similar=True,
)

STATUS = Choice(
    {"draft": N_("Draft"), "confirmed": N_("Confirmed"), "superseded": N_("Superseded")},
    {"draft": ("草稿",), "confirmed": ("已确认", "确认"), "superseded": ("已替换", "旧版")},
)

SOLUTION = Noun(
    "solution",
    "S",
    fields=(
        Field("name", NAME, N_("Solution plan"), ("方案", "名称"), required=True, screen=True),
        Field("deal", Reference("deal"), N_("Deal"), ("商机",), required=True, fixed=True, screen=True),
        Field("number", INT, N_("Version"), ("版本",), fixed=True, screen=True),
        Field("status", STATUS, N_("Status"), ("状态",), default="draft", fixed=True, screen=True),
        Field("confirmed_by", Reference("contact"), N_("Confirmed by"), ("确认人",), fixed=True, screen=True),
        Field("confirmed_on", DATE, N_("Confirmed on"), ("确认日期",), fixed=True, screen=True),
        Field("note", NOTE, N_("Note"), ("备注", "说明", "notes")),
    ),
    label=N_("Solution plan"),
    plural=N_("Solutions"),
    words=("方案",),
    similar=True,
    live=Live("status", ("draft", "confirmed")),
)
