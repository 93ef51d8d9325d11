"""A manager's word on a forecast: kept as a row of its own beside what the deals say, never changed, only followed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from salesctl.domain.forecast import CLOSED, OPEN
from salesctl.errors import BadValue, Refused, UsageError
from salesctl.i18n import _
from salesctl.money import parse_amount
from salesctl.services.base import me_in, unit
from salesctl.store import forecasts

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.services.forecast import Forecast
    from salesctl.store.connect import Row

NOTHING = ("none", "-", "无", "取消")
WORDS = {"closed": CLOSED, "won": CLOSED, "已成交": CLOSED, "赢单": CLOSED}


def category(text: str) -> str:
    """The category a word means, one that can be adjusted. Raises UsageError (2) with those there are, Refused (4)."""
    from salesctl.domain.deal import FORECAST
    from salesctl.text import name_key

    key = name_key(text)
    found = WORDS.get(key) or FORECAST.read(text)
    if found == CLOSED:
        raise Refused(_("what is closed is a fact, not a forecast"), _("correct the deal instead"))
    if found not in OPEN:
        raise UsageError(
            _("there is no category {word}").format(word=key), _("one of: {names}").format(names=", ".join(OPEN))
        )
    return found


def adjust(app: App, found: Forecast, word: str, text: str, reason: str | None) -> Row:
    """Say what a category, with all before it, will come to; a word for nothing takes the last word back.

    The row keeps who, when, why, and what stood there before: the last word, else the sum of the deals.
    """
    from salesctl.text import check_line

    key = category(word)
    if not (reason or "").strip():
        raise UsageError(_("an adjustment needs a reason"), _('as --reason "customer signs in January"'))
    amount = None if text.strip().lower() in NOTHING else _amount(text, found.currency)
    period = found.question.period
    with unit(app, "forecast.adjust") as work:
        last = forecasts.adjusted(work, period, found.scope).get(key)
        said = last["amount"] if last and last["currency"] == found.currency else None
        if amount is None and said is None:
            raise Refused(_("nothing is adjusted there"))
        mine = me_in(app, work)
        work.put(
            "forecast_adjust",
            {
                "period": period.code,
                "start": period.first and period.first.isoformat(),
                "end": period.last and period.last.isoformat(),
                "scope": found.scope,
                "category": key,
                "before": found.rolled[key].amount if said is None else said,
                "amount": amount,
                "amount_currency": found.currency,
                "reason": check_line(reason or "", _("Reason")),
                "at": work.at,
                "rep_id": mine.id if mine else None,
            },
        )
        return forecasts.adjusted(work, period, found.scope)[key]


def _amount(text: str, currency: str) -> int:
    money = parse_amount(text, currency)
    if money.currency != currency:
        raise BadValue(_("the forecast is in {code}").format(code=currency))
    return money.minor


def whose(app: App, scope: str) -> str | None:
    """The name of a stored scope; None for the company."""
    noun, _colon, id = scope.partition(":")
    if noun not in ("team", "rep"):
        return None
    row = app.store.one(f"SELECT name FROM {noun} WHERE id = :id", {"id": int(id)})
    return row["name"] if row else None


def value(row: Row) -> dict[str, Any]:
    """A stored word as values."""
    from salesctl.money import Money

    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, row["currency"])

    return {
        "period": row["period"],
        "scope": row["scope"],
        "category": row["category"],
        "before": money(row["before"]),
        "amount": money(row["amount"]),
        "by": row["who"],
        "at": row["at"],
        "reason": row["reason"],
    }
