"""Negotiation as it is shown: concessions, rivals, and the hand-over of a won deal to after-sales."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from salesctl.i18n import N_, _, _n
from salesctl.money import exact
from salesctl.output.views import Column, Message, Screen, Table
from salesctl.store import bargains

Values = dict[str, Any]
CONCESSIONS = (
    Column("at", N_("When")),
    Column("asked", N_("Asked")),
    Column("gave", N_("Gave"), grow=True),
    Column("in_return", N_("In return"), grow=True),
    Column("rep", N_("Who")),
)
STATES = {"open": N_("still in"), "beaten": N_("beaten"), "won": N_("got it"), "out": N_("out as well")}
RIVALS = (
    Column("name", N_("Rival"), grow=True),
    Column("price", N_("Price"), "r", "money"),
    Column("strength", N_("Strength")),
    Column("weakness", N_("Weakness")),
    Column("state", N_("State"), show=lambda value: _(STATES[value])),
    Column("at", N_("Since"), screen=False),
)


def beside(app: Any, given: Mapping[str, Any]) -> Callable[[Any, int], None] | None:
    """The concession that an edit of a deal writes down with it, where one is said."""
    from salesctl.services.bargain import Concession, concede

    one = Concession(given["asked"], given["gave"], given["in_return"])
    return (lambda work, deal: concede(app, work, deal, one)) if one.said else None


def concessions(app: Any, text: str) -> Table:
    """The concessions of a deal, oldest first."""
    from salesctl.services.base import reading

    ref = reading(app).find("deal", text)
    rows = [
        {**one, "at": _day(app, one["at"])} if app.out.human else one for one in bargains.concessions(app.store, ref.id)
    ]
    return Table(
        rows, CONCESSIONS, title=f"{ref.code} {ref.name}" if app.out.human else "", empty=_("no concession yet")
    )


def rivals(app: Any, text: str) -> Table:
    """The rivals on a deal."""
    from salesctl.services.base import reading

    ref = reading(app).find("deal", text)
    title = f"{ref.code} {ref.name}" if app.out.human else ""
    return Table(bargains.rivals(app.store, ref.id), RIVALS, title=title, empty=_("no rival is known"))


def _day(app: Any, at: Any) -> str:
    from salesctl.services.base import local_now

    return str(at.astimezone(local_now(app).tzinfo).date())


def named(deal: Any, rival: Values) -> Message:
    """The answer to a rival that was written down."""
    said = f"{_('rival')}  {deal.code} {deal.name}  {_rival(rival)}"
    return Message(deal.code, [said], {"deal": deal.name, "deal_ref": deal.code, **rival})


def _rival(one: Values) -> str:
    parts = [one["name"]]
    if one["price"]:
        parts.append(_("quotes {price}").format(price=exact(one["price"])))
    parts += [f"+ {one['strength']}"] if one["strength"] else []
    parts += [f"- {one['weakness']}"] if one["weakness"] else []
    if one["state"] != "open":
        parts.append(_(STATES[one["state"]]))
    return ", ".join(parts)


def part(app: Any, deal: Values) -> tuple[list[str], Values]:
    """Rivals and concessions on the screen of a deal, in one line where they have room."""
    known, given = bargains.rivals(app.store, deal["id"]), bargains.concessions(app.store, deal["id"])
    lines = [f"{_('Rivals')}  " + "; ".join(_rival(one) for one in known)] if known else []
    if given:
        times = _n("Conceded once: for {what}", "Conceded {n} times, last for {what}", len(given))
        lines.append(times.format(n=len(given), what=given[-1]["in_return"]))
    return _joined(app, lines), {"rivals": known, "concessions": given}


def _joined(app: Any, lines: list[str]) -> list[str]:
    from salesctl.text import width

    room = app.out.width or 80
    if len(lines) == 2 and width(lines[0]) + width(lines[1]) + 6 <= room:
        return [f"{lines[0]}      {lines[1]}"]
    return lines


def handover_part(app: Any, deal: Values) -> tuple[list[str], Values]:
    """The hand-over list on the screen of a won deal."""
    if deal["outcome"] != "won":
        return [], {"handover": []}
    tasks = _tasks(app, deal)
    done = sum(one["state"] == "done" for one in tasks)
    nearest = next((one for one in tasks if one["state"] == "open"), None)
    line = f"{_('Hand-over')}  {done}/{len(tasks)}"
    if nearest:
        line += f"  [ ] {nearest['ref']} {nearest['name']}{_whose(nearest)}"
    return [line] if tasks else [], {"handover": tasks}


def _tasks(app: Any, deal: Values) -> list[Values]:
    """The tasks of what comes after the win."""
    from salesctl.store import deals, sops

    pipeline = int(deal["pipeline_ref"][2:]) if deal["pipeline_ref"] else None
    steps = [one.id for one in deals.steps(app.store, pipeline) if one.phase == "after"]
    keys = ("name", "key", "state", "due", "owner", "done_by", "note")
    return [
        {"ref": f"TK{row['id']}", **{key: row[key] for key in keys}}
        for row in sops.tasks_of(app.store, deal["id"])
        if row["stage_id"] in steps and row["state"] != "skipped"
    ]


def handover(app: Any, text: str) -> Screen:
    """What after-sales does next, and what it has to know: contract, people, promises, needs, solution, what was sold."""
    from salesctl.domain.deal import DEAL
    from salesctl.services.base import reading
    from salesctl.store import contracts, records, story

    ref = reading(app).find("deal", text)
    deal = records.get(app.store, DEAL, ref.id)
    accepted = bargains.quote(app.store, ref.id)
    told: Values = {
        "tasks": _tasks(app, deal),
        "contracts": contracts.of_deal(app.store, ref.id),
        "contacts": story.contacts(app.store, deal["customer_id"]),
        "promises": bargains.concessions(app.store, ref.id),
        "needs": bargains.needs(app.store, ref.id),
        "solution": bargains.solution(app.store, ref.id),
        "lines": bargains.delivered(app.store, ref.id, accepted["id"] if accepted else None),
    }
    lines = [_head(deal), *_list(deal, told["tasks"]), "", *_known(told)]
    keys = ("ref", "name", "customer", "customer_ref", "owner", "outcome", "closed", "note")
    return Screen(lines, {**{key: deal[key] for key in keys}, **told}, rows=told["tasks"], columns=TASKS)


TASKS = tuple(Column(key, key) for key in ("ref", "name", "key", "state", "due", "owner", "done_by", "note"))


def _head(deal: Values) -> str:
    parts = [f"{_('Hand-over')}  {deal['ref']} {deal['name']}", deal["customer"] or ""]
    parts += [_("won {day}").format(day=deal["closed"])] if deal["outcome"] == "won" else []
    parts += [_("sold by {owner}").format(owner=deal["owner"])] if deal["owner"] else []
    return "  ".join(part for part in parts if part)


def _list(deal: Values, tasks: list[Values]) -> list[str]:
    if not tasks and deal["outcome"] != "won":
        return [_("the list comes with the win: salesctl contract sign {ref}").format(ref=deal["ref"])]
    return [f"  [{'x' if one['state'] == 'done' else ' '}] {one['ref']} {one['name']}{_whose(one)}" for one in tasks]


def _whose(task: Values) -> str:
    said = ", ".join(str(part) for part in (task["due"], task["owner"]) if part)
    return f"  ({said})" if said else ""


def _known(told: Values) -> list[str]:
    """What there is to know, a line each; what there is nothing of is left out."""
    from salesctl.commands._contract import brief
    from salesctl.domain.contact import ROLE

    rows: list[tuple[str, list[str]]] = [(_("Contract"), [brief(one) for one in told["contracts"]])]
    people = []
    for one in told["contacts"]:
        role = _(ROLE.labels[one["role"]]) if one["role"] else None
        people.append(" ".join(str(part) for part in (one["name"], one["title"], role, one["phone"]) if part))
    rows.append((_("Contacts"), people))
    rows.append(
        (
            _("Promised"),
            [f"{one['gave']} ({_('for {what}').format(what=one['in_return'])})" for one in told["promises"]],
        )
    )
    rows.append((_("Needs"), [f"{one['ref']} {one['name']}" for one in told["needs"]]))
    solution = told["solution"]
    rows.append((_("Solution"), [f"{solution['ref']} {solution['name']}"] if solution else []))
    sold = [
        f"{one['product']} x {one['quantity']}" + (f" = {exact(one['amount'])}" if one["amount"] else "")
        for one in told["lines"]
    ]
    rows.append((_("Sold"), sold))
    return [f"{label}  {text}" for label, texts in rows for text in texts]
