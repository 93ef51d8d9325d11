"""What is wrong with the discount policy of a SOP: bands that overlap or leave something out, roles that nobody has."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from salesctl.domain.discount import uncovered
from salesctl.domain.hierarchy import APPROVERS, ROLES
from salesctl.domain.rate import FULL, from_millionths
from salesctl.domain.rep import FUNCTION
from salesctl.domain.sop import Sop, percent
from salesctl.domain.soplint import Path, unknown
from salesctl.i18n import _
from salesctl.text import name_key

Found = Iterator[tuple[Path, str]]


def found(discount: Mapping[str, Any], people: Collection[str] | None, line: Callable[[Path], int]) -> Found:
    """Every fault of a policy that has the right shape: where, and why.

    `people` are the folded names of the reps, None while they are not known; `line` says where a path stands.
    """
    if discount.get("unconfirmed", "allow") not in ("allow", "refuse"):
        yield ("discount", "unconfirmed"), unknown(_("choice"), discount["unconfirmed"], ("allow", "refuse"))
    roles = (*ROLES, *FUNCTION.labels)
    for n, one in enumerate(discount.get("allow", ())):
        if "role" in one and not _known(one["role"], roles, people):
            yield ("discount", "allow", n, "role"), unknown(_("role"), one["role"], (*roles, _("a rep's name")))
    bands = list(discount.get("band", ()))
    for n, one in enumerate(bands):
        yield from _approvers(one["approve"], ("discount", "band", n, "approve"), people)
    ranges = list(_ranges(bands, line))
    yield from ranges or _gaps(discount)


def _known(word: str, codes: Iterable[str], people: Collection[str] | None) -> bool:
    """Whether a word is one of the codes, or the name of a rep; any name is while the reps are not known."""
    return word in codes or (bool(word.strip()) and (people is None or name_key(word) in people))


def _approvers(steps: list[str], path: Path, people: Collection[str] | None) -> Found:
    if not 1 <= len(steps) <= 2:
        yield path, _("one or two approve")
    if len({name_key(one) for one in steps}) < len(steps):
        yield path, _("two steps need two people")
    for one in steps:
        if not _known(one, APPROVERS, people):
            yield path, unknown(_("approver"), one, (*APPROVERS, _("a rep's name")))


def _ranges(bands: list[Mapping[str, Any]], line: Callable[[Path], int]) -> Found:
    """Bands that go nowhere, and bands from one amount on that cover a discount twice."""
    seen: list[tuple[int, Fraction, Fraction, int]] = []
    for n, one in enumerate(bands):
        low, high, amount = percent(one["over"]), percent(one["to"]), one.get("amount", 0)
        here: Path = ("discount", "band", n)
        if low >= high or high > 1:
            yield (*here, "to"), _("a band goes from less to more, up to 100 %")
        for floor, first, last, other in seen:
            if floor == amount and low < last and first < high:
                before = line(("discount", "band", other, "over"))
                yield (*here, "over"), _("the band overlaps the one in line {line}").format(line=before)
        seen.append((amount, low, high, n))


def _gaps(discount: Mapping[str, Any]) -> Found:
    """Discounts that nobody approves, below others that somebody does."""
    sop = Sop({"discount": discount})
    plain = [one for one in sop.allowances if one.role in (None, "rep") and not (one.product or one.category)]
    start = max((one.discount for one in plain if one.quantity <= 1), default=Fraction(0))
    for low, high, place in uncovered(sop.bands, start):
        a, b = (from_millionths(round(share * FULL)) for share in (low, high))
        yield ("discount", "band", place, "over"), _("nobody approves over {a} % up to {b} %").format(a=a, b=b)
