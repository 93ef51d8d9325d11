"""Leads of the demo: from each channel, some recommended, some screened or spoken to, some in the common pool."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from salesctl.domain.customer import CUSTOMER
from salesctl.domain.followup import FOLLOWUP
from salesctl.domain.kinds import Ref
from salesctl.domain.lead import LEAD, channel_of
from salesctl.money import Money
from salesctl.plain import Data
from salesctl.services.base import local_now, today
from salesctl.store import leads
from salesctl.when import iso

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.write import Unit

SEED = 41
Values = dict[str, Any]


class Person(Data, frozen=True):
    """A rep of the demo and whom they may sell to: (customer, contact)."""

    ref: Ref
    team: str
    sells_to: tuple[tuple[Ref, Ref], ...]


def make(app: App, work: Unit, data: Values, people: list[Person]) -> None:
    """Sixteen leads of the last three weeks, and customers that nobody has."""
    dice = random.Random(SEED)
    sop = leads.process(work)
    allowed = sop.channels if sop else ()
    for team, names in data["leads"].items():
        reps = [one for one in people if one.team == team]
        for place, (name, need) in enumerate(names):
            person = reps[place % len(reps)] if place % 4 != 3 else None
            channel = channel_of(("web", "fair", "referral")[place % 3], allowed)[0]
            values: Values = {"name": name, "need": need, "channel": channel, "status": "new"}
            values |= {"contact": dice.choice(data["people"][team]), "region": reps[0].team}
            if place % 3 == 2:
                values["referred_by"] = dice.choice(reps[0].sells_to)[0]
            if place % 2 == 0:
                values["phone"] = f"138{dice.randint(10_000_000, 99_999_999)}"
                values["budget"] = Money(dice.randint(8, 90) * 100_000, work.meta("currency") or "EUR")
            _lead(app, work, dice, values, person, (0, 0, 1, 2, 5, 9, 12, 13)[place])
    for team, customers in data["pool"].items():
        for name, industry, size, city in customers:
            values = {"name": name, "industry": industry, "size": size, "city": city, "region": team}
            values |= {"kind": "company", "created": today(app) - timedelta(days=200)}
            id = work.insert(CUSTOMER, values)
            rep = next(one.ref for one in people if one.team == team)
            event = {"noun": "customer", "record_id": id, "kind": "returned", "rep_id": rep.id, "at": work.at}
            work.put("pool_event", {**event, "reason": "-"})


def _lead(app: App, work: Unit, dice: random.Random, values: Values, person: Person | None, days: int) -> None:
    """One lead that came some days ago; whoever has it got it soon, and mostly spoke to it."""
    came = _working(app, days)
    got = came + timedelta(minutes=dice.choice((6, 25, 70, 190)))
    spoke = got + timedelta(minutes=dice.choice((15, 55, 130, 400)))
    extra: Values = {"created_at": iso(came), "touched_at": iso(came)}
    values |= {"created": came.date(), "owner": person.ref if person else None}
    if person:
        extra |= {"assigned_at": iso(got), "owned_at": iso(got), "touched_at": iso(got)}
    talks = person is not None and days > 0 and dice.random() < 0.7
    if talks:
        extra |= {"contacted_at": iso(spoke), "touched_at": iso(spoke)}
    id = work.insert(LEAD, values, **extra)
    if person and talks:
        lead = Ref("lead", id, values["name"], LEAD.code(id))
        about = {"lead": lead, "owner": person.ref, "type": "call"}
        work.insert(FOLLOWUP, {**about, "subject": values["need"] or values["name"]}, done_at=iso(spoke))
        due = today(app) + timedelta(days=dice.choice((0, 1, 2)))
        work.insert(
            FOLLOWUP, {**about, "subject": values["need"] or values["name"], "due": due, "maker": person.ref.name}
        )


def _working(app: App, days: int) -> datetime:
    """An hour of the morning so many days ago."""
    return (local_now(app) - timedelta(days=days)).replace(hour=9, minute=20)
