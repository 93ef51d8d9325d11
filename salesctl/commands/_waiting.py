"""What waits for somebody beside follow-ups: stage tasks, approvals, leads, renewals, payments. today and remind show it.

Each sort is a function (app, owners, day, as_of) -> Waiting | None, listed in `gather`; one indexed query each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from salesctl.i18n import _n

Values = dict[str, Any]
MOST = 5  # things of one sort that a screen names


class Waiting(NamedTuple):
    """A sort of waiting things: its JSON key, its label, a word or more for each, the same as data, how many in all.

    `nudges` says that it is worth a reminder by itself.
    """

    key: str
    label: str
    parts: Sequence[str]
    items: Sequence[Values]
    total: int
    nudges: bool = True


Provider = Callable[[Any, "Sequence[int] | None", date, "str | None"], "Waiting | None"]


def providers() -> Sequence[Provider]:
    """Every sort there is, in the order of the screen."""
    from salesctl.commands import _approvals_due, _contract_due, _lead_waiting, _quote_due, _work

    return (
        _lead_waiting.unspoken,
        _approvals_due.waiting,
        _approvals_due.decided,
        _quote_due.waiting,
        _contract_due.unpaid,
        _contract_due.renewals,
        _work.waiting,
        _lead_waiting.unassigned,
        _lead_waiting.leaving,
        _lead_waiting.quota,
    )


def gather(app: Any, owners: Sequence[int] | None, day: date, as_of: str | None) -> list[Waiting]:
    """What waits for these reps (None: everybody) on a day; nothing in a look back, which knows only follow-ups."""
    if as_of is not None or not app.store.exists:
        return []
    return [found for provide in providers() if (found := provide(app, owners, day, as_of))]


def lines(waiting: Sequence[Waiting]) -> list[str]:
    """A line for each sort."""
    said = []
    for one in waiting:
        more = one.total - len(one.parts)
        tail = [_n("and {n} more", "and {n} more", more).format(n=more)] if one.parts and more > 0 else []
        said.append(f"{one.label}  " + "   ".join([*one.parts, *tail]))
    return said


def data(waiting: Sequence[Waiting]) -> Values:
    """The same for scripts, by key."""
    return {one.key: {"count": one.total, "items": list(one.items)} for one in waiting}


def word(text: str, days: int) -> str:
    """A thing with how late it is, where it is late."""
    late = _n("{n} day late", "{n} days late", days).format(n=days) if days > 0 else ""
    return f"{text} {late}".rstrip()
