"""What a customer needs: written down for a deal, ranked, and the key ones marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from salesctl.domain.deal import DEAL
from salesctl.domain.need import NEED, SOLUTION
from salesctl.errors import BadValue, NotFound, UsageError
from salesctl.i18n import _
from salesctl.services import facts, record
from salesctl.services.base import reading, unit
from salesctl.services.people import contact_of
from salesctl.store import quoting, records

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.connect import Row
    from salesctl.store.write import Unit

Values = dict[str, Any]


def add(app: App, deal: str, texts: Values, key: bool = False) -> Values:
    """A need of a deal, ranked last; the record. `texts` are its fields as they were typed, its name among them."""
    with unit(app, "need.add") as work:
        at = reading(app, work)
        about = records.raw(work, DEAL, at.find("deal", deal).id)
        said = texts.pop("contact", None)
        values = record.read(NEED, texts, at)
        values["deal"] = at.find("deal", DEAL.code(about["id"]))
        values["rank"] = quoting.last_rank(work, about["id"]) + 1
        values["is_key"] = "yes" if key else "no"
        if said:
            values["contact"] = contact_of(app, work, about, said)
        id = record.create(app, work, NEED, values)
        facts.touch(work, about["id"], work.at)
    return records.get(app.store, NEED, id)


def edited(app: App, work: Unit, id: int, values: Values) -> None:
    """An edit of a need: who said so is somebody at the customer."""
    raw = records.raw(work, NEED, id)
    if values.get("contact"):
        deal = records.raw(work, DEAL, raw["deal_id"])
        values["contact"] = contact_of(app, work, deal, values["contact"].code)
    work.update(NEED, id, values)


def archived(app: App, work: Unit, id: int) -> str | None:
    """A need that is put away stays in the solutions made for it, marked there; the next version leaves it out."""
    listed = ", ".join(SOLUTION.code(row["id"]) for row in quoting.answered_by(work, id))
    if not listed:
        return None
    said = _("{ref} stands in {listed}, marked as archived; the next version leaves it out")
    return said.format(ref=NEED.code(id), listed=listed)


def rank(app: App, texts: Sequence[str]) -> list[Values]:
    """Put needs in order: `D7 N4 N2` (those first, the others behind), or `N4 1` (one to a place); all of the deal."""
    with unit(app, "need.rank") as work:
        first = _need(app, work, texts[0])
        if first is not None and len(texts) == 2 and not _is_ref(texts[1]):
            order = _moved(work, first, texts[1])
            deal = first["deal_id"]
        else:
            deal, order = _ordered(app, work, texts, first)
        for place, id in enumerate(order, start=1):
            work.update(NEED, id, {"rank": place})
    rows = quoting.needs(app.store, deal)
    return [records.get(app.store, NEED, row["id"]) for row in rows]


def _is_ref(text: str) -> bool:
    return text[:1].upper() == NEED.prefix and text[1:].isdigit()


def _need(app: App, work: Unit, text: str) -> Row | None:
    """The need that a ref means; None for what is no ref of a need."""
    return records.raw(work, NEED, reading(app, work).find("need", text).id) if _is_ref(text) else None


def _moved(work: Unit, need: Row, text: str) -> list[int]:
    """The needs of a deal with one of them at another place."""
    from salesctl.money import parse_count

    rest = [row["id"] for row in quoting.needs(work, need["deal_id"]) if row["id"] != need["id"]]
    place = parse_count(text, _("Rank"))
    record.at_hand(NEED, need)
    if not 1 <= place <= len(rest) + 1:
        raise BadValue(_("the rank is from 1 to {n}").format(n=len(rest) + 1))
    return [*rest[: place - 1], need["id"], *rest[place - 1 :]]


def _ordered(app: App, work: Unit, texts: Sequence[str], first: Row | None) -> tuple[int, list[int]]:
    """The deal, and its needs with those that are named in front."""
    at = reading(app, work)
    deal = first["deal_id"] if first is not None else at.find("deal", texts[0]).id
    named = list(texts) if first is not None else list(texts[1:])
    if not named:
        raise UsageError(_("which need comes first?"), _("as: salesctl need rank D7 N4 N2, or: need rank N4 1"))
    known = [row["id"] for row in quoting.needs(work, deal)]
    ids = list(dict.fromkeys(_of_deal(app, work, deal, text) for text in named))
    strange = [id for id in ids if id not in known]
    if strange:
        raise NotFound(
            _("{ref} is no need of {deal}").format(ref=NEED.code(strange[0]), deal=DEAL.code(deal)),
            _("see: salesctl need list deal:{deal}").format(deal=DEAL.code(deal)),
        )
    return deal, [*ids, *(id for id in known if id not in ids)]


def _of_deal(app: App, work: Unit, deal: int, text: str) -> int:
    """A need by its ref, or by its words among those of the deal."""
    from salesctl.text import name_key

    hits = [row["id"] for row in quoting.needs(work, deal) if name_key(text) in name_key(row["name"])]
    if not _is_ref(text) and len(hits) == 1:
        return int(hits[0])
    return reading(app, work).find("need", text).id


def key(app: App, texts: Sequence[str], off: bool = False) -> list[Values]:
    """Mark needs as key, or not any more; all of them or none."""
    with unit(app, "need.key") as work:
        ids = [reading(app, work).find("need", text).id for text in texts]
        for id in ids:
            record.at_hand(NEED, records.raw(work, NEED, id))
            work.update(NEED, id, {"is_key": "no" if off else "yes"})
    return [records.get(app.store, NEED, id) for id in ids]
