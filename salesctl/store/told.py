"""What was told once: causes by their names."""

from __future__ import annotations

from collections.abc import Iterable

from salesctl.store.connect import Store


def known(store: Store, causes: Iterable[str]) -> set[str]:
    """Those of the causes that were told already."""
    sql = "SELECT 1 FROM told WHERE cause = :cause"
    return {cause for cause in causes if store.one(sql, {"cause": cause})}
