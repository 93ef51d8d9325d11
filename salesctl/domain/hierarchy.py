"""Who is above whom, who stands in for whom, and what somebody's roles are: what approvals go by. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

ROLES = ("rep", "manager", "director")  # everybody; who has somebody below; who has managers below
APPROVERS = ROLES[1:]  # the owner's manager, and the manager of that one; anybody else is a rep by name


class Person(NamedTuple):
    """A rep: by whom managed, what for, and who decides in his place from when until when (both days counted)."""

    id: int
    name: str
    key: str  # the name, folded
    manager: int | None = None
    function: str | None = None
    deputy: int | None = None
    away_from: date | None = None
    away_until: date | None = None
    here: bool = True  # not archived

    def away(self, day: date) -> bool:
        """Whether he is away on a day; one end alone is enough, neither means that he is here."""
        if self.away_from is None and self.away_until is None:
            return False
        return (self.away_from or day) <= day <= (self.away_until or day)


class People:
    """All reps by id."""

    def __init__(self, people: Mapping[int, Person]) -> None:
        self.people = people

    def of(self, id: int | None) -> Person | None:
        return self.people.get(id) if id is not None else None

    def name(self, id: int | None) -> str | None:
        person = self.of(id)
        return person.name if person else None

    def above(self, id: int) -> list[int]:
        """Those above somebody, nearest first; who has left is passed over, a circle ends where it closes."""
        found: list[int] = []
        seen = {id}
        person = self.of(id)
        while person and (manager := self.of(person.manager)) and manager.id not in seen:
            seen.add(manager.id)
            if manager.here:
                found.append(manager.id)
            person = manager
        return found

    def below(self, id: int) -> list[int]:
        """Those who are directly below somebody and still here."""
        return [one.id for one in self.people.values() if one.manager == id and one.here and one.id != id]

    def roles(self, id: int | None) -> frozenset[str]:
        """What a SOP may call somebody: rep, manager and director by who is below, the function, the name (folded)."""
        person = self.of(id)
        if person is None:
            return frozenset({"rep"})
        found = {"rep", person.key, *([person.function] if person.function else [])}
        team = self.below(person.id)
        if team or person.function == "management":
            found.add("manager")
        if any(self.below(one) for one in team):
            found.add("director")
        return frozenset(found)

    def approver(self, step: str, owner: int | None, barred: Collection[int]) -> int | None:
        """Who decides a step on a quote of `owner`: who the step names, or the next above who is not barred; or nobody.

        `step` is manager, director or the folded name of a rep.
        """
        if step in APPROVERS:
            line = self.above(owner)[APPROVERS.index(step) :] if owner is not None else []
        else:
            named = next((one for one in self.people.values() if one.key == step and one.here), None)
            line = [named.id, *self.above(named.id)] if named else []
        return next((id for id in line if id not in barred), None)

    def decider(self, approver: int, day: date, barred: Collection[int]) -> int:
        """Who decides for an approver on a day: himself, his deputy while he is away, that one's deputy, and so on.

        Where the deputy is barred (nobody approves his own, nobody decides twice) or the approver has left without
        one, it is the next above; where there is none it waits for the approver.
        """
        seen, now = set(), self.people[approver]
        while not now.here or now.away(day):
            seen.add(now.id)
            deputy = self.of(now.deputy)
            if deputy is None or deputy.id in seen:
                now = self.people[approver]
                break
            now = deputy
        if now.here and now.id not in barred:
            return now.id
        return next((id for id in self.above(approver) if id not in barred), approver)
