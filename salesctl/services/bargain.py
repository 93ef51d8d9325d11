"""Negotiating: what was conceded and what came back for it, and the rivals on a deal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from salesctl.domain.kinds import MONEY, Ref
from salesctl.errors import Refused
from salesctl.i18n import _
from salesctl.services import facts
from salesctl.services.base import me_in, reading, unit
from salesctl.store import bargains

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.write import Unit

Values = dict[str, Any]


class Concession(NamedTuple):
    """Give and get: what the customer asked for, what was given, what came back for it."""

    asked: str | None
    gave: str | None
    in_return: str | None

    @property
    def said(self) -> bool:
        return any(one is not None for one in self)


def concede(app: App, work: Unit, deal: int, one: Concession) -> None:
    """Write down a concession. Raises Refused (4) for one that gave nothing, or got nothing back."""
    from salesctl.text import check_line

    if not (one.gave or "").strip():
        raise Refused(_("what was given?"), _('as --gave "2 % off" --for "40 % paid at once"'), missing=["gave"])
    if not (one.in_return or "").strip():
        raise Refused(_("a concession gets something back"), _('say what: --for "40 % paid at once"'), missing=["for"])
    mine = me_in(app, work)
    row = {
        "deal_id": deal,
        "asked": check_line(one.asked, _("Asked")) if one.asked else None,
        "gave": check_line(str(one.gave), _("Gave")),
        "in_return": check_line(str(one.in_return), _("In return")),
        "rep_id": mine.id if mine else None,
        "at": work.at,
    }
    work.put("concession", row)
    facts.touch(work, deal, work.at)


def rival(
    app: App, text: str, name: str, price: str | None, strength: str | None, weakness: str | None
) -> tuple[Ref, Values]:
    """A rival on a deal: who, the price quoted, what it is good and bad at. What is known of it already is kept."""
    from salesctl.text import check_line

    with unit(app, "deal.rival") as work:
        at = reading(app, work)
        deal = at.find("deal", text)
        values: Values = {}
        if price:
            values |= dict(
                zip(("price", "price_currency"), MONEY.pack(MONEY.parse(price, _("Price"), at)), strict=True)
            )
        for key, said in (("strength", strength), ("weakness", weakness)):
            if said:
                values[key] = check_line(said, _(key.capitalize()))
        id = _rival(work, deal.id, check_line(name, _("Rival")), values)
        facts.touch(work, deal.id, work.at)
        row = work.stored("rival", id)
        assert row is not None
        told = next(one for one in bargains.rivals(work, deal.id) if one["name"] == row["name"])
    return deal, told


def _rival(work: Unit, deal: int, name: str, values: Values) -> int:
    from salesctl.text import name_key

    key = name_key(name)
    known = work.one("SELECT id FROM rival WHERE deal_id = :deal AND name_key = :key", {"deal": deal, "key": key})
    if known:
        work.amend("rival", known["id"], values)
        return int(known["id"])
    row: Values = {"price": None, "price_currency": None, "strength": None, "weakness": None, "won": 0}
    return work.put("rival", {"deal_id": deal, "name": name, "name_key": key, "at": work.at, **row, **values})


def rival_won(work: Unit, deal: int, name: str) -> None:
    """A deal was lost to a rival, and to no other; one that nobody named before is known from now on."""
    rivals_open(work, deal)
    _rival(work, deal, name, {"won": 1})


def rivals_open(work: Unit, deal: int) -> None:
    """No rival has won a deal: it is open again, or it was won, and they are beaten."""
    for row in work.query("SELECT id FROM rival WHERE deal_id = :id AND won = 1 ORDER BY id", {"id": deal}):
        work.amend("rival", row["id"], {"won": 0})
