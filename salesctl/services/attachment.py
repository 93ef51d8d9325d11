"""Files that are kept with contracts: attached, listed, and compared with what was attached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from salesctl.domain.contract import CONTRACT
from salesctl.services.base import reading, unit
from salesctl.store import attached, contracts, records

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.write import Unit

Values = dict[str, Any]


def put(work: Unit, contract: int, files: Sequence[attached.Kept]) -> None:
    """The rows of files that were copied; one that is there by name and bytes is not doubled."""
    known = {(row["name"], row["sha256"]) for row in contracts.attachments(work, [contract])}
    for one in files:
        if (one.name, one.sha256) not in known:
            work.put("attachment", {"contract_id": contract, **one._asdict()})


def attach(app: App, text: str, paths: Sequence[str]) -> Values:
    """Attach more files to a contract."""
    with attached.kept(app.db_path, paths) as files, unit(app, "contract.attach") as work:
        ref = reading(app, work).find("contract", text)
        put(work, ref.id, files)
    return records.get(app.store, CONTRACT, ref.id)


def listed(app: App, contract: int) -> list[Values]:
    """The files of a contract as they were attached, and where they lie; none of them is read."""
    place = attached.folder_of(app.db_path)
    return [
        {key: row[key] for key in ("name", "bytes", "sha256")} | {"path": str(place / row["sha256"])}
        for row in contracts.attachments(app.store, [contract])
    ]


def checked(app: App, text: str | None) -> list[Values]:
    """Every file of a contract, or of all, with whether it is what was attached: ok, missing or changed."""
    wanted = None if text is None else [reading(app).find("contract", text).id]
    place = attached.folder_of(app.db_path)
    rows = contracts.attachments(app.store, wanted) if app.store.exists else []
    return [
        {
            "contract_ref": CONTRACT.code(row["contract_id"]), "contract": row["contract"], "name": row["name"],
            "bytes": row["bytes"], "sha256": row["sha256"], "path": str(place / row["sha256"]),
            "state": attached.state(place, row["sha256"], row["bytes"]),
        }
        for row in rows
    ]  # fmt: skip
