"""The common pool: what nobody touches goes back to it, what one gives back, and what one takes out of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from salesctl.domain import pool
from salesctl.domain.kinds import INSTANT, Ref
from salesctl.domain.nouns import NOUNS
from salesctl.domain.pool import Loss, Rules
from salesctl.errors import Conflict, Refused, UsageError
from salesctl.i18n import _
from salesctl.services import lead
from salesctl.services.base import local_now, me_in, today, unit, zone
from salesctl.store import leads, pools, records
from salesctl.store.records import day_end

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.connect import Row, Store
    from salesctl.store.write import Unit

Values = dict[str, Any]


def rules(store: Store) -> Rules:
    """The rules of the pool, from the SOP that leads follow."""
    sop = leads.process(store)
    return Rules.of(sop.part("pool")) if sop else Rules()


def losses(app: App, store: Store, owners: Sequence[int] | None = None, warned: bool = False) -> list[Loss]:
    """What goes back to the pool today, by rule, the longest quiet first; with `warned` what goes in the days after."""
    known, day = rules(store), today(app)
    found: list[Loss] = []
    for noun in pool.NOUNS:
        if not known.days(noun):
            continue
        cut = day_end(known.last_touch(noun, day, warned), zone(app))
        for row in pools.untouched(store, noun, cut, owners):
            touched = max(str(row[key]) for key in ("since", "touched_at", "done_at", "deal_at") if row[key])
            last = _day(app, touched)
            made = (row["owner_id"], row["owner"], last, f"{noun}_days", known.days(noun))
            found.append(Loss(noun, row["id"], row["name"], *made))
    kept = [one for one in found if (one.left(day) > 0) == warned]
    return sorted(kept, key=lambda one: (one.goes_on, one.noun, one.id))


def _day(app: App, instant: str) -> date:
    moment = INSTANT.unpack({"at": instant}, "at")
    assert moment is not None
    return moment.astimezone(local_now(app).tzinfo).date()


def reclaim(app: App) -> list[Loss]:
    """Take back what nobody touched for too long, leads and customers; what went, and from whom."""
    with unit(app, "lead.reclaim") as work:
        work.seen = None  # what is so now counts, not what was when the command began
        gone = losses(app, work)
        for one in gone:
            raw = records.raw(work, NOUNS[one.noun], one.id)
            reason = f"{one.rule} {one.limit}"
            _let_go(work, one.noun, raw, "reclaimed", reason)
    return gone


def _let_go(work: Unit, noun: str, raw: Row, kind: str, reason: str) -> None:
    event = {"noun": noun, "record_id": raw["id"], "kind": kind, "rep_id": raw["owner_id"]}
    work.put("pool_event", {**event, "at": work.at, "reason": reason})
    lead.hand(work, NOUNS[noun], raw, None)


def give_back(app: App, texts: Sequence[str], reason: str) -> list[Values]:
    """Give leads and customers back to the pool. Refused (4) for what nobody has, is closed, or has an open deal."""
    from salesctl.text import check_line

    why = check_line(reason, _("Reason"))
    with unit(app, "lead.return") as work:
        done = [_meant(app, work, text) for text in texts]
        for ref in done:
            raw = _kept(work, ref)
            if raw["owner_id"] is None:
                raise Refused(_("{ref} is in the pool already").format(ref=ref.code))
            _let_go(work, ref.noun, raw, "returned", why)
    return _records(app, done)


def _kept(work: Unit, ref: Ref) -> Row:
    """The row of what may change hands with the pool."""
    if ref.noun == "lead":
        return lead.live(work, ref.id, ("owner_id",))
    deal = pools.open_deal(work, ref.id)
    if deal is not None:
        raise Refused(
            _("{ref} has an open deal, D{id}: it stays with who has it").format(ref=ref.code, id=deal),
            _("give it to somebody: salesctl customer edit {ref} owner=REP").format(ref=ref.code),
        )
    work.guard(NOUNS["customer"], ref.id, ("owner_id",))
    return records.raw(work, NOUNS["customer"], ref.id)


def _meant(app: App, work: Unit, text: str) -> Ref:
    """A lead or a customer; a bare number is a lead."""
    from salesctl.store.resolve import look

    def find(word: str) -> Ref:
        return look(work, pool.NOUNS, f"L{word}" if word.isdigit() and word.isascii() else word).ref

    return app.pick(lambda: find(text), find)


def claim(app: App, texts: Sequence[str]) -> list[Values]:
    """Take leads and customers out of the pool. Refused (4) for more than a day or a pair of hands may have."""
    with unit(app, "lead.claim") as work:
        mine = me_in(app, work)
        if mine is None:
            raise UsageError(_("it is not known who you are"), _("say so with: salesctl config me NAME"))
        done = list({(ref.noun, ref.id): ref for ref in (_meant(app, work, text) for text in texts)}.values())
        raws = [_free(work, ref) for ref in done]
        _check_day(app, work, mine, len(done))
        for noun in pool.NOUNS:
            _check_holding(work, mine, noun, sum(ref.noun == noun for ref in done))
        for ref, raw in zip(done, raws, strict=True):
            lead.hand(work, NOUNS[ref.noun], raw, mine)
            event = {"noun": ref.noun, "record_id": ref.id, "kind": "claimed", "rep_id": mine.id}
            work.put("pool_event", {**event, "at": work.at, "reason": None})
    return _records(app, done)


def _free(work: Unit, ref: Ref) -> Row:
    raw = lead.live(work, ref.id, ("owner_id",)) if ref.noun == "lead" else records.raw(work, NOUNS[ref.noun], ref.id)
    if ref.noun == "customer":
        work.guard(NOUNS["customer"], ref.id, ("owner_id",))
    if raw["owner_id"] is not None:
        raise Conflict(
            _("{ref} is not in the pool: {owner} has it").format(ref=ref.code, owner=raw["owner"]), code="taken"
        )
    return raw


def _check_day(app: App, work: Unit, mine: Ref, wanted: int) -> None:
    """At most so many a day, which begins anew at midnight of the organisation."""
    limit, day = rules(work).claims_a_day, today(app)
    have = pools.claimed(work, mine.id, day_end(day - timedelta(days=1), zone(app)))
    if not pool.room(limit, have, wanted):
        opens = day + timedelta(days=1)
        raise Refused(
            _("{name} took {have} out of the pool today, and {limit} a day is the limit").format(
                name=mine.name, have=have, limit=limit
            ),
            _("more from {day} on (SOP: claims_a_day)").format(day=opens),
            code="pool_limit",
            rule="claims_a_day",
            limit=limit,
            have=have,
            wanted=wanted,
            opens=opens.isoformat(),
        )


def _check_holding(work: Unit, mine: Ref, noun: str, wanted: int) -> None:
    """At most so many leads, and so many customers, at a time."""
    limit, have = rules(work).holding, pools.held(work, noun, mine.id) if wanted else 0
    if wanted and not pool.room(limit, have, wanted):
        raise Refused(
            _("{name} has {have} {nouns}, and {limit} is the limit").format(
                name=mine.name, have=have, nouns=_(NOUNS[noun].plural).lower(), limit=limit
            ),
            _("more when some are given back: salesctl lead return REF --reason ... (SOP: holding)"),
            code="pool_limit",
            rule="holding",
            limit=limit,
            have=have,
            wanted=wanted,
            opens=None,
        )


def _records(app: App, refs: Sequence[Ref]) -> list[Values]:
    return [records.get(app.store, NOUNS[ref.noun], ref.id) for ref in refs]
