"""What a deal's screen, today and the reminder say of needs, solutions and quotes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from salesctl.commands._waiting import MOST, Waiting
from salesctl.domain.approval import STATE
from salesctl.domain.kinds import DATE, INSTANT, MONEY
from salesctl.domain.need import KIND, NEED, SOLUTION
from salesctl.domain.quote import QUOTE, STATUS
from salesctl.i18n import _, _n
from salesctl.money import exact
from salesctl.store import quoting

Values = dict[str, Any]
SOON = 3  # days before a quote runs out that it is told
NAMED = 3  # needs that the screen of a deal names


def needs(app: Any, deal: Values) -> tuple[list[str], Values]:
    """The needs of a deal, the key ones first, each with who said so."""
    found = [
        {
            "ref": NEED.code(row["id"]),
            "name": row["name"],
            "kind": row["kind"],
            "rank": row["rank"],
            "is_key": row["is_key"],
            "contact": row["contact"],
        }
        for row in quoting.needs(app.store, deal["id"])
    ]
    order = sorted(found, key=lambda one: one["is_key"] != "yes")
    lines = [_need(one) for one in order[:NAMED]]
    if len(found) > NAMED:
        more = _n("and {n} more", "and {n} more", len(found) - NAMED).format(n=len(found) - NAMED)
        lines[-1] += f"   {more}: salesctl need list deal:{deal['ref']}"
    return lines, {"needs": found}


def _need(one: Values) -> str:
    key = f" ({_('key')})" if one["is_key"] == "yes" else ""
    tail = " ".join(part for part in (one["ref"], one["contact"]) if part)
    return f"{_(KIND.labels[one['kind']])}  {one['name']}{key}   {tail}"


def solution(app: Any, deal: Values) -> tuple[list[str], Values]:
    """The newest version of the deal's solution."""
    row = next(iter(quoting.solutions(app.store, deal["id"])), None)
    if row is None:
        return [], {"solution": None}
    told = {
        "ref": SOLUTION.code(row["id"]),
        "name": row["name"],
        "number": row["number"],
        "status": row["status"],
        "confirmed_by": row["confirmed_by"],
        "confirmed_on": DATE.unpack(row, "confirmed_on"),
    }
    from salesctl.commands import _solution

    return [f"{_('Solution plan')}  {_solution.brief(told)}"], {"solution": told}


def quote(app: Any, deal: Values) -> tuple[list[str], Values]:
    """The quote of a deal that counts: the accepted one, else the newest that stands; with the approval of it."""
    rows = quoting.of_deal(app.store, deal["id"])
    order = ("accepted",), ("sent", "approved", "waiting", "draft"), ("declined",)
    row = next((one for among in order for one in rows if one["status"] in among), None)
    if row is None:
        return [], {"quote": None}
    known = quoting.approval(app.store, row["id"])
    told: Values = {"ref": QUOTE.code(row["id"]), **{key: row[key] for key in ("name", "number", "status")}}
    told |= {key: MONEY.unpack(row, key) for key in ("list_total", "net", "tax", "total")}
    told |= {key: DATE.unpack(row, key) for key in ("valid_until", "decided_on")}
    told["sent_at"] = INSTANT.unpack(row, "sent_at")
    told["approval"] = f"A{known['id']}" if known else None
    told["approval_state"] = known["state"] if known else None
    return [_quote(app, told)], {"quote": told}


def _quote(app: Any, told: Values) -> str:
    """`Quote  Q5 version 2 $480,000, 4 % off the list ($20,000)   approved A3, valid until 2026-12-10`."""
    from salesctl.commands import _quote as shown
    from salesctl.services.base import today

    head = f"{_('Quote')}  {told['ref']} {_('version {n}').format(n=told['number'])} {exact(told['net'])}"
    approved = f"{_(STATE.labels[told['approval_state']]).lower()} {told['approval']}" if told["approval"] else ""
    status = _(STATUS.labels[told["status"]]).lower()
    same = told["approval"] and told["status"] in ("approved", "waiting")
    parts = [approved, "" if same else status, _validity(told, today(app), app.lang)]
    tail = _(", ").join(part for part in parts if part)
    return _(", ").join((head, shown.off(told, brief=True))) + f"   {tail}"


def _validity(told: Values, day: date, lang: str) -> str:
    if told["valid_until"] is None or told["status"] not in ("draft", "waiting", "approved", "sent"):
        return ""
    from salesctl.when import show_date

    said = _("ran out on {day}") if told["valid_until"] < day else _("valid until {day}")
    return said.format(day=show_date(told["valid_until"], day, lang))


def waiting(app: Any, owners: Sequence[int] | None, day: date, as_of: str | None) -> Waiting | None:
    """Quotes that run out within three days, and those that ran out without an answer."""
    rows, total = quoting.running_out(app.store, (day + timedelta(days=SOON)).isoformat(), owners, MOST)
    if not rows:
        return None
    items = [
        {
            "ref": QUOTE.code(row["id"]),
            "name": row["name"],
            "status": row["status"],
            "valid_until": row["valid_until"],
            "net": MONEY.unpack(row, "net"),
            "customer": row["customer"],
            "deal_ref": f"D{row['deal_id']}",
        }
        for row in rows
    ]
    return Waiting("quotes", _("Quotes"), [_due(one, day) for one in items], items, total)


def _due(one: Values, day: date) -> str:
    days = (date.fromisoformat(str(one["valid_until"])) - day).days
    if days < 0:
        said = _n("ran out {n} day ago", "ran out {n} days ago", -days).format(n=-days)
    elif days == 0:
        said = _("runs out today")
    else:
        said = _n("runs out in {n} day", "runs out in {n} days", days).format(n=days)
    return f"{one['ref']} {one['customer'] or one['name']} {said}"
