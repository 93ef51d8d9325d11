"""Which files were imported already: the same file, read in the same way, is not read twice."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from salesctl.i18n import _

if TYPE_CHECKING:
    from salesctl.readers.sources import Source
    from salesctl.services.import_ import Report, Wish
    from salesctl.store.connect import Store
    from salesctl.store.write import Unit


def digest_of(wish: Wish, sources: list[Source]) -> str:
    """What makes an import the same as another one: the bytes of its files and what was said of them."""
    said = [wish.currency, sorted(wish.maps), sorted(wish.aliases), wish.encoding, wish.owner]
    found = hashlib.sha256(json.dumps(said, ensure_ascii=True).encode())
    for source in sources:
        with open(source.table.path, "rb") as file:
            found.update(hashlib.file_digest(file, "sha256").digest())
    return found.hexdigest()


def known(store: Store, mark: str, report: Report) -> bool:
    """Whether these files are in the store already, and stand: the report says then of which batch they are."""
    row = store.one("SELECT id, rows_json FROM batch WHERE digest = :mark ORDER BY id DESC LIMIT 1", {"mark": mark})
    if row is None:
        return False
    report.batch = int(row["id"])
    report.unchanged = json.loads(row["rows_json"])
    report.notes.append(_("already imported as batch {n}").format(n=report.batch))
    return True


def keep(work: Unit, mark: str, report: Report) -> None:
    """Remember these files; an undo of the import forgets them again."""
    rows: dict[str, int] = {}
    for counts in (report.created, report.updated, report.unchanged):
        for noun, n in counts.items():
            rows[noun] = rows.get(noun, 0) + n
    report.batch = work.put("batch", {"digest": mark, "operation_id": work.operation, "rows_json": json.dumps(rows)})
