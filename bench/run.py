"""Measure: start-up, reads, writes and import on stores of 10k, 100k and 1M deals, as ratios in one run.

`python bench/run.py [SIZES...] [--only reads|budgets|writes|import] [--folder DIR]`, as `python bench/run.py 10000 100000`.
"x" is a multiple of `python -I -c pass`. Stores in DIR stay, and are used again. Nothing here runs in the tests.

What is measured is the salesctl of this tree: the script that pip wrote where it runs this tree, else `python -m salesctl`.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import platform
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.shell import dump, load, script  # noqa: E402
from bench.store import fill  # noqa: E402
from salesctl.store.create import create  # noqa: E402

RUNS = 7
PY = sys.executable
ENV = {key: value for key, value in os.environ.items() if key not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")}
ENV |= {"SALESCTL_TODAY": "2026-11-23", "SALESCTL_LANG": "en"}
BARE = [PY, "-I", "-c", "pass"]
WELL = (0, 10)  # 10: there is something to tell


def program() -> list[str]:
    """How the salesctl of this tree is started."""
    installed = Path(PY).with_name("salesctl")
    said = subprocess.run(
        [PY, "-P", "-c", "import salesctl; print(salesctl.__file__)"], capture_output=True, text=True, env=ENV, cwd="/"
    )
    if installed.exists() and said.stdout.strip() == str(ROOT / "salesctl" / "__init__.py"):
        return [str(installed)]
    ENV["PYTHONPATH"] = str(ROOT)
    return [PY, "-m", "salesctl"]


SALESCTL = program()


class Spent(NamedTuple):
    """Seconds of a whole process: by the clock, and of the processor."""

    wall: float
    cpu: float


def spent(words: list[str], stdin: Path | None = None) -> Spent:
    """What a process takes, which must end well."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with open(stdin or os.devnull, "rb") as given:
        done = subprocess.run(
            words, stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, env=ENV
        )
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in WELL:
        raise SystemExit(f"{' '.join(words)}: exit {done.returncode}: {done.stderr.decode()[:500]}")
    return Spent(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def middle(found: list[Spent]) -> Spent:
    """The median of each."""
    return Spent(*(sorted(one)[len(found) // 2] for one in zip(*found, strict=True)))


def timed(words: list[str], runs: int = RUNS, stdin: Path | None = None) -> float:
    """The median seconds of a whole process by the clock."""
    return middle([spent(words, stdin) for _one in range(runs)]).wall


def peak(words: list[str]) -> float:
    """The most memory a process took, in MiB."""
    code = (
        "import resource, subprocess, sys\n"
        f"assert subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode in {WELL}\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    done = subprocess.run([PY, "-I", "-c", code, *words], capture_output=True, text=True, check=True, env=ENV)
    return int(done.stdout) / 1024


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
# what a team is run by, and how many bare starts of Python it may take above the shell on the same SQL
BUDGETS = {"kpi -p 2026-11": 8, "kpi --by rep": 8, "kpi show pipeline": 8, "report trend": 8, "report weekly": 40}
PARTS = ("reads", "budgets", "writes", "import")


def main() -> None:
    """Print the figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000, 1_000_000])
    asked.add_argument("--only", choices=PARTS, action="append")
    asked.add_argument("--folder", type=Path)
    given = asked.parse_args()
    parts = given.only or PARTS
    compileall.compile_dir(str(ROOT / "salesctl"), quiet=2)
    bare = timed(BARE, 15)
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )
    print(f"bare start {bare * 1000:.1f} ms; {date.today()}; x is a multiple of it; {' '.join(SALESCTL)} of {ROOT}\n")
    folder = given.folder or Path(tempfile.mkdtemp(prefix="bench"))
    folder.mkdir(parents=True, exist_ok=True)
    ENV["SALESCTL_CONFIG"] = str(folder / "config.toml")
    try:
        for n in given.sizes:
            _size(folder, n, bare, parts)
        if "import" in parts:
            _import(folder, min(max(given.sizes), 100_000))
        _beside(bare)
    finally:
        if given.folder is None:
            shutil.rmtree(folder)


def _size(folder: Path, n: int, bare: float, parts: list[str] | tuple[str, ...]) -> None:
    path = folder / f"{n}.db"
    if not path.exists():
        fill(path, n)
    print(f"## {n:,} deals, {path.stat().st_size / 2**20:.0f} MiB")
    if "reads" in parts:
        _reads(path, bare)
    if "budgets" in parts:
        _budgets(folder, path)
    if "writes" in parts:
        for line in WRITES:
            took = [timed([*SALESCTL, "--db", str(path), *line.format(i=i).split()], 1) for i in range(RUNS)]
            half = sorted(took)[RUNS // 2]
            print(f"{line:<38} {half / bare:6.1f} x  {half * 1000:7.0f} ms")
    print()


def _reads(path: Path, bare: float) -> None:
    shell = shutil.which("sqlite3")
    for line in READS:
        words = [*SALESCTL, "--db", str(path), *line.split()] if line != "--version" else [*SALESCTL, line]
        took = timed(words)
        own = f"  sqlite3 shell {timed([shell, str(path), SQL[line]]) / bare:5.1f} x" if shell and line in SQL else ""
        print(f"{line:<38} {took / bare:6.1f} x  {took * 1000:7.0f} ms  {peak(words):5.0f} MiB{own}")


def _budgets(folder: Path, path: Path) -> None:
    """Each command against the sqlite3 shell on the very statements that it asked, and so many bare starts."""
    shell = shutil.which("sqlite3")
    if shell is None:
        print("budgets: there is no sqlite3 shell to compare with")
        return
    print(
        "salesctl : sqlite3 shell on the same SQL + starts of Python, by the clock and of the processor; over 1 is missed"
    )
    for line, starts in BUDGETS.items():
        words = ["--db", str(path), *line.split()]
        heard = subprocess.run(
            [PY, str(ROOT / "bench" / "asked.py"), *words], capture_output=True, text=True, check=True, env=ENV
        )
        statements = json.loads(heard.stdout)
        file, lacking = script(folder, statements)
        runs: list[tuple[Spent, Spent, Spent]] = []
        for _one in range(RUNS):  # in turn, so that what else the machine does disturbs all alike
            runs.append((spent([*SALESCTL, *words]), spent([shell, "-readonly", str(path)], file), spent(BARE)))
        took, own, bare = (middle(list(some)) for some in zip(*runs, strict=True))
        said = f", {lacking} with functions of ours left out of the shell's" if lacking else ""
        for way, ours, theirs, start in zip(Spent._fields, took, own, bare, strict=True):
            print(
                f"{line:<18} {way:<4} {ours * 1000:6.0f} ms : {theirs * 1000:6.0f} ms + {starts} x {start * 1000:.1f}"
                f" = {ours / (theirs + starts * start):.2f}  ({len(statements)} statements{said})"
            )


def _import(folder: Path, n: int) -> None:
    """Deals from a CSV file, and the sqlite3 shell loading the same rows into the same tables from CSV files."""
    file = folder / "deals.csv"
    with file.open("w") as out:
        out.write("external_id,name,customer,owner,amount,created,stage\n")
        for i in range(n):
            out.write(
                f"N{i},Deal {i},Customer {i % 500},Rep {i % 40},{1000 + i % 9000},2026-{i % 12 + 1:02d}-{i % 28 + 1:02d},Quote\n"
            )
    store, plain = folder / "import.db", folder / "plain.db"
    for path in (store, plain):
        path.unlink(missing_ok=True)
        create(str(path), lang="en", zone="UTC")
    words = [*SALESCTL, "--db", str(store), "import", str(file), "--currency", "USD", "-q"]
    began = time.perf_counter()
    memory = peak(words)
    took = time.perf_counter() - began
    print(f"import of {n:,} deals: {took:.1f} s, {n / took:,.0f} rows/s, at most {memory:.0f} MiB")
    shell = shutil.which("sqlite3")
    if shell is None:
        print("there is no sqlite3 shell to compare with\n")
        return
    dump(store, folder)
    own = load(shell, plain, folder)
    print(f"the sqlite3 shell loading the same rows by .import: {own:.1f} s; import is {took / own:.1f} times that\n")


def _beside(bare: float) -> None:
    """Other programs on this machine, where they are installed."""
    for name, words in (("task", ["task", "--version"]), ("sqlite3", ["sqlite3", "--version"])):
        if shutil.which(name):
            print(f"{' '.join(words):<20} {timed(words) / bare:5.1f} x")


if __name__ == "__main__":
    main()
