"""What goal split says: the parts, that they add up, and who got none."""

from __future__ import annotations

from typing import Any

from salesctl.commands import _goals
from salesctl.errors import UsageError
from salesctl.i18n import _, _n
from salesctl.output.views import Message

WORDS = {
    "rep": "reps", "reps": "reps", "销售": "reps", "team": "teams", "teams": "teams", "团队": "teams",
    "product": "products", "products": "products", "产品": "products", "customer": "customers", "customers": "customers",
    "客户": "customers", "month": "months", "months": "months", "月": "months", "quarter": "quarters", "quarters": "quarters", "季度": "quarters",
}  # fmt: skip


def split(app: Any, ref: str, by: str, even: bool, like: str | None) -> Message:
    """Share a goal out and say how."""
    from salesctl.services import goal_split, standing

    if by not in WORDS:
        raise UsageError(_("--by is reps, teams, products, customers, months or quarters"))
    if even and like is not None:
        raise UsageError(_("either --even or --like"))
    way = goal_split.LAST_YEAR if like in ("lastyear", "last-year", "去年") else like
    made = goal_split.split(app, ref, WORDS[by], way)
    board = standing.Board(app)
    rows = [board.standing(one) for one in made.goals]
    said = _n(
        "split  {ref} into {n} part that adds up to it", "split  {ref} into {n} parts that add up to it", len(rows)
    )
    lines = [said.format(ref=ref, n=len(rows))]
    lines += [
        f"  {one.goal['ref']}  {_goals.who(one)}  {one.goal['period']}  {_goals.exactly(one, one.target)}"
        for one in rows
    ]
    without = _("no part, for it would be nothing: {names}").format(names=", ".join(made.without))
    notes = [without] if made.without else []
    return Message("\n".join(one["ref"] for one in made.goals), lines, [_goals.row(one) for one in rows], notes)
