"""Which rows a figure leaves out, and why: the refs behind the counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from salesctl.store import measures, sops

if TYPE_CHECKING:
    from salesctl.services.figures import Figure, Figures

SHOWN = 8
WHICH = {
    "without_amount": "t.amount IS NULL",
    "other_currency": "t.amount_currency IS NOT NULL",
    "without_probability": "t.amount_currency IS NOT NULL AND t.probability IS NULL",
    "unknown_begin": "(t.created IS NULL OR t.closed IS NULL)",
    "closed_before_begin": "t.closed < t.created",
}


def refs(figures: Figures, one: Figure, reason: str) -> list[str]:
    """The refs of deals that a figure leaves out for a reason, the first few."""
    kpi = one.kpi
    if kpi.over != "deal" or reason not in (*WHICH, "excluded_from_rates"):
        return []
    outcomes = [one for one in (*kpi.outcomes, *kpi.bottom) if one]
    unrated, values = sops.unrated(figures.store) if kpi.kind in ("ratio", "money_ratio") else ("", {})
    condition = unrated if reason == "excluded_from_rates" else WHICH[reason]
    if unrated and condition != unrated:
        condition += f" AND {unrated} IS NOT TRUE"
    if outcomes:
        condition += f" AND t.outcome IN ({', '.join(repr(one) for one in sorted(set(outcomes)))})"
    params: dict[str, Any] = dict(values)
    if reason in ("other_currency", "without_probability"):
        unknown, more = _unknown(one.lacking, figures.question.day.isoformat())
        told = unknown if reason == "other_currency" else f"NOT {unknown}"
        condition, params = f"{condition} AND {told}", params | more
    return [f"D{id}" for id in measures.which(figures.store, figures.ask(kpi), condition, params, SHOWN)]


def _unknown(lacking: dict[str, str], day: str) -> tuple[str, dict[str, str]]:
    """The condition that no rate is known: a currency lacks one up to a day, so it did on every day before."""
    parts, params = ["1 = 0"], {"rated_": day}
    for place, (code, last) in enumerate(lacking.items()):
        parts.append(f"(t.amount_currency = :code{place}_ AND coalesce(t.closed, :rated_) <= :last{place}_)")
        params |= {f"code{place}_": code, f"last{place}_": last}
    return f"({' OR '.join(parts)})", params
