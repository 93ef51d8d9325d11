"""Today as one answer: what is due, what has no next step, and how the month goes. today and remind show the same."""

from __future__ import annotations

from datetime import date
from typing import Any

from salesctl.commands import _waiting
from salesctl.commands._waiting import Waiting
from salesctl.domain.followup import TYPE
from salesctl.i18n import _, _n
from salesctl.money import exact, short
from salesctl.output.views import Column
from salesctl.plain import Data, fresh
from salesctl.text import crop, pad, width


class Agenda(Data):
    """What is due up to today, open deals without a next step, and the month against its goal."""

    day: date
    due: list[dict[str, Any]]
    stepless: list[dict[str, Any]]
    stepless_n: int
    name: str | None
    month: dict[str, Any] | None
    everybody: bool
    risky: list[dict[str, Any]] = fresh(factory=list)
    stalled: list[dict[str, Any]] = fresh(factory=list)
    stalled_n: int = 0
    overdue_n: int = 0
    today_n: int = 0
    waiting: list[Waiting] = fresh(factory=list)
    milestones: list[dict[str, Any]] = fresh(factory=list)
    mixed: bool = False  # whether it is of more than one rep, so that its lines say whose they are
    unknown: bool = False  # whether who is asking is no rep of this store

    @property
    def overdue(self) -> list[dict[str, Any]]:
        return [one for one in self.due if one["due"] < self.day]

    @property
    def today(self) -> list[dict[str, Any]]:
        return [one for one in self.due if one["due"] == self.day]

    @property
    def empty(self) -> bool:
        nudging = any(one.nudges for one in self.waiting)
        return not (self.due or self.stepless or self.risky or self.stalled or self.milestones or nudging)


COLUMNS = tuple(
    Column(key, key, kind="money" if key == "amount" else "")
    for key in ("ref", "due", "due_time", "overdue_days", "type", "subject", "customer", "customer_ref", "deal", "deal_ref",
                "stage", "amount", "contact", "phone", "owner", "lead", "lead_ref")
)  # fmt: skip


def gather(app: Any, owner: str | None, team: str | None, as_of: str | None, most: int = 5, shown: int = 0) -> Agenda:
    """The agenda of a day from the store; `shown` is how many due follow-ups are wanted at most, 0 for all."""
    from salesctl.services.scope import moment, whose
    from salesctl.store import agenda

    at, instant, day = moment(app, as_of)
    owners, name = whose(app, owner, team)
    due = [
        {**one, "overdue_days": (day - one["due"]).days}
        for one in agenda.due(app.store, day, owners, instant, most=shown)
    ]
    loose, loose_n = agenda.stepless(app.store, owners, instant, most)
    zone = at.now.tzinfo
    for deal in loose:
        since = deal["touched_at"]
        deal["idle_days"] = None if since is None else (day - since.astimezone(zone).date()).days
    month = month_of(app, owners, day, instant)
    waiting = _waiting.gather(app, owners, day, instant)
    unknown = owners is None and owner is None
    mixed = owners is None or len(owners) > 1
    found = Agenda(day, due, loose, loose_n, name, month, owners is None, waiting=waiting, mixed=mixed, unknown=unknown)
    if shown and len(due) == shown:
        found.overdue_n, found.today_n = agenda.due_counts(app.store, day, owners, instant)
    else:
        found.overdue_n, found.today_n = len(found.overdue), len(found.today)
    return found


