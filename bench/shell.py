"""The sqlite3 shell at the same work: the SQL that a command asked, and the rows that an import wrote."""

from __future__ import annotations

import csv
import sqlite3
import subprocess
import time
from pathlib import Path

from bench.asked import needs_ours

LOADED = ("rep", "customer", "deal", "deal_event", "deal_span")


def script(folder: Path, statements: list[str]) -> tuple[Path, int]:
    """A file of statements for the shell, and how many it lacks for they call a function that only salesctl has."""
    plain = [sql for sql in statements if not needs_ours(sql)]
    file = folder / "asked.sql"
    file.write_text("".join(f"{sql.strip().rstrip(';')};\n" for sql in plain))
    return file, len(statements) - len(plain)


def dump(store: Path, folder: Path) -> None:
    """The rows of an import, a CSV file a table; what is NULL is an empty cell."""
    connection = sqlite3.connect(store)
    for table in LOADED:
        with (folder / f"{table}.csv").open("w", newline="") as out:
            csv.writer(out).writerows(connection.execute(f"SELECT * FROM {table}"))
    connection.close()


def load(shell: str, store: Path, folder: Path) -> float:
    """The seconds that the shell takes to load those files into an empty store: .import, then one INSERT a table."""
    connection = sqlite3.connect(store)
    lines = ["BEGIN;"]
    for table in LOADED:
        columns = [f'"{row[1]}"' for row in connection.execute(f"PRAGMA table_info({table})")]
        cells = ", ".join(f"nullif({one}, '')" for one in columns)
        lines += [
            f"CREATE TEMP TABLE raw_{table}({', '.join(columns)});",
            f".import --csv --schema temp {folder / table}.csv raw_{table}",
            f"INSERT INTO main.{table} SELECT {cells} FROM raw_{table};",
        ]
    connection.close()
    began = time.perf_counter()
    text = "\n".join([*lines, "COMMIT;", ""])
    done = subprocess.run([shell, "-bail", str(store)], input=text, capture_output=True, text=True, check=False)
    took = time.perf_counter() - began
    if done.returncode or done.stderr:
        raise SystemExit(f"the shell could not load the rows: {done.stderr[:500]}")
    return took
