"""What a quote is to say, as it was typed, read against its deal: fields, validity, and the solution that it prices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from salesctl.domain.deal import DEAL
from salesctl.domain.kinds import DATE, LANG, NAME, NOTE, Kind, Ref
from salesctl.domain.need import SOLUTION
from salesctl.domain.quote import QUOTE
from salesctl.domain.quoteline import Edit
from salesctl.domain.rate import millionths, parse_rate
from salesctl.errors import BadValue, Refused
from salesctl.i18n import _
from salesctl.plain import Data
from salesctl.services.base import reading
from salesctl.services.people import contact_of
from salesctl.store import quoting as store
from salesctl.store import sops

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.connect import Row, Store
    from salesctl.store.write import Unit

Values = dict[str, Any]
NOTHING = Edit()
VALIDITY = 30  # days, where the SOP says nothing


class Wish(Data, frozen=True):
    """What a quote is to say, as it was typed; what is None is as usual, or as it was."""

    discount: str | None = None
    tax: str | None = None
    valid_until: str | None = None
    contact: str | None = None
    solution: str | None = None
    name: str | None = None
    language: str | None = None
    note: str | None = None
    owner: str | None = None
    edit: Edit = NOTHING
    reprice: bool = False

    @property
    def rate(self) -> int | None:
        """The tax that was typed, in millionths."""
        return millionths(parse_rate(self.tax, _("Tax"))) if self.tax is not None else None

    @property
    def off(self) -> Decimal | None:
        """The discount on the whole that was typed, in percent."""
        return parse_rate(self.discount, _("Discount")) if self.discount is not None else None


def validity(work: Store, deal: Row) -> int:
    """For how many days a quote of a deal is valid, by its SOP."""
    sop = sops.sop_of(work, deal["pipeline_id"])
    return int(sop.part("discount").get("validity_days") or VALIDITY) if sop else VALIDITY


def fields(app: App, work: Unit, deal: Row, wish: Wish) -> Values:
    """The fields of a wish that no sum hangs on, read."""
    at = reading(app, work)
    found: Values = {}
    kinds: tuple[tuple[str, Kind], ...] = (("name", NAME), ("language", LANG), ("note", NOTE))
    for key, kind in kinds:
        text = getattr(wish, key)
        if text or (text is not None and key == "name"):
            found[key] = kind.parse(text, _(QUOTE.by_key[key].label), at)
        elif text is not None:
            found[key] = None
    if wish.contact:
        found["contact"] = contact_of(app, work, deal, wish.contact)
    if wish.owner:
        found["owner"] = at.find("rep", wish.owner)
    if wish.valid_until:
        found["valid_until"] = ahead(DATE.parse(wish.valid_until, _("Valid until"), at), at.today)
    return found


def ahead(day: date, today_: date) -> date:
    """A last day of validity. Raises BadValue (4) for one that is over."""
    if day < today_:
        raise BadValue(_("a quote cannot be valid until {day}, which is past").format(day=day))
    return day


def solution_of(app: App, work: Unit, deal: Row, text: str | None) -> tuple[Ref | None, list[str]]:
    """The solution that a quote is for: the one named, else the confirmed one of the deal; and what to say of it.

    Raises Refused (4) for one that is not confirmed, or for none, where the SOP says so.
    """
    known = store.solutions(work, deal["id"])
    if text:
        id = reading(app, work).find("solution", text).id
        row = next((one for one in known if one["id"] == id), None)
        if row is None:
            raise Refused(_("{ref} is no solution of {deal}").format(ref=SOLUTION.code(id), deal=DEAL.code(deal["id"])))
    else:
        row = next((one for one in known if one["status"] == "confirmed"), None) or next(iter(known), None)
    sop = sops.sop_of(work, deal["pipeline_id"])
    strict = bool(sop and sop.part("discount").get("unconfirmed") == "refuse")
    ref = Ref("solution", row["id"], row["name"], SOLUTION.code(row["id"])) if row else None
    if row is not None and row["status"] == "confirmed":
        return ref, []
    said, way = _unconfirmed(deal, ref)
    if strict:
        raise Refused(said, way, "unconfirmed")
    return ref, [f"{said}: {way}"] if ref else []


def _unconfirmed(deal: Row, ref: Ref | None) -> tuple[str, str]:
    if ref is None:
        code = DEAL.code(deal["id"])
        said = _("{ref} has no solution that the customer confirmed").format(ref=code)
        return said, f"salesctl solution add {code} --from-needs"
    said = _("the customer has not confirmed {ref}").format(ref=ref.code)
    return said, f"salesctl solution confirm {ref.code} --by CONTACT"
