"""A lead: somebody who may become a customer, on the way from a channel to a deal."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from salesctl.domain.kinds import DATE, EMAIL, INSTANT, INT, LINE, MONEY, NAME, NOTE, PHONE, TAGS, Choice, Reference
from salesctl.domain.noun import Field, Noun
from salesctl.i18n import N_
from salesctl.workdays import Calendar

STATUS = Choice(
    {
        "new": N_("New"),
        "qualified": N_("Qualified"),
        "rejected": N_("Rejected"),
        "converted": N_("Converted"),
    },
    {
        "new": ("新", "新线索", "未筛选"),
        "qualified": ("合格", "有效"),
        "rejected": ("不合格", "无效", "disqualified"),
        "converted": ("已转化", "转化"),
    },
)

LEAD = Noun(
    "lead",
    "L",
    fields=(
        Field("name", NAME, N_("Name"), ("线索", "公司", "名称", "company"), required=True, screen=True),
        Field("contact", LINE, N_("Contact"), ("联系人", "姓名", "person")),
        Field("phone", PHONE, N_("Phone"), ("电话", "手机", "mobile"), screen=True),
        Field("email", EMAIL, N_("E-mail"), ("邮箱", "邮件", "mail")),
        Field("wechat", LINE, N_("WeChat"), ("微信",)),
        Field("channel", LINE, N_("Channel"), ("渠道", "来源", "source_channel"), screen=True),
        Field("referred_by", Reference("customer"), N_("Referred by"), ("推荐人", "介绍人", "referrer")),
        Field("industry", LINE, N_("Industry"), ("行业",)),
        Field("region", LINE, N_("Region"), ("地区", "区域", "大区")),
        Field("size", LINE, N_("Size"), ("规模",)),
        Field("budget", MONEY, N_("Budget"), ("预算",)),
        Field("need", LINE, N_("Need"), ("需求",)),
        Field("owner", Reference("rep"), N_("Owner"), ("负责人", "销售", "rep"), screen=True),
        Field("status", STATUS, N_("Status"), ("状态",), default="new", fixed=True, screen=True),
        Field("fit", INT, N_("Fit"), ("匹配度", "评分"), fixed=True, screen=True),
        Field("reason", NOTE, N_("Reason"), ("原因", "理由"), fixed=True),
        Field("screened_at", INSTANT, N_("Screened at"), ("筛选时间",), fixed=True),
        Field("assigned_at", INSTANT, N_("Assigned at"), ("分配时间",), fixed=True),
        Field("contacted_at", INSTANT, N_("Contacted at"), ("首次联系",), fixed=True),
        Field("customer", Reference("customer"), N_("Customer"), ("客户",), fixed=True),
        Field("deal", Reference("deal"), N_("Deal"), ("商机",), fixed=True),
        Field("created", DATE, N_("Created"), ("创建", "日期"), screen=True),
        Field("tags", TAGS, N_("Tags"), ("标签", "tag")),
        Field("note", NOTE, N_("Note"), ("备注", "说明", "notes")),
    ),
    label=N_("Lead"),
    plural=N_("Leads"),
    words=("线索",),
)


def worked(start: datetime, end: datetime, opens: time, closes: time, calendar: Calendar) -> timedelta:
    """The working time in [start, end), both aware in one zone (FORMULAS 11): overlap with the hours of working days."""
    total, day = timedelta(), start.date()
    while day <= end.date():
        if calendar.is_working(day):
            low = max(start, _at(day, opens, start))
            high = min(end, _at(day, closes, start))
            total += max(timedelta(), high - low)
        day += timedelta(days=1)
    return total


def _at(day: date, hour: time, like: datetime) -> datetime:
    return datetime.combine(day, hour, like.tzinfo)


def screened(points: int, accept: int | None, reject: int | None) -> str:
    """What a sum of points makes of a lead: qualified, rejected, or new while somebody has to look."""
    if accept is not None and points >= accept:
        return "qualified"
    if reject is not None and points <= reject:
        return "rejected"
    return "new"


def fit(points: int, most: int) -> int:
    """Points as a fit from 0 to 5."""
    return 0 if most <= 0 else max(0, min(5, (10 * points + most) // (2 * most)))


Values = dict[str, Any]
