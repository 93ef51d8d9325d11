"""Measure: start-up, reads, writes and import on stores of 10k, 100k and 1M deals, as ratios in one run.

`python bench/run.py [SIZES...]`, as `python bench/run.py 10000 100000`. "x" is a multiple of `python -I -c pass`.
Nothing here runs in the tests.
"""

from __future__ import annotations

import compileall
import os
import platform
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import salesctl
from salesctl.domain.deal import AFTER, STATE
from salesctl.store.create import create

RUNS = 7
PY = sys.executable
SALESCTL = str(Path(PY).with_name("salesctl"))
ENV = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
ENV |= {"SALESCTL_TODAY": "2026-11-23", "SALESCTL_LANG": "en"}


def timed(words: list[str], runs: int = RUNS, stdin: Path | None = None) -> float:
    """The median seconds of a whole process."""
    found = []
    for _one in range(runs):
        began = time.perf_counter()
        with open(stdin or os.devnull, "rb") as given:
            subprocess.run(
                words, stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, env=ENV
            )
        found.append(time.perf_counter() - began)
    return sorted(found)[len(found) // 2]


def peak(words: list[str]) -> float:
    """The most memory a process took, in MiB."""
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    done = subprocess.run([PY, "-I", "-c", code, *words], capture_output=True, text=True, check=True, env=ENV)
    return int(done.stdout) / 1024


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


SQL = {
    "kpi show win_rate revenue": "SELECT outcome, amount_currency, count(*), sum(amount) FROM deal t WHERE closed IS NOT NULL"
    " AND archived_at IS NULL AND outcome IS NOT NULL GROUP BY 1, 2",
    "kpi show revenue --by rep": "SELECT owner_id, outcome, amount_currency, count(*), sum(amount) FROM deal t"
    " WHERE closed IS NOT NULL AND archived_at IS NULL AND outcome IS NOT NULL GROUP BY 1, 2, 3",
    "board": "SELECT stage_id, amount_currency, count(*), sum(amount), sum(amount * probability) FROM deal"
    " WHERE outcome IS NULL AND archived_at IS NULL GROUP BY 1, 2",
    "today": "SELECT * FROM followup WHERE done_at IS NULL AND archived_at IS NULL AND due <= '2026-11-23' ORDER BY due",
    "kpi show revenue --as-of 2025-06-30": "SELECT outcome, count(*), sum(amount) FROM deal_span"
    " WHERE from_at < '2025-07-01' AND until_at >= '2025-07-01' GROUP BY 1",
}
READS = [
    "--version", "--help", "deal list -n 50", "deal list -n 50 --json", "today", "board", "kpi show win_rate revenue",
    "kpi show revenue --by rep", "kpi -p 2026Q4", "kpi show revenue --as-of 2025-06-30", "next -n 3", "find 4711",
    "report weekly", "report process", "report process -p 2026Q3", "report process --as-of 2025-06-30", "report sop", "report sop -p 2026Q3",
    "report rivals", "report rivals -p 2026Q3", "analyze sop-effect", "analyze sop-effect -p 2026Q3",
]  # fmt: skip
WRITES = ["log D1 text", "deal edit D2 note=x", "followup add call due=2026-12-01 deal=D3", "customer add New{i}"]


def main() -> None:
    """Print the figures."""
    sizes = [int(word) for word in sys.argv[1:]] or [10_000, 100_000, 1_000_000]
    compileall.compile_dir(str(Path(salesctl.__file__).parent), quiet=2)
    bare = timed([PY, "-I", "-c", "pass"], 15)
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )
    print(f"bare start {bare * 1000:.1f} ms; {date.today()}; x is a multiple of it\n")
    folder = Path(tempfile.mkdtemp(prefix="bench"))
    try:
        for n in sizes:
            _size(folder / f"{n}.db", n, bare)
        _import(folder, min(max(sizes), 100_000), bare)
        _beside(folder, bare)
    finally:
        shutil.rmtree(folder)


def _size(path: Path, n: int, bare: float) -> None:
    fill(path, n)
    print(f"## {n:,} deals, {path.stat().st_size / 2**20:.0f} MiB")
    shell = shutil.which("sqlite3")
    for line in READS:
        words = [SALESCTL, "--db", str(path), *line.split()] if line != "--version" else [SALESCTL, line]
        took = timed(words)
        own = f"  sqlite3 shell {timed([shell, str(path), SQL[line]]) / bare:5.1f} x" if shell and line in SQL else ""
        print(f"{line:<38} {took / bare:6.1f} x  {took * 1000:7.0f} ms  {peak(words):5.0f} MiB{own}")
    for line in WRITES:
        took = sorted(timed([SALESCTL, "--db", str(path), *line.format(i=i).split()], 1) for i in range(RUNS))[
            RUNS // 2
        ]
        print(f"{line:<38} {took / bare:6.1f} x  {took * 1000:7.0f} ms")
    print()


def _import(folder: Path, n: int, bare: float) -> None:
    """Deals from a CSV file, and the sqlite3 module loading the same rows into the same tables."""
    file = folder / "deals.csv"
    with file.open("w") as out:
        out.write("external_id,name,customer,owner,amount,created,stage\n")
        for i in range(n):
            out.write(
                f"N{i},Deal {i},Customer {i % 500},Rep {i % 40},{1000 + i % 9000},2026-{i % 12 + 1:02d}-{i % 28 + 1:02d},Quote\n"
            )
    store = folder / "import.db"
    create(str(store), lang="en", zone="UTC")
    words = [SALESCTL, "--db", str(store), "import", str(file), "--currency", "USD", "-q"]
    took = timed(words, 1)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"import of {n:,} deals: {took:.1f} s, {n / took:,.0f} rows/s, at most {memory:.0f} MiB")
    plain = folder / "plain.db"
    create(str(plain), lang="en", zone="UTC")
    began = time.perf_counter()
    connection = sqlite3.connect(plain)
    connection.execute("ATTACH ? AS s", (str(store),))
    for table in ("rep", "customer", "deal", "deal_event", "deal_span"):
        names = ", ".join(f'"{row[1]}"' for row in connection.execute(f"PRAGMA table_info({table})"))
        connection.execute(f"INSERT INTO main.{table}({names}) SELECT {names} FROM s.{table}")
    connection.commit()
    raw = time.perf_counter() - began
    print(
        f"the same rows copied by SQLite into the same indexed tables: {raw:.1f} s; import is {took / raw:.1f} times that\n"
    )
    del bare


def _beside(folder: Path, bare: float) -> None:
    """Other programs on this machine, where they are installed."""
    for name, words in (("task", ["task", "--version"]), ("sqlite3", ["sqlite3", "--version"])):
        if shutil.which(name):
            print(f"{' '.join(words):<20} {timed(words) / bare:5.1f} x")
    del folder


if __name__ == "__main__":
    main()
