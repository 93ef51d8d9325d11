"""The screens of one deal, one customer, and a record's history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from salesctl.commands import _lead_show, _parts, _work
from salesctl.commands._fields import columns, stage_name
from salesctl.domain.contact import ROLE
from salesctl.domain.followup import TYPE
from salesctl.domain.nouns import NOUNS
from salesctl.domain.stage import Step
from salesctl.i18n import N_, _, _n
from salesctl.money import Money, exact, short
from salesctl.output.views import Column, Screen, Table
from salesctl.store import deals, story

if TYPE_CHECKING:
    from salesctl.app import App

COLUMNS = (
    Column("at", N_("When")),
    Column("actor", N_("Who")),
    Column("command", N_("Command")),
    Column("action", N_("Action"), screen=False),
    Column("field", N_("Field")),
    Column("before", N_("Before"), grow=True),
    Column("after", N_("After"), grow=True),
)


def history(app: Any, noun: Any, text: str) -> None:
    """What was done to a record, a line for each field that changed, newest first."""
    from salesctl.services.base import reading
    from salesctl.store import changes

    ref = reading(app).find(noun.name, text)
    told = _target_said(app, ref.id) if noun.name == "goal" else {}
    rows = []
    for change in changes.history(app.store, noun, ref.id):
        head = {"at": change.at, "actor": change.actor, "command": change.command, "action": change.action}
        fields: dict[Any, Any] = dict(change.fields.items()) or {None: (None, None)}
        for key, (was, now) in fields.items():
            say = told.get(key, said)
            rows.append({**head, "field": key, "before": say(was), "after": say(now)})
    app.out.emit(Table(rows, COLUMNS, title=f"{ref.code} {ref.name}" if app.out.human else ""))


def _target_said(app: App, id: int) -> dict[Any, Callable[[Any], str | None]]:
    """How the target of a goal is said: it is kept as a whole number in its KPI's unit."""
    from salesctl.domain.goal import GOAL
    from salesctl.domain.kpi import KPIS
    from salesctl.services.target import value_of
    from salesctl.store import records

    goal = records.get(app.store, GOAL, id)

    def say(value: Any) -> str | None:
        if value is None:
            return None
        amount = value_of(KPIS[goal["kpi"]], int(value), goal["currency"])
        return f"{amount.text} {amount.currency}" if isinstance(amount, Money) else f"{amount:g}"

    return {"target": say}


def said(value: Any) -> str | None:
    return None if value is None else str(value)


def deal(app: Any, values: dict[str, Any]) -> Screen:
    """The stage path at the centre; who, what was last, what is next, and the command that moves it on."""
    lines = [_headline(app, values), _standing(app, values), "", _path(app, values)]
    people = story.contacts(
        app.store, values["customer_id"] if "customer_id" in values else _id(values["customer_ref"])
    )
    if people:
        lines.append(f"{_('Contacts')}  " + "      ".join(_person(one) for one in people[:3]))
    for label, key in ((N_("Product"), "product"), (N_("Competitor"), "competitor"), (N_("Note"), "note")):
        if values[key]:
            lines.append(f"{_(label)}  {values[key]}")
    more, told = _parts.gather(app, values)
    lines += more
    step, items = _work.checks(app, values["id"])
    asked, fix = _work.block(step, items)
    lines += asked
    done, planned = story.of_deal(app.store, values["id"])
    if done:
        lines.append(f"{_('Last')}  " + "   ".join(_event(app, one) for one in done[:3]))
    for one in planned[:2]:
        lines.append(f"{_('Next')}  F{one['id']} {one['due'] or ''} {_(TYPE.labels[one['type']])} {one['subject']}")
    if not planned and not values["outcome"]:
        lines.append(_('No next step: salesctl log {ref} "text" --next "fri call"').format(ref=values["ref"]))
    hint = "" if values["outcome"] else _("move it on: salesctl advance {ref}").format(ref=values["ref"])
    hint = (
        _("first: {fix}   then {advance}").format(fix=fix, advance=f"salesctl advance {values['ref']}") if fix else hint
    )
    data = {
        **values,
        "contacts": people,
        "planned": planned,
        "last": done,
        "lines": story.lines(app.store, values["id"]),
        **told,
        "checks": _work.data(items),
    }
    return Screen(lines, data, rows=[values], columns=columns(NOUNS["deal"]), hint=hint)


def _id(ref: str | None) -> int | None:
    return int(ref[1:]) if ref else None


def _since(app: App, day: date) -> str:
    """Since when a deal runs, and the how manieth day of it this is."""
    from salesctl.services.base import today

    return _("since {day}, day {n}").format(day=day, n=(today(app) - day).days + 1)


