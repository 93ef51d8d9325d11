"""A follow-up: what is to be done with a customer, and what was done."""

from __future__ import annotations

from salesctl.domain.kinds import DATE, INSTANT, LINE, NAME, NOTE, Choice, Reference
from salesctl.domain.noun import Field, Noun
from salesctl.i18n import N_

TYPE = Choice(
    {
        "call": N_("Call"),
        "mail": N_("Mail"),
        "visit": N_("Visit"),
        "meeting": N_("Meeting"),
        "wechat": N_("WeChat"),
        "message": N_("Message"),
        "demo": N_("Demo"),
        "task": N_("Task"),
    },
    {
        "call": ("电话", "打电话", "phone", "回访"),
        "mail": ("邮件", "email", "e-mail", "发邮件"),
        "visit": ("拜访", "上门"),
        "meeting": ("会议", "开会", "event"),
        "wechat": ("微信",),
        "message": ("短信", "消息", "sms"),
        "demo": ("演示",),
        "task": ("任务", "待办", "todo"),
    },
)

FOLLOWUP = Noun(
    "followup",
    "F",
    fields=(
        Field(
            "subject", NAME, N_("What"), ("主题", "内容", "做什么", "name", "text", "what"), required=True, screen=True
        ),
        Field("type", TYPE, N_("Type"), ("类型", "方式", "kind"), default="task", screen=True),
        Field("customer", Reference("customer"), N_("Customer"), ("客户", "account"), screen=True),
        Field("deal", Reference("deal"), N_("Deal"), ("商机", "opportunity"), screen=True),
        Field("contact", Reference("contact"), N_("Contact"), ("联系人",)),
        Field("lead", Reference("lead"), N_("Lead"), ("线索",)),
        Field("owner", Reference("rep"), N_("Owner"), ("负责人", "销售", "rep"), screen=True),
        Field("due", DATE, N_("Due"), ("到期", "日期", "计划日期", "due_on"), screen=True),
        Field("due_time", LINE, N_("Time"), ("时间",), screen=True),
        Field("done_at", INSTANT, N_("Done at"), ("完成时间", "done", "时间"), fixed=True),
        Field("outcome", NOTE, N_("Outcome"), ("结果", "result")),
        Field("recurrence", LINE, N_("Repeats"), ("重复", "周期", "repeat", "every")),
        Field("purpose", LINE, N_("Purpose"), ("目的",), fixed=True),
        Field("maker", LINE, N_("Made by"), ("创建人",), fixed=True),
        Field("note", NOTE, N_("Note"), ("备注", "说明", "notes")),
    ),
    label=N_("Follow-up"),
    plural=N_("Follow-ups"),
    title="subject",
    words=("跟进", "待办", "task", "activity", "todo"),
    similar=True,
)