def month_of(app: Any, owners: list[int] | None, day: date, as_of: str | None) -> dict[str, Any] | None:
    """Revenue of this month against its goal, where one is set: of the rep, the team, or the company."""
    from salesctl.when import around

    span = around(day, "month")
    ends = {"first": str(span.first), "last": str(span.last)}
    if not app.store.one('SELECT 1 FROM goal WHERE start = :first AND "end" = :last LIMIT 1', ends):
        return None
    from salesctl.domain import goalrules as rules
    from salesctl.services.goal import listed
    from salesctl.services.standing import Board
    from salesctl.store.goals import exactly

    where = exactly(span.first, span.last)
    where.add("t.kpi = 'revenue' AND t.product_id IS NULL AND t.customer_id IS NULL")
    if owners is None:
        where.add("t.rep_id IS NULL AND t.team_id IS NULL")
    else:
        where.among("rep_id", owners)
    goals = listed(app.store, where)
    if not goals:
        return None
    standing = Board(app, as_of, day, lands=False).standing(goals[0])
    from salesctl.services.target import value_of

    kpi, money = standing.kpi, goals[0]["currency"]
    missing = max(0, standing.target - (standing.now or 0))
    behind = max(0, round(rules.expected(standing.target, standing.days)) - (standing.now or 0))
    return {
        "now": value_of(kpi, standing.now, money),
        "target": value_of(kpi, standing.target, money),
        "done": float(standing.attainment) if standing.attainment is not None else None,
        "time": float(standing.days.share),
        "missing": value_of(kpi, missing, money),
        "behind": value_of(kpi, behind, money),
        "days_left": standing.days.left,
        "state": standing.state,
    }


def head(app: Any, agenda: Agenda, room: int) -> str:
    """Whose, which day, and the month against its goal."""
    from salesctl.when import show_date, weekday

    day = f"{weekday(agenda.day)} {show_date(agenda.day, agenda.day, app.lang)}"
    left = f"{day}  {agenda.name}" if agenda.name else f"{day}  {_('everybody')}"
    if agenda.month is None:
        return left
    month = agenda.month
    text = _("this month {now} / {target}  {done:.0f} % done  time {time:.0f} %").format(
        now=_("n/a") if month["now"] is None else short(month["now"], app.lang),  # another currency, and no rate
        target=short(month["target"], app.lang), done=100 * (month["done"] or 0), time=100 * month["time"],
    )  # fmt: skip
    behind = month["behind"]
    text += "  " + _("behind {amount}").format(amount=short(behind, app.lang)) if behind and behind.minor > 0 else ""
    gap = room - width(left) - width(text)
    return f"{left}{' ' * max(2, gap)}{text}" if gap >= 2 else f"{left}  {text}"


def when(one: dict[str, Any], day: date, brief: bool = False) -> str:
    """逾期3天, 10:00, today; `brief`: 3d late."""
    late = (day - one["due"]).days
    if late > 0 and brief:
        return _("{n}d late").format(n=late)
    if late > 0:
        return _n("{n} day late", "{n} days late", late).format(n=late)
    return one["due_time"] or _("today")


def row(app: Any, one: dict[str, Any], day: date, brief: bool = False) -> list[str]:
    """A follow-up as the cells of a row: ref, when, what, customer, deal, whom to call; `brief` without the stage.

    One with a lead that is no customer yet names the lead in their place.
    """
    from salesctl.commands._fields import stage_name
    from salesctl.domain.stage import Step

    what = f"{_(TYPE.labels[one['type']])} {one['subject']}"
    deal = ""
    if one["deal_ref"]:
        name = Step(0, one["stage"], one["stage_key"], 0, None, "open").short if one["stage"] else ""
        amount = short(one["amount"], app.lang) if one["amount"] else ""
        stage = "" if brief else name or stage_name(one["stage"] or "")
        deal = " ".join(part for part in (one["deal_ref"], stage, amount) if part)
    if one["lead_ref"] and not one["deal_ref"]:
        deal = f"{one['lead_ref']} {_('lead')}"
    whom = " ".join(str(one[key]) for key in ("contact", "phone") if one[key])
    return [one["ref"], when(one, day, brief), what, one["customer"] or one["lead"] or "", deal, whom]


def _wide(labels: list[str], rows: list[list[str]]) -> int:
    return sum(max(width(cells[i]) for cells in [labels, *rows]) for i in range(6)) + 10


