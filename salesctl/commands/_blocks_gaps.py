"""The blocks of what is not as it was told: deals in no figure or in a wrong one, and corrections of a closed period."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from salesctl.commands._brief import Told, amount, summed
from salesctl.domain.kpi import KPIS
from salesctl.i18n import N_, _, _n
from salesctl.money import Money
from salesctl.output.views import Column, Table
from salesctl.store import reports

if TYPE_CHECKING:
    from salesctl.commands._brief import Brief

Values = dict[str, Any]
NAMED = 5
# each gap: what it is, what it moves, how it is mended
GAPS = {
    "without_date": (N_("without a close date"), N_("forecast, goals"), "close=DATE"),
    "overdue": (N_("past their close date"), N_("forecast, goals"), "close=DATE"),
    "without_amount": (N_("open without an amount"), N_("pipeline, forecast"), "amount=AMOUNT"),
    "without_probability": (N_("without a probability"), N_("weighted pipeline"), "probability=N"),
    "without_owner": (N_("without an owner"), N_("figures by rep and team"), "owner=NAME"),
    "without_customer": (N_("without a customer"), N_("retention, new customers"), "customer=NAME"),
    "without_step": (N_("without a next step"), N_("today, next"), ""),
    "won_without_amount": (N_("won without an amount"), N_("revenue, average deal"), "amount=AMOUNT"),
    "lost_without_reason": (N_("lost without a reason"), N_("why deals are lost"), "reason=TEXT"),
    "unknown_begin": (N_("won, of unknown begin"), N_("sales cycle"), "created=DATE"),
    "closed_before_begin": (N_("closed before they began"), N_("sales cycle"), "created=DATE"),
    "without_rate": (N_("without a rate"), N_("every sum"), ""),
}
MOVING = ("without_date", "overdue", "without_amount", "won_without_amount", "without_rate")
COLUMNS = (
    Column("what", N_("Deals"), whole=True),
    Column("n", N_("Count"), "r"),
    Column("shown", N_("Amount"), "r"),
    Column("moves", N_("What it moves")),
    Column("deals", N_("Such as"), refs=True),
)


def found(brief: Brief, names: bool) -> list[Values]:
    """The gaps there are: of deals open on the day, and of those that closed in the period; `names` gives refs."""
    store, into = brief.app.store, brief.into
    if not store.exists:
        return []
    from salesctl.store import agenda

    opened = agenda.open_where(brief.owners, brief.base.as_of)
    ended = brief.figures(brief.span).ask(KPIS["revenue"]).where()
    known = [row["currency"] for row in reports.worth(store, opened) if row["currency"]]
    probe = brief.converter()
    unrated = [code for code in known if probe.exact(1, code, None) is None]
    rows = []
    lacking = {**reports.open_gaps(unrated), "without_step": agenda.without_step(brief.base.as_of)}
    for where, every in ((opened, lacking), (ended, reports.CLOSED_GAPS)):
        counts = reports.gaps(store, where, every, brief.day)
        for name, condition in every.items():
            n = sum(row[name] or 0 for row in counts)
            if n:
                sums = [{"n": 0, "total": row[f"{name}_total"], "currency": row["currency"]} for row in counts]
                refs = reports.which(store, where, condition, brief.day, NAMED) if names else []
                rows.append(_row(name, n, summed(sums, into)[1], refs))
    return rows


def _row(name: str, n: int, value: Money, refs: list[int]) -> Values:
    what, moves, _fix = GAPS[name]
    worth = value if value.minor else None
    return {
        "gap": name, "n": n, "value": worth, "refs": [f"D{id}" for id in refs], "what": _(what), "moves": _(moves),
        "shown": amount(worth) if worth else "", "deals": " ".join([*(f"D{id}" for id in refs), *([f"+{n - len(refs):,}"] if n > len(refs) else [])]),
    }  # fmt: skip


def brief_gaps(brief: Brief, _options: Mapping[str, str]) -> Told:
    """What is in no figure of this report, in one line."""
    rows = [row for row in found(brief, names=False) if row["gap"] in MOVING]
    data = {"gaps": [{key: row[key] for key in ("gap", "n", "value")} for row in rows]}
    if not rows:
        return Told(data, [_("nothing is left out")])
    parts = [f"{row['n']:,} {row['what']}" + (f", {row['shown']}" if row["shown"] else "") for row in rows]
    return Told(data, [f"{'   '.join(parts)}: salesctl report gaps"])


def gaps(brief: Brief, _options: Mapping[str, str]) -> Told:
    """Every gap with its deals, what figure it moves, and the command that fills it."""
    rows = found(brief, names=True)
    data = {"gaps": [{key: row[key] for key in ("gap", "n", "value", "refs")} for row in rows]}
    first = next((row for row in rows if row["refs"] and GAPS[row["gap"]][2]), None)
    footer = []
    if first:
        footer = ["", _("fill the first: {line}").format(line=f"salesctl deal edit {first['refs'][0]} {GAPS[first['gap']][2]}")]  # fmt: skip
    stepless = next((row for row in rows if row["gap"] == "without_step"), None)
    if stepless:
        line = f'salesctl followup add "{_("what to do")}" deal={stepless["refs"][0]} due={_("tomorrow")}'
        footer += [*([""] if not footer else []), _("plan a next step: {line}").format(line=line)]
    return Told(data, table=Table(rows, COLUMNS, footer=footer, empty=_("nothing is missing"), tight=True))


def corrections(brief: Brief, _options: Mapping[str, str]) -> Told:
    """What was changed in a period after it was closed: of the deals it is about, as it was known on the day."""
    from salesctl.commands._periods import CORRECTION, later

    close, rows = later(brief.app, brief.span, brief.base.as_of)
    if rows and brief.owners is not None:
        mine = reports.theirs(brief.app.store, brief.owners, [int(one["ref"][1:]) for one in rows])
        rows = [one for one in rows if int(one["ref"][1:]) in mine]
    data = {
        "closed_at": close["closed_at"] if close else None,
        "corrections": [{key: one[key] for key in CORRECTION} for one in rows],
    }
    lines = [
        f"{one['ref']} {one['name']}  {one['what']}  {one['day']} {one['by'] or ''}".rstrip() for one in rows[:NAMED]
    ]
    rest = len(rows) - NAMED
    if rest > 0:
        more = _n("and {n} more", "and {n} more", rest).format(n=f"{rest:,}")
        lines.append(f"{more}: salesctl period show {brief.span.code}")
    return Told(data, lines)
