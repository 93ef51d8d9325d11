"""A lead: somebody who may become a customer, on the way from a channel to a deal."""

from __future__ import annotations

from collections.abc import Sequence

from salesctl.domain.kinds import DATE, EMAIL, INSTANT, INT, LINE, MONEY, NAME, NOTE, PHONE, TAGS, Choice, Reference
from salesctl.domain.noun import Field, Live, Noun
from salesctl.i18n import N_

STATUS = Choice(
    {
        "new": N_("New"),
        "qualified": N_("Qualified"),
        "rejected": N_("Disqualified"),
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
        Field(
            "name",
            NAME,
            N_("Name"),
            ("线索", "线索名称", "公司", "名称", "company", "lead"),
            required=True,
            screen=True,
        ),
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
    live=Live("status", ("new", "qualified"), ("customer", "deal")),
)
MOST_FIT = 5
LIVE = ("new", "qualified")  # what somebody still works on


# The channels everybody has, in both languages; a SOP names them its own way.
CHANNELS = (
    ("web", "网络", "网站", "线上", "website", "online"),
    ("fair", "展会", "展览会", "trade fair", "exhibition", "show"),
    ("referral", "推荐", "转介绍", "介绍", "referred"),
    ("phone", "电话", "call", "cold call", "陌拜电话"),
    ("mail", "邮件", "email", "e-mail"),
)
# What the cells of a line of a list are, in order; more of them follow as field=value.
CELLS = ("name", "contact", "phone", "channel", "email", "region", "industry", "need")


def channel_of(text: str, allowed: Sequence[str]) -> tuple[str, bool]:
    """A channel as the SOP spells it, and whether the SOP knows it; any is known where it names none."""
    from salesctl.text import name_key

    key = name_key(text)
    for one in allowed:
        if name_key(one) == key:
            return one, True
    alike = next((group for group in CHANNELS if key in map(name_key, group)), ())
    for one in allowed:
        if name_key(one) in map(name_key, alike):
            return one, True
    return text, not allowed


def screened(points: int, accept: int | None, reject: int | None) -> str:
    """What a sum of points makes of a lead: qualified, rejected, or new while somebody has to look."""
    if accept is not None and points >= accept:
        return "qualified"
    if reject is not None and points <= reject:
        return "rejected"
    return "new"


def fit(points: int, most: int) -> int:
    """Points as a fit from 0 to 5."""
    return 0 if most <= 0 else max(0, min(MOST_FIT, (2 * MOST_FIT * points + most) // (2 * most)))
