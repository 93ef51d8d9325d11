"""Ranking open deals by what is worth doing first."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from salesctl.domain import urgency
from salesctl.domain.followup import TYPE
from salesctl.domain.stats import Ratio
from salesctl.i18n import _, _n
from salesctl.money import decimals

if TYPE_CHECKING:
    from datetime import date

    from salesctl.app import App
    from salesctl.store.connect import Store

Values = dict[str, Any]
RECENT = 5_000  # closed deals, the last of them, that a chance is learnt from: older ones are of another time


def rank(app: App, owner: str | None, team: str | None, as_of: str | None, most: int = 0) -> tuple[list[Values], int]:
    """Open deals with an amount and a chance, best first (`most` of them, 0 for all), and how many are open in all.

    Leads with a budget join them while something is due with them, with the chance of the first stage. The store puts them in order by the same arithmetic; each score is worked out here once more, exactly.
    """
    from salesctl.services.scope import moment, whose
    from salesctl.store import agenda

    at, instant, day = moment(app, as_of)
    owners, _name = whose(app, owner, team)
    history = _history(app.store, instant)
    total = agenda.counted(app.store, agenda.open_where(owners, instant))
    deals = agenda.by_worth(app.store, at, owners, instant, _chance_sql(history), most)
    planned = _planned(app, [deal["id"] for deal in deals] if most else None, instant)
    ranked = [_ranked(deal, history, planned.get(deal["id"]), day) for deal in deals]
    due = _leads(app, owners, day) if as_of is None else []
    ranked, total = ranked + due, total + len(due)
    ranked.sort(key=lambda row: (-row["exact"], row["id"]))
    return ranked, total


def _chance_sql(history: dict[int, Ratio]) -> str:
    """The chance of a deal `t` in percent, as `_chance` has it, in the store's words."""
    known = {stage: past for stage, past in history.items() if past.bottom >= urgency.OWN_HISTORY}
    cases = " ".join(
        f"WHEN t.stage_id = {int(stage)} THEN {round(Fraction(100 * past.top, past.bottom))}"
        for stage, past in known.items()
    )
    own = "WHEN t.probability_source IN ('hand', 'import') THEN t.probability"
    return f"CASE {own} {cases} ELSE t.probability END"


def _ranked(deal: Values, history: dict[int, Ratio], step: Values | None, day: date) -> Values:
    chance = _chance(deal, history)
    assert chance is not None
    facts = urgency.Facts(
        deal["amount"].minor // 10 ** decimals(deal["amount"].currency),
        chance.percent,
        (step["due"] - day).days if step else None,
        (deal["expected_close"] - day).days if deal["expected_close"] else None,
        deal["still"],
    )
    return _row(deal, step, facts, _source(chance))


def _leads(app: App, owners: list[int] | None, day: date) -> list[Values]:
    """Leads with a budget that something is due with: the budget is the amount, the chance that of the first stage."""
    from salesctl.domain.lead import LIVE
    from salesctl.store import agenda, deals

    items = [one for one in agenda.due(app.store, day, owners) if one["lead_ref"] and not one["deal_ref"]]
    first = {one["lead_ref"]: one for one in reversed(items) if one["budget"] and one["lead_status"] in LIVE}
    steps = deals.steps(app.store, deals.first_pipeline(app.store), every=False) if first else []
    if not steps or steps[0].probability is None:
        return []
    said = _("a lead: default of {stage}").format(stage=steps[0].shown)
    found = []
    for ref, step in first.items():
        amount = step["budget"]
        major = amount.minor // 10 ** decimals(amount.currency)
        facts = urgency.Facts(major, steps[0].probability, (step["due"] - day).days, None, False)
        keys = {key: step[key] for key in ("contact", "phone", "owner")}
        named = {"ref": ref, "id": int(ref[1:]), "name": step["lead"], "customer": None, "stage": None}
        found.append(_row(named | keys | {"amount": amount}, step, facts, said))
    return found


def _planned(app: App, deals: list[int] | None, as_of: str | None) -> dict[int, Values]:
    """The first planned step of these deals, or of all."""
    from datetime import date as day_

    from salesctl.store import agenda

    found: dict[int, Values] = {}
    for one in agenda.due(app.store, day_(2199, 12, 31), None, as_of, deals=deals):
        if one["deal_id"] is not None:
            found.setdefault(one["deal_id"], one)
    return found


def _history(store: Store, as_of: str | None) -> dict[int, Ratio]:
    """By stage, of the last closed deals that once stood in it: won of all; as of a day, what was closed by then."""
    from salesctl.store.deals import passed

    return {row["stage"]: Ratio(row["won"], row["n"]) for row in passed(store, as_of, RECENT)}


def _chance(deal: Values, history: dict[int, Ratio]) -> urgency.Chance | None:
    own = deal["probability"] if deal["probability_source"] in ("hand", "import") else None
    past = history.get(deal["stage_id"], Ratio(0, 0))
    return urgency.chance(own, deal["probability_source"], past, deal["probability"])


def _source(chance: urgency.Chance) -> str:
    """Where a chance is from, in words, with the own history beside it."""
    won, n = chance.history.top, chance.history.bottom
    if chance.source == "history":
        low, high = chance.history.range or (0.0, 1.0)
        said = _("own history: {won} of {n} won from this stage ({low:.0f}-{high:.0f} %)")
        return said.format(won=won, n=n, low=100 * low, high=100 * high)
    if chance.source == "stage":
        return _("default of the stage ({n} closed deals of its own are too few)").format(n=n)
    return _("set by hand") if chance.source == "hand" else _("as imported")


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
        "overdue": _n("overdue for {n} day", "overdue for {n} days", part.n),
        "today": _("due today"),
        "closing": _n("close within a week ({n} day)", "close within a week ({n} days)", part.n),
        "late_close": _n("its close date passed {n} day ago", "its close date passed {n} days ago", part.n),
        "stalled": _("stalled"),
        "stepless": _("nothing planned"),
    }
    return texts[part.code].format(n=part.n)
