"""An older store is brought to this schema whole or not at all, on both engines; a newer one is refused."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from salesctl.store import migrate, version
from salesctl.store.version import SCHEMA
from tests.conftest import ON_POSTGRES, Runner
from tests.faults.conftest import Tell
from tests.faults.conftest import told as told
from tests.store_state import State, raw, rows, state

FIXTURES = Path(__file__).parent / "fixtures"
LONG = os.environ.get("SALESCTL_FAULTS") == "long"
NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{new:04d}", "{old:04d}", None, None


def upgrade() -> None:
    op.create_table("care_plan", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("text", sa.Text()))
    op.add_column("customer", sa.Column("rating", sa.BigInteger()))
    op.create_index("customer_rating_ix", "customer", ["rating"])
    with op.batch_alter_table("followup", table_kwargs={{"sqlite_strict": True}}) as table:
        table.alter_column("subject", existing_type=sa.Text(), nullable=True)
        table.add_column(sa.Column("mood", sa.Text()))
    {more}
"""
CHILD = """
import sys, os, signal
from pathlib import Path
from salesctl.store import migrate, version
from salesctl.cli import run
folder, db, at, *words = sys.argv[1:]
version.SCHEMA += 1
migrate.VERSIONS.append(Path(folder))
if int(at):
    from sqlalchemy import event
    from sqlalchemy.engine import Engine
    count = 0
    def kill(*_):
        global count
        count += 1
        if count == int(at):
            os.kill(os.getpid(), signal.SIGKILL)
    event.listen(Engine, "before_cursor_execute", kill)
sys.exit(run(["--db", db, *words]))
"""


