"""Rows of facts and what every write of them leaves in the log: the lower half of the unit of work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from salesctl.errors import Conflict
from salesctl.i18n import _
from salesctl.store.chain import digest
from salesctl.store.connect import Row, Sqlite, is_url, trouble
from salesctl.store.journal import KEYED, Journal
from salesctl.store.triggers import DERIVED

BLOCK = 1000  # created rows in one change row of a bulk write


class Facts(Sqlite):
    """An open transaction that writes rows and logs them."""

    journal: Journal

    def run(self, sql: str, params: Mapping[str, Any] | None = None) -> int:
        """Execute a statement that leaves no trace: for what is derived from logged rows, and for the log itself."""
        with trouble(self.path):
            return int(self.connection.execute(sql, dict(params or {})).lastrowid or 0)

    def add(self, table: str, values: Mapping[str, Any]) -> int:
        columns, marks = _columns(values)
        return self.run(f"INSERT INTO {table}({columns}) VALUES ({marks})", values)

    def put(self, table: str, values: Mapping[str, Any]) -> int:
        """Insert one row of a table of facts; its id. Logged."""
        id = self.add(table, values)
        self.log(table, values.get(KEYED[table]) if table in KEYED else id, "insert", None, dict(values))
        return id

    def amend(self, table: str, record: int | str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Change columns of a row, without a new version of the record; what they were. Logged when one changed."""
        before = self.stored(table, record)
        if before is None:
            raise Conflict(_("{ref} is gone").format(ref=f"{table} {record}"))
        changed = {column: value for column, value in values.items() if before[column] != value}
        if changed:
            sets = ", ".join(f'"{column}" = :{column}' for column in changed)
            self.run(f"UPDATE {table} SET {sets} WHERE {_which(table)} = :record_", {**changed, "record_": record})
            self.log(table, record, "update", {column: before[column] for column in changed}, changed)
        return {column: before[column] for column in changed}

    def overwrite(self, table: str, record: int | str, values: Mapping[str, Any]) -> None:
        """Put other words in the place of those of a person; what they were is kept nowhere."""
        sets = ", ".join(f'"{column}" = :{column}' for column in values)
        self.run(f"UPDATE {table} SET {sets} WHERE {_which(table)} = :record_", {**values, "record_": record})
        self.log(table, record, "update", None, dict(values))

    def remove(self, table: str, record: int | str) -> None:
        """Take a row out; the log keeps it whole."""
        before = self.stored(table, record)
        if before is not None:
            self.run(f"DELETE FROM {table} WHERE {_which(table)} = :record", {"record": record})
            self.log(table, record, "delete", dict(before), None)

    def bring_back(self, table: str, record: int | str, row: Mapping[str, Any]) -> None:
        """A row that was taken out, as it was. Logged."""
        self.add(table, {**row, **dict.fromkeys(DERIVED.get(table, ()))})
        self.log(table, record, "insert", None, dict(row))

    def put_many(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Insert many rows of a table of facts, logged by blocks with one digest each."""
        first = self.next_id(table)
        self.fill(table, ("id", *columns), ((id, *row) for id, row in enumerate(rows, start=first)))
        for start in range(0, len(rows), BLOCK):
            block = [tuple(row) for row in rows[start : start + BLOCK]]
            listed = listed_ids(range(first + start, first + start + len(block)))
            self.log(table, None, "block", None, {**listed, "columns": list(columns), "digest": digest(repr(block))})

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Insert many rows without a trace: of a table that is derived, or as the log says already."""
        if is_url(self.path):
            server: Any = self.connection
            server.copy(table, columns, rows)
            if "id" in columns:
                server.moved_on(table)
            return
        names, held = _held(columns, list(rows))
        if held:
            listed, marks = ", ".join(f'"{column}"' for column in names), ", ".join("?" * len(names))
            with trouble(self.path):
                self.connection.executemany(f"INSERT INTO {table}({listed}) VALUES ({marks})", held)

    def widen(self) -> None:
        """Hold more of the indexes in memory while very many rows come: a tenth less time, 16 MiB more."""
        if not is_url(self.path):
            self.run("PRAGMA cache_size = -16000")

    def measure(self) -> None:
        """Let SQLite count its tables after very many rows came, for it chooses indexes by that; a server does by itself."""
        if not is_url(self.path):
            self.run("PRAGMA analysis_limit = 10000")
            self.run("ANALYZE")

    def stored(self, table: str, record: int | str) -> Row | None:
        """A row as it is stored, or None."""
        return self.one(f"SELECT * FROM {table} WHERE {_which(table)} = :record", {"record": record})

    def next_id(self, table: str) -> int:
        """The id that the next row of a table gets; none is ever given out twice."""
        if is_url(self.path):
            row = self.one(f"SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END AS seq FROM {table}_id_seq")
            return int(row["seq"]) if row else 1
        row = self.one("SELECT seq FROM sqlite_sequence WHERE name = :name", {"name": table})
        return (row["seq"] if row else 0) + 1

    def log(
        self, table: str, record: int | str | None, action: str, before: Any, after: Any, packed: str | None = None
    ) -> None:
        """One row of the change log, and its words beside it."""
        row, words = self.journal.entry(table, record, action, before, after, packed)
        self.add("change", row)
        if words:
            self.add("change_text", words)


def _columns(values: Mapping[str, Any]) -> tuple[str, str]:
    return ", ".join(f'"{name}"' for name in values), ", ".join(f":{name}" for name in values)


def _which(table: str) -> str:
    return f'"{KEYED[table]}"' if table in KEYED else "id"


def listed_ids(ids: Sequence[int]) -> dict[str, Any]:
    """Ids in as few words as they need: the first and how many, or all of them."""
    if ids[-1] - ids[0] == len(ids) - 1:
        return {"first": ids[0], "count": len(ids)}
    return {"ids": list(ids)}


def _held(columns: Sequence[str], rows: list[Sequence[Any]]) -> tuple[list[str], list[Sequence[Any]]]:
    """The columns in which some of the rows hold something, and those of each row: binding nulls is a sixth of the time."""
    each = list(zip(*rows, strict=True))
    kept = [place for place, column in enumerate(each) if column[0] is not None or column.count(None) < len(column)]
    if len(kept) == len(columns) or len(kept) < 2:
        return list(columns), rows
    return [columns[place] for place in kept], list(map(itemgetter(*kept), rows))
