"""The discount policy of the SOP in force, asked about one quote: the verdict, who approves, and why nobody can."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from salesctl.domain.discount import Offer, Verdict, judge
from salesctl.domain.quote import QUOTE, half_even
from salesctl.domain.rate import FULL, from_millionths
from salesctl.domain.sop import Sop
from salesctl.errors import Refused
from salesctl.i18n import _
from salesctl.store import approvals, sops

if TYPE_CHECKING:
    from decimal import Decimal

    from salesctl.store.connect import Row, Store


def policy(store: Store, quote: Row) -> Sop | None:
    """The SOP of the quote's pipeline, if it has a discount policy."""
    deal = store.one("SELECT pipeline_id FROM deal WHERE id = :id", {"id": quote["deal_id"]})
    sop = sops.sop_of(store, deal["pipeline_id"]) if deal else None
    return sop if sop and (sop.allowances or sop.bands) else None


def judged(store: Store, quote: Row, sop: Sop, roles: frozenset[str]) -> Verdict:
    """What the policy of a SOP says to a quote of somebody with these roles."""
    from salesctl.money import decimals

    rows = approvals.lines(store, quote["id"])
    offer = Offer(quote["list_total"] or 0, quote["net"] or 0, len(rows))
    major = 10 ** decimals(quote["net_currency"] or "USD")
    return judge(offer, approvals.seen(rows), sop.allowances, sop.bands, roles, major)


def rate(share: Fraction) -> Decimal:
    """A share as a percentage with four decimals at most."""
    return from_millionths(half_even(share * FULL))


def beyond(quote: Row, verdict: Verdict) -> Refused:
    message = _("{ref} is {n} % off the list; the most that can be asked for is {most} %").format(
        ref=QUOTE.code(quote["id"]), n=rate(verdict.discount), most=rate(verdict.most)
    )
    told = {"discount": str(rate(verdict.discount)), "allowed": str(rate(verdict.allowed))}
    hint = _("give less, or change the policy: salesctl sop edit; how it counts: salesctl help discounts")
    return Refused(message, hint, "discount", **told, most=str(rate(verdict.most)))
