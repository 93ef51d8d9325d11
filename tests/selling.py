"""A deal that is ready to be quoted, and what may be done with needs, solutions and quotes: for the tests of all three."""

from __future__ import annotations

from typing import Any

from tests.conftest import Runner

SETUP = [
    "rep add Bo",
    'add "Acme Corp" "Pump order" 48k --contact "Anna Keller +49 421 5550"',
    "deal edit D1 owner=Bo created=2026-10-01",
    "customer add Kova",
    "contact add Eve customer=Kova",
    "product add 'Pump X1' sku=PX-1 list_price=1200 tax=13%",
    "product add Service list_price=400",
    "product add Training",
    "product add Old list_price=5 price_until=2026-11-22",
    "product add Euro list_price=5EUR",
]
# the way of one deal from its needs to an accepted quote; each may be undone
STORY = [
    'need add D1 "changing over takes 40 minutes" --kind pain --contact Anna --key',
    'need add D1 "a report each week"',
    "need rank D1 N2",
    "need key N2",
    "solution add D1 --from-needs",
    'solution answer S1 N1 "8 minutes"',
    'solution answer S1 N2 "comes by mail"',
    "solution confirm S1 --by Anna",
    'quote add D1 "PX-1*3" Service --discount 4%',
    'quote edit Q1 --add "Service*2" --drop 2 --note "30 days net"',
    "quote submit Q1",
    "quote send Q1",
    'quote revise Q1 --set 2="Service*3"',
    "quote send Q2",
    "quote accept Q2 --by Anna",
]


def ready(run: Runner) -> Runner:
    """Acme's deal D1 of Bo since October, five products of which two can be quoted as they are."""
    for line in SETUP:
        run(line)
    return run


def money(value: Any) -> str:
    """An amount of an answer in a word."""
    return f"{value['amount']} {value['currency']}"


def lines(run: Runner, ref: str) -> list[tuple[str, int, str]]:
    """The lines of a quote: product, quantity, what is paid for it."""
    return [(one["product"], one["quantity"], one["net"]["amount"]) for one in run(f"quote lines {ref} --json").json]
