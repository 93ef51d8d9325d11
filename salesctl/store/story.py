"""The story of a deal and of a customer: whom to call, what was bought, what happened, newest first."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from salesctl.domain.kinds import DATE, INSTANT, MONEY
from salesctl.i18n import _
from salesctl.money import Money
from salesctl.store.connect import Row, Store

Values = dict[str, Any]


def contacts(store: Store, customer: int | None) -> list[Values]:
    """The people at a customer, those who decide first."""
    if customer is None:
        return []
    rows = store.query(
        "SELECT id, name, title, role, phone, email, wechat FROM contact WHERE customer_id = :id AND archived_at IS NULL"
        " ORDER BY CASE role WHEN 'decides' THEN 0 WHEN 'buys' THEN 1 ELSE 2 END, id",
        {"id": customer},
    )
    return [{"ref": f"P{row['id']}", **{key: row[key] for key in row if key != "id"}} for row in rows]


def limit(store: Store, stage_ref: str | None) -> int | None:
    """How many days a deal may stand in a stage."""
    if not stage_ref:
        return None
    row = store.one("SELECT age_limit FROM stage WHERE id = :id", {"id": int(stage_ref[2:])})
    return row["age_limit"] if row else None


def of_deal(store: Store, id: int) -> tuple[list[Values], list[Values]]:
    """What happened to a deal, newest first, and what is planned for it, soonest first."""
    planned = store.query(
        "SELECT id, type, subject, due, due_time FROM followup WHERE deal_id = :id AND done_at IS NULL"
        " AND archived_at IS NULL ORDER BY due IS NULL, due, due_time, id",
        {"id": id},
    )
    return _story(store, "d.id = :id", {"id": id}, 8)[0], [dict(row) for row in planned]


def of_customer(store: Store, id: int, most: int = 20) -> tuple[list[Values], int]:
    """What happened with a customer, newest first, and how much there is in all."""
    return _story(store, "d.customer_id = :id", {"id": id}, most)


def _story(store: Store, which: str, params: Values, most: int) -> tuple[list[Values], int]:
    follow = which.replace("d.id", "f.deal_id").replace("d.customer_id", "f.customer_id")
    sql = (
        "SELECT f.done_at AS at, 'F' || f.id AS ref, f.type AS kind, f.subject AS text, r.name AS actor, NULL AS stage,"
        " NULL AS stage_key, NULL AS was, NULL AS was_key, f.id AS place"
        f" FROM followup f LEFT JOIN rep r ON r.id = f.owner_id WHERE {follow} AND f.done_at IS NOT NULL"
        " AND f.closed_by_id IS NULL AND f.archived_at IS NULL"
        " UNION ALL SELECT e.at, 'D' || e.deal_id, e.kind, coalesce(e.reason, e.lost_reason), o.actor, s.name, s.key,"
        f" p.name, p.key, e.id FROM ({_events(which)}) e JOIN operation o ON o.id = e.operation_id"
        " LEFT JOIN stage s ON s.id = e.stage_id LEFT JOIN stage p ON p.id = e.was_id WHERE e.kind <> 'edited'"
    )
    total = store.one(f"SELECT count(*) AS n FROM ({sql})", params)
    rows = store.query(f"SELECT * FROM ({sql}) ORDER BY at IS NULL, at DESC, place DESC LIMIT {most}", params)
    zone = ZoneInfo(store.meta("zone") or "UTC")
    return [_told(row, zone) for row in rows], total["n"] if total else 0


def _events(which: str) -> str:
    """The events of deals, each with the stage of the one recorded before it."""
    return (
        "SELECT e.*, lag(e.stage_id) OVER (PARTITION BY e.deal_id ORDER BY e.id) AS was_id"
        f" FROM deal_event e JOIN deal d ON d.id = e.deal_id WHERE {which} AND e.voided_at IS NULL"
    )


def _told(row: Row, zone: ZoneInfo) -> Values:
    from salesctl.domain.followup import TYPE
    from salesctl.domain.stage import Step

    was, stage = (
        Step(0, row[name], row[key], 0, None, "open").shown if row[name] else ""
        for name, key in (("was", "was_key"), ("stage", "stage_key"))
    )
    at = INSTANT.unpack(row, "at")
    texts = {
        "created": _("began"),
        "imported": _("imported"),
        "stage": f"{was} -> {stage}".strip(),
        "won": _("won"),
        "lost": _("lost"),
        "reopened": _("reopened"),
        "assigned": _("assigned"),
        "repriced": _("new chance of the stage"),
    }
    what = texts.get(row["kind"]) or _(TYPE.labels.get(row["kind"], str(row["kind"])))
    text = f" {row['text']}" if row["text"] else ""
    return {
        "day": at.astimezone(zone).date().isoformat() if at else "",
        "ref": row["ref"],
        "kind": row["kind"],
        "what": what + text,
        "actor": row["actor"],
    }


def bought(store: Store, customer: int) -> Values | None:
    """The deals won with a customer: how many, their sums by currency, the last day; None of nothing."""
    rows = store.query(
        "SELECT amount_currency AS currency, count(*) AS n, sum(amount) AS total, max(closed) AS last FROM deal"
        " WHERE customer_id = :id AND outcome = 'won' AND archived_at IS NULL GROUP BY amount_currency ORDER BY 1",
        {"id": customer},
    )
    if not rows:
        return None
    sums = [Money(row["total"], row["currency"]) for row in rows if row["currency"]]
    return {"n": sum(row["n"] for row in rows), "sums": sums, "last": max(row["last"] or "" for row in rows)}


def open_deals(store: Store, customer: int) -> list[Values]:
    """The open deals of a customer, the largest first."""
    rows = store.query(
        "SELECT d.id, d.name, d.amount, d.amount_currency, d.probability, d.expected_close, s.name AS stage,"
        " s.key AS stage_key FROM deal d LEFT JOIN stage s ON s.id = d.stage_id"
        " WHERE d.customer_id = :id AND d.outcome IS NULL AND d.archived_at IS NULL"
        " ORDER BY d.amount IS NULL, d.amount DESC, d.id",
        {"id": customer},
    )
    kept = ("name", "probability", "stage", "stage_key")
    return [
        {"ref": f"D{row['id']}", **{key: row[key] for key in kept}, "amount": MONEY.unpack(row, "amount"),
         "expected_close": DATE.unpack(row, "expected_close")}
        for row in rows
    ]  # fmt: skip


def lines(store: Store, deal: int) -> list[Values]:
    """The product lines of a deal."""
    from salesctl.store.deals import lines as stored

    rows = stored(store, [deal]).get(deal, [])
    return [
        {"product": row["product"], "quantity": row["quantity"], "amount": MONEY.unpack(row, "amount")} for row in rows
    ]
