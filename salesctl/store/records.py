"""Reading any noun: pages of records, one record, how many, and what was done to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from salesctl.domain.kinds import INSTANT, Amount, Reference
from salesctl.domain.noun import Noun, title_of
from salesctl.errors import UsageError
from salesctl.i18n import _
from salesctl.store.connect import Row, Store

TAIL = ("version", "created_at", "created_by", "updated_at", "archived_at", "source", "external_id")
PRODUCTS = (
    "(SELECT group_concat(coalesce(p.name, l.product_text), ', ') FROM deal_line l"
    " LEFT JOIN product p ON p.id = l.product_id WHERE l.deal_id = t.id) AS product"
)
ORDER = {"stage": "pipeline,position", "followup": "due,due_time", "need": "deal,rank"}
BY_NAME = ("team", "rep", "product", "pipeline")


class Where:
    """Conditions on the table `t`, joined by and, with their values; `as_of` is the instant the answer is true for."""

    def __init__(
        self, parts: list[str] | None = None, params: dict[str, Any] | None = None, as_of: str | None = None
    ) -> None:
        self.parts: list[str] = [] if parts is None else parts
        self.params: dict[str, Any] = {} if params is None else params
        self.as_of = as_of  # a UTC ISO instant: the end of the day, excluded

    def add(self, part: str, **params: Any) -> None:
        self.parts.append(part)
        self.params.update(params)

    def among(self, column: str, ids: Iterable[int]) -> None:
        """Only rows whose reference is one of some ids; of no ids none."""
        self.add(f"t.{column} IN ({', '.join(str(int(id)) for id in ids) or 'NULL'})")

    def name(self, value: Any) -> str:
        """Bind a value; the text to put into a part."""
        key = f"w{len(self.params)}"
        self.params[key] = value
        return f":{key}"

    @property
    def sql(self) -> str:
        return " AND ".join(self.parts) or "1 = 1"


def source(noun: Noun, as_of: str | None) -> str:
    """What stands behind FROM as `t`: the table itself, or the table as it was at `:as_of`."""
    if as_of is None:
        return noun.name
    if noun.name == "deal":
        from salesctl.store.deals import as_it_was

        return as_it_was()
    if noun.name == "followup":
        rest = ", ".join(f'f."{name}"' for name in columns(noun) if name not in ("done_at", "archived_at"))
        return (
            f"(SELECT {rest}, CASE WHEN f.done_at < :as_of THEN f.done_at END AS done_at,"
            " CASE WHEN f.archived_at < :as_of THEN f.archived_at END AS archived_at"
            " FROM followup f WHERE f.created_at < :as_of OR f.done_at < :as_of OR f.source IS NOT NULL)"
        )
    return noun.name


def columns(noun: Noun) -> list[str]:
    """The stored columns of a noun's table that reading needs."""
    extra = {"deal": ("stage_at", "touched_at"), "followup": ("occurrence", "closed_by_id"),
             "lead": ("touched_at", "owned_at")}.get(noun.name, ())  # fmt: skip
    return ["id", "uid", *TAIL, "name_key", *(slot.name for slot in noun.slots()), *extra]


def select(noun: Noun, as_of: str | None = None, more: Sequence[str] = ()) -> str:
    """SELECT .. FROM .. of a noun with the names of what it refers to; conditions and order are put behind."""
    picked = [f't."{name}"' for name in columns(noun)]
    if noun.name == "deal":
        picked.append(PRODUCTS)
    joins: list[str] = []
    for one in noun.fields:
        if isinstance(one.kind, Reference):
            target, alias = one.kind.target, f"r_{one.key}"
            picked.append(f'{alias}."{title_of(target)}" AS "{one.key}"')
            joins.append(f'LEFT JOIN {target} {alias} ON {alias}.id = t."{one.key}_id"')
    listed = ", ".join([*picked, *more])
    return f"SELECT {listed} FROM {source(noun, as_of)} t {' '.join(joins)}"


def record(noun: Noun, raw: Row) -> dict[str, Any]:
    """A row as people and scripts see it: ref and id first, the declared fields, then who made and changed it when."""
    values: dict[str, Any] = {"ref": noun.code(raw["id"]), "id": raw["id"]}
    values |= noun.unpack(raw)
    for name in TAIL:
        values[name] = INSTANT.unpack(raw, name) if name.endswith("_at") else raw[name]
    return values


