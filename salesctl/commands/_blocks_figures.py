"""Blocks of figures: win rate, activity, KPIs with their past, the trend by month, stages, reps side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from salesctl.commands import _figures
from salesctl.commands._brief import Told, amount, span_data, told_apart
from salesctl.domain.kpi import HEADLINE, KPIS
from salesctl.i18n import N_, _, _n
from salesctl.money import Money, short
from salesctl.output.bars import bar
from salesctl.output.views import Chart, Column, Table
from salesctl.when import Period

if TYPE_CHECKING:
    from salesctl.commands._brief import Brief
    from salesctl.services.figures import Figure

Values = dict[str, Any]
MONTHS = 12
TYPES = {"call": N_("calls"), "mail": N_("mails"), "visit": N_("visits"), "meeting": N_("meetings"), "wechat": N_("WeChat"),
         "message": N_("messages"), "demo": N_("demos"), "task": N_("tasks")}  # fmt: skip


def win_rate(brief: Brief, options: Mapping[str, str]) -> Told:
    """The win rate with its likely range, and whether its change is more than chance."""
    span = brief.span if options["of"] == "period" else brief.horizon(options["of"])
    one = brief.compared([KPIS["win_rate"]], span)[0]
    data = {
        "period": span_data(span), "value": one.value, "n": one.n, "of": one.of, "low": one.low, "high": one.high,
        "before": one.before, "change": one.change, "within_chance": one.within_chance,
    }  # fmt: skip
    if one.value is None:
        return Told(data, [_("n/a, nothing closed")], big=_("n/a"))
    line = f"{_figures.worth(one)} ({_figures.likely(one)}, {_figures.count(one)})"
    if one.before is not None:
        line += ", " + _("was {before}").format(before=_figures.said(one, one.before))
        if one.within_chance is not None:
            line += ": " + (_("within chance") if one.within_chance else _("more than chance"))
    if span != brief.span:
        line += f"  {span.label(brief.lang)}"
    return Told(data, [line], big=_figures.worth(one))


def activity(brief: Brief, _options: Mapping[str, str]) -> Told:
    """Follow-ups done in the period, against the one before; by type, and who did the fewest."""
    kpi = KPIS["activities"]
    now, before = brief.figure(kpi, brief.span), brief.figure(kpi, brief.before)
    tally = brief.figures(brief.span).tallies(kpi).get(None)
    types = {str(type): n for type, n in sorted(tally.outcomes.items(), key=lambda one: -one[1])} if tally else {}
    people = _people(brief)
    data = {"n": now.value, "before": before.value, "types": types, "by_rep": people}
    line = _("{n}, was {before}").format(n=f"{now.value:,}", before=f"{before.value:,}")
    words = "  ".join(told_apart([(_(TYPES[type]) if type in TYPES else type, n) for type, n in types.items()]))
    line += f"   {words}" if words else ""
    if now.value and len(people) > 1:
        least = people[0]
        line += "   " + _("fewest: {name} {n}").format(name=least["rep"], n=f"{least['n']:,}")
    chart = None
    if now.value and 1 < len(people) <= 30:
        most = list(reversed(people))
        names, counts = [str(one["rep"]) for one in most], [one["n"] for one in most]
        chart = Chart("bar", _("Follow-ups by rep"), names, [(_("Activities"), counts)], [[f"{n:,}" for n in counts]])
    return Told(data, [line], chart=chart, big=f"{now.value:,}")


def _people(brief: Brief) -> list[Values]:
    """Those who sell with what they did, the fewest first."""
    from salesctl.store.reports import sellers

    done = {one.group: one.value for one in brief.figures(brief.span, "rep").of(KPIS["activities"])}
    found = [{"rep": row["name"], "n": done.get(row["name"], 0)} for row in sellers(brief.app.store, brief.owners)]
    return sorted(found, key=lambda one: (one["n"], one["rep"]))


def kpis(brief: Brief, options: Mapping[str, str]) -> Told:
    """The headline KPIs of the period against the one before, their goals and their last six periods."""
    span = brief.span if options["of"] == "period" else brief.horizon(options["of"])
    vs = options["vs"]
    asked = _figures.Asked(brief.app, brief.question(span), brief.day, vs, brief.whose)
    wanted = [KPIS[name] for name in HEADLINE if KPIS[name].kind != "empty"]
    found = asked.figures(wanted, trends=True)
    table = _figures.plain(brief.app, asked, found)
    table.title = ""
    keys = ("value", "unit", "n", "of", "low", "high", "before", "change", "within_chance", "goal", "trend")
    data = {
        "period": span_data(span),
        "kpis": [{"kpi": one.kpi.name, **{key: getattr(one, key) for key in keys}} for one in found],
    }
    label = (
        "" if (span.start, span.end) == (brief.span.start, brief.span.end) else f"{_('KPIs')}  {span.label(brief.lang)}"
    )
    return Told(data, table=table, label=label)


TREND = ("revenue", "won", "win_rate", "created")


def trend(brief: Brief, _options: Mapping[str, str]) -> Told:
    """The last twelve months up to the period: revenue, deals won, win rate, deals created."""
    last = brief.horizon("month")
    spans = [last]
    while len(spans) < MONTHS:
        spans.insert(0, spans[0].previous())
    window = Period(spans[0].start, last.end, "range")
    by = {name: {one.group: one for one in brief.every(KPIS[name], window, "month")} for name in TREND}
    unit = next((one.unit for one in by["revenue"].values()), brief.code)
    rows = [_month(span, by, unit) for span in spans]
    most = max(row["revenue"].minor for row in rows)
    for row in rows:
        row["bar"] = bar(row["revenue"].minor, most, 20)
    data = {"months": [{key: row[key] for key in ("month", "revenue", "won", "win_rate", "n", "of", "created")} for row in rows]}  # fmt: skip
    columns = (
        Column("month", N_("Month"), whole=True),
        Column("shown", N_("Revenue"), "r"),
        Column("won", N_("Won"), "r"),
        Column("rate", N_("Win rate"), "r"),
        Column("created", N_("New"), "r"),
        Column("bar", N_("Revenue by month"), data=False),
    )
    chart = Chart(
        "column", _("Revenue by month"), [row["month"] for row in rows],
        [(_("Revenue"), [row["revenue"].minor for row in rows])], [[short(row["revenue"], brief.lang) for row in rows]],
    ) if most else None  # fmt: skip
    return Told(data, table=Table(rows, columns), chart=chart)


def _month(span: Period, by: Mapping[str, Mapping[Any, Figure]], unit: str) -> Values:
    code = f"{span.start:%Y-%m}"
    got = {name: by[name].get(code) for name in TREND}
    rate = got["win_rate"]
    revenue = got["revenue"].value if got["revenue"] and got["revenue"].value else Money(0, unit)
    return {
        "month": code, "revenue": revenue, "shown": amount(revenue), "won": got["won"].value if got["won"] else 0,
        "win_rate": rate.value if rate else None, "n": rate.n if rate else 0, "of": rate.of if rate else 0,
        "rate": _figures.worth(rate) if rate else _("n/a"), "created": got["created"].value if got["created"] else 0,
    }  # fmt: skip


def stages(brief: Brief, _options: Mapping[str, str]) -> Told:
    """The board: open deals by stage, with value, chance, weighted and what stands still."""
    from salesctl.commands._board import TOTAL, by_stage
    from salesctl.commands._fields import stage_name

    given = {"owner": brief.owner, "team": brief.team, "pipeline": None, "where": None, "as_of": brief.as_of}
    table = by_stage(brief.app, given, brief.code)
    table.title = ""
    rows = list(table.rows)
    table.rows = rows
    keys = [one.key for one in table.columns if one.data]
    data = {"stages": [{key: row.get(key) for key in keys} for row in rows]}
    some = [row for row in rows if row["stage"] != TOTAL]
    chart = None
    if any(row["value"].minor for row in some):
        names = [stage_name(row["stage"] or "") for row in some]
        numbers = [row["value"].minor for row in some]
        shown = [amount(row["value"]) for row in some]
        chart = Chart("bar", _("Open pipeline by stage"), names, [(_("Value"), numbers)], [shown])
    return Told(data, table=table, chart=chart)


FUNNEL = (
    Column("name", N_("Stage"), grow=True),
    Column("entered", N_("Entered"), "r"),
    Column("advanced", N_("Moved on"), "r"),
    Column("lost", N_("Lost"), "r"),
    Column("undecided", N_("Open"), "r"),
    Column("rate", N_("Went on"), "r"),
    Column("range", N_("Range"), whole=True),
    Column("bar", N_("Entered"), data=False),
)


def funnel(brief: Brief, _options: Mapping[str, str]) -> Told:
    """Of the deals that came into each stage in the period, how many went on: the figures of `report process`."""
    from salesctl.commands._fields import stage_name
    from salesctl.commands._process import unknown
    from salesctl.commands._rates import likely, of_ratio, percent
    from salesctl.services.process import run
    from salesctl.services.scope import moment
    from salesctl.store.frames import Frame

    if not brief.app.store.exists:
        return Told({"stages": [], "without_history": 0}, [_("nothing yet")])
    q = brief.question(brief.span)
    frame = Frame(q.scope, q.period, q.as_of, q.zone, q.day)
    found = run(brief.app.store, frame, moment(brief.app, brief.as_of)[0], None)
    lines = [line for line in found.lines if line.cohort.entered or line.open]
    most = max((line.cohort.entered for line in lines), default=0)
    many = len({line.stage["pipeline"] for line in lines}) > 1
    rows = []
    for line in lines:
        cohort = line.cohort
        name = stage_name(line.stage["name"])
        rows.append({
            "pipeline": line.stage["pipeline"], "stage": line.stage["name"],
            "name": f"{line.stage['pipeline']} {name}" if many else name, "entered": cohort.entered,
            "advanced": cohort.on, "lost": cohort.lost, "undecided": cohort.open, "rate": percent(cohort.ratio.value),
            "range": likely(cohort.ratio), "bar": bar(cohort.entered, most, 20), **of_ratio("conversion", cohort.ratio),
        })  # fmt: skip
    keys = ("pipeline", "stage", "entered", "advanced", "lost", "undecided", "conversion", "conversion_low", "conversion_high")  # fmt: skip
    chart = None
    if most:
        names, counts = [row["name"] for row in rows], [row["entered"] for row in rows]
        chart = Chart("bar", _("Deals that came into each stage"), names, [(_("Entered"), counts)], [[f"{n:,}" for n in counts]])  # fmt: skip
    data = {"stages": [{key: row[key] for key in keys} for row in rows], "without_history": found.left_out.get("unknown_stages", 0)}  # fmt: skip
    table = Table(rows, FUNNEL, footer=unknown(found), empty=_("nothing went through the stages"))
    return Told(data, table=table, chart=chart)


REPS = (
    Column("rep", N_("Rep"), grow=True),
    Column("revenue", N_("Revenue"), "r"),
    Column("won", N_("Won"), "r"),
    Column("rate", N_("Win rate"), "r"),
    Column("range", N_("Range"), whole=True),
    Column("open", N_("Open"), "r"),
    Column("activities", N_("Activities"), "r"),
    Column("bar", N_("Revenue"), data=False),
)


def reps(brief: Brief, _options: Mapping[str, str]) -> Told:
    """The reps side by side: revenue, wins, win rate with its range, open pipeline, activities."""
    from salesctl.store.reports import sellers

    told = {name: brief.every(KPIS[name], brief.span, "rep") for name in ("revenue", "won", "win_rate", "activities")}
    told["pipeline"] = brief.every(KPIS["pipeline"], Period(None, None, "all"), "rep")
    by = {name: {one.group: one for one in found} for name, found in told.items()}
    names = [row["name"] for row in sellers(brief.app.store, brief.owners)]
    names += sorted({group for found in by.values() for group in found if group} - set(names))
    every = [_rep(name, by, brief.code) for name in names]
    rows = [row for row in every if row["revenue"].minor or row["open"].minor or row["of"] or row["activities"]]
    idle = len(every) - len(rows)
    rows.sort(key=lambda row: (-row["revenue"].minor, row["rep"]))
    most = max((row["revenue"].minor for row in rows), default=0)
    for row in rows:
        row["bar"] = bar(row["revenue"].minor, most, 12)
    keys = ("rep", "revenue", "won", "win_rate", "low", "high", "n", "of", "open", "activities")
    chart = None
    if most and len(rows) > 1:
        some = rows[:30]
        shown = [amount(row["revenue"]) for row in some]
        chart = Chart("bar", _("Revenue by rep"), [row["rep"] for row in some], [(_("Revenue"), [row["revenue"].minor for row in some])], [shown])  # fmt: skip
    footer = [_n("{n} more without anything", "{n} more without anything", idle).format(n=idle)] if idle else []
    table = Table(rows, REPS, footer=footer, tight=True)
    return Told(
        {"reps": [{key: row[key] for key in keys} for row in rows], "without_anything": idle}, table=table, chart=chart
    )


def _rep(name: str, by: Mapping[str, Mapping[Any, Figure]], code: str) -> Values:
    got = {key: found.get(name) for key, found in by.items()}
    rate = got["win_rate"]

    def value(key: str, nothing: Any) -> Any:
        one = got[key]
        return nothing if one is None or one.value is None else one.value

    return {
        "rep": name, "revenue": value("revenue", Money(0, code)), "won": value("won", 0), "open": value("pipeline", Money(0, code)),
        "activities": value("activities", 0), "win_rate": rate.value if rate else None, "n": rate.n if rate else 0,
        "of": rate.of if rate else 0, "low": rate.low if rate else None, "high": rate.high if rate else None,
        "rate": _figures.worth(rate) if rate else _("n/a"), "range": _figures.likely(rate) if rate else "",
    }  # fmt: skip
