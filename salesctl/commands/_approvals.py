"""What is shown of approvals: who decides, one with its quote, policy and steps, and the answers to decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from salesctl.domain.approval import APPROVAL, STATE
from salesctl.domain.kinds import INSTANT, MONEY
from salesctl.domain.quote import QUOTE
from salesctl.domain.rate import from_millionths
from salesctl.i18n import N_, _, _n
from salesctl.output.views import Message, Screen
from salesctl.store import approvals

if TYPE_CHECKING:
    from salesctl.domain.hierarchy import People

Values = dict[str, Any]
DONE = {"approved": N_("approved"), "rejected": N_("rejected"), "withdrawn": N_("withdrawn")}
ROLE = {"manager": N_("manager"), "director": N_("director")}
LINES = 8  # lines of a quote that the screen of an approval names


class Desk:
    """Who decides what waits, on a day; everybody is read once."""

    def __init__(self, app: Any, day: date) -> None:
        self.app, self.day = app, day

    @cached_property
    def people(self) -> People:
        return approvals.everybody(self.app.store)

    @cached_property
    def deciders(self) -> dict[int, int]:
        from salesctl.services.approvers import deciders

        rows = approvals.waiting(self.app.store)
        return deciders(self.app, self.app.store, self.people, rows) if rows else {}

    def days(self, created: datetime) -> int:
        """How long something waits, in days."""
        from salesctl.services.base import local_now

        return max(0, (self.day - created.astimezone(local_now(self.app).tzinfo).date()).days)

    def worked_out(self, values: Values) -> Values:
        """An approval with who decides it today and how long it waits; nulls where it does not wait."""
        decider = self.deciders.get(values["id"]) if values["state"] == "waiting" else None
        values["decides"] = self.people.name(decider) if decider else None
        values["decides_ref"] = f"R{decider}" if decider else None
        values["waiting_days"] = self.days(values["created_at"]) if decider else None
        return values

    def whom(self, values: Mapping[str, Any]) -> str:
        """Who is waited for: `Anna`, or `Bo for Anna`."""
        return whom(values["decides"], values["waits_for"])


def whom(decides: str | None, approver: str | None) -> str:
    if decides is None or decides == approver:
        return approver or ""
    return _("{deputy} for {name}").format(deputy=decides, name=approver)


def role(word: str) -> str:
    """A role of the SOP in the language of the answer; a rep by name as he is called."""
    return _(ROLE[word]) if word in ROLE else word


def off(discount: Any) -> str:
    return _("{n} % off").format(n=discount)


def approval(app: Any, values: Values) -> Screen:
    """One approval: what is asked for, the quote, the policy that asks, each step with who, when and what was said."""
    from salesctl.commands._fields import columns
    from salesctl.services.base import today
    from salesctl.store import records

    desk = Desk(app, today(app))
    quote = records.raw(app.store, QUOTE, int(values["quote_ref"][1:]))
    rows = approvals.lines(app.store, quote["id"])
    steps = [_step(desk, values, row) for row in approvals.steps(app.store, values["id"])]
    lines = [_head(values, quote["number"]), _stands(app, desk, values), "", *_lines(app, rows, quote["net_currency"])]
    lines += ["", *_policy(values, quote["owner"], steps), *_steps(desk, values, steps)]
    if values["note"] and values["state"] == "withdrawn":
        lines.append(f"{_('Reason')}  {values['note']}")
    hint = _("decide: salesctl approval approve {ref}, or: approval reject {ref} \"why\"").format(ref=values["ref"]) if values["state"] == "waiting" else ""  # fmt: skip
    data = {**values, "quote_status": quote["status"], "lines": [_line(row, quote["net_currency"]) for row in rows]}
    return Screen(lines, {**data, "step_list": steps}, rows=[values], columns=columns(APPROVAL), hint=hint)


def _head(values: Values, version: int | None) -> str:
    from salesctl.money import exact

    money = _("{net} of {list} at list prices").format(net=exact(values["amount"]), list=exact(values["list_total"]))
    numbered = _("version {n}").format(n=version) if version else ""
    parts = [f"{values['ref']}  {values['quote_ref']} {values['name']}", numbered, off(values["discount"]), money]
    return "  ".join(part for part in parts if part)


def _stands(app: Any, desk: Desk, values: Values) -> str:
    deal = f"{values['deal_ref']} {values['deal']}"
    who = values["asked_by"] or _("somebody")
    asked = _("asked for by {who} on {at}").format(who=who, at=_local(app, values["created_at"]))
    if values["state"] != "waiting":
        return "  ".join([deal, asked, _(STATE.labels[values["state"]])])
    day = _n("{n} day", "{n} days", values["waiting_days"]).format(n=values["waiting_days"])
    return "  ".join([deal, asked, _("waits for {who}, {days}").format(who=desk.whom(values), days=day)])


def _local(app: Any, instant: Any) -> str:
    from salesctl.services.base import local_now

    return f"{instant.astimezone(local_now(app).tzinfo):%Y-%m-%d %H:%M}"


def _line(row: Any, currency: str) -> Values:
    from salesctl.money import Money

    return {
        "product": row["name"],
        "sku": row["sku"],
        "quantity": row["quantity"],
        "price": Money(row["price"], currency),
        "discount": from_millionths(row["discount"]),
        "agreed": None if row["agreed"] is None else Money(row["agreed"], currency),
        "net": Money(row["net"], currency),
    }


def _lines(app: Any, rows: Sequence[Any], currency: str) -> list[str]:
    """The lines of the quote: product, pieces, list price, what is taken off or agreed, what is left."""
    from salesctl.money import exact
    from salesctl.text import crop, pad, width

    cells = []
    for one in (_line(row, currency) for row in rows[:LINES]):
        less = f"-{one['discount']} %" if one["discount"] else ""
        less = _("agreed") if one["agreed"] is not None else less
        cells.append([crop(one["product"], 30), f"{one['quantity']} x {exact(one['price'])}", less, exact(one["net"])])
    sizes = [max(width(row[i]) for row in cells) for i in range(4)] if cells else []
    aligns = ("l", "r", "r", "r")
    lines = ["  " + "  ".join(pad(row[i], sizes[i], aligns[i]) for i in range(4)) for row in cells]
    more = len(rows) - len(cells)
    return [*lines, _n("and {n} more", "and {n} more", more).format(n=more)] if more > 0 else lines


def _policy(values: Values, owner: str | None, steps: Sequence[Values]) -> list[str]:
    """What the policy says: what the owner may give, and which band of which SOP asks whom."""
    may = _("{who} may give {n} % on this quote").format(who=owner or values["asked_by"], n=values["allowed"])
    least = _(" from {n}").format(n=f"{values['band_amount']:,}") if values["band_amount"] else ""
    roles = " + ".join(role(one["role"]) for one in steps)
    band = _("over {a} % to {b} %{least}: {who}").format(
        a=values["band_over"], b=values["band_to"], least=least, who=roles
    )
    sop = _("SOP version {n}").format(n=values["sop"])
    return [f"{_('Policy')}  {may}; {sop}: {band}"]


def _step(desk: Desk, values: Values, row: Any) -> Values:
    now = values["state"] == "waiting" and row["position"] == values["step"]
    return {
        "position": row["position"],
        "role": row["role"],
        "approver": row["approver"],
        "approver_ref": f"R{row['approver_id']}",
        "decides": values["decides"] if now else None,
        "decision": row["decision"],
        "decided_by": row["decided_by"],
        "decided_by_ref": f"R{row['decided_by_id']}" if row["decided_by_id"] else None,
        "decided_at": INSTANT.unpack(row, "decided_at"),
        "note": row["note"],
    }


def _steps(desk: Desk, values: Values, steps: Sequence[Values]) -> list[str]:
    """`Step 1  manager: approved by Bo for Anna on ...`, `Step 2  director: waits for Dora`."""
    lines = []
    for one in steps:
        if one["decision"]:
            at = _local(desk.app, one["decided_at"])
            who = whom(one["decided_by"], one["approver"])
            said = _("{done} by {who} on {at}").format(done=_(DONE[one["decision"]]), who=who, at=at)
            said += f": {' '.join(one['note'].split())}" if one["note"] else ""
        elif one["decides"]:
            said = _("waits for {who}").format(who=desk.whom(values))
        else:
            said = one["approver"]
        lines.append(f"{_('Step {n}').format(n=one['position'])}  {role(one['role'])}: {said}")
    return lines


def answer(app: Any, done: Sequence[Values], said: str) -> None:
    """The answer to a decision: which approval of which quote, what is next."""
    from salesctl.commands._fields import full
    from salesctl.money import exact

    lines, rows = [], []
    for one in done:
        record = full(app, APPROVAL, one)
        rows.append(record)
        what = f"{record['quote_ref']} {record['name']}  {off(record['discount'])}  {exact(record['amount'])}"
        line, following = f"{said}  {record['ref']}  {what}", _following(app, record)
        lines += [f"{line}; {following}"] if record["state"] == "waiting" else [line, following]
    refs = "\n".join(str(row["ref"]) for row in rows)
    app.out.emit(Message(refs, lines, rows[0] if len(rows) == 1 else rows))


def _following(app: Any, record: Values) -> str:
    """What happens next: somebody else decides, the quote can be sent, or it is a draft again."""
    from salesctl.services.base import today

    if record["state"] == "waiting":
        whom = Desk(app, today(app)).whom(record)
        return _("step {n} of {m}: it waits for {who}").format(n=record["step"], m=record["steps"], who=whom)
    if record["state"] == "approved":
        return _("next: salesctl quote send {ref}").format(ref=record["quote_ref"])
    return _("{ref} is a draft again: salesctl quote submit {ref} asks anew").format(ref=record["quote_ref"])


def item(desk: Desk, row: Any, decider: int | None) -> Values:
    """A waiting approval for scripts."""
    name, created = desk.people.name, INSTANT.unpack(row, "created_at")
    return {
        "ref": APPROVAL.code(row["id"]),
        "name": row["name"],
        "quote_ref": QUOTE.code(row["quote_id"]),
        "deal_ref": f"D{row['deal_id']}",
        "discount": from_millionths(row["discount"]),
        "amount": MONEY.unpack(row, "amount"),
        "asked_by": name(row["asked_by_id"]),
        "waits_for": name(row["waits_for_id"]),
        "decides": name(decider),
        "waiting_days": desk.days(created) if created else None,
    }


def news(row: Any) -> Values:
    """A decided approval for scripts."""
    return {
        "ref": APPROVAL.code(row["id"]),
        "name": row["name"],
        "quote_ref": QUOTE.code(row["quote_id"]),
        "deal_ref": f"D{row['deal_id']}",
        "discount": from_millionths(row["discount"]),
        "state": row["state"],
        "note": row["note"],
    }


def named(one: Values) -> str:
    return _("{ref} quote {quote} {off}").format(ref=one["ref"], quote=one["quote_ref"], off=off(one["discount"]))
