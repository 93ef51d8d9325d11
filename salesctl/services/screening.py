"""Screening leads: by the rules of the SOP, which say where each point is from, or by hand with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from salesctl.domain.lead import LEAD, MOST_FIT, fit, screened
from salesctl.errors import BadValue, Refused, SalesError, UsageError
from salesctl.i18n import _, _n
from salesctl.plain import Data
from salesctl.services import lead
from salesctl.services.base import reading, unit
from salesctl.store import leads, records

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.domain.sop import Sop
    from salesctl.store.write import Unit

Values = dict[str, Any]


class Screened(Data, frozen=True):
    """A lead after its screening: the record, what it was before, and each rule with its points and whether it fits."""

    record: Values
    before: str
    rules: Sequence[Values]


def by_rule(app: App, texts: Sequence[str]) -> list[Screened]:
    """Screen leads by the rules of the SOP. Refused (4) without rules, and for a lead that is converted."""
    done: list[tuple[int, str, list[Values]]] = []
    with unit(app, "lead.screen") as work:
        sop = leads.process(work)
        known = list(sop.part("leads").get("screen", ())) if sop else []
        if sop is None or not known:
            raise Refused(_("the SOP has no rules to screen by"), _("write [[leads.screen]] rules: salesctl sop edit"))
        ids = _ids(app, work, texts)
        fitting = [_fitting(app, work, rule, ids) for rule in known]
        for id in ids:
            told = [
                {"key": rule["key"], "name": rule.get("name", rule["key"]), "points": rule["points"], "met": id in them}
                for rule, them in zip(known, fitting, strict=True)
            ]
            done.append((id, _write(work, id, _verdict(sop, told)), told))
    return [Screened(records.get(app.store, LEAD, id), before, told) for id, before, told in done]


def _verdict(sop: Sop, told: Sequence[Values]) -> Values:
    """Status, fit and reason of the points that were given."""
    limits = sop.part("leads")
    points = sum(one["points"] for one in told if one["met"])
    most = sum(one["points"] for one in told)
    status = screened(points, limits.get("accept"), limits.get("reject"))
    return {"status": status, "fit": fit(points, most), "reason": said(told)}


def said(told: Sequence[Mapping[str, Any]]) -> str:
    """Which rule gave which points, and what they are together."""
    parts = [f"{one['name']} {one['points']:+d}" for one in told if one["met"]]
    points = sum(one["points"] for one in told if one["met"])
    total = _n("{n} point of {most}", "{n} points of {most}", points).format(
        n=points, most=sum(one["points"] for one in told)
    )
    return f"{total}: {', '.join(parts)}" if parts else total


def _fitting(app: App, work: Unit, rule: Mapping[str, Any], ids: Sequence[int]) -> set[int]:
    """Which of the leads the words of a rule fit; BadValue (4) names a rule whose words do not."""
    from salesctl.domain.filter import parse
    from salesctl.services.base import me
    from salesctl.store.filtering import Compiler

    mine = me(app, work)
    try:
        compiler = Compiler(work, LEAD, reading(app, work), me=mine.id if mine else None)
        where = compiler.where(parse([rule["when"]]), everything=True)
    except SalesError as error:
        raise BadValue(
            _("rule {key} of the SOP: {why}").format(key=rule["key"], why=error.message),
            _("mend it: salesctl sop edit"),
        ) from error
    found: set[int] = set()
    for start in range(0, len(ids), 500):
        some = ", ".join(str(id) for id in ids[start : start + 500])
        rows = work.query(f"SELECT t.id FROM lead t WHERE t.id IN ({some}) AND {where.sql}", where.params)
        found |= {row["id"] for row in rows}
    return found


def _ids(app: App, work: Unit, texts: Sequence[str]) -> list[int]:
    at = reading(app, work)
    return list(dict.fromkeys(at.find("lead", text).id for text in texts))


def _write(work: Unit, id: int, values: Values) -> str:
    """Screen one lead; the status it had. One that was rejected may be screened again, a converted one not."""
    raw = records.raw(work, LEAD, id)
    if raw["status"] == "rejected":
        work.guard(LEAD, id, ("status",))
    else:
        lead.live(work, id)
    work.update(LEAD, id, values, screened_at=work.at)
    lead.touch(work, id, work.at)
    return str(raw["status"] or "new")


def by_hand(app: App, texts: Sequence[str], status: str | None, fit_: str | None, reason: str | None) -> list[Screened]:
    """Screen leads as somebody says: qualified, rejected (for a reason, Refused 4), or only how well they fit, 0 to 5."""
    values: Values = {}
    if status:
        values["status"] = status
    if fit_ is not None:
        values["fit"] = _fit(fit_)
    if not values:
        raise UsageError(_("screen how?"), _("--auto, --accept, --reject or --fit 0..5"))
    if reason:
        from salesctl.text import check_note

        values["reason"] = check_note(reason, _("Reason"))
    elif status == "rejected":
        raise Refused(_("a rejected lead needs a reason"), _('say why with --reason "..."'), missing=["reason"])
    with unit(app, "lead.screen") as work:
        done = [(id, _write(work, id, dict(values))) for id in _ids(app, work, texts)]
    return [Screened(records.get(app.store, LEAD, id), before, ()) for id, before in done]


def _fit(text: str) -> int:
    from salesctl.money import parse_count

    value = parse_count(text, _("Fit"))
    if value > MOST_FIT:
        raise BadValue(_("a fit is 0 to {most}, not {n}").format(most=MOST_FIT, n=value))
    return value
