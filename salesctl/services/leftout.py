"""Which rows a figure counts and which it leaves out, and why: the refs behind the counts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from salesctl.domain.kpi import ACTIVE_DAYS, KPIS, Kpi
from salesctl.domain.nouns import NOUNS
from salesctl.plain import replace
from salesctl.store import measures, sops
from salesctl.when import Period

if TYPE_CHECKING:
    from salesctl.services.figures import Figure, Figures

SHOWN = 8
WHICH = {
    "without_amount": "t.amount IS NULL",
    "other_currency": "t.amount_currency IS NOT NULL",
    "without_probability": "t.amount_currency IS NOT NULL AND t.probability IS NULL",
    "without_close_date": "t.expected_close IS NULL",
    "unknown_begin": "(t.created IS NULL OR t.closed IS NULL)",
    "closed_before_begin": "t.closed < t.created",
}
CUSTOMERS = ("kept", "gone", "again", "touched")  # measured by customers; the others are made of figures
LEFT_OUT_OF = {
    "money": ("without_amount",), "average": ("without_amount",), "median": ("without_amount",),
    "money_ratio": ("without_amount",), "weighted": ("without_amount", "without_probability"),
    "days": ("unknown_begin", "closed_before_begin"),
}  # fmt: skip


def refs(figures: Figures, one: Figure, reason: str) -> list[str]:
    """The refs of deals that a figure leaves out for a reason, the first few."""
    kpi = one.kpi
    if kpi.over != "deal" or reason not in (*WHICH, "excluded_from_rates"):
        return []
    unrated, values = _unrated(figures, kpi)
    condition = unrated if reason == "excluded_from_rates" else WHICH[reason]
    if unrated and condition != unrated:
        condition += f" AND {unrated} IS NOT TRUE"
    condition += _outcomes(kpi)
    params: dict[str, Any] = dict(values)
    if reason in ("other_currency", "without_probability"):
        unknown, more = _unknown(one.lacking, figures.question.day.isoformat())
        told = unknown if reason == "other_currency" else f"NOT {unknown}"
        condition, params = f"{condition} AND {told}", params | more
    ask = figures.ask(kpi, at=None) if reason == "without_close_date" else figures.ask(kpi)
    return [f"D{id}" for id in measures.which(figures.store, ask, condition, params, SHOWN)]


def counted(figures: Figures, one: Figure) -> list[str]:
    """The refs of what a figure counts, the first few; none where it is made of other figures."""
    kpi = one.kpi
    if kpi.is_outside or kpi.is_whole:
        return _customers(figures, one) if kpi.kind in CUSTOMERS else []
    if kpi.over != "deal":
        condition = f"t.type = '{kpi.type}'" if kpi.type else "1 = 1"
        ids = measures.which(figures.store, figures.ask(kpi), condition, {}, SHOWN)
        return [NOUNS[kpi.over].code(id) for id in ids]
    unrated, values = _unrated(figures, kpi)
    condition = "1 = 1" + (f" AND {unrated} IS NOT TRUE" if unrated else "") + _outcomes(kpi)
    params: dict[str, Any] = dict(values)
    for reason in LEFT_OUT_OF.get(kpi.kind, ()):
        condition += f" AND NOT ({WHICH[reason]})"
    if kpi.is_money or kpi.kind == "money_ratio":
        unknown, more = _unknown(one.lacking, figures.question.day.isoformat())
        condition, params = f"{condition} AND NOT {unknown}", params | more
    return [f"D{id}" for id in measures.which(figures.store, figures.ask(kpi), condition, params, SHOWN)]


def _customers(figures: Figures, one: Figure) -> list[str]:
    """Of retention those that were active at the start, of repeat purchase those that bought, of follow-ups those touched."""
    q, condition = figures.question, "t.customer_id IS NOT NULL"
    ask = figures.ask(one.kpi)
    if one.kpi.kind != "touched":
        span = q.period
        if one.kpi.kind != "again":
            if one.period.start is None:
                return []
            span = Period(one.period.start - timedelta(days=ACTIVE_DAYS), one.period.start, "days")
        ask, condition = replace(figures.ask(KPIS["revenue"]), period=span), f"{condition} AND t.outcome = 'won'"
    ids = measures.which(figures.store, ask, condition, {}, SHOWN, "customer_id")
    return [NOUNS["customer"].code(id) for id in ids]


def _unrated(figures: Figures, kpi: Kpi) -> tuple[str, dict[str, Any]]:
    """The condition that a deal was lost for a reason that counts in no rate, of a rate."""
    return sops.unrated(figures.store) if kpi.kind in ("ratio", "money_ratio") else ("", {})


def _outcomes(kpi: Kpi) -> str:
    """That a deal has an outcome which counts; nothing where every one does, or the question says so already."""
    wanted = {one for one in (*kpi.outcomes, *kpi.bottom) if one}
    if not wanted or None in (*kpi.outcomes, *kpi.bottom):
        return ""
    return f" AND t.outcome IN ({', '.join(repr(one) for one in sorted(wanted))})"


def _unknown(lacking: dict[str, str], day: str) -> tuple[str, dict[str, str]]:
    """The condition that no rate is known: a currency lacks one up to a day, so it did on every day before."""
    parts, params = ["1 = 0"], {"rated_": day}
    for place, (code, last) in enumerate(lacking.items()):
        parts.append(f"(t.amount_currency = :code{place}_ AND coalesce(t.closed, :rated_) <= :last{place}_)")
        params |= {f"code{place}_": code, f"last{place}_": last}
    return f"({' OR '.join(parts)})", params
