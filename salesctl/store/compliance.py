"""What the SOP checks say: items met, missing and overridden, the overrides one by one, and what became of the deals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from salesctl.domain.sop import JUMP, Sop
from salesctl.store.connect import Row, Store
from salesctl.store.frames import Frame

BLOCK = 50_000  # deals whose checks are read at once
DEAL_OF = itemgetter(0)


def _checks(frame: Frame) -> str:
    """FROM .. WHERE of the checks `k` of a frame's deals in its window."""
    return f"FROM sop_check k WHERE {_deals(frame)} AND {frame.within('k.at')} AND {frame.known('k.at')}"


def _deals(frame: Frame) -> str:
    """The condition that a check is of a deal of the frame; without a scope the few that are archived are left out."""
    if frame.scope.parts:
        return f"k.deal_id IN (SELECT x.id FROM ({frame.deals()}) AS x)"
    archived = "t.archived_at IS NOT NULL" if frame.as_of is None else "t.archived_at < :as_of"
    return f"k.deal_id NOT IN (SELECT t.id FROM deal t WHERE {archived})"


def counted(store: Store, frame: Frame) -> list[Row]:
    """Checks by rep, stage, item and state: rep_id, stage_id, item, state, n, and the newest SOP that asked (sop_id)."""
    return store.query(
        f"SELECT k.rep_id, k.stage_id, k.item, k.state, count(*) AS n, max(k.sop_id) AS sop_id {_checks(frame)}"
        " GROUP BY 1, 2, 3, 4 ORDER BY 2, 3, 4, 1",
        frame.params,
    )


def overrides(store: Store, frame: Frame) -> list[Row]:
    """Every item that somebody went past, newest first: the deal, the stage, who, when, why."""
    return store.query(
        "SELECT k.operation_id, k.deal_id, d.name AS deal, k.stage_id, k.item, k.sop_id, r.name AS rep, k.at, k.reason"
        f" FROM sop_check k JOIN deal d ON d.id = k.deal_id LEFT JOIN rep r ON r.id = k.rep_id"
        f" WHERE k.id IN (SELECT k.id {_checks(frame)} AND k.state = 'overridden') ORDER BY k.at DESC, k.id",
        frame.params,
    )


def plans(store: Store, ids: Sequence[int | None]) -> dict[int, Sop]:
    """The SOP versions that checks were made by."""
    import json

    listed = ", ".join(str(int(id)) for id in sorted({id for id in ids if id is not None})) or "NULL"
    rows = store.query(f"SELECT id, number, plan FROM sop WHERE id IN ({listed}) ORDER BY id")
    return {row["id"]: Sop(json.loads(row["plan"]), row["number"], row["id"]) for row in rows}


def by_item(store: Store, frame: Frame) -> list[Row]:
    """Closed deals by stage, item, whether the deal had it when it last left that stage, and outcome: stage_id, item, did,
    outcome, n, sop_id (the newest that asked); g as the frame groups.

    A deal counts at a stage only when it left it forward, so it was there, and was looked at before it closed: what is
    looked at by the win itself is left out, since whoever got so far has won. Counted here, for the checks lie by deal, and
    SQLite would sort all of them by item.
    """
    counted: dict[tuple[Any, ...], list[int]] = {}
    for (stage, item, g, outcome, did, sop), n in _last(store, frame).items():
        told = counted.setdefault((stage, item, did, outcome, g), [0, 0])
        told[0] += n
        told[1] = max(told[1], sop or 0)
    keys = ("stage_id", "item", "did", "outcome", "g")
    ordered = sorted(counted.items(), key=lambda pair: (*pair[0][:4], pair[0][4] is not None, pair[0][4]))
    return [{**dict(zip(keys, key, strict=True)), "n": n, "sop_id": sop or None} for key, (n, sop) in ordered]


def _last(store: Store, frame: Frame) -> Counter[tuple[Any, ...]]:
    """Of the last check of each item that a closed deal had at a stage, without those that its win made: how many there are
    of each (stage_id, item, g, outcome, did, sop_id). Deals by blocks; those that closed in a period are found at once.
    """
    top = store.one("SELECT max(id) AS id FROM deal")
    last = int((top and top["id"]) or 0)
    step = max(1, last) if frame.bounded else BLOCK
    closed = frame.deals(frame.closed(), *([] if frame.bounded else ["t.id > :low_ AND t.id <= :high_"]))
    checks = (
        "SELECT k.deal_id, k.operation_id, CASE WHEN t.outcome = 'won' THEN k.at END, k.stage_id, k.item, t.g, t.outcome,"
        " CASE WHEN k.state = 'met' THEN 1 ELSE 0 END, k.sop_id"
        f" FROM ({closed}) AS t CROSS JOIN sop_check k WHERE k.deal_id = t.id AND k.item <> '{JUMP}'"
        f" AND {frame.known('k.at')} ORDER BY t.id, k.id"
    )
    wins = (
        f"SELECT e.deal_id, e.operation_id, e.recorded_at, e.at FROM ({closed}) AS t CROSS JOIN deal_event e"
        " WHERE e.deal_id = t.id AND t.outcome = 'won' AND e.kind = 'won'"
    )
    counted: Counter[tuple[Any, ...]] = Counter()
    for low in range(0, last, step):
        params = {**frame.params, **({} if frame.bounded else {"low_": low, "high_": low + step})}
        made = {(deal, operation, at) for deal, operation, *moments in store.bare(wins, params) for at in moments}
        for _deal, rows in groupby(store.bare(checks, params), DEAL_OF):
            counted.update({row[3:5]: row[3:] for row in rows if row[:3] not in made}.values())
    return counted


def by_playbook(store: Store, frame: Frame) -> list[Row]:
    """Closed deals by playbook (folded; its name as it was written last) and outcome: item, name, outcome, n, g."""
    inner = frame.deals(frame.closed(), columns=", t.playbook")
    return store.query(
        f"SELECT g, fold(playbook) AS item, max(playbook) AS name, outcome, count(*) AS n FROM ({inner}) AS x"
        " GROUP BY 1, 2, 4 ORDER BY 2, 4",
        frame.params,
    )


def labelled(row: Row, sops: dict[int, Sop], key: str | None) -> str:
    """What the item of a check is called, by the SOP that asked for it."""
    from salesctl.domain.sop import label

    sop: Any = sops.get(row["sop_id"])
    stage = sop.stages.get(key or "") if sop else None
    return label(stage, row["item"]) if stage else str(row["item"])
