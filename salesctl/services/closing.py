"""Closed periods: their figures frozen, and what was changed in them afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from salesctl.domain.correction import Correction, Span, Trail, corrections
from salesctl.domain.kpi import ACTIVE_DAYS
from salesctl.errors import Duplicate, NotFound, Refused
from salesctl.i18n import _
from salesctl.services import snapshot
from salesctl.services.base import today, unit
from salesctl.services.snapshot import EVERYBODY, bounded
from salesctl.store import corrections as log
from salesctl.store import snapshots
from salesctl.when import Period

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.services.figures import Figure
    from salesctl.store.connect import Row, Store


def check(app: App, period: Period) -> None:
    """Refuse a period that is not over (4), or that is closed already (5)."""
    first, last = bounded(period)
    if last >= today(app):
        raise Refused(
            _("{period} is not over: it ends on {day}").format(period=period.code, day=last.isoformat()),
            _("keep how it stands with: salesctl kpi snapshot -p {period}").format(period=period.code),
        )
    if app.store.exists:
        _refuse_twice(app.store, first, last, period.code)


def _refuse_twice(store: Store, first: date, last: date, code: str) -> None:
    known = snapshots.close_of(store, first, last)
    if known is not None and known["reopened_at"] is None:
        raise Duplicate(
            _("{period} is closed already, since {day}").format(period=code, day=known["closed_at"][:10]),
            _("what changed since: salesctl period show {period}").format(period=code),
        )


def close(app: App, period: Period, figures: Sequence[tuple[Figure, str]], note: str | None) -> int:
    """Freeze the figures of a period that is over; the id of the close."""
    first, last = bounded(period)
    with unit(app, "period.close") as work:
        _refuse_twice(work, first, last, period.code)
        id = work.put(
            "period_close",
            {
                "period": period.code, "start": first.isoformat(), "end": last.isoformat(), "closed_at": work.at,
                "closed_by": app.me, "operation_id": work.operation, "reopened_at": None, "note": note,
            },
        )  # fmt: skip
        for one in figures:
            snapshot.put(work, period, EVERYBODY, today(app), one, id)
    return id


def reopen(app: App, period: Period, note: str | None) -> None:
    """Take the close of a period back; what was frozen stays. NotFound (3) when it is not closed."""
    with unit(app, "period.reopen") as work:
        known = closed(work, period)
        if known["reopened_at"] is not None:
            raise NotFound(_("{period} is not closed").format(period=period.code))
        values: dict[str, Any] = {"reopened_at": work.at}
        work.amend("period_close", known["id"], values | ({"note": note} if note else {}))


def closed(store: Store, period: Period) -> Row:
    """The newest close of a period, reopened or not. NotFound (3) when there is none."""
    first, last = bounded(period)
    found = snapshots.close_of(store, first, last) if store.exists else None
    if found is None:
        raise NotFound(
            _("{period} is not closed").format(period=period.code),
            _("close it with: salesctl period close {period}").format(period=period.code),
        )
    return found


def corrected(
    store: Store, known: Row, retention: bool, as_of: str | None = None
) -> list[tuple[Correction, dict[str, Any]]]:
    """The corrections of a closed period, each with what is to be said of its deal and of the two operations.

    With `as_of` those that were made before that instant.

    Deals that closed in the year before move only the retention: they are in it where `retention` says that it moved.
    """
    start, last = date.fromisoformat(known["start"]), date.fromisoformat(known["end"])
    early = start - timedelta(days=ACTIVE_DAYS) if retention else start
    trails: dict[int, Trail] = {}
    names: dict[int, str] = {}
    for one in log.steps(store, known["operation_id"], early, last, as_of):
        trails.setdefault(one.deal, Trail()).add(one.before, one.after, one.operation, log.FIELDS)
        names[one.deal] = (one.before or {}).get("name") or (one.after or {}).get("name") or names.get(one.deal, "")
    current = log.now(store, list(trails))
    found = corrections(trails, current, Span(start, last, early))
    done = log.operations(store, {op for one in found for op in (one.first, one.last)})
    return [
        (one, {
            "name": current[one.deal]["name"] if one.deal in current else names[one.deal],
            "currency": current[one.deal]["amount_currency"] if one.deal in current else None,
            "since": done[one.first]["at"], "at": done[one.last]["at"], "by": done[one.last]["actor"],
            "operation": one.last, "command": done[one.last]["command"],
        })
        for one in found
    ]  # fmt: skip
