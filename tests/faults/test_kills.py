"""Every command that writes, killed at any moment: it is whole or not there, and the next one works with no repair."""

from __future__ import annotations

import os
import random
import shlex
import shutil
import sqlite3
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from salesctl.registry import ENTRIES
from tests.conftest import Runner
from tests.faults.conftest import Tell
from tests.faults.test_disk import Zygote, fresh, raw_copy
from tests.faults.test_disk import shim as shim
from tests.faults.test_disk import zygote as zygote
from tests.test_undo import SETUP, WRITES

pytestmark = pytest.mark.sqlite
LONG = os.environ.get("SALESCTL_FAULTS") == "long"
LATER = "2099-01-01"  # the children write at the hour of this machine
LINES = [
    *WRITES,
    "deal back D2 --reason x", "deal win D1", "deal lose D1 price", "customer merge C1 C2 -y", "customer apart C1 C2", "contact erase P1 -y",
    "contact erase P1 --backups -y", "customer erase C4 -y", "lead erase Lead1 -y", "undo -y", "undo O9 -y", "config me Ann", "config set zone Asia/Shanghai",
    "config unset zone", "import LARGE", "db backup", "db backup --keep 1", "db restore BACKUP -y", "db move MOVED",
    "export --to EXPORTS", "deal list -n 0 -O csv -o OUT",
    "lead screen Lead1 --auto", "lead assign Lead1 --to Bo", "lead convert Lead1 --amount 5k", "lead return Lead2 --reason x", "lead claim Lead3",
    "lead reclaim --today 2027-06-01 -y", "need rank Sold N2", "need key N2", "solution answer S1 N1 text", "solution confirm S1 --by Anna", "solution revise S1",
    "quote submit Drafted", "quote send Approved", "quote accept Offered", "quote decline Offered price", "quote revise Offered", "approval approve A1", "approval reject A1 no",
    "approval withdraw A1", "deal rival D1 Festa --price 4k", "contract sign D1 --term 12m --pay '50% at sign; rest +30d'", "contract plan K1 '100% +1d'", "contract pay K1 1",
    "contract attach K1 FILE", "contract renew K1", "contract end K1", "sop load --default", "kpi snapshot -p 2026Q4", "forecast adjust commit 90k --reason x", "forecast calibrate --apply", "kpi alert revenue --below 900k -p 2026Q4", "remind --once", "period close 2026Q3", "period reopen 2026Q2", "sop enforce block", "sop tick D1 profile", "sop untick D2 first_touch",
]  # fmt: skip
PROCESS = [
    "rep add Boss function=management", "rep edit Ann manager=Boss", "lead add Lead1 channel=fair phone=12345", "lead add Lead2 owner=Bo", "lead add Lead3 owner=Bo",
    "lead return Lead3 --reason x", "deal add Sold customer=C1 amount=5k", "need add Sold one", "need add Sold two", "solution add Sold --from-needs",
    "contract sign Sold --term 12m --renewal ask", "deal add Drafted customer=C1", "quote add Drafted Pump*3", "deal add Approved customer=C1", "quote add Approved Pump*3",
    "quote submit Approved", "deal add Offered customer=C1", "quote add Offered Pump*3", "quote send Offered", "deal add Cheap customer=C1 owner=Ann",
    "quote add Cheap Pump*3 --discount 12%", "quote submit Cheap", "sop tick D2 first_touch", "period close 2026Q2",
]  # fmt: skip
FINE = (0, 10)  # 10: kpi alert found something
READS = {
    "list",
    "show",
    "history",
    "check",
    "status",
    "verify",
    "duplicates",
    "today",
    "next",
    "board",
    "find",
    "remind",
    "help",
    "response",
    "pool",
    "concessions",
    "handover",
    "due",
    "lines",
    "template",
    "render",
    "tasks",
    "diff",
    "lint",
    "process",
    "sop",
    "rivals",
    "sop-effect",
    "daily",
    "weekly",
    "monthly",
    "quarterly",
    "funnel",
    "trend",
    "gaps",
    "rep",
    "run",
    "blocks",
    "changes",
    "snapshots",
    "accuracy",
    "gap",
    "why",
}
STANDARD = {"add", "edit", "archive", "restore"}  # one code for every noun
# demo makes a store of its own; sop export reads; sop edit is sop load behind an editor
ELSEWHERE = {"demo", "sop export", "sop edit"}


def commands() -> set[str]:
    """Every command of the program, as `noun verb` or an everyday verb."""
    found = set()
    for entry in ENTRIES:
        verbs = import_module(entry.path).app.verbs.values()
        found |= {entry.name} if not entry.default else {f"{entry.name} {verb.name}" for verb in verbs}
    return found


