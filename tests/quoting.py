"""Quotes for the tests of what comes after them: rows as `quote add` leaves them, and what `quote submit` does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from salesctl.app import App
from salesctl.domain.kinds import Ref
from salesctl.domain.quote import QUOTE, Position, add_up
from salesctl.domain.rate import from_millionths
from salesctl.money import Money
from salesctl.preparse import Globals
from tests.conftest import DAY, Runner

Line = tuple[str, int, float] | tuple[str, int]  # product by ref, pieces, per cent off


@contextmanager
def app_of(run: Runner, user: str | None = None, today: str = DAY) -> Iterator[App]:
    """The program as a command would have it, for somebody."""
    options = Globals()
    options.db, options.today = str(run.path), f"{today}T09:42:00"
    app = App(options, {"SALESCTL_USER": user} if user else {})
    try:
        yield app
    finally:
        app.close_store()


def quote(
    run: Runner, deal: str, lines: Sequence[Line], owner: str | None = None, discount: float = 0, name: str = "Pump quote"
) -> str:  # fmt: skip
    """A draft quote of a deal; its ref."""
    from salesctl.services.base import unit

    with app_of(run, owner) as app, unit(app, "quote.add") as work:
        stored = [work.stored("product", int(line[0][1:])) for line in lines]
        positions = [
            Position(row["list_price"], line[1], int(Decimal(str(line[2])) * 10_000) if len(line) > 2 else 0)
            for row, line in zip(stored, lines, strict=True)
        ]
        currency = stored[0]["list_price_currency"]
        sums = add_up(positions, int(Decimal(str(discount)) * 10_000), currency)
        assert sums.effective is not None
        values: dict[str, Any] = {
            "name": name, "status": "draft", "number": 1, "discount": Decimal(str(discount)),
            "list_total": Money(sums.list_total, currency), "net": Money(sums.net, currency), "tax": Money(0, currency),
            "total": Money(sums.total, currency), "effective": from_millionths(round(sums.effective * 1_000_000)),
        }  # fmt: skip
        rep = work.one("SELECT id FROM rep WHERE name = :name", {"name": owner})
        values["owner"] = Ref("rep", rep["id"], str(owner), "") if rep else None
        id = work.insert(QUOTE, values, deal_id=int(deal[1:]))
        for place, (row, one, net) in enumerate(zip(stored, positions, sums.shares, strict=True), start=1):
            work.put("quote_line", {"quote_id": id, "position": place, "product_id": row["id"], "quantity": one.quantity,
                                    "price": one.price, "discount": one.discount, "agreed": None, "tax": 0, "net": net})  # fmt: skip
    return f"Q{id}"


def submit(run: Runner, ref: str, user: str | None = None, today: str = DAY) -> str | None:
    """Submit a quote; the approval it waits for, or None where it is approved at once."""
    from salesctl.services import approval
    from salesctl.services.base import unit
    from salesctl.store import records

    with app_of(run, user, today) as app, unit(app, "quote.submit") as work:
        raw = records.raw(work, QUOTE, int(ref[1:]))
        id = approval.ask(app, work, raw)
        work.update(QUOTE, raw["id"], {"status": "waiting" if id else "approved"})
    return f"A{id}" if id else None


def status(run: Runner, ref: str) -> str:
    with app_of(run) as app:
        return str(app.store.one("SELECT status FROM quote WHERE id = :id", {"id": int(ref[1:])})["status"])


def change(run: Runner, ref: str, status: str, command: str = "quote.send", user: str | None = None) -> None:
    """Set the status of a quote, as sending and accepting it do."""
    from salesctl.services.base import unit

    with app_of(run, user) as app, unit(app, command) as work:
        work.update(QUOTE, int(ref[1:]), {"status": status})
