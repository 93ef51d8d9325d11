"""Which rows a figure leaves out, and why: the refs behind the counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesctl.store import measures, sops

if TYPE_CHECKING:
    from salesctl.domain.kpi import Kpi
    from salesctl.services.figures import Figures

SHOWN = 8
WHICH = {
    "without_amount": "t.amount IS NULL",
    "other_currency": "t.amount_currency <> :unit_",
    "without_probability": "t.amount_currency = :unit_ AND t.probability IS NULL",
    "unknown_begin": "(t.created IS NULL OR t.closed IS NULL)",
    "closed_before_begin": "t.closed < t.created",
}


def refs(figures: Figures, kpi: Kpi, reason: str, unit: str) -> list[str]:
    """The refs of deals that a KPI leaves out for a reason, the first few; `unit` is the currency of its figure."""
    outcomes = [one for one in (*kpi.outcomes, *kpi.bottom) if one]
    unrated, values = sops.unrated(figures.store) if kpi.kind in ("ratio", "money_ratio") else ("", {})
    condition = unrated if reason == "excluded_from_rates" else WHICH[reason]
    if unrated and condition != unrated:
        condition += f" AND {unrated} IS NOT TRUE"
    if outcomes:
        condition += f" AND t.outcome IN ({', '.join(repr(one) for one in sorted(set(outcomes)))})"
    params = values | ({"unit_": unit} if ":unit_" in condition else {})
    return [f"D{id}" for id in measures.which(figures.store, figures.ask(kpi), condition, params, SHOWN)]
