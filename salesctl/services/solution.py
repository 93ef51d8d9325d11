"""The solution of a deal: made from its needs, an answer to each, confirmed by the customer; a new version supersedes.

What the customer confirmed stays as it was: whoever changes it makes the next version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from salesctl.domain.deal import DEAL
from salesctl.domain.kinds import Ref
from salesctl.domain.need import NEED, SOLUTION
from salesctl.errors import BadValue, Refused
from salesctl.i18n import _
from salesctl.plain import Data, fresh
from salesctl.services import facts, record
from salesctl.services.base import reading, today, unit
from salesctl.services.people import contact_of
from salesctl.store import quoting, records

if TYPE_CHECKING:
    from datetime import date

    from salesctl.app import App
    from salesctl.store.connect import Row
    from salesctl.store.write import Unit

Values = dict[str, Any]


class Written(Data, frozen=True):
    """A solution that was written: its record, the version it took the place of, the needs without an answer.

    `gone` are needs that the version before was for and that are archived: this one leaves them out.
    """

    record: Values
    before: Row | None = None
    open: list[str] = fresh(factory=list)
    gone: list[str] = fresh(factory=list)


def add(app: App, deal: str, name: str | None, from_needs: bool, note: str | None) -> Written:
    """The next version of the solution of a deal, answering each of its needs; earlier ones are superseded.

    Raises Refused (4) for `from_needs` of a deal without needs.
    """
    with unit(app, "solution.add") as work:
        about = records.raw(work, DEAL, reading(app, work).find("deal", deal).id)
        before = next(iter(quoting.solutions(work, about["id"])), None)
        needs = [row["id"] for row in quoting.needs(work, about["id"])] if from_needs else []
        if from_needs and not needs:
            code = DEAL.code(about["id"])
            raise Refused(
                _("{ref} has no needs yet").format(ref=code), _('use: salesctl need add {ref} "..."').format(ref=code)
            )
        known = _answered(work, before["id"]) if before else {}
        answers = {id: known.get(id) for id in needs} if from_needs else known
        id = _next(app, work, about, name or (before["name"] if before else about["name"]), note, answers)
    return _written(app, id, before)


def revise(app: App, text: str) -> Written:
    """The next version of a solution, as it is, to be changed."""
    with unit(app, "solution.revise") as work:
        raw = _known(app, work, text)
        about = records.raw(work, DEAL, raw["deal_id"])
        before = next(iter(quoting.solutions(work, about["id"])), None)
        id = _next(app, work, about, raw["name"], raw["note"], _answered(work, raw["id"]))
    return _written(app, id, before)


def _next(app: App, work: Unit, deal: Row, name: str, note: str | None, answers: dict[int, str | None]) -> int:
    from salesctl.text import check_line, check_note

    for row in quoting.solutions(work, deal["id"]):
        if row["status"] != "superseded":
            work.update(SOLUTION, row["id"], {"status": "superseded"})
    values: Values = {
        "name": check_line(name, _("Solution")),
        "deal": Ref("deal", deal["id"], deal["name"], DEAL.code(deal["id"])),
        "number": quoting.top_number(work, deal["id"]) + 1,
        "note": check_note(note, _("Note")) if note else None,
    }
    id = record.create(app, work, SOLUTION, values)
    for need, answer in answers.items():
        work.put("solution_need", {"solution_id": id, "need_id": need, "answer": answer})
    facts.touch(work, deal["id"], work.at)
    return id


def _answered(work: Unit, solution: int) -> dict[int, str | None]:
    """The answers of a solution by need, without the needs that were put away."""
    return {row["need_id"]: row["answer"] for row in quoting.answers(work, solution) if not row["archived_at"]}


def _known(app: App, work: Unit, text: str) -> Row:
    raw = records.raw(work, SOLUTION, reading(app, work).find("solution", text).id)
    record.at_hand(SOLUTION, raw)
    return raw


def _draft(app: App, work: Unit, text: str) -> Row:
    """A solution that may be changed. Raises Refused (4) for one that was confirmed or superseded."""
    raw = _known(app, work, text)
    work.guard(SOLUTION, raw["id"], ("status",))
    if raw["status"] != "draft":
        raise fixed(work, raw)
    return raw


def fixed(work: Unit, raw: Row) -> Refused:
    """The refusal to change a solution that is a draft no more."""
    ref = SOLUTION.code(raw["id"])
    if raw["status"] == "superseded":
        newest = quoting.solutions(work, raw["deal_id"])
        return Refused(
            _("{ref} is superseded").format(ref=ref),
            _("use the newest version: {ref}").format(ref=SOLUTION.code(newest[0]["id"])) if newest else "",
            "superseded",
        )
    return Refused(
        _("{ref} was confirmed by {who} on {day}").format(ref=ref, who=raw["confirmed_by"], day=raw["confirmed_on"]),
        _("make the next version: salesctl solution revise {ref}").format(ref=ref),
        "confirmed",
    )


def edited(app: App, work: Unit, id: int, values: Values) -> None:
    """An edit of a solution: of a draft only."""
    raw = records.raw(work, SOLUTION, id)
    if raw["status"] != "draft":
        raise fixed(work, raw)
    work.update(SOLUTION, id, values)


def answer(app: App, text: str, need: str, said: str) -> Written:
    """How a solution answers a need of its deal; an empty text takes the answer away."""
    from salesctl.text import check_line

    with unit(app, "solution.answer") as work:
        raw = _draft(app, work, text)
        about = records.raw(work, NEED, reading(app, work).find("need", need).id)
        if about["deal_id"] != raw["deal_id"]:
            raise Refused(
                _("{need} is a need of {other}, {ref} is for {deal}").format(
                    need=NEED.code(about["id"]), other=DEAL.code(about["deal_id"]),
                    ref=SOLUTION.code(raw["id"]), deal=DEAL.code(raw["deal_id"]),
                )
            )  # fmt: skip
        words = check_line(said, _("Answer"), limit=2000) if said.strip() else None
        known = next((row for row in quoting.answers(work, raw["id"]) if row["need_id"] == about["id"]), None)
        before = known["answer"] if known else None
        if known:
            work.amend("solution_need", known["id"], {"answer": words})
        else:
            work.put("solution_need", {"solution_id": raw["id"], "need_id": about["id"], "answer": words})
        if before != words:
            told = NEED.code(about["id"])
            work.log("solution", raw["id"], "update", {"~answer": told if before else None}, {"~answer": told})
        facts.touch(work, raw["deal_id"], work.at)
    return _written(app, raw["id"], None)


def confirm(app: App, text: str, by: str, at: str | None = None) -> Written:
    """The customer confirmed a solution: who, and on which day.

    Raises Refused (4) for somebody who is not at the customer, and for a version that is confirmed or superseded.
    """
    with unit(app, "solution.confirm") as work:
        raw = _draft(app, work, text)
        deal = records.raw(work, DEAL, raw["deal_id"])
        values: Values = {
            "status": "confirmed",
            "confirmed_by": contact_of(app, work, deal, by),
            "confirmed_on": past_day(app, deal, at),
        }
        work.update(SOLUTION, raw["id"], values)
        facts.touch(work, raw["deal_id"], work.at)
    return _written(app, raw["id"], None)


def past_day(app: App, deal: Row, text: str | None) -> date:
    """The day something was said by the customer: today, or an earlier one, never before the deal began."""
    from salesctl.when import parse_date

    day = parse_date(text, today(app), future=False) if text else today(app)
    began = DEAL.by_key["created"].kind.unpack(deal, "created")
    if day > today(app):
        raise BadValue(_("{day} is in the future").format(day=day))
    if began and day < began:
        raise BadValue(_("{day} is before the deal began ({began})").format(day=day, began=began))
    return day


def _written(app: App, id: int, before: Row | None) -> Written:
    rows = [row for row in quoting.answers(app.store, id) if not row["archived_at"]]
    open_ = [NEED.code(row["need_id"]) for row in rows if not row["answer"]]
    were = quoting.answers(app.store, before["id"]) if before else []
    gone = [NEED.code(row["need_id"]) for row in were if row["archived_at"]]
    return Written(records.get(app.store, SOLUTION, id), before, open_, gone)
