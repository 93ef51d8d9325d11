"""Conditions of the filter language made into SQL on the table `t`, by the kinds of the fields they name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from salesctl.domain.filter import Condition, Value
from salesctl.domain.kinds import Amount, Choice, Reading, Reference, Tags
from salesctl.domain.noun import Field, Noun
from salesctl.errors import BadValue, UsageError
from salesctl.i18n import N_, _
from salesctl.store.connect import Store
from salesctl.store.records import Where, day_end

OPEN_WORDS = {"open": ("open", "在谈", "进行中"), "archived": ("archived", "归档", "已归档"), "mine": ("mine", "我的")}
STALLED = ("stalled", "停滞", "rotting")
WAITING = {
    "planned": ("planned", "due", "todo", "待办", "计划"),
    "done": ("done", "已做", "完成"),
    "overdue": ("overdue", "逾期"),
}
COMPUTED = {
    "deal": ("idle", "stage_days", "product", "team", "manager", "region", "currency", "stalled"),
    "followup": ("status",),
    "lead": ("team", "manager"),
    "need": ("customer",),
    "solution": ("customer",),
    "quote": ("product", "team", "manager"),
}
POOL = ("pool", "公海")
EXPIRED = ("expired", "过期", "已过期", "失效")
WORDS = {
    "customer": ("customer", "客户", "account"),
    "idle": ("idle", "idle_days", "quiet", "没跟进", "停滞天数"),
    "stage_days": ("stage_days", "age", "阶段天数"),
    "product": ("product", "产品"),
    "team": ("team", "团队"),
    "manager": ("manager", "主管", "经理"),
    "region": ("region", "地区", "区域", "大区"),
    "currency": ("currency", "币种"),
}


class Compiler:
    """Builds one Where for a noun; `me` is the id of who asks, or None."""

    def __init__(
        self, store: Store, noun: Noun, at: Reading, me: int | None = None, named: set[str] | None = None
    ) -> None:
        self.store, self.noun, self.at, self.me, self.named = store, noun, at, me, named

    def where(self, conditions: Sequence[Condition], everything: bool = False, as_of: str | None = None) -> Where:
        """Conditions, and what lists leave out unless asked: archived records, closed deals and leads, what is done."""
        where = Where(as_of=as_of)
        self.named = set()
        for condition in conditions:
            part = self._condition(where, condition)
            where.add(f"NOT coalesce({part}, 0 = 1)" if condition.negated else part)
        if not everything:
            self._usual(where)
        return where

    def _usual(self, where: Where) -> None:
        named = self.named or set()
        if "archived" not in named:
            where.add("t.archived_at IS NULL")
        if self.noun.name == "deal" and not named & {"outcome", "closed", "lost_reason", "lost_to"}:
            where.add("t.outcome IS NULL")
        if self.noun.name == "followup" and not named & {"done_at", "outcome", "status"}:
            where.add("t.done_at IS NULL")
        if self.noun.live and not named & {self.noun.live.field, *self.noun.live.lifted}:
            codes = ", ".join(where.name(code) for code in self.noun.live.codes)
            where.add(f't."{self.noun.live.field}" IN ({codes})')

    def _condition(self, where: Where, condition: Condition) -> str:
        if not condition.field:
            return self._word(where, condition)
        field = self.noun.lookup(condition.field)
        if field is None or not field.slots:
            return self._special(where, condition)
        assert self.named is not None
        self.named.add(field.key)
        if not condition.values:
            part = self._empty(field)
            return f"NOT ({part})" if condition.op == "!=" else part
        part = " OR ".join(self._value(where, field, condition.op, value) for value in condition.values)
        if field.key == "stage" and self.noun.name == "deal" and "outcome" not in self.named:
            part = f"({part}) AND t.outcome IS NULL"
        return f"NOT ({part})" if condition.op == "!=" else f"({part})"

    def _empty(self, field: Field) -> str:
        if field.key == "stage" and self.noun.name == "deal":
            return "(t.stage_id IS NULL)"
        column = f't."{field.slots[0].name}"'
        return f"({column} IS NULL OR {column} = '')" if field.slots[0].sort == "TEXT" else f"({column} IS NULL)"

    def _value(self, where: Where, field: Field, op: str, value: Value) -> str:
        kind = field.kind
        column = f't."{field.slots[0].name}"'
        if isinstance(kind, Reference):
            return self._reference(where, field, column, op, value)
        if kind.ordered:
            return self._range(where, field, column, op, value)
        if isinstance(kind, Choice):
            return f"{column} = {where.name(kind.parse(value.low, _(field.label), self.at))}"
        if isinstance(kind, Tags):
            return f"{column} LIKE {where.name(like(',' + value.low + ','))} ESCAPE '\\'"
        return self._text(where, field, column, op, value)

    def _text(self, where: Where, field: Field, column: str, op: str, value: Value) -> str:
        from salesctl.text import name_key

        folded = "t.name_key" if field.key == self.noun.title else f"fold({column})"
        wanted = name_key(value.low if not value.is_range else f"{value.low}..{value.high}")
        if op == "~":
            return f"{folded} LIKE {where.name(like(wanted))} ESCAPE '\\'"
        if op in ("<", ">", "<=", ">="):
            raise BadValue(_("{label} has no order, so no range").format(label=_(field.label)))
        return f"{folded} = {where.name(wanted)}"

    def _range(self, where: Where, field: Field, column: str, op: str, value: Value) -> str:
        kind, label = field.kind, _(field.label)
        if value.is_range and not (value.low or value.high):
            raise UsageError(_("a range needs at least one end"), _("as {field}:10..").format(field=field.key))
        low = kind.span(value.low, label, self.at) if value.low else (None, None)
        high = kind.span(value.high, label, self.at) if value.is_range and value.high else (None, None)
        if not value.is_range:
            start, end = {
                ":": low, "=": low, "!=": low, "~": low,
                "<": (None, low[0]), "<=": (None, low[1]), ">": (low[1], None), ">=": (low[0], None),
            }[op]  # fmt: skip
        else:
            start, end = low[0], high[1]
        parts = [f"{column} IS NOT NULL"]
        if start is not None:
            parts.append(f"{column} >= {where.name(start)}")
        if end is not None:
            parts.append(f"{column} < {where.name(end)}")
        if isinstance(kind, Amount):
            parts.append(f't."{field.key}_currency" = {where.name(self._currency(field, value))}')
        return "(" + " AND ".join(parts) + ")"

    def _currency(self, field: Field, value: Value) -> str:
        text = value.low or value.high
        currency: str = field.kind.parse(text, _(field.label), self.at).currency
        return currency

    def _reference(self, where: Where, field: Field, column: str, op: str, value: Value) -> str:
        from salesctl.store.resolve import matching

        assert isinstance(field.kind, Reference)
        if value.low == "me" and field.kind.target == "rep":
            return f"{column} = {where.name(self._me())}"
        if field.kind.target == "stage":
            return self._stage(where, column, value)
        ids = matching(self.store, field.kind.target, value.low, contains=op == "~")
        return f"{column} IN ({', '.join(where.name(id) for id in ids) or 'NULL'})"

    def _stage(self, where: Where, column: str, value: Value) -> str:
        from salesctl.store.deals import stages_between, stages_called

        if value.is_range:
            ids = stages_between(self.store, value.low, value.high)
        else:
            ids = stages_called(self.store, value.low)
        return f"{column} IN ({', '.join(where.name(id) for id in ids) or 'NULL'})"

    def _me(self) -> int:
        if self.me is None:
            self.at.find("rep", "me")  # raises what is the matter
        assert self.me is not None
        return self.me

    def _word(self, where: Where, condition: Condition) -> str:
        """A bare word: an outcome, `stalled`, `mine`, a state of follow-ups, a ref; otherwise part of the name."""
        from salesctl.text import name_key

        text = condition.values[0].low if condition.values else ""
        word = name_key(text)
        assert self.named is not None
        if word in OPEN_WORDS["archived"]:
            self.named.add("archived")
            return "t.archived_at IS NOT NULL"
        if word in OPEN_WORDS["mine"] and self.noun.lookup("owner"):
            return f"t.owner_id = {where.name(self._me())}"
        if self.noun.name == "deal":
            known = self._deal_word(where, word)
            if known:
                return known
        if self.noun.name == "followup":
            known = self._followup_word(where, word)
            if known:
                return known
        if self.noun.name == "lead" and word in POOL:
            return "t.owner_id IS NULL"
        if self.noun.name == "quote" and word in EXPIRED:
            return self._expired(where)
        return self._live_word(where, text) or self._name_like(where, text)

    def _expired(self, where: Where) -> str:
        """Quotes that wait for an answer past their validity."""
        from salesctl.domain.quote import LIVE

        listed = ", ".join(where.name(code) for code in LIVE)
        return f"(t.status IN ({listed}) AND t.valid_until < {where.name(self.at.today.isoformat())})"

    def _live_word(self, where: Where, text: str) -> str:
        """`sent`, `待批`: a bare word that is a choice of the field that says how a record stands."""
        field = self.noun.by_key[self.noun.live.field] if self.noun.live else None
        code = field.kind.read(text) if field and isinstance(field.kind, Choice) else None
        if field is None or code is None:
            return ""
        assert self.named is not None
        self.named.add(field.key)
        return f't."{field.key}" = {where.name(code)}'

    def _name_like(self, where: Where, text: str) -> str:
        from salesctl.text import name_key

        pattern = where.name(like(name_key(text)))
        parts = [f"t.name_key LIKE {pattern} ESCAPE '\\'"]
        if self.noun.lookup("customer") and self.noun.name != "customer":
            parts.append(f"t.customer_id IN (SELECT c.id FROM customer c WHERE c.name_key LIKE {pattern} ESCAPE '\\')")
        prefix = self.noun.prefix.lower()
        if text.lower().startswith(prefix) and text[len(prefix) :].isdigit():
            parts.append(f"t.id = {where.name(int(text[len(prefix) :][:18]))}")
        return f"({' OR '.join(parts)})"

    def _deal_word(self, where: Where, word: str) -> str:
        from salesctl.domain.deal import OUTCOME

        assert self.named is not None
        if word in OPEN_WORDS["open"]:
            self.named.add("outcome")
            return "t.outcome IS NULL"
        if word in STALLED:
            from salesctl.store.deals import stalled

            return stalled(self.store, where, self.at, where.as_of)
        code = OUTCOME.read(word)
        if code:
            self.named.add("outcome")
            return f"coalesce(t.outcome, '') = {where.name(code)}"
        return ""

    def _followup_word(self, where: Where, word: str) -> str:
        assert self.named is not None
        if word in (*WAITING["planned"], *WAITING["done"], *WAITING["overdue"]):
            self.named.add("status")
        if word in WAITING["planned"]:
            return "t.done_at IS NULL"
        if word in WAITING["done"]:
            return "t.done_at IS NOT NULL"
        if word in WAITING["overdue"]:
            return f"(t.done_at IS NULL AND t.due < {where.name(self.at.today.isoformat())})"
        return ""

    def _special(self, where: Where, condition: Condition) -> str:
        """Fields that are worked out: idle:14d.., age:, product:, team:, manager:, region:, currency:, ref:, status:."""
        from salesctl.text import name_key

        word = name_key(condition.field)
        if word in ("ref", "id", "编号"):
            return self._refs(where, condition)
        if word in ("external_id", "source", "created_by"):
            return f"t.{word} IN ({', '.join(where.name(value.low) for value in condition.values) or 'NULL'})"
        if word in ("created_at", "updated_at", "archived_at"):
            return self._moment(where, word, condition)
        known = next((key for key, words in WORDS.items() if word in words), None)
        if word == "status" and self.noun.name == "followup":
            parts = [self._followup_word(where, name_key(value.low)) or "0 = 1" for value in condition.values]
            return f"({' OR '.join(parts)})"
        if known is None or known not in COMPUTED.get(self.noun.name, ()):
            self._unknown(condition.field)
        if known in ("idle", "stage_days"):
            return self._days(where, "touched_at" if known == "idle" else "stage_at", condition)
        parts = [self._through(where, str(known), condition.op, value) for value in condition.values]
        return f"({' OR '.join(parts)})" if parts else self._nothing(str(known))

    def _unknown(self, word: str) -> None:
        self.noun.field(word)  # raises with the fields there are

    def _nothing(self, known: str) -> str:
        if known == "product":
            return f"NOT EXISTS (SELECT 1 FROM {self._lines()})"
        if known == "customer":
            return "NOT EXISTS (SELECT 1 FROM deal d WHERE d.id = t.deal_id AND d.customer_id IS NOT NULL)"
        raise UsageError(_("{field} needs a value").format(field=known))

    def _moment(self, where: Where, column: str, condition: Condition) -> str:
        from salesctl.domain.kinds import INSTANT

        field = Field(column, INSTANT, N_("Time"))
        parts = [self._range(where, field, f"t.{column}", condition.op, value) for value in condition.values]
        return f"({' OR '.join(parts)})" if parts else f"(t.{column} IS NULL)"

    def _refs(self, where: Where, condition: Condition) -> str:
        ids = []
        for value in condition.values:
            digits = value.low.upper().removeprefix(self.noun.prefix)
            if not digits.isascii() or not digits.isdigit():
                raise BadValue(_("{text} is no ref of this list").format(text=value.low))
            ids.append(where.name(int(digits[:18])))
        return f"t.id IN ({', '.join(ids) or 'NULL'})"

    def _days(self, where: Where, column: str, condition: Condition) -> str:
        """`idle:14d..`: at least so many days; days are differences of dates in the organisation's zone."""
        from datetime import timedelta

        from salesctl.when import parse_duration

        def latest(days: int) -> str:  # touched on or before the day `days` ago
            return where.name(day_end(self.at.today - timedelta(days=days), str(self.at.now.tzinfo)))

        parts = []
        for value in condition.values:
            low = parse_duration(value.low) if value.low else None
            high = parse_duration(value.high) if value.is_range and value.high else None
            if not value.is_range and low is not None:
                low, high = {
                    ">": (low + 1, None), ">=": (low, None), "<": (None, low - 1), "<=": (None, low),
                }.get(condition.op, (low, low))  # fmt: skip
            pieces = [f"t.{column} IS NOT NULL"]
            if low is not None:
                pieces.append(f"t.{column} < {latest(low)}")
            if high is not None:
                pieces.append(f"t.{column} >= {latest(high + 1)}")
            parts.append("(" + " AND ".join(pieces) + ")")
        return f"({' OR '.join(parts)})" if parts else f"(t.{column} IS NULL)"

    def _lines(self) -> str:
        """The lines of a record, behind FROM."""
        table = "quote_line" if self.noun.name == "quote" else "deal_line"
        return f"{table} l WHERE l.{self.noun.name}_id = t.id"

    def _through(self, where: Where, known: str, op: str, value: Value) -> str:
        from salesctl.store.resolve import matching
        from salesctl.text import name_key

        if known == "currency":
            return f"t.amount_currency = {where.name(value.low.upper())}"
        if known == "region":
            return f"t.owner_id IN (SELECT r.id FROM rep r WHERE fold(r.region) = {where.name(name_key(value.low))})"
        target = {"manager": "rep"}.get(known, known)
        ids = ", ".join(where.name(id) for id in matching(self.store, target, value.low, contains=op == "~")) or "NULL"
        if known == "product":
            return f"EXISTS (SELECT 1 FROM {self._lines()} AND l.product_id IN ({ids}))"
        if known == "customer":
            return f"t.deal_id IN (SELECT d.id FROM deal d WHERE d.customer_id IN ({ids}))"
        return f"t.owner_id IN (SELECT r.id FROM rep r WHERE r.{known}_id IN ({ids}))"


def like(text: str) -> str:
    """A LIKE pattern for text anywhere, its own marks taken literally."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def params_of(where: Where) -> dict[str, Any]:
    """The values of a Where, with its moment."""
    return {**where.params, **({"as_of": where.as_of} if where.as_of is not None else {})}
