"""The paper of a quote as a template gets it: ready texts in the language of its reader, and the words around them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from salesctl.domain.paper import Paper
from salesctl.i18n import N_, _, speaking
from salesctl.money import fixed
from salesctl.text import clean

Values = dict[str, Any]
WORDS = {
    "title": N_("Quotation"),
    "number": N_("Quotation no."),
    "version": N_("version {n}"),
    "day": N_("Date of issue"),
    "valid_until": N_("Valid until"),
    "currency": N_("All amounts in {code}"),
    "seller": N_("Seller"),
    "customer": N_("Customer"),
    "attention": N_("Attention"),
    "ask": N_("Your contact with us"),
    "phone": N_("Tel."),
    "email": N_("E-mail"),
    "tax_number": N_("Tax no."),
    "bank": N_("Bank"),
    "account": N_("Account no."),
    "position": N_("No."),
    "product": N_("Product or service"),
    "sku": N_("SKU"),
    "quantity": N_("Quantity"),
    "price": N_("List price each"),
    "discount": N_("Discount"),
    "net": N_("Net amount"),
    "tax_rate": N_("Tax rate"),
    "list_total": N_("Total at list price"),
    "line_discount": N_("Discount on single lines"),
    "subtotal": N_("Sum of the lines"),
    "whole_discount": N_("Discount of {rate} on the whole"),
    "net_total": N_("Net total"),
    "tax": N_("Tax {rate} on {base}"),
    "no_tax": N_("No tax is charged"),
    "total": N_("Total to pay"),
    "in_words": N_("In Chinese capitals"),
    "terms": N_("Terms of payment, delivery and service"),
    "for_seller": N_("For the seller"),
    "for_customer": N_("Accepted for the customer"),
    "name": N_("Name in print"),
    "sign_day": N_("Place and date"),
    "signature": N_("Signature and company stamp"),
}
STAMPS = {
    "draft": N_("Draft, not binding"),
    "waiting": N_("Draft, not binding"),
    "declined": N_("Declined"),
    "superseded": N_("Replaced by a newer version"),
}


def values(paper: Paper, lang: str, safe: Callable[[str], str] = str) -> Values:
    """What a template may say, all of it text but for lists; every key is always there, empty where nothing is known.

    `safe` takes the marks of a format out of a text; nothing of a value acts in a terminal or on the order of letters.
    """

    def said(text: str) -> str:
        return safe(clean(text))

    with speaking(lang):
        return {
            "lang": "zh-CN" if lang == "zh" else "en",
            "words": {key: safe(_words(paper)[key]) for key in WORDS},
            "quote": {key: said(text) for key, text in _quote(paper, lang).items()},
            "seller": {key: said(text) for key, text in paper.seller._asdict().items()},
            "rep": {key: said(text) for key, text in paper.rep._asdict().items()},
            "customer": {key: said(text) for key, text in paper.customer._asdict().items()},
            "contact": {key: said(text) for key, text in paper.contact._asdict().items()},
            "lines": [{key: said(text) for key, text in line.items()} for line in _lines(paper)],
            "sums": {key: said(text) for key, text in _sums(paper, lang).items()},
            "taxes": [_tax(one.rate, fixed(one.base), fixed(one.tax), said) for one in paper.taxes],
            "terms": [said(line.strip()) for line in paper.terms.split("\n")] if paper.terms else [],
        }


def _words(paper: Paper) -> dict[str, str]:
    words = {key: _(text) for key, text in WORDS.items()}
    words["version"] = words["version"].format(n=paper.number)
    words["currency"] = words["currency"].format(code=paper.currency)
    words["whole_discount"] = words["whole_discount"].format(rate=percent(paper.discount))
    return words


def _quote(paper: Paper, lang: str) -> dict[str, str]:
    return {
        "ref": paper.ref,
        "name": paper.name,
        "number": str(paper.number),
        "day": day(paper.day, lang),
        "valid_until": day(paper.valid_until, lang) if paper.valid_until else "",
        "currency": paper.currency,
        "status": paper.status,
        "stamp": stamp(paper),
    }


def stamp(paper: Paper) -> str:
    """What is written across a paper that does not bind; nothing on one that does."""
    return "" if paper.binding else _(STAMPS[paper.status])


def _lines(paper: Paper) -> list[dict[str, str]]:
    return [
        {
            "position": str(one.position),
            "product": one.product,
            "sku": one.sku,
            "quantity": f"{one.quantity:,}",
            "price": fixed(one.price),
            "discount": percent(one.discount),
            "net": fixed(one.net),
            "tax_rate": percent(one.tax),
        }
        for one in paper.lines
    ]


def _sums(paper: Paper, lang: str) -> dict[str, str]:
    """The sums; a discount that is none is empty, so that a template can leave its row out."""
    on_lines, on_whole = paper.list_total - paper.subtotal, paper.subtotal - paper.net
    return {
        "list_total": fixed(paper.list_total),
        "line_discount": fixed(on_lines) if on_lines.minor else "",
        "subtotal": fixed(paper.subtotal),
        "whole_discount": fixed(on_whole) if on_whole.minor else "",
        "net_total": fixed(paper.net),
        "tax": fixed(paper.tax),
        "total": fixed(paper.total),
        "in_words": in_words(paper, lang),
    }


def in_words(paper: Paper, lang: str) -> str:
    """The total in capitals, where it is Chinese that reads it or Chinese money that is paid."""
    from salesctl.domain.capitals import in_capitals

    return in_capitals(paper.total) if lang == "zh" or paper.currency == "CNY" else ""


def _tax(rate: Decimal, base: str, tax: str, said: Callable[[str], str]) -> dict[str, str]:
    label = _("Tax {rate} on {base}").format(rate=percent(rate), base=base)
    return {"rate": said(percent(rate)), "base": said(base), "tax": said(tax), "label": said(label)}


def percent(rate: Decimal | None) -> str:
    return "" if rate is None else f"{rate}%"


def day(when: date, lang: str) -> str:
    """A date as a letter has it: 23 November 2026, 2026年11月23日."""
    from salesctl.clock import LONG_MONTHS

    if lang == "zh":
        return f"{when.year}年{when.month}月{when.day}日"
    return f"{when.day} {LONG_MONTHS[when.month - 1]} {when.year}"


def md(text: str) -> str:
    """A text in which no mark of Markdown acts, at the begin of a line neither."""
    import re

    from salesctl.output.formats import md

    return re.sub(r"^([-+#=]|\d+(?=[.)](\s|$)))(?=[-+#=.)\s]|$)", _held, md(text.strip()))


def _held(match: Any) -> str:
    mark: str = match.group()
    return mark + "\\" if mark.isdigit() else "\\" + mark