class Ahead:
    """A program one schema ahead, whose migration may be told to fail."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        folder.mkdir()
        self.write()
        self.patch = monkeypatch
        self.statements = 0
        self.fail_at = 0

    def write(self, more: str = "pass") -> None:
        (self.folder / "next.py").write_text(NEXT.format(new=SCHEMA + 1, old=SCHEMA, more=more))

    def install(self) -> None:
        self.patch.setattr(version, "SCHEMA", SCHEMA + 1)
        self.patch.setattr(migrate, "VERSIONS", [*migrate.VERSIONS, self.folder])

    def count(self, *_arguments: Any) -> None:
        self.statements += 1
        if self.statements == self.fail_at:
            raise sqlite3.OperationalError("the disk went away")

    def child(self, path: Any, at: int, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", CHILD, str(self.folder), str(path), str(at), *words]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ahead]:
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    found = Ahead(tmp_path / "next", monkeypatch)
    event.listen(Engine, "before_cursor_execute", found.count)
    yield found
    event.remove(Engine, "before_cursor_execute", found.count)


def old(number: int, request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """The store of a released schema as it was kept, on the engine of this run."""
    path = tmp_path / f"schema_{number}.db"
    for end in ("", "-wal", "-shm", ".anchor"):
        Path(f"{path}{end}").unlink(missing_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript((FIXTURES / f"schema_{number}.sql").read_text(encoding="utf-8"))
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    path.chmod(0o600)
    if not ON_POSTGRES:
        return path
    from salesctl.store import copying
    from salesctl.store.connect import Sqlite
    from salesctl.store.connect import connect as join
    from salesctl.store.create import empty

    url = request.getfixturevalue("databases")("")
    empty(url, number)
    server: Any = join(url, read_only=False, older=True)
    source = sqlite3.connect(path)
    server.execute("BEGIN IMMEDIATE")
    copying.copy(Sqlite(source, str(path)), server, url, lambda n: None)
    server.execute("COMMIT")
    server.close()
    source.close()
    return url


def without(found: State, *columns: str) -> State:
    return {
        table: {
            key: {name: value for name, value in row.items() if name not in columns} for key, row in records.items()
        }
        for table, records in found.items()
    }


def schema_of(path: Any) -> int:
    if ON_POSTGRES:
        return int(rows(path, "SELECT value FROM meta WHERE key = 'schema'")[0][0])
    return int(rows(path, "PRAGMA user_version")[0][0])


def tables(path: Any) -> set[str]:
    sql = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    return {str(row[0]) for row in rows(path, sql if ON_POSTGRES else "SELECT name FROM sqlite_master")}


def as_before(path: Any, before: State) -> None:
    """The store is of the old schema, with the same rows, and nothing of the new one is in it."""
    assert schema_of(path) == SCHEMA and "care_plan" not in tables(path)
    now = state(path)
    if ON_POSTGRES:
        for found in (now, before):
            found["meta"].pop("schema", None)
    assert now == before


RELEASED = sorted(int(path.stem.removeprefix("schema_")) for path in FIXTURES.glob("schema_*.sql"))


def test_the_schema_of_this_program_is_kept_as_a_fixture() -> None:
    assert RELEASED[0] == 1 and RELEASED[-1] == SCHEMA


@pytest.mark.parametrize("number", RELEASED)
def test_a_store_of_every_released_schema_opens(
    number: int, request: pytest.FixtureRequest, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run = Runner(old(number, request, tmp_path), capfd)
    deals = {one["ref"]: one for one in run("deal list --all --json").json}
    assert deals["D1"]["amount"] == {"amount": "12000.50", "currency": "CNY"} and deals["D1"]["name"] == "Line 2"
    assert deals["D2"]["outcome"] == "lost" and deals["D3"]["amount"]["amount"] == "99.99"
    assert schema_of(run.path) == SCHEMA
    assert run("db check").out == ""
    assert run("undo O15").code == 0 and run("customer show C2 --json").json["industry"] == "Optics"


def test_an_older_store_is_migrated_by_the_first_command(
    ahead: Ahead, request: pytest.FixtureRequest, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run = Runner(old(SCHEMA, request, tmp_path), capfd)
    before = state(run.path)
    ahead.install()
    first = run("deal list --json")
    assert f"brought to schema {SCHEMA + 1}" in first.err and len(first.json) == 2
    assert run("deal list").err == ""
    assert schema_of(run.path) == SCHEMA + 1 and "care_plan" in tables(run.path)
    after = without(state(run.path), "rating", "mood")
    for found in (before, after):
        found["meta"].pop("schema", None)
    assert after == before
    assert run("db check").out == "" and run("audit verify").code == 0
    [kept] = run("db verify --json").json
    assert kept["result"] == "ok"
    run("undo O15")
    assert run("customer show C2 --json").json["industry"] == "Optics"
    with pytest.raises(Exception, match="never"):
        raw(run.path, "UPDATE change SET action = 'x' WHERE id = 3")


def test_a_backup_of_an_older_schema_comes_back(
    ahead: Ahead, request: pytest.FixtureRequest, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run = Runner(old(SCHEMA, request, tmp_path), capfd)
    kept = run("db backup").out.strip()
    ahead.install()
    run("customer edit C1 industry=Steel")
    run(f"db restore {kept} -y")
    assert run("customer show C1 --json").json["industry"] == "Trade" and schema_of(run.path) == SCHEMA + 1
    assert run("db check").out == ""


def test_a_migration_that_fails_at_any_statement_leaves_the_store_as_it_was(
    ahead: Ahead, request: pytest.FixtureRequest, tmp_path: Path, capfd: pytest.CaptureFixture[str], told: Tell
) -> None:
    run = Runner(old(SCHEMA, request, tmp_path), capfd)
    before = state(run.path)
    ahead.install()
    failed = 0
    for at in range(1, 999, 1 if LONG else 5):
        ahead.statements, ahead.fail_at = 0, at
        done = run("deal list", code=None)
        if ahead.statements < at:
            break
        if done.code == 0:  # SQLAlchemy does without some answers of the catalogue
            run = Runner(old(SCHEMA, request, tmp_path), capfd)
            continue
        failed += 1
        assert "Traceback" not in done.err and done.code in (1, 9), done.err
        as_before(run.path, before)
    assert failed >= 10
    told("statements of a migration that fail, each leaving the store as it was", failed)
    assert schema_of(run.path) == SCHEMA + 1 and run("db check").out == ""


def test_a_migration_killed_at_a_statement_leaves_the_store_as_it_was(
    ahead: Ahead, request: pytest.FixtureRequest, tmp_path: Path, capfd: pytest.CaptureFixture[str], told: Tell
) -> None:
    path = old(SCHEMA, request, tmp_path)
    before = state(path)
    killed = 0
    for at in range(1, 999, 1 if LONG else 25):
        child = ahead.child(path, at, "deal", "list")
        child.communicate()
        if child.returncode == 0:
            break
        assert child.returncode == -signal.SIGKILL
        killed += 1
        as_before(path, before)
    else:
        pytest.fail("it was never whole")
    assert killed >= 2 and schema_of(path) == SCHEMA + 1
    told("statements of a migration at which it is killed, each leaving the store as it was", killed)
    ahead.install()
    assert Runner(path, capfd)("db check").out == ""


def test_two_that_upgrade_at_once(ahead: Ahead, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    path = old(SCHEMA, request, tmp_path)
    children = [ahead.child(path, 0, "deal", "list", "--json") for _one in range(4)]
    told = 0
    for child in children:
        out, err = child.communicate(timeout=60)
        assert child.returncode == 0 and '"D1"' in out, err
        told += "brought to schema" in err
    assert told == 1 and schema_of(path) == SCHEMA + 1


def test_a_migration_that_would_lose_rows_is_refused(
    ahead: Ahead, request: pytest.FixtureRequest, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run = Runner(old(SCHEMA, request, tmp_path), capfd)
    before = state(run.path)
    ahead.install()
    for more in ('op.execute("DELETE FROM deal_span")', 'op.execute("UPDATE deal_event SET amount = amount + 1")'):
        ahead.write(more)
        assert "would lose rows" in run("deal list", code=8).err
        as_before(run.path, before)


def test_with_the_transaction_off_a_failure_is_seen(
    ahead: Ahead, request: pytest.FixtureRequest, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Sabotage: a migration that commits as it goes, as Alembic does by itself, leaves half of it behind."""
    run = Runner(old(SCHEMA, request, tmp_path), capfd)
    ahead.write('op.execute("COMMIT"); op.execute("BEGIN"); op.execute("SELECT * FROM nowhere")')
    ahead.install()
    before = state(run.path)
    assert run("deal list", code=None).code
    with pytest.raises(AssertionError):
        as_before(run.path, before)


def test_a_newer_store_is_refused_with_the_way_out(run: Runner) -> None:
    raw(
        run.path,
        f"UPDATE meta SET value = '{SCHEMA + 1}' WHERE key = 'schema'"
        if ON_POSTGRES
        else f"PRAGMA user_version={SCHEMA + 1}",
    )
    for line in ("deal list", "deal add X", "undo", "db check"):
        done = run(line, code=8)
        assert "newer salesctl" in done.err and "upgrade salesctl" in done.err


@pytest.mark.sqlite
def test_an_older_store_that_may_not_be_written_says_so(
    ahead: Ahead, request: pytest.FixtureRequest, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    run = Runner(old(SCHEMA, request, tmp_path), capfd)
    ahead.install()
    from salesctl.errors import NotAllowed

    def denied(*_arguments: Any, **_options: Any) -> Any:
        raise NotAllowed("may not be written")

    monkeypatch.setattr(migrate, "locked", denied)
    run("deal list", code=6)
