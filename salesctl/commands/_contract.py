"""One contract as it is shown: in a line, on the screen of its deal, and whole with payments, sums and files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from salesctl.commands._fields import columns, full
from salesctl.domain.contract import CONTRACT, RENEWAL
from salesctl.i18n import N_, _
from salesctl.money import Money, exact
from salesctl.output.views import Screen
from salesctl.store import contracts

if TYPE_CHECKING:
    from salesctl.domain.payment import Open

Values = dict[str, Any]
STATES = {"paid": N_("paid"), "overdue": N_("overdue"), "today": N_("today"), "coming": N_("coming")}


def brief(values: Values) -> str:
    """A contract in a line: number, value, from when to when, how it goes on."""
    parts = [values["ref"], values["name"], exact(values["value"]) if values["value"] else ""]
    parts.append(_("signed {day}").format(day=values["signed"]) if values["signed"] else _("not signed yet"))
    if values["starts"] or values["ends"]:
        parts.append(f"{values['starts'] or ''}..{values['ends'] or ''}")
    if values["ends"]:
        parts.append(_(RENEWAL.labels[values["renewal"] or "none"]))
    return "  ".join(part for part in parts if part)


def part(app: Any, deal: Values) -> tuple[list[str], Values]:
    """The contracts on the screen of a deal, with the money that came in and what is due next."""
    found = contracts.of_deal(app.store, deal["id"])
    keys = ("ref", "name", "signed", "value", "starts", "ends", "renewal", "received", "next_due")
    lines = [f"{_('Contract')}  {_short(one)}" for one in found]
    return lines, {"contracts": [{key: one[key] for key in keys} for one in found]}


def _short(one: Values) -> str:
    parts = [one["ref"], one["name"], exact(one["value"]) if one["value"] else ""]
    parts += [] if one["signed"] else [_("not signed yet")]
    parts += [_("until {day}").format(day=one["ends"])] if one["ends"] else []
    parts += [_("received {money}").format(money=exact(one["received"]))] if one["received"] else []
    parts += [_("next due {day}").format(day=one["next_due"])] if one["next_due"] else []
    return "  ".join(part for part in parts if part)


def state(day: date, open_: int, today: date) -> str:
    """How a due payment stands: paid, overdue, today or coming."""
    if not open_:
        return "paid"
    return "overdue" if day < today else "today" if day == today else "coming"


def _sums(value: Money | None, dues: Sequence[Open], received: Money | None, today: date) -> Values:
    """What is planned, received, open and overdue of a contract, exact, in its currency."""
    if value is None:
        return dict.fromkeys(("planned", "received", "open", "overdue", "over"))
    code, paid = value.currency, received.minor if received else 0

    def money(minor: int) -> Money:
        return Money(minor, code)

    late = sum(one.open for one in dues if one.day < today)
    return {
        "planned": money(sum(one.amount for one in dues)),
        "received": money(paid),
        "open": money(max(0, value.minor - paid)),
        "overdue": money(late),
        "over": money(max(0, paid - value.minor)),
    }


def gathered(app: Any, values: Values) -> Values:
    """A contract with its payments, its sums, its files, and what comes before and after it."""
    from salesctl.domain.kinds import DATE
    from salesctl.services.attachment import listed
    from salesctl.services.base import today

    day, id = today(app), values["id"]
    dues = contracts.standing(app.store, id)
    code = values["value"].currency if values["value"] else ""
    plan = [
        {"due": one.day, "amount": Money(one.amount, code), "received": Money(one.received, code),
         "open": Money(one.open, code), "state": state(one.day, one.open, day)}
        for one in dues
    ]  # fmt: skip
    paid = [
        {"received_on": DATE.unpack(row, "day"), "amount": Money(row["amount"], row["amount_currency"]), "note": row["note"]}
        for row in contracts.payments(app.store, id, "received")
    ]  # fmt: skip
    after = contracts.after(app.store, id)
    return {
        **values,
        "payments": plan,
        "receipts": paid,
        "sums": _sums(values["value"], dues, values["received"], day),
        "attachments": listed(app, id),
        "followed_by": CONTRACT.code(after["id"]) if after else None,
    }


def contract(app: Any, values: Values) -> Screen:
    """One contract: what was agreed, the payments one by one, the sums, the files."""
    told = gathered(app, values)
    whose = [values["customer"] or "", f"{values['deal_ref']} {values['deal']}", values["owner"] or ""]
    lines = [brief(values), "  ".join(part for part in whose if part)]
    lines += [f"{_('Signed by')}  {values['signed_by']}"] if values["signed_by"] else []
    lines += _goes_on(values, told)
    lines += ["", *_plan_lines(told)] if told["payments"] or told["receipts"] else []
    lines += sum_lines(told["sums"])
    for one in told["attachments"]:
        lines.append(f"{_('File')}  {one['name']}  {one['bytes']:,} B  {one['sha256'][:12]}")
    lines += [f"{_('Note')}  {values['note']}"] if values["note"] else []
    return Screen(lines, told, rows=[values], columns=columns(CONTRACT), hint=_hint(values, told))


def _goes_on(values: Values, told: Values) -> list[str]:
    said = []
    if values["follows_ref"]:
        said.append(_("follows {ref} {number}").format(ref=values["follows_ref"], number=values["follows"]))
    if told["followed_by"]:
        said.append(_("followed by {ref}").format(ref=told["followed_by"]))
    if values["act_on"]:
        said.append(_("to be renewed from {day} on").format(day=values["act_on"]))
    return [f"{_('Renewal')}  " + "  ".join(said)] if said else []


def _plan_lines(told: Values) -> list[str]:
    """The due payments with what of each was received, then the money that came in."""
    from salesctl.text import pad, width

    head = [_("Due"), _("Amount"), _("Received"), _("Unpaid"), _("State")]
    rows = [
        [str(one["due"]), *(exact(one[key]) for key in ("amount", "received", "open")), _(STATES[one["state"]])]
        for one in told["payments"]
    ]
    sizes = [max(width(row[i]) for row in [head, *rows]) for i in range(5)]
    lines = [
        "  " + "  ".join(pad(cell, size, "r" if 0 < i < 4 else "l") for i, (cell, size) in enumerate(zip(row, sizes, strict=True))).rstrip()
        for row in ([head, *rows] if rows else [])
    ]  # fmt: skip
    lines += [
        f"  {_('received')}  {one['received_on']}  {exact(one['amount'])}" + (f"  {one['note']}" if one["note"] else "")
        for one in told["receipts"]
    ]
    return lines


def sum_lines(sums: Values) -> list[str]:
    if sums["received"] is None:
        return []
    labels = {
        "planned": _("planned"),
        "received": _("received"),
        "open": _("unpaid"),
        "overdue": _("overdue"),
        "over": _("too much"),
    }
    parts = [
        f"{label} {exact(sums[key])}" for key, label in labels.items() if sums[key].minor or key in ("received", "open")
    ]
    return ["  ".join(parts)]


def _hint(values: Values, told: Values) -> str:
    ref = values["ref"]
    if not values["signed"]:
        return _("when it is signed: salesctl contract sign {ref}").format(ref=values["deal_ref"])
    if not told["payments"] and told["sums"]["open"] and told["sums"]["open"].minor:
        return f'salesctl contract plan {ref} "30% +7d; {_("rest")} +60d"'
    nearest = next((one for one in told["payments"] if one["state"] != "paid"), None)
    return f"salesctl contract pay {ref} {nearest['open'].text}" if nearest else ""


def record(app: Any, values: Values) -> Values:
    """A contract as every write gives it to scripts: the keys of the list, and its payments and files."""
    told = gathered(app, values)
    keys = ("payments", "receipts", "sums", "attachments", "followed_by")
    return {**full(app, CONTRACT, values), **{key: told[key] for key in keys}}
