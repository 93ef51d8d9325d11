"""The reminder: the agenda of today with stalled deals and goals at risk, as text that reads well in a mail."""

from __future__ import annotations

from datetime import date
from typing import Any

from salesctl.commands import _agenda, _waiting
from salesctl.commands._agenda import Agenda
from salesctl.i18n import _, _n
from salesctl.money import short
from salesctl.output.folding import fold
from salesctl.output.views import Screen
from salesctl.text import pad, width, wrap

MOST = 10
WIDE = 78  # of the lists of deals in a mail


def gather(app: Any, owner: str | None, team: str | None, as_of: str | None) -> Agenda:
    """What today shows, and the stalled deals and the goals at risk."""
    from salesctl.services import scope
    from salesctl.store import agenda

    found = _agenda.gather(app, owner, team, as_of, most=MOST)
    at, instant, day = scope.moment(app, as_of)
    owners, _name = scope.whose(app, owner, team)
    zone = at.now.tzinfo
    found.stalled, found.stalled_n = agenda.standing_still(app.store, at, owners, instant, MOST)
    for deal in found.stalled:
        deal["idle_days"] = (day - deal["touched_at"].astimezone(zone).date()).days
    found.risky = _risky(app, owners, day, instant)
    return found


def _risky(app: Any, owners: list[int] | None, day: date, as_of: str | None) -> list[dict[str, Any]]:
    """Running goals that are behind: of these reps, or of everybody."""
    from salesctl.commands._goals import shown
    from salesctl.services.goal import listed
    from salesctl.services.standing import Board
    from salesctl.store.goals import running

    if not app.store.exists:
        return []
    where = running(day)
    if owners is not None:
        where.among("rep_id", owners)
    board = Board(app, as_of, day)
    standings = [board.standing(goal) for goal in listed(app.store, where)]
    return [shown(one) for one in standings if one.state in ("at_risk", "behind", "missed")]


def is_working(app: Any, day: date) -> bool:
    """Whether a day is a working day of the organisation."""
    from salesctl.services.goal import calendar

    return calendar(app.store).is_working(day)


def subject(app: Any, agenda: Agenda) -> str:
    """The line that is enough on a phone."""
    from salesctl.when import show_date, weekday

    parts = []
    for text, n in (
        (_("overdue {n}"), agenda.overdue_n),
        (_("today {n}"), agenda.today_n),
        (_("no next step {n}"), agenda.stepless_n),
        (_("stalled {n}"), agenda.stalled_n),
        (_("goals behind {n}"), len(agenda.risky)),
        (_("milestones {n}"), len(agenda.milestones)),
        *((f"{one.label} {{n}}", one.total) for one in agenda.waiting if one.nudges),
    ):
        if n:
            parts.append(text.format(n=n))
    day = f"{show_date(agenda.day, agenda.day, app.lang)} {weekday(agenda.day)}"
    whose = f" {agenda.name}" if agenda.name else ""
    return f"[salesctl] {day}{whose}: {', '.join(parts)}"


def screen(app: Any, agenda: Agenda) -> Screen:
    """The reminder as text and as data."""
    lines = [subject(app, agenda)]
    for title, items in ((_("Overdue"), agenda.overdue), (_("Today"), agenda.today)):
        if items:
            lines += ["", title, *_rows(app, agenda, items)]
    if agenda.stepless:
        lines += ["", *(part for line in _agenda.loose_line(app, agenda, owned=True) for part in fold(line, WIDE))]
    if agenda.stalled:
        lines += ["", *_stalled(app, agenda)]
    if agenda.waiting:
        lines += ["", *(part for line in _waiting.lines(agenda.waiting) for part in fold(line, WIDE))]
    if agenda.risky:
        lines += ["", _("Goals behind")]
        for one in agenda.risky[:MOST]:
            lines.append(
                f"  {one['ref']}  {one['kpi_label']}  {one['who_shown']}  {one['now_shown']} / {one['target_shown']}"
                f"  {one['pace_shown']}"
            )
    if agenda.milestones:
        lines += ["", _("Milestones"), *(f"  {one['text']}" for one in agenda.milestones)]
    month = _agenda.month_line(agenda)
    lines += ["", month] if month else []
    if agenda.due:
        first = agenda.due[0]["id"]
        lines.append(
            _('done: salesctl done {n} "outcome" --next "thu ask again"    later: salesctl snooze {n} wed').format(
                n=first
            )
        )
    data = {"subject": subject(app, agenda) if not agenda.empty else None, **_agenda.data(agenda)}
    return Screen(lines, data, rows=agenda.due, columns=_agenda.COLUMNS, text_in_pipe=True)


def _rows(app: Any, agenda: Agenda, items: list[dict[str, Any]]) -> list[str]:
    """A line for each follow-up where the widest has room in a mail, else two; whose it is where that is not one's."""
    rows = []
    for one in items:
        ref, when, what, customer, deal, whom = _agenda.row(app, one, agenda.day)
        owner = [one["owner"] or _("nobody")] if agenda.mixed else []
        rows.append([ref, when, what, *owner, whom, f"{customer} {deal}".strip()])
    sizes = [max(map(width, column)) for column in zip(*rows, strict=True)]
    laid = [[pad(cell, size) for cell, size in zip(row, sizes, strict=True)] for row in rows]
    if sum(sizes) + 2 * len(sizes) <= WIDE:
        return [f"  {'  '.join(row)}".rstrip() for row in laid]
    inset, lines = " " * (sizes[0] + 4), []
    for row in laid:
        lines += fold(f"  {'  '.join(row[:-2])}".rstrip(), WIDE)
        lines += fold(f"{inset}{'  '.join(row[-2:])}".rstrip(), WIDE)
    return lines


def _stalled(app: Any, agenda: Agenda) -> list[str]:
    """The deals that stand still, each on its own line, and how many more there are."""
    label = f"{_('Stalled')}  "
    more = agenda.stalled_n - len(agenda.stalled)
    told = [_quiet(app, agenda, one) for one in agenda.stalled]
    told += [_n("and {n} more", "and {n} more", more).format(n=more)] if more > 0 else []
    lines = []
    for one in told:
        first, *rest = wrap(one, WIDE - width(label))
        lines += [label + first, *(" " * (width(label) + 2) + part for part in rest)]
        label = " " * width(label)
    return lines


def _quiet(app: Any, agenda: Agenda, deal: dict[str, Any]) -> str:
    amount = f" {short(deal['amount'], app.lang)}" if deal["amount"] else ""
    days = _n("{n} day quiet", "{n} days quiet", deal["idle_days"]).format(n=deal["idle_days"])
    whom = f" {deal['contact'] or ''} {deal['phone'] or ''}".rstrip()
    return f"{deal['ref']} {deal['customer'] or deal['name']}{amount} {days}{whom}{_agenda.whose_is(agenda, deal)}"
