"""What a derived figure is made of, in one line: the inputs of velocity and coverage, who is still open in a cohort."""

from __future__ import annotations

from typing import Any

from salesctl.domain.kpi import WATCHED_DAYS
from salesctl.i18n import N_, _, _n
from salesctl.money import Money, exact, short
from salesctl.services.figure import Figure

INPUTS = {
    "opportunities": N_("opportunities"),
    "average": N_("average"),
    "rate": N_("win rate"),
    "days": N_("cycle"),
}


def notes(figures: list[Figure]) -> list[str]:
    """A line for each figure that is made of others, or that is young."""
    lines = []
    for one in figures if len({figure.group for figure in figures}) == 1 else ():
        said = _SAID[one.kpi.kind](one) if one.kpi.kind in _SAID else ""
        if said:
            lines.append(f"{_(one.kpi.label)}: {said}")
    still = sum(one.parts.get("open", 0) for one in figures)
    if not lines and still:
        lines.append(_("{n} of the new deals are still open").format(n=f"{still:,}"))
    return lines


def _open(one: Figure) -> str:
    still = one.parts.get("open")
    return _n("{n} still open", "{n} still open", still).format(n=f"{still:,}") if still else ""


def _velocity(one: Figure) -> str:
    """40 opportunities x $25,000 x 25 % / 90 d a day, and what each adds to the change."""
    if not one.parts:
        return _("needs a period with a beginning and an end")
    shown = _("{n} opportunities x {average} x {rate} / {days}, a day").format(
        n=f"{one.parts['opportunities']:,}", average=_worth(one.parts["average"]), rate=_percent(one.parts["rate"]),
        days=_days(one.parts["days"]),
    )  # fmt: skip
    parts = _shares(one)
    return f"{shown}; {_('of the change')}: {', '.join(parts)}" if parts else shown


def _shares(one: Figure) -> list[str]:
    from salesctl.domain.velocity import shares

    sides = [_factors(side) for side in (one.parts, one.parts_before)]
    if not all(sides):
        return []
    found = shares(sides[0], sides[1]) or {}
    return [f"{_(INPUTS[name])} {100 * part:+.0f} %" for name, part in found.items()] if any(found.values()) else []


def _factors(parts: dict[str, Any]) -> dict[str, float]:
    """The factors of a velocity as numbers, the cycle as its reciprocal; none where one is not known."""
    if not parts or any(parts.get(name) in (None, 0) for name in INPUTS):
        return {}
    average = parts["average"]
    values = {"opportunities": parts["opportunities"], "average": average.minor, "rate": parts["rate"]}
    return {**{name: float(value) for name, value in values.items()}, "days": 1 / float(parts["days"])}


def _coverage(one: Figure) -> str:
    """$4.8m due for $1.6m that lacks; 4.5x needed at this win rate."""
    parts = one.parts
    goal, closed = parts.get("goal"), parts.get("closed")
    if goal is None:
        return _("no revenue goal for this period: salesctl goal add revenue")
    if isinstance(closed, Money) and closed.currency == goal.currency and closed.minor >= goal.minor:
        return _("the goal is met")
    wanted, rate = parts.get("needed"), parts.get("rate")
    need = _("the win rate is n/a, so what is needed is too")
    if wanted and rate is not None:
        need = _("needed is {n}x, 1 / {rate} ({kpi} of the last 365 days)").format(
            n=f"{wanted:.1f}", rate=_percent(rate.value), kpi=_(rate.kpi.label)
        )
    return _("{due} due, goal {goal}, won {closed}; {need}").format(
        due=_worth(parts.get("due")), goal=_worth(goal), closed=_worth(closed), need=need
    )


def _attainment(one: Figure) -> str:
    """$6,000 of the goal of $8,000."""
    goal, closed = one.parts.get("goal"), one.parts.get("closed")
    if goal is None:
        return _("no revenue goal for this period: salesctl goal add revenue")
    return _("{won} of the goal of {goal}").format(won=_worth(closed), goal=_worth(goal))


def _yearly(one: Figure) -> str:
    """Why it is n/a: no contract that says what it brings a year."""
    return "" if one.of else _("no contract with a value and a term ran at the start")


def _young(one: Figure) -> str:
    """How many customers are not told of yet."""
    n = one.left_out.get("young", 0)
    return _n("{n} customer is younger than {days} days", "{n} customers are younger than {days} days", n).format(n=f"{n:,}", days=WATCHED_DAYS) if n else ""  # fmt: skip


def _survival(one: Figure) -> str:
    """Why it is n/a: fewer than half are won by the longest wait."""
    still = (one.of or 0) - (one.n or 0)
    return _("not reached yet: {n} are still open").format(n=f"{still:,}") if one.value is None and one.n else ""


def _worth(value: Any) -> str:
    if not isinstance(value, Money):
        return _("n/a")
    return exact(value) if len(value.text) < 11 else short(value)


def _percent(value: float | None) -> str:
    return _("n/a") if value is None else f"{100 * value:.0f} %"


def _days(value: float | None) -> str:
    return _("n/a") if value is None else _("{n} d").format(n=f"{value:g}")


_SAID = {
    "ratio": _open, "velocity": _velocity, "coverage": _coverage, "attainment": _attainment, "survival": _survival,
    "net_kept": _yearly, "gross_kept": _yearly, "came_back": _young,
}  # fmt: skip
