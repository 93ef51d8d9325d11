"""Writers at once, and writers that are killed: nothing is lost, nothing is half there, and the guard can fail."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ON_POSTGRES, Runner
from tests.faults.conftest import Tell
from tests.store_state import rows, state

LONG = os.environ.get("SALESCTL_FAULTS") == "long"
LATER = "2099-01-01"  # the children write at the hour of this machine
SPAWN = multiprocessing.get_context("spawn")


def at_once(work: Any, calls: list[tuple[Any, ...]]) -> None:
    """Run a function in as many processes as there are calls; each must end well. A pool would stop them by a signal."""
    people = [SPAWN.Process(target=work, args=call) for call in calls]
    for one in people:
        one.start()
    for one in people:
        one.join(timeout=600)
    assert [one.exitcode for one in people] == [0] * len(people)


def one_writer(path: str, name: str, times: int, together: bool, taken: str = "", unguarded: bool = False) -> None:
    """Tag one deal, or a deal of its own, many times, each tag in the place of the writer's last one.

    Leaves with 1 when a command failed. What each command took is written to the file `taken`. `unguarded` is without the lock
    and with deferred transactions, and every tag stays.
    """
    from salesctl.cli import run

    if unguarded:
        without_guards()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    ref = "D1" if together else f"D{int(name) + 1}"
    failed, times_taken = int(run(["--db", path, "deal", "show", ref, "-q"]) != 0), []  # everything is imported
    for n in range(times):
        began = time.perf_counter()
        last = [f"tags-={name}x{n - 1}"] if n and not unguarded else []
        failed += run(["--db", path, "deal", "edit", ref, f"tags+={name}x{n}", *last, "-q"]) != 0
        times_taken.append(time.perf_counter() - began)
    if taken:
        Path(taken).write_text("\n".join(map(str, times_taken)))
    sys.exit(1 if failed else 0)


def without_guards() -> None:
    """Sabotage of this process: no lock file, no advisory lock, transactions that begin to write when they first write."""
    from contextlib import nullcontext

    from salesctl.store import postgres, write
    from tests.faults.test_sabotage import Deferred

    real, control = write.connect, postgres.Connection._control
    write.connect = lambda path, **more: Deferred(real(path, **more)) if "://" not in path else real(path, **more)
    write.locked = lambda path: nullcontext()
    postgres.Connection._control = lambda self, sql: (
        postgres.Cursor(self.raw.execute("BEGIN"), self) if sql == "BEGIN IMMEDIATE" else control(self, sql)
    )


@pytest.mark.parametrize("together", [True, False], ids=["one deal", "deals of their own"])
def test_writers_at_once_lose_nothing(run: Runner, tmp_path: Path, together: bool, told: Tell) -> None:
    people, times = (8, 500) if LONG else (4, 25)
    for n in range(people):
        run(f"deal add Deal{n} amount=5")
    at_once(one_writer, [(str(run.path), str(n), times, together, str(tmp_path / str(n))) for n in range(people)])
    kept = {tag for row in run("deal list -n 0 --json").json for tag in row["tags"]}
    assert kept == {f"{n}x{times - 1}" for n in range(people)}
    assert_each_saw_the_last(run, people, times)
    told("commands of 4 to 8 writers at once, on one deal and on deals of their own", people * times)
    run("db check", today=LATER)
    taken = sorted(float(word) for n in range(people) for word in (tmp_path / str(n)).read_text().split())
    waits = f"of {people} writers half waited {taken[len(taken) // 2]:.3f} s, 99 % {taken[-len(taken) // 100]:.3f} s"
    told(f"{waits}, the last one {taken[-1]:.3f} s ({'one deal' if together else 'deals of their own'})", len(taken))
    assert taken[-1] < 20  # it is turned away after 30


def assert_each_saw_the_last(run: Runner, people: int, times: int) -> None:
    """Every tag was written once, and every write began with what the one before it had left."""
    left: dict[int, list[str]] = {}
    seen: list[str] = []
    sql = (
        "SELECT c.record_id, x.before, x.after FROM change c JOIN change_text x ON x.change_id = c.id"
        " WHERE c.noun = 'deal' AND c.action = 'update' ORDER BY c.id"
    )
    for deal, before, after in rows(run.path, sql):
        was, now = (sorted((json.loads(one)["tags"] or "").strip(",").split(",")) for one in (before, after))
        assert was == left.get(deal, [""])
        seen += set(now) - set(was)
        left[deal] = now
    assert sorted(seen) == sorted(f"{n}x{k}" for n in range(people) for k in range(times))


def test_writers_without_their_guards_fail(run: Runner, told: Tell) -> None:
    """Sabotage of the program itself: commands are refused, or what was acknowledged is overwritten."""
    run("deal add Deal amount=5")
    people = [SPAWN.Process(target=one_writer, args=(str(run.path), str(n), 40, True, "", True)) for n in range(4)]
    for one in people:
        one.start()
    for one in people:
        one.join(timeout=120)
    kept = len(run("deal show D1 --json").json["tags"])
    assert kept < 160 or any(one.exitcode for one in people)
    told("the same without the lock and BEGIN IMMEDIATE, which must lose or refuse something", 160, 160 - kept)


def without_a_lock(path: str, name: str, times: int) -> None:
    """What the unit of work would be without its lock: read, then write what was read."""
    import sqlite3

    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    for n in range(times):
        tags = connection.execute("SELECT tags FROM deal WHERE id = 1").fetchone()[0] or ","
        connection.execute("UPDATE deal SET tags = ? WHERE id = 1", (f"{tags}{name}x{n},",))
    connection.close()


@pytest.mark.sqlite
def test_the_test_fails_without_the_lock(run: Runner, told: Tell) -> None:
    run("deal add Deal amount=5")
    at_once(without_a_lock, [(str(run.path), str(n), 200) for n in range(4)])
    kept = len(run("deal show D1 --json").json["tags"])
    assert kept < 800
    told("the same without the lock, which must lose something", 800, 800 - kept)


WRITES = ["customer add New{n} industry=steel", "deal add Deal{n} amount=5", "deal edit D1 note=n{n}", "log D1 text{n}",
          "deal advance D2 Quote --reason x{n}", "win D3", "lose D4 price", "import {file}", "undo -y", "config days-off 2027-01-{day}"]  # fmt: skip


def child(path: str, words: list[str]) -> subprocess.Popen[bytes]:
    code = "import sys\nfrom salesctl.cli import run\nsys.exit(run(sys.argv[1:]))\n"
    return subprocess.Popen(
        [sys.executable, "-c", code, "--db", path, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def test_a_killed_command_is_whole_or_not_there(run: Runner, tmp_path: Path, told: Tell) -> None:
    """Kill at a random moment; what was acknowledged is there, the store is sound and the next command works."""
    kills = 500 if LONG else 24
    rng = random.Random(7)
    file = tmp_path / "c.csv"
    for n in range(6):
        run(f"deal add Deal{n} amount=5")
    for n in range(kills):
        file.write_text("name,amount\n" + "".join(f"Import{n}x{i},{i}\n" for i in range(1, 900)))
        line = WRITES[n % len(WRITES)].format(n=n, file=file, day=f"{n % 28 + 1:02d}")
        before = state(run.path)
        process = child(str(run.path), line.split())
        time.sleep(rng.uniform(0.05, 0.35))
        process.send_signal(signal.SIGKILL)
        out, _err = process.communicate()
        after = state(run.path)
        assert not (out and process.returncode == 0) or after != before, line
        made = sum(1 for row in after["deal"].values() if str(row["name"]).startswith(f"Import{n}x"))
        assert made in (0, 899), f"{line}: {made} of 899"
        if n % 8 == 7 or LONG:
            run("db check", today=LATER)
    told("kill -9 at a random moment of ten write commands", kills)
    run("customer add Last")
    run("audit verify")
    run("db check", today=LATER)


@pytest.mark.sqlite
def test_a_large_import_that_is_killed_is_nothing_or_everything(run: Runner, tmp_path: Path, told: Tell) -> None:
    """The rows are all there or none is; what is there is undone exactly."""
    many, kills = (100_000, 60) if LONG else (4_000, 4)
    file = tmp_path / "large.csv"
    file.write_text("name,amount\n" + "".join(f"Import{n},{n}\n" for n in range(1, many + 1)))
    run("deal add First amount=5")
    before = state(run.path)
    began = time.perf_counter()
    run(["import", str(file)])
    whole = time.perf_counter() - began
    run("undo -y")
    assert state(run.path) == before
    rng, landed = random.Random(3), 0
    for _kill in range(kills):
        process = child(str(run.path), ["import", str(file)])
        time.sleep(rng.uniform(0.2, 1.1 * whole))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        made = rows(run.path, "SELECT count(*) FROM deal")[0][0] - 1
        assert made in (0, many)
        if made:
            landed += 1
            run("undo -y", today=LATER)
        assert rows(run.path, "SELECT count(*) FROM deal")[0][0] == 1
    after = state(run.path)
    after["batch"] = before["batch"]
    assert after == before
    run("db check", today=LATER)
    told(f"kill -9 at a random moment of an import of {many:,} rows, undone where it had landed", kills)


def writing_until(path: str, stop: str, name: str) -> None:
    """Write one command after another until there is a file; leaves with 1 when one failed."""
    from salesctl.cli import run

    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    failed = turn = 0
    while not os.path.exists(stop):
        turn += 1
        failed += run(["--db", path, "add", f"Customer{name}x{turn}", "Order", str(turn), "-q"]) != 0
    sys.exit(1 if failed else 0)


def test_every_backup_under_writers_restores(run: Runner, tmp_path: Path, told: Tell) -> None:
    """Each is one state of the store: it verifies, and restored it is sound; nothing that came after it is in it."""
    many = 100 if LONG else 5
    run("customer add First")
    stop = tmp_path / "stop"
    people = [SPAWN.Process(target=writing_until, args=(str(run.path), str(stop), str(n))) for n in range(3)]
    for one in people:
        one.start()
    made: list[Any] = []
    try:
        while not rows(run.path, "SELECT 1 FROM deal LIMIT 1"):
            assert all(one.exitcode is None for one in people)
            time.sleep(0.05)
        while len(made) < many or made[-1]["counts"]["deal"] == made[0]["counts"]["deal"]:
            made.append(run("db backup --json", today=LATER).json)
    finally:
        stop.touch()
        for one in people:
            one.join(timeout=120)
    assert [one.exitcode for one in people] == [0, 0, 0]
    for backup in made:
        run(f"db verify {backup['file']}")
    for backup in (made[0], made[many // 2], made[-1]):
        run(f"db restore {backup['file']} -y", today=LATER)
        assert rows(run.path, "SELECT count(*), sum(amount) FROM deal") == [
            (
                backup["counts"]["deal"],
                sum(backup["sums"]["deal.amount"].values()) if backup["counts"]["deal"] else None,
            )
        ]
        run("db check", today=LATER)
    told("backups made while 3 write", len(made))


@pytest.mark.skipif(ON_POSTGRES, reason="the limits of a SQLite file")
def test_a_file_that_cannot_grow_is_told_and_harms_nothing(run: Runner, tmp_path: Path) -> None:
    run("deal add Deal amount=5")
    file = tmp_path / "c.csv"
    file.write_text("name,amount\n" + "".join(f"Import{i},{i}\n" for i in range(1, 3000)))
    before = state(run.path)
    size = run.path.stat().st_size
    code = (
        "import resource, signal, sys\nfrom salesctl.cli import run\nimport salesctl.store.create\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size + 60_000}, {size + 60_000}))\n"
        "sys.exit(run(sys.argv[1:]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--db", str(run.path), "import", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (6, 9), done.stderr
    assert state(run.path) == before
    run("db check", today=LATER)
    run("deal list")


@pytest.mark.parametrize("kind", ["advance", "done"])
def test_of_two_that_do_the_same_one_is_told(run: Runner, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both saw the same state; the second one says who was first."""
    from salesctl.app import App

    run('add Acme Deal 5k --next "today call"')
    seen = rows(run.path, "SELECT max(id) FROM operation")[0][0]
    line = "advance D1" if kind == "advance" else "done F1"
    monkeypatch.setenv("SALESCTL_USER", "Bo")
    run(line)
    monkeypatch.setattr(App, "seen", property(lambda self: seen))
    told: Any = run(f"{line} --json", code=5).error
    assert told["by"] == "Bo" and told["at"] and told["fields"]
