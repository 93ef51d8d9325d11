"""The pipeline waterfall: how the sum of the open deals came from its start to its end, movement by movement, exact.

start + new + reopened + up + pulled_in + moved_in - down - pushed_out - moved_out - won - lost = end, in minor units.

Pure: the store says what changed (`Change`), step by step; here each step of a deal becomes one or two movements.

- In the pipeline is a deal that is open, in the currency that is summed (or without an amount, as 0), of the owners and
  the pipeline asked for and, where a horizon is given, expected to close within it.
- new: a deal that began open. reopened: closed before, open again. won, lost: closed, with what it was worth at the close.
- pulled_in, pushed_out: its expected close moved into or out of the horizon; without a horizon there are none.
- moved_in, moved_out: another owner, pipeline or currency, or archived.
- up, down: another amount; what goes up and down again within the period is one sum a deal.
- A deal that is entered when it was closed already was never in the pipeline. Closed in another currency, or without an
  amount, it goes out with what it was worth in this pipeline.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from salesctl.plain import Data, fresh

SIGNS = {
    "new": 1,
    "reopened": 1,
    "up": 1,
    "pulled_in": 1,
    "moved_in": 1,
    "down": -1,
    "pushed_out": -1,
    "moved_out": -1,
    "won": -1,
    "lost": -1,
}


class State(NamedTuple):
    """What a deal was at a moment: `amount` in minor units (a fraction by an exchange rate) or None, days as ISO dates."""

    amount: int | Fraction | None
    currency: str | None
    outcome: str | None
    owner: int | None
    pipeline: int | None
    close: str | None
    archived: bool = False

    @property
    def worth(self) -> int | Fraction:
        return (self.currency and self.amount) or 0

    @property
    def blank(self) -> bool:
        """Without an amount; one that is entered late may be known before its currency."""
        return self.amount is None or self.currency is None


class Change(NamedTuple):
    """A step of a deal: what it was before (None: nothing yet) and after."""

    deal: int
    name: str
    customer: str | None
    before: State | None
    after: State


class Scope(NamedTuple):
    """Whose deals are summed, of which pipeline and currency, and within which half-open days they are to close."""

    currency: str
    owners: frozenset[int] | None = None
    pipeline: int | None = None
    horizon: tuple[date, date] | None = None

    def holds(self, one: State | None) -> bool:
        """Whether a deal in this state is in the pipeline."""
        return one is not None and one.outcome is None and self.mine(one) and (self.horizon is None or self.due(one))

    def mine(self, one: State) -> bool:
        """The owner, the pipeline and the currency asked for, and not archived."""
        return (
            not one.archived
            and (one.blank or one.currency == self.currency)
            and (self.owners is None or one.owner in self.owners)
            and (self.pipeline is None or one.pipeline == self.pipeline)
        )

    def due(self, one: State) -> bool:
        """Whether the deal is expected to close within the horizon."""
        if self.horizon is None:
            return True
        return one.close is not None and self.horizon[0].isoformat() <= one.close < self.horizon[1].isoformat()


class Moved(NamedTuple):
    """A deal in a movement, with what it adds to the movement in minor units."""

    deal: int
    name: str
    customer: str | None
    minor: Any  # minor units: whole ones, once the waterfall is rounded


class Movement(Data):
    """The deals of a movement; `minor` is their sum without the sign that it has in the waterfall."""

    deals: list[Moved] = fresh(factory=list)

    @property
    def minor(self) -> Any:
        return sum(one.minor for one in self.deals)

    @property
    def n(self) -> int:
        return len({one.deal for one in self.deals})


class Edge(NamedTuple):
    """The pipeline at a moment: how many deals, how many of them without an amount, and their sum in minor units."""

    n: int = 0
    blank: int = 0
    minor: Any = 0


class Waterfall(Data):
    """Start, movements by name and end of one currency; `sooner` and `later` tell whose expected close moved.

    `others` counts the deals of other currencies, which are in no sum.
    """

    currency: str
    start: Edge
    end: Edge
    moves: dict[str, Movement]
    sooner: list[Moved] = fresh(factory=list)
    later: list[Moved] = fresh(factory=list)
    others: int = 0
    used: tuple[Any, ...] = ()  # the exchange rates of it, those of its last day
    lacking: dict[str, str] = fresh(factory=dict)  # currency -> the day that has no rate
    lacks: dict[str, str] = fresh(factory=dict)  # of these, the currencies of deals that belong to its sums

    @property
    def base(self) -> str:
        return self.currency

    @classmethod
    def empty(cls, currency: str) -> Waterfall:
        """Nothing there and nothing moved."""
        return cls(currency, Edge(), Edge(), movements([], Scope(currency)))

    @property
    def rest(self) -> Any:
        """What does not add up, in minor units: 0, or the facts contradict each other."""
        moved = sum(sign * self.moves[name].minor for name, sign in SIGNS.items())
        return self.start.minor + moved - self.end.minor


def movements(changes: Iterable[Change], scope: Scope) -> dict[str, Movement]:
    """The movements of a scope, from the steps of all deals in the order in which they happened."""
    found = {name: Movement() for name in SIGNS}
    worth: dict[int, Moved] = {}
    for one in changes:
        for name, minor in steps(one, scope):
            if name == "worth" and not minor:
                continue
            moved = Moved(one.deal, one.name, one.customer, minor)
            if name == "worth":
                worth[one.deal] = moved._replace(minor=minor + (worth[one.deal].minor if one.deal in worth else 0))
            else:
                found[name].deals.append(moved)
    for moved in worth.values():
        if moved.minor:
            name = "up" if moved.minor > 0 else "down"
            found[name].deals.append(moved._replace(minor=abs(moved.minor)))
    for movement in found.values():
        movement.deals.sort(key=lambda one: (-one.minor, one.deal))
    return found


def whole(value: Any) -> int | Fraction:
    """A number of the store: what an exchange rate made stays a fraction."""
    return value if isinstance(value, Fraction) else int(value)


def rounded(found: Waterfall) -> Waterfall:
    """In whole minor units, half-even, and still exact in sum: what rounding leaves goes to the largest rounded step.

    Where no exchange rate is in it, as it is.
    """
    parts = [one for movement in found.moves.values() for one in movement.deals]
    if all(isinstance(minor, int) for minor in (*(one.minor for one in parts), found.start.minor, found.end.minor)):
        return found
    left = found.rest  # 0, unless the facts contradict each other
    moves = {
        name: [one for one in movement.deals if isinstance(one.minor, Fraction)]
        for name, movement in found.moves.items()
    }
    name, largest = max(((name, one) for name, deals in moves.items() for one in deals), key=lambda pair: (abs(pair[1].minor), pair[1].deal), default=("", None))  # fmt: skip
    found.start, found.end = (edge._replace(minor=round(edge.minor)) for edge in (found.start, found.end))
    place = found.moves[name].deals.index(largest) if largest else 0
    for movement in found.moves.values():
        movement.deals = [one._replace(minor=round(one.minor)) for one in movement.deals]
    found.sooner, found.later = (
        [one._replace(minor=round(one.minor)) for one in deals] for deals in (found.sooner, found.later)
    )
    off = found.rest - round(left)
    if largest:
        deals = found.moves[name].deals
        deals[place] = deals[place]._replace(minor=deals[place].minor - SIGNS[name] * off)
    else:
        found.start = found.start._replace(minor=found.start.minor - off)
    return found


def steps(one: Change, scope: Scope) -> list[tuple[str, Any]]:
    """The movements of one step, in minor units; "worth" is a change of the amount, with its sign."""
    was, now = scope.holds(one.before), scope.holds(one.after)
    if not was and not now:
        return []
    if was and now:
        assert one.before is not None
        return [("worth", one.after.worth - one.before.worth)]
    return _in(one, scope) if now else _out(one, scope)


def _in(one: Change, scope: Scope) -> list[tuple[str, Any]]:
    if one.before is None:
        return [("new", one.after.worth)]
    if one.before.outcome is not None:
        return [("reopened", one.after.worth)]
    return [("pulled_in" if scope.mine(one.before) else "moved_in", one.after.worth)]


def _out(one: Change, scope: Scope) -> list[tuple[str, Any]]:
    """A close counts with what the deal was worth then; the difference to what it was worth before is up or down."""
    assert one.before is not None
    before, after = one.before, one.after
    if after.outcome is None or after.archived:
        return [("pushed_out" if scope.mine(after) else "moved_out", before.worth)]
    if after.blank or after.currency != scope.currency:  # worth what stood in this pipeline
        return [(after.outcome, before.worth)]
    return [("worth", after.worth - before.worth), (after.outcome, after.worth)]


def shifted(changes: Iterable[Change], scope: Scope) -> tuple[list[Moved], list[Moved]]:
    """The deals whose expected close is sooner, and later, than when they were first seen in the pipeline of the period.

    `minor` is what they were worth when it last moved.
    """
    first: dict[int, str] = {}
    last: dict[int, tuple[str, Moved]] = {}
    for one in changes:
        if one.before is None or not scope.mine(one.before) or one.before.outcome or one.after.outcome:
            continue
        if one.before.close and one.after.close and one.before.close != one.after.close:
            first.setdefault(one.deal, one.before.close)
            last[one.deal] = (one.after.close, Moved(one.deal, one.name, one.customer, one.after.worth))
    ordered = sorted(last.items(), key=lambda item: (-item[1][1].minor, item[0]))
    sooner = [moved for deal, (close, moved) in ordered if close < first[deal]]
    return sooner, [moved for deal, (close, moved) in ordered if close > first[deal]]
