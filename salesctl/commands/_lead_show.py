"""The screen of one lead, and what the screens of a deal and of a customer say of leads."""

from __future__ import annotations

from typing import Any

from salesctl.commands._fields import columns
from salesctl.domain.followup import TYPE
from salesctl.domain.kinds import INSTANT
from salesctl.domain.lead import LEAD, LIVE, STATUS
from salesctl.domain.leadclock import CLOCKS
from salesctl.i18n import N_, _, _n
from salesctl.money import exact
from salesctl.output.views import Screen
from salesctl.services.lead_figures import of_one, spoken
from salesctl.store import leads, pools, records

Values = dict[str, Any]


def lead(app: Any, values: Values) -> Screen:
    """Who it is and whom to call, how it was screened and why, its clocks, what was done, what comes next."""
    raw = records.raw(app.store, LEAD, values["id"])
    done, planned = leads.followups(app.store, values["id"])
    events = pools.events(app.store, "lead", values["id"])
    timed = of_one(app, raw)
    lines = [_head(values), *_status(values), *_who(values), *_clocks(timed), *_pool(app, values, events)]
    zone = _zone(app)
    if done:
        said = [f"{_day(one['done_at'], zone)} {_(TYPE.labels[one['type']])} {one['subject']}" for one in done[:3]]
        lines.append(f"{_('Last')}  " + "   ".join(said))
    for one in planned[:2]:
        lines.append(f"{_('Next')}  {one['ref']} {one['due'] or ''} {_(TYPE.labels[one['type']])} {one['subject']}")
    if not planned and values["status"] in LIVE:
        lines.append(_('No next step: salesctl log {ref} "text" --next "fri call"').format(ref=values["ref"]))
    if values["note"]:
        lines.append(f"{_('Note')}  {values['note']}")
    data = {**values, "clocks": timed, "last": _plain(done), "planned": _plain(planned), "pool": events}
    return Screen(_wrapped(app, lines), data, rows=[values], columns=columns(LEAD), hint=_hint(values))


def _wrapped(app: Any, lines: list[str]) -> list[str]:
    from salesctl.text import wrap

    return [part for line in lines for part in wrap(line, app.out.width)] if app.out.width else lines


def _plain(rows: list[Values]) -> list[Values]:
    return [{key: value for key, value in row.items() if key != "id"} for row in rows]


def _zone(app: Any) -> Any:
    from salesctl.services.base import local_now

    return local_now(app).tzinfo


def _day(instant: str, zone: Any) -> str:
    moment = INSTANT.unpack({"at": instant}, "at")
    return str(moment.astimezone(zone).date()) if moment else ""


def _head(values: Values) -> str:
    owner = values["owner"] or _("in the pool") if values["status"] in LIVE else values["owner"] or ""
    parts = [f"{values['ref']} {values['name']}", owner]
    if values["created"]:
        parts.append(_("since {day}").format(day=values["created"]))
    return "  ".join(part for part in parts if part)


def _status(values: Values) -> list[str]:
    """The status with fit and reason, where it came from, and what it became."""
    parts = [_(STATUS.labels[values["status"] or "new"])]
    if values["fit"] is not None:
        parts.append(_("fit {n} of 5").format(n=values["fit"]))
    if values["channel"]:
        parts.append(f"{_('from')} {values['channel']}")
    if values["referred_by"]:
        parts.append(f"{_('Referred by')} {values['referred_by_ref']} {values['referred_by']}")
    lines = ["   ".join(parts)]
    if values["reason"]:
        lines.append(f"{_('Screening')}  {values['reason']}")
    if values["deal_ref"]:
        became = f"{values['customer_ref']} {values['customer']}   {values['deal_ref']} {values['deal']}"
        lines.append(f"{_('Became')}  {became}")
    return lines


def _who(values: Values) -> list[str]:
    person = " ".join(str(values[key]) for key in ("contact", "phone", "email", "wechat") if values[key])
    facts = [str(values[key]) for key in ("industry", "size", "region") if values[key]]
    if values["budget"]:
        facts.append(f"{_('Budget')} {exact(values['budget'])}")
    lines = [f"{_('Contact')}  {person}"] if person else []
    lines += ["  ".join(facts)] if facts else []
    return [*lines, *([f"{_('Need')}  {values['need']}"] if values["need"] else [])]


