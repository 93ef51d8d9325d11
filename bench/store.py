"""A store of n deals, the same every time, made by SQL: for the measurements and for the tests of plans."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from pathlib import Path

from salesctl.domain.deal import AFTER, STATE
from salesctl.store.create import create


def fill(path: Path, n: int) -> None:
    """A store of n deals, the same every time: 15 % open, 40 reps, n / 100 customers, a follow-up for every tenth deal."""
    create(str(path), lang="en", zone="UTC")
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    stamp = "2026-01-01T00:00:00Z"
    one = connection.executemany
    one("INSERT INTO team(uid, created_at, updated_at, name_key, name) VALUES (?, ?, ?, ?, ?)",
        [(f"t{i}", stamp, stamp, f"team {i}", f"Team {i}") for i in range(5)])  # fmt: skip
    one("INSERT INTO rep(uid, created_at, updated_at, name_key, name, team_id, region) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(f"r{i}", stamp, stamp, f"rep {i}", f"Rep {i}", i % 5 + 1, f"Region {i % 3}") for i in range(40)])  # fmt: skip
    one("INSERT INTO customer(uid, created_at, updated_at, name_key, name, industry) VALUES (?, ?, ?, ?, ?, ?)",
        ((f"c{i}", stamp, stamp, f"customer {i}", f"Customer {i}", f"Industry {i % 12}") for i in range(n // 100)))  # fmt: skip
    one(
        f"INSERT INTO deal({DEAL_COLUMNS}) VALUES ({', '.join('?' * len(DEAL_COLUMNS.split(',')))})",
        (deal(i, n) for i in range(n)),
    )
    one("INSERT INTO followup(uid, created_at, updated_at, name_key, subject, type, deal_id, customer_id, owner_id, due)"
        " VALUES (?, ?, ?, 'call', 'call', 'call', ?, ?, ?, ?)",
        ((f"f{i}", stamp, stamp, i + 1, i % (n // 100) + 1, i % 40 + 1,
          (date(2026, 11, 20) + timedelta(days=i % 60)).isoformat()) for i in range(0, n, 10)))  # fmt: skip
    state = ", ".join(STATE)
    connection.execute(
        f"INSERT INTO deal_span(deal_id, from_at, until_at, {state}) SELECT id, created || 'T00:00:00Z',"
        f" CASE WHEN outcome IS NULL THEN '{AFTER}' ELSE closed || 'T00:00:00Z' END,"
        f" {', '.join('NULL' if name in ('outcome', 'closed') else name for name in STATE)} FROM deal"
    )
    connection.execute(
        f"INSERT INTO deal_span(deal_id, from_at, until_at, {state}) SELECT id, closed || 'T00:00:00Z', '{AFTER}',"
        f" {state} FROM deal WHERE outcome IS NOT NULL"
    )
    process(connection)
    connection.commit()
    connection.execute("ANALYZE")
    connection.close()


def process(connection: sqlite3.Connection) -> None:
    """How the deals came to where they are: a fact a stage and one for the close, four checks a stage, some rivals."""
    stamp = "2026-01-01T00:00:00Z"
    connection.execute("INSERT INTO operation(uid, command, at) VALUES ('bench', 'bench', ?)", (stamp,))
    operation = connection.execute("SELECT max(id) FROM operation").fetchone()[0]
    state = ", ".join(STATE)
    hidden = ("outcome", "closed", "stage_id")
    early = ", ".join("s.id" if name == "stage_id" else "NULL" if name in hidden else name for name in STATE)
    # a stage lasts an equal part of the deal's life
    moment = "date(created, '+' || ((s.position - 1) * (julianday(coalesce(closed, '2026-11-20')) - julianday(created)) / d.stage_id) || ' days') || 'T09:00:00Z'"
    connection.execute(
        f"INSERT INTO deal_event(deal_id, operation_id, kind, at, recorded_at, {state}) SELECT d.id, {operation},"
        f" CASE WHEN s.position = 1 THEN 'created' ELSE 'stage' END, {moment}, '{stamp}', {early}"
        " FROM deal d JOIN (SELECT id, position FROM stage WHERE pipeline_id = 1) s ON s.id <= d.stage_id ORDER BY d.id, s.position"
    )
    connection.execute(
        f"INSERT INTO deal_event(deal_id, operation_id, kind, at, recorded_at, {state})"
        f" SELECT id, {operation}, outcome, closed || 'T17:00:00Z', '{stamp}', {state} FROM deal WHERE outcome IS NOT NULL"
    )
    connection.execute(
        "INSERT INTO sop_check(deal_id, operation_id, stage_id, sop_id, item, sort, state, rep_id, at)"
        f" SELECT e.deal_id, {operation}, e.stage_id, 1, 'item' || i.n, 'task', CASE WHEN (e.deal_id + i.n * e.stage_id) % 5 THEN 'met'"
        " ELSE 'missing' END, e.owner_id, e.at FROM deal_event e JOIN deal d ON d.id = e.deal_id AND e.stage_id < d.stage_id"
        " JOIN (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) i WHERE e.kind IN ('created', 'stage')"
    )
    connection.execute(
        "INSERT INTO rival(deal_id, name, name_key, price, price_currency, strength, won, at)"
        f" SELECT id, 'Rival ' || (id % 9), 'rival ' || (id % 9), amount * (95 + id % 11) / 100, amount_currency, 'price', 0, '{stamp}'"
        " FROM deal WHERE id % 3 = 0"
    )


DEAL_COLUMNS = (
    "uid, created_at, updated_at, name_key, name, customer_id, owner_id, pipeline_id, stage_id, amount, amount_currency,"
    " probability, probability_source, expected_close, created, outcome, closed, touched_at, stage_at, external_id, source"
)


def deal(i: int, n: int) -> tuple[object, ...]:
    began = date(2022, 1, 1) + timedelta(days=i * 1780 // n)
    is_open = i % 20 >= 17
    closed = None if is_open else min(began + timedelta(days=5 + i % 90), date(2026, 11, 20))
    outcome = None if is_open else ("won", "lost")[i % 5 > 1]
    stage = i % 7 + 1
    touched = (date(2026, 11, 1) + timedelta(days=i % 21)).isoformat() + "T09:00:00Z"
    return (
        f"d{i}", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", f"deal {i}", f"Deal {i}", i % (n // 100) + 1, i % 40 + 1,
        1, stage, 100_000 + i * 7919 % 9_000_000, "USD", (5, 10, 20, 35, 50, 70, 90)[stage - 1], "stage",
        (date(2026, 11, 20) + timedelta(days=i % 120)).isoformat() if is_open else None, began.isoformat(), outcome,
        closed.isoformat() if closed else None, touched, touched, f"X{i}", "bench",
    )  # fmt: skip
