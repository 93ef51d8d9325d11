"""Payments of a contract: planned, received; what is due next follows from both in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from salesctl.domain.contract import CONTRACT
from salesctl.domain.kinds import DATE, MONEY
from salesctl.domain.payment import Dates, Due, next_due, parse_plan
from salesctl.errors import BadValue, Refused
from salesctl.i18n import _
from salesctl.money import Money, exact
from salesctl.services import facts
from salesctl.services.base import reading, today, unit
from salesctl.store import contracts, records

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.connect import Row
    from salesctl.store.write import Unit

Values = dict[str, Any]


def plan(app: App, text: str, parts: str, value: str | None = None) -> Values:
    """Plan what is due when, in the place of the plan there was; with `value` the contract's value changes with it.

    Raises BadValue (4) where the parts are not the whole value.
    """
    with unit(app, "contract.plan") as work:
        raw = signed_one(app, work, text)
        if value is not None:
            amount = typed(app, work, raw, value)
            _check_value(raw, amount)
            work.update(CONTRACT, raw["id"], {"value": amount})
            raw = records.raw(work, CONTRACT, raw["id"])
        put_plan(work, raw["id"], parse_plan(parts, worth(raw), dates_of(work, raw)))
        facts.touch(work, raw["deal_id"], work.at)
    return records.get(app.store, CONTRACT, raw["id"])


def dates_of(work: Unit, raw: Row) -> Dates:
    """The days that a plan of a contract may name."""
    deal = work.one("SELECT created FROM deal WHERE id = :id", {"id": raw["deal_id"]})
    days = {key: DATE.unpack(raw, key) for key in ("signed", "starts", "ends")}
    assert days["signed"] is not None
    return Dates(DATE.unpack(deal, "created") if deal else None, days["signed"], days["starts"], days["ends"])


def put_plan(work: Unit, contract: int, dues: Sequence[Due]) -> None:
    """The due payments of a contract; those there were are replaced."""
    for row in contracts.payments(work, contract, "due"):
        work.remove("payment", row["id"])
    for due in dues:
        work.put("payment", {
            "contract_id": contract, "due": due.day.isoformat(), "amount": due.amount.minor,
            "amount_currency": due.amount.currency, "received_on": None, "kind": "due", "note": None,
        })  # fmt: skip
    settle(work, contract)


def bring(work: Unit, contract: int, payments: Sequence[Values], files: Sequence[Values]) -> None:
    """The payments and attachments of a contract that is imported, as an export wrote them."""
    for row in payments:
        work.put("payment", {"contract_id": contract, **row})
    for row in files:
        work.put("attachment", {"contract_id": contract, **row})
    if payments:
        settle(work, contract)


def settle(work: Unit, contract: int) -> None:
    """What was received in all, and the first day that is not paid yet, again from the payments."""
    raw = records.raw(work, CONTRACT, contract)
    paid = contracts.received(work, contract)
    money = Money(paid, raw["value_currency"]) if raw["value_currency"] else None
    work.update(CONTRACT, contract, {"received": money, "next_due": next_due(contracts.dues(work, contract), paid)})


def pay(app: App, text: str, amount: str, at: str | None = None, note: str | None = None, over: bool = False) -> Values:
    """Write down money that came in; the payment's id, day and amount.

    Raises Refused (4) for more than is open unless `over`, BadValue (4) for another currency or no amount.
    """
    from salesctl.text import check_note

    with unit(app, "contract.pay") as work:
        raw = signed_one(app, work, text)
        money = typed(app, work, raw, amount)
        if money.minor == 0:
            raise BadValue(_("a payment of nothing is none"))
        _check_over(raw, money, over)
        day = _paid_on(app, work, raw, at)
        said = check_note(note, _("Note")) if note else None
        id = work.put("payment", {
            "contract_id": raw["id"], "due": None, "amount": money.minor, "amount_currency": money.currency,
            "received_on": day.isoformat(), "kind": "received", "note": said,
        })  # fmt: skip
        settle(work, raw["id"])
        facts.touch(work, raw["deal_id"], work.at)
    return {"id": id, "contract_id": raw["id"], "amount": money, "received_on": day, "note": said}


def _paid_on(app: App, work: Unit, raw: Row, at: str | None) -> date:
    """The day money came in: not in the future, not before the deal began."""
    from salesctl.when import parse_date

    day = parse_date(at, today(app), future=False) if at else today(app)
    if day > today(app):
        raise BadValue(_("{day} is in the future").format(day=day))
    began = dates_of(work, raw).began
    if began and day < began:
        raise BadValue(_("{day} is before the deal began ({began})").format(day=day, began=began))
    return day


def _check_over(raw: Row, money: Money, over: bool) -> None:
    left = raw["value"] - (raw["received"] or 0)
    if money.minor <= left or over:
        return
    raise Refused(
        _("{amount} is more than the {open} that is open on {ref}").format(
            amount=exact(money), open=exact(Money(max(0, left), money.currency)), ref=CONTRACT.code(raw["id"])
        ),
        _("if it was paid all the same: --over"),
        open=Money(max(0, left), money.currency).text,
    )


def _check_value(raw: Row, amount: Money) -> None:
    """A contract is not worth less than what was received."""
    if amount.minor < (raw["received"] or 0):
        got = exact(Money(raw["received"], raw["value_currency"]))
        raise Refused(_("{got} was received already, more than {value}").format(got=got, value=exact(amount)))


def typed(app: App, work: Unit, raw: Row, text: str) -> Money:
    """An amount in the currency of the contract. Raises BadValue (4) for another one."""
    money: Money = MONEY.parse(text, _("Amount"), reading(app, work)._replace(currency=worth(raw).currency))
    same_currency(money, worth(raw).currency)
    return money


def same_currency(money: Money, wanted: str) -> None:
    """Refuse (BadValue, 4) an amount in another currency."""
    if money.currency != wanted:
        raise BadValue(
            _("{amount} is not in {currency}").format(amount=exact(money), currency=wanted),
            _("a contract has one currency, that of its deal"),
        )


def worth(raw: Row) -> Money:
    """The value of a contract. Raises Refused (4) where none is known."""
    if raw["value"] is None:
        ref = CONTRACT.code(raw["id"])
        raise Refused(_("{ref} has no value").format(ref=ref), f"salesctl contract edit {ref} value=48k")
    return Money(raw["value"], raw["value_currency"])


def signed_one(app: App, work: Unit, text: str) -> Row:
    """The contract that is meant, to be written to. Raises Refused (4) for one that nobody signed."""
    ref = reading(app, work).find("contract", text)
    raw = records.raw(work, CONTRACT, ref.id)
    if raw["signed"] is None:
        raise Refused(_("{ref} is not signed yet").format(ref=ref.code), f"salesctl contract sign D{raw['deal_id']}")
    return raw


def revalue(work: Unit, raw: Row, value: Money | None) -> None:
    """Check a new value of a contract by an edit: a plan that there is keeps the old one."""
    if value is None:
        raise BadValue(_("a contract needs a value"), missing=["value"])
    if raw["value_currency"]:
        same_currency(value, raw["value_currency"])
    _check_value(raw, value)
    planned = sum(amount for _day, amount in contracts.dues(work, raw["id"]))
    if planned and planned != value.minor:
        ref = CONTRACT.code(raw["id"])
        raise Refused(
            _("the payments of {ref} are planned for {sum}").format(ref=ref, sum=exact(Money(planned, value.currency))),
            f'salesctl contract plan {ref} "30% at sign; rest +60d" --value {value.text}',
        )
