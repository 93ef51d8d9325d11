"""Who may say yes: the people that a band names for a quote, who stands in for them, and who is typing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from salesctl.domain.hierarchy import APPROVERS, People
from salesctl.domain.kinds import Ref
from salesctl.domain.quote import QUOTE
from salesctl.errors import NotAllowed, Refused, UsageError
from salesctl.i18n import _
from salesctl.services.base import me, today
from salesctl.store import approvals

if TYPE_CHECKING:
    from datetime import date

    from salesctl.app import App
    from salesctl.domain.sop import Band
    from salesctl.store.connect import Row, Store


def chain(people: People, quote: Row, band: Band, owner: int | None, barred: set[int]) -> list[int]:
    """Who decides, step by step: nobody twice and nobody on a quote that he asks for or owns. Refused (4) for nobody."""
    from salesctl.text import name_key

    found: list[int] = []
    for step in band.steps:
        approver = people.approver(name_key(step), owner, barred | set(found))
        if approver is None:
            raise _nobody(people, quote, step, owner)
        found.append(approver)
    return found


def _nobody(people: People, quote: Row, step: str, owner: int | None) -> Refused:
    from salesctl.text import name_key

    ref = QUOTE.code(quote["id"])
    start = owner
    if step not in APPROVERS:
        start = next((one.id for one in people.people.values() if one.key == name_key(step) and one.here), None)
        if start is None:
            raise Refused(
                _("the SOP has {ref} approved by {name}, and there is no such rep").format(ref=ref, name=step),
                _("add one: salesctl rep add NAME; or name another: salesctl sop edit"),
                missing=["approver"],
            )
    if start is None:
        return Refused(
            _("{ref} has no owner, so nobody is above who could approve it").format(ref=ref),
            f"salesctl quote edit {ref} owner=NAME",
            missing=["owner"],
        )
    top = ([start, *people.above(start)])[-1]
    return Refused(
        _("nobody is above {name} who could approve {ref} as {role}").format(name=people.name(top), ref=ref, role=step),
        _("say who: salesctl rep edit R{id} manager=NAME").format(id=top),
        missing=["manager"],
    )


class Case(NamedTuple):
    """What it takes to say who may decide a step of an approval."""

    people: People
    raw: Row
    quote: Row
    steps: list[Row]
    day: date

    @property
    def own(self) -> set[int]:
        """Those whose quote it is: nobody approves their own."""
        return {self.raw["asked_by_id"], self.quote["owner_id"]} - {None}

    def stand_in(self, step: Row) -> int:
        """Who decides a step on the day: its approver, or the one in his place who has no other step."""
        others = [one for one in self.steps if one["position"] != step["position"]]
        taken = {one[key] for one in others for key in ("approver_id", "decided_by_id")} - {None}
        return self.people.decider(step["approver_id"], self.day, self.own | taken)

    def may(self, step: Row) -> set[int]:
        """Everybody who may decide a step, or has."""
        return {step["approver_id"], self.stand_in(step), step["decided_by_id"]} - {None} - self.own


def deciders(app: App, store: Store, people: People, rows: Sequence[Row]) -> dict[int, int]:
    """Who decides each of these waiting approvals (`approvals.waiting`) today: the approver, or who stands in."""
    others = approvals.barred(store, [row["id"] for row in rows])
    day = today(app)
    return {
        row["id"]: people.decider(
            row["waits_for_id"], day, others[row["id"]] | ({row["asked_by_id"], row["owner_id"]} - {None})
        )
        for row in rows
    }


def for_whom(people: People, approver: int, decider: int) -> str:
    """`Anna`, or `Bo for Anna` where Bo stands in."""
    if approver == decider:
        return str(people.name(approver))
    return _("{deputy} for {name}").format(deputy=people.name(decider), name=people.name(approver))


def myself(app: App, store: Store) -> Ref:
    """The rep who is typing. UsageError (2) while nobody said who that is, NotAllowed (6) for one who is no rep."""
    if not app.me:
        raise UsageError(_("it is not known who you are"), _("say so with: salesctl config me NAME"))
    mine = me(app, store)
    if mine is None:
        raise NotAllowed(
            _("{name} is no rep, so nothing waits for {name}").format(name=app.me),
            _("the reps: salesctl rep list; who you are: salesctl config me NAME"),
        )
    return mine
