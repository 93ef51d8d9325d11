"""No stored text can drive a terminal: every read command over a store full of hostile values, in a pipe and on a terminal."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import select
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from salesctl.domain.nouns import NOUNS
from salesctl.store.journal import texts_of
from tests.conftest import ON_POSTGRES, Runner
from tests.faults.conftest import Tell
from tests.faults.conftest import told as told
from tests.store_state import opened

LONG = os.environ.get("SALESCTL_FAULTS") == "long"
HOSTILE = [
    "\x1b[41;37mred", "\x1b]0;owned\x07title", "\x1b]8;;http://evil.example\x07link\x1b]8;;\x07", "\x1b]52;c;ZXZpbA==\x07",
    "\x9b31mcsi", "\x90dcs\x9c", "bell\x07", "back\x08\x08\x08space", "car\rriage", "line\nfeed", "tab\tbed", "del\x7f", "\x0e\x0fshift",
    "\u202egnp.exe", "\u2066iso\u2069", "\u200bzero", "\ufeffbom", "[/]", "[red]x[/red]", "[link=http://evil.example]Bank[/link]", "[bold",
    ":bomb:", "\\", "x\\", "{0}{name}%s%(x)s", "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>", "a|b|c", "`code`", "![x](http://evil.example)", "'; DROP TABLE deal;--", "客户\u3000名", "e\u0301" * 40, "﷽" * 30,
    "👩‍👩‍👧‍👦" * 10, "x" * 200, "null", "true", "1e999", "\x1bP+q\x1b\\", "\x1b[2J\x1b[H", "\x1bc", "\x1b[6n",
]  # fmt: skip
READS = [
    "today", "next", "next --explain", "board", "board --by due", "find x", "remind", "kpi", "kpi show revenue --by rep", "kpi show revenue --by product", "kpi show won --by industry", "goal",
    "goal show G1", "goal history G1", "goal check G1", "config", "audit list -n 0", "audit show O2", "history D1", "history C1", "undo --dry-run", "db status", "db check", "customer duplicates", "export person P1",
    "show C1", "show D1", "show P1", "report process", "report process --by rep", "report sop", "report rivals", "report rivals --by channel", "analyze sop-effect",
    *(f"{noun} {verb}" for noun in ("customer", "contact", "product", "rep", "team", "pipeline", "stage", "deal", "followup")
      for verb in ("list --all -n 0", f"show {NOUNS[noun].code(1)}", f"history {NOUNS[noun].code(1)}")),
]  # fmt: skip
OURS = re.compile(r"\x1b\[[0-9;]*m|\r?\x1b\[2K|\x1b\[1A|\x1b\[K|\x1b\[\?25[lh]|\x1b\[[0-9]*[A-H]")
BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f]")


def poisoned(run: Runner) -> None:
    """Every free text of every record becomes a hostile value, behind the back of the program."""
    many = len(HOSTILE)
    for line in ("team add T", "rep add Bo team=T", "product add Pump list_price=10", "config me Bo"):
        run(line)
    for n in range(many):
        run(["add", f"Cust{n}", f"Deal{n}", "5k", "--contact", f"Con{n} +49 30 {n:05d}", "--next", "tomorrow call"])
    run("log D1 spoke --type call")
    run("win D2")
    run("advance D3")
    run("lose D3 price --lost-to Festa")
    run("goal add revenue 900k -p 2026Q4 --team T --reason plan")
    connection = opened(run.path)
    mark = "%s" if ON_POSTGRES else "?"
    for name in NOUNS:
        columns = {row[0] if ON_POSTGRES else row[1] for row in connection.execute(
            f"SELECT column_name FROM information_schema.columns WHERE table_name = '{name}'" if ON_POSTGRES else f"PRAGMA table_info({name})"
        ).fetchall()}  # fmt: skip
        for column in sorted((texts_of(name) & columns) - {"name_key", "initials", "recurrence", "kpi", "period"}):
            for (id,) in connection.execute(f"SELECT id FROM {name}").fetchall():
                value = HOSTILE[(id + len(column)) % many]
                connection.execute(f"UPDATE {name} SET {column} = {mark} WHERE id = {mark}", (value, id))
    for table, column in (
        ("rival", "name"),
        ("rival", "strength"),
        ("rival", "weakness"),
        ("sop_check", "item"),
        ("sop_check", "reason"),
    ):
        for (id,) in connection.execute(f"SELECT id FROM {table}").fetchall():
            value = HOSTILE[(id + len(column)) % many]
            connection.execute(f"UPDATE {table} SET {column} = {mark} WHERE id = {mark}", (value, id))
    connection.execute("UPDATE sop_check SET state = 'overridden'")
    connection.close()


def clean(text: str, line: str) -> None:
    found = BAD.search(text)
    assert not found, f"{line}: {text[max(0, found.start() - 40) : found.end() + 40]!r}"


def test_in_a_pipe(run: Runner, told: Tell) -> None:
    poisoned(run)
    for line in READS:
        for form in ("", "-O table", "-O md", "-O html", "-O csv", "-O json") if LONG else ("", "-O table", "-O json"):
            done = run([*shlex.split(line), *form.split()], code=None)
            assert done.code in (0, 2, 5, 10), f"{line} {form}: {done.err}"
            assert "Traceback" not in done.err and "a bug" not in done.err, (line, done.err)
            clean(done.out + done.err, f"{line} {form}")
            if form == "-O json" and done.out.strip():
                json.loads(done.out)
    told(
        f"{len(HOSTILE)} hostile values in every text of every record, through every read command in a pipe", len(READS)
    )


def on_terminal(path: Any, words: list[str]) -> str:
    """What a command writes to a real terminal of 80 columns."""
    import pty

    pid, master = pty.fork()
    if not pid:
        from salesctl.cli import run

        os.environ.update({"TERM": "xterm-256color", "COLUMNS": "80", "SALESCTL_PAGER": ""})
        sys.stdin, sys.stdout, sys.stderr = (
            os.fdopen(n, mode, closefd=False) for n, mode in ((0, "r"), (1, "w"), (2, "w"))
        )
        os._exit(run(["--db", str(path), "--today", "2026-11-23T09:42:00", "--no-pager", "--color", "always", *words]))
    data = b""
    while True:
        ready, _write, _error = select.select([master], [], [], 20)
        try:
            piece = os.read(master, 65536) if ready else b""
        except OSError:
            piece = b""
        if not piece:
            break
        data += piece
    os.close(master)
    os.waitpid(pid, 0)
    return data.decode("utf-8", "replace")


@pytest.mark.sqlite
@pytest.mark.filterwarnings("ignore:.*forkpty.*:DeprecationWarning")
def test_on_a_terminal(run: Runner, told: Tell) -> None:
    poisoned(run)
    for line in READS if LONG else READS[::2]:
        text = on_terminal(run.path, shlex.split(line)).replace("\r\n", "\n")
        assert "\x1b[41;37m" not in text and "evil.example\x07" not in text, line
        assert "Traceback" not in text, text
        clean(OURS.sub("", text).replace("\n\r", "\n"), line)
    told("the same on a real terminal", len(READS if LONG else READS[::2]))


@pytest.mark.sqlite
def test_the_gate_of_the_test_can_fail(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sabotage: with the cleaning off, the walk above must find something."""
    from salesctl.output import values

    poisoned(run)
    monkeypatch.setattr(values, "clean", lambda text: text)
    with pytest.raises(AssertionError):
        clean(run("customer list --all -n 0 -O md").out, "customer list")


def test_spreadsheets_calculate_nothing(run: Runner, tmp_path: Path) -> None:
    """P12: no cell of a CSV or an HTML table begins as a formula."""
    poisoned(run)
    for noun in ("customer", "deal", "contact"):
        rows = list(csv.reader(io.StringIO(run(f"{noun} list --all -n 0 -O csv").out)))
        active = [cell for row in rows[1:] for cell in row if cell[:1] in "=+@" and cell[:1]]
        active += [
            cell for row in rows[1:] for cell in row if cell.startswith("-") and not re.fullmatch(r"-[\d.,]+", cell)
        ]
        assert not active, active
        page = run(f"{noun} list --all -n 0 -O html").out
        assert "<script>alert" not in page and "<img" not in page
        assert not re.findall(r"<td[^>]*>\s*[=@][^<]*", page)
