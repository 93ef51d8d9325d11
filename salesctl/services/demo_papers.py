"""The papers of the demo: needs, solutions, quotes, approvals and contracts of a few deals, by everybody's use cases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from salesctl.domain.deal import DEAL
from salesctl.domain.quoteline import Edit
from salesctl.money import Money
from salesctl.services import approval, contract, need, payment, quote, quote_answer, solution
from salesctl.services.base import today
from salesctl.services.quote_wish import Wish
from salesctl.store import demo as store

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.connect import Row

Values = dict[str, Any]
# How far each quote came, and what it gives: what a rep may give, then what the manager has to approve.
QUOTED = (("accepted", "3%"), ("sent", "4%"), ("waiting", "12%"), ("approved", "14%"), ("declined", "5%"))


def make(app: App, data: Values) -> None:
    """Five deals with a quote, one with a contract signed today, and the contracts of four that were won."""
    for row, (status, discount) in zip(store.in_quotation(app.store, len(QUOTED)), QUOTED, strict=False):
        with _as(app, row["owner"]):
            made = _quoted(app, row, data["needs"][row["team"]], discount)
            _answered(app, row, made, status, data["reasons"][row["team"]][0])
    for row in store.in_signing(app.store, 1):
        with _as(app, row["owner"]):
            terms = contract.Wish(term="12m", renewal="ask", pay="30% at sign; 40% +30d; rest +60d")
            contract.sign(app, DEAL.code(row["id"]), terms)
    for place, row in enumerate(store.won_between(app.store, *_year(app), 4)):
        with _as(app, row["owner"]):
            _contract(app, row, place)


def _year(app: App) -> tuple[str, str]:
    """The days whose wins get a contract: those whose term of twelve months still runs."""
    day = today(app)
    return (day - timedelta(days=340)).isoformat(), day.isoformat()


@contextmanager
def _as(app: App, name: str) -> Iterator[None]:
    """What a rep of the demo does, is done by that rep."""
    before = app.environ.get("SALESCTL_USER")
    app.environ["SALESCTL_USER"] = name
    try:
        yield
    finally:
        app.environ.pop("SALESCTL_USER")
        if before is not None:
            app.environ["SALESCTL_USER"] = before


def _quoted(app: App, row: Row, needs: list[list[str]], discount: str) -> str:
    """The needs, the solution that the customer confirmed, and the quote; its ref."""
    ref = DEAL.code(row["id"])
    known = [need.add(app, ref, {"name": name, "kind": kind}, key=kind == "pain") for kind, name, _answer in needs]
    drawn = solution.add(app, ref, None, True, None).record["ref"]
    for one, (_kind, _name, answer) in zip(known, needs, strict=True):
        solution.answer(app, drawn, one["ref"], answer)
    solution.confirm(app, drawn, f"P{row['contact_id']}")
    pieces = max(1, round(row["amount"] / row["list_price"]))
    line = f"{row['product']}*{pieces}"
    return str(quote.add(app, ref, Wish(discount=discount, edit=Edit(add=(line,)))).record["ref"])


def _answered(app: App, row: Row, made: str, status: str, reason: str) -> None:
    """Take a quote to where it is to stand."""
    if status in ("waiting", "approved"):
        asked = quote_answer.submit(app, made).approval
        if status == "approved":
            with _as(app, row["manager"]):
                approval.approve(app, [f"A{asked}"])
        return
    quote_answer.send(app, made)
    if status == "accepted":
        quote_answer.accept(app, made)
    elif status == "declined":
        quote_answer.decline(app, made, reason)


def _contract(app: App, row: Row, place: int) -> None:
    """The contract of a deal that was won: half was paid at signing; of the newest one the rest is still to come."""
    day = row["closed"]
    half = "50% at sign; rest +30d"
    terms = contract.Wish(date=day, term="12m", renewal=("auto", "ask")[place % 2], notice_days="60", pay=half)
    signed = contract.sign(app, DEAL.code(row["id"]), terms).contract
    value: Money = signed["value"]
    first = value.minor // 2
    payment.pay(app, signed["ref"], _typed(value, first), at=day)
    if place < 3:
        payment.pay(app, signed["ref"], _typed(value, value.minor - first))


def _typed(value: Money, minor: int) -> str:
    """An amount as it is typed."""
    return Money(minor, value.currency).text + value.currency
