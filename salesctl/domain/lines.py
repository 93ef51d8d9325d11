"""The lines of a deal: which products, how many, for how much; typed as `GTX Pro x 3 = 5000; MG Special`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from salesctl.domain.kinds import Kind, Raw, Reading, Ref, Slot
from salesctl.errors import BadValue
from salesctl.i18n import _
from salesctl.plain import Data

if TYPE_CHECKING:
    from salesctl.money import Money


class Line(Data, frozen=True):
    """One product of a deal; `amount` is for the whole line, None where only the deal has one."""

    product: Ref
    quantity: int
    amount: Money | None

    @property
    def stored(self) -> dict[str, Any]:
        minor, currency = (self.amount.minor, self.amount.currency) if self.amount else (None, None)
        return {
            "product_id": self.product.id,
            "quantity": self.quantity,
            "amount": minor,
            "amount_currency": currency,
        }


class Lines(Kind):
    """Products of a deal: not a column, but rows of their own; read back as the names of the products."""

    name = "lines"

    def slots(self, key: str) -> tuple[Slot, ...]:
        return ()

    def parse(self, text: str, label: str, at: Reading) -> list[Line]:
        parts = [part.strip() for part in text.replace("；", ";").split(";")]
        return [_line(part, at) for part in parts if part]

    def pack(self, value: Any) -> tuple[Any, ...]:
        return ()

    def unpack(self, raw: Raw, key: str) -> str | None:
        names: str | None = raw[key]
        return names


def _line(text: str, at: Reading) -> Line:
    from salesctl.money import parse_amount, parse_count

    match = re.fullmatch(r"(?P<name>.+?)(?:\s+[x×*]\s*(?P<count>[^\s=]+))?(?:\s*=\s*(?P<amount>[^=]+))?", text)
    if match is None:
        raise BadValue(_("{text} is no product line").format(text=text), _('write: "PRODUCT x 3 = 5000"'))
    product = at.find("product", match["name"].strip())
    quantity = parse_count(match["count"], _("Quantity")) if match["count"] else 1
    if quantity < 1:
        raise BadValue(_("the quantity is at least 1"))
    amount = parse_amount(match["amount"], at.currency, written=at.written) if match["amount"] else None
    return Line(product, quantity, amount)


LINES = Lines()
