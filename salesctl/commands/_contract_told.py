"""What the writes of the contract commands answer: the ref for scripts, lines for people, the whole contract for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from salesctl.commands._contract import brief, record, sum_lines
from salesctl.domain.contract import CONTRACT
from salesctl.i18n import N_, _
from salesctl.money import exact
from salesctl.output.views import Column, Message, Table

if TYPE_CHECKING:
    from salesctl.services.contract import Signed
    from salesctl.services.renewal import Renewed

Values = dict[str, Any]
FILES = {"ok": N_("as attached"), "missing": N_("missing"), "changed": N_("changed")}
VERIFIED = (
    Column("contract_ref", N_("Ref")),
    Column("contract", N_("Contract")),
    Column("name", N_("File"), grow=True),
    Column("bytes", N_("Bytes"), "r"),
    Column("state", N_("State"), show=lambda value: _(FILES[value])),
    Column("sha256", N_("Hash"), screen=False),
    Column("path", N_("Place"), screen=False),
)


def signed(app: Any, done: Signed) -> Message:
    """What signing did: the contract, the deal that is won, what is due, the hand-over list."""
    from salesctl.commands import _moves, _work

    values = done.contract
    told = record(app, values)
    lines = [f"{_('signed')}  {brief(values)}", *_planned_line(told)]
    if told["attachments"]:
        lines.append(f"{_('kept')}  " + ", ".join(one["name"] for one in told["attachments"]))
    missing: list[Values] = []
    if done.moved is None:
        lines.append(_("{ref} was won before; only the contract was added").format(ref=values["deal_ref"]))
    else:
        missing = [{"item": one.key, "name": one.name, "fix": one.fix, "mode": one.mode} for one in done.moved.missing]
        lines += [*_moves.said(done.moved), *_moves.lacked(done.moved), *_work.ahead(app, done.moved)]
    return Message(str(values["ref"]), lines, {**told, "missing": missing, "won": done.moved is not None})


def _planned_line(told: Values) -> list[str]:
    parts = [f"{exact(one['open'])} {one['due']}" for one in told["payments"] if one["open"].minor]
    return [f"{_('due')}  " + "   ".join(parts[:6]) + ("   ..." if len(parts) > 6 else "")] if parts else []


def planned(app: Any, values: Values) -> Message:
    told = record(app, values)
    return Message(str(values["ref"]), [f"{_('planned')}  {brief(values)}", *_planned_line(told)], told)


def paid(app: Any, done: Values) -> Message:
    """What came in, and what is open after it."""
    from salesctl.store import records

    values = records.get(app.store, CONTRACT, done["contract_id"])
    told = record(app, values)
    head = f"{_('received')}  {values['ref']} {values['name']}  {exact(done['amount'])}  {done['received_on']}"
    lines = [head, *sum_lines(told["sums"]), *_planned_line(told)]
    payment = {key: done[key] for key in ("id", "amount", "received_on", "note")}
    return Message(str(values["ref"]), lines, {**told, "payment": payment})


def renewed(app: Any, done: Renewed) -> Message:
    """What follows a contract, and the deal in which it is sold."""
    lines = [f"{_('renewed')}  {done.before['ref']} {done.before['name']} -> {brief(done.contract)}"]
    if done.deal:
        ref = done.deal["ref"]
        lines.append(
            f"{_('deal')}  {ref} {done.deal['name']}  {_('close {day}').format(day=done.deal['expected_close'])}"
        )
        lines.append(_("when it is signed: salesctl contract sign {ref}").format(ref=ref))
    told = record(app, done.contract)
    return Message(str(done.contract["ref"]), lines, {**told, "renewal_deal": done.deal["ref"] if done.deal else None})


def ended(app: Any, values: Values) -> Message:
    line = _("ends  {ref} {name} on {day}; it is not renewed").format(
        ref=values["ref"], name=values["name"], day=values["ends"]
    )
    return Message(str(values["ref"]), [line], record(app, values))


def attached(app: Any, values: Values) -> Message:
    told = record(app, values)
    names = ", ".join(f"{one['name']} ({one['sha256'][:12]})" for one in told["attachments"])
    return Message(str(values["ref"]), [f"{_('kept')}  {values['ref']} {values['name']}  {names}"], told)


def verified(rows: list[Values]) -> Table:
    return Table(rows, VERIFIED, empty=_("no file is attached"))