def test_every_command_that_writes_is_killed() -> None:
    """The list is the program's own: a command that nobody thought of here fails this test."""
    killed = {line.split()[0] for line in LINES} | {" ".join(line.split()[:2]) for line in LINES}
    killed |= {f"{name.split()[0]} {verb}" for name in commands() for verb in STANDARD if f"customer {verb}" in killed}
    assert [name for name in sorted(commands() - killed - ELSEWHERE) if name.split()[-1] not in READS] == []


def counted(path: Path) -> tuple[int, int, int]:
    """How many operations, changes and deals there are; of a store that is not there none."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        found = [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("operation", "change", "deal")
        ]
    finally:
        connection.close()
    return found[0], found[1], found[2]


class Bench:
    """A store to begin each kill from, and the words of each command."""

    def __init__(self, run: Runner, zygote: Zygote, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.run, self.zygote, self.tmp_path, self.capfd = run, zygote, tmp_path, capfd
        for line in [*SETUP, "customer add Person kind=person", "advance D2", "config days-off 2027-01-04", *PROCESS]:
            run(line)
        (tmp_path / "c.csv").write_text("name,industry,contact\nAcme Corp,food,\nNew,steel,Eve\n")
        (tmp_path / "own.toml").write_text('[[block]]\nname = "won"\n')
        (tmp_path / "large.csv").write_text("name,amount\n" + "".join(f"Import{n},{n}\n" for n in range(1, 1500)))
        self.backup = run("db backup").out.strip()
        for name in ("Since", "Later"):  # two: a restored store has one operation more than its backup
            run(f"customer add {name}")
        self.kept = tmp_path / "kept"
        self.kept.mkdir()
        raw_copy(run.path, self.kept)
        config = tmp_path / "config.toml"
        self.lines = run("deal list -n 0 -O csv").out.count("\n")
        for name in ("Boss", "Ann"):
            (tmp_path / f"{name}.toml").write_text(f'me = "{name}"\n')
        self.places = {
            "FILE": "c.csv",
            "LARGE": "large.csv",
            "REPORT": "own.toml",
            "MOVED": "disk/moved.db",
            "EXPORTS": "disk/exports",
            "OUT": "disk/out.csv",
        }
        self.options = ["--no-input", "--config", str(config)]

    def once(self, line: str, kill: float | None) -> tuple[dict[str, Any], Path]:
        """Run a command on a fresh copy, killed after so many seconds."""
        path = fresh(self.kept, self.zygote.folder)
        words = [str(self.tmp_path / self.places[word]) if word in self.places else word for word in shlex.split(line)]
        words = [self.backup if word == "BACKUP" else word for word in words]
        options = self.options
        if line.startswith(("approval", "lead claim")):  # who approves; who withdraws is who asked
            name = "Ann" if "withdraw" in line else "Boss"
            options = ["--no-input", "--config", str(self.tmp_path / f"{name}.toml")]
        return self.zygote.ask(argv=["--db", str(path), *options, *words], kill=kill), path


@pytest.fixture
def bench(run: Runner, zygote: Zygote, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Bench:
    return Bench(run, zygote, tmp_path, capfd)


@pytest.mark.parametrize("part", range(4))
def test_a_command_that_is_killed_is_whole_or_not_there(bench: Bench, part: int, told: Tell) -> None:
    rng, each, tried, landed, done = random.Random(part), 12 if LONG else 1, 0, 0, 0
    for line in LINES[part::4]:
        began = time.perf_counter()
        answer, path = bench.once(line, None)
        whole = time.perf_counter() - began
        assert answer["code"] in FINE, (line, answer)
        states = {counted(bench.kept / "s.db"), counted(path)}
        alike = len(states) == 1  # as a restored store is, which has an operation more than its backup
        if line.startswith("db restore"):
            states.add(counted(Path(bench.backup)))
        for _kill in range(each):
            answer, path = bench.once(line, rng.uniform(0.0, 1.1 * whole))
            tried += 1
            done += answer["code"] in FINE
            found = counted(path)
            landed += found != counted(bench.kept / "s.db")
            assert found in states, (line, found, states)
            assert answer["code"] in (*FINE, -9), (line, answer)
            assert answer["code"] not in FINE or found != counted(bench.kept / "s.db") or alike, (
                line,
                "said to be saved",
            )
            after(bench, path)
    told("kill -9 at a random moment of every command that writes, the list taken from the program", tried)
    assert not LONG or (landed > tried // 20 and done < tried), (landed, done, tried)


def after(bench: Bench, path: Path) -> None:
    """No repair: the store is sound, the same is written again, and every backup that has a manifest is one."""
    store = Runner(path, bench.capfd)
    store("db check", today=LATER)
    store("customer add Next", today=LATER)
    if list((path.parent / "s.db.backups").glob("*.json")):
        store("db verify", today=LATER)
    moved = path.with_name("moved.db")
    if moved.exists():
        Runner(moved, bench.capfd)("db check", today=LATER)
        shutil.rmtree(path.parent / "exports", ignore_errors=True)
    export = path.with_name("out.csv")
    assert not export.exists() or export.read_text().count("\n") == bench.lines  # all of them