def table(app: Any, items: list[dict[str, Any]], day: date, room: int) -> list[str]:
    """The rows laid out in a room; below 60 columns deal and contact fold under their row."""
    labels = [_("Ref"), _("When"), _("What"), _("Customer"), _("Deal"), _("Whom")]
    rows = [row(app, one, day) for one in items]
    if room >= 60 and _wide(labels, rows) > room:
        rows = [row(app, one, day, brief=True) for one in items]
    if room < 60:
        lines = []
        for cells in rows:
            lines.append(crop("  ".join(cells[:4]), room))
            under = "  ".join(part for part in cells[4:] if part)
            lines += [crop(f"     {under}", room)] if under else []
        return lines
    sizes = [max(width(cells[i]) for cells in [labels, *rows]) for i in range(6)]
    over = sum(sizes) + 10 - room
    for place, least in ((2, 18), (3, 12), (2, 12), (3, 8), (2, 8), (5, 12)):
        if over > 0 and sizes[place] > least:
            cut = min(over, sizes[place] - least)
            sizes[place] -= cut
            over -= cut
    shape = "  ".join
    return [
        shape(pad(crop(cell, size), size) for cell, size in zip(cells, sizes, strict=True)).rstrip()
        for cells in [labels, *rows]
    ]


def whose_is(agenda: Agenda, deal: dict[str, Any]) -> str:
    """Whose a deal is, where the agenda is of several."""
    return f" ({deal['owner'] or _('nobody')})" if agenda.mixed else ""


def loose_line(app: Any, agenda: Agenda, owned: bool = False) -> list[str]:
    """Open deals without a next step, a few of them by name; `owned`: and whose they are."""
    if not agenda.stepless:
        return []
    parts = []
    for deal in agenda.stepless:
        amount = f" {short(deal['amount'], app.lang)}" if deal["amount"] else ""
        idle = ""
        if deal["idle_days"] is not None and deal["idle_days"] > 0:
            idle = " " + _n("{n} day quiet", "{n} days quiet", deal["idle_days"]).format(n=deal["idle_days"])
        whose = whose_is(agenda, deal) if owned else ""
        parts.append(f"{deal['ref']} {deal['customer'] or deal['name']}{amount}{idle}{whose}")
    more = agenda.stepless_n - len(agenda.stepless)
    tail = _n("and {n} more", "and {n} more", more).format(n=more) if more > 0 else ""
    return [f"{_('No next step')}  " + "   ".join([*parts, *([tail] if tail else [])])]


def month_line(agenda: Agenda) -> str:
    """The month in a sentence: done, missing or reached, days left."""
    if agenda.month is None:
        return ""
    month = agenda.month
    said = _("this month {now} of {target}, {done:.0f} % done, time {time:.0f} %").format(
        now=_("n/a") if month["now"] is None else exact(month["now"]),
        target=exact(month["target"]),
        done=100 * (month["done"] or 0),
        time=100 * month["time"],
    )
    left = _n("{n} working day left", "{n} working days left", month["days_left"]).format(n=month["days_left"])
    if not month["missing"].minor:
        return f"{said}{_('; reached')}"
    return said + _("; {missing} missing, {left}").format(missing=exact(month["missing"]), left=left)


def data(agenda: Agenda) -> dict[str, Any]:
    """The agenda as JSON."""
    keys = [column.key for column in COLUMNS]

    def deal(one: dict[str, Any]) -> dict[str, Any]:
        return {
            key: one.get(key) for key in ("ref", "name", "customer", "stage", "amount", "owner", "idle_days", "phone")
        }

    return {
        "date": agenda.day,
        "owner": agenda.name,
        "overdue": [{key: one.get(key) for key in keys} for one in agenda.overdue],
        "today": [{key: one.get(key) for key in keys} for one in agenda.today],
        "stepless": [deal(one) for one in agenda.stepless],
        "stepless_count": agenda.stepless_n,
        "stalled": [deal(one) for one in agenda.stalled],
        "stalled_count": agenda.stalled_n,
        "goals": agenda.risky,
        "milestones": agenda.milestones,
        "waiting": _waiting.data(agenda.waiting),
        "month": agenda.month,
    }