def _headline(app: App, values: dict[str, Any]) -> str:
    parts = [f"{values['ref']} {values['name']}", values["customer"] or "", values["owner"] or ""]
    if values["created"]:
        parts.append(
            _since(app, values["created"]) if not values["outcome"] else _("since {day}").format(day=values["created"])
        )
    return "  ".join(part for part in parts if part)


def _standing(app: Any, values: dict[str, Any]) -> str:
    parts = []
    if values["outcome"]:
        word = _("won") if values["outcome"] == "won" else _("lost")
        why = f": {values['lost_reason']}" if values["lost_reason"] else ""
        parts.append(f"{word} {values['closed'] or ''}{why}")
    elif values["stage"]:
        limit = story.limit(app.store, values["stage_ref"])
        day = "" if values["stage_days"] is None else " " + _("day {n}").format(n=values["stage_days"] + 1)
        most = " " + _("(limit {n})").format(n=limit) if limit else ""
        parts.append(stage_name(values["stage"]) + day + most)
    if values["amount"]:
        parts.append(exact(values["amount"]))
    if values["probability"] is not None and not values["outcome"]:
        source = {"hand": _("by hand"), "import": _("imported"), "stage": _("stage")}[
            values["probability_source"] or "stage"
        ]
        parts.append(_("{n} % ({source})").format(n=values["probability"], source=source))
    if values["expected_close"] and not values["outcome"]:
        parts.append(_("close {day}").format(day=values["expected_close"]))
    return "   ".join(parts)


def _path(app: Any, values: dict[str, Any]) -> str:
    pipeline = _pipeline(values)
    steps = deals.steps(app.store, pipeline, every=False)
    names = [f"[{s.short}]" if s.name == values["stage"] else s.short for s in steps]
    channel = f"      {_('from')} {values['channel']}" if values["channel"] else ""
    return " > ".join(names) + channel


def _pipeline(values: dict[str, Any]) -> int | None:
    ref = values["pipeline_ref"]
    return int(ref[2:]) if ref else None


def _person(one: dict[str, Any]) -> str:
    role = _(ROLE.labels[one["role"]]) if one["role"] else None
    return " ".join(str(part) for part in (one["name"], one["title"], role, one["phone"]) if part)


def _event(app: Any, one: dict[str, Any]) -> str:
    return f"{one['day']} {one['what']}"


def customer(app: Any, values: dict[str, Any]) -> Screen:
    """Whom to call, what they bought, what is open, then the story, newest first."""
    people = story.contacts(app.store, values["id"])
    bought, open_ = story.bought(app.store, values["id"]), story.open_deals(app.store, values["id"])
    lines = [f"{values['ref']} {values['name']}" + (f"  {_class(values)}" if values["class"] else "") + _owner(values)]
    facts = [
        str(values[key])
        for key in ("industry", "size", "region", "city", "district", "address", "phone")
        if values[key]
    ]
    lines += ["  ".join(facts)] if facts else []
    if people:
        lines.append(f"{_('Contacts')}  " + "      ".join(_person(one) for one in people[:3]))
    if bought:
        deals_ = _n("{n} deal", "{n} deals", bought["n"]).format(n=bought["n"])
        money = "  ".join(exact(one) for one in bought["sums"])
        lines.append(f"{_('Bought')}  {deals_} {money}  {_('last on {day}').format(day=bought['last'])}")
    for one in open_[:5]:
        lines.append(f"{_('Open')}  " + _open(app, one))
    more, of_leads = _lead_show.of_customer(app, values)
    lines += more
    told, total = story.of_customer(app.store, values["id"])
    lines += ["", *(f"{one['day']}  {one['ref']:<6}{one['what']}  {one['actor'] or ''}".rstrip() for one in told[:8])]
    if total > 8:
        lines.append(
            _("8 of {n}; what was changed: salesctl customer history {ref}").format(n=total, ref=values["ref"])
        )
    data = {**values, "contacts": people, "bought": bought, "open_deals": open_, "timeline": told, **of_leads}
    hint = _('log a call: salesctl log call {ref} "text"').format(ref=values["ref"])
    return Screen(lines, data, rows=[values], columns=columns(NOUNS["customer"]), hint=hint)


def _class(values: dict[str, Any]) -> str:
    from salesctl.domain.customer import CLASS

    return _(CLASS.labels[values["class"]])


def _owner(values: dict[str, Any]) -> str:
    return f"  {_('Owner')} {values['owner']}" if values["owner"] else ""


def _open(app: Any, one: dict[str, Any]) -> str:
    step = Step(0, one["stage"] or "", one["stage_key"], 0, None, "open")
    parts = [one["ref"], one["name"], short(one["amount"], app.lang) if one["amount"] else "", step.shown]
    if one["probability"] is not None:
        parts.append(f"{one['probability']} %")
    if one["expected_close"]:
        parts.append(_("close {day}").format(day=one["expected_close"]))
    return "  ".join(part for part in parts if part)
