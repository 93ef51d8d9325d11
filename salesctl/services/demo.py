"""The demo store: made-up Chinese and European customers, the same every time, with dates around today."""

from __future__ import annotations

import json
import os
import random
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from salesctl.domain.deal import DEAL, STATE, Event, spans
from salesctl.domain.kinds import Ref
from salesctl.domain.nouns import NOUNS
from salesctl.domain.stage import Step
from salesctl.errors import Refused
from salesctl.i18n import _
from salesctl.money import Money
from salesctl.services import demo_leads, demo_papers, goal, goal_split
from salesctl.services.base import today, unit, zone
from salesctl.services.demo_leads import Person
from salesctl.services.demo_process import Habits
from salesctl.services.settings import set_meta
from salesctl.store import deals as deal_store
from salesctl.store.connect import is_url
from salesctl.when import around, iso, to_instant

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.write import Unit

SEED = 20261123
CLOSED, OPEN = 260, 44
Values = dict[str, Any]


def build(app: App, fresh: bool = False) -> bool:
    """Make the demo store where the app points; whether it was made now.

    A store that is there stays, unless `fresh`; one that is no demo is never touched (Refused, 4).
    """
    if is_url(app.db_path):
        raise Refused(_("the demo store is a file"), _("leave --db away"))
    if os.path.exists(app.db_path):
        if app.store.meta("demo") is None:
            raise Refused(_("{path} is not a demo store").format(path=app.db_path), _("leave --db away"))
        if not fresh:
            return False
        app.close_store()
        for ending in ("", "-wal", "-shm"):
            if os.path.exists(app.db_path + ending):
                os.unlink(app.db_path + ending)
    with unit(app, "demo") as work:
        set_meta(work, "demo", str(SEED))
        set_meta(work, "currency", "CNY" if app.lang == "zh" else "EUR")
        maker = _Maker(app, work)
        maker.make()
    _goals(app)
    demo_papers.make(app, maker.data)
    return True