def _clocks(timed: list[Values]) -> list[str]:
    """`Clocks  until assigned 0 h 10   until followed up > 3 h 20 of 8 h`, in business hours with the wall beside."""
    parts = []
    for one in timed:
        name = _(CLOCKS[one["clock"]])
        text = f"{name} {spoken(one['business_minutes'], one['waiting'])}"
        if one["wall_minutes"] != one["business_minutes"]:
            text += " " + _("(wall {wall})").format(wall=spoken(one["wall_minutes"]))
        if one["waiting"] and one["limit_hours"]:
            text += " " + (_("over {n} h!") if one["late"] else _("of {n} h")).format(n=one["limit_hours"])
        parts.append(text)
    return [f"{_('Clocks')}  " + "   ".join(parts)] if parts else []


def _pool(app: Any, values: Values, events: list[Values]) -> list[str]:
    """When it goes back to the pool, while somebody has it; and how it came there, when it was there last."""
    from salesctl.services import pool
    from salesctl.services.base import today

    known = {"returned": _("given back"), "reclaimed": _("taken back"), "claimed": _("claimed")}
    lines = []
    if values["owner"] and values["status"] in LIVE:
        owner = int(values["owner_ref"][1:])
        for one in [*pool.losses(app, app.store, [owner]), *pool.losses(app, app.store, [owner], warned=True)]:
            if (one.noun, one.id) == ("lead", values["id"]):
                days = max(0, one.left(today(app)))
                text = _n("back to the pool in {n} day", "back to the pool in {n} days", days).format(n=days)
                lines.append(f"{_('Pool')}  {text} ({one.rule} {one.limit})")
    if events:
        last = events[0]
        said = [_day(last["at"], _zone(app)), known[last["kind"]], last["rep"] or "", last["reason"] or ""]
        lines.append(f"{_('Pool')}  " + " ".join(part for part in said if part))
    return lines


def _hint(values: Values) -> str:
    """The command that brings it on."""
    ref = values["ref"]
    if values["status"] == "converted":
        return _("go on: salesctl show {ref}").format(ref=values["deal_ref"])
    if values["status"] == "rejected":
        return _("take it up again: salesctl lead screen {ref} --accept").format(ref=ref)
    if not values["owner"]:
        return _("take it: salesctl lead claim {ref}").format(ref=ref)
    if values["status"] == "new":
        return _("screen it: salesctl lead screen {ref} --auto").format(ref=ref)
    return _("make a deal of it: salesctl lead convert {ref}").format(ref=ref)


def of_deal(app: Any, deal: Values) -> tuple[list[str], Values]:
    """The leads that a deal came of, with who recommended them."""
    found = leads.of_deal(app.store, deal["id"])
    lines = []
    for one in found:
        parts = [f"{one['ref']} {one['name']}", one["channel"] or "", str(one["created"] or "")]
        if one["referred_by"]:
            parts.append(f"{_('Referred by')} {one['referred_by_ref']} {one['referred_by']}")
        lines.append(f"{_('Lead')}  " + "  ".join(part for part in parts if part))
    return lines, {"leads": found}


def of_customer(app: Any, customer: Values) -> tuple[list[str], Values]:
    """The leads that a customer recommended or came of, and that nobody has it."""
    found = leads.of_customer(app.store, customer["id"])
    lines = []
    for label, key in ((N_("Recommended"), "recommended"), (N_("Lead"), "became")):
        named = [
            f"{one['ref']} {one['name']} ({_(STATUS.labels[one['status'] or 'new'])})" for one in found if one[key]
        ]
        if named:
            more = _n("and {n} more", "and {n} more", len(named) - 5).format(n=len(named) - 5) if len(named) > 5 else ""
            lines.append(f"{_(label)}  " + "   ".join([*named[:5], *([more] if more else [])]))
    if not customer["owner"] and _pools_customers(app):
        lines.append(_("in the pool: salesctl lead claim {ref}").format(ref=customer["ref"]))
    return lines, {"leads": found}


def _pools_customers(app: Any) -> bool:
    """Whether customers that nobody looks after go to the pool here."""
    from salesctl.store import deals, sops

    sop = sops.sop_of(app.store, deals.first_pipeline(app.store))
    return bool(sop and sop.part("pool").get("customer_days"))
