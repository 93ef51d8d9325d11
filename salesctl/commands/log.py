"""salesctl log: what happened, with whom, and what comes next."""

from __future__ import annotations

from typing import Annotated, Optional

from salesctl.commands import _common as c
from salesctl.errors import UsageError
from salesctl.i18n import N_, _

app = c.Commands()
HELP = N_("""Write down what happened: a call, a mail, a visit. It ticks off what was due of that type with that customer.
Types: call mail visit meeting wechat message demo task, or 电话 邮件 拜访 会议 微信 短信 演示 任务.""")
EXAMPLES = """salesctl log call Acme "budget on Thursday" --next "thu ask for the result"
salesctl log 电话 hnjd "预算周四批" --next 周四问结果
salesctl log D7 "sent the samples" --type mail --at yesterday
salesctl log D7 "talked about the price" --asked "5 % off" --gave "2 % off" --for "40 % paid at once\""""
Given = Annotated[list[str], c.Argument(metavar="[TYPE] REF [TEXT]", help=N_("Type, with whom, and what happened."))]
Type = Annotated[Optional[str], c.Option("--type", metavar="TYPE", help=N_("The type, if not named first."))]  # noqa: UP045
Keep = Annotated[bool, c.Option("--keep", help=N_("Leave what was due open."))]
Contact = Annotated[Optional[str], c.Option("--contact", metavar="NAME", help=N_("Whom you spoke to."))]  # noqa: UP045


@app.command("log", **c.command(HELP, EXAMPLES))
def main(
    ctx: c.Context,
    given: Given,
    type_: Type = None,
    at: c.At = None,
    next: c.Next = None,
    keep: Keep = False,
    contact: Contact = None,
    note: c.NoteOption = None,
    asked: c.Asked = None,
    gave: c.Gave = None,
    in_return: c.InReturn = None,
) -> None:
    from salesctl.commands import _told
    from salesctl.services import followup
    from salesctl.services.bargain import Concession

    app_ = c.app_of(ctx)
    kind, ref, text = split(given, type_)
    text = text or c.note_text(note)
    if not text:
        if not app_.out.can_ask:
            raise UsageError(_("what happened is missing"), _('as: salesctl log {ref} "text"').format(ref=ref))
        text = app_.out.ask(_("what happened?"))
    concession = Concession(asked, gave, in_return)
    done = followup.log(app_, ref, text, type=kind, at=at, next=next, keep=keep, contact=contact, concession=concession)
    _told.answer(app_, done, _("logged"), concession)


def split(words: list[str], kind: str | None) -> tuple[str | None, str, str | None]:
    """[TYPE] REF [TEXT]: the first word is the type where it is one and something follows it."""
    from salesctl.domain.followup import TYPE

    rest = list(words)
    if kind is None and len(rest) > 1 and TYPE.read(rest[0]):
        kind = rest.pop(0)
    if len(rest) > 2:
        text = " ".join(rest[1:])
        raise UsageError(
            _("too many words"), _('quote the text: salesctl log {ref} "{text}"').format(ref=rest[0], text=text)
        )
    return kind, rest[0], rest[1] if len(rest) == 2 else None
