"""Queries about reps."""

from __future__ import annotations

from salesctl.store.connect import Row, Store


def called(store: Store, key: str) -> Row | None:
    """The rep (id, name) of that folded name, else the only one whose first name it is; None where nobody is sure."""
    sql = "SELECT id, name FROM rep WHERE name_key = :key AND archived_at IS NULL ORDER BY id LIMIT 1"
    row = store.one(sql, {"key": key})
    if row or not key:
        return row
    from salesctl.store.filtering import like

    sql = "SELECT id, name FROM rep WHERE name_key LIKE :key ESCAPE '\\' AND archived_at IS NULL ORDER BY id LIMIT 2"
    rows = store.query(sql, {"key": f"{like(key)[1:-1]} %"})
    return rows[0] if len(rows) == 1 else None


def some(store: Store) -> bool:
    """Whether the store has a rep at all."""
    return store.exists and store.one("SELECT 1 FROM rep LIMIT 1") is not None


def teams(store: Store) -> dict[int, tuple[int, str]]:
    """The team (id, name) of each rep who is in one."""
    rows = store.query("SELECT r.id, t.id AS team, t.name FROM rep r JOIN team t ON t.id = r.team_id ORDER BY r.id")
    return {row["id"]: (row["team"], row["name"]) for row in rows}


def selling(store: Store, team: int | None = None) -> list[Row]:
    """The reps (id, name) who sell, by name: all of them, or those of a team."""
    where = "team_id = :team AND" if team else ""
    return store.query(
        f"SELECT id, name FROM rep WHERE {where} archived_at IS NULL AND coalesce(function, 'sales') = 'sales'"
        " ORDER BY name_key, id",
        {"team": team},
    )


def selling_teams(store: Store) -> list[Row]:
    """The teams (id, name), by name, and how many reps (n) sell in each."""
    return store.query(
        "SELECT g.id, g.name, count(r.id) AS n FROM team g LEFT JOIN rep r ON r.team_id = g.id AND r.archived_at IS NULL"
        " AND coalesce(r.function, 'sales') = 'sales' WHERE g.archived_at IS NULL"
        " GROUP BY g.id, g.name, g.name_key ORDER BY g.name_key, g.id"
    )


def is_led(store: Store, team: int | None) -> bool:
    """Whether a team has a manager."""
    row = store.one("SELECT manager_id FROM team WHERE id = :id", {"id": team})
    return bool(row and row["manager_id"])
