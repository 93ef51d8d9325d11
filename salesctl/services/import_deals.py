"""Deals of a file: their pipeline, outcome and lines, and the facts of a life of which only dates are known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from salesctl.domain.deal import DEAL, STATE, Event, spans
from salesctl.domain.kinds import Ref
from salesctl.domain.lines import Line
from salesctl.domain.stage import STAGE, Step
from salesctl.errors import NotFound, SalesError
from salesctl.i18n import _
from salesctl.readers.profiles import stage_outcome
from salesctl.services.base import zone
from salesctl.store import deals as store
from salesctl.text import name_key

if TYPE_CHECKING:
    from salesctl.readers.csv_ import Row
    from salesctl.readers.sources import Source
    from salesctl.services.importing import Importer

Values = dict[str, Any]
EARLY = ("new", "lead", "prospect", "prospecting", "qualification", "qualify", "contacted", "engaging", "discovery",
         "needs analysis", "develop", "demo", "proposal", "quote", "negotiation", "contract", "signing")  # fmt: skip


class Deals:
    """The deals of one source."""

    def __init__(self, importer: Importer, source: Source) -> None:
        self.importer, self.source = importer, source
        self.work, self.report = importer.work, importer.report
        self.own = source.match.profile == "salesctl"
        self._columns = {key: n for n, (noun, key) in reversed(source.match.mapping.items()) if noun == "deal"}
        self.key = "uid" if self.own else "external_id"
        self.zone = zone(importer.app)
        self.stages = {} if self.own else self._stages()
        self._instants: dict[date, str] = {}
        self._lines: dict[str, list[Line]] = {}  # of products seen before
        self._firsts: dict[int, int | None] = {}
        self._every: dict[int | None, Step] | None = None

    def _column(self, key: str) -> str | None:
        return self._columns.get(key)

    def _stages(self) -> dict[str, Step]:
        """The stages of the file by their folded names: ours where all are ours, else a pipeline of its own."""
        column = self._column("stage")
        if column is None:
            return {}
        words: dict[str, str] = {}
        for row in self.source.table.rows():
            text = (row.values.get(column) or "").strip()
            meant = self.importer._aliases.get(("stage", name_key(text)), text)
            if meant and stage_outcome(meant) is None:
                words.setdefault(name_key(meant), meant)
        if not words:
            return {}
        for known in self._pipelines():
            found = {key: next((s for s in known if s.answers(word)), None) for key, word in words.items()}
            if all(found.values()):
                return {key: step for key, step in found.items() if step}
        return self._new_pipeline(words)

    def _pipelines(self) -> list[list[Step]]:
        rows = self.work.query("SELECT id FROM pipeline WHERE archived_at IS NULL ORDER BY id")
        return [store.steps(self.work, row["id"], every=False) for row in rows]

    def _new_pipeline(self, words: dict[str, str]) -> dict[str, Step]:
        order = sorted(words, key=lambda key: EARLY.index(key) if key in EARLY else len(EARLY))
        name = self.source.match.profile if self.source.match.profile != "deal" else self.source.table.name
        id = self.importer.make("pipeline", name)
        found: dict[str, Step] = {}
        for place, key in enumerate(order, start=1):
            text = words[key]
            pipeline = Ref("pipeline", id, name, f"PL{id}")
            values = {"name": text, "pipeline": pipeline, "position": place, "phase": "open"}
            stage = self.work.insert(STAGE, values, source=self.source.match.profile)
            found[key] = Step(stage, text, None, place, None, "open")
            self.report.count("created", "stage")
        return found

    def take(self, rows: Sequence[Row]) -> None:
        """A block of rows: those that are there are updated, the others made."""
        read = [one for one in (self._read(row) for row in rows) if one is not None]
        there = self._there([extra for _values, extra in read])
        new: list[tuple[Values, dict[str, Any]]] = []
        seen: set[str] = set()
        for values, extra in read:
            key = extra[self.key]
            id = there.get(key)
            if id is not None:
                self.importer.met(id, extra)
                self._update(id, values)
            elif key in seen:
                self._create(new)
                new, seen = [], set()
                self._update(self._there([extra])[key], values)
            else:
                new.append((values, extra))
                seen.add(key)
        self._create(new)

    def _there(self, extras: list[dict[str, Any]]) -> dict[str, int]:
        if not extras:
            return {}
        by = self.key
        marks = ", ".join(f":k{i}" for i in range(len(extras)))
        params = {f"k{i}": extra.get(by) for i, extra in enumerate(extras)}
        sql = f"SELECT id, {by} AS k FROM deal WHERE {by} IN ({marks})"
        if not self.own:
            sql += " AND source = :source"
        return {row["k"]: row["id"] for row in self.work.query(sql, params | {"source": extras[0]["source"]})}

    def _read(self, row: Row) -> tuple[Values, dict[str, Any]] | None:
        """A row's values; stage and product texts are taken out before the kinds see them."""
        product = self._text(row, "product")
        stage = self._text(row, "stage") if not self.own else ""
        read = self.importer.values(DEAL, self.source, row, but=(product[0], stage[0] if stage else ""))
        if read is None:
            return None
        values, extra, beside = read
        try:
            if stage and stage[1]:
                self._staged(values, stage[1])
            if product[1]:
                values["product"] = self._product(product[1])
        except SalesError as error:
            self.importer.bad(self.source, row, "", "", error.message)
            return None
        return self._named(row, values, extra, beside)

    def _text(self, row: Row, key: str) -> tuple[str, str]:
        column = self._column(key) or ""
        text = (row.values.get(column) or "").strip()
        aliases = self.importer._aliases
        return column, aliases.get((key, name_key(text)), text) if aliases else text

    def _staged(self, values: Values, text: str) -> None:
        outcome = stage_outcome(text)
        if outcome:
            values["outcome"] = outcome
            return
        step = self.stages[name_key(text)]
        values["stage"] = Ref("stage", step.id, step.name, "")

    def _product(self, text: str) -> list[Line] | str:
        """The line of one product, or its text where no product is called so."""
        from salesctl.text import check_line

        if text in self._lines:
            return self._lines[text]
        try:
            if self.own:
                return list(DEAL.by_key["product"].kind.parse(text, _("Product"), self.importer.at))
            ref = self.importer.at.find("product", check_line(text, _("Product")))
        except NotFound:
            self.report.warn("no_match", "product", text)
            return text
        return self._lines.setdefault(text, [Line(ref, 1, None)])

    def _named(
        self, row: Row, values: Values, extra: dict[str, Any], beside: dict[str, dict[str, str]]
    ) -> tuple[Values, dict[str, Any]] | None:
        if values.get("name") is None:
            values["name"] = extra.get("external_id")
        if values["name"] is None:
            self.importer.bad(
                self.source, row, self._column("name") or "", "", _("{label} is empty").format(label=_("Name"))
            )
            return None
        if not extra.get("external_id") and not self.own:
            customer = values["customer"].name if values.get("customer") else ""
            extra["external_id"] = f"{values['name']} | {customer}"
        elif self.own:
            extra["uid"] = extra.get("uid") or f"{values['name']} {row.line}"
        if values.get("closed") and not values.get("outcome"):
            self.report.warn("no_outcome", "closed", "")
            values["closed"] = None
        if values.get("closed") and values.get("created") and values["closed"] < values["created"]:
            self.report.warn("closed_before_created", "closed", "")
        del beside
        return values, extra

    def _update(self, id: int, values: Values) -> None:
        """An imported deal again: what the file says anew; what it is silent about stays."""
        lines = values.pop("product", None)
        given = {
            key: value for key, value in values.items() if value is not None and value != [] and key in DEAL.by_key
        }
        changed = self._lines_changed(id, lines) if lines is not None else False
        extra: dict[str, Any] = {}
        if "probability" in given and "probability_source" not in given:
            extra["probability_source"] = "import"
        if "stage" in given:
            raw = self.work.one("SELECT stage_id FROM deal WHERE id = :id", {"id": id})
            if raw and raw["stage_id"] != given["stage"].id:
                extra["stage_at"] = self.work.at
        was = self.work.update(DEAL, id, given, **extra)
        if set(was) & set(STATE):
            from salesctl.services import facts

            closed = given.get("closed") if "outcome" in was and given.get("outcome") else None
            facts.record(self.work, id, "imported", self._instant(closed) if closed else self.work.at)
        if changed and not was:
            self.work.renew(DEAL, id)
        self.report.count("updated" if was or changed else "unchanged", "deal")

    def _lines_changed(self, id: int, lines: list[Line] | str) -> bool:
        before = self.work.query(
            "SELECT product_id, product_text, quantity, amount FROM deal_line WHERE deal_id = :id ORDER BY id",
            {"id": id},
        )
        after = [
            dict(zip(("product_id", "product_text", "quantity", "amount"), _line(one)[:4], strict=True))
            for one in _each(lines)
        ]
        if len(before) > 1 or [{**row} for row in before] == after:
            return False
        for row in self.work.query("SELECT id FROM deal_line WHERE deal_id = :id ORDER BY id", {"id": id}):
            self.work.remove("deal_line", row["id"])
        for one in _each(lines):
            self.work.put("deal_line", dict(zip(LINE, (id, *_line(one)), strict=True)))
        return True

    def _create(self, new: list[tuple[Values, dict[str, Any]]]) -> None:
        if not new:
            return
        default = store.first_pipeline(self.work)
        own = {step.id: row for step, row in self._owners()}
        rows = [self._stored(values, extra, default, own) for values, extra in new]
        from salesctl.services.importing import wanted_ids

        ids = self.work.insert_many(DEAL, rows, wanted_ids(DEAL, [extra for _values, extra in new]))
        events: list[tuple[Any, ...]] = []
        stretches: list[tuple[Any, ...]] = []
        lines: list[tuple[Any, ...]] = []
        for id, row, (values, extra) in zip(ids, rows, new, strict=True):
            life = self._life(row)
            for kind, at, state in life:
                events.append((id, self.work.operation, kind, at, self.work.at, *state))
            happened = [Event(at, state) for _kind, at, state in life]
            stretches += [(id, span.start, span.end, *span.state) for span in spans(happened)]
            lines += [(id, *_line(one)) for one in _each(values.get("product") or [])]
            self.importer.know(DEAL, id, values, extra)
        self.work.put_many("deal_event", ("deal_id", "operation_id", "kind", "at", "recorded_at", *STATE), events)
        self.work.fill("deal_span", ("deal_id", "from_at", "until_at", *STATE), stretches)
        self.work.put_many("deal_line", LINE, lines)
        self.report.count("created", "deal", len(rows))

    def _owners(self) -> list[tuple[Step, int]]:
        """Stages with the pipeline they belong to."""
        rows = self.work.query("SELECT id, name, key, position, probability, phase, pipeline_id FROM stage")
        return [
            (Step(*(row[k] for k in ("id", "name", "key", "position", "probability", "phase"))), row["pipeline_id"])
            for row in rows
        ]

    def _stored(
        self, values: Values, extra: dict[str, Any], default: int | None, own: dict[int, int]
    ) -> dict[str, Any]:
        packed = DEAL.packed(values)
        stage = packed["stage_id"]
        if packed["pipeline_id"] is None:
            mine = next(iter(self.stages.values()), None)
            packed["pipeline_id"] = own[stage] if stage else own[mine.id] if mine else default
        if not packed["outcome"] and not stage:
            stage = packed["stage_id"] = self._first(packed["pipeline_id"])
        self._chance(packed, stage)
        began = self._instant(values.get("created"))
        ended = self._instant(values.get("closed"))
        moments = {"stage_at": began, "touched_at": ended or began, "reopened_at": None}
        known = {key: value for key, value in extra.items() if not key.startswith("_")}
        row = self.work.row(DEAL, {**packed, **moments, **known})
        for key in ("uid", "version"):
            if key in extra:
                row[key] = extra[key]
        row.setdefault("version", 1)
        row.setdefault("archived_at", None)
        row.setdefault("external_id", None)
        return row

    def _chance(self, packed: dict[str, Any], stage: int | None) -> None:
        if packed["probability"] is not None:
            packed["probability_source"] = packed["probability_source"] or "import"
            return
        known = self._known().get(stage) if not packed["outcome"] else None
        packed["probability"] = known.probability if known else None
        packed["probability_source"] = "stage" if known and known.probability is not None else None

    def _first(self, pipeline: int) -> int | None:
        """The stage in which an open deal of a pipeline begins."""
        if pipeline not in self._firsts:
            first = next(iter(store.steps(self.work, pipeline, every=False)), None)
            self._firsts[pipeline] = first.id if first else None
        return self._firsts[pipeline]

    def _known(self) -> dict[int | None, Step]:
        """Every stage by its id."""
        if self._every is None:
            self._every = {step.id: step for step in store.steps(self.work)}
        return self._every

    def _instant(self, day: date | None) -> str | None:
        if day is None:
            return None
        if day not in self._instants:
            from salesctl.when import iso, to_instant

            self._instants[day] = iso(to_instant(day, None, self.zone)[0])
        return self._instants[day]

    def _life(self, row: dict[str, Any]) -> list[tuple[str, str | None, tuple[Any, ...]]]:
        """What is known to have happened: it began, and it closed. What it was like in between is not known."""
        end = _state(row)
        began = self._instant(date.fromisoformat(row["created"]) if row["created"] else None)
        if not row["outcome"]:
            return [("imported", began, end)]
        start = _state(row | HIDDEN)
        ended = self._instant(date.fromisoformat(row["closed"]) if row["closed"] else None)
        if began is None or ended is None:
            return [("imported", ended, end)] if began is None and ended is None else [
                ("imported", None if began is None else began, start), (row["outcome"], ended or began, end)
            ]  # fmt: skip
        return [("imported", began, start), (row["outcome"], max(began, ended), end)]


UNKNOWN = ("stage_id", "amount", "amount_currency", "expected_close", "probability", "probability_source")
HIDDEN = dict.fromkeys((*UNKNOWN, "outcome", "closed", "lost_reason", "competitor", "lost_to"))
_state = itemgetter(*STATE)
LINE = ("deal_id", "product_id", "product_text", "quantity", "amount", "amount_currency")


def _each(lines: list[Line] | str) -> list[Line | str]:
    return [lines] if isinstance(lines, str) else list(lines)


def _line(line: Line | str) -> tuple[Any, ...]:
    if isinstance(line, str):
        return (None, line, 1, None, None)
    money = line.amount
    return (line.product.id, None, line.quantity, money.minor if money else None, money.currency if money else None)
