"""The rows of a source made into records: read by the kinds, matched with what is there, written in blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from salesctl.domain.kinds import Reading, Ref, Reference
from salesctl.domain.noun import Field, Noun
from salesctl.domain.nouns import NOUNS
from salesctl.errors import BadValue, NotFound, UsageError
from salesctl.i18n import _
from salesctl.readers.profiles import BESIDE
from salesctl.services.base import reading
from salesctl.services.cells import Cells
from salesctl.services.import_ import Report
from salesctl.services.record import hook
from salesctl.store import records
from salesctl.text import name_key

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.readers.csv_ import Row
    from salesctl.readers.sources import Source
    from salesctl.store.write import Unit

BLOCK = 1000
CACHED = 20_000
MADE = ("rep", "team", "customer", "contact", "product", "pipeline")  # records that a mere name calls into being
Values = dict[str, Any]


class Importer(Cells):
    """One import in an open unit."""

    def __init__(self, app: App, work: Unit, currency: str, report: Report) -> None:
        self.app, self.work, self.report = app, work, report
        self.currency = currency
        work.widen()
        base = reading(app, work)
        self.at = Reading(base.now, currency, base.lang, self._find, written=True)
        self._names: dict[str, dict[str, int]] = {}
        self._refs: dict[str, int] = {}  # refs of our own export -> ids here
        self._aliases: dict[tuple[str, str], str] = {}
        self._read: dict[tuple[str, str], dict[str, Any]] = {}
        self._plans: dict[tuple[int, tuple[str, ...]], list[tuple[str, str, str, dict[str, Any]]]] = {}
        self._later: list[tuple[Noun, int, Field, str]] = []
        self._old: dict[tuple[str, int, str], str] = {}
        self.products_known = bool(work.one("SELECT 1 FROM product LIMIT 1"))
        self.profile = ""
        self.coming: frozenset[str] = frozenset()

    def learn(self, aliases: list[tuple[str, str, str]]) -> None:
        """What the file calls otherwise; an alias of a record is kept in the store."""
        for word, said, meant in aliases:
            self._aliases[(name_key(word), name_key(said))] = meant
        self._wanted = aliases

    def take(self, source: Source, step: Callable[[int], None]) -> None:
        """All rows of one source."""
        noun = NOUNS[source.match.noun]
        self.profile = source.match.profile
        if noun.name == "product":
            self.products_known = True
        for name in source.match.unused:
            if name:
                self.report.warn("unused_column", source.table.name, name)
        if noun.name == "deal":
            from salesctl.services.import_deals import Deals

            deals = Deals(self, source)
            for block in blocks(source.table.rows()):
                deals.take([row for row in block if self._shape(source, row)])
                step(len(block))
        else:
            for block in blocks(source.table.rows()):
                self._block(noun, source, [row for row in block if self._shape(source, row)])
                step(len(block))
        self._link()

    def _shape(self, source: Source, row: Row) -> bool:
        if row.problem:
            self.bad(source, row, "", "", row.problem)
        return not row.problem

    def _block(self, noun: Noun, source: Source, rows: list[Row]) -> None:
        new: list[tuple[Values, dict[str, Any]]] = []
        for row in rows:
            read = self.values(noun, source, row)
            if read is None:
                continue
            values, extra, beside = read
            try:
                self._complete(noun, values)
            except BadValue as error:
                self.bad(source, row, "", "", error.message)
                continue
            if beside.get("contact", {}).get("name") and noun.name == "customer":
                self._flush(noun, new)
                new = []
                id = self._upsert(noun, values, extra)
                self._contact(beside["contact"], Ref("customer", id, str(values["name"]), noun.code(id)))
            elif self._match(noun, values, extra) is None and not self._pending(noun, values, new):
                new.append((values, extra))
            else:
                self._flush(noun, new)
                new = []
                self._upsert(noun, values, extra)
        self._flush(noun, new)

    def _complete(self, noun: Noun, values: Values) -> None:
        """What a record's own rules add to what its row says."""
        complete = hook(noun, "completed")
        if complete:
            complete(self.app, self.work, values)

    def _pending(self, noun: Noun, values: Values, new: list[tuple[Values, dict[str, Any]]]) -> bool:
        if noun.unique:
            return any(all(one[key] == values[key] for key in noun.unique) for one, _extra in new)
        key = name_key(str(values.get(noun.title) or ""))
        return (
            any(name_key(str(one.get(noun.title) or "")) == key for one, _extra in new) if not noun.similar else False
        )

    def _flush(self, noun: Noun, new: list[tuple[Values, dict[str, Any]]]) -> None:
        if not new:
            return
        rows = [self._row(noun, values, extra) for values, extra in new]
        columns = list(dict.fromkeys(key for row in rows for key in row))
        whole = [{key: row.get(key) for key in columns} for row in rows]
        ids = self.work.insert_many(noun, whole, wanted_ids(noun, [extra for _values, extra in new]))
        for id, (values, extra) in zip(ids, new, strict=True):
            self.know(noun, id, values, extra)
        self.report.count("created", noun.name, len(rows))

    def _row(self, noun: Noun, values: Values, extra: dict[str, Any]) -> dict[str, Any]:
        """The stored row of a new record."""
        self._asked(noun, values)
        own = {key: value for key, value in extra.items() if not key.startswith("_")}
        came = hook(noun, "imported")
        if came and self.profile != "salesctl":
            own |= came(self.app, self.work, values)
        return self.work.row(noun, noun.pack(self.filled(noun, values)) | own)

    def _asked(self, noun: Noun, values: Values, id: int | None = None) -> None:
        """What a quote waits for does not come with it."""
        if noun.name == "quote":
            from salesctl.services.quote import came

            if came(self.app, self.work, values, id):
                self.report.warn("not_asked", "status", "waiting")

    def filled(self, noun: Noun, values: Values) -> Values:
        """The values with the defaults of what a file says nothing about."""
        defaults = {one.key: one.default for one in noun.fields if one.default is not None}
        return defaults | {key: value for key, value in values.items() if value is not None and key in noun.by_key}

    def know(self, noun: Noun, id: int, values: Values, extra: dict[str, Any]) -> None:
        """Remember a new record by its name and its old ref, and what it still refers to."""
        if noun.name in MADE:
            self.names(noun.name).setdefault(name_key(str(values[noun.title])), id)
        self.met(id, extra)
        if noun.name in BESIDE:
            self._beside(noun, id, extra)
        self._put_off(noun, id, values)
        for key, text in values.get("_unmatched", {}).items():
            self.unmatched(noun, id, key, text)

    def met(self, id: int, extra: dict[str, Any]) -> None:
        """Remember which record a ref of an export means here."""
        if extra.get("_ref"):
            self._refs[extra["_ref"]] = id

    def _put_off(self, noun: Noun, id: int, values: Values) -> None:
        """References to records of the same noun wait until all of them are there."""
        for key, text in values.get("_later", {}).items():
            self._later.append((noun, id, noun.by_key[key], text))
            self._old[(noun.name, id, key)] = values.get("_old", {}).get(key, "")

    def _beside(self, noun: Noun, id: int, extra: dict[str, Any]) -> None:
        """The rows that stood in cells of a record: lines of a quote, answers of a solution ..., as an export wrote them."""
        if noun.name == "contract":
            from salesctl.services.payment import bring

            bring(self.work, id, extra.get("_payments", ()), extra.get("_attachments", ()))
        for name, target in _levels(extra.get("_levels") or ""):
            self.work.put("goal_level", {"goal_id": id, "name": name, "target": target})
        for row in extra.get("_answers", ()):
            need = self._refs.get(row["need"])
            if need is not None:
                self.work.put("solution_need", {"solution_id": id, "need_id": need, "answer": row["answer"]})
        for place, row in enumerate(extra.get("_lines", ()), start=1):
            product = self._refs.get(row["product_ref"]) or self._find("product", row["product"]).id
            kept = {key: row[key] for key in ("quantity", "price", "discount", "agreed", "tax", "net")}
            self.work.put("quote_line", {"quote_id": id, "position": place, "product_id": product, **kept})

    def unmatched(self, noun: Noun, id: int, key: str, text: str) -> None:
        self.work.put(
            "unmatched", {"noun": noun.name, "record_id": id, "field": key, "value": text, "value_key": name_key(text)}
        )

    def _upsert(self, noun: Noun, values: Values, extra: dict[str, Any]) -> int:
        id = self._match(noun, values, extra)
        if id is None:
            id = self.work.insert_many(noun, [self._row(noun, values, extra)], wanted_ids(noun, [extra]))[0]
            self.know(noun, id, values, extra)
            self.report.count("created", noun.name)
            return id
        self._asked(noun, values, id)
        given = {k: v for k, v in values.items() if v is not None and v != [] and k in noun.by_key}
        was = self.work.update(noun, id, given)
        if noun.name in ("lead", "customer") and "owner_id" in was:
            self.work.amend(noun.name, id, {"owned_at": self.work.at})
        self.report.count("updated" if was else "unchanged", noun.name)
        self._put_off(noun, id, values)
        self.met(id, extra)
        return id

    def _match(self, noun: Noun, values: Values, extra: dict[str, Any]) -> int | None:
        """The record that a row is about: by uid, by external id, else by its name."""
        if extra.get("uid"):
            row = self.work.one(f"SELECT id FROM {noun.name} WHERE uid = :uid", {"uid": extra["uid"]})
            return row["id"] if row else self._seeded(noun, values, extra)
        if extra.get("external_id"):
            return self.by_external(noun, extra)
        if noun.name == "contact":
            row = self.work.one(
                "SELECT id FROM contact WHERE name_key = :key AND coalesce(customer_id, 0) = :customer LIMIT 1",
                {"key": name_key(values["name"]), "customer": values["customer"].id if values.get("customer") else 0},
            )
            return row["id"] if row else None
        if noun.unique:
            return records.twin(self.work, noun, values)
        return self.names(noun.name).get(name_key(str(values[noun.title])))

    def _seeded(self, noun: Noun, values: Values, extra: dict[str, Any]) -> int | None:
        """The default pipeline or stage of a new store takes on who it was where the export is from."""
        if noun.name not in ("pipeline", "stage") or self.work.one("SELECT 1 FROM deal LIMIT 1"):
            return None
        row = self.work.one(
            f"SELECT id FROM {noun.name} WHERE name_key = :key AND id = :id",
            {"key": name_key(str(values[noun.title])), "id": int(extra["_ref"].lstrip(noun.prefix))},
        )
        if row is None:
            return None
        kept = {
            key: extra.get(key) for key in ("uid", "version", "created_at", "created_by", "updated_at", "archived_at")
        }
        self.work.amend(noun.name, row["id"], kept)
        return int(row["id"])

    def by_external(self, noun: Noun, extra: dict[str, Any]) -> int | None:
        row = self.work.one(
            f"SELECT * FROM {noun.name} WHERE source = :source AND external_id = :external_id",
            {"source": extra.get("source"), "external_id": extra["external_id"]},
        )
        return (row.get("merged_into_id") or row["id"]) if row else None

    def names(self, noun: str) -> dict[str, int]:
        """The records of a noun by their folded names, aliases too; read once."""
        if noun not in self._names:
            known: dict[str, int] = {}
            for row in self.work.each(f"SELECT id, name_key FROM {noun} WHERE archived_at IS NULL ORDER BY id DESC"):
                known[row["name_key"]] = row["id"]
            for row in self.work.each("SELECT alias_key, record_id FROM alias WHERE noun = :noun", {"noun": noun}):
                known.setdefault(row["alias_key"], row["record_id"])
            self._names[noun] = known
        return self._names[noun]

    def _find(self, noun: str, text: str) -> Ref:
        """A record by its name; one that is not there is made where a mere name says enough."""
        id = self.names(noun).get(name_key(text)) if noun in MADE or noun == "stage" else None
        if id is None and noun not in MADE:
            from salesctl.store.resolve import find

            return find(self.work, noun, text)
        if id is None:
            if noun == "product" and self.products_known:
                raise NotFound(_("no {noun} is called {text}").format(noun=_(NOUNS[noun].label).lower(), text=text))
            id = self.make(noun, text)
        return Ref(noun, id, text, NOUNS[noun].code(id))

    def make(self, noun: str, name: str) -> int:
        """A record that is known by its name only."""
        kind = NOUNS[noun]
        values = self.filled(kind, {kind.title: name})
        if noun == "rep":
            values["function"] = "sales"
        row = self.work.row(kind, kind.pack(values) | {"source": self.profile})
        id = self.work.insert_many(kind, [row])[0]
        self.names(noun)[name_key(name)] = id
        self.report.count("created", noun)
        return id

    def _contact(self, cells: dict[str, str], customer: Ref) -> None:
        """The contact that stands in a customer's row."""
        contact = NOUNS["contact"]
        values: Values = {"customer": customer, "_later": {}, "_unmatched": {}}
        for key, text in cells.items():
            if text:
                values[key] = self.cell(contact, contact.by_key[key], text, values)
        self._upsert(contact, values, {"source": self.profile})

    def _link(self) -> None:
        """References to what stood in no record yet, once all of those are there: a manager, a parent, who leads a team."""
        later, self._later = self._later, []
        for noun, id, field, text in later:
            assert isinstance(field.kind, Reference)
            of = field.kind.target
            if of in self.coming:
                self._later.append((noun, id, field, text))
                continue
            target = (
                self._refs.get(text)
                or self._refs.get(self._old.get((noun.name, id, field.key), ""))
                or self._find(of, text).id
            )
            itself = of == noun.name and target == id
            if not itself and self.profile == "salesctl":
                self.work.amend(noun.name, id, {f"{field.key}_id": target})
            elif not itself:
                self.work.update(noun, id, {field.key: Ref(of, target, text, "")})

    def finish(self) -> None:
        """Keep the aliases of records, so that the next import needs them no more."""
        for word, said, meant in self._wanted:
            noun = word if word in MADE else {"owner": "rep", "account": "customer"}.get(word)
            if noun is None:
                continue
            id = self.names(noun).get(name_key(meant))
            if id is None:
                label = _(NOUNS[noun].label).lower()
                raise UsageError(_("no {noun} is called {text}").format(noun=label, text=meant), _("see --alias"))
            key = name_key(said)
            if not self.work.one("SELECT 1 FROM alias WHERE noun = :n AND alias_key = :k", {"n": noun, "k": key}):
                self.work.put("alias", {"noun": noun, "alias_key": key, "alias": said, "record_id": id})


def _levels(text: str) -> list[tuple[str, int]]:
    """The levels of a goal as our export writes them: `冲刺 = 100000000; 挑战 = 120000000`."""
    found = []
    for part in filter(None, text.split("; ")):
        name, _equals, target = part.rpartition(" = ")
        if name and target.isascii() and target.isdigit() and len(target) < 19:
            found.append((name, int(target)))
    return found


def blocks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """The rows in blocks of a thousand, so that memory stays flat."""
    while block := list(islice(rows, BLOCK)):
        yield block


def wanted_ids(noun: Noun, extras: list[dict[str, Any]]) -> list[int] | None:
    """The numbers that the records of our own export had; None where one of them had none."""
    refs = [str(extra.get("_ref") or "") for extra in extras]
    digits = [ref.removeprefix(noun.prefix) for ref in refs]
    return [int(one) for one in digits] if digits and all(one.isascii() and one.isdigit() for one in digits) else None
