"""Alarms as lines that read well in a mail, and as data."""

from __future__ import annotations

from typing import Any

from salesctl.commands import _figures, _goals
from salesctl.domain import alarm
from salesctl.domain.goalrules import STATES
from salesctl.domain.kpi import KPIS, find
from salesctl.errors import UsageError
from salesctl.i18n import N_, _, _n
from salesctl.output.views import Column, Screen
from salesctl.plain import replace
from salesctl.services import told
from salesctl.services.alerts import TESTED, Alert, Look, Watch
from salesctl.services.goal import read_target
from salesctl.services.target import value_of

KEYS = ("kpi", "test", "who", "goal_ref", "period", "value", "unit", "n", "of", "before", "before_n", "before_of", "p",
        "score", "usual", "threshold", "cause", "text")  # fmt: skip
MONEY = ("value", "before", "usual", "threshold")
COLUMNS = tuple(Column(key, key, kind="money" if key in MONEY else "span" if key == "period" else "") for key in KEYS)


def watched(app: Any, names: list[str], period: str | None, whose: dict[str, str | None], limits: dict[str, str | None]) -> Watch:  # fmt: skip
    """What is to be looked at. Raises UsageError (2) for a threshold without its one KPI."""
    from salesctl.services.snapshot import scope_of

    kpis = [find(word) for word in names] if names else [KPIS[name] for name in TESTED]
    asked, _day = _figures.question(
        app, period or "last month", None, None, None, None, whose["owner"], whose["team"], currency=whose["currency"]
    )
    watch = Watch(kpis, asked, scope_of(app, whose["owner"], whose["team"]))
    given = {key: text for key, text in limits.items() if text is not None}
    if given and len(names) != 1:
        raise UsageError(_("a threshold is of one KPI"), _("as: salesctl kpi alert win-rate --below 30%"))
    read = {key: read_target(kpis[0], text, asked.own)[0] for key, text in given.items()}
    return replace(watch, below=read.get("below"), above=read.get("above"))


def news(app: Any, watch: Watch, dry: bool) -> list[Alert]:
    """The alarms that nobody was told this week; unless `dry` they are told from now on."""
    found = Look(app, watch).alerts()
    app.whole()  # nothing to tell is an answer too
    causes = {one.cause: line(app, one) for one in found}
    new = told.fresh(app, causes) if dry else told.claim(app, "kpi.alert", causes)
    return [one for one in found if one.cause in new]


def screen(app: Any, alerts: list[Alert], whose: str | None, why: bool) -> Screen:
    """The alarms as text, in a pipe too, and as data."""
    rows = [row(app, one, whose) for one in alerts]
    lines = []
    for one in alerts:
        lines.append(line(app, one))
        lines += [f"  {_statistics(one)}"] if why else []
    ratios = [one.figure for one in alerts if one.test in ("level", "below") and one.figure.kpi.name in WHY]
    hint = f"salesctl kpi why {ratios[0].kpi.name} -p {ratios[0].period.code}" if ratios else ""
    return Screen(lines, rows, rows=rows, columns=COLUMNS, hint=hint, text_in_pipe=True)


WHY = ("win_rate", "win_rate_value", "revenue", "cycle", "average_deal")


def row(app: Any, one: Alert, whose: str | None) -> dict[str, Any]:
    """An alarm for scripts."""
    figure, before, drift = one.figure, one.before, one.drift
    money = figure.unit if figure.kpi.is_money else None
    usual = None if drift is None else _usual(one)
    return {
        "kpi": figure.kpi.name,
        "test": one.test,
        "who": (one.goal.goal["rep"] or one.goal.goal["team"]) if one.goal else whose,
        "goal_ref": one.goal.goal["ref"] if one.goal else None,
        "period": {"label": figure.period.label("en"), "start": figure.period.start, "end": figure.period.last},
        "value": figure.value,
        "unit": figure.unit,
        "n": figure.n,
        "of": figure.of,
        "before": before.value if before else None,
        "before_n": before.n if before else None,
        "before_of": before.of if before else None,
        "p": one.level.p if one.level else None,
        "score": round(drift.score, 6) if drift else None,
        "usual": usual,
        "threshold": value_of(figure.kpi, one.threshold, money),
        "cause": one.cause,
        "text": line(app, one),
    }


def _usual(one: Alert) -> Any:
    assert one.drift is not None
    if one.figure.kpi.is_money:
        return value_of(one.figure.kpi, round(one.drift.mean), one.figure.unit)
    return round(one.drift.mean, 6)


def line(app: Any, one: Alert) -> str:
    """An alarm as one sentence."""
    figure, kpi = one.figure, one.figure.kpi
    head = f"{_(kpi.label)}  {figure.period.label(app.lang)}  {_worth(figure, figure.value)}"
    counted = f" ({_figures.count(figure)})" if figure.of is not None else ""
    if one.goal is not None:
        goal, whose = one.goal, _goals.who(one.goal)
        target = _goals.exactly(goal, goal.target)
        return f"{goal.goal['ref']} {_(kpi.label)}  {whose}  {figure.period.label(app.lang)}  " + _(
            "{now} of {target}: {state}"
        ).format(now=_goals.exactly(goal, goal.now) + counted, target=target, state=_(STATES[goal.state]))
    if one.before is not None:
        said = WORSE[kpi.better == "down"]
        was = f"{_worth(figure, one.before.value)} ({_figures.count(one.before)})"
        return f"{head}{counted}, " + _(said).format(before=was, n=alarm.TRAILING)
    if one.drift is not None:
        n = one.drift.periods
        return f"{head}{counted}, " + _drifting(kpi.better, n).format(usual=_worth(figure, _usual(one)), n=n)
    limit = _worth(figure, value_of(kpi, one.threshold, figure.unit if kpi.is_money else None))
    said = _("below {limit}") if one.test == "below" else _("above {limit}")
    return f"{head}{counted}, " + said.format(limit=limit)


WORSE = (
    N_("down from {before} in the {n} periods before: more than chance"),
    N_("up from {before} in the {n} periods before: more than chance"),
)


def _drifting(better: str, n: int) -> str:
    if better == "down":
        return _n("above its usual {usual}: too far for chance", "above its usual {usual} for {n} periods: together too far for chance", n)  # fmt: skip
    return _n("below its usual {usual}: too far for chance", "below its usual {usual} for {n} periods: together too far for chance", n)  # fmt: skip


def _worth(figure: Any, value: Any) -> str:
    if isinstance(value, float) and figure.unit != "ratio":
        value = round(value, 1)
    return _figures.said(figure, value) or _("n/a")


def _statistics(one: Alert) -> str:
    """The test behind an alarm, by its name."""
    if one.level is not None:
        name = _("Fisher's exact test") if one.level.exact else _("two-proportion z-test")
        return _("{test}, p = {p:.4f}, signal below 0.05, from {n} closed on each side").format(
            test=name, p=one.level.p, n=alarm.LEAST
        )
    if one.drift is not None:
        said = _("CUSUM {score:.1f} (k = 0.5, h = 4 standard deviations) against {n} periods, mean {mean:.4g}")
        return said.format(score=one.drift.score, n=one.drift.reference, mean=one.drift.mean)
    return _("threshold, no test") if one.goal is None else _("the state of the goal: salesctl goal show {ref}").format(ref=one.goal.goal["ref"])  # fmt: skip
