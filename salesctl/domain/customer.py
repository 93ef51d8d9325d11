"""A customer: a company or a private person that buys, or might."""

from __future__ import annotations

from salesctl.domain.kinds import (
    DATE,
    EMAIL,
    LANG,
    LINE,
    NAME,
    NOTE,
    PHONE,
    TAGS,
    URL,
    ZONE,
    Choice,
    Reference,
)
from salesctl.domain.noun import Field, Noun
from salesctl.i18n import N_

SORT = Choice(
    {"company": N_("Company"), "person": N_("Private person")},
    {"company": ("公司", "企业", "单位"), "person": ("个人", "私人", "individual")},
)
STATUS = Choice(
    {"prospect": N_("Prospect"), "active": N_("Active"), "dormant": N_("Dormant"), "former": N_("Former")},
    {
        "prospect": ("潜在", "潜在客户", "意向", "lead"),
        "active": ("合作中", "成交", "已成交", "正式", "customer"),
        "dormant": ("休眠", "沉睡", "inactive"),
        "former": ("流失", "已流失", "churned", "lost"),
    },
)
CLASS = Choice(
    {"key": N_("Key account"), "smb": N_("SME"), "individual": N_("Private customer")},
    {
        "key": ("大客户", "重点客户", "重点", "vip", "enterprise", "key customer"),
        "smb": ("中小企业客户", "中小企业", "中小", "sme", "mid-market"),
        "individual": ("个人客户", "个人"),
    },
)

CUSTOMER = Noun(
    "customer",
    "C",
    fields=(
        Field(
            "name", NAME, N_("Name"), ("客户", "客户名称", "公司", "公司名称", "account"), required=True, screen=True
        ),
        Field("kind", SORT, N_("Kind"), ("类型", "客户类型"), default="company"),
        Field("class", CLASS, N_("Class"), ("级别", "等级", "分类", "segment"), screen=True),
        Field("status", STATUS, N_("Status"), ("状态",)),
        Field("industry", LINE, N_("Industry"), ("行业", "sector"), screen=True),
        Field("size", LINE, N_("Size"), ("规模", "人数", "employees")),
        Field("region", LINE, N_("Region"), ("地区", "区域", "大区"), screen=True),
        Field("city", LINE, N_("City"), ("城市",)),
        Field("district", LINE, N_("District"), ("区县", "商圈", "片区")),
        Field("address", LINE, N_("Address"), ("地址",)),
        Field("phone", PHONE, N_("Phone"), ("电话", "手机", "tel")),
        Field("email", EMAIL, N_("E-mail"), ("邮箱", "邮件", "mail")),
        Field("website", URL, N_("Website"), ("网站", "网址", "url")),
        Field("owner", Reference("rep"), N_("Owner"), ("负责人", "客户经理", "销售", "业务员"), screen=True),
        Field("parent", Reference("customer"), N_("Parent"), ("上级", "母公司", "上级客户")),
        Field("language", LANG, N_("Language"), ("语言", "lang")),
        Field("zone", ZONE, N_("Time zone"), ("时区", "timezone", "time_zone")),
        Field("channel", LINE, N_("Channel"), ("来源", "渠道", "source")),
        Field("tags", TAGS, N_("Tags"), ("标签", "tag")),
        Field("created", DATE, N_("Created"), ("创建", "创建日期", "建档日期", "created_on", "since")),
        Field("note", NOTE, N_("Note"), ("备注", "说明", "notes")),
    ),
    label=N_("Customer"),
    plural=N_("Customers"),
    words=("客户", "account", "client"),
)
