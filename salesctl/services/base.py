"""What every use case stands on: who asks, when, in which money and zone, and the unit of work of the app."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING

from salesctl.domain.kinds import Reading, Ref

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.connect import Store
    from salesctl.store.write import Unit


@contextmanager
def unit(app: App, command: str, undoes: int | None = None) -> Iterator[Unit]:
    """One write, one transaction; the store is made first where there is none.

    What was done by others since this command began to look at the store is a conflict where it touches the same fields.
    Under --strict what is to be written or told lacks no amount (4).
    """
    from salesctl.store.connect import check_place, exists
    from salesctl.store.write import unit as open_unit

    app.whole()
    check_place(app.db_path)
    if not exists(app.db_path):
        from salesctl.store.create import create

        create(app.db_path, lang=app.lang, zone=app.zone_name, now=app.now)
    seen = app.seen
    app.close_store()
    opened = open_unit(app.db_path, command, at=app.now, actor=app.me, seen=seen, undoes=undoes)
    with opened as work, app.lent(work):
        yield work
    if work.journal.count:
        app.seen_until(work.operation)


def reading(app: App, store: Store | None = None) -> Reading:
    """How typed values are to be read: now in the organisation's zone, its currency, the language, its records."""
    place = store or app.store
    return Reading(local_now(app), currency(app, place), app.lang, lambda noun, text: _find(app, place, noun, text))


def _find(app: App, store: Store, noun: str, text: str) -> Ref:
    if noun == "rep" and text in ("me", "我"):
        mine = me(app, store)
        if mine is None:
            from salesctl.errors import NotFound, UsageError
            from salesctl.i18n import _

            if app.me:
                raise NotFound(
                    _("no rep is called {name} here yet").format(name=app.me),
                    _("the first thing you add makes one; or: salesctl config me NAME"),
                )
            raise UsageError(_("it is not known who you are"), _("say so with: salesctl config me NAME"))
        return mine
    from salesctl.store.resolve import find

    return app.pick(lambda: find(store, noun, text), lambda ref: find(store, noun, ref))


def zone(app: App) -> str:
    """The organisation's zone by name: what the store was made with, else this machine's."""
    return app.store.meta("zone") or app.zone_name


def local_now(app: App) -> datetime:
    """This moment, in the organisation's zone."""
    from zoneinfo import ZoneInfo

    return app.now.astimezone(ZoneInfo(zone(app)))


def today(app: App) -> date:
    """The organisation's day."""
    return local_now(app).date()


def currency(app: App, store: Store) -> str:
    """The organisation's currency; while none is set the user's, else CNY where Chinese is spoken, else USD."""
    return store.meta("currency") or app.config.get("currency") or ("CNY" if app.lang == "zh" else "USD")


def me(app: App, store: Store | None = None) -> Ref | None:
    """The rep who is typing: by name, or by a first name that only one has; None while that is unknown."""
    from salesctl.store.reps import called
    from salesctl.text import name_key

    place = store or app.store
    if not app.me or not place.exists:
        return None
    row = called(place, name_key(app.me))
    return Ref("rep", row["id"], row["name"], f"R{row['id']}") if row else None


def me_in(app: App, work: Unit) -> Ref | None:
    """The rep who is writing; the first write of somebody who said who they are makes them a rep."""
    known = me(app, work)
    if known or not app.me:
        return known
    from salesctl.domain.rep import REP

    id = work.insert(REP, {"name": app.me, "function": "sales"})
    return Ref("rep", id, app.me, REP.code(id))
