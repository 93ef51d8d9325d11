"""The lines of a quote in an open unit: typed ones priced, all of them summed and kept."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from salesctl.domain import quoteline
from salesctl.domain.kinds import Ref
from salesctl.domain.product import PRODUCT
from salesctl.domain.quote import LIVE, QUOTE, Typed, parse_line
from salesctl.domain.quoteline import Line, Price
from salesctl.domain.rate import from_millionths, millionths
from salesctl.errors import Refused
from salesctl.i18n import _, _n
from salesctl.money import Money, exact
from salesctl.services.base import reading, today
from salesctl.store import deals
from salesctl.store import quoting as store

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.connect import Store
    from salesctl.store.write import Unit

Values = dict[str, Any]


def read(app: App, work: Unit, texts: Sequence[str], currency: str, tax: int | None) -> list[Line]:
    """Typed lines with the prices of today. Raises Refused (4) with everything that is wrong with them at once."""
    quoteline.many(len(texts))
    found: list[Line] = []
    wrong: list[tuple[int, Refused]] = []
    for place, text in enumerate(texts, start=1):
        try:
            typed = _typed(app, work, text, currency)
            product = reading(app, work).find("product", typed.product)
            found.append(quoteline.priced(typed, store.price(work, product), currency, today(app), tax))
        except Refused as error:
            wrong.append((place, error))
    if wrong:
        raise _refusal(wrong)
    return found


def _typed(app: App, work: Unit, text: str, currency: str) -> Typed:
    """A line as it was typed; a name of a product that looks like a line is a name."""
    from salesctl.text import name_key

    key = name_key(text)
    row = work.one("SELECT name FROM product WHERE name_key = :key AND archived_at IS NULL", {"key": key})
    return Typed(text, 1, None, None) if row else parse_line(text, currency)


def _refusal(wrong: Sequence[tuple[int, Refused]]) -> Refused:
    """One refusal of all the lines that are wrong; the only one as it is."""
    if len(wrong) == 1:
        return wrong[0][1]
    said = "; ".join(_("line {n}: {why}").format(n=place, why=error.message) for place, error in wrong[:10])
    rows = [{"line": place, "why": error.message, "hint": error.hint} for place, error in wrong]
    head = _n("{n} line is refused: {said}", "{n} lines are refused: {said}", len(wrong))
    return Refused(head.format(n=len(wrong), said=said), wrong[0][1].hint, "bad_lines", lines=rows)


def check(app: App, work: Unit, lines: Sequence[Line], currency: str) -> None:
    """Refuse (4) lines whose list price has run out, too many of them, and a sum that is too large."""
    quoteline.many(len(lines))
    wrong: list[tuple[int, Refused]] = []
    for place, line in enumerate(lines, start=1):
        try:
            quoteline.check_price(store.price(work, line.product), currency, today(app))
        except Refused as error:
            wrong.append((place, error))
    if wrong:
        raise _refusal(wrong)


def sums(lines: Sequence[Line], discount: Decimal, currency: str) -> Values:
    """The sums of a quote by field."""
    found = quoteline.summed(lines, millionths(discount), currency)
    return {
        "discount": discount,
        "list_total": Money(found.list_total, currency),
        "net": Money(found.net, currency),
        "tax": Money(found.tax, currency),
        "total": Money(found.total, currency),
        "effective": from_millionths(quoteline.off_list(found)),
    }


def put(work: Unit, quote: int, lines: Sequence[Line], discount: Decimal, currency: str) -> None:
    """The lines of a quote, in the place of those there were; its history says what they were."""
    rows = store.lines(work, quote)
    before = quoteline.told(store.values(rows), currency)
    for row in rows:
        work.remove("quote_line", row["id"])
    shares = quoteline.summed(lines, millionths(discount), currency).shares
    for place, (line, share) in enumerate(zip(lines, shares, strict=True), start=1):
        work.put("quote_line", {"quote_id": quote, "position": place, **quoteline.stored(line, share)})
    after = quoteline.told(lines, currency)
    if before is not None and before != after:
        work.log(QUOTE.name, quote, "update", {"~lines": before}, {"~lines": after})


def of_deal(work: Store, deal: int) -> list[str]:
    """The lines of a deal as they would be typed: what a quote says that names no products."""
    found = []
    for row in deals.lines(work, [deal]).get(deal, []):
        if row["product_id"] is None:
            continue
        text = f"{PRODUCT.code(row['product_id'])} * {row['quantity']}"
        if row["amount"] is not None:
            text += f" = {Money(row['amount'], row['amount_currency']).text}{row['amount_currency']}"
        found.append(text)
    return found


def hand_on(work: Unit, deal: int, before: int | None, owner: int) -> None:
    """The open quotes of the one who had a deal are those of the one who has it now."""
    for row in store.of_deal(work, deal):
        if row["status"] in LIVE and row["owner_id"] == before:
            work.update(QUOTE, row["id"], {}, owner_id=owner)


def moved_prices(work: Store, lines: Sequence[Line]) -> list[str]:
    """What is to be said of lines whose product costs something else by now."""
    found = []
    for line in lines:
        price: Price = store.price(work, line.product)
        if price.listed is not None and price.listed.minor != line.price:
            name = f"{PRODUCT.code(line.product.id)} {line.product.name}"
            found.append(
                _("{product} has a list price of {now} now; --reprice takes it").format(
                    product=name, now=exact(price.listed)
                )
            )
    return found


def lines_of_deal(rows: Sequence[Any], currency: str) -> list[Any]:
    """The lines of a deal that sold what a quote says: each at what is paid for it, before tax."""
    from salesctl.domain.lines import Line as Sold

    return [
        Sold(
            Ref("product", row["product_id"], row["product"], PRODUCT.code(row["product_id"])),
            row["quantity"],
            Money(row["net"], currency),
        )
        for row in rows
    ]
