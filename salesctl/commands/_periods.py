"""Closed periods: the list of them, and one with its figures then and now and the corrections since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from salesctl.commands import _snapshots
from salesctl.i18n import N_, _, _n
from salesctl.money import Money, exact
from salesctl.output.views import Column, Message, Report, Table
from salesctl.services import closing, snapshot
from salesctl.services.base import local_now, today
from salesctl.store import snapshots
from salesctl.when import Period, from_iso, parse_period

if TYPE_CHECKING:
    from salesctl.domain.correction import Correction

STATES = {"closed": N_("closed"), "reopened": N_("open again")}
COLUMNS = (
    Column("period", N_("Period"), kind="span", screen=False),
    Column("label", N_("Period"), data=False),
    Column("state", N_("State"), show=lambda code: _(STATES[code])),
    Column("day", N_("Closed on"), data=False),
    Column("closed_at", N_("Closed on"), screen=False),
    Column("closed_by", N_("By")),
    Column("reopened_at", N_("Reopened"), screen=False),
    Column("note", N_("Note"), grow=True),
)
FIGURES = (
    Column("label", N_("KPI"), data=False, grow=True),
    Column("kpi", N_("KPI"), screen=False),
    *_snapshots.THEN_AND_NOW,
)
CORRECTED = (
    Column("ref", N_("Deal")),
    Column("name", N_("Name"), grow=True),
    Column("what", N_("Correction"), grow=True, whole=True),
    Column("day", N_("Since")),
    Column("by", N_("By")),
    Column("op", N_("Operation")),
)
CORRECTION = ("ref", "name", "field", "before", "after", "since", "at", "by", "operation", "command")
WORDS = {
    "amount": N_("Amount"),
    "amount_currency": N_("Currency"),
    "outcome": N_("Outcome"),
    "closed": N_("Frozen"),
    "created": N_("Created"),
    "customer_id": N_("Customer"),
    "archived_at": N_("Archived"),
}


def listing(app: Any) -> Table:
    """Every close, the latest period first."""
    rows = [_close_row(app, one) for one in snapshots.closes(app.store)] if app.store.exists else []
    return Table(rows, COLUMNS, title=_("Closed periods"), empty=_("no period is closed: salesctl period close 2026Q3"))


def _close_row(app: Any, row: Any) -> dict[str, Any]:
    period = _period(row)
    closed_at, reopened_at = (_moment(app, row[name]) for name in ("closed_at", "reopened_at"))
    return {
        "period": {"label": period.label("en"), "start": period.start, "end": period.last},
        "label": period.label(app.lang), "state": "reopened" if row["reopened_at"] else "closed",
        "day": closed_at.date().isoformat(), "closed_at": closed_at, "closed_by": row["closed_by"],
        "reopened_at": reopened_at, "note": row["note"],
    }  # fmt: skip


def _moment(app: Any, text: str | None) -> Any:
    return from_iso(text).astimezone(local_now(app).tzinfo) if text else None


def _period(row: Any) -> Period:
    return snapshot.span(row["period"], date.fromisoformat(row["start"]), date.fromisoformat(row["end"]))


def close(app: Any, text: str, note: str | None) -> Message:
    period = parse_period(text, today(app))
    closing.check(app, period)
    found = _snapshots.figures(app, period, snapshot.EVERYBODY, snapshot.settled())
    app.shows(*found)
    closing.close(app, period, _snapshots.bodies(found), note)
    said = _n("{period} is closed: {n} figure is frozen", "{period} is closed: {n} figures are frozen", len(found))
    return Message(period.code, [said.format(period=period.label(app.lang), n=len(found))], _record(app, period))


def reopen(app: Any, text: str, note: str | None) -> Message:
    period = parse_period(text, today(app))
    closing.reopen(app, period, note)
    return Message(period.code, [_("{period} is open again").format(period=period.label(app.lang))], _record(app, period))  # fmt: skip


def _record(app: Any, period: Period) -> dict[str, Any]:
    row = _close_row(app, closing.closed(app.store, period))
    return {column.key: row[column.key] for column in COLUMNS if column.data}


def show(app: Any, text: str) -> Report:
    """The figures as reported and now, then the corrections."""
    period = parse_period(text, today(app))
    known = closing.closed(app.store, period)
    rows = _snapshots.compared(app, snapshots.of_close(app.store, known["id"]))
    moved = {row["kpi"] for row in rows if row["differs"]}
    corrections = [_correction(app, *one) for one in closing.corrected(app.store, known, "retention" in moved)]
    record = _record(app, period)
    legend = [_("* differs from what was reported, if only in digits that are not shown")] if moved else []
    blocks: list[Any] = [Table(rows, FIGURES, footer=legend), *_corrections(corrections, bool(moved))]
    data = record | {
        "figures": [{one.key: row[one.key] for one in FIGURES if one.data} for row in rows],
        "corrections": [{key: one[key] for key in CORRECTION} for one in corrections],
    }
    title = [_("Closed period"), period.label(app.lang), _("closed on {day}").format(day=record["closed_at"].date())]  # fmt: skip
    title += [_(STATES["reopened"])] if record["reopened_at"] else []
    return Report("  ".join(title), blocks, data, rows, FIGURES, text_in_pipe=False)


def later(app: Any, period: Period, as_of: str | None = None) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """The close of a period and its corrections since, up to an instant; (None, []) while it is not closed or open again."""
    if not app.store.exists:
        return None, []
    known = snapshots.close_of(app.store, *snapshot.bounded(period))
    if known is None or (as_of is not None and known["closed_at"] >= as_of):
        return None, []
    if known["reopened_at"] is not None and (as_of is None or known["reopened_at"] < as_of):
        return None, []
    rows = _snapshots.compared(app, snapshots.of_close(app.store, known["id"]), shown=False)
    moved = {row["kpi"] for row in rows if row["differs"]}
    found = [_correction(app, *one) for one in closing.corrected(app.store, known, "retention" in moved, as_of)]
    return _close_row(app, known), found


def _corrections(found: Sequence[dict[str, Any]], moved: bool) -> list[Any]:
    if found:
        return [Table(found, CORRECTED, title=_("Corrected since"))]
    if moved:
        return [[_("No deal was changed since: activities or customers were entered later.")]]
    return [[_("Nothing was corrected since.")]]


def _correction(app: Any, one: Correction, told: dict[str, Any]) -> dict[str, Any]:
    before, after = (_value(one.field, value, told["currency"]) for value in (one.before, one.after))
    since, at = _moment(app, told["since"]), _moment(app, told["at"])
    if one.field == "deal":
        what = _("entered later") if one.after == "added" else _("taken out")
    else:
        what = f"{_(WORDS[one.field])} {_said(app, before)} -> {_said(app, after)}"
    return {
        "ref": f"D{one.deal}", "name": told["name"], "field": one.field, "before": before, "after": after,
        "since": since, "at": at, "by": told["by"], "operation": f"O{told['operation']}", "command": told["command"],
        "what": what, "day": since.date().isoformat(), "op": f"O{told['operation']}",
    }  # fmt: skip


def _value(field: str, value: Any, currency: str | None) -> Any:
    """A column as scripts get it: money with its currency, a customer by its ref."""
    if field == "amount" and value is not None and currency:
        return Money(value, currency)
    if field == "customer_id" and value is not None:
        return f"C{value}"
    return value


def _said(app: Any, value: Any) -> str:
    from salesctl.domain.deal import OUTCOME

    if value is None:
        return _("none")
    if isinstance(value, Money):
        return exact(value)
    return _(OUTCOME.labels[value]) if value in OUTCOME.labels else str(value)[:10]
