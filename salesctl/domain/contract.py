"""A contract: what was signed, for how much, until when, and how it goes on."""

from __future__ import annotations

from salesctl.domain.kinds import DATE, INT, MONEY, NAME, NOTE, Choice, Reference
from salesctl.domain.noun import Field, Noun
from salesctl.i18n import N_

RENEWAL = Choice(
    {"none": N_("ends"), "ask": N_("to be renewed"), "auto": N_("renews itself")},
    {"none": ("不续", "到期终止"), "ask": ("需续签", "续签"), "auto": ("自动续签", "自动")},
)

CONTRACT = Noun(
    "contract",
    "K",
    fields=(
        Field("name", NAME, N_("Number"), ("合同编号", "编号", "number"), required=True, screen=True),
        Field("deal", Reference("deal"), N_("Deal"), ("商机",), required=True, fixed=True, screen=True),
        Field("customer", Reference("customer"), N_("Customer"), ("客户",), fixed=True, screen=True),
        Field("quote", Reference("quote"), N_("Quote"), ("报价",), fixed=True),
        Field("signed", DATE, N_("Signed"), ("签订", "签订日期", "date"), fixed=True, screen=True),
        Field("value", MONEY, N_("Value"), ("金额", "合同金额", "amount"), screen=True),
        Field("starts", DATE, N_("Starts"), ("开始", "生效", "begin")),
        Field("ends", DATE, N_("Ends"), ("结束", "到期", "end"), screen=True),
        Field("term_months", INT, N_("Months"), ("月数", "期限", "term")),
        Field("renewal", RENEWAL, N_("Renewal"), ("续约", "续签"), default="none", screen=True),
        Field("notice_days", INT, N_("Notice days"), ("提前天数", "notice"), help=N_("Days before the end to act.")),
        Field("signed_by", Reference("contact"), N_("Signed by"), ("签字人",)),
        Field("owner", Reference("rep"), N_("Owner"), ("负责人", "rep")),
        Field("received", MONEY, N_("Received"), ("已收", "已回款"), fixed=True, screen=True),
        Field("next_due", DATE, N_("Next due"), ("下次回款", "应收日期"), fixed=True, screen=True),
        Field("act_on", DATE, N_("Renew from"), ("续约提醒", "提醒日期"), fixed=True),
        Field("follows", Reference("contract"), N_("Follows"), ("续自", "上期合同"), fixed=True),
        Field("note", NOTE, N_("Note"), ("备注", "说明", "notes")),
    ),
    label=N_("Contract"),
    plural=N_("Contracts"),
    words=("合同",),
)