def page(
    store: Store, noun: Noun, where: Where, sort: str = "", limit: int = 0, more: Sequence[str] = ()
) -> Iterator[tuple[dict[str, Any], Row]]:
    """The records that fit, in order, with the raw row beside each; `limit` 0 means all of them."""
    sql = f"{select(noun, where.as_of, more)} WHERE {where.sql} ORDER BY {order(noun, sort)}"
    params = dict(where.params)
    if where.as_of is not None:
        params["as_of"] = where.as_of
    if limit:
        sql += " LIMIT :limit_"
        params["limit_"] = limit
    for raw in store.each(sql, params):
        yield record(noun, raw), raw


def count(store: Store, noun: Noun, where: Where) -> int:
    """How many records fit."""
    params = dict(where.params)
    if where.as_of is not None:
        params["as_of"] = where.as_of
    row = store.one(f"SELECT count(*) AS n FROM {source(noun, where.as_of)} t WHERE {where.sql}", params)
    return row["n"] if row else 0


def get(store: Store, noun: Noun, id: int) -> dict[str, Any]:
    """One record by its id; it must be there."""
    raw = store.one(f"{select(noun)} WHERE t.id = :id", {"id": id})
    if raw is None:
        from salesctl.errors import NotFound

        raise NotFound(_("there is no {ref}").format(ref=noun.code(id)))
    return record(noun, raw)


def name_of(store: Store, noun: Noun, id: int) -> str | None:
    """What a record is called; None for one that is not there."""
    row = store.one(f'SELECT t."{noun.title}" AS name FROM {noun.name} t WHERE t.id = :id', {"id": id})
    return str(row["name"]) if row else None


def raw(store: Store, noun: Noun, id: int) -> Row:
    """The stored row of a record."""
    row = store.one(f"{select(noun)} WHERE t.id = :id", {"id": id})
    if row is None:
        from salesctl.errors import NotFound

        raise NotFound(_("there is no {ref}").format(ref=noun.code(id)))
    return row


def twin(store: Store, noun: Noun, values: Mapping[str, Any]) -> int | None:
    """The id of the record, not put away, that has the same values in the fields that no two records share."""
    packed = noun.pack({key: values[key] for key in noun.unique})
    same = " AND ".join(f'"{column}" = :{column}' for column in packed)
    row = store.one(f"SELECT id FROM {noun.name} WHERE archived_at IS NULL AND {same}", packed)
    return row["id"] if row else None


def order(noun: Noun, sort: str) -> str:
    """ORDER BY of `name,-amount`: every order ends with the id and puts the empty last. Unknown names are exit 2."""
    usual = ORDER.get(noun.name) or ("name" if noun.name in BY_NAME else "-id")
    parts = []
    for word in (sort or usual).split(","):
        down = word.strip().startswith("-")
        parts.append(f"{_sortable(noun, word.strip().lstrip('-'))} {'DESC' if down else 'ASC'} NULLS LAST")
    return ", ".join(parts) + ("" if parts[-1].startswith("t.id ") else ", t.id")


def _sortable(noun: Noun, word: str) -> str:
    plain = {"id": "t.id", "ref": "t.id", "created_at": "t.created_at", "updated_at": "t.updated_at"}
    if noun.name == "deal":
        plain |= {"idle": "t.touched_at", "idle_days": "t.touched_at", "stage_days": "t.stage_at"}
    if word in plain:
        return plain[word]
    found = noun.lookup(word)
    if found is None or not found.slots:
        from salesctl.text import clean

        names = ", ".join([*plain, *noun.by_key])
        raise UsageError(_("cannot sort by {word}; one of: {names}").format(word=clean(word), names=names))
    if found.key == noun.title:
        return "t.name_key"
    if isinstance(found.kind, Reference):
        return "r_stage.position" if found.key == "stage" else f"r_{found.key}.name_key"
    return f't."{found.key}"'


def money_columns(noun: Noun) -> list[str]:
    return [one.key for one in noun.fields if isinstance(one.kind, Amount)]


def day_end(day: date, zone: str) -> str:
    """The instant at which a day of the organisation ends, as the store writes it."""
    from datetime import timedelta

    from salesctl.when import iso, to_instant

    return iso(to_instant(day + timedelta(days=1), None, zone)[0])
