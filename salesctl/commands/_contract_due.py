"""Money that is due and contracts that are to be renewed: the list of payments, and what today and remind say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from salesctl.commands._contract import STATES, state
from salesctl.commands._waiting import MOST, Waiting, word
from salesctl.domain.contract import CONTRACT, RENEWAL
from salesctl.i18n import N_, _, _n
from salesctl.money import Money, exact
from salesctl.output.views import Column, Table
from salesctl.store import contracts

Values = dict[str, Any]
DUE = (
    Column("ref", N_("Contract")),
    Column("name", N_("Number")),
    Column("customer", N_("Customer"), grow=True),
    Column("due", N_("Due")),
    Column("days_late", N_("Days late"), "r"),
    Column("amount", N_("Amount"), "r", "money", screen=False),
    Column("received", N_("Received"), "r", "money", screen=False),
    Column("open", N_("Unpaid"), "r", "money"),
    Column("state", N_("State"), show=lambda value: _(STATES[value])),
    Column("deal_ref", N_("Deal"), screen=False),
    Column("deal", N_("Deal"), screen=False),
    Column("customer_ref", N_("Customer"), screen=False),
    Column("owner", N_("Owner")),
)


def due(app: Any, given: Mapping[str, Any], most: int) -> Table:
    """Open payments by their days, and their sums by currency."""
    from salesctl.commands._standard import conditions

    where, day = conditions(app, CONTRACT, given)
    found = (
        sorted(contracts.due(app.store, where), key=lambda one: (one["due"], one["contract_id"]))
        if app.store.exists
        else []
    )
    rows = [_due(one, day) for one in found]
    footer = [_totals(rows)] if rows else []
    shown = rows[:most] if most else rows
    return Table(shown, DUE, footer=footer, empty=_("nothing is due"), total=len(rows) if most else None)


def _due(one: Values, day: date) -> Values:
    code = one["currency"]
    amounts = {key: Money(one[key], code) for key in ("amount", "received", "open")}
    late = (day - one["due"]).days
    return {**one, **amounts, "days_late": late if late > 0 else None, "state": state(one["due"], one["open"], day)}


def _totals(rows: Sequence[Values]) -> str:
    """Open and overdue money, by currency; never added up over two of them."""
    sums: dict[str, dict[str, int]] = {"open": {}, "overdue": {}}
    for one in rows:
        for name in ("open", *(("overdue",) if one["state"] == "overdue" else ())):
            code = one["open"].currency
            sums[name][code] = sums[name].get(code, 0) + one["open"].minor
    labels = {"open": _("unpaid"), "overdue": _("overdue")}
    said = [
        f"{labels[name]} " + " + ".join(exact(Money(minor, code)) for code, minor in sorted(found.items()))
        for name, found in sums.items()
        if found
    ]
    return "  ".join(said)


def unpaid(app: Any, owners: Sequence[int] | None, day: date, as_of: str | None) -> Waiting | None:
    """Contracts with payments that are due, for today and remind."""
    rows, total = contracts.unpaid(app.store, day, owners, MOST)
    if not rows:
        return None
    parts, items = [], []
    for one in rows:
        left = Money(max(0, (one["due"] or 0) - (one["received"] or 0)), one["currency"])
        ref = CONTRACT.code(one["id"])
        text = " ".join(part for part in (ref, one["customer"] or one["name"], exact(left)) if part)
        parts.append(word(text, (day - one["next_due"]).days))
        items.append({"ref": ref, "name": one["name"], "customer": one["customer"], "deal_ref": f"D{one['deal_id']}",
                      "due": one["next_due"], "open": left})  # fmt: skip
    return Waiting("payments", _("Payments due"), parts, items, total)


def renewals(app: Any, owners: Sequence[int] | None, day: date, as_of: str | None) -> Waiting | None:
    """Contracts whose renewal is to be seen to, for today and remind."""
    rows, total = contracts.renewals(app.store, day, owners, MOST)
    if not rows:
        return None
    parts, items = [], []
    for one in rows:
        ref, left = CONTRACT.code(one["id"]), (one["ends"] - day).days
        when = (
            _n("ends in {n} day", "ends in {n} days", left).format(n=left)
            if left > 0
            else _("ended {day}").format(day=one["ends"])
        )
        if left == 0:
            when = _("ends today")
        parts.append(f"{ref} {one['customer'] or one['name']} {when} ({_(RENEWAL.labels[one['renewal']])})")
        keys = ("name", "customer", "ends", "renewal", "value")
        items.append({"ref": ref, "deal_ref": f"D{one['deal_id']}", **{key: one[key] for key in keys}})
    return Waiting("renewals", _("Renewals"), parts, items, total)