class _Maker:
    """Fills an empty store."""

    def __init__(self, app: App, work: Unit) -> None:
        self.app, self.work = app, work
        self.random = random.Random(SEED)
        self.today = today(app)
        self.zone = zone(app)
        self.currency = work.meta("currency") or "EUR"
        path = os.path.join(os.path.dirname(os.path.dirname(__file__)), "data", "demo.json")
        with open(path, encoding="utf-8") as file:
            self.data: dict[str, Any] = json.load(file)
        self.steps = deal_store.steps(work, every=False)
        self.habits = Habits(work, self.steps, self.data, SEED)
        self.events: list[tuple[Any, ...]] = []
        self.spans: list[tuple[Any, ...]] = []

    def make(self) -> None:
        people = self._people()
        products = [
            self._put("product", {"name": n, "sku": s, "category": c, "list_price": Money(price * 100, self.currency)})
            for n, s, c, price in self.data["products"]
        ]
        for place in range(CLOSED + OPEN):
            person = people[self._weighted(len(people))]
            self._deal(person, products, closed=place < CLOSED)
        demo_leads.make(self.app, self.work, self.data, people)
        self.work.put_many(
            "deal_event", ("deal_id", "operation_id", "kind", "at", "recorded_at", "reason", *STATE), self.events
        )
        self.work.fill("deal_span", ("deal_id", "from_at", "until_at", *STATE), self.spans)
        self.habits.write()

    def _weighted(self, n: int) -> int:
        return self.random.choices(range(n), weights=(5, 6, 4, 7, 5, 4)[:n])[0]

    def _put(self, noun: str, values: Values, **extra: Any) -> Ref:
        kind = NOUNS[noun]
        filled = {one.key: one.default for one in kind.fields if one.default is not None} | values
        id = self.work.insert(kind, filled, **extra)
        return Ref(noun, id, str(values[kind.title]), kind.code(id))

    def _people(self) -> list[Person]:
        teams = {
            name: self._put("team", {"name": name, "region": region}) for name, region, _lead in self.data["teams"]
        }
        reps: dict[str, Ref] = {}
        for name, team, region in self.data["reps"]:
            reps[name] = self._put("rep", {"name": name, "team": teams[team], "region": region})
        for name, _region, lead in self.data["teams"]:
            self.work.update(NOUNS["team"], teams[name].id, {"manager": reps[lead]})
            for rep, team, _where in self.data["reps"]:
                if team == name and rep != lead:
                    self.work.update(NOUNS["rep"], reps[rep].id, {"manager": reps[lead]})
        found = []
        for place, (name, team, region) in enumerate(self.data["reps"]):
            mine = self.data["customers"][team][place % 3 :: 3]
            found.append(Person(reps[name], team, tuple(self._customer(reps[name], team, region, one) for one in mine)))
        return found

    def _customer(self, owner: Ref, team: str, region: str, said: list[str]) -> tuple[Ref, Ref]:
        name, industry, size, city = said
        rank = {"500+": "key", "1-50": "individual"}.get(size, "smb")
        began = self.today - timedelta(days=self.random.choice((5, 18, 33, 70, 120, 200, 300, 420, 500)))
        values = {"name": name, "industry": industry, "size": size, "city": city, "region": region, "owner": owner}
        customer = self._put("customer", {**values, "class": rank, "created": began, "status": "active"})
        digits = self.random.randint(10_000_000, 99_999_999)
        phone = f"138{digits}" if team == "华南" else f"+49 421 {digits % 1_000_000}"
        person = {
            "name": self.random.choice(self.data["people"][team]),
            "title": self.random.choice(self.data["titles"][team]),
        }
        return customer, self._put("contact", {**person, "customer": customer, "phone": phone, "role": "decides"})

    def _instant(self, day: date, hour: int = 9) -> str:
        from datetime import time

        return iso(to_instant(day, time(hour), self.zone)[0])

    def _deal(self, person: Person, products: list[Ref], closed: bool) -> None:
        customer, contact = self.random.choice(person.sells_to)
        team = person.team
        product = self.random.choice(products)
        amount = round(self.random.lognormvariate(9.7, 0.6), -2) or 500
        length = max(6, int(self.random.gammavariate(4, 11)))
        ended = self.today - timedelta(days=self.random.randint(1, 430)) if closed else None
        began = (ended or self.today) - timedelta(days=length if closed else self.random.randint(2, 90))
        values: Values = {
            "name": self.random.choice(self.data["things"][team]), "customer": customer, "contact": contact,
            "owner": person.ref, "amount": Money(int(amount) * 100, self.currency), "created": began,
            "channel": self.random.choice(self.data["channels"][team]),
        }  # fmt: skip
        reached = self.random.choices(range(len(self.steps)), weights=(3, 4, 4, 4, 4, 3, 2))[0]
        won = closed and self.random.random() < (0.34, 0.30, 0.22, 0.42, 0.36, 0.28)[person.ref.id % 6]
        reached = len(self.steps) - 1 if won else reached
        if ended is None:
            values["expected_close"] = self.today + timedelta(days=self.random.randint(-6, 70))
        else:  # what was expected, about right; not drawn, so that all else stays as it is
            values["expected_close"] = ended + timedelta(days=length * 7 % 31 - 12)
        self._insert(person, values, reached, began, ended, won, product)

    def _insert(
        self, person: Person, values: Values, reached: int, began: date, ended: date | None, won: bool, product: Ref
    ) -> None:
        last = (ended or self.today - timedelta(days=self.random.choice((0, 1, 2, 4, 6, 9, 20, 31)))) - began
        days = sorted(self.random.randint(0, max(0, last.days)) for _one in range(reached))
        moments = [began, *(began + timedelta(days=n) for n in days)]
        step = self.steps[reached]
        state: Values = {"pipeline_id": 1, "stage_id": step.id, "probability": step.probability}
        state |= {"probability_source": "stage", "stage_at": self._instant(moments[-1])}
        if ended:
            values |= {"outcome": "won" if won else "lost", "closed": ended}
            if not won:
                values["lost_reason"] = self.random.choice(self.data["reasons"][person.team])
                if self.random.random() < 0.4:
                    values["lost_to"] = values["competitor"] = self.random.choice(self.data["rivals"][person.team])
        values["playbook"] = self.habits.playbook(won)
        touched = self._instant(ended or moments[-1], 15)
        id = self.work.insert(DEAL, values, **state, touched_at=touched)
        money = values["amount"]
        self.work.put("deal_line", {"deal_id": id, "product_id": product.id, "quantity": 1, "amount": money.minor,
                                    "amount_currency": money.currency})  # fmt: skip
        path = [(place, self._instant(day, 9 + n)) for n, (place, day) in enumerate(self.habits.path(moments))]
        self._life(id, path, ended)
        win = self._instant(ended, 17) if ended and won else None
        self.habits.checked(id, person.ref.id, path, win, person.team)
        self.habits.met(id, values, touched, person.team)
        self._followups(id, person, values, moments, ended)

    def _life(self, id: int, path: list[tuple[int, str]], ended: date | None) -> None:
        row = self.work.one(f"SELECT {', '.join(STATE)} FROM deal WHERE id = :id", {"id": id})
        assert row is not None
        happened: list[Event] = []
        for n, (place, at) in enumerate(path):
            step: Step = self.steps[place]
            hidden = {"outcome": None, "closed": None, "lost_reason": None, "lost_to": None, "competitor": None}
            state = {**row, **hidden, "stage_id": step.id, "probability": step.probability}
            self._event(happened, id, "stage" if n else "created", at, state)
        if ended:
            self._event(happened, id, row["outcome"], self._instant(ended, 17), dict(row))
        self.spans += [(id, span.start, span.end, *span.state) for span in spans(happened)]

    def _event(self, happened: list[Event], id: int, kind: str, at: str, state: Values) -> None:
        values = tuple(state[name] for name in STATE)
        happened.append(Event(at, values))
        self.events.append((id, self.work.operation, kind, at, self.work.at, None, *values))

    def _followups(self, id: int, person: Person, values: Values, moments: list[date], ended: date | None) -> None:
        deal = Ref("deal", id, values["name"], DEAL.code(id))
        about = {"customer": values["customer"], "contact": values["contact"], "deal": deal, "owner": person.ref}
        types = ("call", "mail", "visit", "wechat" if person.team == "华南" else "meeting")
        for day in moments:
            subject = self.random.choice(self.data["steps"][person.team])
            done = self._instant(min(day, self.today), 11)
            self.work.insert(
                NOUNS["followup"], {**about, "type": self.random.choice(types), "subject": subject}, done_at=done
            )
        if ended or self.random.random() < 0.25:
            return
        due = self.today + timedelta(days=self.random.choice((-4, -3, -1, 0, 0, 0, 0, 1, 2, 3, 6, 11)))
        hour = self.random.choice((None, "09:30", "10:00", "14:30", "16:00"))
        step = {"type": self.random.choice(types), "subject": self.random.choice(self.data["steps"][person.team])}
        self.work.insert(NOUNS["followup"], {**about, **step, "due": due, "due_time": hour, "maker": person.ref.name})


def _goals(app: App) -> None:
    """Goals of this quarter and this month, for the company, the teams and the reps."""
    day = today(app)
    quarter, month = around(day, "quarter").code, around(day, "month").code
    reason = _("the plan of the year")
    company = goal.add(app, goal.Wanted("revenue", "600k", quarter, reason=reason, levels=(f"{_('Stretch')}=680k",)))
    for team, amount in (("North", "300k"), ("华南", "300k")):
        one = goal.add(app, goal.Wanted("revenue", amount, quarter, team=team, parent=company["ref"]))
        goal_split.split(app, one["ref"], "reps")
    goal.add(app, goal.Wanted("win_rate", "35%", quarter, reason=reason))
    goal.add(app, goal.Wanted("new_customers", "8", quarter, reason=reason))
    monthly = goal.add(app, goal.Wanted("revenue", "200k", month, parent=company["ref"]))
    goal_split.split(app, monthly["ref"], "reps")
