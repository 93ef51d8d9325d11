"""Negotiating: what was conceded and what came back for it, and the rivals on a deal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from salesctl.domain.kinds import MONEY, Ref
from salesctl.errors import Refused
from salesctl.i18n import _
from salesctl.services import facts
from salesctl.services.base import me_in, reading, unit

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.write import Unit

Values = dict[str, Any]


def concede(app: App, text: str, asked: str | None, gave: str | None, in_return: str | None) -> Ref:
    """Write down a concession; the deal. Raises Refused (4) for one that got nothing back."""
    with unit(app, "deal.concede") as work:
        deal = reading(app, work).find("deal", text)
        concede_in(app, work, deal.id, asked, gave, in_return)
    return deal


def concede_in(app: App, work: Unit, deal: int, asked: str | None, gave: str | None, in_return: str | None) -> None:
    from salesctl.text import check_line

    if not (gave or "").strip():
        raise Refused(_("what was given?"), _('as --gave "2 % off" --for "40 % paid at once"'), missing=["gave"])
    if not (in_return or "").strip():
        raise Refused(_("a concession gets something back"), _('say what: --for "40 % paid at once"'), missing=["for"])
    mine = me_in(app, work)
    row = {
        "deal_id": deal,
        "asked": check_line(asked, _("Asked")) if asked else None,
        "gave": check_line(str(gave), _("Gave")),
        "in_return": check_line(str(in_return), _("In return")),
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
        told = {key: row[key] for key in ("name", "strength", "weakness")} | {"price": MONEY.unpack(row, "price")}
    return deal, {"deal": deal.code, **told, "won": bool(row["won"])}


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
    """A deal was lost to a rival; one that nobody named before is known from now on."""
    _rival(work, deal, name, {"won": 1})
