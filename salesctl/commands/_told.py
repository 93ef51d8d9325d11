"""What log, done and snooze say: every guess is shown, who, which deal, which date, what was ticked off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from salesctl.commands._fields import full
from salesctl.domain.followup import FOLLOWUP, TYPE
from salesctl.i18n import _
from salesctl.output.views import Message
from salesctl.text import pad, width

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.services.bargain import Concession
    from salesctl.services.followup import Logged


def answer(app: App, done: Logged, verb: str, conceded: Concession | None = None) -> None:
    """The ref for scripts, the lines for people (in a pipe all in one line), the record for JSON."""
    record = done.record
    rows: list[tuple[str, str, str]] = [(verb, str(record["ref"]), _what(record))]
    rows += [(_("ticked off"), one["ref"], _ticked(one)) for one in done.ticked]
    if conceded and conceded.said and done.deal is not None:
        rows.append((_("conceded"), done.deal["ref"], f"{conceded.gave} <- {conceded.in_return}"))
    if done.planned is not None:
        rows.append((_("next"), done.planned["ref"], _planned(done)))
    if done.deal is not None:
        rows.append((_("deal"), done.deal["ref"], _deal(app, done.deal)))
    if done.lead is not None:
        rows.append((_("lead"), done.lead["ref"], _lead(done.lead)))
    app.out.emit(Message(str(record["ref"]), _laid_out(rows, app.out.err_tty), full(app, FOLLOWUP, record)))


def _laid_out(rows: list[tuple[str, str, str]], tty: bool) -> list[str]:
    """A line each, in columns; where nobody sits before it one line that says the same."""
    if not tty:
        return ["; ".join("  ".join(row) for row in rows)]
    left = max(width(row[0]) for row in rows)
    middle = max(width(row[1]) for row in rows)
    return [f"{pad(a, left)}  {pad(b, middle)}  {c}" for a, b, c in rows]


def _what(record: dict[str, Any]) -> str:
    type_ = _(TYPE.labels[record["type"]])
    keys = ("customer", "contact") if record["customer"] or not record["lead"] else ("lead", "contact")
    who = " ".join(str(record[key]) for key in keys if record[key])
    when = f"{record['due']} {record['due_time'] or ''}".strip() if record["due"] and not record["done_at"] else ""
    return "  ".join(part for part in (type_, who, str(record["subject"]), when) if part)


def _ticked(record: dict[str, Any]) -> str:
    return _("{subject}, planned for {day}; to keep it open: --keep").format(
        subject=record["subject"], day=record["due"]
    )


def _planned(done: Logged) -> str:
    assert done.planned is not None
    one = done.planned
    day = f"{one['due']} {one['due_time'] or ''}".strip()
    heard = "  " + _('"{heard}" read as {day}').format(heard=done.heard, day=one["due"]) if done.heard else ""
    return f"{day}  {_(TYPE.labels[one['type']])} {one['subject']}{heard}"


def _lead(lead: dict[str, Any]) -> str:
    from salesctl.domain.lead import STATUS

    parts = [str(lead["name"]), _(STATUS.labels[lead["status"] or "new"]), lead["channel"] or ""]
    return "  ".join(part for part in parts if part)


def _deal(app: App, deal: dict[str, Any]) -> str:
    from salesctl.commands._fields import stage_name
    from salesctl.domain.deal import DEAL
    from salesctl.money import exact
    from salesctl.services.base import today

    values = full(app, DEAL, deal)
    parts = [str(deal["name"])]
    if deal["stage"]:
        day = f" {_('day {n}').format(n=values['stage_days'] + 1)}" if values["stage_days"] is not None else ""
        parts.append(stage_name(deal["stage"]) + day)
    if deal["amount"]:
        parts.append(exact(deal["amount"]))
    if deal["expected_close"]:
        from salesctl.when import ago

        parts.append(
            _("close {day} ({ago})").format(day=deal["expected_close"], ago=ago(deal["expected_close"], today(app)))
        )
    return "  ".join(parts)
