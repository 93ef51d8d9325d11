"""One solution as it is shown: which needs it answers and how, and who confirmed it; and the answer to a write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from salesctl.commands._fields import columns, full
from salesctl.domain.need import KIND, NEED, SOLUTION, STATUS
from salesctl.i18n import N_, _, _n
from salesctl.output.views import Message, Screen
from salesctl.store import quoting

if TYPE_CHECKING:
    from salesctl.services.solution import Written

Values = dict[str, Any]
VERBS = {"added": N_("added"), "changed": N_("changed"), "confirmed": N_("confirmed")}


def brief(values: Values) -> str:
    """A solution in a line: version, how it stands, who confirmed it when."""
    parts = [f"{values['ref']} {values['name']}", _("version {n}").format(n=values["number"])]
    if values["status"] == "confirmed":
        parts.append(_("confirmed by {who} on {day}").format(who=values["confirmed_by"], day=values["confirmed_on"]))
    else:
        parts.append(_(STATUS.labels[values["status"]]).lower())
    return "  ".join(parts)


def solution(app: Any, values: Values) -> Screen:
    """The screen of one solution."""
    rows = quoting.answers(app.store, values["id"])
    lines = [f"{brief(values)}   {values['deal_ref']} {values['deal']}"]
    for row in rows:
        lines += ["", f"{_need(row)}", f"  {row['answer'] or _('no answer yet')}"]
    if values["note"]:
        lines += ["", f"{_('Note')}  {values['note']}"]
    told = ("name", "kind", "is_key", "rank", "answer")
    needs = [
        {"ref": NEED.code(row["need_id"]), **{key: row[key] for key in told}, "archived": bool(row["archived_at"])}
        for row in rows
    ]
    return Screen(lines, {**values, "needs": needs}, rows=[values], columns=columns(SOLUTION), hint=_hint(values, rows))


def _need(row: Any) -> str:
    key = f" ({_('key')})" if row["is_key"] == "yes" else ""
    gone = f"  [{_('archived')}]" if row["archived_at"] else ""
    return f"{NEED.code(row['need_id'])} {_(KIND.labels[row['kind']])}: {row['name']}{key}{gone}"


def _hint(values: Values, rows: list[Any]) -> str:
    ref = values["ref"]
    open_ = next((NEED.code(row["need_id"]) for row in rows if not row["answer"] and not row["archived_at"]), None)
    if values["status"] == "draft" and open_:
        return _('next: salesctl solution answer {ref} {need} "..."').format(ref=ref, need=open_)
    if values["status"] == "draft":
        return _("when the customer agrees: salesctl solution confirm {ref} --by CONTACT").format(ref=ref)
    if values["status"] == "confirmed":
        return _('quote it: salesctl quote add {deal} "PRODUCT*1" --from-solution {ref}').format(
            deal=values["deal_ref"], ref=ref
        )
    return ""


def answer(app: Any, done: Written, verb: str) -> None:
    """The ref for scripts; what it is now, and what is still open, for people."""
    record = full(app, SOLUTION, done.record)
    lines = [f"{_(VERBS[verb])}  {brief(record)}"]
    if done.before is not None and done.before["status"] != "superseded":
        before = SOLUTION.code(done.before["id"])
        said = _("{ref} is superseded").format(ref=before)
        if done.before["status"] == "confirmed":
            said += _("; it was confirmed, the new version is not")
        lines.append(said)
    notes = []
    if done.open:
        listed = ", ".join(done.open)
        said = _n("{n} need has no answer: {listed}", "{n} needs have no answer: {listed}", len(done.open))
        notes.append(said.format(n=len(done.open), listed=listed))
    if done.gone:
        listed = ", ".join(done.gone)
        said = _n("{listed} is archived and left out", "{listed} are archived and left out", len(done.gone))
        notes.append(said.format(listed=listed))
    app.out.emit(Message(str(record["ref"]), lines, record, notes))
