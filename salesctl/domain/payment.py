"""Payments of a contract: how a plan of due payments is typed, and what of it is open after so much was received.

Law: the parts of a plan add up to the value of the contract, to the smallest coin. Received money pays what is due
first; so one day and one sum say how a contract stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from salesctl.dates import parse_date
from salesctl.domain.kinds import repr_text
from salesctl.domain.rate import FULL, from_millionths, millionths, parse_rate
from salesctl.errors import BadValue
from salesctl.i18n import _
from salesctl.money import Money, exact, parse_amount, split

MOST = 120  # parts of one plan
SIGN = ("at sign", "at signing", "on signing", "sign", "signing", "签约", "签约时", "签订时", "合同签订时")
START = ("at start", "on start", "start", "生效", "生效时", "开始时")
END = ("at end", "on end", "end", "到期", "到期时", "期满")
REST = ("rest", "余款", "尾款", "剩余")


class Due(NamedTuple):
    """A part of a plan: when, and how much."""

    day: date
    amount: Money


class Dates(NamedTuple):
    """The days that a plan may name: when the deal began, was signed, and when the contract starts and ends."""

    began: date | None
    signed: date
    starts: date | None = None
    ends: date | None = None


class Open(NamedTuple):
    """A due payment and what of it was received, in minor units."""

    day: date
    amount: int
    received: int

    @property
    def open(self) -> int:
        return self.amount - self.received


def parse_plan(text: str, value: Money, dates: Dates) -> list[Due]:
    """`30% at sign; 40% +30d; rest 2027-01-31`: due payments in the order of their days.

    A share is a percentage, an amount in the contract's currency, or the rest; a day is a date, counted from signing.
    Raises BadValue for a plan that does not add up to the value exactly.
    """
    from salesctl.text import fold_punct

    if value.minor <= 0:
        raise BadValue(_("a contract without a value has no payments"))
    parts = [part.strip() for part in re.split(r"[;\n]", fold_punct(text)) if part.strip()]
    if not parts:
        raise BadValue(_("the plan is empty"), _('as "30% at sign; 40% +30d; rest 2027-01-31"'))
    if len(parts) > MOST:
        raise BadValue(_("a plan has at most {n} payments").format(n=MOST))
    typed = [_part(part, value, dates) for part in parts]
    shares = _shares([share for share, _day in typed], value)
    dues = [Due(day, amount) for (_share, day), amount in zip(typed, split(value, shares), strict=True)]
    if any(due.amount.minor == 0 for due in dues):
        raise BadValue(_("a payment of nothing is none"))
    return sorted(dues, key=lambda due: due.day)


def _part(text: str, value: Money, dates: Dates) -> tuple[int | None, date]:
    """One part: its share in millionths of minor units (None for the rest), and its day."""
    match = re.fullmatch(r"([0-9.]+\s*%|[^\s%]+(?=\s))\s*(.+)", text)
    if match is None:
        raise BadValue(
            _("{text} does not say how much and when").format(text=repr_text(text)),
            _('as "30% at sign" or "12000 +30d"'),
        )
    word, when = match[1], match[2].strip()
    if word.lower() in REST:
        return None, _day(when, dates)
    if word.endswith("%"):
        return millionths(parse_rate(word, _("Share"))) * value.minor, _day(when, dates)
    amount = parse_amount(word, value.currency)
    if amount.currency != value.currency:
        raise BadValue(
            _("{text} is not in {currency}, the currency of the contract").format(
                text=repr_text(word), currency=value.currency
            )
        )
    return amount.minor * FULL, _day(when, dates)


def _day(text: str, dates: Dates) -> date:
    word = text.lower()
    named = dates.signed if word in SIGN else dates.starts or dates.signed if word in START else None
    if word in END:
        if dates.ends is None:
            raise BadValue(_("the contract has no end, so nothing is due then"))
        named = dates.ends
    after = re.fullmatch(r"(?:签约|签订)后\s*(.+?)(?:内)?", word)
    found = named or parse_date(f"{after[1]}后" if after else text, dates.signed)
    if dates.began and found < dates.began:
        raise BadValue(_("{day} is before the deal began ({began})").format(day=found, began=dates.began))
    return found


def _shares(shares: Sequence[int | None], value: Money) -> list[int]:
    """Shares that make up the whole; what is missing is the rest's. Raises BadValue where they do not."""
    whole = value.minor * FULL
    known = sum(share for share in shares if share is not None)
    rests = shares.count(None)
    if rests > 1:
        raise BadValue(_("there is one rest, not {n}").format(n=rests))
    if rests and known < whole:
        return [whole - known if share is None else share for share in shares]
    if known == whole and not rests:
        return [share for share in shares if share is not None]
    raise BadValue(
        _("the plan adds up to {sum}, not to {value}").format(sum=_summed(known, value), value=exact(value)),
        _("the parts are the whole value; one of them may be the rest"),
        sum=_summed(known, value),
    )


def _summed(known: int, value: Money) -> str:
    """What parts add up to: as money where it is whole coins, else as a percentage of the value."""
    if known % FULL == 0:
        return exact(Money(known // FULL, value.currency))
    return f"{from_millionths(known // value.minor)} %"


def spread(dues: Iterable[tuple[date, int]], received: int) -> list[Open]:
    """What was received on the due payments, in the order of their days; the first is paid first."""
    found = []
    for day, amount in sorted(dues, key=lambda due: due[0]):
        paid = min(amount, received)
        received -= paid
        found.append(Open(day, amount, paid))
    return found


def next_due(dues: Iterable[tuple[date, int]], received: int) -> date | None:
    """The day of the first due payment that is not received in full."""
    return next((one.day for one in spread(dues, received) if one.open), None)
