"""Ranking open deals by what is worth doing first."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from salesctl.domain import urgency
from salesctl.domain.followup import TYPE
from salesctl.domain.stall import stalled
from salesctl.domain.stats import wilson
from salesctl.i18n import _, _n
from salesctl.money import decimals

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.connect import Store

Values = dict[str, Any]


def rank(app: App, owner: str | None, team: str | None, as_of: str | None) -> tuple[list[Values], int]:
    """Open deals with an amount and a chance, best first, and how many open deals there are in all."""
    from salesctl.commands._agenda import whose
    from salesctl.commands._common import moment
    from salesctl.store import agenda

    at, instant, day = moment(app, as_of)
    owners, _name = whose(app, owner, team)
    deals = agenda.open_deals(app.store, owners, instant)
    planned = _planned(app, owners, instant)
    history = _history(app.store)
    zone = at.now.tzinfo
    ranked = []
    for deal in deals:
        chance, said = _chance(deal, history)
        if deal["amount"] is None or chance is None:
            continue
        since = deal["touched_at"]
        idle = None if since is None else (day - since.astimezone(zone).date()).days
        still = stalled(idle, deal["idle_limit"], deal["next_due"], day)
        step = planned.get(deal["id"])
        facts = urgency.Facts(
            deal["amount"].minor // 10 ** decimals(deal["amount"].currency),
            chance,
            (step["due"] - day).days if step else None,
            (deal["expected_close"] - day).days if deal["expected_close"] else None,
            still,
        )
        ranked.append(_row(deal, step, facts, said))
    ranked.sort(key=lambda row: (-row["exact"], row["id"]))
    return ranked, len(deals)


def _planned(app: App, owners: list[int] | None, as_of: str | None) -> dict[int, Values]:
    """The first planned step of each deal."""
    from datetime import date

    from salesctl.store import agenda

    found: dict[int, Values] = {}
    for one in agenda.due(app.store, date(2199, 12, 31), None, as_of):
        if one["deal_id"] is not None:
            found.setdefault(one["deal_id"], one)
    return found


def _history(store: Store) -> dict[int, tuple[int, int]]:
    """By stage, of the closed deals that stood in it: won and all."""
    rows = store.query(
        "SELECT e.stage_id AS stage, count(DISTINCT e.deal_id) AS n,"
        " count(DISTINCT CASE WHEN d.outcome = 'won' THEN e.deal_id END) AS won"
        " FROM deal_event e JOIN deal d ON d.id = e.deal_id WHERE d.outcome IS NOT NULL AND d.archived_at IS NULL"
        " AND e.stage_id IS NOT NULL AND e.voided_at IS NULL GROUP BY e.stage_id"
    )
    return {row["stage"]: (row["won"], row["n"]) for row in rows}


def _chance(deal: Values, history: dict[int, tuple[int, int]]) -> tuple[int | None, str]:
    """The chance and where it is from: set by hand or imported, own history of the stage, the stage's default."""
    source = deal["probability_source"]
    if source == "hand":
        return deal["probability"], _("set by hand")
    if source == "import":
        return deal["probability"], _("as imported")
    won, n = history.get(deal["stage_id"], (0, 0))
    if n >= urgency.OWN_HISTORY:
        low, high = wilson(won, n)
        said = _("own history: {won} of {n} won from this stage ({low:.0f}-{high:.0f} %)")
        return round(100 * Fraction(won, n)), said.format(won=won, n=n, low=100 * low, high=100 * high)
    said = _n(
        "default of the stage ({n} closed deal is too few)", "default of the stage ({n} closed deals are too few)", n
    )
    return deal["probability"], said.format(n=n)


def _row(deal: Values, step: Values | None, facts: urgency.Facts, said: str) -> Values:
    parts = urgency.parts(facts)
    exact = urgency.score(facts, parts)
    action = f"{_(TYPE.labels[step['type']])} {step['subject']}" if step else _("plan the next step")
    listed = [{"added": f"{part.hundredths / 100:.1f}", "why": _sentence(part)} for part in parts]
    keys = ("ref", "id", "name", "customer", "contact", "phone", "amount", "stage", "owner")
    return {key: deal[key] for key in keys} | {
        "action": action,
        "score": round(float(exact), 2),
        "exact": exact,
        "chance": facts.chance,
        "chance_source": said,
        "urgency": f"{float(urgency.urgency(parts)):.1f}",
        "parts": listed,
        "followup_ref": step["ref"] if step else None,
    }


def _sentence(part: urgency.Part) -> str:
    texts = {
        "overdue": _("overdue for {n} days"),
        "today": _("due today"),
        "closing": _("close within a week ({n} days)"),
        "late_close": _("its close date passed {n} days ago"),
        "stalled": _("stalled"),
        "stepless": _("nothing planned"),
    }
    return texts[part.code].format(n=part.n)
