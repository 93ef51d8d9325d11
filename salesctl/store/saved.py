"""Reports that were saved, by name."""

from __future__ import annotations

from salesctl.store.connect import Row, Store
from salesctl.text import name_key


def saved(store: Store) -> list[Row]:
    """Every saved report, by name."""
    return store.query("SELECT id, name, body, saved_at, saved_by FROM saved_report ORDER BY name_key, id")


def called(store: Store, name: str) -> Row | None:
    """The report of a name, however it is written."""
    return store.one(
        "SELECT id, name, body, saved_at, saved_by FROM saved_report WHERE name_key = :key", {"key": name_key(name)}
    )
