"""salesctl kpi: the figures, grouped, compared, as of any day, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Optional

from salesctl.commands import _common as c
from salesctl.domain.kpi import DIMENSIONS, HEADLINE, KPIS, TIMES, Kpi, dimension, find, fits
from salesctl.errors import UsageError
from salesctl.i18n import N_, _
from salesctl.output.views import Column, Screen, Table

if TYPE_CHECKING:
    from salesctl.services.figures import Figure

app = c.Commands()
VERSUS = {"previous": "previous", "上期": "previous", "same-length": "same-length", "同长": "same-length",
          "lastyear": "lastyear", "last-year": "lastyear", "去年": "lastyear", "同比": "lastyear", "goal": "goal", "目标": "goal"}  # fmt: skip
KEYS = ("kpi", "period", "group", "value", "unit", "n", "of", "low", "high", "mean", "p25", "p75", "excluded", "before",
        "change", "within_chance", "goal", "trend")  # fmt: skip
COLUMNS = tuple(Column(key, key, kind={"value": "money", "period": "span"}.get(key, "")) for key in KEYS)
Names = Annotated[list[str] | None, c.Argument(metavar="[KPI]...", help=N_("Which ones; none means the headline set."))]
By = Annotated[
    str | None,
    c.Option(
        "--by", metavar="DIM", help=N_("By rep, team, manager, region, product, channel, stage, industry, month ...")
    ),
]
Versus = Annotated[
    str | None, c.Option("--vs", metavar="PERIOD", help=N_("Against previous, same-length, lastyear or goal."))
]
Currency = Annotated[
    Optional[str],  # noqa: UP045
    c.Option("--currency", metavar="CODE", help=N_("Tell amounts in this currency.")),
]

SHOW_HELP = N_("Figures of a period: value, likely range, n. A ratio without a denominator is n/a, never 0.")


@app.command(
    "show",
    **c.command(
        SHOW_HELP,
        "salesctl kpi -p 2026Q4 --vs previous\nsalesctl kpi show win_rate revenue --by rep -p 本季度\nsalesctl kpi show cycle --as-of 2026-06-30 --why",
    ),
)
def show(
    ctx: c.Context,
    names: Names = None,
    period: c.PeriodOption = None,
    begin: c.Begin = None,
    end: c.End = None,
    by: By = None,
    vs: Versus = None,
    as_of: c.AsOf = None,
    owner: c.Owner = None,
    team: c.Team = None,
    pipeline: c.PipelineOption = None,
    where: c.Where = None,
    currency: Currency = None,
    strict: c.Strict = False,
    why: c.Why = False,
) -> None:
    from salesctl.commands import _figures

    app = c.app_of(ctx)
    kpis = [find(word) for word in names] if names else [KPIS[name] for name in HEADLINE]
    grouped = dimension(by) if by else None
    _refuse(kpis, grouped, bool(names))
    # A customer's figures are asked month by month: many questions, so only of those that are named.
    kpis = [kpi for kpi in kpis if fits(kpi, grouped) and (names or not (kpi.is_whole and grouped in TIMES))]
    if vs is not None and vs not in VERSUS:
        raise UsageError(_("--vs is previous, same-length, lastyear or goal"))
    if vs is not None and VERSUS[vs] == "goal" and grouped:
        raise UsageError(_("--vs goal has no groups: a goal is of one scope"), _("as --owner NAME or --team NAME"))
    question, today = _figures.question(app, period, begin, end, as_of, grouped, owner, team, pipeline, where, currency)
    whose = {"owner": owner, "team": team}
    asked = _figures.Asked(app, question, today, VERSUS[vs] if vs else None, whose)
    if vs is not None and VERSUS[vs] != "goal" and (asked.other is None or grouped in TIMES):
        app.out.note(_("nothing is compared: that needs a period with a first and a last day, and no times as groups"))
    figures = asked.figures(kpis, trends=not names and grouped is None)
    if names and grouped is None:
        _refuse_nothing(figures)
    rows = [row(figure) for figure in figures]
    if app.out.read:
        _figures.show(app, asked, figures, rows, why)
        return
    app.out.emit(Table(rows, COLUMNS))
    if why:
        from salesctl.commands._kpi_parts import notes
        from salesctl.commands._why import why as reasons

        for line in [*notes(figures), *reasons(asked, figures)]:
            app.out.note(line)


def _refuse(kpis: list[Kpi], by: str | None, named: bool) -> None:
    wrong = [kpi.name for kpi in kpis if not fits(kpi, by)]
    if wrong and named:
        possible = [name for name in DIMENSIONS if fits(KPIS[wrong[0]], name)]
        hint = _("one of: {names}").format(names=", ".join(possible)) if possible else ""
        raise UsageError(_("{names} cannot be grouped by {by}").format(names=", ".join(wrong), by=by), hint)


def _refuse_nothing(figures: list[Figure]) -> None:
    """Refuse (4) a figure of which nothing is left for want of a rate."""
    for figure in figures:
        if figure.lacks and not figure.n:
            from salesctl.domain.lacking import refusal

            raise refusal({figure.base: figure.lacking})


def row(figure: Figure) -> dict[str, Any]:
    """The flat row of a figure, the same keys always."""
    period = figure.period
    values = {key: getattr(figure, key) for key in KEYS if key not in ("kpi", "period")}
    label = {"label": period.label("en"), "start": period.start, "end": period.last}
    return {"kpi": figure.kpi.name, "period": label, **values}


LIST_HELP = N_("The KPIs there are: name, definition, and the date they count by.")


@app.command("list", **c.command(LIST_HELP, "salesctl kpi list\nsalesctl kpi list --json"))
def listing(ctx: c.Context) -> None:
    app = c.app_of(ctx)
    rows = [
        {"kpi": kpi.name, "label": _(kpi.label), "definition": _(kpi.definition), "counted_by": _(kpi.counted_by),
         "dimensions": [by for by in DIMENSIONS if fits(kpi, by)]}
        for kpi in KPIS.values()
    ]  # fmt: skip
    columns = [
        Column("kpi", N_("KPI")),
        Column("label", N_("Name")),
        Column("definition", N_("Definition"), grow=True),
        Column("counted_by", N_("Counted by"), screen=False),
        Column("dimensions", N_("Groups"), screen=False),
    ]
    if app.out.human and not app.out.explicit:
        from salesctl.usage import pairs

        named = _("{label}: {definition}")
        app.out.emit(Screen(pairs([(str(one["kpi"]), named.format(**one)) for one in rows], indent=0), rows))
        return
    app.out.emit(Table(rows, columns))


ALERT_HELP = N_(
    "What fell beyond chance, drifted, or missed its threshold or goal in a period (last month): each once a week. "
    "Exit 10 when something is told; nothing to say prints nothing."
)
Below = Annotated[Optional[str], c.Option("--below", metavar="VALUE", help=N_("Tell when it is below, as 30%."))]  # noqa: UP045
Above = Annotated[Optional[str], c.Option("--above", metavar="VALUE", help=N_("Tell when it is above, as 60."))]  # noqa: UP045
DryRun = Annotated[bool, c.Option("--dry-run", help=N_("Say what would be told, and use nothing up."))]


@app.command(
    "alert",
    **c.command(
        ALERT_HELP,
        "salesctl kpi alert -p 'last month'\nsalesctl kpi alert win-rate --below 30% -p 2026Q4 --dry-run\n0 9 1 * *  salesctl kpi alert --team North",
    ),
)
def alert(
    ctx: c.Context,
    names: Names = None,
    period: c.PeriodOption = None,
    below: Below = None,
    above: Above = None,
    owner: c.Owner = None,
    team: c.Team = None,
    currency: Currency = None,
    strict: c.Strict = False,
    dry_run: DryRun = False,
    why: c.Why = False,
) -> None:
    from salesctl.commands import _alerts

    app = c.app_of(ctx)
    whose = {"owner": owner, "team": team, "currency": currency}
    watch = _alerts.watched(app, names or [], period, whose, {"below": below, "above": above})
    found = _alerts.news(app, watch, dry_run)
    if found or app.out.is_json:
        app.out.emit(_alerts.screen(app, found, team or owner, why))
    if found:
        raise c.Exit(10)


WHY_HELP = N_(
    "Why a figure changed: split by rep, product, channel, loss reason, stage, region and customer class; each split "
    "adds up to the change, the largest drivers first."
)
OneKpi = Annotated[str, c.Argument(metavar="KPI", help=N_("win_rate, win_rate_value, revenue, average_deal or cycle."))]
EarlierOnly = Annotated[
    str | None, c.Option("--vs", metavar="PERIOD", help=N_("Against previous, same-length or lastyear."))
]
SplitBy = Annotated[Optional[str], c.Option("--by", metavar="DIM", help=N_("One split, with all its groups."))]  # noqa: UP045


@app.command(
    "why",
    **c.command(
        WHY_HELP,
        "salesctl kpi why win-rate -p 2026Q4\nsalesctl kpi why revenue -p 本月 --vs lastyear --by rep\nsalesctl kpi why cycle -p 2026Q3 --why",
    ),
)
def why_(
    ctx: c.Context,
    name: OneKpi,
    period: c.PeriodOption = None,
    vs: EarlierOnly = None,
    by: SplitBy = None,
    as_of: c.AsOf = None,
    owner: c.Owner = None,
    team: c.Team = None,
    pipeline: c.PipelineOption = None,
    where: c.Where = None,
    currency: Currency = None,
    strict: c.Strict = False,
    why: c.Why = False,
) -> None:
    from salesctl.commands import _kpi_why

    app = c.app_of(ctx)
    if vs is not None and (vs not in VERSUS or VERSUS[vs] == "goal"):
        raise UsageError(_("--vs is previous, same-length or lastyear"))
    options = {"period": period, "as_of": as_of, "owner": owner, "team": team}
    options |= {"pipeline": pipeline, "where": where, "currency": currency}
    app.out.emit(_kpi_why.view(app, name, options, VERSUS[vs or "previous"], by, why))


SNAPSHOT_HELP = N_(
    "Keep the figures of a period (this month) as they are reported now: once a day each, however often it runs."
)
SNAPSHOTS_HELP = N_("The figures that were kept, newest first, beside what the store says now: * where it differs.")


@app.command(
    "snapshot",
    **c.command(SNAPSHOT_HELP, "salesctl kpi snapshot -p 2026Q4\nsalesctl kpi snapshot -p 本季度 --team North -q"),
)
def snapshot(
    ctx: c.Context,
    period: c.PeriodOption = None,
    owner: c.Owner = None,
    team: c.Team = None,
    strict: c.Strict = False,
) -> None:
    from salesctl.commands import _snapshots
    from salesctl.services.base import today
    from salesctl.when import parse_period

    app = c.app_of(ctx)
    app.out.emit(_snapshots.take(app, parse_period(period or "this month", today(app)), owner, team))


@app.command(
    "snapshots",
    **c.command(SNAPSHOTS_HELP, "salesctl kpi snapshots -p 2026Q4\nsalesctl kpi snapshots --owner Bo --json"),
)
def snapshots(
    ctx: c.Context,
    period: c.PeriodOption = None,
    owner: c.Owner = None,
    team: c.Team = None,
    limit: c.Limit = None,
    strict: c.Strict = False,
) -> None:
    from salesctl.commands import _snapshots
    from salesctl.services.base import today
    from salesctl.when import parse_period

    app = c.app_of(ctx)
    span = parse_period(period, today(app)) if period else None
    most = c.most_of(limit, c.SHOWN if app.out.human else 0)
    app.out.emit(_snapshots.listing(app, span, owner, team, most))
