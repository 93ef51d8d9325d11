"""A contact: somebody at a customer who can be called, and what they have to say in a deal."""

from __future__ import annotations

from salesctl.domain.kinds import EMAIL, LANG, LINE, NAME, NOTE, PHONE, TAGS, Choice, Reference
from salesctl.domain.noun import Field, Noun
from salesctl.i18n import N_

ROLE = Choice(
    {"decides": N_("Decides"), "uses": N_("Uses"), "buys": N_("Buys"), "checks": N_("Checks")},
    {
        "decides": ("决策人", "决策", "决策者", "decision maker", "decider"),
        "uses": ("使用人", "使用", "使用者", "user"),
        "buys": ("采购", "采购人", "buyer", "purchasing"),
        "checks": ("把关", "把关人", "审核", "gatekeeper"),
    },
)

CONTACT = Noun(
    "contact",
    "P",
    fields=(
        Field("name", NAME, N_("Name"), ("姓名", "联系人"), required=True, screen=True),
        Field("customer", Reference("customer"), N_("Customer"), ("客户", "公司", "account", "company"), screen=True),
        Field("title", LINE, N_("Job title"), ("职务", "职位", "job", "job_title", "position"), screen=True),
        Field("role", ROLE, N_("Role"), ("角色", "决策角色"), screen=True),
        Field("phone", PHONE, N_("Phone"), ("电话", "手机", "mobile", "tel"), screen=True),
        Field("email", EMAIL, N_("E-mail"), ("邮箱", "邮件", "mail"), screen=True),
        Field("wechat", LINE, N_("WeChat"), ("微信", "微信号")),
        Field("language", LANG, N_("Language"), ("语言", "lang")),
        Field("tags", TAGS, N_("Tags"), ("标签", "tag")),
        Field("note", NOTE, N_("Note"), ("备注", "说明", "notes")),
    ),
    label=N_("Contact"),
    plural=N_("Contacts"),
    words=("联系人", "person"),
    similar=True,
)
