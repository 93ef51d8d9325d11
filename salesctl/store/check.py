"""Whether a store is sound: its pages, its chain, its rows against the log, its spans against the events."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import groupby, islice
from typing import Any, NamedTuple

from salesctl.domain.deal import STATE, Event, spans
from salesctl.domain.nouns import NOUNS
from salesctl.errors import Damaged
from salesctl.i18n import _
from salesctl.store import blocks, chain, changes
from salesctl.store.connect import Store, is_url
from salesctl.store.journal import KEYED, LOGGED, texts_of
from salesctl.store.triggers import TRIGGERS

Step = Callable[[int], None]
MOST = 50  # findings of one sort that are listed


class Finding(NamedTuple):
    """One thing that is not as it should be; `damage` when the store must not be trusted."""

    code: str
    text: str
    damage: bool = False


def check(store: Store, path: str, now: datetime, step: Step) -> list[Finding]:
    """All findings, damage first. Nothing in the list is a sound store."""
    pages = list(_pages(store))
    if pages:
        return pages
    found = [*_chain(store, path, step), *_rows(store, step), *_life(store, step), *_next(store), *_sums(store)]
    found += [*_clock(store, now), *_modes(path), *_guards(store), *_files(store, path)]
    return sorted(found, key=lambda one: not one.damage)


def _pages(store: Store) -> Iterator[Finding]:
    if is_url(store.path):
        return  # the server looks after its pages, and refuses a reference to nothing
    for row in store.query("PRAGMA integrity_check(20)"):
        said = str(next(iter(row.values())))
        if said != "ok":
            yield Finding("pages", _("the file is damaged: {why}").format(why=said), True)
    for row in store.query("PRAGMA foreign_key_check"):
        yield Finding(
            "reference",
            _("{table} {id} refers to a row that is not there").format(table=row["table"], id=row["rowid"]),
            True,
        )


def _chain(store: Store, path: str, step: Step) -> Iterator[Finding]:
    _count, breaks = chain.verify(store, path, step)
    for one in breaks[:MOST]:
        yield Finding("log", _("change {id} of the log: {why}").format(id=one.change, why=one.why), True)


def _rows(store: Store, step: Step) -> Iterator[Finding]:
    """Rows that are not as their last change left them."""
    for table in LOGGED:
        noun = NOUNS.get(table)
        try:
            for record, why in islice(_differing(store, table, step), MOST):
                named = noun.code(int(record)) if noun else f"{table} {record}"
                yield Finding("row", f"{named}: {why}", False)
        except (Damaged, KeyError, TypeError, ValueError):  # a log that holds what we never write
            yield Finding("log", _("what the change log says of {table} cannot be read").format(table=table), True)


class _Told:
    """What the log says of the rows of one table: the newest value of each column, and the oldest for those of blocks."""

    def __init__(self) -> None:
        self.last: dict[Any, dict[str, Any] | None] = {}
        self.first: dict[Any, dict[str, Any]] = {}
        self.blocks: list[changes.Entry] = []
        self.born: dict[int, int] = {}  # id -> which block
        self.erased: set[Any] = set()

    def take(self, one: changes.Entry, texts: frozenset[str]) -> None:
        if one.action == "block":
            for id in changes.ids_of(one.after):
                self.born[id] = len(self.blocks)
                self.last.pop(id, None)
                self.first.pop(id, None)
            self.blocks.append(one)
        elif one.action == "unblock":
            for id in changes.ids_of(one.after):
                self.born.pop(id, None)
                self.last[id] = None
        elif one.action == "delete":
            self.born.pop(one.record, None)  # type: ignore[arg-type]
            self.last[one.record] = None
        else:
            self._row(one, texts)

    def _row(self, one: changes.Entry, texts: frozenset[str]) -> None:
        known = self.last.get(one.record)
        known = {} if known is None or one.action == "insert" else known
        if one.action == "update" and not one.before:  # words of a person were overwritten
            self.erased.add(one.record)
        if one.erased:
            self.erased.add(one.record)
            known = {key: value for key, value in known.items() if key not in texts}
        self.last[one.record] = known | {k: v for k, v in one.after.items() if not k.startswith("~")}
        if one.record in self.born:
            first = self.first.setdefault(one.record, {})
            for key, value in one.before.items():
                first.setdefault(key, value)


def _differing(store: Store, table: str, step: Step) -> Iterator[tuple[Any, str]]:
    texts, told = texts_of(table), _Told()
    for place, row in enumerate(store.each(f"{changes.SELECT} WHERE c.noun = :t ORDER BY c.id", {"t": table})):
        told.take(changes.entry(row), texts)
        if place % 1000 == 0:
            step(1)
    key = KEYED.get(table, "id")
    there: set[Any] = set()
    for row in store.each(f"SELECT * FROM {table} ORDER BY {key}"):
        record = row[key]
        if (table, record) == ("meta", "schema"):  # the engine's own
            continue
        there.add(record)
        known = told.last.get(record, {} if record in told.born else None)
        if known is None:
            yield record, _("it is in no change of the log")
            continue
        whole = record not in told.born  # of a row that was made alone the log knows every column
        wrong = [
            column
            for column, value in row.items()
            if column not in chain.UNTRACKED
            and (column in known or (whole and not (record in told.erased and column in texts)))
            and value != known.get(column)
        ]
        if wrong:
            yield record, _("{columns} differs from its last change").format(columns=", ".join(wrong))
    yield from _of_blocks(store, table, told)
    for record, known in told.last.items():
        if known is not None and record not in there and record not in told.born:
            yield record, _("it is gone, and no change says so")


def _of_blocks(store: Store, table: str, told: _Told) -> Iterator[tuple[Any, str]]:
    """Rows of blocks, taken back to what they were when they were made, against the digests of their block."""
    for place, block in enumerate(told.blocks):
        ids = [id for id in changes.ids_of(block.after) if told.born.get(id) == place]
        if not ids or (table not in NOUNS and len(ids) < len(changes.ids_of(block.after))):
            continue
        rows = {row["id"]: row for row in blocks.rows(store, table, ids)}
        for id in ids:
            if id not in rows:
                yield id, _("it is gone, and no change says so")
        back = [{**row, **told.first.get(id, {})} for id, row in rows.items() if id not in told.erased]
        if "digests" in block.after:
            wanted = dict(zip(changes.ids_of(block.after), block.after["digests"], strict=True))
            for row in back:
                if chain.row_digest(row) != wanted[row["id"]]:
                    yield row["id"], _("it is not what was written")
        elif len(back) == len(ids):
            odd = blocks.differing(table, block.after, ids, back)
            if odd is not None:
                yield odd, _("it, or one of the {n} written with it, is not what was written").format(n=len(ids))


def _life(store: Store, step: Step) -> Iterator[Finding]:
    """A deal stands where its last event left it, and its spans are those of its events."""
    columns = ", ".join(STATE)
    states = {row["id"]: tuple(row[name] for name in STATE) for row in store.each(f"SELECT id, {columns} FROM deal")}
    stretches = store.each(f"SELECT deal_id, from_at, until_at, {columns} FROM deal_span ORDER BY deal_id, from_at, id")
    spans_of = _grouped(stretches)
    events = store.each(f"SELECT deal_id, at, {columns} FROM deal_event WHERE voided_at IS NULL ORDER BY deal_id, id")
    held = next(spans_of, None)
    seen: set[int] = set()
    for deal, rows in _grouped(events):
        seen.add(deal)
        life = [Event(row["at"], tuple(row[name] for name in STATE)) for row in rows]
        if states.get(deal) != life[-1].state:
            yield Finding("state", _("{ref} is not where its last event left it").format(ref=f"D{deal}"))
        while held is not None and held[0] < deal:
            yield Finding("span", _("{ref} has spans without events").format(ref=f"D{held[0]}"))
            held = next(spans_of, None)
        mine: list[tuple[Any, ...]] = []
        if held is not None and held[0] == deal:
            mine = [(row["from_at"], row["until_at"], tuple(row[name] for name in STATE)) for row in held[1]]
            held = next(spans_of, None)
        if mine != [tuple(one) for one in spans(life)]:
            yield Finding("span", _("the spans of {ref} are not those of its events").format(ref=f"D{deal}"))
        if deal % 1000 == 0:
            step(1)
    for deal in sorted(set(states) - seen):
        yield Finding("state", _("{ref} has no event").format(ref=f"D{deal}"))


def _next(store: Store) -> Iterator[Finding]:
    """A deal knows the day of its next planned follow-up."""
    from salesctl.store.triggers import NEXT_DUE

    for row in store.each(f"SELECT id FROM deal WHERE next_due IS DISTINCT FROM {NEXT_DUE} ORDER BY id"):
        yield Finding("next", _("{ref} does not know its next follow-up").format(ref=f"D{row['id']}"))


def _grouped(rows: Any) -> Iterator[tuple[int, list[Any]]]:
    for deal, some in groupby(rows, key=lambda row: row["deal_id"]):
        yield deal, list(some)


def _sums(store: Store) -> Iterator[Finding]:
    """Open and closed money, once from the deals and once from the spans that hold now."""
    from salesctl.domain.deal import AFTER

    sql = "SELECT outcome, amount_currency AS c, count(*) AS n, coalesce(sum(amount), 0) AS total FROM {} GROUP BY 1, 2"
    deals = {(row["outcome"], row["c"]): (row["n"], row["total"]) for row in store.query(sql.format("deal"))}
    now = store.query(sql.format("deal_span WHERE until_at = :after"), {"after": AFTER})
    if deals != {(row["outcome"], row["c"]): (row["n"], row["total"]) for row in now}:
        yield Finding("sums", _("the sums of the deals and of their spans differ"))


def _clock(store: Store, now: datetime) -> Iterator[Finding]:
    from salesctl.when import from_iso

    row = store.one("SELECT max(at) AS at FROM operation")
    if row and row["at"] and from_iso(row["at"]) > now + timedelta(minutes=5):
        yield Finding(
            "clock", _("the last operation was at {at}, later than now: was the clock set back?").format(at=row["at"])
        )


def _modes(path: str) -> Iterator[Finding]:
    if is_url(path) or not hasattr(os, "geteuid"):
        return
    for end in ("", "-wal", "-shm", ".lock", ".anchor"):
        try:
            mode = os.stat(path + end).st_mode & 0o777
        except OSError:
            continue
        if mode & 0o077:
            yield Finding("mode", _("{path} can be read by others: chmod 600").format(path=path + end))


def _files(store: Store, path: str) -> Iterator[Finding]:
    """Attachments that are not where they were kept, or not what was attached."""
    from salesctl.store import attached, contracts

    place = attached.folder_of(path)
    for row in contracts.attachments(store, None):
        state = attached.state(place, row["sha256"], row["bytes"])
        ref, name = NOUNS["contract"].code(row["contract_id"]), row["name"]
        if state == "missing":
            yield Finding("file", _("{ref}: the attached file {name} is gone").format(ref=ref, name=name))
        elif state == "changed":
            yield Finding(
                "file", _("{ref}: the attached file {name} is not what was attached").format(ref=ref, name=name)
            )


def _guards(store: Store) -> Iterator[Finding]:
    sql = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if is_url(store.path):
        sql = "SELECT tgname AS name FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    there = {row["name"] for row in store.query(sql)}
    for name in TRIGGERS:
        if name not in there:
            yield Finding("guard", _("the trigger {name} is gone").format(name=name), True)
