"""How figures are asked for and shown: question, comparison, trend; the table, the grouped table, and the why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from salesctl.commands._kpi_parts import notes as parts_of
from salesctl.commands._worth import changed, count, likely, said, worth
from salesctl.domain.kpi import KPIS, Kpi
from salesctl.i18n import N_, _, _n
from salesctl.money import Money
from salesctl.output.bars import spark
from salesctl.output.views import Column, Table
from salesctl.plain import replace
from salesctl.services.figures import Figure, Figures, Question, compare
from salesctl.services.scope import NONE
from salesctl.when import ALL, Period, between, parse_period

TREND = 6  # periods of a trend, the present one with them

__all__ = ["Asked", "against", "changed", "count", "likely", "question", "said", "show", "stretch", "title", "worth"]


def question(
    app: Any, period: str | None, begin: str | None, end: str | None, as_of: str | None, by: str | None,
    owner: str | None = None, team: str | None = None, pipeline: str | None = None, where: str | None = None,
    currency: str | None = None,
) -> tuple[Question, date]:  # fmt: skip
    """What the options ask, and the day it counts from."""
    from salesctl.commands._standard import conditions
    from salesctl.domain.deal import DEAL
    from salesctl.services import base, scope

    at, instant, today = scope.moment(app, as_of)
    span = stretch(period, begin, end, today)
    if as_of is not None:
        span = span.to_date(today) if span.end is None or span.unit == "all" else span
    given: dict[str, Any] = {
        "words": [],
        "where": where,
        "as_of": as_of,
        "owner": owner,
        "team": team,
        "pipeline": pipeline,
    }
    within, _day = conditions(app, DEAL, given | {"everything": True})
    offset = at.now.utcoffset() or timedelta()
    wanted = base.told_in(app, currency)
    asked = Question(
        span, by, within, instant, base.zone(app), int(offset.total_seconds() // 60), wanted, at.currency, today,
        _owners(app, owner, team), filtered=bool(where or pipeline),
    )  # fmt: skip
    return asked, today


def stretch(period: str | None, begin: str | None, end: str | None, today: date) -> Period:
    """The period of -p, or from -b to -e; all time without them."""
    if period is not None:
        return parse_period(period, today)
    return between(begin, end, today) if begin or end else ALL


def _owners(app: Any, owner: str | None, team: str | None) -> tuple[int, ...] | None:
    from salesctl.services.base import reading

    if not app.store.exists or ((not owner or owner == "all") and not team):
        return None
    if owner and owner != "all":
        return (reading(app).find("rep", owner).id,)
    id = reading(app).find("team", team or "").id
    return tuple(row["id"] for row in app.store.query("SELECT id FROM rep WHERE team_id = :id ORDER BY id", {"id": id}))


class Asked:
    """A question with its comparison and its goals."""

    def __init__(self, app: Any, asked: Question, today: date, vs: str | None, whose: dict[str, str | None]) -> None:
        self.app, self.question, self.today, self.vs, self.whose = app, asked, today, vs, whose
        self.other = self._other()

    def _other(self) -> Period | None:
        span = self.question.period
        if self.vs is None or span.start is None or span.end is None:
            return None
        if self.vs == "goal":
            return None
        whole = {"previous": span.previous, "same-length": span.same_length, "lastyear": span.last_year}[self.vs]()
        return span.elapsed_twin(self.today, whole)

    def figures(self, kpis: Sequence[Kpi], trends: bool = False) -> list[Figure]:
        """The figures, with what they were before, their goals, and their trend where one is wanted."""
        with self.app.ahead(lambda twin: self._tasks(twin, kpis, trends)):
            return self._figures(kpis, trends)

    def _tasks(self, twin: Any, kpis: Sequence[Kpi], trends: bool) -> list[Callable[[], object]]:
        """What `_figures` asks, a KPI of a period each, in its order."""
        spans = [self.question.period, *([self.other] if self.other else []), *(self._earlier() if trends else [])]
        asked = [Figures(twin.store, replace(self.question, period=span)) for span in spans]
        return [partial(figures.of, kpi) for figures in asked for kpi in kpis if not kpi.is_outside]

    def _figures(self, kpis: Sequence[Kpi], trends: bool) -> list[Figure]:
        store = self.app.store
        found = self._told(Figures(store, self.question), kpis)
        if self.other is not None:
            earlier = replace(self.question, period=self.other, wanted=self._alike(found))
            before = self._told(Figures(store, earlier), kpis)
            known = {(one.kpi.name, one.group): one for one in before}
            for figure in found:
                twin = known.get((figure.kpi.name, figure.group))
                if twin is not None and _has_past(figure.kpi):
                    compare(figure, twin)
        if trends:
            self._trends(found, kpis)
        if self.question.by is None:
            self._goals(found)
        for figure in found if self.vs == "goal" else ():
            against(figure)
        return found

    def _told(self, figures: Figures, kpis: Sequence[Kpi]) -> list[Figure]:
        """The figures; those that goals and working hours belong to as well."""
        from salesctl.services.beside import told

        sides = [told(self.app, figures, kpi, self.whose) if kpi.is_outside else figures.of(kpi) for kpi in kpis]
        found = [figure for side in sides for figure in side]
        self.app.shows(*found)
        return found

    def _alike(self, found: Sequence[Figure]) -> str | None:
        """The currency that earlier periods are told in: that of the present figures."""
        worths = (one.value.currency for one in found if isinstance(one.value, Money) and one.n)
        return self.question.wanted or next(worths, None)

    def _earlier(self) -> list[Period]:
        """The periods of a trend before this one, the oldest first; none where it has no first or last day."""
        spans = [self.question.period]
        while self.question.period.start and self.question.period.end and len(spans) < TREND:
            spans.insert(0, spans[0].previous())
        return spans[:-1]

    def _trends(self, found: list[Figure], kpis: Sequence[Kpi]) -> None:
        spans = [*self._earlier(), self.question.period]
        if len(spans) == 1:
            return
        series: dict[str, list[Any]] = {kpi.name: [] for kpi in kpis}
        alike = replace(self.question, wanted=self._alike(found))
        for span in spans:
            past = Figures(self.app.store, replace(alike, period=span)).all([k for k in kpis if k.kind != "kept"])
            self.app.shows(*past)
            for one in past:
                series[one.kpi.name].append(one.value)
        for figure in found:
            figure.trend = series[figure.kpi.name] if _has_past(figure.kpi) else []

    def _goals(self, found: list[Figure]) -> None:
        from salesctl.services.target import target_of

        for figure in found:
            figure.goal = target_of(self.app, figure.kpi, figure.period, self.whose)


def against(figure: Figure) -> None:
    """Put the goal of a figure where an earlier period stands: the difference to it; a goal is no sample, so no chance."""
    goal = Figure(figure.kpi, figure.period, figure.group, value=figure.goal, unit=figure.unit)
    compare(figure, goal)
    figure.within_chance = None
    if figure.unit == "ratio" and figure.goal is not None and figure.low is not None and figure.high is not None:
        figure.within_chance = figure.low <= figure.goal <= figure.high


def _has_past(kpi: Kpi) -> bool:
    """Whether a figure of an earlier period means something: what is open now was never due then."""
    live = kpi.over == "deal" and kpi.outcomes == (None,) and kpi.kind not in ("slipped", "slipped_value")
    return not live and kpi.kind != "empty"


def show(app: Any, asked: Asked, figures: list[Figure], rows: list[dict[str, Any]], reasons: bool) -> None:
    """The figures for people: one line a KPI, or one line a group."""
    from salesctl.commands._why import why

    lines = why(asked, figures) if reasons else []
    if asked.question.by is None:
        table = plain(app, asked, figures)
    else:
        table = _grouped(app, asked, figures)
    table.footer = [*table.footer, *([""] if lines else []), *lines]
    app.out.emit(table)


def title(asked: Asked) -> str:
    """What, which period, whose, against what."""
    label = asked.question.period.label(asked.app.lang)
    span = asked.question.period
    if span.start and span.end and span.first <= asked.today < span.last:  # type: ignore[operator]
        label = _("{period}, to {day}").format(period=label, day=asked.today.isoformat())
    parts = [_("KPIs"), label]
    parts += [str(word) for word in asked.whose.values() if word and word != "all"]
    if asked.question.as_of is not None:
        parts.append(_("as of {day}").format(day=asked.today.isoformat()))
    if asked.vs == "goal":
        parts.append(_("against the goal"))
    if asked.other is not None:
        parts.append(_("against {period}").format(period=asked.other.label(asked.app.lang)))
    return "  ".join(parts)


def plain(app: Any, asked: Asked, figures: list[Figure]) -> Table:
    rows = []
    for one in figures:
        values = {"kpi": _(one.kpi.label), "value": worth(one), "range": likely(one), "n": count(one)}
        values |= {
            "before": "" if asked.vs == "goal" else said(one, one.before),
            "change": changed(one),
            "goal": said(one, one.goal),
        }
        rows.append(values | {"trend": spark([_number(value) for value in one.trend])})
    used = [key for key in ("before", "change", "goal", "trend") if any(row[key] for row in rows)]
    shown = [Column("kpi", N_("KPI"), whole=True), Column("value", N_("Figure"), "r")]
    shown.append(Column("range", N_("Range"), whole=True, spare=1))
    shown.append(Column("n", "n", "r"))
    labels = {"before": N_("Before"), "change": N_("Change"), "goal": N_("Goal"), "trend": N_("6 periods")}
    for key in used:
        right = "r" if key in ("before", "goal") else "l"
        shown.append(Column(key, labels[key], right, whole=True, spare=2 if key == "trend" else 0))
    notes = [
        _("{kpi}: n/a, {why}").format(kpi=_(one.kpi.label), why=_(one.kpi.missing))
        for one in figures
        if one.kpi.missing
    ]
    notes += parts_of(figures) + unrated(figures)
    left = sum(1 for one in figures if one.excluded)
    if asked.question.period.end is not None and any(_is_due(one.kpi) for one in figures):
        notes.append(_("Open and weighted pipeline, open deals: of the deals due in the period."))
    footer = ["", *notes, *_closed(app, asked)]
    if any(one.low is not None for one in figures):
        footer.append(_("Range: where the true value likely is; cycle: the middle half."))
    if any(one.within_chance for one in figures):
        footer.append(_("noise: within chance."))
    if left:
        words = _n(
            "{n} figure leaves rows out: --why says which.", "{n} figures leave rows out: --why says which.", left
        )
        footer.append(words.format(n=left))
    return Table(rows, shown, title=title(asked), footer=footer if len(footer) > 1 else [], tight=True)


def _is_due(kpi: Kpi) -> bool:
    return kpi.at == "expected_close" and kpi.kind in ("money", "count", "weighted")


def _closed(app: Any, asked: Asked) -> list[str]:
    """That what was reported of a closed period stands elsewhere."""
    from salesctl.store.snapshots import close_of

    span = asked.question.period
    if span.start is None or span.last is None or not app.store.exists:
        return []
    row = close_of(app.store, span.start, span.last)
    if row is None or row["reopened_at"]:
        return []
    return [_("The period is closed; what was reported: salesctl period show {period}").format(period=span.code)]


def unrated(figures: list[Figure]) -> list[str]:
    """The figures that lack amounts of other currencies, for want of a rate."""
    from salesctl.commands._unrated import lacking, note

    told: dict[str, list[str]] = {}
    for name in dict.fromkeys(one.kpi.name for one in figures if one.left_out.get("other_currency")):
        mine = [one for one in figures if one.kpi.name == name]
        n = sum(one.left_out.get("other_currency", 0) for one in mine)
        told.setdefault(note(n, lacking(mine), mine[0].base), []).append(_(mine[0].kpi.label))
    return [f"{', '.join(names)}: {text}" for text, names in told.items()]


def _grouped(app: Any, asked: Asked, figures: list[Figure]) -> Table:
    kpis = list(dict.fromkeys(one.kpi.name for one in figures))
    groups = list(dict.fromkeys(one.group for one in figures))
    cells = {(one.group, one.kpi.name): one for one in figures}
    rows = []
    for group in groups:
        row: dict[str, Any] = {"group": group}
        for name in kpis:
            one = cells.get((group, name))
            row[name] = worth(one) if one else ""
            row[f"{name}_n"] = count(one) if one else ""
            row[f"{name}_range"] = likely(one) if one else ""
            row[f"{name}_change"] = changed(one) if one else ""
        rows.append(row)
    from salesctl.commands._fields import stage_name
    from salesctl.domain.kpi import DIMENSIONS

    by = asked.question.by or ""
    head = Column("group", DIMENSIONS[by], show=stage_name if by in ("stage", "reached") else _group, grow=True)
    shown = [head]
    left: list[str] = []
    for name in kpis:
        mine = [Column(name, KPIS[name].label, "r")]
        if len(kpis) <= 2:
            mine.append(Column(f"{name}_range", N_("Range")))
        if len(kpis) <= 4 and KPIS[name].kind != "count":
            mine.append(Column(f"{name}_n", "n", "r"))
        if asked.other is not None:
            mine.append(Column(f"{name}_change", N_("Change")))
        mine = [one for one in mine if one.key == name or any(row.get(one.key) for row in rows)]
        if (app.out.human and left) or (app.out.human and _wide([*shown, *mine], rows) > (app.out.width or 80)):
            left.append(_(KPIS[name].label))
        else:
            shown += mine
    footer = (
        parts_of(figures)
        + unrated(figures)
        + ([_("no room here for {names}: ask for fewer, or in a pipe").format(names=", ".join(left))] if left else [])
    )
    return Table(
        rows, shown, title=f"{title(asked)}  {_('by')} {_(DIMENSIONS[by])}", footer=footer,
        empty=_("no figures of any group: nothing was counted"),
    )  # fmt: skip


def _group(name: Any) -> str:
    """The name of a group, in the language of the reader where it is none."""
    return _("(none)") if name == NONE else str(name)


def _wide(columns: list[Column], rows: list[dict[str, Any]]) -> int:
    """How many columns of a terminal a table takes, its first one cut to twelve at need."""
    from salesctl.text import width

    sizes = [max(width(_(one.label)), *(width(str(row.get(one.key) or "")) for row in rows)) for one in columns]
    return min(sizes[0], 12) + sum(sizes[1:]) + 2 * (len(sizes) - 1)


def _number(value: Any) -> float | None:
    return value.minor if isinstance(value, Money) else value
