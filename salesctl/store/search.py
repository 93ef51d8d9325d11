"""Searching every noun for words: names and what else people look by, best first."""

from __future__ import annotations

from typing import Any

from salesctl.domain.nouns import NOUNS
from salesctl.store.connect import Store
from salesctl.store.filtering import like

# noun -> (columns searched beside the name, what is said about a hit)
WHERE = {
    "customer": (("phone", "email", "address", "tags", "note"), "coalesce(t.industry, t.city, t.phone)"),
    "contact": (("phone", "email", "wechat", "note"), "(SELECT c.name FROM customer c WHERE c.id = t.customer_id)"),
    "deal": (("external_id", "tags", "note"), "(SELECT c.name FROM customer c WHERE c.id = t.customer_id)"),
    "lead": (("contact", "phone", "email", "wechat", "need", "tags", "note"), "coalesce(t.contact, t.channel)"),
    "product": (("sku", "category"), "t.category"),
    "rep": (("phone", "email"), "t.region"),
    "followup": (("outcome", "note"), "(SELECT c.name FROM customer c WHERE c.id = t.customer_id)"),
}


def search(store: Store, words: list[str], limit: int) -> list[dict[str, Any]]:
    """Records in which all words occur, names before other fields; `limit` 0 means all."""
    found: list[tuple[int, int, dict[str, Any]]] = []
    for rank, (name, (columns, about)) in enumerate(WHERE.items()):
        for row in _hits(store, name, words, columns, about, limit):
            found.append((row["other"], rank, {"ref": NOUNS[name].code(row["id"]), "noun": name, **_shown(row)}))
    found.sort(key=lambda hit: hit[:2])
    rows = [hit[2] for hit in found]
    return rows[:limit] if limit else rows


def _shown(row: Any) -> dict[str, Any]:
    return {"name": row["name"], "about": row["about"]}


def _hits(store: Store, name: str, words: list[str], columns: tuple[str, ...], about: str, limit: int) -> list[Any]:
    from salesctl.text import name_key

    params: dict[str, Any] = {}
    parts, named = [], []
    for place, word in enumerate(words):
        params[f"k{place}"] = like(name_key(word))
        params[f"i{place}"] = f"{word.lower()}%" if word.isascii() and word.isalnum() else "\x01"
        own = f"(t.name_key LIKE :k{place} ESCAPE '\\' OR t.initials LIKE :i{place})"
        others = [f"lower(t.{column}) LIKE :k{place} ESCAPE '\\'" for column in columns]
        named.append(own)
        parts.append(f"({' OR '.join([own, *others])})")
    sql = (
        f'SELECT t.id, t."{NOUNS[name].title}" AS name, {about} AS about,'
        f" CASE WHEN {' AND '.join(named)} THEN 0 ELSE 1 END AS other"
        f" FROM {name} t WHERE t.archived_at IS NULL AND {' AND '.join(parts)} ORDER BY other, t.id DESC"
    )
    return store.query(sql + (f" LIMIT {int(limit)}" if limit else ""), params)
