"""What was frozen, beside what the same question says now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from salesctl.commands._figures import question, said
from salesctl.i18n import N_, _, _n
from salesctl.output.views import Column, Message, Table
from salesctl.services import snapshot
from salesctl.services.figures import Figure, Figures
from salesctl.services.snapshot import Frozen
from salesctl.store import snapshots

if TYPE_CHECKING:
    from salesctl.domain.kpi import Kpi
    from salesctl.when import Period

# what was reported and what is said now
THEN_AND_NOW = (
    Column("reported", N_("Reported"), "r", data=False),
    Column("live", N_("Now"), "r", data=False),
    Column("mark", "", data=False),
    Column("value", N_("Reported"), kind="money", screen=False),
    Column("now", N_("Now"), kind="money", screen=False),
    Column("differs", N_("Differs"), screen=False),
    Column("n", "n", screen=False),
    Column("of", N_("of"), screen=False),
)
COLUMNS = (
    Column("day", N_("Taken")),
    Column("kpi", N_("KPI"), screen=False),
    Column("label", N_("KPI"), data=False, grow=True),
    Column("period", N_("Period"), kind="span", screen=False),
    Column("code", N_("Period"), data=False),
    Column("whose", N_("Whose")),
    *THEN_AND_NOW,
)


def figures(app: Any, period: Period, scope: str, kpis: Sequence[Kpi]) -> list[Figure]:
    """What the store says now."""
    owner, team = snapshot.words_of(scope)
    asked, _day = question(app, period.code, None, None, None, None, owner, team)
    return Figures(app.store, asked).all(kpis)


def bodies(found: Iterable[Figure]) -> list[tuple[Figure, str]]:
    """Figures with the rows that `kpi --json` gives of them."""
    from salesctl.commands.kpi import row
    from salesctl.output.formats import dumps

    return [(one, dumps(row(one))) for one in found]


def take(app: Any, period: Period, owner: str | None, team: str | None) -> Message:
    """Freeze what is reported now."""
    from salesctl.commands.kpi import row

    scope = snapshot.scope_of(app, owner, team)
    snapshot.bounded(period)
    found = figures(app, period, scope, snapshot.reported())
    app.shows(*found)
    new = snapshot.take(app, period, scope, bodies(found))
    told = [_n("{n} figure of {period} is kept as reported", "{n} figures of {period} are kept as reported", len(new)).format(n=len(new), period=period.label(app.lang))]  # fmt: skip
    old = len(found) - len(new)
    if old:
        told.append(_n("{n} was kept today already", "{n} were kept today already", old).format(n=old))
    return Message(None, ["; ".join(told if new else told[1:])], [row(one) for one in new])


def listing(app: Any, period: Period | None, owner: str | None, team: str | None, limit: int) -> Table:
    """What was kept, newest first."""
    rows: list[dict[str, Any]] = []
    if app.store.exists:
        scope = snapshot.scope_of(app, owner, team) if team or owner else None
        span = snapshot.bounded(period) if period else None
        rows = compared(app, snapshots.listed(app.store, span, scope, limit))
    changed = sum(row["differs"] for row in rows)
    footer = [_("* differs from what the store says now")] if changed else []
    return Table(rows, COLUMNS, title=_("Figures as reported"), footer=footer, empty=_("nothing is kept yet: salesctl kpi snapshot"))  # fmt: skip


def compared(app: Any, stored: Sequence[Any], shown: bool = True) -> list[dict[str, Any]]:
    """Each kept figure beside the live one; `shown` says that the live ones are part of the answer."""
    kept = [one for row in stored if (one := snapshot.thawed(row))]
    live: dict[tuple[Any, str, str], Figure] = {}
    for period, scope in dict.fromkeys((one.period, one.scope) for one in kept):
        kpis = list({one.kpi.name: one.kpi for one in kept if (one.period, one.scope) == (period, scope)}.values())
        for figure in figures(app, period, scope, kpis):
            live[period, scope, figure.kpi.name] = figure
    if shown:
        app.shows(*(live[one.period, one.scope, one.kpi.name] for one in kept))
    return [_row(app, one, live[one.period, one.scope, one.kpi.name]) for one in kept]


def _row(app: Any, one: Frozen, now: Figure) -> dict[str, Any]:
    differs = one.differs(now)
    period = {"label": one.period.label("en"), "start": one.period.start, "end": one.period.last}
    shown = Figure(one.kpi, one.period, None, unit=now.unit)
    return {
        "day": one.day, "kpi": one.kpi.name, "label": _(one.kpi.label), "period": period,
        "code": one.period.label(app.lang), "whose": snapshots.whose(app.store, one.scope), "value": one.worth,
        "now": now.value, "differs": differs, "n": one.n, "of": one.bottom, "mark": "*" if differs else "",
        "reported": said(shown, one.worth) or _("n/a"), "live": said(now, now.value) or _("n/a"),
    }  # fmt: skip
