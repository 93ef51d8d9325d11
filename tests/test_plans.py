"""No figure reads more than its question is about: the plan of every SELECT that a command runs, on a store of a fair size.

A whole table is read only where `ALLOWED` says why. SQLite chooses by statistics, so the store has those of ANALYZE.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from bench.asked import listening
from bench.store import fill
from tests.conftest import DAY
from tests.plans import faults, planner

pytestmark = pytest.mark.sqlite
DEALS = 3000
SETUP = (
    "config set currency USD",
    "rate set EUR 1.1",
    "goal add revenue 900k -p 2026Q4 --reason plan",
    "goal add revenue 90k -p 2026Q4 --rep 'Rep 1' --parent G1",
    "goal add revenue 300k -p 2026-10 --reason plan",
    "log call D18 spoke",
    "lead add Someone",
    "forecast adjust commit 500k -p 2026Q4 --reason careful",
)
LINES = (
    "kpi", "kpi -p 2026-10", "kpi -p 2026-10 --by rep", "kpi --by rep", "kpi --by month -p 2026", "kpi --by industry -p 2026Q3",
    "kpi --by product -p 2026-10", "kpi -p 2026-10 --as-of 2026-10-15", "kpi -p 2026-10 --vs previous",
    "kpi show slippage slippage_value velocity -p 2026-10", "kpi show cycle_all retention repeat_purchase -p 2026-10",
    "kpi show coverage stalled customers_touched lead_response -p 2026Q4", "kpi show win_rate_competitive time_to_loss -p 2026-10",
    "kpi show revenue --why -p 2026-10", "kpi why win_rate -p 2026-10", "kpi why revenue -p 2026-10", "kpi alert --dry-run",
    "report weekly", "report daily", "report monthly", "report quarterly", "report funnel", "report trend", "report gaps", "report rep R1",
    "report process -p 2026Q3", "report sop -p 2026Q3", "report rivals -p 2026Q3", "lead response -p 2026-10",
    "forecast", "forecast show -p 2026-12", "goal list", "goal show G1", "goal gap G1", "goal check G2",
    "changes -p 2026-10", "changes -p 2026-10 --closing 2026-10", "board", "board --owner R1", "today --owner all", "next",
)  # fmt: skip


class Scan(NamedTuple):
    """A whole table that a statement may read: what stands in the statement, how the fault begins, and why it may."""

    mark: str
    fault: str
    why: str


ALLOWED = (
    Scan("t.closed IS NOT NULL", "scan of deal:", "of all time: every deal that was closed is counted"),
    Scan("t.created IS NOT NULL", "scan of deal:", "of all time: every deal that began is counted"),
    Scan("count(DISTINCT e.deal_id) AS n", "scan of deal:", "own history of the stages: every closed deal where there are less than five thousand"),
    Scan("FROM deal_span s CROSS JOIN deal d", "scan of deal_span:", "what held at an instant: stretches lie by deal, not in time"),
    Scan("AS archived_at", "filter made from all of deal:", "as of a day: a deal was archived by then or not, beside its stretch"),
    Scan("FROM deal_span a JOIN deal t", "scan of deal_span:", "what was due at an instant: stretches lie by deal, not in time"),
    Scan("FROM deal_span a JOIN deal t", "filter made from all of deal:", "the same: a deal was archived by then or not"),
    Scan("WHERE d.archived_at >=", "scan of deal: SCAN d", "what was archived in a period: no index has archived deals"),
    Scan("t.archived_at IS NOT NULL)", "scan of deal: SCAN t", "the deals that are archived: no index has them"),
    Scan("SELECT 1 FROM lead LIMIT 1", "scan of lead:", "whether there is any: one row"),
    Scan("SELECT DISTINCT l.deal_id, coalesce(p.name", "scan of deal_line:", "sets by product: the products of all deals, made once"),
    Scan("HAVING count(*) > 1", "scan of deal_line:", "the deals of several products: their ids, once, off an index"),
    Scan("FROM followup f WHERE f.created_at <", "scan of followup:", "as of a day: what was known by then lies in no order"),
)  # fmt: skip


class Asked(NamedTuple):
    """A store, and the statements that every command ran on it."""

    path: Path
    by_line: dict[str, list[str]]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """A store of a fair size with statistics, and what the commands ask of it."""
    import shlex

    from salesctl.cli import run
    from salesctl.i18n import set_language

    folder = tmp_path_factory.mktemp("plans")
    path = folder / "sales.db"
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("SALESCTL_")]:
            patch.delenv(name)
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "HOME"):
            patch.setenv(name, str(folder / "home"))
        patch.setenv("LC_ALL", "C.UTF-8")
        fill(path, DEALS)
        words = ["--db", str(path), "--today", f"{DAY}T09:42:00"]
        for line in SETUP:
            assert run([*words, *shlex.split(line)]) == 0, line
        with sqlite3.connect(path) as store:
            store.execute("ANALYZE")
        found: dict[str, list[str]] = {}
        for line in LINES:
            with listening() as heard:
                assert run([*words, *shlex.split(line), "--json"]) in (0, 10), line
            found[line] = list(dict.fromkeys(heard))
    yield Asked(path, found)
    set_language("en")


def wrong(store: sqlite3.Connection, statements: list[str]) -> list[tuple[str, str]]:
    """The faults that nothing allows, each with its statement."""
    return [
        (fault, sql)
        for sql in statements
        for fault in faults(store, sql)
        if not any(one.mark in sql and fault.startswith(one.fault) for one in ALLOWED)
    ]


@pytest.mark.parametrize("line", LINES)
def test_no_command_reads_more_than_its_question_is_about(asked: Asked, line: str) -> None:
    statements = asked.by_line[line]
    assert statements
    assert not wrong(planner(asked.path), statements)


def test_every_allowed_scan_is_met(asked: Asked) -> None:
    store = planner(asked.path)
    every = [(fault, sql) for sql in everything(asked) for fault in faults(store, sql)]
    for one in ALLOWED:
        assert any(one.mark in sql and fault.startswith(one.fault) for fault, sql in every), one.why


RELIED_ON = {
    "deal_closed_ix": "scan of deal",
    "deal_created_ix": "scan of deal",
    "deal_open_ix": "scan of deal",
    "followup_done_ix": "scan of followup",
    "deal_event_at_ix": "scan of deal_event",
    "deal_span_deal_ix": "index made for one statement over deal_span",
}


@pytest.mark.parametrize("index", RELIED_ON)
def test_a_missing_index_is_noticed(asked: Asked, index: str, tmp_path: Path) -> None:
    """The rules above can fail: without the index the same statements read a whole table, and are told."""
    copy = tmp_path / "less.db"
    shutil.copy(asked.path, copy)
    store = planner(copy)
    store.execute(f"DROP INDEX {index}")
    told = [fault for fault, _sql in wrong(store, everything(asked))]
    assert any(fault.startswith(RELIED_ON[index]) for fault in told), told


def everything(asked: Asked) -> list[str]:
    return list(dict.fromkeys(sql for statements in asked.by_line.values() for sql in statements))


RULES = [
    ("SELECT * FROM deal t WHERE t.name = 'x'", "scan of deal: SCAN t"),
    ("SELECT (SELECT count(*) FROM followup f WHERE f.subject = d.name) FROM deal d WHERE d.id = 1", "scan of followup for each row"),
    ("SELECT count(*) FROM rep r CROSS JOIN deal d WHERE d.amount > r.id", "scan of deal for each row"),
    ("SELECT count(*) FROM rep r LEFT JOIN deal d ON d.name = r.name", "index made for one statement over deal"),
    ("SELECT count(*) FROM (SELECT name FROM rep LIMIT 9) d", ""),
    ("SELECT count(*) FROM deal t WHERE t.outcome IS NULL AND t.archived_at IS NULL AND t.stage_id = 1", ""),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "wanted"), RULES)
def test_what_the_rules_tell(asked: Asked, sql: str, wanted: str) -> None:
    told = list(faults(planner(asked.path), sql))
    assert [fault.startswith(wanted) for fault in told] == ([True] if wanted else [])
